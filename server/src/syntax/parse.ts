/** YAML text → our own tree, document by document. */
import type { Problem } from '../base/problem';
import { cutDocuments, type DocumentCut } from './cutDocuments';
import { KeptTree } from './keptTree';
import { deepestNesting, tooDeepAt } from './nesting';
import { relaxFlow } from './relaxFlow';
import { tokenTree } from './tokenTree';
import type { YamlDocument, YamlFile, YamlNode } from './tree';
import { isLenient, TreeBuilder } from './treeBuilder';
import { type Document, isCollection, isPair, isScalar, parseDocument } from './yamlLibrary';

/**
 * Parses a file. Never throws: what is wrong becomes `problems` of its own document and leaves the others alone.
 * `previous`, the file before an edit, gives the trees of documents whose text did not change.
 */
export function parseYaml(text: string, previous?: YamlFile): YamlFile {
  if (previous?.text === text) return previous;
  const kept = previous && new Map(previous.documents.map((document, index) => [document.text, { document, index }]));
  const documents = cutDocuments(withLineFeeds(text)).map((cut, index) => {
    const documentText = text.slice(cut.start, cut.end);
    const known = kept?.get(documentText);
    return known ? moved(known.document, known.index, cut, index) : parseOne(documentText, cut, index);
  });
  return { text, documents };
}

/** Lone carriage returns as line feeds: kubectl's reader breaks lines at them, the library does not. Offsets stay. */
function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r(?!\n)/g, '\n') : text;
}

function moved(document: YamlDocument, from: number, cut: DocumentCut, to: number): YamlDocument {
  if (document.start === cut.start && from === to) return document;
  const problems = document.problems.map((problem) => shifted(problem, cut.start - document.start, to));
  return documentWith({ start: cut.start, end: cut.end, text: document.text, ok: document.ok, problems }, document.tree);
}

function shifted(problem: Problem, by: number, document: number): Problem {
  const move = (at: Problem['at']): Problem['at'] => ('path' in at ? at : { start: at.start + by, end: at.end + by });
  const related = problem.related && { ...problem.related, at: move(problem.related.at) };
  return { ...problem, document, at: move(problem.at), ...(related ? { related } : {}) };
}

function parseOne(source: string, cut: DocumentCut, index: number): YamlDocument {
  const { root, ok, problems } = readTree(source);
  const tree = new KeptTree(root, () => readTree(source).root);
  return documentWith({ start: cut.start, end: cut.end, text: source, ok, problems: problems.map((problem) => shifted(problem, cut.start, index)) }, tree);
}

function documentWith(parts: Omit<YamlDocument, 'root' | 'tree'>, tree: KeptTree): YamlDocument {
  return {
    ...parts,
    tree,
    get root() {
      return tree.get();
    },
  };
}

export interface ReadTree {
  readonly root: YamlNode | null;
  readonly ok: boolean;
  /** Offsets from the start of the document. */
  readonly problems: readonly Problem[];
}

/** The quick reader first; it leaves what is unusual or wrong to the other. Exported for the test that holds the two together. */
export function readTree(source: string, quick = true): ReadTree {
  const text = withLineFeeds(source);
  const deep = tooDeepAt(text);
  if (deep >= 0) {
    const builder = new TreeBuilder(text);
    builder.fail(deep, deep + 1, `more than ${deepestNesting} collections stand in one another`);
    return result(null, builder, text);
  }
  let builder = new TreeBuilder(text);
  try {
    const tokens = quick ? tokenTree(text) : undefined;
    if (tokens) return { root: tokens.root, ok: true, problems: tokens.problems };
    const parsed = parseDocument(text);
    const relaxed = parsed.errors.length > 0 ? relax(text, parsed) : undefined;
    if (relaxed) builder = new TreeBuilder(text, true);
    return result(builder.document(relaxed ?? parsed), builder, text);
  } catch (error) {
    // The library may throw on text that nobody wrote by hand; that costs this document alone.
    builder.fail(0, Math.min(1, text.length), error instanceof Error ? error.message : String(error));
    return result(null, builder, text);
  }
}

/** A template that is no YAML before its tool has run is no mistake of the person who wrote it. */
function result(root: YamlNode | null, { failed, problems }: TreeBuilder, text: string): ReadTree {
  return { root, ok: !failed, problems: failed && text.includes('{{') ? [] : problems };
}

/** The document once more, without what kubectl's reader does not ask for; undefined when that is not what is wrong. */
function relax(text: string, strict: Document.Parsed): Document.Parsed | undefined {
  let relaxed = text;
  let parsed = strict;
  for (let round = 0; round < 20; round++) {
    const error = parsed.errors.find((candidate) => !isLenient(candidate));
    if (!error) return parsed;
    if (!/^Missing closing|must be sufficiently indented/.test(error.message)) return undefined;
    const start = startOfUnfinished(parsed.contents, error.pos[0]);
    const next = start === undefined ? null : relaxFlow(relaxed, start);
    if (next === null || next === relaxed) return undefined;
    relaxed = next;
    parsed = parseDocument(relaxed);
  }
  return undefined;
}

/** The first quoted scalar or flow collection that the parser gave up at an offset. */
function startOfUnfinished(root: unknown, at: number): number | undefined {
  const waiting: unknown[] = [root];
  let best: number | undefined;
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (isPair(node)) waiting.push(node.key, node.value);
    else if (isCollection(node)) waiting.push(...node.items);
    const range = isCollection(node) ? (node.flow ? node.range : undefined) : isScalar(node) && (node.type ?? '').startsWith('QUOTE') ? node.range : undefined;
    if (range && range[0] < at && at <= range[2] && (best === undefined || range[0] < best)) best = range[0];
  }
  return best;
}

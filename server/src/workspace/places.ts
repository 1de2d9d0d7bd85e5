/** From marks and source references to places in text. */
import type { TextRange } from '../base/problem';
import type { Mark } from '../model/finding';
import { sourceOf } from '../model/origins';
import type { SourceRef } from '../protocol/source';
import type { KeptTree } from '../syntax/keptTree';
import { locateNearest, locateSpan } from '../syntax/locate';
import { parseYaml } from '../syntax/parse';
import type { YamlDocument, YamlFile } from '../syntax/tree';
import type { FileState } from './fileState';

/** Where a mark stands, whichever file says the value there. */
export interface MarkedPlace {
  readonly at: SourceRef;
  readonly part: 'value' | 'key' | 'item';
  readonly span?: { readonly start: number; readonly end: number };
}

export function placeOfMark({ resource, path, part, span }: Mark): MarkedPlace {
  const at = sourceOf(resource, path);
  // The text of a value that Kustomize made another one of has no such part.
  return { at, part: part ?? 'value', ...(span && !resource.origins ? { span } : {}) };
}

/** UTF-16 offsets in the file; the start of the file when the document is gone. */
export function rangeOfPlace({ at, part, span }: MarkedPlace, file: FileState): TextRange {
  const document = documentOf(file, at.document);
  if (!document) return { start: 0, end: 0 };
  const within = at.span ?? span;
  return within ? locateSpan(document, at.path, within) : locateNearest(document, at.path, part);
}

/** Ranges that were asked for, from the start of their document: they stay as long as its text does, wherever it moves. */
const remembered = new WeakMap<KeptTree, Map<string, TextRange>>();

/** The same for the value at a source. The panel asks for thousands of places after each edit, so no tree is read for one that is known. */
export function rangeOfSource(source: SourceRef, file: FileState): TextRange {
  const document = documentOf(file, source.document);
  if (!document) return { start: 0, end: 0 };
  const { start, tree } = document;
  const root = source.path.length === 0 && !source.span ? tree.range : null;
  if (root) return { start: start + root.start, end: start + root.end };
  let ranges = remembered.get(tree);
  if (!ranges) remembered.set(tree, (ranges = new Map<string, TextRange>()));
  const key = source.path.join('\0') + (source.span ? `\0${source.span.start}-${source.span.end}` : '');
  const known = ranges.get(key);
  if (known) return { start: start + known.start, end: start + known.end };
  const range = rangeOfPlace({ at: source, part: 'value' }, file);
  ranges.set(key, { start: range.start - start, end: range.end - start });
  return range;
}

const parsed = new WeakMap<FileState, YamlFile>();

/** A list of JSON patch operations is no manifest, so it is parsed when somebody asks for a place in it. */
export function yamlOf(file: FileState): YamlFile {
  if (file.yaml.documents.length > 0) return file.yaml;
  const kept = parsed.get(file);
  if (kept) return kept;
  const made = parseYaml(file.text);
  parsed.set(file, made);
  return made;
}

function documentOf(file: FileState, document: number): YamlDocument | undefined {
  return yamlOf(file).documents[document];
}

/** One indexed file: its text, its documents and the resources in them. Immutable; an edit makes a new one that keeps untouched documents. */
import type { Problem } from '../base/problem';
import { contextKeyOf, identityOf } from '../contexts/identity';
import { decodeDocument, type DecodedDocument, type DecodeOptions } from '../decode/decodeDocument';
import type { Resource } from '../model/resources';
import { LineIndex } from '../syntax/lineIndex';
import { parseYaml } from '../syntax/parse';
import { toPlain } from '../syntax/plain';
import type { YamlDocument, YamlFile } from '../syntax/tree';

export interface FileState {
  readonly uri: string;
  /** Relative to the workspace folder, `/` between names. */
  readonly path: string;
  readonly text: string;
  readonly yaml: YamlFile;
  readonly resources: readonly Resource[];
  /** Plain value of a Kustomization or Component. */
  readonly kustomization?: unknown;
  /** Of documents that are manifests; other YAML is left alone. */
  readonly problems: readonly Problem[];
  readonly brokenDocuments: number;
  /** Objects that the file defines. */
  readonly identities: ReadonlySet<string>;
  /** Changes only when something changes that the grouping into contexts looks at. */
  readonly contextKey: string;
  /** Made when the first position is asked for. */
  lines(): LineIndex;
}

/** What decoding a document gave, kept as long as the document's text and number stay. */
const decoded = new WeakMap<object, { readonly document: number; readonly uri: string; readonly options: DecodeOptions; readonly value: DecodedDocument }>();

const empty: YamlFile = { text: '', documents: [] };

/** True when the text may hold a manifest: so most other YAML is never parsed. */
export function mayHoldManifests(text: string, path: string): boolean {
  return (text.includes('kind') && text.includes('apiVersion')) || isKustomizationPath(path);
}

function isKustomizationPath(path: string): boolean {
  return /(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(path);
}

/** `previous`: the state of the same file before. Never throws. */
export function readFile(uri: string, path: string, text: string, options: Omit<DecodeOptions, 'fileName'>, previous?: FileState): FileState {
  const fileName = path.slice(path.lastIndexOf('/') + 1);
  const whole: DecodeOptions = { ...options, fileName };
  const yaml = mayHoldManifests(text, path) ? parseYaml(text, previous?.yaml) : { ...empty, text };
  const resources: Resource[] = [];
  const problems: Problem[] = [];
  let kustomization: unknown;
  let brokenDocuments = 0;
  yaml.documents.forEach((document, index) => {
    const value = decode(document, uri, index, whole);
    resources.push(...value.resources);
    kustomization ??= value.kustomization;
    const isManifest = value.manifest || (!document.ok && looksLikeManifest(document.text));
    if (!isManifest) return;
    if (!document.ok) brokenDocuments++;
    problems.push(...document.problems);
  });
  let lines: LineIndex | undefined;
  const state = { uri, path, text, yaml, resources, ...(kustomization === undefined ? {} : { kustomization }), problems, brokenDocuments };
  const identities = new Set(resources.map(identityOf).filter((identity) => identity !== undefined));
  return { ...state, identities, contextKey: contextKeyOf(state), lines: () => (lines ??= new LineIndex(text)) };
}

function decode(document: YamlDocument, uri: string, index: number, options: DecodeOptions): DecodedDocument {
  // A document that only moved is another object around the same tree.
  const key = document.tree;
  const kept = decoded.get(key);
  if (kept?.document === index && kept.uri === uri && kept.options.podTemplatePaths === options.podTemplatePaths && kept.options.fileName === options.fileName)
    return kept.value;
  const value = decodeDocument(toPlain(document), { uri, document: index }, options);
  document.tree.settle();
  decoded.set(key, { document: index, uri, options, value });
  return value;
}

function looksLikeManifest(text: string): boolean {
  return /^\s*"?apiVersion"?\s*:/m.test(text) && /^\s*"?kind"?\s*:/m.test(text);
}

/** One indexed file: its text, its documents and the resources in them. Immutable; an edit makes a new one that keeps untouched documents. */
import type { Problem } from '../base/problem';
import { contextKeyOf, identityOf } from '../contexts/identity';
import { decodeDocument, type DecodedDocument, type DecodeOptions } from '../decode/decodeDocument';
import type { Resource } from '../model/resources';
import { LineIndex } from '../syntax/lineIndex';
import { parseYaml } from '../syntax/parse';
import { parseTemplate } from '../syntax/parseTemplate';
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
  /** Which document that is. */
  readonly kustomizationDocument?: number;
  /** Of documents that are manifests; other YAML is left alone. */
  readonly problems: readonly Problem[];
  readonly brokenDocuments: number;
  /** A Helm template with actions, which was read without rendering it. */
  readonly template?: boolean;
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

/** What was read as a template is read anew as plain YAML. */
function previousYaml(previous: FileState | undefined, template: boolean): YamlFile | undefined {
  return previous?.yaml.template === true && !template ? undefined : previous?.yaml;
}

function isKustomizationPath(path: string): boolean {
  return /(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(path);
}

/** How a file is read beside what its text says. */
export interface ReadOptions extends Omit<DecodeOptions, 'fileName'> {
  /** The file is a template of a Helm chart. */
  readonly template?: boolean;
}

/** `previous`: the state of the same file before. Never throws. */
export function readFile(uri: string, path: string, text: string, { template, ...options }: ReadOptions, previous?: FileState): FileState {
  const fileName = path.slice(path.lastIndexOf('/') + 1);
  const whole: DecodeOptions = { ...options, fileName };
  // Helm takes a template whose name begins with `_` for a holder of named templates alone: https://helm.sh/docs/chart_template_guide/named_templates/
  const isManifest = mayHoldManifests(text, path) && !(template && fileName.startsWith('_'));
  const yaml = isManifest ? (template ? parseTemplate : parseYaml)(text, previousYaml(previous, template === true)) : { ...empty, text };
  const resources: Resource[] = [];
  const problems: Problem[] = [];
  let kustomization: unknown;
  let kustomizationDocument = 0;
  let brokenDocuments = 0;
  yaml.documents.forEach((document, index) => {
    const value = decode(document, uri, index, whole);
    resources.push(...value.resources);
    if (kustomization === undefined && value.kustomization !== undefined) {
      kustomization = value.kustomization;
      kustomizationDocument = index;
    }
    const isManifest = value.manifest || (!document.ok && looksLikeManifest(document.text));
    if (!isManifest) return;
    if (!document.ok) brokenDocuments++;
    problems.push(...document.problems);
  });
  let lines: LineIndex | undefined;
  const masked = template && text.includes('{{') ? { template } : {};
  const state = {
    uri,
    path,
    text,
    yaml,
    ...masked,
    resources,
    ...(kustomization === undefined ? {} : { kustomization, kustomizationDocument }),
    problems,
    brokenDocuments,
  };
  const identities = new Set(resources.map(identityOf).filter((identity) => identity !== undefined));
  return { ...state, identities, contextKey: contextKeyOf(state), lines: () => (lines ??= new LineIndex(text)) };
}

function decode(document: YamlDocument, uri: string, index: number, options: DecodeOptions): DecodedDocument {
  // A document that only moved is another object around the same tree.
  const key = document.tree;
  const kept = decoded.get(key);
  if (kept?.document === index && kept.uri === uri && kept.options.podTemplatePaths === options.podTemplatePaths && kept.options.fileName === options.fileName)
    return kept.value;
  const { templated, conditional, ok } = document;
  const place = { uri, document: index, ...(templated ? { template: { conditional: conditional === true, ok } } : {}) };
  const value = decodeDocument(toPlain(document), place, options);
  document.tree.settle();
  decoded.set(key, { document: index, uri, options, value });
  return value;
}

function looksLikeManifest(text: string): boolean {
  return /^\s*"?apiVersion"?\s*:/m.test(text) && /^\s*"?kind"?\s*:/m.test(text);
}

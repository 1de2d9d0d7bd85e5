/** One YAML document → the resources in it, whatever else it is, and what suppresses findings there. */
import { isOpaque, missingKey, textOf } from '../base/opaque';
import type { Resource, ResourceMetadata } from '../model/resources';
import type { Path } from '../protocol/source';
import { Fields, isPlainObject } from './fields';
import { kindByName, kindOf, kindTable } from './kinds';
import { decodeOther } from './other';

export interface DecodeOptions {
  /** Kind of a custom resource (`argoproj.io/Rollout`) → where its pod template stands. */
  readonly podTemplatePaths: ReadonlyMap<string, Path>;
  readonly fileName: string;
}

export interface DecodedDocument {
  readonly resources: readonly Resource[];
  /** The plain value of a Kustomization or Component of `kustomize.config.k8s.io`. */
  readonly kustomization?: unknown;
  /** True when the document says that it is a manifest, even if it holds no resource that could be read. */
  readonly manifest: boolean;
}

/** Where a document stands, and what is known of it as a whole. */
export interface DocumentPlace {
  readonly uri: string;
  readonly document: number;
  /** Of a Helm template; `ok` is false for one that could not be read to its end. */
  readonly template?: { readonly conditional: boolean; readonly ok: boolean };
}

const nothing: DecodedDocument = { resources: [], manifest: false };
const mostItems = 100_000;

/**
 * `plain` is the document as plain values. Anything that is no Kubernetes manifest gives nothing. Lists give their
 * items, each with its path.
 */
export function decodeDocument(plain: unknown, place: DocumentPlace, options: DecodeOptions): DecodedDocument {
  if (!isPlainObject(plain)) return nothing;
  const root = new Fields(plain, []);
  const apiVersion = textOf(root.string('apiVersion'));
  const kind = textOf(root.string('kind'));
  if (isKustomization(apiVersion, kind, options.fileName)) return { resources: [], kustomization: plain, manifest: true };
  if (apiVersion === undefined || kind === undefined || apiVersion === '' || kind === '') return nothing;
  const resources: Resource[] = [];
  collect(plain, [], place, options, resources);
  return { resources, manifest: true };
}

/**
 * One resource out of plain values that need not be those of its document: what Kustomize makes of it. `place` is where the resource itself
 * stands. Undefined when it says no kind.
 */
export function decodeResourceAt(
  plain: unknown,
  place: { readonly uri: string; readonly document: number; readonly path: Path },
  options: DecodeOptions,
): Resource | undefined {
  if (!isPlainObject(plain)) return undefined;
  const root = new Fields(plain, []);
  const apiVersion = textOf(root.string('apiVersion'));
  const kind = textOf(root.string('kind'));
  return apiVersion === undefined || kind === undefined ? undefined : decodeResource(plain, { apiVersion, kind }, place, options);
}

/** Flux's Kustomization (`kustomize.toolkit.fluxcd.io`) is another kind. */
function isKustomization(apiVersion: string | undefined, kind: string | undefined, fileName: string): boolean {
  if (apiVersion?.startsWith('kustomize.config.k8s.io/')) return true;
  if (apiVersion !== undefined) return false;
  return /^(kustomization\.ya?ml|Kustomization)$/.test(fileName) && (kind === undefined || kind === 'Kustomization' || kind === 'Component');
}

function collect(plain: Readonly<Record<string, unknown>>, path: Path, place: DocumentPlace, options: DecodeOptions, into: Resource[]): void {
  const fields = new Fields(plain, path);
  const apiVersion = textOf(fields.string('apiVersion'));
  const kind = textOf(fields.string('kind'));
  if (apiVersion === undefined || kind === undefined) return;
  const items = fields.raw('items');
  if (kind.endsWith('List') && Array.isArray(items)) {
    items.slice(0, mostItems).forEach((item: unknown, index) => {
      if (!isPlainObject(item) || path.length > 8) return;
      // Items of a typed list (`ServiceList`) may leave out what the list says.
      const whole = item['kind'] === undefined && kind !== 'List' ? { apiVersion, kind: kind.slice(0, -4), ...item } : item;
      collect(whole, [...path, 'items', index], place, options, into);
    });
    return;
  }
  into.push(decodeResource(plain, { apiVersion, kind }, { ...place, path }, options));
}

/** Paths of the spec start at the resource, not at the document. */
function decodeResource(
  plain: Readonly<Record<string, unknown>>,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  { template, ...source }: DocumentPlace & { readonly path: Path },
  options: DecodeOptions,
): Resource {
  const root = new Fields(plain, []);
  const type = isOpaque(root.raw('apiVersion')) ? kindByName(kind) : kindOf(apiVersion, kind);
  const row = kindTable[type];
  const metadata = decodeMetadata(root.fields('metadata'), row.namespaced, template !== undefined);
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.lastIndexOf('/')) : '';
  const spec = type === 'Other' ? decodeOther(root, options.podTemplatePaths.get(`${group}/${kind}`)) : row.decode(root);
  const ignores = metadata.annotations.get('packetpath.dev/ignore');
  return {
    type,
    apiVersion,
    kind,
    metadata,
    spec,
    source,
    raw: type === 'Secret' ? withoutSecretValues(plain) : plain,
    partial: template?.ok === false || row.spine.some((keys) => !hasSpine(plain, keys)),
    ignores: typeof ignores === 'string' ? ignores.split(/[\s,]+/).filter((id) => id !== '') : [],
    ...(template ? { templated: true } : {}),
    ...(template?.conditional ? { conditional: true } : {}),
  } as unknown as Resource;
}

/** Keys stay, values do not: they are in no message, no log and no memory of ours beyond the text itself. */
function withoutSecretValues(plain: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const emptied = (value: unknown): unknown => (isPlainObject(value) ? Object.fromEntries(Object.keys(value).map((key) => [key, ''])) : value);
  return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, key === 'data' || key === 'stringData' ? emptied(value) : value]));
}

function hasSpine(plain: unknown, keys: readonly string[]): boolean {
  let value: unknown = plain;
  for (const key of keys) {
    if (isOpaque(value)) return true;
    if (!isPlainObject(value)) return false;
    value = Object.hasOwn(value, key) ? value[key] : missingKey(value);
  }
  return value !== undefined && value !== null;
}

/** Helm puts what writes no namespace into the one of the release: https://helm.sh/docs/chart_template_guide/builtin_objects/ */
const releaseNamespace = /^\{\{-?\s*\$?\.Release\.Namespace\s*(\|\s*quote\s*)?-?\}\}$/;

function decodeMetadata(metadata: Fields, namespaced: boolean, isTemplate: boolean): ResourceMetadata {
  const name = metadata.string('name');
  const generateName = metadata.string('generateName');
  const given = namespaced ? metadata.string('namespace') : undefined;
  const namespace = isTemplate && isOpaque(given) && releaseNamespace.test(given.text) ? undefined : given;
  const written = textOf(name) ?? (generateName === undefined ? '' : `${textOf(generateName) ?? ''}*`);
  return {
    name: written,
    nameKnown: typeof name === 'string' && name !== '',
    ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
    namespaceOpaque: isOpaque(namespace),
    labels: metadata.labels('labels'),
    annotations: metadata.map('annotations').entries,
  };
}

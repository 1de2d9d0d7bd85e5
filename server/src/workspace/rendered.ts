/** Contexts whose members are what `helm template` or `kustomize build` wrote, each with its place in the files that it was made of. */
import { decodeResourceAt, decodeDocument, type DecodeOptions } from '../decode/decodeDocument';
import type { Context } from '../model/context';
import type { Resource } from '../model/resources';
import type { SourceRef } from '../protocol/source';
import { parseYaml } from '../syntax/parse';
import { toPlain } from '../syntax/plain';
import type { FileState } from './fileState';
import type { FileTable } from './fileTable';
import type { Grouping } from './grouping';
import { alignedOrigin, twinOf } from './renderedPlaces';

export type RenderKind = 'helm' | 'kustomize';

/** A chart, or a kustomization that no other one refers to. */
export interface RenderTarget {
  /** Id of the context. */
  readonly context: string;
  readonly kind: RenderKind;
  /** Folder, relative to the workspace. */
  readonly root: string;
  /** What stands for `.Release.Namespace`. */
  readonly namespace: string;
  /** Uris of what the context knows to be part of it. */
  readonly files: readonly string[];
}

/** What a program wrote, or one line that says why it wrote nothing. `program`: `helm`, `kustomize` or `kubectl kustomize`. */
export type RenderAnswer =
  | { readonly ok: true; readonly program: string; readonly text: string; readonly namespace: string }
  | { readonly ok: false; readonly program: string; readonly reason: string };

interface RenderedDocument {
  readonly plain: unknown;
  /** Of Helm's comment `# Source: chart/templates/x.yaml`, without the name of the chart. */
  readonly from: string | undefined;
}

export type Rendered =
  | { readonly ok: true; readonly program: string; readonly namespace: string; readonly documents: readonly RenderedDocument[] }
  | { readonly ok: false; readonly program: string; readonly reason: string };

export function renderKey(kind: RenderKind, root: string): string {
  return `${kind}:${root}`;
}

/** What can be rendered. A component is no kustomization that could be built alone. */
export function renderTargets({ contexts }: Grouping, files: FileTable): readonly RenderTarget[] {
  return contexts.flatMap(({ id, kind, root, namespace, files: uris }) => {
    if (kind !== 'helm' && kind !== 'kustomize') return [];
    if (kind === 'kustomize' && isComponent(kustomizationIn(root, files.values())?.kustomization)) return [];
    return [{ context: id, kind, root, namespace: namespace !== undefined && isDnsLabel(namespace) ? namespace : 'default', files: uris }];
  });
}

/** Output that is no list of manifests is a failure as any other; output without a document is a chart that installs nothing. Never throws. */
export function readRendered(answer: RenderAnswer): Rendered {
  if (!answer.ok) return answer;
  const { program, namespace, text } = answer;
  const documents: RenderedDocument[] = [];
  for (const document of parseYaml(text).documents) {
    if (document.text.replace(/^\s*#.*$/gm, '').trim() === '') continue;
    const plain = document.ok ? toPlain(document) : undefined;
    const { resources } = decodeDocument(plain, { uri: '', document: 0 }, noOptions);
    if (resources.length === 0) return { ok: false, program, reason: 'what it wrote is no manifest' };
    const from = /^# Source: [^/\s]+\/(\S.*?)\s*$/m.exec(document.text)?.[1];
    for (const { source } of resources) documents.push({ plain: source.path.reduce(step, plain), from });
  }
  return { ok: true, program, namespace, documents };
}

const noOptions: DecodeOptions = { podTemplatePaths: new Map(), fileName: '' };

function step(value: unknown, segment: string | number): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string | number, unknown>>)[segment] : undefined;
}

export interface RenderedParts {
  readonly rendered: ReadonlyMap<string, Rendered>;
  readonly files: FileTable;
  /** Of `--closed`. */
  readonly closed: boolean;
  /** As the files are decoded, by path. */
  readonly podTemplatePaths: (path: string) => DecodeOptions['podTemplatePaths'];
}

/** The grouping with rendered members where there are any, and with the reason where a program failed. The same objects while nothing changes. */
export function withRendered(grouping: Grouping, parts: RenderedParts): Grouping {
  if (parts.rendered.size === 0) return grouping;
  let paths: ReadonlyMap<string, FileState> | undefined;
  const contexts = grouping.contexts.map((context) => {
    if (context.kind !== 'helm' && context.kind !== 'kustomize') return context;
    const rendered = parts.rendered.get(renderKey(context.kind, context.root));
    if (!rendered) return context;
    const kept = made.get(context);
    if (kept?.rendered === rendered) return kept.context;
    paths ??= new Map([...parts.files.values()].map((file) => [file.path, file]));
    const now = rendered.ok ? renderedContext(context, rendered, paths, parts) : notRendered(context, rendered);
    made.set(context, { rendered, context: now });
    return now;
  });
  const byFile = new Map(grouping.byFile);
  contexts.forEach((context, place) => {
    if (context === grouping.contexts[place]) return;
    for (const uri of context.files) {
      const before = byFile.get(uri) ?? [];
      if (!before.includes(place))
        byFile.set(
          uri,
          [...before, place].sort((a, b) => a - b),
        );
    }
  });
  return { ...grouping, contexts, byFile };
}

const made = new WeakMap<Context, { readonly rendered: Rendered; readonly context: Context }>();

function notRendered(context: Context, { program, reason }: Rendered & { readonly ok: false }): Context {
  return { ...context, missing: [...context.missing, `what ${program} would write: ${reason}`] };
}

/** A chart that is rendered is as closed as anything else; what other values would write remains unknown. */
function renderedContext(
  context: Context,
  { program, namespace, documents }: Rendered & { readonly ok: true },
  paths: ReadonlyMap<string, FileState>,
  parts: RenderedParts,
): Context {
  const isHelm = context.kind === 'helm';
  const byKind = new Map<string, Resource[]>();
  for (const member of context.members) {
    const list = byKind.get(member.kind);
    if (list) list.push(member);
    else byKind.set(member.kind, [member]);
  }
  const members: Resource[] = [];
  const files = new Set(context.files);
  for (const document of documents) {
    const path = !isHelm || document.from === undefined ? undefined : context.root === '.' ? document.from : `${context.root}/${document.from}`;
    const file = path === undefined ? undefined : paths.get(path);
    const fallback = isHelm
      ? (file ?? paths.get(context.root === '.' ? 'Chart.yaml' : `${context.root}/Chart.yaml`))
      : kustomizationIn(context.root, paths.values());
    const candidates = (byKind.get(kindOf(document.plain)) ?? []).filter(({ source }) => !isHelm || source.uri === file?.uri);
    const twin = twinOf(document.plain, candidates);
    const member = memberOf(document, { twin, fallback, namespace: isHelm ? namespace : undefined }, parts);
    if (!member) continue;
    members.push(member);
    if (file) files.add(file.uri);
  }
  const copy: { -readonly [Key in keyof Context]: Context[Key] } = {
    ...context,
    members,
    files: [...files],
    because: `${context.because}; rendered by ${program}`,
    missing: isHelm ? [`what other values than those of values.yaml would write: ${program} rendered it with these`] : [],
    ...(isHelm ? { closed: parts.closed } : {}),
    rendered: program,
  };
  // Names of generated objects have their hash now.
  delete copy.generatedNames;
  return copy;
}

interface Place {
  /** The object that the files say, as far as they say it. */
  readonly twin: Resource | undefined;
  /** Where an object is placed that has none. */
  readonly fallback: FileState | undefined;
  /** Of Helm: it stands for no namespace, as in the template. */
  readonly namespace: string | undefined;
}

const decoded = new WeakMap<RenderedDocument, { readonly twin: Resource | undefined; readonly uri: string; readonly member: Resource }>();

function memberOf(document: RenderedDocument, { twin, fallback, namespace }: Place, { podTemplatePaths, files }: RenderedParts): Resource | undefined {
  const uri = twin?.source.uri ?? fallback?.uri;
  if (uri === undefined) return undefined;
  const kept = decoded.get(document);
  if (kept && kept.twin === twin && kept.uri === uri) return kept.member;
  const source: SourceRef = twin?.source ?? { uri, document: 0, path: [] };
  const plain = namespace !== undefined && twin?.metadata.namespace === undefined ? withoutNamespace(document.plain, namespace) : document.plain;
  const path = files.get(uri)?.path ?? '.';
  const resource = decodeResourceAt(plain, source, { podTemplatePaths: podTemplatePaths(path), fileName: '' });
  if (!resource) return undefined;
  const origins = twin?.origins ?? {
    original: twin,
    root: twin ? alignedOrigin(plain, twin.raw, source) : { at: source },
    documents: [{ uri, document: source.document }],
  };
  const member = { ...resource, origins: { ...origins, rendered: { twin } } } as Resource;
  decoded.set(document, { twin, uri, member });
  return member;
}

function withoutNamespace(plain: unknown, namespace: string): unknown {
  const metadata = step(plain, 'metadata');
  if (step(metadata, 'namespace') !== namespace) return plain;
  const copy = Object.assign(Object.create(null) as Record<string, unknown>, metadata);
  delete copy['namespace'];
  return Object.assign(Object.create(null) as Record<string, unknown>, plain, { metadata: copy });
}

function kindOf(plain: unknown): string {
  const kind = step(plain, 'kind');
  return typeof kind === 'string' ? kind : '';
}

function kustomizationIn(root: string, files: Iterable<FileState>): FileState | undefined {
  for (const file of files) {
    if (file.kustomization === undefined) continue;
    const slash = file.path.lastIndexOf('/');
    if ((slash < 0 ? '.' : file.path.slice(0, slash)) === root) return file;
  }
  return undefined;
}

function isComponent(kustomization: unknown): boolean {
  return step(kustomization, 'kind') === 'Component';
}

function isDnsLabel(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}

/** Groups the files of a workspace into contexts: the first way that claims a file wins, and explicit beats inferred. */
import type { ClusterSettings, Context } from '../model/context';
import type { Resource } from '../model/resources';
import { type FolderGroup, groupFolder } from './alternatives';
import type { Configuration, ConfiguredContext } from './configuration';
import { globMatches } from './globs';
import { nameOfIdentity } from './identity';
import { type Kustomization, listed } from './kustomization';
import { claimedPaths, isKustomization, type KustomizationGraph, type KustomizeRoot, kustomizeRoots, membersOf, readKustomizations } from './kustomizeRoots';
import { commonFolder, compareText, environmentWord, folderOf, isBelow, nameOf, scopeOf } from './paths';

export { contextKeyOf } from './identity';

/** One indexed file. */
export interface ContextFile {
  readonly uri: string;
  /** Relative to the workspace folder, `/` between names. */
  readonly path: string;
  /** Kustomization files and the like are no resources. */
  readonly resources: readonly Resource[];
  /** Plain value of a kustomization of `kustomize.config.k8s.io`, or without an apiVersion. */
  readonly kustomization?: unknown;
  readonly brokenDocuments: number;
}

export interface FormContextsInput {
  /** In any order; for standard input in the order of the input. */
  readonly files: readonly ContextFile[];
  readonly configuration?: Configuration;
  /** Relative to the workspace, `.` for the workspace folder; the configuration's globs start there. */
  readonly configurationFolder?: string;
  readonly closed: boolean;
  /** What is set outside of the configuration, which goes before it. */
  readonly settings: ClusterSettings;
  /** For manifests to which nothing else gives one. */
  readonly namespace?: string;
  /** All files are one context. */
  readonly stdin?: boolean;
}

/** Sorted by id; the same for the same files in any order. A file may be in several contexts, a patch is in none. Never throws. */
export function formContexts(input: FormContextsInput): readonly Context[] {
  if (input.stdin) return input.files.some(hasResources) ? [inputContext(input)] : [];
  const files = [...input.files].sort((a, b) => compareText(a.path, b.path));
  const graph = readKustomizations(files);
  const claimed = new Set(claimedPaths(graph));
  const drafts: Draft[] = [];
  for (const configured of input.configuration?.contexts ?? []) drafts.push(configuredDraft(configured, input, files, graph, claimed));
  for (const draft of drafts) for (const path of draft.takes) claimed.add(path);
  const kustomized = kustomizeRoots(graph)
    .filter(({ kustomization }) => !claimed.has(kustomization.path))
    .map((root) => kustomizeDraft(root, graph));
  drafts.push(...kustomized);
  for (const draft of kustomized) for (const path of draft.takes) claimed.add(path);
  const rest = files.filter((file) => !isKustomization(file) && !claimed.has(file.path) && (hasResources(file) || file.brokenDocuments > 0));
  drafts.push(...plainDrafts(rest, files));
  return finish(drafts, input);
}

/** A context before it has its id for certain. */
interface Draft {
  readonly kind: Context['kind'];
  /** What stands after the colon of the id. `otherName` is taken when two would be the same. */
  readonly name: string;
  readonly otherName?: string;
  readonly label: string;
  readonly root: string;
  readonly because: string;
  /** In the order in which they are applied. */
  readonly files: readonly ContextFile[];
  /** Kustomization files: they belong to it, and hold no resources. */
  readonly also?: readonly ContextFile[];
  /** Paths that no later way takes. */
  readonly takes: readonly string[];
  readonly applyOrder: Context['applyOrder'];
  readonly missing: readonly string[];
  readonly closed?: boolean;
  readonly cluster?: ClusterSettings;
  readonly namespace?: string;
  readonly generated?: Context['generatedNames'];
}

function inputContext(input: FormContextsInput): Context {
  const draft: Draft = {
    kind: 'stdin',
    name: '',
    label: 'standard input',
    root: '.',
    because: 'everything came through standard input',
    files: input.files,
    takes: [],
    applyOrder: 'files',
    missing: [],
  };
  return contextOf('stdin', draft, input);
}

/** Globs choose the files; kustomizations among them bring what they refer to, unless it is excluded. */
function configuredDraft(
  configured: ConfiguredContext,
  input: FormContextsInput,
  files: readonly ContextFile[],
  graph: KustomizationGraph,
  claimed: ReadonlySet<string>,
): Draft {
  const folder = input.configurationFolder ?? '.';
  const inside = (path: string): string | undefined => (folder === '.' ? path : isBelow(path, folder) ? path.slice(folder.length + 1) : undefined);
  const matches = (path: string, globs: readonly string[]): boolean => {
    const relative = inside(path);
    return relative !== undefined && globs.some((glob) => globMatches(glob, relative));
  };
  const isExcluded = (path: string): boolean => matches(path, configured.exclude);
  const included = files.filter((file) => matches(file.path, configured.include) && !isExcluded(file.path));
  const members = new Set(included.filter((file) => !isKustomization(file) && !claimed.has(file.path)));
  let missing: readonly string[] = [];
  let generated: NonNullable<Context['generatedNames']> = [];
  const also = new Set<ContextFile>();
  for (const file of included) {
    const kustomization = isKustomization(file) ? graph.byFolder.get(folderOf(file.path)) : undefined;
    if (kustomization?.path !== file.path) continue;
    const inner = membersOf(graph, kustomization);
    for (const one of filesOf(graph, inner.kustomizations)) also.add(one);
    for (const member of inner.files) if (!isExcluded(member.path)) members.add(member);
    missing = [...missing, ...inner.missing, ...namespaceNotes(inner.namespaceOf)];
    generated = [...generated, ...inner.generated];
  }
  const inOrder = [...members].filter((file) => hasResources(file) || file.brokenDocuments > 0).sort((a, b) => compareText(a.path, b.path));
  const where = folder === '.' ? '.packetpath.yaml' : `${folder}/.packetpath.yaml`;
  const cluster = configured.cluster;
  return {
    kind: 'config',
    name: configured.name,
    label: configured.name,
    root: folder,
    because: `${where} makes it of ${listed(configured.include)}`,
    files: inOrder,
    also: [...also],
    takes: [...included, ...members].map(({ path }) => path),
    applyOrder: also.size > 0 ? 'unknown' : orderOf(inOrder),
    missing: [...new Set(missing)],
    ...(configured.closed === undefined ? {} : { closed: configured.closed }),
    ...(cluster ? { cluster } : {}),
    ...(configured.namespace === undefined ? {} : { namespace: configured.namespace }),
    ...(generated.length > 0 ? { generated } : {}),
  };
}

function kustomizeDraft({ kustomization, circular }: KustomizeRoot, graph: KustomizationGraph): Draft {
  const { files, kustomizations, namespaceOf, generated, missing } = membersOf(graph, kustomization);
  const { folder, path, isComponent, order } = kustomization;
  const namespace = commonNamespace(files, namespaceOf);
  const notes = [...missing];
  if (namespace === undefined) notes.push(...namespaceNotes(namespaceOf));
  if (isComponent) notes.push('the kustomization that this component becomes a part of');
  if (circular) notes.push(`what comes first of the kustomizations that refer to each other in a circle: ${listed(kustomizations.map((one) => one.path))}`);
  return {
    kind: 'kustomize',
    name: folder,
    label: labelOf(folder),
    root: folder,
    because: circular
      ? `${path}, the first of kustomizations that refer to each other in a circle`
      : isComponent
        ? `${path}, a component that no kustomization here refers to`
        : `${path}, which no other kustomization refers to`,
    files,
    also: filesOf(graph, kustomizations),
    takes: [...files.map((file) => file.path), ...kustomizations.map((one) => one.path)],
    // `kustomize build` writes kinds in a fixed order (Namespaces first) unless sortOptions.order is fifo.
    applyOrder: order === undefined || order === 'legacy' ? 'kinds' : 'unknown',
    missing: [...new Set(notes)],
    // What a component is added to is not here, so nothing can be said to be absent.
    ...(isComponent ? { closed: false } : {}),
    ...(namespace === undefined ? {} : { namespace }),
    ...(generated.length > 0 ? { generated } : {}),
  };
}

function filesOf(graph: KustomizationGraph, kustomizations: readonly Kustomization[]): readonly ContextFile[] {
  return kustomizations.map(({ path }) => graph.files.get(path)).filter((file): file is ContextFile => file !== undefined && !hasResources(file));
}

/** The one namespace that Kustomize gives to every file, when no manifest writes another. */
function commonNamespace(files: readonly ContextFile[], namespaceOf: ReadonlyMap<string, string>): string | undefined {
  const namespace = namespaceOf.get(files[0]?.path ?? '');
  const holds =
    namespace !== undefined &&
    files.every(
      (file) =>
        namespaceOf.get(file.path) === namespace &&
        file.resources.every(({ metadata }) => !metadata.namespaceOpaque && (metadata.namespace === undefined || metadata.namespace === namespace)),
    );
  return holds ? namespace : undefined;
}

function namespaceNotes(namespaceOf: ReadonlyMap<string, string>): readonly string[] {
  const namespaces = [...new Set(namespaceOf.values())].sort(compareText);
  return namespaces.length === 0
    ? []
    : [`${namespaces.length === 1 ? 'the namespace' : 'the namespaces'} ${listed(namespaces)} that Kustomize gives, not applied yet`];
}

/** Charts, then folders and alternatives; `examples`, `fixtures` and `testdata` folders each on their own. */
function plainDrafts(rest: readonly ContextFile[], files: readonly ContextFile[]): readonly Draft[] {
  const charts = new Set(files.filter(({ path }) => nameOf(path) === 'Chart.yaml').map(({ path }) => folderOf(path)));
  const byChart = new Map<string, ContextFile[]>();
  const byScope = new Map<string, ContextFile[]>();
  for (const file of rest) {
    const scope = scopeOf(file.path);
    const chart = chartOf(file.path, scope, charts);
    const [map, key] = chart === undefined ? [byScope, scope] : [byChart, chart];
    const list = map.get(key);
    if (list) list.push(file);
    else map.set(key, [file]);
  }
  const drafts: Draft[] = [...byChart].filter(([, members]) => members.some(hasResources)).map(([folder, members]) => helmDraft(folder, members));
  for (const [scope, members] of byScope) {
    for (const group of groupFolder(members, scope)) if (group.files.some(hasResources)) drafts.push(folderDraft(group, scope));
  }
  return drafts;
}

/** The nearest folder above with a `Chart.yaml`, not beyond the scope. */
function chartOf(path: string, scope: string, charts: ReadonlySet<string>): string | undefined {
  if (charts.size === 0) return undefined;
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    if (charts.has(folder)) return folder;
    if (folder === scope || folder === '.') return undefined;
  }
}

function helmDraft(folder: string, files: readonly ContextFile[]): Draft {
  return {
    kind: 'helm',
    name: folder,
    label: labelOf(folder),
    root: folder,
    because: `the chart of ${folder === '.' ? '' : `${folder}/`}Chart.yaml, as far as it is plain manifests`,
    files,
    takes: [],
    // Helm installs crds/ first and everything else by kind.
    applyOrder: 'kinds',
    missing: [`the templates of ${folder === '.' ? 'the chart' : folder}, which are not rendered`],
  };
}

function folderDraft({ files, alternative, undecided, leftOut }: FolderGroup, scope: string): Draft {
  const missing = undecided.length === 0 ? [] : [`alternatives elsewhere, of which nothing says which goes along: ${undecided.join('; ')}`];
  if (leftOut > 0) missing.push(`${leftOut} more files that collide with nothing, since there are too many alternatives to repeat them`);
  const shared = { files, takes: [], applyOrder: orderOf(files), missing };
  if (!alternative) {
    const folders = new Set(files.map(({ path }) => folderOf(path))).size;
    const place = scope === '.' ? 'the workspace' : scope;
    const because =
      folders === 1 ? `the files of one folder: nothing in them collides` : `merged upwards to ${place}: nothing in these ${folders} folders collides`;
    return { ...shared, kind: 'folder', name: scope, label: labelOf(scope), root: scope, because };
  }
  const { parts, identity, against, joining } = alternative;
  const [first = scope] = parts;
  const isFile = new Set(files.map(({ path }) => path));
  const root = commonFolder(parts.map((part) => (isFile.has(part) ? folderOf(part) : part)));
  const name = parts.length === 1 ? first : root;
  const who = parts.length === 1 ? first : `${first} (with ${parts.length - 1} more)`;
  const beside =
    joining === 0 ? '' : `; ${joining} ${joining === 1 ? 'file that collides' : 'files that collide'} with neither ${joining === 1 ? 'joins' : 'join'} it`;
  return {
    ...shared,
    kind: 'environment',
    name,
    otherName: first,
    label: environmentWord(first) ?? labelOf(name),
    root,
    because: `${who} and ${against} both define ${nameOfIdentity(identity)}, so they exclude each other${beside}`,
  };
}

/** Ids are made unique by the file name that makes the difference, and by a number where even that is the same; labels by the id. */
function finish(drafts: readonly Draft[], input: FormContextsInput): readonly Context[] {
  const named = drafts.filter((draft) => draft.files.some(hasResources));
  const first = count(named.map((draft) => `${draft.kind}:${draft.name}`));
  const labels = count(named.map(({ label }) => label));
  const used = new Set<string>();
  const contexts = named.map((draft) => {
    const isShared = (first.get(`${draft.kind}:${draft.name}`) ?? 0) > 1;
    const wanted = `${draft.kind}:${isShared ? (draft.otherName ?? draft.name) : draft.name}`;
    let id = wanted;
    for (let number = 2; used.has(id); number++) id = `${wanted}#${number}`;
    used.add(id);
    const isOnly = labels.get(draft.label) === 1 || draft.kind === 'config';
    return contextOf(
      id,
      isOnly ? draft : { ...draft, label: draft.kind === 'environment' ? id.slice(id.indexOf(':') + 1) : `${draft.label} (${draft.kind})` },
      input,
    );
  });
  return contexts.sort((a, b) => compareText(a.id, b.id));
}

function contextOf(id: string, draft: Draft, input: FormContextsInput): Context {
  const files = [...draft.files, ...(draft.also ?? [])];
  const broken = files.filter((file) => file.brokenDocuments > 0);
  const namespace = draft.namespace ?? input.namespace;
  return {
    id,
    label: draft.label,
    kind: draft.kind,
    root: draft.root,
    because: draft.because,
    members: draft.files.flatMap((file) => file.resources),
    files: files.map(({ uri }) => uri),
    // The command line can close what the configuration leaves open; a component stays open.
    closed: draft.kind === 'kustomize' && draft.closed === false ? false : input.closed || draft.closed === true,
    applyOrder: draft.applyOrder,
    missing: shortened([
      ...draft.missing,
      ...broken.map((file) => `${file.brokenDocuments === 1 ? 'a document' : `${file.brokenDocuments} documents`} of ${file.path} that cannot be read`),
    ]),
    cluster: { ...input.settings, ...input.configuration?.cluster, ...draft.cluster },
    ...(namespace === undefined ? {} : { namespace }),
    ...(draft.generated ? { generatedNames: draft.generated } : {}),
  };
}

/** People read this list. */
function shortened(missing: readonly string[]): readonly string[] {
  return missing.length <= 50 ? missing : [...missing.slice(0, 49), `${missing.length - 49} more`];
}

/** `kubectl apply -f FOLDER` takes the files of one folder by name and their documents in order; of several folders nothing says which comes first. */
function orderOf(files: readonly ContextFile[]): Context['applyOrder'] {
  return new Set(files.map(({ path }) => folderOf(path))).size <= 1 ? 'files' : 'unknown';
}

function hasResources(file: ContextFile): boolean {
  return file.resources.length > 0;
}

function labelOf(folder: string): string {
  return folder === '.' ? 'workspace' : folder;
}

function count(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

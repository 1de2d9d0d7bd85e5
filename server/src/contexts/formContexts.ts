/** Groups the files of a workspace into contexts: the first way that claims a file wins, and explicit beats inferred. */
import type { ClusterSettings, Context } from '../model/context';
import { isOwnSource, sourceOf } from '../model/origins';
import type { Resource } from '../model/resources';
import { isNamespaced } from '../model/scope';
import type { Path } from '../protocol/source';
import { type FolderGroup, groupFolder } from './alternatives';
import { type Configuration, type ConfiguredContext, nearestConfiguration } from './configuration';
import { globMatches } from './globs';
import { type GitOpsPointer, gitOpsPointers, targetOf } from './gitops';
import { chartFolders, chartOf, notRendered } from './helm';
import { nameOfIdentity } from './identity';
import { listed } from './kustomization';
import { type BuildOptions, type Built, buildRoot, type CurrentFile } from './kustomizeBuild';
import { claimedPaths, isKustomization, type KustomizationGraph, type KustomizeRoot, kustomizeRoots, outermost, readKustomizations } from './kustomizeRoots';
import { commonFolder, compareText, environmentWord, folderOf, isBelow, scopeOf } from './paths';

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
  /** Which document that is. */
  readonly kustomizationDocument?: number;
  /** Read of files that kustomizations name as patches. */
  readonly text?: string;
  readonly brokenDocuments: number;
  /** A Helm template with actions, which was read without rendering it. */
  readonly template?: boolean;
}

export interface FormContextsInput {
  /** In any order; for standard input in the order of the input. */
  readonly files: readonly ContextFile[];
  readonly configuration?: Configuration;
  /** Relative to the workspace, `.` for the workspace folder; the configuration's globs start there. */
  readonly configurationFolder?: string;
  /** Several in place of one: the contexts of a deeper folder take their files first, and what a configuration says of the cluster holds below its folder. */
  readonly configurations?: readonly ConfigurationOfFolder[];
  readonly closed: boolean;
  /** What is set outside of the configuration, which goes before it. */
  readonly settings: ClusterSettings;
  /** For manifests to which nothing else gives one. */
  readonly namespace?: string;
  /** All files are one context. */
  readonly stdin?: boolean;
}

export interface ConfigurationOfFolder {
  readonly folder: string;
  readonly configuration: Configuration;
}

/** Sorted by id; the same for the same files in any order. A file may be in several contexts, a patch is in those whose resources it changes. Never throws. */
export function formContexts(input: FormContextsInput): readonly Context[] {
  if (input.stdin) return input.files.some(hasResources) ? [inputContext(input)] : [];
  const files = [...input.files].sort((a, b) => compareText(a.path, b.path));
  const graph = readKustomizations(files);
  const claimed = new Set(claimedPaths(graph));
  const drafts: Draft[] = [];
  const configurations = configurationsOf(input);
  const options = buildOptions(files, configurations);
  for (const { folder, configuration } of configurations.toReversed()) {
    const own = configuration.contexts.map((configured) => configuredDraft(configured, folder, files, graph, claimed, options));
    for (const draft of own) for (const path of draft.takes) claimed.add(path);
    drafts.push(...own);
  }
  const kustomized = kustomizeRoots(graph)
    .filter(({ kustomization }) => !claimed.has(kustomization.path))
    .map((root) => kustomizeDraft(root, graph, options));
  drafts.push(...kustomized);
  for (const draft of kustomized) for (const path of draft.takes) claimed.add(path);
  const rest = files.filter((file) => !isKustomization(file) && !claimed.has(file.path) && (hasResources(file) || file.brokenDocuments > 0));
  drafts.push(...plainDrafts(rest, files));
  const pointers = gitOpsPointers(files);
  return finish(pointers.size === 0 ? drafts : drafts.map((draft) => pointedAt(draft, pointers)), input);
}

type Renew = (current: CurrentFile) => Pick<Draft, 'members' | 'missing' | 'namespace'>;

const renewals = new WeakMap<
  Context,
  { readonly renew: Renew; readonly notes: (missing: readonly string[]) => readonly string[]; readonly namespace?: string }
>();

/** True for a context whose members need not be the resources of its files: a kustomization may have changed them. */
export function isBuilt(context: Context): boolean {
  return renewals.has(context);
}

/** Such a context after edits that change no kustomization and leave the grouping as it is. */
export function rebuilt(context: Context, current: CurrentFile): Context {
  const renewal = renewals.get(context);
  if (!renewal) return context;
  const { members = [], missing, namespace = renewal.namespace } = renewal.renew(current);
  const changed = { ...context, members, missing: renewal.notes(missing) };
  const made: Context = namespace === undefined ? withoutNamespace(changed) : { ...changed, namespace };
  renewals.set(made, renewal);
  return made;
}

function withoutNamespace(context: Context): Context {
  const copy: { -readonly [Key in keyof Context]: Context[Key] } = { ...context };
  delete copy.namespace;
  return copy;
}

const templatePaths = new WeakMap<Configuration, ReadonlyMap<string, Path>>();
const noPaths: ReadonlyMap<string, Path> = new Map();

/** As the files were decoded: what Kustomize changes is decoded again. */
function buildOptions(files: readonly ContextFile[], configurations: readonly ConfigurationOfFolder[]): BuildOptions {
  if (!configurations.some(({ configuration }) => Object.keys(configuration.podTemplatePaths).length > 0)) return { podTemplatePaths: () => noPaths };
  const paths = new Map(files.map(({ uri, path }) => [uri, path]));
  return {
    podTemplatePaths: (uri) => {
      const configuration = nearestConfiguration(configurations, folderOf(paths.get(uri) ?? '.'))?.configuration;
      if (!configuration) return noPaths;
      const kept = templatePaths.get(configuration);
      if (kept) return kept;
      const made = new Map(Object.entries(configuration.podTemplatePaths).map(([kind, path]) => [kind, path.split('.')]));
      templatePaths.set(configuration, made);
      return made;
    },
  };
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
  /** Kustomization files and patches: they belong to it, and hold no resources of their own. */
  readonly also?: readonly ContextFile[];
  /** Where they are not just the resources of the files; `renew` gives them again after files have changed. */
  readonly members?: readonly Resource[];
  readonly renew?: Renew;
  /** Paths that no later way takes. */
  readonly takes: readonly string[];
  readonly applyOrder: Context['applyOrder'];
  readonly missing: readonly string[];
  readonly closed?: boolean;
  readonly cluster?: ClusterSettings;
  readonly namespace?: string;
  readonly target?: Context['target'];
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

/** Outer folders first. */
function configurationsOf({ configurations, configuration, configurationFolder }: FormContextsInput): readonly ConfigurationOfFolder[] {
  return configurations ?? (configuration ? [{ folder: configurationFolder ?? '.', configuration }] : []);
}

/** Globs choose the files; kustomizations among them bring what they refer to, unless it is excluded. */
function configuredDraft(
  configured: ConfiguredContext,
  folder: string,
  files: readonly ContextFile[],
  graph: KustomizationGraph,
  claimed: ReadonlySet<string>,
  options: BuildOptions,
): Draft {
  const inside = (path: string): string | undefined => (folder === '.' ? path : isBelow(path, folder) ? path.slice(folder.length + 1) : undefined);
  const matches = (path: string, globs: readonly string[]): boolean => {
    const relative = inside(path);
    return relative !== undefined && globs.some((glob) => globMatches(glob, relative));
  };
  const isExcluded = (path: string): boolean => matches(path, configured.exclude);
  const included = files.filter((file) => !claimed.has(file.path) && matches(file.path, configured.include) && !isExcluded(file.path));
  const members = new Set(included.filter((file) => !isKustomization(file) && !claimed.has(file.path)));
  const kustomizations = included.flatMap((file) => {
    const kustomization = isKustomization(file) ? graph.byFolder.get(folderOf(file.path)) : undefined;
    return kustomization?.path === file.path ? [kustomization] : [];
  });
  const build = (current?: CurrentFile): readonly Built[] =>
    outermost(graph, kustomizations).map((kustomization) => buildRoot(graph, kustomization, options, current));
  const built = build();
  const also = new Set(built.flatMap((one) => filesOf(graph, one)));
  const taken = new Set(built.flatMap(({ files: inner }) => inner));
  for (const file of taken) members.delete(file);
  const keeps = (resource: Resource): boolean => {
    const path = pathsOf.get(resource.source.uri);
    return path === undefined || !isExcluded(path);
  };
  const pathsOf = new Map([...taken].map((file) => [file.uri, file.path]));
  const made = (all: readonly Built[], current: CurrentFile) => ({
    members: [...inOrder.flatMap((file) => current(file)?.resources ?? []), ...all.flatMap((one) => one.members.filter(keeps))],
    missing: [...new Set(all.flatMap((one) => one.missing))],
    ...(configured.namespace === undefined ? {} : { namespace: configured.namespace }),
  });
  const inOrder = [...members].filter((file) => hasResources(file) || file.brokenDocuments > 0).sort((a, b) => compareText(a.path, b.path));
  const where = folder === '.' ? '.packetpath.yaml' : `${folder}/.packetpath.yaml`;
  const cluster = configured.cluster;
  return {
    kind: 'config',
    name: configured.name,
    otherName: folder === '.' ? configured.name : `${folder}/${configured.name}`,
    label: configured.name,
    root: folder,
    because: `${where} makes it of ${listed(configured.include)}`,
    files: [...inOrder, ...[...taken].filter((file) => !isExcluded(file.path) && (hasResources(file) || file.brokenDocuments > 0))].sort((a, b) =>
      compareText(a.path, b.path),
    ),
    also: [...also].filter((file) => !isExcluded(file.path)),
    ...(built.length > 0 ? { renew: (current: CurrentFile) => made(build(current), current) } : {}),
    takes: [...included, ...members, ...taken].map(({ path }) => path),
    applyOrder: also.size > 0 ? 'unknown' : orderOf(inOrder),
    ...(configured.closed === undefined ? {} : { closed: configured.closed }),
    ...(cluster ? { cluster } : {}),
    ...(built.length > 0 ? made(built, (file) => file) : { missing: [], ...(configured.namespace === undefined ? {} : { namespace: configured.namespace }) }),
  };
}

function kustomizeDraft({ kustomization, circular }: KustomizeRoot, graph: KustomizationGraph, options: BuildOptions): Draft {
  const built = buildRoot(graph, kustomization, options);
  const { files, kustomizations } = built;
  const { folder, path, isComponent, order } = kustomization;
  const notes: string[] = [];
  if (isComponent) notes.push('the kustomization that this component becomes a part of');
  if (circular) notes.push(`what comes first of the kustomizations that refer to each other in a circle: ${listed(kustomizations.map((one) => one.path))}`);
  const made = ({ members, missing }: Built) => {
    const namespace = commonNamespace(members);
    return { members, missing: [...new Set([...missing, ...notes])], ...(namespace === undefined ? {} : { namespace }) };
  };
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
    also: filesOf(graph, built),
    ...made(built),
    renew: (current) => made(buildRoot(graph, kustomization, options, current)),
    takes: [...files.map((file) => file.path), ...kustomizations.map((one) => one.path)],
    // `kustomize build` writes kinds in a fixed order (Namespaces first) unless sortOptions.order is fifo.
    applyOrder: order === undefined || order === 'legacy' ? 'kinds' : 'unknown',
    // What a component is added to is not here, so nothing can be said to be absent.
    ...(isComponent ? { closed: false } : {}),
  };
}

/** Kustomization files that hold nothing else, and patches. */
function filesOf(graph: KustomizationGraph, { kustomizations, patchFiles, files }: Built): readonly ContextFile[] {
  const own = kustomizations.map(({ path }) => graph.files.get(path)).filter((file): file is ContextFile => file !== undefined && !hasResources(file));
  const members = new Set(files);
  return [...new Set([...own, ...patchFiles])].filter((file) => !members.has(file));
}

/** The namespace that every member is given that has one, where a kustomization gives it. */
function commonNamespace(members: readonly Resource[]): string | undefined {
  let namespace: string | undefined;
  let isGiven = false;
  for (const member of members) {
    if (!isNamespaced(member)) continue;
    const { namespace: own } = member.metadata;
    if (own === undefined || (namespace !== undefined && own !== namespace)) return undefined;
    namespace = own;
    isGiven ||= !isOwnSource(member, sourceOf(member, ['metadata', 'namespace']));
  }
  return isGiven ? namespace : undefined;
}

/** Charts, then folders and alternatives; `examples`, `fixtures` and `testdata` folders each on their own. */
function plainDrafts(rest: readonly ContextFile[], files: readonly ContextFile[]): readonly Draft[] {
  const charts = chartFolders(files);
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
  const templates = new Map<string, number>();
  for (const { path, template } of files) {
    const chart = template ? chartOf(path, scopeOf(path), charts) : undefined;
    if (chart !== undefined) templates.set(chart, (templates.get(chart) ?? 0) + 1);
  }
  const drafts: Draft[] = [...byChart]
    .filter(([, members]) => members.some(hasResources))
    .map(([folder, members]) => helmDraft(folder, members, templates.get(folder) ?? 0));
  for (const [scope, members] of byScope) {
    for (const group of groupFolder(members, scope)) if (group.files.some(hasResources)) drafts.push(folderDraft(group, scope));
  }
  return drafts;
}

/** Always open: what is not rendered may write anything. */
function helmDraft(folder: string, files: readonly ContextFile[], templates: number): Draft {
  return {
    kind: 'helm',
    name: folder,
    label: labelOf(folder),
    root: folder,
    because: `the chart of ${folder === '.' ? '' : `${folder}/`}Chart.yaml`,
    files,
    takes: [],
    // Helm installs crds/ first and everything else by kind.
    applyOrder: 'kinds',
    missing: notRendered(folder, templates),
    ...(templates > 0 ? { closed: false } : {}),
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

/** A context that stands for the path of a pointer; of plain manifests one that holds nothing from outside of it. */
function pointedAt(draft: Draft, byPath: ReadonlyMap<string, readonly GitOpsPointer[]>): Draft {
  const pointers = draft.kind === 'config' ? undefined : byPath.get(draft.root);
  const isPlain = draft.kind === 'folder' || draft.kind === 'environment';
  if (!pointers || (isPlain && !draft.files.every(({ path }) => isBelow(path, draft.root)))) return draft;
  const { target, because, missing } = targetOf(pointers);
  const pointed = <T extends Pick<Draft, 'missing' | 'namespace'>>(one: T): T => {
    const namespace = one.namespace ?? target.namespace;
    return {
      ...one,
      missing: one.namespace === undefined ? [...one.missing, ...missing] : one.missing,
      ...(namespace === undefined ? {} : { namespace }),
    };
  };
  const { renew } = draft;
  return {
    ...pointed(draft),
    target,
    because: `${draft.because}; ${because}`,
    ...(renew ? { renew: (current: CurrentFile) => pointed(renew(current)) } : {}),
  };
}

/** Ids are made unique by the file name that makes the difference, and by a number where even that is the same; labels by the id. */
function finish(drafts: readonly Draft[], input: FormContextsInput): readonly Context[] {
  const named = drafts.filter((draft) => draft.files.some(hasResources) || (draft.members ?? []).length > 0);
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
  const files = [...new Set([...draft.files, ...(draft.also ?? [])])];
  const broken = files.filter((file) => file.brokenDocuments > 0);
  const namespace = draft.namespace ?? input.namespace;
  const unread = broken.map((file) => `${file.brokenDocuments === 1 ? 'a document' : `${file.brokenDocuments} documents`} of ${file.path} that cannot be read`);
  const notes = (missing: readonly string[]): readonly string[] => shortened([...missing, ...unread]);
  const generatedNames = (draft.members ?? []).flatMap(generatedName);
  const context: Context = {
    id,
    label: draft.label,
    kind: draft.kind,
    root: draft.root,
    because: draft.because,
    members: draft.members ?? draft.files.flatMap((file) => file.resources),
    files: files.map(({ uri }) => uri),
    // The command line can close what the configuration leaves open; a component and a chart stay open.
    closed: draft.kind !== 'config' && draft.closed === false ? false : input.closed || draft.closed === true,
    applyOrder: draft.applyOrder,
    missing: notes(draft.missing),
    cluster: { ...input.settings, ...nearestConfiguration(configurationsOf(input), draft.root)?.configuration.cluster, ...draft.cluster },
    ...(namespace === undefined ? {} : { namespace }),
    ...(generatedNames.length > 0 ? { generatedNames } : {}),
    ...(draft.target ? { target: draft.target } : {}),
  };
  if (draft.renew) renewals.set(context, { renew: draft.renew, notes, ...(input.namespace === undefined ? {} : { namespace: input.namespace }) });
  return context;
}

/** Of a member that a generator made. */
function generatedName({ type, metadata, spec, origins }: Resource): NonNullable<Context['generatedNames']> {
  if (!origins || origins.original || (type !== 'ConfigMap' && type !== 'Secret')) return [];
  const { name } = metadata;
  if ('open' in spec && spec.open) return [{ kind: type, name }];
  return [{ kind: type, name, keys: 'data' in spec ? [...spec.data.keys()] : 'keys' in spec ? spec.keys : [] }];
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

/** Kustomize roots: which kustomizations there are, what each refers to, and which of them stand for a context. */
import type { ContextFile } from './formContexts';
import { type Kustomization, readKustomization, recordOf } from './kustomization';
import { kustomizationNames } from './ignored';
import { compareText, folderOf, isBelow, nameOf, resolvePath, scopeOf } from './paths';

/** All kustomizations of the workspace and what they refer to. */
export interface KustomizationGraph {
  readonly byFolder: ReadonlyMap<string, Kustomization>;
  readonly files: ReadonlyMap<string, ContextFile>;
  /** Every folder that holds an indexed file, however deep. */
  readonly folders: ReadonlySet<string>;
  /** What each kustomization refers to, resolved when first asked for: a base is asked for once for each overlay. */
  readonly targets: Map<Kustomization, readonly Target[]>;
}

export interface KustomizeRoot {
  readonly kustomization: Kustomization;
  /** Nobody refers to it; otherwise it stands for kustomizations that refer to each other in a circle. */
  readonly circular: boolean;
}

/** `files` sorted by path. A folder with two kustomization files is an error of Kustomize; the name that it tries first counts. */
export function readKustomizations(files: readonly ContextFile[]): KustomizationGraph {
  const byFolder = new Map<string, Kustomization>();
  const folders = new Set<string>(['.']);
  for (const file of files) {
    for (let folder = folderOf(file.path); !folders.has(folder); folder = folderOf(folder)) folders.add(folder);
    if (!isKustomization(file)) continue;
    const before = byFolder.get(folderOf(file.path));
    if (before && rank(before.path) <= rank(file.path)) continue;
    byFolder.set(folderOf(file.path), readKustomization(file.path, file.kustomization));
  }
  return { byFolder, files: new Map(files.map((file) => [file.path, file])), folders, targets: new Map() };
}

/**
 * Kustomizations that no other one refers to. A reference from inside an `examples`, `fixtures` or `testdata` folder to the outside does not
 * count: what it refers to stays a root. Of kustomizations in a circle the first by path is the root.
 */
export function kustomizeRoots(graph: KustomizationGraph): readonly KustomizeRoot[] {
  const sorted = [...graph.byFolder.values()].sort((a, b) => compareText(a.path, b.path));
  const referred = new Set<Kustomization>();
  for (const kustomization of sorted) {
    for (const target of kustomizationsOf(graph, kustomization)) {
      if (target !== kustomization && isBelow(`${scopeOf(target.path)}/`, scopeOf(kustomization.path))) referred.add(target);
    }
  }
  const reached = new Set<Kustomization>();
  const roots: KustomizeRoot[] = [];
  const take = (kustomization: Kustomization, circular: boolean): void => {
    roots.push({ kustomization, circular });
    const open = [kustomization];
    for (let next = open.pop(); next; next = open.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      for (const target of kustomizationsOf(graph, next)) open.push(target);
    }
  };
  for (const kustomization of sorted) if (!referred.has(kustomization)) take(kustomization, false);
  for (const kustomization of sorted) if (!reached.has(kustomization)) take(kustomization, true);
  return roots;
}

/** Those that no other one of them takes in, in their order. */
export function outermost(graph: KustomizationGraph, kustomizations: readonly Kustomization[]): readonly Kustomization[] {
  const inner = new Set<Kustomization>();
  for (const one of kustomizations) {
    if (inner.has(one)) continue;
    const open = [...kustomizationsOf(graph, one)];
    for (let next = open.pop(); next; next = open.pop()) {
      if (next === one || inner.has(next)) continue;
      inner.add(next);
      open.push(...kustomizationsOf(graph, next));
    }
  }
  return kustomizations.filter((one) => !inner.has(one));
}

/** Paths of files that kustomizations name as patches and the like: they belong to no context as resources, unless somebody names them as such. */
export function claimedPaths(graph: KustomizationGraph): ReadonlySet<string> {
  const claimed = new Set<string>();
  for (const { folder, claims } of graph.byFolder.values()) {
    for (const claim of claims) {
      const path = resolvePath(folder, claim);
      if (path !== undefined) claimed.add(path);
    }
  }
  return claimed;
}

/** Paths of the files that kustomizations name as patches, for whoever decides which documents are only parts. */
export function patchPaths(files: readonly ContextFile[]): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { folder, patchFiles } of readKustomizations(files.filter(isKustomization)).byFolder.values()) {
    for (const patch of patchFiles) {
      const path = resolvePath(folder, patch);
      if (path !== undefined) paths.add(path);
    }
  }
  return paths;
}

export type Target = { readonly isComponent: boolean } & (
  | { readonly type: 'file'; readonly file: ContextFile }
  | { readonly type: 'kustomization'; readonly kustomization: Kustomization }
  | { readonly type: 'missing'; readonly note: string }
);

/** Flux has a kind `Kustomization` of its own, which points at a folder of a repository and takes in no files. */
export function isKustomization(file: Pick<ContextFile, 'kustomization'>): boolean {
  if (file.kustomization === undefined) return false;
  const { apiVersion } = recordOf(file.kustomization);
  return typeof apiVersion !== 'string' || apiVersion.startsWith('kustomize.config.k8s.io/');
}

/** A file, a folder with a kustomization, else remote: the order in which Kustomize tries them. */
function resolve(graph: KustomizationGraph, from: Kustomization, reference: string, isComponent: boolean): Target {
  const path = resolvePath(from.folder, reference);
  const folder = path === undefined ? undefined : graph.byFolder.get(path);
  if (folder) return { type: 'kustomization', kustomization: folder, isComponent };
  const file = path === undefined ? undefined : graph.files.get(path);
  if (file) {
    const named = isKustomization(file) ? graph.byFolder.get(folderOf(file.path)) : undefined;
    return named ? { type: 'kustomization', kustomization: named, isComponent } : { type: 'file', file, isComponent };
  }
  const shown = reference.length > 200 ? `${reference.slice(0, 200)}…` : reference;
  if (isRemote(reference)) return { type: 'missing', note: `remote base ${shown} (${from.path})`, isComponent };
  if (path === undefined) return { type: 'missing', note: `${shown}, which ${from.path} names, is outside of the workspace`, isComponent };
  if (graph.folders.has(path)) return { type: 'missing', note: `${shown}, which ${from.path} names, has no kustomization file`, isComponent };
  return { type: 'missing', note: `${shown}, which ${from.path} names, is not here`, isComponent };
}

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/ : a URL, or a repository as git or go-getter write it. */
function isRemote(reference: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*:/i.test(reference) ||
    reference.startsWith('git@') ||
    reference.includes('?ref=') ||
    /^[\w-]+(\.[\w-]+)*\.[a-z]{2,}\/.+\/.+/i.test(reference)
  );
}

/** What a kustomization takes in, in its order: resources, then components. */
export function targetsOf(graph: KustomizationGraph, kustomization: Kustomization): readonly Target[] {
  const kept = graph.targets.get(kustomization);
  if (kept) return kept;
  const targets = [
    ...[...new Set(kustomization.resources)].map((reference) => resolve(graph, kustomization, reference, false)),
    ...[...new Set(kustomization.components)].map((reference) => resolve(graph, kustomization, reference, true)),
  ];
  graph.targets.set(kustomization, targets);
  return targets;
}

function kustomizationsOf(graph: KustomizationGraph, kustomization: Kustomization): readonly Kustomization[] {
  return targetsOf(graph, kustomization).flatMap((target) => (target.type === 'kustomization' ? [target.kustomization] : []));
}

function rank(path: string): number {
  return kustomizationNames.indexOf(nameOf(path));
}

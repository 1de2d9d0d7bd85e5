/** What `kustomize build` makes of a root: its resources with their transformations, each value still knowing where it stands. */
import { Opaque } from '../base/opaque';
import { decodeResourceAt, type DecodeOptions } from '../decode/decodeDocument';
import type { Origin } from '../model/origins';
import type { Resource } from '../model/resources';
import type { Path, SourceRef } from '../protocol/source';
import type { ContextFile } from './formContexts';
import type { Kustomization } from './kustomization';
import type { Generator, PatchSource } from './kustomizationFields';
import { type Patch, type PatchDocument, patchesInFile, patchesInText } from './kustomizePatches';
import { type KustomizationGraph, type Target, targetsOf } from './kustomizeRoots';
import { changesNothing, type Run, type Seed, transform, type Transformed } from './kustomizeTransform';
import { type ReferenceSite, referenceSites, RenamedObjects } from './nameReferences';
import { resolvePath } from './paths';
import {
  documentsOf,
  type MapNode,
  nodeAtKeys,
  nodeOfOrigin,
  placeAt,
  plainOf,
  scalarAt,
  stepFrom,
  type ValueNode,
  withDerived,
  withScalars,
} from './provenance';

export interface Built {
  readonly members: readonly Resource[];
  /** Kustomization files, the root's first, then each where it was met. */
  readonly kustomizations: readonly Kustomization[];
  /** Files with resources, in the order in which Kustomize accumulates them. */
  readonly files: readonly ContextFile[];
  /** Files with patches. */
  readonly patchFiles: readonly ContextFile[];
  /** What is not followed, and what is not here. */
  readonly missing: readonly string[];
}

export interface BuildOptions {
  /** As the files were decoded, by uri; the same object while nothing about them changes. */
  podTemplatePaths(uri: string): DecodeOptions['podTemplatePaths'];
}

/** Gives the version of a file that counts now; undefined when it is gone. */
export type CurrentFile = (file: ContextFile) => ContextFile | undefined;

/**
 * `current`: files may have changed since the graph was made, as long as no kustomization did. What did not change gives the same objects as
 * the time before. Never throws; where Kustomize would give up, what can be made is made.
 */
export function buildRoot(graph: KustomizationGraph, root: Kustomization, options: BuildOptions, current: CurrentFile = (file) => file): Built {
  const accumulation = accumulate(graph, root, current);
  const objects: Transformed[] = [];
  for (const { seed, chain } of accumulation.entries) {
    const object = transformed(seed, chain);
    if (!object.deleted && !isLocal(object)) objects.push(object);
  }
  const unreadable = new Set(objects.flatMap((object) => unreadableTargets.get(object) ?? []));
  const isRenamed = objects.some((object) => object.previous.some(({ name }) => name !== object.name));
  const renamed = isRenamed ? new RenamedObjects(objects) : undefined;
  return {
    members: distinct(objects.flatMap((object) => finished(object, renamed, options) ?? [])),
    kustomizations: accumulation.kustomizations,
    files: [...accumulation.files],
    patchFiles: [...accumulation.patchFiles],
    missing: [...accumulation.missing, ...unreadable],
  };
}

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/#local-config : never applied to a cluster. */
function isLocal({ plain }: Transformed): boolean {
  const annotations = (plain as { readonly metadata?: { readonly annotations?: Readonly<Record<string, unknown>> } | null } | null)?.metadata?.annotations;
  if (typeof annotations !== 'object' || annotations === null) return false;
  return Object.hasOwn(annotations, localConfig) && annotations[localConfig] !== 'false';
}
const localConfig = 'config.kubernetes.io/local-config';

/** A base that is reached in two ways with the same result is there once. */
function distinct(members: readonly Resource[]): readonly Resource[] {
  const seen = new Set<string>();
  return members.filter((member) => {
    if (!member.origins) return true;
    const { source, kind, metadata } = member;
    const key = JSON.stringify([source.uri, source.document, source.path, kind, metadata.name, metadata.namespace]);
    return !seen.has(key) && seen.add(key);
  });
}

/** Transformations on the way to a root, shared by everything that goes the same way. */
interface Chain {
  readonly before?: Chain;
  readonly run?: Run;
  readonly next: WeakMap<Run, Chain>;
}

const noChange: Chain = { next: new WeakMap() };

function extended(chain: Chain, run: Run): Chain {
  const kept = chain.next.get(run);
  if (kept) return kept;
  const made: Chain = { before: chain, run, next: new WeakMap() };
  chain.next.set(run, made);
  return made;
}

function runsOf(chain: Chain): readonly Run[] {
  const runs: Run[] = [];
  for (let one: Chain | undefined = chain; one; one = one.before) if (one.run) runs.push(one.run);
  return runs.reverse();
}

interface Entry {
  readonly seed: Seed;
  readonly chain: Chain;
}

interface Accumulation {
  readonly entries: readonly Entry[];
  readonly kustomizations: readonly Kustomization[];
  readonly files: ReadonlySet<ContextFile>;
  readonly patchFiles: ReadonlySet<ContextFile>;
  readonly missing: readonly string[];
}

/** Variants of variants of variants can be more than a computer holds. */
const mostEntries = 50_000;

class Entries {
  list: readonly Entry[] = [];
  private readonly known = new Map<Seed, Set<Chain>>();

  add(added: readonly Entry[]): boolean {
    const fresh = added.filter(({ seed, chain }) => {
      let chains = this.known.get(seed);
      if (!chains) this.known.set(seed, (chains = new Set()));
      return !chains.has(chain) && chains.add(chain);
    });
    const room = mostEntries - this.list.length;
    this.list = this.list.length === 0 && fresh.length <= room ? fresh : [...this.list, ...fresh.slice(0, room)];
    return fresh.length <= room;
  }

  replace(list: readonly Entry[]): void {
    this.list = [];
    this.known.clear();
    this.add(list);
  }
}

interface Frame {
  readonly kustomization: Kustomization;
  readonly isComponent: boolean;
  readonly entries: Entries;
  readonly targets: readonly Target[];
  next: number;
  generated: boolean;
}

/** Depth first, with a stack of our own: a chain of overlays may be as long as somebody likes. */
function accumulate(graph: KustomizationGraph, root: Kustomization, current: CurrentFile): Accumulation {
  const kustomizations = new Set<Kustomization>();
  const files = new Set<ContextFile>();
  const patchFiles = new Set<ContextFile>();
  const missing: string[] = [];
  const done = new Map<Kustomization, readonly Entry[]>();
  const active = new Set<Kustomization>();
  const frames: Frame[] = [];
  let isCut = false;
  const add = (entries: Entries, added: readonly Entry[]): void => {
    if (!entries.add(added)) isCut = true;
  };
  const enter = (kustomization: Kustomization, entries: Entries, isComponent: boolean): void => {
    if (!kustomizations.has(kustomization)) missing.push(...kustomization.notes);
    kustomizations.add(kustomization);
    active.add(kustomization);
    frames.push({ kustomization, isComponent, entries, targets: targetsOf(graph, kustomization), next: 0, generated: false });
  };
  enter(root, new Entries(), false);
  let result: readonly Entry[] = [];
  for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
    const { kustomization, entries } = frame;
    const target = frame.targets[frame.next];
    if (!frame.generated && (target === undefined || target.isComponent)) {
      frame.generated = true;
      generate(graph, kustomization, entries, (added) => add(entries, added));
    }
    frame.next++;
    if (target?.type === 'missing') missing.push(target.note);
    else if (target?.type === 'file') {
      const file = current(target.file);
      if (!file) continue;
      files.add(file);
      add(
        entries,
        file.resources.map((resource) => ({ seed: seedOf(resource), chain: noChange })),
      );
    } else if (target) {
      const { kustomization: inner } = target;
      if (active.has(inner)) continue;
      const kept = target.isComponent ? undefined : done.get(inner);
      if (kept) add(entries, kept);
      else enter(inner, target.isComponent ? entries : new Entries(), target.isComponent);
    } else {
      const run = runOf(graph, kustomization, current, patchFiles, missing);
      if (!changesNothing(run)) entries.replace(entries.list.map(({ seed, chain }) => ({ seed, chain: extended(chain, run) })));
      frames.pop();
      active.delete(kustomization);
      const outer = frames.at(-1);
      if (!frame.isComponent) {
        done.set(kustomization, entries.list);
        if (outer) add(outer.entries, entries.list);
      }
      result = entries.list;
    }
  }
  if (isCut) missing.push(`more than ${mostEntries} resources of ${root.path}`);
  return { entries: result, kustomizations: [...kustomizations], files, patchFiles, missing: [...new Set(missing)] };
}

const runs = new WeakMap<Kustomization, Run>();

/** The same run while the kustomization and its patches are the same. */
function runOf(graph: KustomizationGraph, kustomization: Kustomization, current: CurrentFile, patchFiles: Set<ContextFile>, missing: string[]): Run {
  const place = placeOf(graph, kustomization);
  const lost: string[] = [];
  const read = (source: PatchSource): Patch[] => {
    if (source.text !== undefined) {
      const documents = patchesInText(source, place);
      if (documents.length === 0) lost.push(`a patch of ${kustomization.path} that cannot be read`);
      return [{ source, documents }];
    }
    const named = source.file ?? '';
    const path = resolvePath(kustomization.folder, named);
    const indexed = path === undefined ? undefined : graph.files.get(path);
    const file = indexed && current(indexed);
    if (!file) {
      lost.push(`${named.slice(0, 200)}, which ${kustomization.path} names as a patch, is not here`);
      return [];
    }
    patchFiles.add(file);
    const documents = patchesInFile(file);
    if (documents.length === 0) lost.push(`${file.path}, a patch that cannot be read`);
    return [{ source, documents }];
  };
  const [strategic, either, json] = [kustomization.patches.strategic, kustomization.patches.either, kustomization.patches.json].map((list) =>
    list.flatMap(read),
  );
  missing.push(...lost);
  const made: Run = { kustomization, place, strategic: strategic ?? [], either: either ?? [], json: json ?? [] };
  const kept = runs.get(kustomization);
  if (kept?.place.uri === place.uri && kept.place.document === place.document && sameItems(documentsOfRun(kept), documentsOfRun(made))) return kept;
  runs.set(kustomization, made);
  return made;
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function documentsOfRun({ strategic, either, json }: Run): readonly PatchDocument[] {
  return [...strategic, ...either, ...json].flatMap(({ documents }) => documents);
}

function placeOf(graph: KustomizationGraph, { path }: Kustomization): { readonly uri: string; readonly document: number } {
  const file = graph.files.get(path);
  return { uri: file?.uri ?? path, document: file?.kustomizationDocument ?? 0 };
}

const seeds = new WeakMap<Resource, Seed>();

function seedOf(resource: Resource): Seed {
  const kept = seeds.get(resource);
  if (kept) return kept;
  const made: Seed = { resource, place: resource.source, plain: resource.raw, previous: [], prefixes: [], suffixes: [] };
  seeds.set(resource, made);
  return made;
}

const results = new WeakMap<Seed, WeakMap<Chain, Transformed>>();
/** What the ways to several roots, or the same way before and after an edit, have made of one seed. */
const recent = new WeakMap<Seed, Transformed[]>();
const mostRecent = 16;
const unreadableTargets = new WeakMap<Transformed, readonly string[]>();

function transformed(seed: Seed, chain: Chain): Transformed {
  let ofSeed = results.get(seed);
  if (!ofSeed) results.set(seed, (ofSeed = new WeakMap<Chain, Transformed>()));
  const kept = ofSeed.get(chain);
  if (kept) return kept;
  const notes = new Set<string>();
  const made = transform(seed, runsOf(chain), (run, target) =>
    notes.add(`the patch target ${target.slice(0, 200)} of ${run.kustomization.path}, which cannot be read`),
  );
  const before = recent.get(seed) ?? [];
  // An edit elsewhere made a new chain; where the same things were done, it is the same object.
  const same = before.find((one) => sameResult(one, made));
  const result = same ?? made;
  if (!same) recent.set(seed, [made, ...before.slice(0, mostRecent - 1)]);
  if (notes.size > 0) unreadableTargets.set(result, [...notes]);
  ofSeed.set(chain, result);
  return result;
}

function sameResult(a: Transformed, b: Transformed): boolean {
  if (!sameItems(a.applied, b.applied)) return false;
  return a.deleted === b.deleted && JSON.stringify([a.previous, a.prefixes, a.suffixes]) === JSON.stringify([b.previous, b.prefixes, b.suffixes]);
}

interface Finished {
  readonly podTemplatePaths: DecodeOptions['podTemplatePaths'];
  readonly changes: string;
  readonly resource: Resource;
}

const finishedOf = new WeakMap<Transformed, Finished>();
const sitesOf = new WeakMap<Transformed, readonly ReferenceSite[]>();

/** References brought up to date, and decoded again where anything changed. */
function finished(object: Transformed, renamed: RenamedObjects | undefined, options: BuildOptions): Resource | undefined {
  const changes = renamed ? changesOf(object, renamed) : [];
  if (object.seed.resource && !object.origin && changes.length === 0) return object.seed.resource;
  const key = JSON.stringify(changes);
  const kept = finishedOf.get(object);
  const podTemplatePaths = options.podTemplatePaths(object.seed.place.uri);
  if (kept?.changes === key && kept.podTemplatePaths === podTemplatePaths) return kept.resource;
  const { uri, document, path } = object.seed.place;
  const plain = withScalars(object.plain, changes);
  let root: Origin = object.origin ?? { at: { uri, document, path } };
  for (const change of changes) root = withDerived(root, change.path);
  const own = { uri, document };
  const documents = [own, ...documentsOf(root).filter((one) => one.uri !== uri || one.document !== document)];
  const decoded = decodeResourceAt(plain, { ...own, path }, { podTemplatePaths, fileName: '' });
  if (!decoded) return undefined;
  const { resource: original } = object.seed;
  const resource = {
    ...decoded,
    ...(original?.templated ? { templated: true } : {}),
    ...(original?.conditional ? { conditional: true } : {}),
    origins: { original, root, documents },
  } as Resource;
  finishedOf.set(object, { changes: key, podTemplatePaths, resource });
  return resource;
}

function changesOf(object: Transformed, renamed: RenamedObjects): readonly { readonly path: Path; readonly value: string }[] {
  let sites = sitesOf.get(object);
  if (!sites) sitesOf.set(object, (sites = referenceSites(object.plain, object.apiVersion, object.kind)));
  return sites.flatMap((site) => {
    const value = renamed.renamed(site, object);
    return value === undefined ? [] : [{ path: site.path, value }];
  });
}

const generatedSeeds = new WeakMap<Generator, { readonly uri: string; readonly seed: Seed }>();
const mergedSeeds = new WeakMap<Transformed, WeakMap<Generator, Seed>>();

/** Each generator adds an object, or adds to one that another made before. */
function generate(graph: KustomizationGraph, kustomization: Kustomization, entries: Entries, add: (added: readonly Entry[]) => void): void {
  const place = placeOf(graph, kustomization);
  for (const generator of kustomization.generators) {
    const seed = generatedSeed(generator, place);
    const at = generator.behavior === 'create' ? -1 : entries.list.findIndex((entry) => isGeneratedAs(transformed(entry.seed, entry.chain), generator));
    const before = entries.list[at];
    if (!before) {
      add([{ seed, chain: noChange }]);
      continue;
    }
    const merged = mergedSeed(transformed(before.seed, before.chain), generator, seed);
    entries.replace(entries.list.map((entry, index) => (index === at ? { seed: merged, chain: noChange } : entry)));
  }
}

function isGeneratedAs(object: Transformed, { kind, name, namespace }: Generator): boolean {
  if (object.kind !== kind || object.apiVersion !== 'v1') return false;
  const wanted = namespace ?? 'default';
  const text = name instanceof Opaque ? name.text : name;
  return [...object.previous, object].some((id) => id.kind === kind && id.name === text && id.namespace === wanted);
}

function generatedSeed(generator: Generator, place: { readonly uri: string; readonly document: number }): Seed {
  const kept = generatedSeeds.get(generator);
  if (kept?.uri === place.uri) return kept.seed;
  const source: SourceRef = { ...place, path: generator.path };
  const at = placeAt(source);
  const metadata: MapNode = { type: 'map', at, entries: new Map([['name', scalarAt(generator.name, stepFrom(at, 'name'))]]) };
  if (generator.namespace !== undefined) metadata.entries.set('namespace', scalarAt(generator.namespace, stepFrom(at, 'namespace')));
  if (generator.labels.length > 0) {
    const labels = new Map(generator.labels.map(({ key, value, path }) => [key, scalarAt(value, placeAt({ ...place, path }))]));
    metadata.entries.set('labels', { type: 'map', at, entries: labels });
  }
  const values = generator.entries.map(({ key, value, path }) => [key, scalarAt(value ?? new Opaque(''), placeAt({ ...place, path }))] as const);
  const data: MapNode = { type: 'map', at, entries: new Map(values), ...(isOpen(generator) ? { more: new Opaque('') } : {}) };
  const node: MapNode = {
    type: 'map',
    at,
    entries: new Map<string, ValueNode>([
      ['apiVersion', scalarAt('v1', at)],
      ['kind', scalarAt(generator.kind, at)],
      ['metadata', metadata],
      ['data', data],
    ]),
  };
  const seed: Seed = { place: source, plain: plainOf(node), node, previous: [], prefixes: [], suffixes: [] };
  generatedSeeds.set(generator, { uri: place.uri, seed });
  return seed;
}

/** What is to be merged and has nothing here to be merged into adds to something that is not here. */
function isOpen({ open, behavior }: Generator): boolean {
  return open || behavior === 'merge';
}

function mergedSeed(object: Transformed, generator: Generator, own: Seed): Seed {
  let ofObject = mergedSeeds.get(object);
  if (!ofObject) mergedSeeds.set(object, (ofObject = new WeakMap<Generator, Seed>()));
  const kept = ofObject.get(generator);
  if (kept) return kept;
  const made = makeMergedSeed(object, generator, own);
  ofObject.set(generator, made);
  return made;
}

function makeMergedSeed(object: Transformed, generator: Generator, own: Seed): Seed {
  const before = nodeOfOrigin(object.plain, object.origin ?? { at: object.seed.place });
  const added = own.node;
  if (before.type !== 'map' || added?.type !== 'map') return own;
  const data = nodeAtKeys(before, 'data');
  const addedData = nodeAtKeys(added, 'data');
  const isMerge = generator.behavior === 'merge';
  const entries = new Map([...(isMerge && data?.type === 'map' ? data.entries : []), ...(addedData?.type === 'map' ? addedData.entries : [])]);
  const isMore = generator.open || (isMerge && data?.type === 'map' && data.more !== undefined);
  const labels = nodeAtKeys(before, 'metadata', 'labels');
  const addedLabels = nodeAtKeys(added, 'metadata', 'labels');
  if (addedLabels?.type === 'map') {
    const metadata = nodeAtKeys(before, 'metadata');
    const all = new Map([...(labels?.type === 'map' ? labels.entries : []), ...addedLabels.entries]);
    if (metadata?.type === 'map') metadata.entries.set('labels', { type: 'map', at: addedLabels.at, entries: all });
  }
  before.entries.set('data', { type: 'map', at: (data ?? addedData ?? before).at, entries, ...(isMore ? { more: new Opaque('') } : {}) });
  const { previous, prefixes, suffixes } = object;
  return { place: object.seed.place, plain: plainOf(before), node: before, previous, prefixes, suffixes };
}

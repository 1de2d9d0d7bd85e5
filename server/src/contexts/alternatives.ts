/** Contexts of plain manifests: folders merged upwards as long as nothing collides, and one context for each alternative where something does. */
import { type Clash, exclusionOf } from './exclusion';
import type { ContextFile } from './formContexts';
import { identityOf } from './identity';
import { compareText, environmentWord, folderOf, stemOf } from './paths';

/** One context to be: an alternative with everything that joins it, or, where nothing collides, all files. */
export interface FolderGroup {
  readonly files: readonly ContextFile[];
  /** Undefined when there is no alternative. */
  readonly alternative?: {
    /** Files and folders that make the difference, by path. */
    readonly parts: readonly string[];
    /** What both define. */
    readonly identity: string;
    readonly against: string;
    readonly joining: number;
  };
  /** Alternatives elsewhere of which none could be chosen for this one. */
  readonly undecided: readonly string[];
  /** How many files that collide with nothing stand in a context of their own because there are too many alternatives. */
  readonly leftOut: number;
}

/** A file, or a folder with all below it, seen from the folder that holds it. */
interface Entry {
  readonly path: string;
  /** Each once. A list for a file, since most files are small and many. */
  readonly identities: Set<string> | readonly string[];
  /** What goes with every alternative inside. */
  readonly common: ContextFile[];
  readonly variants: readonly Variant[];
}

interface Variant {
  readonly parts: readonly string[];
  /** Variants of two places with one name belong together. */
  readonly name: string;
  readonly own: readonly ContextFile[];
  /** Lists are shared between variants; they are put together once, at the end. */
  readonly joins: readonly (readonly ContextFile[])[];
  readonly identity: string;
  readonly against: string;
  readonly undecided: readonly string[];
}

interface Folder {
  readonly path: string;
  readonly parent: Folder | undefined;
  readonly entries: Entry[];
}

/**
 * `files` of one scope, sorted by path; `scope` is its folder. Works from the deepest folders up: entries of a folder (files and folders) that define
 * the same object exclude each other as wholes. Sets of identities are merged small into large, so the cost is near linear, and there are never more
 * groups than files.
 */
export function groupFolder(files: readonly ContextFile[], scope: string): readonly FolderGroup[] {
  const folders = foldersOf(files, scope);
  for (const folder of folders.toReversed()) {
    const combined = combine(folder);
    if (folder.parent) folder.parent.entries.push(combined);
    else return groupsOf(combined, files);
  }
  return [];
}

/** Parents before children. */
function foldersOf(files: readonly ContextFile[], scope: string): readonly Folder[] {
  const root: Folder = { path: scope, parent: undefined, entries: [] };
  const folders = new Map<string, Folder>([[scope, root]]);
  const folderAt = (path: string): Folder => {
    const missing: string[] = [];
    let at = path;
    while (!folders.has(at) && at !== '.') {
      missing.push(at);
      at = folderOf(at);
    }
    let parent = folders.get(at) ?? root;
    for (const next of missing.toReversed()) {
      const folder: Folder = { path: next, parent, entries: [] };
      folders.set(next, folder);
      parent = folder;
    }
    return parent;
  };
  for (const file of files) {
    const identities = identitiesOf(file);
    folderAt(folderOf(file.path)).entries.push({ path: file.path, identities, common: [file], variants: [] });
  }
  return [...folders.values()];
}

function identitiesOf(file: ContextFile): readonly string[] {
  const identities = file.resources.map(identityOf).filter((identity) => identity !== undefined);
  return identities.length < 2 ? identities : [...new Set(identities)];
}

function sizeOf(entry: Entry | undefined): number {
  if (entry === undefined) return 0;
  return entry.identities instanceof Set ? entry.identities.size : entry.identities.length;
}

function combine(folder: Folder): Entry {
  const entries = folder.entries.sort((a, b) => compareText(a.path, b.path));
  const [only] = entries;
  if (only && entries.length === 1) return { ...only, path: folder.path };
  const { identities, clashes } = mergeIdentities(entries);
  const clashing = new Set(clashes.flatMap((clash) => clash.entries));
  const { alternatives, excludes } = exclusionOf(clashes);
  const common: ContextFile[] = [];
  const sources: Source[] = [];
  entries.forEach((entry, place) => {
    if (clashing.has(place)) return;
    for (const file of entry.common) common.push(file);
    if (entry.variants.length > 0) sources.push({ place, variants: entry.variants });
  });
  for (const alternative of alternatives) {
    const own = alternative.entries.map((place) => entries[place]).filter((entry) => entry !== undefined);
    const joins = alternative.joined.map((place) => entries[place]?.common ?? []);
    const [place = 0] = alternative.entries;
    if (own.some((entry) => entry.variants.length > 0)) {
      alternative.entries.forEach((at) => {
        const inner = entries[at]?.variants ?? [];
        if (inner.length > 0) sources.push({ place: at, variants: inner.map((variant) => ({ ...variant, joins: [...variant.joins, ...joins] })) });
      });
    } else if (!alternative.dominated) {
      const parts = own.map(({ path }) => path);
      const ownFiles = own.flatMap((entry) => entry.common);
      const against = entries[alternative.against]?.path ?? '';
      sources.push({ place, variants: [{ parts, name: nameOfVariant(parts), own: ownFiles, joins, identity: alternative.identity, against, undecided: [] }] });
    }
  }
  return { path: folder.path, identities, common, variants: pair(sources, clashing, excludes) };
}

/** All identities of the entries, in the largest of their sets, and those that two of them have. */
function mergeIdentities(entries: readonly Entry[]): { readonly identities: Set<string>; readonly clashes: readonly Clash[] } {
  let largest = 0;
  entries.forEach((entry, place) => {
    if (sizeOf(entry) > sizeOf(entries[largest])) largest = place;
  });
  const largestSet = entries[largest]?.identities ?? [];
  const identities = largestSet instanceof Set ? largestSet : new Set(largestSet);
  const owners = new Map<string, number[]>();
  const shared = new Set<string>();
  entries.forEach((entry, place) => {
    if (place === largest) return;
    for (const identity of entry.identities) {
      const list = owners.get(identity);
      if (list) {
        list.push(place);
        shared.add(identity);
      } else if (identities.has(identity)) {
        owners.set(identity, [largest, place]);
        shared.add(identity);
      } else owners.set(identity, [place]);
    }
  });
  for (const identity of owners.keys()) identities.add(identity);
  const clashes = [...shared].map((identity): Clash => ({ identity, entries: (owners.get(identity) ?? []).sort((a, b) => a - b) }));
  return { identities, clashes: clashes.sort((a, b) => compareText(a.identity, b.identity)) };
}

interface Source {
  readonly place: number;
  readonly variants: readonly Variant[];
}

/** How many undecided alternatives are named, and how many partners are tried. */
const most = 4;

interface Pairing {
  readonly variants: Variant[];
  readonly places: Set<number>;
  /** Those of `places` that exclude some other entry. */
  readonly clashing: number[];
}

/**
 * Alternatives of entries that do not exclude each other: `a/prod` goes with `b/prod`. Without such a partner nothing says which one goes along, so
 * none does, and the alternative says so.
 */
function pair(sources: readonly Source[], clashing: ReadonlySet<number>, excludes: (a: number, b: number) => boolean): readonly Variant[] {
  const [only] = sources;
  if (sources.length <= 1) return only?.variants ?? [];
  const inOrder = [...sources].sort((a, b) => a.place - b.place);
  const excluded = (pairing: Pairing, place: number): boolean =>
    pairing.places.has(place) || (clashing.has(place) && pairing.clashing.some((other) => excludes(other, place)));
  const pairings: Pairing[] = [];
  const byName = new Map<string, Pairing[]>();
  for (const { place, variants } of inOrder) {
    for (const variant of variants) {
      const named = byName.get(variant.name) ?? [];
      byName.set(variant.name, named);
      const partner = named.slice(0, most).find((pairing) => !excluded(pairing, place));
      const pairing = partner ?? { variants: [], places: new Set(), clashing: [] };
      pairing.variants.push(variant);
      pairing.places.add(place);
      if (clashing.has(place)) pairing.clashing.push(place);
      if (partner) continue;
      pairings.push(pairing);
      named.push(pairing);
    }
  }
  const describe = (source: Source): string => {
    const parts = source.variants.map(({ parts: [first = ''] }) => first);
    return parts.length <= most ? parts.join(' or ') : `one of ${parts.length} beside ${parts[0] ?? ''}`;
  };
  // Entries that clash mostly exclude each other: looking through a few hundred of them is enough.
  const candidates = [...inOrder.filter(({ place }) => !clashing.has(place)), ...inOrder.filter(({ place }) => clashing.has(place)).slice(0, 200)].map(
    (source) => ({
      place: source.place,
      description: describe(source),
    }),
  );
  return pairings.map((pairing) => {
    const together = joinVariants(pairing.variants);
    const undecided = [...together.undecided];
    for (const { place, description } of candidates) {
      if (undecided.length >= most) break;
      if (!excluded(pairing, place)) undecided.push(description);
    }
    return { ...together, undecided };
  });
}

function joinVariants(variants: readonly Variant[]): Variant {
  const [first] = variants;
  if (first && variants.length === 1) return first;
  return {
    parts: variants.flatMap(({ parts }) => parts),
    name: first?.name ?? '',
    own: variants.flatMap(({ own }) => own),
    joins: variants.flatMap(({ joins }) => joins),
    identity: first?.identity ?? '',
    against: first?.against ?? '',
    undecided: variants.flatMap(({ undecided }) => undecided).slice(0, most),
  };
}

function nameOfVariant(parts: readonly string[]): string {
  const [first = ''] = parts;
  return parts.length === 1
    ? (environmentWord(first) ?? stemOf(first))
    : (parts.map(environmentWord).find((word, _, words) => word !== undefined && words.every((other) => other === word)) ?? first);
}

/** Files in all groups together may be so many times those of the scope, and so many more. Beyond, what joins every alternative is a group of its own. */
const mostCopies = 20;
const alwaysAllowed = 20_000;

function groupsOf(root: Entry, files: readonly ContextFile[]): readonly FolderGroup[] {
  if (root.variants.length === 0) return [{ files: root.common, undecided: [], leftOut: 0 }];
  const position = new Map(files.map((file, place) => [file, place]));
  let allowed = files.length * mostCopies + alwaysAllowed;
  const commonFits = root.common.length * root.variants.length <= allowed;
  if (commonFits) allowed -= root.common.length * root.variants.length;
  const groups = root.variants.map((variant): FolderGroup => {
    const taken = new Set(variant.own);
    let leftOut = commonFits ? 0 : root.common.length;
    for (const list of variant.joins) {
      if (list.length > allowed) {
        leftOut += list.length;
        continue;
      }
      allowed -= list.length;
      for (const file of list) taken.add(file);
    }
    if (commonFits) for (const file of root.common) taken.add(file);
    const inOrder = [...taken].sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
    const { parts, identity, against, own } = variant;
    return { files: inOrder, alternative: { parts, identity, against, joining: taken.size - new Set(own).size }, undecided: variant.undecided, leftOut };
  });
  const reached = new Set(groups.flatMap((group) => group.files));
  const rest = files.filter((file) => !reached.has(file));
  return rest.length === 0 ? groups : [...groups, { files: rest, undecided: [], leftOut: 0 }];
}

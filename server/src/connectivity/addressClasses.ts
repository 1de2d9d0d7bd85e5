/** The address space outside the cluster, divided into classes of addresses that no policy tells apart. */
import type { Family } from '../base/addresses';
import { type Interval, normalize, subtract } from '../base/intervals';
import type { ClusterIndex } from '../cluster/clusterIndex';
import { readBlock, type WrittenBlock } from '../cluster/policyAddress';
import { isolates } from '../model/policyTypes';
import type { PolicyDirection } from '../model/resources';

/** Sorted and disjoint. */
export interface AddressPieces {
  readonly four: readonly Interval<bigint>[];
  readonly six: readonly Interval<bigint>[];
}

export interface AddressClass extends AddressPieces {
  /** One address of the class, which is asked for all: of a longer piece one block of a rule might hold a part and another the rest. */
  readonly sample: { readonly family: Family; readonly range: Interval<bigint> };
}

const lastOf: Readonly<Record<Family, bigint>> = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n };

/**
 * Cut at the bounds of every block and except in rules of that direction. Pieces that lie in the blocks of the same rules are one class:
 * a rule that names ten thousand blocks makes two. `six`: IPv6 addresses count also where no rule names one.
 */
export function addressClasses(index: ClusterIndex, direction: PolicyDirection, six = false): readonly AddressClass[] {
  const rules = blocksOfRules(index, direction);
  const families: readonly Family[] = six || namesSix(index, direction) ? [4, 6] : [4];
  const classes: { four: Interval<bigint>[]; six: Interval<bigint>[]; sample: AddressClass['sample'] }[] = [];
  for (const family of families) {
    for (const pieces of divide(
      rules.map((rule) => rule[family]),
      lastOf[family],
    )) {
      const [range] = pieces;
      if (range)
        classes.push({
          four: family === 4 ? pieces : [],
          six: family === 6 ? pieces : [],
          sample: { family, range: { first: range.first, last: range.first } },
        });
    }
  }
  return classes.map((one) => ({ ...one, four: normalize(one.four), six: normalize(one.six) }));
}

/** True when a block of a rule of that direction is of IPv6. */
export function namesSix(index: ClusterIndex, direction: PolicyDirection): boolean {
  return blocksOfRules(index, direction).some((rule) => rule[6].length > 0);
}

type RuleBlocks = Readonly<Record<Family, readonly Interval<bigint>[]>>;

/** For every rule what its blocks hold together, excepts taken out of each block alone. */
function blocksOfRules(index: ClusterIndex, direction: PolicyDirection): readonly RuleBlocks[] {
  const side = direction === 'Ingress' ? 'ingress' : 'egress';
  const rules: (readonly WrittenBlock[])[] = [];
  for (const { spec } of index.ofKind('NetworkPolicy')) {
    if (isolates(spec, direction) === 'no') continue;
    for (const { peers } of spec[side]) rules.push((peers ?? []).flatMap(({ ipBlock }) => ipBlock ?? []));
  }
  for (const kind of ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'] as const)
    for (const { spec } of index.ofKind(kind))
      for (const { peers } of spec[side]) rules.push(peers.flatMap(({ networks }) => (networks ?? []).map((cidr) => ({ cidr, except: [] }))));
  return rules.filter((blocks) => blocks.length > 0).map(heldBy);
}

function heldBy(blocks: readonly WrittenBlock[]): RuleBlocks {
  const held: Record<Family, Interval<bigint>[]> = { 4: [], 6: [] };
  for (const written of blocks) {
    const block = readBlock(written);
    if ('match' in block) continue;
    const { cidr, except } = block;
    const cuts = except.filter(({ family }) => family === cidr.family);
    held[cidr.family].push(...(cuts.length === 0 ? [cidr] : subtract<bigint>([cidr], cuts)));
  }
  return { 4: normalize(held[4]), 6: normalize(held[6]) };
}

/** The numbers from 0 to `last` as classes that lie in the same sets; each class is a list of neighbouring pieces, the first class holds 0. */
function divide(sets: readonly (readonly Interval<bigint>[])[], last: bigint): Interval<bigint>[][] {
  const starts = new Set<bigint>([0n]);
  for (const set of sets)
    for (const interval of set) {
      starts.add(interval.first);
      if (interval.last < last) starts.add(interval.last + 1n);
    }
  const bounds = [...starts].sort((a, b) => (a < b ? -1 : 1));
  const place = new Map(bounds.map((bound, at) => [bound, at]));
  // Refined set by set, which costs what the sets cover, and is exact.
  let classOf = new Int32Array(bounds.length);
  let count = 1;
  for (const set of sets) {
    if (set.length === 0) continue;
    const renamed = new Map<number, number>();
    for (const interval of set) {
      const end = interval.last < last ? (place.get(interval.last + 1n) ?? bounds.length) : bounds.length;
      for (let at = place.get(interval.first) ?? 0; at < end; at++) {
        const before = classOf[at] ?? 0;
        let now = renamed.get(before);
        if (now === undefined) renamed.set(before, (now = count++));
        classOf[at] = now;
      }
    }
    [classOf, count] = compact(classOf);
  }
  const classes: Interval<bigint>[][] = Array.from({ length: count }, () => []);
  bounds.forEach((first, at) => classes[classOf[at] ?? 0]?.push({ first, last: (bounds[at + 1] ?? last + 1n) - 1n }));
  return classes;
}

/** Numbers the classes anew by first appearance, without those that are empty now. */
function compact(classOf: Int32Array): [Int32Array<ArrayBuffer>, number] {
  const names = new Map<number, number>();
  const compacted = classOf.map((old) => {
    let name = names.get(old);
    if (name === undefined) names.set(old, (name = names.size));
    return name;
  });
  return [new Int32Array(compacted), names.size];
}

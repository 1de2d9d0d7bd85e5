/** The pods whose labels come nearest to a selector that matches none: what "did you mean" and positive evidence rest on. */
import { editDistance } from '../base/editDistance';
import { isOpaque, type Value } from '../base/opaque';
import type { NearMiss, PodSet } from './clusterIndex';
import { isSlip } from './nearNames';
import type { NamespaceShard } from './namespaceShard';

/** Label keys that mean the same to people. */
const aliases: readonly (readonly string[])[] = [
  ['app', 'app.kubernetes.io/name', 'k8s-app', 'name'],
  ['tier', 'component', 'app.kubernetes.io/component'],
  ['release', 'app.kubernetes.io/instance'],
];

/** The best near misses among the pods of one namespace, all equally good; none for pairs that are not known. */
export function nearMissesIn(shard: NamespaceShard, pairs: ReadonlyMap<string, Value<string>>): readonly Candidate[] {
  const known: [string, string][] = [];
  for (const [key, value] of pairs) {
    if (isOpaque(value)) return [];
    known.push([key, value]);
  }
  if (known.length === 0) return [];
  let best: Candidate[] = [];
  for (const podSet of shard.almostSelected(known)) {
    const candidate = missOf(podSet, known);
    if (candidate) best = better(best, [candidate]);
  }
  return best;
}

/** The best of several groups, the others that are exactly as good under `equals`. */
export function bestNearMiss(groups: Iterable<readonly Candidate[]>): NearMiss | undefined {
  let best: readonly Candidate[] = [];
  for (const group of groups) best = better(best, group);
  const [first, ...rest] = best;
  return first && { ...first.miss, equals: rest.map(({ miss }) => miss) };
}

function better(best: readonly Candidate[], others: readonly Candidate[]): Candidate[] {
  const [a] = best;
  const [b] = others;
  if (!a || !b) return [...best, ...others];
  const order = compare(a, b);
  return order < 0 ? [...best] : order > 0 ? [...others] : [...best, ...others];
}

/** A near miss with what it is ranked by. */
export interface Candidate {
  readonly miss: NearMiss;
  readonly matching: number;
  readonly distance: number;
}

const rank = { a: 0, b: 1, c: 2, d: 3 } as const;

function compare(a: Candidate, b: Candidate): number {
  return rank[a.miss.kind] - rank[b.miss.kind] || b.matching - a.matching || a.distance - b.distance;
}

function missOf(podSet: PodSet, pairs: readonly [string, string][]): Candidate | undefined {
  const labels = podSet.labels.entries;
  const failing = pairs.filter(([key, value]) => labels.get(key) !== value);
  const matching = pairs.length - failing.length;
  const [only] = failing;
  if (failing.length === 1 && only) {
    const [key, value] = only;
    const actual = labels.get(key);
    const base = { podSet, key, value, equals: [] };
    const as = (kind: NearMiss['kind'], distance: number, found: Partial<NearMiss>): Candidate => ({ miss: { ...base, kind, ...found }, matching, distance });
    const here = typeof actual === 'string' ? { actualKey: key, actualValue: actual } : {};
    if (typeof actual === 'string' && isSlip(value, actual)) return as('a', editDistance(value, actual, 4), here);
    if (actual === undefined) {
      const other = [...labels].find(([name, text]) => text === value && (isAlias(name, key) || editDistance(name, key, 2) <= 2));
      if (other) return as('b', editDistance(other[0], key, 9), { actualKey: other[0], actualValue: value });
    }
    if (pairs.length >= 2) return as('c', 0, here);
    if (podSet.name === value) return as('d', 0, here);
  }
  return undefined;
}

function isAlias(a: string, b: string): boolean {
  return aliases.some((group) => group.includes(a) && group.includes(b));
}

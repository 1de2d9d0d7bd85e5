/** Sets of whole numbers as sorted, disjoint intervals: ports, and addresses as big integers. */

export interface Interval<N extends number | bigint> {
  readonly first: N;
  readonly last: N;
}

type Numeric = number | bigint;

/** One of the same kind: JavaScript adds big integers to big integers alone. */
function step<N extends Numeric>(value: N, by: 1 | -1): N {
  return (typeof value === 'bigint' ? value + BigInt(by) : (value satisfies number) + by) as N;
}

/** Sorted, overlapping and touching intervals merged. */
export function normalize<N extends Numeric>(intervals: Iterable<Interval<N>>): Interval<N>[] {
  const sorted = [...intervals].filter((interval) => interval.first <= interval.last).sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const merged: { first: N; last: N }[] = [];
  for (const { first, last } of sorted) {
    const previous = merged[merged.length - 1];
    if (previous && first <= step(previous.last, 1)) {
      if (last > previous.last) previous.last = last;
    } else merged.push({ first, last });
  }
  return merged;
}

/** What is in `a` and not in `b`. */
export function subtract<N extends Numeric>(a: readonly Interval<N>[], b: readonly Interval<N>[]): Interval<N>[] {
  let rest = normalize(a);
  for (const cut of normalize(b)) {
    const next: Interval<N>[] = [];
    for (const interval of rest) {
      if (cut.last < interval.first || cut.first > interval.last) {
        next.push(interval);
        continue;
      }
      if (cut.first > interval.first) next.push({ first: interval.first, last: step(cut.first, -1) });
      if (cut.last < interval.last) next.push({ first: step(cut.last, 1), last: interval.last });
    }
    rest = next;
  }
  return rest;
}

export function intersect<N extends Numeric>(a: readonly Interval<N>[], b: readonly Interval<N>[]): Interval<N>[] {
  const result: Interval<N>[] = [];
  for (const left of normalize(a)) {
    for (const right of normalize(b)) {
      const first = left.first > right.first ? left.first : right.first;
      const last = left.last < right.last ? left.last : right.last;
      if (first <= last) result.push({ first, last });
    }
  }
  return normalize(result);
}

/** True when every number of `inner` is in `outer`. */
export function containsAll<N extends Numeric>(outer: readonly Interval<N>[], inner: readonly Interval<N>[]): boolean {
  return subtract(inner, outer).length === 0;
}

export function overlaps<N extends Numeric>(a: readonly Interval<N>[], b: readonly Interval<N>[]): boolean {
  return intersect(a, b).length > 0;
}

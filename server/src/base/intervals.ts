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
  const cuts = normalize(b);
  const rest: Interval<N>[] = [];
  let place = 0;
  for (const { first, last } of normalize(a)) {
    while (place < cuts.length && (cuts[place]?.last ?? first) < first) place++;
    let from = first;
    // A cut may reach into the next interval, so the place stays.
    for (let at = place; from <= last; at++) {
      const cut = cuts[at];
      if (!cut || cut.first > last) {
        rest.push({ first: from, last });
        break;
      }
      if (cut.first > from) rest.push({ first: from, last: step(cut.first, -1) });
      from = step(cut.last, 1);
    }
  }
  return rest;
}

export function intersect<N extends Numeric>(a: readonly Interval<N>[], b: readonly Interval<N>[]): Interval<N>[] {
  const [left, right] = [normalize(a), normalize(b)];
  const result: Interval<N>[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    const [one, other] = [left[i], right[j]];
    if (!one || !other) break;
    const first = one.first > other.first ? one.first : other.first;
    const last = one.last < other.last ? one.last : other.last;
    if (first <= last) result.push({ first, last });
    if (one.last < other.last) i++;
    else j++;
  }
  return result;
}

/** True when every number of `inner` is in `outer`. */
export function containsAll<N extends Numeric>(outer: readonly Interval<N>[], inner: readonly Interval<N>[]): boolean {
  return subtract(inner, outer).length === 0;
}

export function overlaps<N extends Numeric>(a: readonly Interval<N>[], b: readonly Interval<N>[]): boolean {
  return intersect(a, b).length > 0;
}

/** The order of groups and callers from top to bottom: few crossings, ties by id, the same input always the same order. */

/** Cards that stand side by side: Services, the workloads that they select, and the rows that edges run through. */
export interface OrderedGroup {
  readonly id: string;
  /** Entered from outside the cluster: such groups come first. */
  readonly entered: boolean;
  /** Ids of callers, one for each edge. */
  readonly callers: readonly string[];
}

export interface Order {
  /** Ids of groups, first on top. */
  readonly groups: readonly string[];
  readonly callers: readonly string[];
}

const sweeps = 8;
const mostEdgesToCount = 20_000;
const mostEdgesToImprove = 100;
const mostCallersToImprove = 16;

interface CallEdge {
  readonly group: string;
  readonly caller: string;
}

/** Sorts by turns callers after the groups that they call and groups after their callers; of all turns the one with the fewest crossings holds. */
export function orderGroups(groups: readonly OrderedGroup[], callersByDepth: readonly string[]): Order {
  const edges = groups.flatMap((group) => group.callers.map((caller) => ({ group: group.id, caller })));
  const groupsOf = new Map<string, string[]>();
  for (const edge of edges) {
    const known = groupsOf.get(edge.caller);
    if (known) known.push(edge.group);
    else groupsOf.set(edge.caller, [edge.group]);
  }
  const inUse = callersByDepth.filter((caller) => groupsOf.has(caller));

  let callers: readonly string[] = inUse;
  let best: Order = { groups: sortGroups(groups, callers), callers };
  let fewest = crossings(edges, best);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    const places = positions(sortGroups(groups, callers));
    callers = sortBy(inUse, (caller) => mean((groupsOf.get(caller) ?? []).map((group) => places.get(group) ?? 0)));
    const candidate: Order = { groups: sortGroups(groups, callers), callers };
    const count = crossings(edges, candidate);
    if (count >= fewest && sweep > 0) break;
    if (count < fewest) [best, fewest] = [candidate, count];
  }
  return edges.length <= mostEdgesToImprove && inUse.length <= mostCallersToImprove ? improve(groups, edges, [...inUse].reverse(), best, fewest) : best;
}

/** Moves single callers to other places while that leaves fewer crossings; small graphs only, for each try counts all pairs. */
function improve(groups: readonly OrderedGroup[], edges: readonly CallEdge[], byDepth: readonly string[], start: Order, count: number): Order {
  let best = start;
  let fewest = count;
  for (let round = 0; round < 4 && fewest > 0; round++) {
    const before = fewest;
    for (const caller of byDepth) {
      const others = best.callers.filter((other) => other !== caller);
      for (let place = others.length; place >= 0; place--) {
        const callers = [...others.slice(0, place), caller, ...others.slice(place)];
        const candidate: Order = { groups: sortGroups(groups, callers), callers };
        const crossed = crossings(edges, candidate);
        if (crossed < fewest) [best, fewest] = [candidate, crossed];
      }
    }
    if (fewest === before) break;
  }
  return best;
}

function sortGroups(groups: readonly OrderedGroup[], callers: readonly string[]): readonly string[] {
  const places = positions(callers);
  const weight = new Map(
    groups.map((group) => [group.id, group.callers.length === 0 ? Infinity : mean(group.callers.map((caller) => places.get(caller) ?? 0))]),
  );
  const first = new Set(groups.filter((group) => group.entered).map((group) => group.id));
  const ids = groups.map((group) => group.id).sort(compare);
  return ids.sort((a, b) => Number(first.has(b)) - Number(first.has(a)) || difference(weight.get(a) ?? Infinity, weight.get(b) ?? Infinity) || compare(a, b));
}

/** How many pairs of edges cross; Infinity where there are too many to count. */
export function crossings(edges: readonly CallEdge[], order: Order): number {
  if (edges.length > mostEdgesToCount) return Infinity;
  const left = positions(order.callers);
  const right = positions(order.groups);
  const ends = edges
    .map(({ caller, group }) => ({ left: left.get(caller) ?? 0, right: right.get(group) ?? 0 }))
    .sort((a, b) => a.left - b.left || a.right - b.right);
  // Edges that came before and end lower cross the one that comes now; a Fenwick tree counts them, so that the time grows with n log n.
  const size = order.groups.length + 1;
  const tree = new Int32Array(size + 1);
  let count = 0;
  ends.forEach((end, before) => {
    let notLower = 0;
    for (let at = end.right + 1; at > 0; at -= at & -at) notLower += tree[at] ?? 0;
    count += before - notLower;
    for (let at = end.right + 1; at <= size; at += at & -at) tree[at] = (tree[at] ?? 0) + 1;
  });
  return count;
}

/**
 * Places for things that each want to stand at a height and must not overlap: in the order given, at least `gap` apart, none above `top`,
 * as near to their wishes as that allows (neighbours that push each other share the difference).
 */
export function spread(wishes: readonly number[], gap: number, top: number): readonly number[] {
  const blocks: { sum: number; count: number }[] = [];
  wishes.forEach((wish, index) => {
    let block = { sum: wish - index * gap, count: 1 };
    let previous = blocks.at(-1);
    while (previous && previous.sum / previous.count > block.sum / block.count) {
      block = { sum: previous.sum + block.sum, count: previous.count + block.count };
      blocks.pop();
      previous = blocks.at(-1);
    }
    blocks.push(block);
  });
  const result: number[] = [];
  for (const block of blocks) {
    for (let index = 0; index < block.count; index++) result.push(Math.max(block.sum / block.count, top) + result.length * gap);
  }
  return result;
}

export function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function difference(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function sortBy(ids: readonly string[], weight: (id: string) => number): readonly string[] {
  const weights = new Map(ids.map((id) => [id, weight(id)]));
  return [...ids].sort((a, b) => difference(weights.get(a) ?? 0, weights.get(b) ?? 0) || compare(a, b));
}

function positions(ids: readonly string[]): Map<string, number> {
  return new Map(ids.map((id, index) => [id, index]));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What stands side by side in the topology: Services with the workloads that they select. Pure. */
import type { TopologyCard, TopologyEdge } from '../../../server/src/protocol/topology';
import type { Lanes } from './lanes';
import { compare, grouped, type OrderedGroup } from './order';

export interface Group extends OrderedGroup {
  readonly namespace: string;
  /** In the Service lane: cards, and rows (by the id of the entry card) through which an edge from the left runs to the workload. */
  readonly services: readonly (TopologyCard | { readonly through: string })[];
  readonly workloads: readonly TopologyCard[];
}

/** Services with the workloads that they select, whoever shares a workload together. */
export function makeGroups(cards: readonly TopologyCard[], edges: readonly TopologyEdge[], lanes: Lanes): readonly Group[] {
  const byId = new Map(cards.map((card) => [card.id, card]));
  const parent = new Map<string, string>();
  const root = (id: string): string => {
    let at = id;
    for (let next = parent.get(at); next !== undefined && next !== at; next = parent.get(at)) at = next;
    return at;
  };
  const members = cards.filter((card) => card.lane === 'service' || card.lane === 'workload');
  for (const card of members) parent.set(card.id, card.id);
  const selecting = edges.filter((edge) => byId.get(edge.to.card)?.lane === 'workload');
  for (const edge of selecting) {
    const from = byId.get(edge.from.card);
    if (from?.lane === 'service') parent.set(root(edge.from.card), root(edge.to.card));
  }
  const entering = selecting.filter((edge) => {
    const lane = byId.get(edge.from.card)?.lane;
    return lane === 'load-balancer' || lane === 'ingress';
  });
  const firstOf = new Map<string, TopologyEdge>();
  for (const edge of entering) {
    const other = firstOf.get(edge.from.card);
    if (!other) firstOf.set(edge.from.card, edge);
    else parent.set(root(edge.to.card), root(other.to.card));
  }
  const parts = grouped(members, (card) => root(card.id));
  const byTarget = grouped(edges, (edge) => edge.to.card);
  const enteringByTarget = grouped(entering, (edge) => edge.to.card);
  return [...parts.values()].map((part) => {
    const sorted = [...part].sort((a, b) => compare(a.id, b.id));
    const ids = new Set(part.map((card) => card.id));
    const through = [...new Set(part.flatMap((card) => enteringByTarget.get(card.id) ?? []).map((edge) => edge.from.card))].sort(compare);
    const into = part.flatMap((card) => byTarget.get(card.id) ?? []).filter((edge) => !ids.has(edge.from.card));
    const calls = [...into, ...through.flatMap((id) => byTarget.get(id) ?? [])];
    return {
      id: sorted[0]?.id ?? '',
      namespace: sorted[0]?.namespace ?? '',
      entered: into.some((edge) => edge.kind === 'enters' || edge.kind === 'routes') || through.length > 0,
      callers: calls.filter((edge) => byId.get(edge.from.card)?.shape === 'caller').map((edge) => edge.from.card),
      services: [
        ...through.filter((id) => !lanes.byKind[byId.get(id)?.lane ?? 'service'].strip).map((id) => ({ through: id })),
        ...sorted.filter((card) => card.lane === 'service'),
      ],
      workloads: sorted.filter((card) => card.lane === 'workload'),
    };
  });
}

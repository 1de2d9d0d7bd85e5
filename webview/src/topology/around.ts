/** Of a graph that is too large to look at, the part round one resource. Pure. */
import type { Topology } from '../../../server/src/protocol/topology';
import { relatedTo } from './relations';

/** Above this many resources a selected one is shown with what lies round it. */
export const aroundAbove = 2_000;

const mostCards = 60;

/** The resource with its own cards, who reaches it and what it reaches, and the pods behind those Services; undefined when it is not there. */
export function aroundResource(topology: Topology, selected: string): Topology | undefined {
  const { own } = relatedTo(topology, selected);
  if (own.size === 0) return undefined;
  const shown = new Set(own);
  const add = (ids: readonly string[]): void => {
    for (const id of ids) if (shown.size < mostCards) shown.add(id);
  };
  const near = topology.edges.filter((edge) => own.has(edge.from.card) || own.has(edge.to.card));
  add(near.flatMap((edge) => [edge.from.card, edge.to.card]));
  // Behind the Services that it calls stand the pods that answer; before its own stand the ways in from outside.
  add(topology.edges.filter((edge) => edge.kind === 'selects' && shown.has(edge.from.card)).map((edge) => edge.to.card));
  add(topology.edges.filter((edge) => edge.kind !== 'calls' && edge.kind !== 'selects' && shown.has(edge.to.card)).map((edge) => edge.from.card));
  return {
    ...topology,
    cards: topology.cards.filter((card) => shown.has(card.id)),
    edges: topology.edges.filter((edge) => shown.has(edge.from.card) && shown.has(edge.to.card)),
    gates: topology.gates.filter((gate) => shown.has(gate.workload)),
  };
}

/** At which ports of the cards dots stand, for edges that arrive and edges that begin. Pure. */
import type { TopologyDrawing } from './layout';

/** Ports at which edges end and begin; workloads show the dot of each port, Services both, so that one sees where traffic may go. Hosts and rules of a way in have those of their edges. */
export function dotsOf(drawing: TopologyDrawing): {
  readonly left: ReadonlyMap<string, ReadonlySet<string>>;
  readonly right: ReadonlyMap<string, ReadonlySet<string>>;
} {
  const left = new Map<string, Set<string>>();
  const right = new Map<string, Set<string>>();
  const add = (map: Map<string, Set<string>>, card: string, port: string): void => {
    const ports = map.get(card);
    if (ports) ports.add(port);
    else map.set(card, new Set([port]));
  };
  for (const { card } of drawing.cards.values()) {
    if (card.lane === 'outside' || card.lane === 'ingress') continue;
    for (const port of card.ports) {
      add(left, card.id, port.id);
      if (card.lane !== 'workload' && card.shape !== 'ghost') add(right, card.id, port.id);
    }
  }
  for (const { edge } of drawing.edges) {
    add(left, edge.to.card, portOr(drawing, edge.to));
    add(right, edge.from.card, portOr(drawing, edge.from));
  }
  return { left, right };
}

function portOr(drawing: TopologyDrawing, end: { readonly card: string; readonly port?: string }): string {
  const placed = drawing.cards.get(end.card);
  if (!placed) return '';
  return end.port !== undefined && placed.ports.has(end.port) ? end.port : (placed.card.ports[0]?.id ?? '');
}

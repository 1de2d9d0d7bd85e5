/** Where gates stand before the rows of a workload, and on which side of the edge their words are written. Pure. */
import type { TopologyEdge, TopologyGate } from '../../../server/src/protocol/topology';
import type { PlacedCard } from './layout';

export interface PlacedGate {
  readonly gate: TopologyGate;
  readonly x: number;
  readonly y: number;
  /** Lower where another gate stands in the next row, so that the two do not touch. */
  readonly height: number;
  /** What it lets in is written below the edge, where edges come from above. */
  readonly wordsBelow: boolean;
}

const gateHeight = 20;
const lowGate = 14;

/** A gate for one port stands at its row; a gate for all stands at each row where an edge arrives, or at the first. */
export function placeGates(
  gates: readonly TopologyGate[],
  cards: ReadonlyMap<string, PlacedCard>,
  edges: readonly TopologyEdge[],
  column: { readonly x: number; readonly rowHeight: number },
): readonly PlacedGate[] {
  const into = new Map<string, TopologyEdge[]>();
  for (const edge of edges) {
    const known = into.get(edge.to.card);
    if (known) known.push(edge);
    else into.set(edge.to.card, [edge]);
  }
  const places = gates.flatMap((gate) => {
    const placed = cards.get(gate.workload);
    if (!placed) return [];
    if (gate.port !== undefined) return [{ gate, y: landing(placed, gate.port) }];
    const rows = new Set((into.get(gate.workload) ?? []).map((edge) => landing(placed, edge.to.port)));
    if (rows.size === 0) rows.add(placed.middle);
    return [...rows].map((y) => ({ gate, y }));
  });
  const taken = new Set(places.map(({ y }) => y));
  return places.map(({ gate, y }) => ({
    gate,
    x: column.x,
    y,
    height: taken.has(y - column.rowHeight) || taken.has(y + column.rowHeight) ? lowGate : gateHeight,
    wordsBelow: fall(into.get(gate.workload) ?? [], cards) > 0,
  }));
}

/** How far edges come down on their way to a workload, all together; negative where they rise. */
function fall(edges: readonly TopologyEdge[], cards: ReadonlyMap<string, PlacedCard>): number {
  return edges.reduce((sum, { from, to }) => {
    const start = cards.get(from.card);
    const end = cards.get(to.card);
    return start && end ? sum + landing(end, to.port) - landing(start, from.port) : sum;
  }, 0);
}

/** The height at which an edge to a port, or to the card as a whole, arrives. */
export function landing(placed: PlacedCard, port: string | undefined): number {
  return (port === undefined ? undefined : placed.ports.get(port)) ?? placed.middle;
}

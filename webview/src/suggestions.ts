/** Questions worth a first look, taken from what the topology shows: how somebody comes in from outside, and who calls whom. */
import type { Topology, TopologyCard, TopologyEdge } from '../../server/src/protocol/topology';
import type { Flow } from '../../server/src/protocol/trace';

export interface Suggestion {
  /** `frontend → cart:7070` */
  readonly label: string;
  readonly flow: Flow;
}

/** At most `most`, the entry from outside first, then calls in the order of the drawing; each destination once. */
export function suggestions(topology: Topology | null, most = 4): readonly Suggestion[] {
  if (!topology) return [];
  const cards = new Map(topology.cards.map((card) => [card.id, card]));
  const guarded = new Set(topology.gates.map((gate) => gate.workload));
  const behind = new Map<string, string>(topology.edges.filter(({ kind }) => kind === 'selects').map(({ from, to }) => [from.card, to.card]));
  const rank = ({ kind, to }: TopologyEdge): number => (kind === 'enters' ? 0 : guarded.has(behind.get(to.card) ?? to.card) ? 1 : 2);
  const asked = new Set<string>();
  const found: Suggestion[] = [];
  const edges = topology.edges.filter(({ kind }) => kind === 'enters' || kind === 'calls');
  for (const edge of [...edges].sort((a, b) => rank(a) - rank(b))) {
    const [from, to] = [cards.get(edge.from.card), cards.get(edge.to.card)];
    if (from?.endpoint === undefined || to?.endpoint === undefined || to.shape === 'ghost' || asked.has(to.endpoint)) continue;
    asked.add(to.endpoint);
    found.push(suggestion(from, to, edge));
    if (found.length === most) break;
  }
  return found;
}

function suggestion(from: TopologyCard, to: TopologyCard, edge: TopologyEdge): Suggestion {
  const port = to.ports.find(({ id }) => id === edge.to.port);
  const known = port?.number ?? undefined;
  const isService = to.object?.kind === 'Service';
  return {
    label: `${from.title} → ${to.title}${isService && known !== undefined ? `:${known}` : ''}`,
    flow: {
      from: from.endpoint ?? '',
      to: to.endpoint ?? '',
      ...(isService && known !== undefined
        ? { port: known, ...(port?.protocol === 'UDP' || port?.protocol === 'SCTP' ? { protocol: port.protocol } : {}) }
        : {}),
    },
  };
}

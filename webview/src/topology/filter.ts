/** The part of a topology that a filter leaves: what matches, and what it is joined to. Pure. */
import type { Topology, TopologyCard } from '../../../server/src/protocol/topology';

export interface TopologyFilter {
  /** Words; each must be found in name, namespace, label, port or container. */
  readonly text: string;
  /** Empty: all. */
  readonly namespace: string;
  /** Empty: all. */
  readonly kind: string;
}

export const noFilter: TopologyFilter = { text: '', namespace: '', kind: '' };

export interface Filtered {
  readonly topology: Topology;
  /** Cards that are shown only because a match is joined to them. */
  readonly dimmed: ReadonlySet<string>;
  /** How many cards match. */
  readonly matches: number;
}

export function applyFilter(topology: Topology, filter: TopologyFilter): Filtered {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && filter.namespace === '' && filter.kind === '') return { topology, dimmed: new Set(), matches: topology.cards.length };
  const matched = new Set(topology.cards.filter((card) => fits(card, words, filter)).map((card) => card.id));
  const shown = new Set(matched);
  for (const edge of topology.edges) {
    if (matched.has(edge.from.card)) shown.add(edge.to.card);
    if (matched.has(edge.to.card)) shown.add(edge.from.card);
  }
  const cards = topology.cards.filter((card) => shown.has(card.id));
  return {
    topology: {
      ...topology,
      cards,
      edges: topology.edges.filter(
        (edge) => shown.has(edge.from.card) && shown.has(edge.to.card) && (matched.has(edge.from.card) || matched.has(edge.to.card)),
      ),
      gates: topology.gates.filter((gate) => shown.has(gate.workload)),
    },
    dimmed: new Set([...shown].filter((id) => !matched.has(id))),
    matches: matched.size,
  };
}

/** Kinds that the filter offers, sorted. */
export function kindsOf(topology: Topology): readonly string[] {
  return [...new Set(topology.cards.flatMap((card) => (card.object && card.shape === 'card' ? [card.object.kind] : [])))].sort();
}

function fits(card: TopologyCard, words: readonly string[], filter: TopologyFilter): boolean {
  if (filter.namespace !== '' && card.namespace !== filter.namespace) return false;
  if (filter.kind !== '' && card.object?.kind !== filter.kind) return false;
  if (words.length === 0) return true;
  const text = textOf(card);
  return words.every((word) => text.includes(word));
}

function textOf(card: TopologyCard): string {
  const ports = card.ports.flatMap((port) => [port.number === null ? '' : `:${port.number}`, port.name ?? '', port.target ?? '', port.container ?? '']);
  const containers = card.containers.flatMap((container) => [container.name, container.image ?? '']);
  return [card.title, card.namespace, card.object?.kind ?? '', ...(card.labels ?? []), ...ports, ...containers].join('\n').toLowerCase();
}

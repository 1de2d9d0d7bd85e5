/** Where there are too many cards to look at, a namespace becomes one row until somebody opens it. Pure. */
import { severities } from '../../../server/src/protocol/source';
import type { Topology, TopologyCard, TopologyEdge } from '../../../server/src/protocol/topology';
import { compare } from './order';

/** Up to this many cards all are drawn. */
export const collapseAbove = 300;

const rowPrefix = 'namespace:';
const callerPrefix = 'caller:namespace:';

export interface Collapsed {
  readonly topology: Topology;
  /** Namespaces that are open and can be closed; empty where all cards are drawn anyway. */
  readonly open: ReadonlySet<string>;
  /** How many edges one of a row stands for, by its id. */
  readonly weights: ReadonlyMap<string, number>;
}

/** The namespaces that are not in `open` as a row each, their calls as one edge for each pair of ends. A graph of one namespace stays as it is. */
export function collapseNamespaces(topology: Topology, open: ReadonlySet<string>): Collapsed {
  const inside = new Map<string, TopologyCard[]>();
  for (const card of topology.cards) {
    if (card.namespace === '') continue;
    const members = inside.get(card.namespace);
    if (members) members.push(card);
    else inside.set(card.namespace, [card]);
  }
  if (topology.cards.length <= collapseAbove || inside.size < 2) return { topology, open: new Set(), weights: new Map() };
  const closed = new Set([...inside.keys()].filter((namespace) => !open.has(namespace)));
  const byId = new Map(topology.cards.map((card) => [card.id, card]));
  const cards = new Map(topology.cards.filter((card) => !closed.has(card.namespace)).map((card) => [card.id, card]));
  for (const namespace of closed) cards.set(rowPrefix + namespace, rowOf(namespace, inside.get(namespace) ?? []));
  const edges = new Map<string, TopologyEdge>();
  const weights = new Map<string, number>();
  for (const edge of topology.edges) {
    const from = byId.get(edge.from.card);
    const to = byId.get(edge.to.card);
    if (!from || !to) continue;
    const hides = { from: closed.has(from.namespace), to: closed.has(to.namespace) };
    if (hides.from && hides.to && from.namespace === to.namespace) continue;
    if (!hides.from && !hides.to) {
      edges.set(edge.id, edge);
      continue;
    }
    const start = hides.from ? callerPrefix + from.namespace : from.id;
    if (hides.from && !cards.has(start)) cards.set(start, callerOf(from.namespace));
    const end = hides.to ? { card: rowPrefix + to.namespace } : edge.to;
    const id = `${hides.from ? start : `${start}:${edge.from.port ?? ''}`} > ${hides.to ? end.card : `${to.id}:${edge.to.port ?? ''}`}`;
    weights.set(id, (weights.get(id) ?? 0) + 1);
    if (!edges.has(id)) edges.set(id, { ...edge, id, from: hides.from ? { card: start } : edge.from, to: end });
  }
  return {
    topology: {
      ...topology,
      cards: [...cards.values()].sort((a, b) => compare(a.id, b.id)),
      edges: [...edges.values()],
      gates: topology.gates.filter((gate) => cards.has(gate.workload)),
    },
    open: new Set([...inside.keys()].filter((namespace) => open.has(namespace))),
    weights,
  };
}

/** The namespace for which a card stands, row or caller. */
export function namespaceOfRow(id: string): string | undefined {
  if (id.startsWith(callerPrefix)) return id.slice(callerPrefix.length);
  return id.startsWith(rowPrefix) ? id.slice(rowPrefix.length) : undefined;
}

/** The id of the card of a collapsed namespace. */
export function rowOfNamespace(namespace: string): string {
  return rowPrefix + namespace;
}

function rowOf(namespace: string, members: readonly TopologyCard[]): TopologyCard {
  const findings = members.flatMap(({ finding }) => finding ?? []);
  const worst = severities.find((severity) => findings.some((finding) => finding.severity === severity));
  const parts = [
    counted(members.filter((card) => card.object?.kind === 'Service' && card.shape === 'card').length, 'Service'),
    counted(members.filter((card) => card.lane === 'workload' && card.shape === 'card').length, 'workload'),
  ];
  return {
    ...callerOf(namespace),
    id: rowPrefix + namespace,
    lane: 'service',
    shape: 'card',
    note: parts.join(' · '),
    ...(worst === undefined ? {} : { finding: { severity: worst, count: findings.reduce((sum, { count }) => sum + count, 0) } }),
  };
}

function callerOf(namespace: string): TopologyCard {
  return {
    id: callerPrefix + namespace,
    lane: 'outside',
    shape: 'caller',
    object: { apiVersion: 'v1', kind: 'Namespace', name: namespace },
    title: namespace,
    namespace,
    ports: [],
    containers: [],
    source: null,
  };
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

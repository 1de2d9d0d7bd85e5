/** What belongs to a resource in the graph: its other cards, its edges, its neighbours, in words and as sets. Pure. */
import type { Topology, TopologyCard, TopologyEdge, TopologyGate } from '../../../server/src/protocol/topology';
import type { PodsInState } from '../../../server/src/protocol/trace';

export interface Related {
  /** The resource's own cards: a Service with its workloads, a workload with its Services and its pill. */
  readonly own: ReadonlySet<string>;
  /** Ids of edges that begin or end at them. */
  readonly edges: ReadonlySet<string>;
}

const nothing: Related = { own: new Set(), edges: new Set() };

const maps = new WeakMap<Topology, ReadonlyMap<string, TopologyCard>>();

/** The cards of a graph by id, made once for each. */
export function cardsById(topology: Topology): ReadonlyMap<string, TopologyCard> {
  const known = maps.get(topology);
  if (known) return known;
  const made = new Map(topology.cards.map((card) => [card.id, card]));
  maps.set(topology, made);
  return made;
}

/** The cards and edges that are marked when a card is selected. */
export function relatedTo(topology: Topology, selected: string | null): Related {
  const cards = cardsById(topology);
  const card = selected === null ? undefined : cards.get(selected);
  if (!card) return nothing;
  const laneOf = (id: string): string | undefined => cards.get(id)?.lane;
  const own = new Set([card.id]);
  const twin = twinOf(topology, card.id);
  if (twin !== undefined) own.add(twin);
  for (const edge of topology.edges) {
    if (edge.kind !== 'selects') continue;
    if (card.lane === 'service' && edge.from.card === card.id) own.add(edge.to.card);
    if (own.has(edge.to.card) && card.lane !== 'service' && laneOf(edge.from.card) === 'service') own.add(edge.from.card);
  }
  for (const id of [...own]) if (laneOf(id) === 'workload') own.add(`caller:${id}`);
  const edges = new Set(topology.edges.filter((edge) => own.has(edge.from.card) || own.has(edge.to.card)).map((edge) => edge.id));
  return { own, edges };
}

/** The row at which an edge begins, where it stands for a host or a rule: `/api`. */
export function rowOfRule({ kind, from }: TopologyEdge, card: TopologyCard | undefined): string | undefined {
  const row = kind === 'routes' ? card?.ports.find(({ id }) => id === from.port) : undefined;
  return row?.number === null ? row.name : undefined;
}

/** A caller's workload, or the pill of a workload, where there is one. */
export function twinOf(topology: Topology, id: string): string | undefined {
  const twin = id.startsWith('caller:') ? id.slice('caller:'.length) : `caller:${id}`;
  return cardsById(topology).has(twin) ? twin : undefined;
}

export interface Neighbours {
  readonly reachedBy: readonly TopologyCard[];
  readonly services: readonly TopologyCard[];
  readonly workloads: readonly TopologyCard[];
  readonly reaches: readonly TopologyCard[];
  readonly pods: number;
  readonly policies: number;
}

/** Who reaches a resource and whom it reaches, one step each way. */
export function neighboursOf(topology: Topology, selected: string): Neighbours {
  const { own } = relatedTo(topology, selected);
  const cards = cardsById(topology);
  const mine = [...own].flatMap((id) => cards.get(id) ?? []);
  const isOwn = (id: string): boolean => own.has(id);
  const distinct = (edges: readonly TopologyEdge[], end: 'from' | 'to'): readonly TopologyCard[] =>
    [...new Set(edges.map((edge) => edge[end].card))].filter((id) => !isOwn(id)).flatMap((id) => cards.get(id) ?? []);
  const workloads = mine.filter((card) => card.lane === 'workload');
  const pods = workloads.filter((card) => card.shape === 'card').reduce((sum, card) => sum + (card.replicas ?? 1), 0);
  const ids = new Set(workloads.map((card) => card.id));
  return {
    reachedBy: distinct(
      topology.edges.filter((edge) => isOwn(edge.to.card)),
      'from',
    ),
    services: mine.filter((card) => card.lane !== 'workload' && card.lane !== 'outside'),
    workloads,
    reaches: distinct(
      topology.edges.filter((edge) => isOwn(edge.from.card)),
      'to',
    ),
    pods,
    policies: topology.policies.filter((policy) => policy.selects.some((id) => ids.has(id))).length,
  };
}

/** "in from 2, out to 1; 1 pod; 2 policies" */
export function summaryOf(topology: Topology, selected: string): string {
  const says = cardsById(topology).get(selected)?.ghost?.says;
  if (says !== undefined) return says;
  const { reachedBy, reaches, pods, policies, workloads } = neighboursOf(topology, selected);
  const parts = [`in from ${reachedBy.length}, out to ${reaches.length}`];
  if (workloads.length > 0 && pods === 0) parts.push('no pod here');
  else if (workloads.length > 0) parts.push(`${pods} ${pods === 1 ? 'pod' : 'pods'}`);
  if (policies > 0) parts.push(`${policies} ${policies === 1 ? 'policy' : 'policies'}`);
  return parts.join('; ');
}

/** The policy of the fewest workloads is the one that a person wrote for this one. */
export function mostSpecific(topology: Topology, policies: TopologyGate['policies']): TopologyGate['policies'][number] | undefined {
  const width = (name: string, uri: string): number =>
    topology.policies.find((policy) => policy.name === name && policy.source.uri === uri)?.selects.length ?? 0;
  return [...policies].sort((a, b) => width(a.name, a.source.uri) - width(b.name, b.source.uri))[0];
}

/** Where the policy is written, with its line where that is known. */
export function placeOfPolicy(topology: Topology, policy: TopologyGate['policies'][number]): string {
  const known = topology.policies.find((other) => other.name === policy.name && other.source.uri === policy.source.uri);
  return fileAndLine(policy.source.uri, known?.range?.start.line);
}

/** The file's name and, where it is known, the line: `cartservice.yaml:69`; of a file that was never saved `Untitled-1:5`. */
export function placeOf(card: TopologyCard): string | undefined {
  const uri = card.uri ?? card.source?.uri ?? card.ghost?.namedBy[0]?.uri;
  return uri === undefined ? undefined : fileAndLine(uri, card.range?.start.line);
}

export function fileAndLine(uri: string, line?: number): string {
  const name = decoded(uri.split(/[/\\]/).at(-1) ?? uri).replace(/^untitled:/, '');
  return line === undefined ? name : `${name}:${line}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** How many pods of a workload are not ready. */
export function downOf(card: TopologyCard, notReady: readonly PodsInState[]): number {
  const entry = notReady.find((each) => each.workload === card.endpoint);
  return entry ? Math.min(entry.count ?? card.replicas ?? 1, card.replicas ?? 1) : 0;
}

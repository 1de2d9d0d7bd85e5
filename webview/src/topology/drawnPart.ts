/** What of a topology is drawn on a page of some width: what the filter leaves, what is collapsed, what stands in another lane. Pure. */
import type { LaneKind, Topology, TopologyCard, TopologyEdge } from '../../../server/src/protocol/topology';
import { aroundAbove, aroundResource } from './around';
import { collapseNamespaces, type Collapsed } from './collapse';
import type { Filtered } from './filter';
import { narrowLanesBelow } from './lanes';
import { grouped } from './order';
import { relatedTo, type Related } from './relations';

export interface DrawnPart extends Collapsed {
  /** The card that stands for what is selected. */
  readonly selected: string | null;
  readonly related: Related;
  /** In which twins are looked up. */
  readonly joined: Topology;
  /** With all that collapsed namespaces hold. */
  readonly counted: Topology;
  /** The lane of what is selected, where it would be a strip. */
  readonly opened: LaneKind | undefined;
  /** What is drawn of a large graph round what is selected; undefined when all of it is, null when it is not large. */
  readonly around: Topology | undefined | null;
}

export function drawnPart(
  whole: Topology,
  filtered: Filtered,
  options: { readonly selected: string | null; readonly onlyAround: boolean; readonly openNamespaces: ReadonlySet<string>; readonly width: number },
): DrawnPart {
  const isNarrow = options.width < narrowLanesBelow;
  const isUnfiltered = filtered.topology === whole;
  const topology = isNarrow ? entriesAmongServices(whole) : whole;
  const left = isNarrow ? entriesAmongServices(filtered.topology) : filtered.topology;
  const { selected: id } = options;
  const selected = isNarrow && id?.startsWith(entryPrefix) === true ? id.slice(entryPrefix.length) : id;
  const isLarge = topology.context.resources > aroundAbove && isUnfiltered && selected !== null;
  const part = isLarge && options.onlyAround ? aroundResource(topology, selected) : undefined;
  const collapsed = part ? { topology: part, open: new Set<string>(), weights: new Map<string, number>() } : collapseNamespaces(left, options.openNamespaces);
  const opened = isNarrow ? laneToOpen(collapsed.topology, selected) : undefined;
  const shown = { ...collapsed, topology: pastStrips(collapsed.topology, opened) };
  const joined = part !== undefined || collapsed.topology === left ? pastStrips(topology, opened) : shown.topology;
  return { ...shown, selected, related: relatedTo(joined, selected), joined, opened, counted: part ?? left, around: isLarge ? part : null };
}

/** The pill of a workload need not be seen: its workload is. */
function laneToOpen({ cards }: Topology, selected: string | null): LaneKind | undefined {
  const card = cards.find(({ id }) => id === selected);
  return card?.shape === 'caller' && cards.some(({ id }) => `caller:${id}` === card.id) ? undefined : card?.lane;
}

/** From an opened lane edges run on past ways in that are hidden in strips, to the Services to which those lead. */
function pastStrips(topology: Topology, opened: LaneKind | undefined): Topology {
  const hidden: readonly LaneKind[] = opened === 'outside' ? ['load-balancer', 'ingress'] : opened === 'load-balancer' ? ['ingress'] : [];
  let { edges } = topology;
  for (const lane of hidden) {
    const within = new Set(topology.cards.filter((card) => card.lane === lane).map(({ id }) => id));
    const leaving = grouped(
      edges.filter(({ from }) => within.has(from.card)),
      ({ from }) => from.card,
    );
    const joined = new Map<string, TopologyEdge>();
    for (const first of edges)
      for (const second of leaving.get(first.to.card) ?? []) {
        const id = `${first.from.card}:${first.from.port ?? ''} … ${second.to.card}:${second.to.port ?? ''}`;
        if (!joined.has(id)) joined.set(id, { ...second, id, from: first.from, certain: first.certain && second.certain });
      }
    edges = [...edges, ...joined.values()];
  }
  return edges === topology.edges ? topology : { ...topology, edges };
}

const entryPrefix = 'entry:';
const moved = new WeakMap<Topology, Topology>();

/**
 * Where load balancers have no lane, the Services among them stand with the others: their pods would seem to be reached by nobody. The
 * way in of a Service that stands there already goes.
 */
export function entriesAmongServices(topology: Topology): Topology {
  const known = moved.get(topology);
  if (known) return known;
  const isEntry = (id: string): boolean => id.startsWith(entryPrefix);
  const inLane = (card: TopologyCard): TopologyCard => (card.lane === 'load-balancer' && card.object?.kind === 'Service' ? { ...card, lane: 'service' } : card);
  const made = {
    ...topology,
    cards: topology.cards.filter((card) => !isEntry(card.id)).map(inLane),
    edges: topology.edges.filter((edge) => !isEntry(edge.from.card) && !isEntry(edge.to.card)),
  };
  moved.set(topology, made);
  return made;
}

export function countContainers(topology: Topology): number {
  return topology.cards.reduce((sum, card) => sum + (card.lane === 'workload' ? card.containers.length : 0), 0);
}

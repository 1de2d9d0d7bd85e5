/** Geometry of the topology: from the graph to places of cards, edges and gates. Pure: no elements, no fonts. */
import type { LaneKind, Topology, TopologyCard, TopologyEdge } from '../../../server/src/protocol/topology';
import { namespaceOfRow, rowOfNamespace } from './collapse';
import { landing, placeGates, type PlacedGate } from './gatePlaces';
import { arrangeLanes, type Lanes } from './lanes';
import { titlesOf, type LaneTitles } from './laneTitles';
import { callersByDepth } from './callerDepth';
import { makeGroups, type Group } from './groups';
import { compare, grouped, orderGroups, spread, type Order } from './order';

export interface PlacedCard {
  readonly card: TopologyCard;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The middle of each port's row, by port id. */
  readonly ports: ReadonlyMap<string, number>;
  /** Where an edge without a port lands. */
  readonly middle: number;
}

export interface PlacedEdge {
  readonly edge: TopologyEdge;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  /** From here on it runs level, through a gate or past the place of one. */
  readonly levelFrom: number;
}

export interface PlacedLabel {
  readonly text: string;
  readonly x: number;
  /** Base line. */
  readonly y: number;
  /** A rule is drawn from the text's end to here. */
  readonly ruleTo?: number;
  /** The namespace that the label names. */
  readonly namespace?: string;
  /** The ground of the namespace, where there are several. */
  readonly band?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** Where the sentence about a ghost goes. */
export interface PlacedNote {
  readonly card: TopologyCard;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly words: string;
}

export interface TopologyDrawing {
  readonly lanes: Lanes;
  readonly titles: LaneTitles;
  readonly width: number;
  readonly height: number;
  readonly cards: ReadonlyMap<string, PlacedCard>;
  readonly edges: readonly PlacedEdge[];
  readonly gates: readonly PlacedGate[];
  readonly labels: readonly PlacedLabel[];
  readonly notes: readonly PlacedNote[];
  /** How many cards each lane would hold that is only a strip. */
  readonly hidden: Readonly<Partial<Record<LaneKind, number>>>;
}

export const headHeight = 20;
export const rowHeight = 20;
export const pillHeight = 24;
export const namespaceRowHeight = 28;
const between = 8;
const bandHead = 29;
/** So far the ground of a namespace reaches beyond its cards. */
const bandEdge = 6;
const pillGap = 32;

/**
 * Cards of lanes that have no room (strips) are left out, with their edges. `opened`: a lane that has room all the same. `containers`: how
 * many there are, where collapsed cards hold some.
 */
export function layOut(
  topology: Topology,
  width: number,
  containersOpen: boolean,
  { containers, opened }: { readonly containers?: number; readonly opened?: LaneKind | undefined } = {},
): TopologyDrawing {
  const filled = new Set<LaneKind>(topology.cards.map((card) => card.lane));
  const lanes = arrangeLanes(width, filled, containersOpen, opened);
  const shown = topology.cards.filter((card) => !lanes.byKind[card.lane].strip);
  const byId = new Map(shown.map((card) => [card.id, card]));
  const edges = topology.edges.filter((edge) => byId.has(edge.from.card) && byId.has(edge.to.card));
  const cards = new Map<string, PlacedCard>();
  const labels: PlacedLabel[] = [];
  const notes: PlacedNote[] = [];
  const put = (card: TopologyCard, y: number): void => {
    cards.set(card.id, place(card, lanes, y));
  };

  // The order comes from all cards, so that it stays when lanes shrink to strips.
  const groups = makeGroups(topology.cards, topology.edges, lanes);
  const order = orderOf(topology, groups);
  const groupById = new Map(groups.map((group) => [group.id, group]));
  const rowOf = new Map<string, number>();
  const namespaces = [
    ...topology.namespaces,
    ...new Set(groups.map((group) => group.namespace).filter((namespace) => !topology.namespaces.includes(namespace))),
  ];
  let y = 0;
  const inOrder = grouped(
    order.groups.flatMap((id) => groupById.get(id) ?? []),
    (group) => group.namespace,
  );
  for (const namespace of namespaces) {
    const members = inOrder.get(namespace) ?? [];
    if (members.length === 0) continue;
    // The row of a collapsed namespace says its name itself.
    const isRow = members.every((group) => namespaceOfRow(group.id) !== undefined);
    const top = y;
    y = placeBand(members, isRow && y > 0 ? y : y + bandHead, put, rowOf, (card, at) => notes.push(...noteOf(card, at, lanes)));
    if (isRow) continue;
    const x = lanes.byKind.service.x;
    const ruleTo = lanes.byKind.workload.x + lanes.byKind.workload.width;
    labels.push({
      text: `namespace ${namespace}`,
      namespace,
      x,
      y: top + 19,
      ruleTo,
      ...(inOrder.size > 1 ? { band: { x: x - bandEdge, y: top + 4, width: ruleTo - x + 2 * bandEdge, height: y - top - 4 } } : {}),
    });
  }

  placeEntries(shown, edges, cards, rowOf, put);
  placeOutside(shown, edges, order.callers, cards, labels, lanes, put);
  const bottom = Math.max(y, ...[...cards.values()].map((card) => card.y + card.height + between), 120);
  const gates = placeGates(topology.gates, cards, edges, { x: lanes.gateX, rowHeight });
  return {
    lanes,
    titles: titlesOf(topology.cards),
    width: lanes.width,
    height: Math.ceil(bottom) + 4,
    cards,
    edges: edges.flatMap((edge) => placeEdge(edge, cards, lanes)),
    gates,
    labels,
    notes,
    hidden: { ...countHidden(topology.cards, lanes), ...(containers === undefined ? {} : { container: containers }) },
  };
}

/** The order for the graph that was laid out last. It is a function of what is joined to what alone, and most edits leave that as it is. */
let kept: { readonly graph: string; readonly order: Order } | undefined;

function orderOf({ cards, edges }: Topology, groups: readonly Group[]): Order {
  // Ids hold any text, so the parts are quoted; lanes that are strips change the groups only in what they show, never in their order.
  const graph = JSON.stringify([
    cards.map((card) => [card.id, card.lane, card.shape, card.namespace]),
    edges.map((edge) => [edge.from.card, edge.to.card, edge.kind]),
  ]);
  if (kept?.graph !== graph) kept = { graph, order: orderGroups(groups, callersByDepth(cards, edges)) };
  return kept.order;
}

export function cardHeight(card: TopologyCard): number {
  if (isNamespaceRow(card)) return namespaceRowHeight;
  return card.lane === 'outside' ? pillHeight : headHeight + rowHeight * Math.max(1, card.ports.length);
}

function isNamespaceRow(card: TopologyCard): boolean {
  return card.lane === 'service' && namespaceOfRow(card.id) !== undefined;
}

/** One namespace from `top` down; the answer is where the next may begin. Workloads that no Service selects fill what is free beside the Services. */
function placeBand(
  groups: readonly Group[],
  top: number,
  put: (card: TopologyCard, y: number) => void,
  rowOf: Map<string, number>,
  note: (card: TopologyCard, y: number) => void,
): number {
  let y = top;
  const free: { y: number; height: number }[] = [];
  for (const group of groups) {
    if (group.services.length === 0) continue;
    let left = y;
    for (const item of group.services) {
      if ('through' in item) {
        rowOf.set(item.through, left);
        left += headHeight + rowHeight + between;
      } else {
        put(item, left);
        if (item.ghost && group.workloads.length === 0) note(item, left);
        left += cardHeight(item) + between;
      }
    }
    let right = y;
    for (const card of group.workloads) {
      put(card, right);
      if (card.ghost) note(card, right);
      right += cardHeight(card) + between;
    }
    const hasNote = group.workloads.length === 0 && group.services.some((item) => !('through' in item) && item.shape === 'ghost');
    if (!hasNote && left > right) free.push({ y: right, height: left - right });
    y = Math.max(left, right);
  }
  for (const card of groups.filter((group) => group.services.length === 0).flatMap((group) => group.workloads)) {
    const needed = cardHeight(card) + between;
    const place = free.find((candidate) => candidate.height >= needed);
    if (place) {
      put(card, place.y);
      place.y += needed;
      place.height -= needed;
    } else {
      put(card, y);
      y += needed;
    }
  }
  return y;
}

/** Load balancers, node ports and Ingresses stand level with what they lead to. */
function placeEntries(
  shown: readonly TopologyCard[],
  edges: readonly TopologyEdge[],
  cards: ReadonlyMap<string, PlacedCard>,
  rowOf: ReadonlyMap<string, number>,
  put: (card: TopologyCard, y: number) => void,
): void {
  const bySource = grouped(edges, (edge) => edge.from.card);
  const byTarget = grouped(edges, (edge) => edge.to.card);
  // Those that lead to nothing that is shown stand together with what they hang on.
  const before = (id: string): string => byTarget.get(id)?.[0]?.from.card ?? '';
  for (const lane of ['ingress', 'load-balancer'] as const) {
    const wishes = shown
      .filter((card) => card.lane === lane)
      .map((card) => {
        const ys = (bySource.get(card.id) ?? []).flatMap((edge) => cards.get(edge.to.card)?.y ?? []);
        return { card, y: rowOf.get(card.id) ?? (ys.length > 0 ? Math.min(...ys) : Infinity) };
      })
      .sort((a, b) => (a.y === b.y ? compare(before(a.card.id), before(b.card.id)) || compare(a.card.id, b.card.id) : a.y - b.y));
    let next = bandHead;
    for (const { card, y } of wishes) {
      const at = Number.isFinite(y) ? Math.max(y, next) : next;
      put(card, at);
      next = at + cardHeight(card) + between;
    }
  }
}

/** The internet on top, callers near the middle of what they call. */
function placeOutside(
  shown: readonly TopologyCard[],
  edges: readonly TopologyEdge[],
  callerOrder: readonly string[],
  cards: ReadonlyMap<string, PlacedCard>,
  labels: PlacedLabel[],
  lanes: Lanes,
  put: (card: TopologyCard, y: number) => void,
): void {
  const outside = shown.filter((card) => card.lane === 'outside');
  const bySource = grouped(edges, (edge) => edge.from.card);
  const targets = (id: string): readonly number[] =>
    (bySource.get(id) ?? []).flatMap((edge) => {
      const target = cards.get(edge.to.card);
      return target ? [landing(target, edge.to.port)] : [];
    });
  let top = 19;
  const x = lanes.byKind.outside.x;
  const elsewhere = outside.filter((card) => card.shape !== 'caller');
  if (elsewhere.length > 0) {
    labels.push({ text: 'outside the cluster', x, y: 19 });
    let next = bandHead + 8;
    for (const card of elsewhere) {
      const ys = targets(card.id);
      const wish = ys.length > 0 ? Math.min(...ys) - pillHeight / 2 : next;
      const at = Math.max(next, Math.min(wish, 200));
      put(card, at);
      next = at + pillHeight + between;
    }
    top = next + 6;
  }
  const rank = new Map(callerOrder.map((id, index) => [id, index]));
  const callers = outside
    .filter((card) => card.shape === 'caller')
    .map((card) => {
      // The pill of a namespace stands before its row: all of them call here and there, and the mean would tell nothing.
      const own = namespaceOfRow(card.id);
      const row = own === undefined ? undefined : cards.get(rowOfNamespace(own));
      const ys = row ? [row.middle] : targets(card.id);
      return { card, wish: ys.length > 0 ? ys.reduce((sum, y) => sum + y, 0) / ys.length : Infinity };
    })
    .sort((a, b) => (a.wish === b.wish ? (rank.get(a.card.id) ?? 0) - (rank.get(b.card.id) ?? 0) || compare(a.card.id, b.card.id) : a.wish - b.wish));
  if (callers.length === 0) return;
  const last =
    callers
      .map((caller) => caller.wish)
      .filter(Number.isFinite)
      .at(-1) ?? top;
  const places = spread(
    callers.map((caller) => (Number.isFinite(caller.wish) ? caller.wish : last)),
    pillGap,
    top + 9 + pillHeight / 2,
  );
  callers.forEach(({ card }, index) => put(card, Math.round((places[index] ?? top) - pillHeight / 2)));
  labels.push({ text: 'callers inside', x, y: elsewhere.length > 0 ? top : Math.max(19, Math.round((places[0] ?? 0) - pillHeight / 2 - 8)) });
}

function countHidden(cards: readonly TopologyCard[], lanes: Lanes): TopologyDrawing['hidden'] {
  const hidden: Partial<Record<LaneKind, number>> = {};
  for (const card of cards) {
    if (lanes.byKind[card.lane].strip && card.lane !== 'container') hidden[card.lane] = (hidden[card.lane] ?? 0) + 1;
    hidden.container = (hidden.container ?? 0) + (card.lane === 'workload' ? card.containers.length : 0);
  }
  return hidden;
}

function place(card: TopologyCard, lanes: Lanes, y: number): PlacedCard {
  const lane = lanes.byKind[card.lane];
  const height = cardHeight(card);
  const ports = new Map(card.ports.map((port, index) => [port.id, y + headHeight + rowHeight * index + rowHeight / 2]));
  const isRow = isNamespaceRow(card);
  const { workload } = lanes.byKind;
  const width = isRow ? workload.x + workload.width - lane.x : lane.width;
  const middle = card.lane === 'outside' || isRow ? y + height / 2 : y + headHeight + rowHeight / 2;
  return { card, x: lane.x, y, width, height, ports, middle };
}

function placeEdge(edge: TopologyEdge, cards: ReadonlyMap<string, PlacedCard>, lanes: Lanes): readonly PlacedEdge[] {
  const from = cards.get(edge.from.card);
  const to = cards.get(edge.to.card);
  if (!from || !to) return [];
  const x2 = to.x;
  return [
    {
      edge,
      x1: from.x + from.width,
      y1: landing(from, edge.from.port),
      x2,
      y2: landing(to, edge.to.port),
      levelFrom: to.card.lane === 'workload' ? lanes.gateX - 8 : x2 - 8,
    },
  ];
}

/** Beside the ghost: over the empty place of its workload, or where its containers would be. Where there is no room the bar below says it, once it is selected. */
function noteOf(card: TopologyCard, y: number, lanes: Lanes): readonly PlacedNote[] {
  const { service, workload, container } = lanes.byKind;
  const words = card.ghost?.says ?? '';
  // The edge to the ghost tells the beginning of the sentence.
  if (card.lane === 'workload')
    return container.strip ? [] : [{ card, x: container.x, y: y - 4, width: container.width, words: words.slice(words.indexOf('no file')) }];
  const x = service.x + service.width + 15;
  return [{ card, x, y, width: workload.x + workload.width - x, words }];
}

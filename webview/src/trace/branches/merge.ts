/** Several paths as one graph: what they have in common stands once, with the part of connections that comes by. Pure. */
import type { Branch, Hop, Verdict } from '../../../../server/src/protocol/trace';
import { markOfOutcome } from '../../marks';
import type { MarkName } from '../../marks';
import { stationNote, stationTitle } from '../drawing/stationWords';
import { isLookup, journeyOf, nodeOf } from '../journey';
import { endText } from '../words';

/** `pod`: a source or a target with its address; `rest`: several targets for which there is no room. */
export type StopRole = 'outside' | 'station' | 'pod' | 'rest';

export interface MergedStop {
  readonly id: string;
  readonly role: StopRole;
  readonly hop: Hop;
  readonly title: string;
  note?: string;
  readonly node?: string;
  /** The part of all connections that comes here, 0 to 1. */
  share: number;
  readonly branches: number[];
  /** Steps from the start; the longest way counts. */
  depth: number;
  /** A path can end here. */
  ends: boolean;
  /** False where no path arrives. */
  reached: boolean;
  mark?: MarkName;
  /** What SNAT writes here: old and new sender. */
  snat?: { readonly from: string; readonly to: string; readonly branches: number[] };
}

export interface MergedGate {
  readonly direction: 'egress' | 'ingress';
  readonly verdict: Verdict;
}

export interface MergedEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  share: number;
  readonly branches: number[];
  readonly gates: readonly MergedGate[];
  /** Where it stops: at a gate of its own; undefined where it comes through. */
  readonly stopsAt?: MergedGate['direction'];
  /** The gate of which nobody knows whether it lets through. */
  readonly unsureAt?: MergedGate['direction'];
  /** The packet comes this way only if what is not known before it lets it through. */
  readonly conditional: boolean;
  readonly tunnel: boolean;
}

/** Where a hop of a path is drawn. */
export type HopPlace =
  | { readonly at: 'rail' }
  | { readonly at: 'stop'; readonly stop: string }
  | { readonly at: 'snat'; readonly stop: string }
  | { readonly at: 'edge'; readonly edge: string }
  | { readonly at: 'gate'; readonly edge: string; readonly direction: MergedGate['direction'] };

export interface MergedWay {
  readonly stops: readonly string[];
  readonly edges: readonly string[];
  /** By the index of the hop. */
  readonly places: readonly HopPlace[];
}

export interface MergedPaths {
  readonly stops: ReadonlyMap<string, MergedStop>;
  readonly edges: ReadonlyMap<string, MergedEdge>;
  /** Addresses of nodes, by name. */
  readonly nodes: ReadonlyMap<string, string>;
  /** One for each branch. */
  readonly ways: readonly MergedWay[];
  /** True when the paths part somewhere, so that one drawing of all says more than one of each. */
  readonly forks: boolean;
}

const mostTargets = 10;

/** All branches as one graph. The chosen one keeps a box of its own where the many targets are put together. */
export function mergePaths(branches: readonly Branch[], chosen: number, options: { readonly proxyMode: string; readonly brief: boolean }): MergedPaths {
  const total = branches.reduce((sum, branch) => sum + branch.share, 0) || 1;
  const stops = new Map<string, MergedStop>();
  const edges = new Map<string, MergedEdge>();
  const folded = foldedTargets(branches, chosen);
  const ways = branches.map((branch, index) => walk(branch, index, branch.share / total, { stops, edges, folded, ...options }));
  for (const stop of stops.values()) {
    const targets = new Set([...edges.values()].filter((edge) => edge.from === stop.id).map((edge) => edge.to)).size;
    if (stop.hop.kind === 'service-translation' && targets > 1) stop.note = `1 of ${targets} pods`;
  }
  const nodes = new Map<string, string>();
  for (const { at } of branches.flatMap((branch) => branch.hops)) if (at.kind === 'node' && at.address !== undefined) nodes.set(at.name, at.address);
  for (const [, stop] of stops) if (stop.role === 'pod' && stop.ends) stop.depth = Math.max(...[...stops.values()].map((other) => other.depth));
  return { stops, edges, nodes, ways, forks: new Set(ways.map((way) => way.stops.join('\n'))).size > 1 };
}

interface Graph {
  readonly stops: Map<string, MergedStop>;
  readonly edges: Map<string, MergedEdge>;
  readonly folded: ReadonlyMap<string, number>;
  readonly proxyMode: string;
  /** No boxes for what only lets the packet in. */
  readonly brief: boolean;
}

function walk(branch: Branch, index: number, share: number, graph: Graph): MergedWay {
  const { hops, notReached } = journeyOf(branch);
  const ids: string[] = [];
  const edges: string[] = [];
  const places: HopPlace[] = [];
  const seen = new Set<string>();
  let gates: MergedGate[] = [];
  let waiting: number[] = [];
  let tunnel = false;
  let stopsAt: MergedGate['direction'] | undefined;
  let conditional = false;

  const come = (hop: Hop, reached: boolean): MergedStop => {
    const { stop, id } = stopOf(hop, ids.length, seen, graph, reached);
    stop.share += share;
    stop.branches.push(index);
    stop.depth = Math.max(stop.depth, ids.length);
    if (reached) stop.reached = true;
    const previous = ids.at(-1);
    if (previous !== undefined) {
      const unsureAt = gates.find((gate) => gate.verdict === 'unknown')?.direction;
      const key = `${previous} > ${id}${stopsAt === undefined ? '' : ` | ${stopsAt}`}${conditional ? ' ?' : ''}${gates.map((gate) => `/${gate.verdict}`).join('')}`;
      const edge = graph.edges.get(key) ?? {
        id: key,
        from: previous,
        to: id,
        share: 0,
        branches: [],
        gates,
        ...(stopsAt === undefined ? {} : { stopsAt }),
        ...(unsureAt === undefined ? {} : { unsureAt }),
        conditional,
        tunnel,
      };
      edge.share += share;
      edge.branches.push(index);
      graph.edges.set(key, edge);
      edges.push(key);
      for (const at of waiting) {
        const before = places[at];
        if (before?.at === 'gate') places[at] = { ...before, edge: key };
        else places[at] = { at: 'edge', edge: key };
      }
    }
    ids.push(id);
    conditional ||= gates.some((gate) => gate.verdict === 'unknown') || hop.verdict === 'unknown';
    gates = [];
    waiting = [];
    tunnel = false;
    return stop;
  };

  hops.forEach((hop, at) => {
    const last = at === hops.length - 1;
    if (isLookup(hop.kind)) {
      places[at] = { at: 'rail' };
      return;
    }
    if (hop.kind === 'policy-egress' || hop.kind === 'policy-ingress') {
      const direction = hop.kind === 'policy-egress' ? 'egress' : 'ingress';
      gates.push({ direction, verdict: hop.verdict });
      if (hop.verdict === 'dropped' || hop.verdict === 'rejected') stopsAt = direction;
      places[at] = { at: 'gate', edge: '', direction };
      waiting.push(at);
      return;
    }
    const before = graph.stops.get(ids.at(-1) ?? '');
    if (
      !graph.brief &&
      hop.kind === 'source-translation' &&
      hop.verdict === 'translated' &&
      before?.hop.kind === 'service-translation' &&
      nodeOf(before.hop) === nodeOf(hop)
    ) {
      before.snat ??= { from: hop.before.source.address, to: hop.after.source.address, branches: [] };
      before.snat.branches.push(index);
      places[at] = { at: 'snat', stop: before.id };
      return;
    }
    if (hop.before.encapsulation !== undefined) tunnel = true;
    if ((passesBy(hop, graph.brief) || (graph.brief && hop.kind === 'node-port')) && !(last && stopsHere(hop))) {
      // Within the pod that sends, its own devices belong to its box.
      const source = ids.length === 1 && before?.role === 'pod' && gates.length === 0;
      places[at] = source ? { at: 'stop', stop: before.id } : { at: 'edge', edge: '' };
      if (!source) waiting.push(at);
      return;
    }
    const afterGate = waiting.findLastIndex((each) => places[each]?.at === 'gate');
    const inside = hop.kind === 'container-port' && afterGate >= 0 ? waiting.splice(afterGate + 1) : [];
    const stop = come(hop, true);
    for (const each of inside) places[each] = { at: 'stop', stop: stop.id };
    places[at] = { at: 'stop', stop: stop.id };
    if (last) {
      stop.ends = true;
      const verdict = hop.verdict === 'dropped' || hop.verdict === 'rejected' ? hop.verdict : markOfOutcome(branch.outcome);
      stop.mark = stop.mark === undefined || stop.mark === verdict ? verdict : 'unknown';
    }
  });
  const target = notReached.findLast((hop) => hop.kind === 'container-port' || hop.kind === 'external-host');
  if (waiting.length > 0 || stopsAt !== undefined) {
    const end = target ?? hops.at(-1);
    if (end) come(end, false).ends = true;
  }
  return { stops: ids, edges, places };
}

function stopOf(hop: Hop, depth: number, seen: Set<string>, graph: Graph, reached: boolean): { readonly stop: MergedStop; readonly id: string } {
  const role: StopRole =
    hop.kind === 'container-port' || hop.kind === 'container-socket' || hop.at.kind === 'pod' ? 'pod' : nodeOf(hop) === undefined ? 'outside' : 'station';
  const own = role === 'pod' && depth > 0 ? `pod ${hop.at.name} ${endText(hop.before.destination)}` : `${hop.station} ${hop.kind}`;
  const more = depth > 0 ? graph.folded.get(own) : undefined;
  let id = more === undefined ? own : 'rest';
  while (seen.has(id)) id += '+';
  seen.add(id);
  const known = graph.stops.get(id);
  if (known) return { stop: known, id };
  const node = nodeOf(hop);
  const note =
    role === 'pod' ? (depth > 0 ? endText(hop.before.destination) : (hop.at.address ?? hop.before.source.address)) : stationNote(hop, graph.proxyMode);
  const stop: MergedStop = {
    id,
    role: more === undefined ? role : 'rest',
    hop,
    title: more === undefined ? (role === 'pod' ? hop.at.name : stationTitle(hop)) : `${more} more pods`,
    ...(more !== undefined ? { note: 'see the table' } : note === undefined ? {} : { note }),
    ...(node === undefined || more !== undefined ? {} : { node }),
    share: 0,
    branches: [],
    depth,
    ends: false,
    reached,
  };
  graph.stops.set(id, stop);
  return { stop, id };
}

/** Devices that only pass the packet on have no box of their own here. */
function passesBy(hop: Hop, brief: boolean): boolean {
  switch (hop.kind) {
    case 'pod-interface':
    case 'veth':
    case 'bridge':
    case 'node-routing':
    case 'tunnel-encapsulation':
    case 'tunnel-decapsulation':
    case 'underlay':
    case 'connection-tracking':
    case 'loopback':
    case 'readiness':
      return true;
    case 'source-translation':
      return hop.verdict !== 'translated' || brief;
    default:
      return false;
  }
}

function stopsHere(hop: Hop): boolean {
  return hop.verdict === 'dropped' || hop.verdict === 'rejected' || hop.verdict === 'unknown';
}

/** The targets beyond the first ones, each with how many there are. */
function foldedTargets(branches: readonly Branch[], chosen: number): ReadonlyMap<string, number> {
  const ids = new Set<string>();
  const idOf = (branch: Branch | undefined): string | undefined => {
    const { hops = [], notReached = [] } = branch ? journeyOf(branch) : {};
    const end = [...hops, ...notReached].findLast((hop) => hop.kind === 'container-port');
    return end && `pod ${end.at.name} ${endText(end.before.destination)}`;
  };
  for (const branch of branches) {
    const id = idOf(branch);
    if (id !== undefined) ids.add(id);
  }
  if (ids.size <= mostTargets) return new Map();
  const own = idOf(branches[chosen]);
  const rest = [...ids].filter((id) => id !== own).slice(mostTargets - 1);
  return new Map(rest.map((id) => [id, rest.length]));
}

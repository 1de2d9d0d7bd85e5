/** What `packetpath connectivity` answers, in the shape of its JSON, and what it could not decide. */
import { ConnectivityMap } from '../connectivity/connectivity';
import { type Reason, reasonsFor } from '../connectivity/explain';
import { connectivityOptions, type PolicyReading } from '../connectivity/options';
import type { Peer } from '../connectivity/peers';
import { isEveryPort, isNoPort, type PortSet } from '../cluster/portSet';
import type { Context } from '../model/context';
import type { Resource } from '../model/resources';
import type { ObjectRef, Path, TextSpan } from '../protocol/source';
import type { TransportProtocol } from '../protocol/trace';
import type { Snapshot } from '../workspace/snapshot';
import { spanOf } from './checkReport';

export interface ConnectivityReport {
  readonly schemaVersion: 1;
  readonly contexts: readonly ReportedConnectivity[];
}

export interface ReportedConnectivity {
  readonly id: string;
  readonly label: string;
  readonly root: string;
  readonly peers: readonly Peer[];
  readonly connections: readonly ReportedConnection[];
  /** With explanations: pairs on which nothing is allowed. */
  readonly notAllowed?: readonly { readonly from: string; readonly to: string; readonly because: readonly ReportedReason[] }[];
  /** With explanations: ports that these files do not decide; they count as not allowed. */
  readonly unknown?: readonly { readonly from: string; readonly to: string; readonly ports: Ports }[];
  /** With explanations: peers for which no manifest writes the namespace in which they stand. */
  readonly namespaceAssumed?: readonly string[];
}

export interface ReportedConnection {
  readonly from: string;
  readonly to: string;
  readonly allowed: Ports;
  readonly because?: readonly ReportedReason[];
}

export type Ports = 'all' | readonly { readonly protocol: TransportProtocol; readonly ports: string }[];

export interface ReportedReason {
  readonly direction: 'egress' | 'ingress';
  readonly effect: Reason['effect'];
  readonly certain: boolean;
  readonly policy: ReportedObject | null;
  readonly path: Path;
  readonly ports: Ports;
  readonly reason: string;
  readonly uri?: string;
  readonly range?: TextSpan;
}

export type ReportedObject = Required<Omit<ObjectRef, 'namespace'>> & { readonly namespace: string | null };

export interface ConnectivityAnswer {
  readonly report: ConnectivityReport;
  /** For people, a line each: what is unknown, what was assumed. */
  readonly notes: readonly string[];
}

export interface ReportOptions extends PolicyReading {
  readonly explain: boolean;
}

export function connectivityReport(snapshot: Snapshot, contexts: readonly Context[], options: ReportOptions): ConnectivityAnswer {
  const notes: string[] = [];
  const reported = contexts.map((context) => {
    const map = new ConnectivityMap(context, connectivityOptions(context, options));
    notes.push(...unknownNotes(context.id, map), ...assumedNote(context, map));
    return reportedContext(snapshot, context, map, options.explain);
  });
  return { report: { schemaVersion: 1, contexts: reported }, notes };
}

function reportedContext(snapshot: Snapshot, context: Context, map: ConnectivityMap, explain: boolean): ReportedConnectivity {
  const ports = portsWriter();
  const because = explain ? reasonWriter(snapshot, map, ports) : undefined;
  const peers = [...map.peers];
  const base = {
    id: context.id,
    label: context.label,
    root: context.root,
    peers,
    connections: [...map.connections()].map(({ from, to, allowed }): ReportedConnection => ({
      from: from.id,
      to: to.id,
      allowed: ports(allowed),
      ...(because ? { because: because(from, to) } : {}),
    })),
  };
  if (!because) return base;
  const refused = [...map.pairs()].filter(({ answer }) => isNoPort(answer.allowed));
  return {
    ...base,
    notAllowed: refused.map(({ from, to }) => ({ from: from.id, to: to.id, because: because(from, to) })),
    unknown: [...map.unknowns()].map(({ from, to, unknown }) => ({ from: from.id, to: to.id, ports: ports(unknown) })),
    namespaceAssumed: map.workloads.filter(({ namespaceAssumed }) => namespaceAssumed).map(({ peer }) => peer.id),
  };
}

const mostUnknowns = 10;

/** The first pairs that these files do not decide, each with the policy that leaves it open. */
export function unknownNotes(where: string, map: ConnectivityMap): readonly string[] {
  const ports = portsWriter();
  const notes: string[] = [];
  let more = 0;
  for (const { from, to, unknown } of map.unknowns()) {
    if (notes.length === mostUnknowns) {
      more++;
      continue;
    }
    const reason = reasonsFor(map, from, to).find(({ certain }) => !certain);
    const because = reason ? ` (${objectText(reason.resource)}${reason.words})` : '';
    notes.push(`${where}: unknown, counts as not allowed: ${peerText(from)} → ${peerText(to)}, ${portsText(ports(unknown))}${because}`);
  }
  if (more > 0) notes.push(`${where}: unknown, counts as not allowed: ${more} more; connectivity --explain lists them all`);
  return notes;
}

function assumedNote(context: Context, map: ConnectivityMap): readonly string[] {
  const assumed = map.workloads.filter(({ namespaceAssumed }) => namespaceAssumed).length;
  if (assumed === 0) return [];
  return [`${context.id}: ${assumed === 1 ? 'one workload has' : `${assumed} workloads have`} no namespace written: default is assumed`];
}

function objectText(resource: Resource | undefined): string {
  return resource ? `${resource.kind} ${resource.metadata.name}: ` : '';
}

/** The same set is written once. */
export function portsWriter(): (set: PortSet) => Ports {
  const written = new Map<PortSet, Ports>();
  return (set) => {
    let ports = written.get(set);
    if (!ports) written.set(set, (ports = portsOf(set)));
    return ports;
  };
}

const inOrder: readonly TransportProtocol[] = ['SCTP', 'TCP', 'UDP'];

function portsOf(set: PortSet): Ports {
  if (isEveryPort(set)) return 'all';
  return inOrder.flatMap((protocol) => {
    const intervals = set[protocol];
    const ports = intervals.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join();
    return intervals.length === 0 ? [] : [{ protocol, ports }];
  });
}

/** `TCP 80,443; UDP 53`, `all`, `nothing`. */
export function portsText(ports: Ports | null): string {
  if (ports === null || ports.length === 0) return 'nothing';
  return ports === 'all' ? 'all' : ports.map(({ protocol, ports: list }) => `${protocol} ${list === '1-65535' ? 'all' : list}`).join('; ');
}

const shownRanges = 4;

/** For people: the id of a context, with its root before it where another workspace of the answer has the same id. */
export function contextName({ contexts }: ConnectivityReport, { id, root }: ReportedConnectivity): string {
  return contexts.some((other) => other.id === id && other.root !== root) ? `${root}: ${id}` : id;
}

/** For people: the id of a workload, the ranges of an address peer, cut after four. */
export function peerText(peer: Peer): string {
  if (peer.kind !== 'external') return peer.id;
  const more = peer.ranges.length > shownRanges ? ` and ${peer.ranges.length - shownRanges} more` : '';
  return `${peer.ranges.slice(0, shownRanges).join(', ')}${more}`;
}

/** Reasons with their places in text; a place is looked up once. */
export function reasonWriter(snapshot: Snapshot, map: ConnectivityMap, ports: (set: PortSet) => Ports): (from: Peer, to: Peer) => readonly ReportedReason[] {
  const places = placeFinder(snapshot);
  return (from, to) =>
    reasonsFor(map, from, to).map(({ direction, effect, certain, resource, path, ports: set, words }) => ({
      direction: direction === 'Egress' ? 'egress' : 'ingress',
      effect,
      certain,
      policy: resource ? reportedObject(map, resource) : null,
      path: path ?? [],
      ports: ports(set),
      reason: words,
      ...(resource ? places(resource, path ?? []) : {}),
    }));
}

export function reportedObject(map: ConnectivityMap, resource: Resource): ReportedObject {
  const { apiVersion, kind, metadata } = resource;
  return { apiVersion, kind, namespace: map.index.namespaceOf(resource) ?? null, name: metadata.name };
}

export interface Place {
  readonly uri?: string;
  readonly range?: TextSpan;
}

export function placeFinder(snapshot: Snapshot): (resource: Resource, path: Path) => Place {
  const kept = new Map<Resource, Map<string, Place>>();
  return (resource, path) => {
    let places = kept.get(resource);
    if (!places) kept.set(resource, (places = new Map<string, Place>()));
    const key = JSON.stringify(path);
    let place = places.get(key);
    if (!place) {
      const { uri, document, path: root } = resource.source;
      const located = snapshot.locate({ uri, document, path: [...root, ...path] });
      place = located ? { uri: located.file.path, range: spanOf(located.file, located.range) } : {};
      places.set(key, place);
    }
    return place;
  };
}

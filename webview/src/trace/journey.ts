/** A branch as the view walks it: the numbered hops of the packet's way, and the channels beside it. */
import type { Branch, Hop, HopKind, Packet } from '../../../server/src/protocol/trace';

export interface Journey {
  /** In the order of travel; a hop's number is its index plus one. */
  readonly hops: readonly Hop[];
  /** What the two ends share beside the packet's way: memory, volumes, variables. */
  readonly beside: readonly Hop[];
  readonly notReached: readonly Hop[];
}

export function journeyOf(branch: Branch): Journey {
  return {
    hops: branch.hops.filter((hop) => !isBeside(hop.kind)),
    beside: branch.hops.filter((hop) => isBeside(hop.kind)),
    notReached: branch.notReached.filter((hop) => !isBeside(hop.kind)),
  };
}

/** True when the hop is no place on the packet's way. */
export function isBeside(kind: HopKind): boolean {
  return kind === 'ipc' || kind === 'shared-volume' || kind === 'service-environment';
}

/** The hop that settles how a branch ends: what stops the packet, else what cannot be known, else the last. */
export function decidingHop(branch: Branch): Hop | undefined {
  const { hops } = journeyOf(branch);
  const last = hops.at(-1);
  if (branch.outcome !== 'unknown' || last?.verdict === 'dropped' || last?.verdict === 'rejected') return last;
  return hops.find((hop) => hop.verdict === 'unknown') ?? last;
}

/** True when the whole way lies in one pod: no device of a node is met, so the drawing is one pod box. */
export function staysInPod(branch: Branch): boolean {
  const { hops } = journeyOf(branch);
  const pods = new Set(hops.map((hop) => hop.at.name));
  return hops.length > 0 && pods.size === 1 && hops.every((hop) => hop.at.kind === 'pod') && hops.some((hop) => hop.kind === 'loopback');
}

/** The node that a hop happens on; undefined outside the nodes or where nothing says it. */
export function nodeOf(hop: Hop): string | undefined {
  if (hop.kind === 'underlay' && hop.at.kind !== 'node') return undefined;
  return hop.at.node ?? (hop.at.kind === 'node' ? hop.at.name : undefined);
}

/** True for the hops that ask or answer a name; they stand on the rail above the nodes. */
export function isLookup(kind: HopKind): boolean {
  return kind === 'dns-query' || kind === 'dns-answer';
}

/** True when what is written on the packet is the same before and after. */
export function samePacket(a: Packet, b: Packet): boolean {
  return (
    a.source.address === b.source.address &&
    a.source.port === b.source.port &&
    a.destination.address === b.destination.address &&
    a.destination.port === b.destination.port &&
    a.hostname === b.hostname &&
    a.encapsulation?.kind === b.encapsulation?.kind &&
    a.encapsulation?.source === b.encapsulation?.source &&
    a.encapsulation?.destination === b.encapsulation?.destination
  );
}

/** A row of the narrow timeline: one hop, or several in a row that only forward. */
export interface JoinedHops {
  readonly first: number;
  readonly hops: readonly Hop[];
}

/** Joins hops that follow each other on one node, only forward, change nothing and have no evidence; where the program sends and the last hop stand alone. */
export function joinForwarding(hops: readonly Hop[]): readonly JoinedHops[] {
  const rows: { first: number; hops: Hop[] }[] = [];
  hops.forEach((hop, index) => {
    const row = rows.at(-1);
    const previous = row?.hops.at(-1);
    const joins =
      row !== undefined && previous !== undefined && index < hops.length - 1 && onlyForwards(hop) && onlyForwards(previous) && nodeOf(hop) === nodeOf(previous);
    if (joins) row.hops.push(hop);
    else rows.push({ first: index, hops: [hop] });
  });
  return rows;
}

function onlyForwards(hop: Hop): boolean {
  return (
    hop.verdict === 'forwarded' &&
    hop.kind !== 'container-socket' &&
    samePacket(hop.before, hop.after) &&
    hop.because.length === 0 &&
    hop.kind !== 'node-routing' &&
    hop.kind !== 'underlay' &&
    hop.at.kind !== 'outside'
  );
}

/**
 * For each hop of a branch the part of connections that come to it in the same way: over the same stations, to the same address.
 * The address is that before the hop, since a hop that chooses is still common to all that it chooses from.
 */
export function sharesAlong(branches: readonly Branch[], chosen: Branch): readonly number[] {
  const way = wayOf(chosen);
  const shares = way.map(() => 0);
  for (const branch of branches) {
    const other = wayOf(branch);
    for (let at = 0; at < way.length && other[at] === way[at]; at += 1) shares[at] = (shares[at] ?? 0) + branch.share;
  }
  const total = branches.reduce((sum, branch) => sum + branch.share, 0) || 1;
  return shares.map((share) => share / total);
}

function wayOf(branch: Branch): readonly string[] {
  return journeyOf(branch).hops.map((hop) => `${hop.station} ${hop.before.destination.address}`);
}

/** Where the lanes of the topology stand at a given width. */
import type { LaneKind } from '../../../server/src/protocol/topology';

export interface Lane {
  readonly kind: LaneKind;
  readonly x: number;
  readonly width: number;
  /** Shrunk to a strip: an empty lane, or one for which there is no room. */
  readonly strip: boolean;
}

export interface Lanes {
  readonly byKind: Readonly<Record<LaneKind, Lane>>;
  readonly order: readonly Lane[];
  /** The middle of the gates. */
  readonly gateX: number;
  /** Of the whole drawing, margins included; more than was asked for where the lanes need it. */
  readonly width: number;
}

export const laneTitles: Readonly<Record<LaneKind, string>> = {
  outside: 'Outside, callers',
  'load-balancer': 'Load balancer',
  ingress: 'Ingress',
  service: 'Service',
  workload: 'Workload',
  container: 'Containers',
};

const pageEdge = 16;
const stripWidth = 30;
const containerStrip = 36;
const containerWidth = 156;

interface Room {
  readonly outside: number;
  readonly entry: number;
  readonly card: number;
  /** From the end of the Service lane to the Workload lane: labels and gates stand there. */
  readonly gateGap: number;
}

const full: Room = { outside: 152, entry: 128, card: 180, gateGap: 96 };
const tight: Room = { outside: 120, entry: 112, card: 148, gateGap: 88 };
/** For pages on which only Services and workloads have lanes. */
const tightest: Room = { ...tight, card: 122, gateGap: 84 };

/**
 * Lanes for a page of `width` pixels. Below 720 only Services and workloads keep their lanes. Room that is left over goes to the cards
 * (up to 240) and to the space in which the curves run.
 */
export function arrangeLanes(width: number, filled: ReadonlySet<LaneKind>, containersOpen: boolean): Lanes {
  const narrow = width < 720;
  const strips = new Set<LaneKind>();
  if (narrow) strips.add('outside');
  if (narrow || !filled.has('load-balancer')) strips.add('load-balancer');
  if (narrow || !filled.has('ingress')) strips.add('ingress');
  if (!containersOpen) strips.add('container');
  const natural = place(full, strips);
  if (natural.width <= width) {
    const spare = width - natural.width;
    const wider = Math.min(60, Math.floor(spare * 0.3));
    return place(
      { ...full, card: full.card + wider, outside: full.outside + (strips.has('outside') ? 0 : Math.min(48, Math.floor(spare * 0.15))) },
      strips,
      width,
    );
  }
  const least = narrow ? tightest : tight;
  const small = place(least, strips);
  if (small.width >= width) return small;
  const part = (width - small.width) / (natural.width - small.width);
  const between = (from: number, to: number): number => Math.floor(from + (to - from) * part);
  return place(
    {
      outside: between(least.outside, full.outside),
      entry: between(least.entry, full.entry),
      card: between(least.card, full.card),
      gateGap: between(least.gateGap, full.gateGap),
    },
    strips,
    width,
  );
}

/** Whether the lane's title stands above it; strips say it themselves where there are only strips at the left, for then their heads would touch. */
export function hasHead(lane: Lane, lanes: Lanes): boolean {
  return !lane.strip || (lane.kind !== 'container' && !lanes.byKind.outside.strip);
}

/** Lanes from left to right. When `width` is given, what is left of it widens the gaps before the Services and before the workloads. */
function place(room: Room, strips: ReadonlySet<LaneKind>, width?: number): Lanes {
  const onlyStrips = strips.has('outside');
  const size = (kind: LaneKind): number => {
    if (kind === 'container') return !strips.has(kind) ? containerWidth : onlyStrips ? 28 : containerStrip;
    if (strips.has(kind)) return onlyStrips ? 22 : stripWidth;
    return kind === 'outside' ? room.outside : kind === 'load-balancer' || kind === 'ingress' ? room.entry : room.card;
  };
  const gaps: Record<LaneKind, number> = {
    outside: pageEdge,
    'load-balancer': onlyStrips ? 4 : 20,
    ingress: onlyStrips ? 4 : strips.has('load-balancer') || strips.has('ingress') ? 14 : 24,
    service: onlyStrips ? 14 : 20,
    workload: room.gateGap,
    container: onlyStrips ? 10 : 16,
  };
  const kinds: readonly LaneKind[] = ['outside', 'load-balancer', 'ingress', 'service', 'workload', 'container'];
  const margin = 12;
  if (width !== undefined) {
    const used = kinds.reduce((sum, kind) => sum + gaps[kind] + size(kind), margin);
    const left = Math.max(0, width - used);
    gaps.service += strips.has('outside') ? 0 : Math.round(left * 0.6);
    gaps.workload += strips.has('outside') ? left : left - Math.round(left * 0.6);
  }
  let x = 0;
  const byKind = {} as Record<LaneKind, Lane>;
  for (const kind of kinds) {
    x += gaps[kind];
    byKind[kind] = { kind, x, width: size(kind), strip: strips.has(kind) };
    x += size(kind);
  }
  return { byKind, order: kinds.map((kind) => byKind[kind]), gateX: byKind.workload.x - 20, width: x + margin };
}

/** Where the lanes of the topology stand at a given width. */
import { laneKinds, type LaneKind } from '../../../server/src/protocol/topology';

export interface Lane {
  readonly kind: LaneKind;
  readonly x: number;
  readonly width: number;
  /** Shrunk to a strip: an empty lane, or one for which there is no room. */
  readonly strip: boolean;
}

export interface Lanes {
  readonly byKind: Readonly<Record<LaneKind, Lane>>;
  /** Without those that take no room at all. */
  readonly order: readonly Lane[];
  /** Beside the lanes of Services and workloads there is room for strips, and for the lane of what is selected. */
  readonly narrow: boolean;
  /** The middle of the gates. */
  readonly gateX: number;
  /** Of the whole drawing, margins included; more than was asked for where the lanes need it. */
  readonly width: number;
}

/** Below, only Services and workloads keep their lanes. */
export const narrowLanesBelow = 720;

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
const tight: Room = { outside: 116, entry: 110, card: 144, gateGap: 86 };
/** For pages on which only Services and workloads have lanes. */
const tightest: Room = { ...tight, card: 122, gateGap: 84 };

/**
 * Lanes for a page of `width` pixels. Below 720 only Services and workloads keep their lanes; `opened` is one that is opened all the same.
 * Room that is left over goes to the cards (up to 240) and to the space in which the curves run.
 */
export function arrangeLanes(width: number, filled: ReadonlySet<LaneKind>, containersOpen: boolean, opened?: LaneKind): Lanes {
  const narrow = width < narrowLanesBelow;
  const shapes: Shapes = {
    narrow,
    strips: new Set(
      laneKinds.filter((kind) => {
        if (kind === 'container') return !containersOpen;
        if (kind === 'service' || kind === 'workload') return false;
        return narrow ? kind !== opened : kind !== 'outside' && !filled.has(kind);
      }),
    ),
    gone: new Set(narrow ? entryKinds.filter((kind) => !filled.has(kind)) : []),
  };
  const natural = place(full, shapes);
  if (natural.width <= width) {
    const spare = width - natural.width;
    const wider = Math.min(60, Math.floor(spare * 0.3));
    return place(
      { ...full, card: full.card + wider, outside: full.outside + (shapes.strips.has('outside') ? 0 : Math.min(48, Math.floor(spare * 0.15))) },
      shapes,
      width,
    );
  }
  const least = narrow ? tightest : tight;
  const small = place(least, shapes);
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
    shapes,
    width,
  );
}

/** Whether the lane's title stands above it; strips say it themselves on a narrow page, for there their heads would touch. */
export function hasHead(lane: Lane, { narrow }: Lanes): boolean {
  return !lane.strip || (lane.kind !== 'container' && !narrow);
}

interface Shapes {
  readonly narrow: boolean;
  readonly strips: ReadonlySet<LaneKind>;
  /** Without a card, and not even a strip. */
  readonly gone: ReadonlySet<LaneKind>;
}

const entryKinds = ['outside', 'load-balancer', 'ingress'] as const;

/** Lanes from left to right. When `width` is given, what is left of it widens the gaps before the Services and before the workloads. */
function place(room: Room, { narrow, strips, gone }: Shapes, width?: number): Lanes {
  const size = (kind: LaneKind): number => {
    if (gone.has(kind)) return 0;
    if (kind === 'container') return !strips.has(kind) ? containerWidth : narrow ? 28 : containerStrip;
    if (strips.has(kind)) return narrow ? 22 : stripWidth;
    return kind === 'outside' ? room.outside : kind === 'load-balancer' || kind === 'ingress' ? room.entry : room.card;
  };
  const gaps = narrow ? narrowGaps(room, strips, gone) : wideGaps(room, strips);
  const margin = 12;
  if (width !== undefined) {
    const used = laneKinds.reduce((sum, kind) => sum + gaps[kind] + size(kind), pageEdge + margin);
    const left = Math.max(0, width - used);
    const curves = entryKinds.some((kind) => !strips.has(kind)) ? Math.round(left * 0.6) : 0;
    gaps.service += curves;
    gaps.workload += left - curves;
  }
  let x = pageEdge;
  const byKind = {} as Record<LaneKind, Lane>;
  for (const kind of laneKinds) {
    x += gaps[kind];
    byKind[kind] = { kind, x, width: size(kind), strip: strips.has(kind) };
    x += size(kind);
  }
  return {
    byKind,
    order: laneKinds.filter((kind) => !gone.has(kind)).map((kind) => byKind[kind]),
    narrow,
    gateX: byKind.workload.x - 20,
    width: x + margin,
  };
}

/** Before each lane. */
function wideGaps(room: Room, strips: ReadonlySet<LaneKind>): Record<LaneKind, number> {
  const entries = !strips.has('load-balancer') && !strips.has('ingress');
  return {
    outside: 0,
    'load-balancer': 20,
    ingress: strips.has('load-balancer') || strips.has('ingress') ? 14 : 24,
    // Between two lanes of ways in and the Services many edges cross.
    service: entries ? 34 : 20,
    workload: room.gateGap,
    container: 16,
  };
}

/** Strips stand close together; a lane that is opened among them has room for the curves of its edges. */
function narrowGaps(room: Room, strips: ReadonlySet<LaneKind>, gone: ReadonlySet<LaneKind>): Record<LaneKind, number> {
  const shown = entryKinds.filter((kind) => !gone.has(kind));
  const before = (kind: (typeof entryKinds)[number]): number => {
    const previous = shown[shown.indexOf(kind) - 1];
    return gone.has(kind) || previous === undefined ? 0 : strips.has(kind) && strips.has(previous) ? 4 : 14;
  };
  return {
    outside: 0,
    'load-balancer': before('load-balancer'),
    ingress: before('ingress'),
    service: shown.length === 0 ? 0 : shown.some((kind) => !strips.has(kind)) ? 30 : 14,
    workload: room.gateGap,
    container: 10,
  };
}

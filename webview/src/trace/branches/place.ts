/** Geometry of the drawing of several paths: columns in the order of travel, a band for each node, lines as wide as their shares. Pure. */
import type { MergedEdge, MergedGate, MergedPaths, MergedStop } from './merge';
import type { Measure } from '../../measureText';
import type { Box, Point } from '../drawing/shapes';
import { estimateText, noteFont, padding, titleFont } from '../drawing/sizes';
import { shareText } from '../words';

export interface PlacedStop extends Box {
  readonly stop: MergedStop;
  /** The words need the room of the sign. */
  readonly plain: boolean;
  /** Under a station that writes a new sender. */
  readonly inset?: Box;
}

export interface PlacedBand extends Box {
  readonly name: string;
  readonly address?: string;
}

export interface PlacedLine {
  readonly edge: MergedEdge;
  readonly width: number;
  readonly start: Point;
  readonly end: Point;
  /** It runs level up to here, through a gate of the stop that it leaves, and again from there. */
  readonly levelUntil: number;
  readonly levelFrom: number;
  /** Where it ends when a gate stops it. */
  readonly cutAt?: number;
  /** From where it is only a possible way. */
  readonly unsureAt?: number;
}

export interface PlacedForkGate {
  readonly gate: MergedGate;
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly edges: readonly string[];
}

export interface BranchDrawing {
  readonly width: number;
  readonly height: number;
  readonly stops: ReadonlyMap<string, PlacedStop>;
  readonly bands: readonly PlacedBand[];
  readonly lines: readonly PlacedLine[];
  readonly gates: readonly PlacedForkGate[];
}

const margin = 16;
const bandEdge = 12;
const bandTitle = 34;
const bandGap = 16;
const stationHeight = 36;
const insetSize = { width: 206, height: 50, gap: 18 };
const stopGap = 16;
const addressFont = { size: 10.5, mono: true } as const;
const smallFont = { size: 11 } as const;
const widestStation = 110;
const widestOutside = 160;
const gapSizes: Readonly<Record<Scale, { readonly base: number; readonly entering: number; readonly fanning: number }>> = {
  roomy: { base: 40, entering: 14, fanning: 36 },
  snug: { base: 24, entering: 6, fanning: 26 },
  close: { base: 22, entering: 4, fanning: 24 },
  least: { base: 16, entering: 2, fanning: 20 },
};
/** Left and right of the words of a pod, and between its name and its share. */
export const podStart = { plain: 8, signed: 27 };
export const podEnd = 7;
export const shareRoom = 6;
/** A line of this width is all connections. */
const fullWidth = 9;

interface BoxSize {
  readonly width: number;
  readonly height: number;
}

function isTight(scale: Scale): boolean {
  return scale === 'close' || scale === 'least';
}

function isPod(stop: MergedStop): boolean {
  return stop.role === 'pod' || stop.role === 'rest';
}

/** `snug`: less room between boxes; `close`: and no signs in them; `least`: names of pods are cut, too. */
type Scale = 'roomy' | 'snug' | 'close' | 'least';

/** `top`: room for the rail of a name look-up. `measure`: how wide texts will be; estimated without it. */
export function placePaths(paths: MergedPaths, width: number, top: number, measure: Measure = estimateText): BranchDrawing {
  const scales: readonly Scale[] = width < 720 ? ['close', 'least'] : ['roomy', 'snug', 'close', 'least'];
  for (const scale of scales) {
    const drawing = placeAt(paths, width, top, scale, measure);
    if (drawing.width <= width) return drawing;
  }
  return placeAt(paths, width, top, 'least', measure);
}

/** Names of our own are never cut; those of pods only in the least room, or where they are longer than any box. */
function boxSize(stop: MergedStop, scale: Scale, measure: Measure): BoxSize {
  const tight = isTight(scale);
  const title = measure(stop.title, titleFont);
  const note = stop.note ?? '';
  if (stop.role === 'station') {
    const least = Math.max(84, measure(note, noteFont) + padding);
    return { width: Math.ceil(Math.max(least, Math.min(widestStation, title + padding))), height: stationHeight };
  }
  if (stop.role === 'outside') {
    const needs = Math.max(title + (tight ? 20 : 37), measure(note, addressFont) + 20);
    return { width: Math.ceil(Math.max(tight ? 84 : 124, Math.min(widestOutside, needs))), height: 48 };
  }
  const share = stop.ends ? measure(shareText(stop.share), smallFont) + shareRoom : 0;
  const needs = Math.max(title + share + (tight ? podStart.plain : podStart.signed) + podEnd, measure(note, addressFont) + 20);
  const least = tight ? 104 : 142;
  return { width: Math.ceil(scale === 'least' ? Math.min(116, needs) : Math.max(least, Math.min(tight ? 150 : 190, needs))), height: 44 };
}

function placeAt(paths: MergedPaths, width: number, top: number, scale: Scale, measure: Measure): BranchDrawing {
  const tight = isTight(scale);
  const stops = [...paths.stops.values()];
  const columns = Math.max(...stops.map((stop) => stop.depth)) + 1;
  const inColumn = Array.from({ length: columns }, (_, depth) => stops.filter((stop) => stop.depth === depth));
  // Boxes below one another are of one width.
  const podWidths = inColumn.map((column) => Math.max(0, ...column.filter(isPod).map((stop) => boxSize(stop, scale, measure).width)));
  const sizeOf = (stop: MergedStop): BoxSize => {
    const size = boxSize(stop, scale, measure);
    return isPod(stop) ? { ...size, width: podWidths[stop.depth] ?? size.width } : size;
  };

  const widths = inColumn.map((column) => Math.max(0, ...column.map((stop) => sizeOf(stop).width)));
  const gaps = inColumn.map((column, depth) => gapBefore(paths, column, depth, inColumn, scale));
  const used = [...widths, ...gaps].reduce((sum, each) => sum + each, 0) + 2 * margin + bandEdge;
  const spare = Math.max(0, width - used);
  // What is left widens the part where the paths fan out.
  const fan = inColumn.findIndex((column, depth) => depth > 0 && column.length > (inColumn[depth - 1]?.length ?? 0) && column.some((stop) => stop.ends));
  const widened = fan > 0 ? fan : columns - 1;
  if (gaps[widened] !== undefined) gaps[widened] += Math.round(spare * 0.62);
  const others = gaps.map((_, depth) => depth).filter((depth) => depth > 0 && depth !== widened);
  for (const depth of others) gaps[depth] = (gaps[depth] ?? 0) + Math.floor((spare * 0.38) / Math.max(1, others.length));
  const xs: number[] = [];
  let x = margin;
  widths.forEach((column, depth) => {
    x += gaps[depth] ?? 0;
    xs.push(x);
    x += column;
  });
  if (others.length === 0 && columns > 1) xs[columns - 1] = (xs[columns - 1] ?? 0) + Math.floor(spare * 0.38);

  const placed = new Map<string, PlacedStop>();
  const bands: PlacedBand[] = [];
  const nodes = [...new Set(stops.flatMap((stop) => stop.node ?? []))].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const onNodes = stops.filter((stop) => stop.node !== undefined).map((stop) => stop.depth);
  const first = xs[Math.min(...onNodes, columns - 1)] ?? margin;
  const right = Math.max(width - margin, (xs[columns - 1] ?? 0) + (widths[columns - 1] ?? 0) + bandEdge);
  let y = top + margin;
  for (const node of nodes) {
    const members = stops.filter((stop) => stop.node === node);
    const heights = inColumn.map((_, depth) =>
      columnHeight(
        members.filter((stop) => stop.depth === depth),
        sizeOf,
      ),
    );
    const columnsHere = inColumn.map((_, depth) => members.filter((stop) => stop.depth === depth));
    // Single boxes have their middles on one line, also where one has something to explain below it.
    const singles = columnsHere.flatMap((column) => (column.length === 1 ? column : []));
    const above = Math.max(0, ...singles.map((stop) => sizeOf(stop).height / 2));
    const below = Math.max(0, ...singles.map((stop) => blockHeight(stop, sizeOf(stop).height) - sizeOf(stop).height / 2));
    const inner = Math.max(above + below, ...heights);
    columnsHere.forEach((column, depth) => {
      const [only] = column;
      let at = y + bandTitle + (inner - (heights[depth] ?? 0)) / 2;
      if (only && column.length === 1) at = y + bandTitle + (inner - above - below) / 2 + above - sizeOf(only).height / 2;
      for (const stop of column) {
        const size = sizeOf(stop);
        const left = xs[depth] ?? 0;
        const inset = stop.snat && insetBox(left, at + size.height + insetSize.gap, size.width, first);
        placed.set(stop.id, { stop, plain: tight, x: left, y: at, ...size, ...(inset ? { inset } : {}) });
        at += blockHeight(stop, size.height) + stopGap;
      }
    });
    const address = paths.nodes.get(node);
    bands.push({
      name: node,
      x: first - bandEdge,
      y,
      width: right - first + bandEdge,
      height: bandTitle + inner + bandEdge,
      ...(address === undefined ? {} : { address }),
    });
    y += bandTitle + inner + bandEdge + bandGap;
  }
  let bottom = bands.length > 0 ? y - bandGap : y;
  bottom = placeOutside(paths, inColumn, xs, sizeOf, placed, top + margin, bottom, tight);
  const lines = placeLines(paths, placed);
  return { width: Math.max(width, right + margin), height: bottom + margin, stops: placed, bands, lines, gates: placeGates(lines, placed) };
}

/** Stops outside the nodes stand level with the middle of what they lead to, or of what leads to them. */
function placeOutside(
  paths: MergedPaths,
  inColumn: readonly (readonly MergedStop[])[],
  xs: readonly number[],
  sizeOf: (stop: MergedStop) => BoxSize,
  placed: Map<string, PlacedStop>,
  top: number,
  bottom: number,
  plain: boolean,
): number {
  const middle = (ids: readonly string[]): number | undefined => {
    const ys = ids.flatMap((id) => {
      const box = placed.get(id);
      return box ? [box.y + box.height / 2] : [];
    });
    return ys.length === 0 ? undefined : (Math.min(...ys) + Math.max(...ys)) / 2;
  };
  const edges = [...paths.edges.values()];
  let lowest = bottom;
  for (let depth = inColumn.length - 1; depth >= 0; depth--) {
    const column = (inColumn[depth] ?? []).filter((stop) => stop.node === undefined);
    const wishes = column
      .map((stop) => {
        const after = middle(edges.filter((edge) => edge.from === stop.id).map((edge) => edge.to));
        return { stop, y: after ?? middle(edges.filter((edge) => edge.to === stop.id).map((edge) => edge.from)) ?? (top + bottom) / 2 };
      })
      .sort((a, b) => a.y - b.y || (a.stop.id < b.stop.id ? -1 : 1));
    const total = wishes.reduce((sum, { stop }) => sum + sizeOf(stop).height + 24, -24);
    const mean = wishes.reduce((sum, wish) => sum + wish.y, 0) / Math.max(1, wishes.length);
    let next = Math.max(top, wishes.length === 1 ? -Infinity : mean - total / 2);
    for (const { stop, y } of wishes) {
      const size = sizeOf(stop);
      const at = Math.max(next, wishes.length === 1 ? y - size.height / 2 : next);
      placed.set(stop.id, { stop, plain, x: xs[depth] ?? 0, y: at, ...size });
      next = at + size.height + 24;
      lowest = Math.max(lowest, at + size.height + 8);
    }
  }
  return lowest;
}

function gapBefore(paths: MergedPaths, column: readonly MergedStop[], depth: number, all: readonly (readonly MergedStop[])[], scale: Scale): number {
  if (depth === 0) return column.some((stop) => stop.node !== undefined) ? bandEdge : 0;
  const ids = new Set(column.map((stop) => stop.id));
  const into = [...paths.edges.values()].filter((edge) => ids.has(edge.to));
  const gates = new Set(into.flatMap((edge) => edge.gates.map((gate) => gate.direction))).size;
  const enters = column.some((stop) => stop.node !== undefined) && (all[depth - 1] ?? []).every((stop) => stop.node === undefined);
  const fans = (all[depth - 1] ?? []).some((stop) => into.filter((edge) => edge.from === stop.id).length > 1);
  const { base, entering, fanning } = gapSizes[scale];
  return base + gates * 40 + (enters ? bandEdge + entering : 0) + (fans ? fanning : 0);
}

function blockHeight(stop: MergedStop, height: number): number {
  return height + (stop.snat ? insetSize.gap + insetSize.height : 0);
}

function columnHeight(column: readonly MergedStop[], sizeOf: (stop: MergedStop) => { readonly height: number }): number {
  return column.reduce((sum, stop) => sum + blockHeight(stop, sizeOf(stop).height) + stopGap, -stopGap);
}

function insetBox(left: number, y: number, width: number, first: number): Box {
  const x = Math.max(first, left + width / 2 + 30 - insetSize.width);
  return { x, y, width: Math.min(insetSize.width, Math.max(150, left + width + 40 - x)), height: insetSize.height };
}

/** Lines leave and arrive side by side, in the order in which the other ends stand. */
function placeLines(paths: MergedPaths, placed: ReadonlyMap<string, PlacedStop>): readonly PlacedLine[] {
  const edges = [...paths.edges.values()].filter((edge) => placed.has(edge.from) && placed.has(edge.to));
  const width = (edge: MergedEdge): number => Math.min(fullWidth, Math.max(1.5, fullWidth * edge.share));
  const middle = (id: string): number => {
    const box = placed.get(id);
    return box ? box.y + box.height / 2 : 0;
  };
  const offsets = (end: 'from' | 'to'): ReadonlyMap<string, number> => {
    const other = end === 'from' ? 'to' : 'from';
    const result = new Map<string, number>();
    for (const id of new Set(edges.map((edge) => edge[end]))) {
      const own = edges.filter((edge) => edge[end] === id).sort((a, b) => middle(a[other]) - middle(b[other]) || (a.id < b.id ? -1 : 1));
      const room = (placed.get(id)?.height ?? 36) - 12;
      const step = own.length < 2 ? 0 : Math.min(end === 'to' ? 10 : Math.max(4, ...own.map(width)), room / (own.length - 1));
      own.forEach((edge, index) => result.set(edge.id, (index - (own.length - 1) / 2) * step));
    }
    return result;
  };
  const leave = offsets('from');
  const arrive = offsets('to');
  return edges.map((edge): PlacedLine => {
    const from = placed.get(edge.from);
    const to = placed.get(edge.to);
    const start = { x: (from?.x ?? 0) + (from?.width ?? 0), y: middle(edge.from) + (leave.get(edge.id) ?? 0) };
    const end = { x: to?.x ?? 0, y: middle(edge.to) + (arrive.get(edge.id) ?? 0) };
    const leaves = edge.gates.some((gate) => gate.direction === 'egress');
    const enters = edge.gates.some((gate) => gate.direction === 'ingress');
    const levelUntil = start.x + (leaves ? 44 : 0);
    const levelFrom = Math.min(end.x, Math.max(levelUntil + 10, end.x - 10 - (enters ? 40 : 0)));
    const cut = edge.stopsAt === undefined ? undefined : gateX(edge.stopsAt, start.x, end.x);
    const unsure = edge.conditional ? start.x : edge.unsureAt === undefined ? undefined : gateX(edge.unsureAt, start.x, end.x);
    return {
      edge,
      width: width(edge),
      start,
      end,
      levelUntil,
      levelFrom,
      ...(cut === undefined ? {} : { cutAt: cut }),
      ...(unsure === undefined ? {} : { unsureAt: unsure }),
    };
  });
}

function gateX(direction: MergedGate['direction'], startX: number, endX: number): number {
  return direction === 'egress' ? startX + 30 : endX - 32;
}

/** One gate for all lines that it treats alike: after the stop that they leave, or before the one that they come to. */
function placeGates(lines: readonly PlacedLine[], placed: ReadonlyMap<string, PlacedStop>): readonly PlacedForkGate[] {
  const groups = new Map<string, { readonly gate: MergedGate; readonly stop: string; readonly lines: PlacedLine[] }>();
  for (const line of lines) {
    for (const gate of line.edge.gates) {
      const stop = gate.direction === 'egress' ? line.edge.from : line.edge.to;
      const key = `${stop} ${gate.direction} ${gate.verdict}`;
      const group = groups.get(key);
      if (group) group.lines.push(line);
      else groups.set(key, { gate, stop, lines: [line] });
    }
  }
  return [...groups.values()].map(({ gate, stop, lines: own }) => {
    const leaves = gate.direction === 'egress';
    const ys = own.map((line) => (leaves ? line.start.y : line.end.y));
    const x = Math.min(...own.map((line) => gateX(gate.direction, line.start.x, line.end.x)));
    const alone = lines.filter((line) => (leaves ? line.edge.from : line.edge.to) === stop).length === own.length;
    const height = placed.get(stop)?.height ?? 36;
    return {
      gate,
      x,
      y: (Math.min(...ys) + Math.max(...ys)) / 2,
      height: alone ? Math.min(34, height - 4) : Math.max(...ys) - Math.min(...ys) + 9,
      edges: own.map((line) => line.edge.id),
    };
  });
}

/** The points of a line as a whole: level through a gate, a curve with level tangents, level again. */
export function curvePoints({ start, end, levelUntil, levelFrom }: PlacedLine): readonly Point[] {
  const bend = (levelFrom - levelUntil) * 0.5;
  const points: Point[] = levelUntil > start.x ? [start] : [];
  for (let step = 0; step <= 14; step++) {
    const t = step / 14;
    const u = 1 - t;
    points.push({
      x: u * u * u * levelUntil + 3 * u * u * t * (levelUntil + bend) + 3 * u * t * t * (levelFrom - bend) + t * t * t * levelFrom,
      y: (u * u * u + 3 * u * u * t) * start.y + (3 * u * t * t + t * t * t) * end.y,
    });
  }
  return [...points, end];
}

/** What the packet travels of a line for sure, what it may travel, and what it does not come to. */
export function travelled(line: PlacedLine): { readonly points: readonly Point[]; readonly possible: readonly Point[]; readonly rest: readonly Point[] } {
  const [come, rest] = splitAt(curvePoints(line), line.cutAt, line.start.y);
  const [points, possible] = splitAt(come, line.unsureAt, line.start.y);
  return { points, possible, rest };
}

function splitAt(points: readonly Point[], x: number | undefined, level: number): readonly [readonly Point[], readonly Point[]] {
  if (x === undefined || x > (points.at(-1)?.x ?? 0)) return [points, []];
  const before = points.filter((point) => point.x < x);
  const cut = { x, y: before.at(-1)?.y ?? level };
  return [
    [...before, cut],
    [cut, ...points.filter((point) => point.x > x)],
  ];
}

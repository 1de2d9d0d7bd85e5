/** Where the stations of one visited node stand: pod row, device row, tunnel row, relative to the node box. */
import { podWidthOf, stationWidth, stationWidthOf } from './sizes';
import type { Fitting } from './sizes';
import type { Stop, Visit } from './visits';

export const stationHeight = 36;
const tunnelHeight = 28;
const cardWidth = 40;
const cardHeight = 30;
const edge = 12;
const podPad = 8;
const podGap = 16;
const podTop = 30;
const podTitle = 28;
const smallestGap = 16;
const widestGap = 64;

/** Heights that all nodes of one row of the drawing share. */
export interface Levels {
  readonly fitting: Fitting;
  /** The stations of a pod stand above one another. */
  readonly stacked: boolean;
  readonly podHeight: number;
  /** Middle of the device row. */
  readonly device: number;
  /** Middle of the tunnel row. */
  readonly tunnel: number;
  readonly height: number;
}

export interface Ends {
  readonly entered: boolean;
  readonly left: boolean;
}

export interface PlacedStop {
  /** Undefined for a card of the node that no hop names. */
  readonly stop?: Stop;
  readonly shape: 'station' | 'gate' | 'interface';
  readonly row: 'pod' | 'device' | 'tunnel';
  /** Middle. */
  x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedPod {
  readonly name: string;
  x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly stops: readonly Stop[];
}

export interface NodeBlock {
  readonly width: number;
  readonly stacked: boolean;
  /** In the order of travel. */
  readonly placed: readonly PlacedStop[];
  readonly pods: readonly PlacedPod[];
}

export function levelsOf(visits: readonly Visit[], stacked: boolean, fitting: Fitting): Levels {
  const stops = visits.flatMap((visit) => visit.stops);
  const hasPods = stops.some((stop) => stop.row === 'pod') || stops.some((stop) => explains(stop));
  const hasTunnel = stops.some((stop) => stop.row === 'tunnel');
  const tallest = Math.max(1, ...visits.flatMap((visit) => podGroups(visit.stops).map((group) => group.length)));
  const podHeight = !hasPods ? 0 : stacked ? podTitle + tallest * stationHeight + (tallest - 1) * 18 + 16 : podTitle + stationHeight + 10;
  const device = hasPods ? podTop + podHeight + 50 : podTop + 26;
  return { fitting, stacked, podHeight, device, tunnel: device + 66, height: hasTunnel ? device + 91 : device + 38 };
}

/** True for stops that have an inset above them. */
export function explains(stop: Stop): boolean {
  return stop.shape === 'gate' || stop.steps.some(({ hop }) => hop.kind === 'service-translation' || hop.kind === 'source-translation');
}

/** The least width that a visit needs. */
export function leastWidth(visit: Visit, levels: Levels, ends: Ends): number {
  return walk(visit, levels, ends, smallestGap, 0).width;
}

/** The stations of a node, spread over `width` (or more, where they need more). */
export function placeNode(visit: Visit, levels: Levels, ends: Ends, width: number): NodeBlock {
  let gap = smallestGap;
  while (gap < widestGap && walk(visit, levels, ends, gap + 1, width).width <= width) gap += 1;
  const block = walk(visit, levels, ends, gap, width);
  const wide = Math.max(width, block.width);
  settle(block, ends, wide);
  return { ...block, width: wide };
}

function walk(visit: Visit, levels: Levels, ends: Ends, gap: number, width: number): NodeBlock {
  const placed: PlacedStop[] = [];
  const pods: PlacedPod[] = [];
  const { stops } = visit;
  const first = stops[0];
  const last = stops.at(-1);
  let cursor = edge - gap;
  let podRight = 0;
  let below: number | undefined;
  /** The pod was entered from the side: the line down from it stands right of the one up to it. */
  let beside = false;
  const ownCardFirst = first !== undefined && isOwnCard(first);
  const ownCardLast = last !== undefined && stops.length > 1 && isOwnCard(last);
  const card = (x: number, row: 'device' | 'tunnel', stop?: Stop): PlacedStop => ({
    ...(stop ? { stop } : {}),
    shape: 'interface',
    row,
    x,
    y: row === 'tunnel' ? levels.tunnel : levels.device,
    width: cardWidth,
    height: cardHeight,
  });

  if (ends.entered && first?.row === 'tunnel') placed.push(card(0, 'tunnel'));
  else if (ends.entered) {
    placed.push(card(0, 'device', ownCardFirst ? first : undefined));
    cursor = cardWidth / 2;
  }

  for (let at = ends.entered && ownCardFirst ? 1 : 0; at < stops.length; at += 1) {
    const stop = stops[at];
    if (!stop) break;
    if (ends.left && ownCardLast && stop === last) break;
    if (stop.row === 'tunnel') {
      const tunnelWidth = stationWidthOf(stop, levels.fitting);
      const x = at === 0 ? 40 + tunnelWidth / 2 : Math.max(width, cursor + edge) - 40 - tunnelWidth / 2;
      placed.push({ stop, shape: 'station', row: 'tunnel', x, y: levels.tunnel, width: tunnelWidth, height: tunnelHeight });
      continue;
    }
    if (stop.row === 'pod') {
      const group = stops.slice(at).slice(0, groupLength(stops, at));
      const before = placed.at(-1);
      const under = before?.row === 'device' && before.shape !== 'interface' ? before : undefined;
      const pod = placePod(group, levels, under?.x, edge + (podRight > 0 ? podRight + podGap - edge : 0));
      pods.push(pod.box);
      placed.push(...pod.placed);
      podRight = pod.box.x + pod.box.width;
      below = pod.placed.at(-1)?.x;
      beside = before?.shape === 'interface';
      at += group.length - 1;
      continue;
    }
    const wide = stop.shape === 'gate' ? 14 : stationWidthOf(stop, levels.fitting);
    let x = Math.max(cursor + gap + wide / 2, below === undefined ? 0 : beside ? below + 4 + wide / 2 : below);
    // A gate is no box that the line from the tunnel could lead up into, so it stands right of it.
    const tunnel = placed.at(-1);
    if (stop.shape === 'gate' && tunnel?.row === 'tunnel') x = Math.max(x, 40 + tunnel.width + gap + 7);
    below = undefined;
    const next = stops[at + 1];
    if (next?.row === 'pod') x = Math.max(x, (podRight > 0 ? podRight + podGap : edge) + podPad + stationWidthOf(next, levels.fitting) / 2);
    placed.push({ stop, shape: stop.shape === 'gate' ? 'gate' : 'station', row: 'device', x, y: levels.device, width: wide, height: stationHeight });
    cursor = x + wide / 2;
  }

  let right = Math.max(cursor, podRight) + edge;
  if (ends.left && last?.row === 'tunnel') {
    const device = placed.at(-1);
    const tunnelWidth = device?.width ?? 0;
    right = Math.max(right, tunnelWidth + 40 + edge + (first?.row === 'tunnel' && first !== last ? tunnelWidth + 56 : 0));
    const end = Math.max(right, width);
    if (device) device.x = end - 40 - tunnelWidth / 2;
    placed.push(card(end, 'tunnel'));
  } else if (ends.left) {
    right = Math.max(right, cursor + gap + cardWidth / 2);
    placed.push(card(Math.max(right, width), 'device', ownCardLast ? last : undefined));
  }
  return { width: right, stacked: levels.stacked, placed, pods };
}

/** Moves the last of a node to its right edge, so that a path ends where the box does. */
function settle(block: NodeBlock, ends: Ends, width: number): void {
  const stops = block.placed;
  const pod = block.pods.at(-1);
  const last = stops.at(-1);
  if (!ends.left && pod && last?.row === 'pod' && stops.some((stop) => stop.row === 'device')) {
    const shift = width - edge - pod.width - pod.x;
    if (shift <= 0) return;
    pod.x += shift;
    let at = stops.length - 1;
    for (; at >= 0 && stops[at]?.row === 'pod'; at -= 1) move(stops[at], shift);
    move(stops[at], shift);
    return;
  }
  if (ends.left && last?.row === 'tunnel') {
    const device = [...stops].reverse().find((stop) => stop.row === 'device');
    if (device?.shape === 'station') device.x = Math.max(device.x, width - edge - device.width / 2);
  }
}

function move(stop: PlacedStop | undefined, by: number): void {
  if (stop) stop.x += by;
}

function placePod(group: readonly Stop[], levels: Levels, under: number | undefined, leftmost: number): { box: PlacedPod; placed: PlacedStop[] } {
  const count = group.length;
  const widths = group.map((stop) => stationWidthOf(stop, levels.fitting));
  const inRow = widths.reduce((sum, each) => sum + each, 0) + (count - 1) * podGap;
  const reached = group.some((stop) => stop.steps.some((step) => step.reached));
  const titled = podWidthOf(group[0]?.pod ?? '', reached, levels.stacked, levels.fitting);
  const width = levels.stacked ? Math.max(Math.max(...widths) + 6 * podPad, reached ? 0 : titled) : Math.max(96, titled, 2 * podPad + inRow);
  const lead = levels.stacked || count === 1 ? width / 2 : podPad + (widths[0] ?? stationWidth) / 2;
  const x = Math.max(leftmost, under === undefined ? leftmost : under - lead);
  let left = x + podPad;
  const placed = group.map((stop, index): PlacedStop => {
    const level = under === undefined ? index : count - 1 - index;
    const own = widths[index] ?? stationWidth;
    const middle = levels.stacked || count === 1 ? x + width / 2 : left + own / 2;
    left += own + podGap;
    return {
      stop,
      shape: 'station',
      row: 'pod',
      x: middle,
      y: podTop + podTitle + stationHeight / 2 + (levels.stacked ? level * (stationHeight + 18) : 0),
      width: own,
      height: stationHeight,
    };
  });
  return { box: { name: group[0]?.pod ?? '', x, y: podTop, width, height: levels.podHeight, stops: group }, placed };
}

function podGroups(stops: readonly Stop[]): readonly (readonly Stop[])[] {
  const groups: (readonly Stop[])[] = [];
  for (let at = 0; at < stops.length; at += 1) {
    if (stops[at]?.row !== 'pod') continue;
    const length = groupLength(stops, at);
    groups.push(stops.slice(at, at + length));
    at += length - 1;
  }
  return groups;
}

/** How many stops from `at` on stand in the same pod. */
function groupLength(stops: readonly Stop[], at: number): number {
  let end = at + 1;
  while (end < stops.length && stops[end]?.row === 'pod' && stops[end]?.pod === stops[at]?.pod) end += 1;
  return end - at;
}

/** True for a hop that is the node's own network card. */
function isOwnCard(stop: Stop): boolean {
  const hop = stop.steps[0]?.hop;
  return stop.shape === 'station' && stop.row === 'device' && hop?.at.kind === 'node' && hop.device !== undefined && /^(eth|ens|eno)\d/.test(hop.device);
}

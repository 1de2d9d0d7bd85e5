/** Lines between two neighbours of a drawing. */
import type { Point, Step } from './shapes';
import type { Visit } from './visits';

/** A stop as the lines see it: its middle, its size, the row of the drawing that it stands in. */
export interface Spot extends Point {
  readonly width: number;
  readonly height: number;
  readonly shape: 'station' | 'gate' | 'interface';
  /** A tunnel device leads up first, then to the side. */
  readonly leads?: 'up';
  readonly row: number;
  /** Upper edge of that row. */
  readonly rowTop: number;
  readonly visit: Visit;
  readonly steps: readonly Step[];
}

const leastOverlap = 8;
const around = 10;
/** Room between two rows; the line to the next row runs in the middle of it. */
export const rowGap = 56;

/** The corners of the line from one to the other: straight where it can be, else with one bend, round the margin where the next row begins. */
export function connect(from: Spot, to: Spot): readonly Point[] {
  const fromHalf = from.shape === 'gate' ? 0 : from.width / 2;
  const toHalf = to.shape === 'gate' ? (stops(to) ? 7 : 0) : to.width / 2;
  if (from.row !== to.row) return nextRow(from, to, fromHalf, toHalf);
  if (Math.abs(from.y - to.y) < 1) {
    const right = to.x >= from.x;
    return [
      { x: from.x + (right ? fromHalf : -fromHalf), y: from.y },
      { x: to.x + (right ? -toHalf : toHalf), y: from.y },
    ];
  }
  const down = to.y > from.y;
  const endY = to.y + (to.shape === 'gate' ? 0 : (down ? -1 : 1) * (to.height / 2));
  const startY = from.y + (from.shape === 'gate' ? 0 : (down ? 1 : -1) * (from.height / 2));
  const left = Math.max(from.x - fromHalf, to.x - toHalf);
  const right = Math.min(from.x + fromHalf, to.x + toHalf);
  if (Math.abs(from.x - to.x) < 1 || right - left >= leastOverlap) {
    const x = Math.abs(from.x - to.x) < 1 ? from.x : (left + right) / 2;
    return [
      { x, y: startY },
      { x, y: endY },
    ];
  }
  const side = to.x > from.x ? 1 : -1;
  if (from.leads === 'up') {
    return [
      { x: from.x, y: startY },
      { x: from.x, y: to.y },
      { x: to.x - side * toHalf, y: to.y },
    ];
  }
  // Beside the middle, where the line that leaves the box has its room.
  const x = to.x - side * Math.min(16, toHalf / 2);
  return [
    { x: from.x + side * fromHalf, y: from.y },
    { x, y: from.y },
    { x, y: endY },
  ];
}

function nextRow(from: Spot, to: Spot, fromHalf: number, toHalf: number): readonly Point[] {
  const right = from.x + fromHalf + around;
  const left = to.x - toHalf - around;
  const turn = to.rowTop - rowGap / 2;
  return [
    { x: from.x + fromHalf, y: from.y },
    { x: right, y: from.y },
    { x: right, y: turn },
    { x: left, y: turn },
    { x: left, y: to.y },
    { x: to.x - toHalf, y: to.y },
  ];
}

function stops(spot: Spot): boolean {
  const verdict = spot.steps[0]?.hop.verdict;
  return verdict === 'dropped' || verdict === 'rejected';
}

/** Cuts a line in the middle of its longest piece. */
export function splitInMiddle(points: readonly Point[]): readonly [readonly Point[], Point, readonly Point[]] {
  let longest = 1;
  for (let at = 2; at < points.length; at += 1) if (piece(points, at) > piece(points, longest)) longest = at;
  const a = points[longest - 1] ?? { x: 0, y: 0 };
  const b = points[longest] ?? a;
  const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  return [[...points.slice(0, longest), middle], middle, [middle, ...points.slice(longest)]];
}

function piece(points: readonly Point[], at: number): number {
  const a = points[at - 1];
  const b = points[at];
  return a && b ? Math.hypot(b.x - a.x, b.y - a.y) : 0;
}

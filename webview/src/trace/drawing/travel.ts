/** The packet on its way: a dot that runs along a line once and then rests. */
import type { Point } from './shapes';

const running = new WeakMap<SVGCircleElement, number>();

/** Moves the dot along the points within `milliseconds`, slow at both ends, and hides it at the end. None for a person who asked for less motion. */
export function travelAlong(dot: SVGCircleElement, points: readonly Point[], milliseconds: number): void {
  const before = running.get(dot);
  if (before !== undefined) cancelAnimationFrame(before);
  dot.setAttribute('visibility', 'hidden');
  if (points.length < 2 || milliseconds <= 0 || lessMotion()) return;
  const start = performance.now();
  dot.setAttribute('visibility', 'visible');
  const step = (now: number): void => {
    const part = Math.min(Math.max((now - start) / milliseconds, 0), 1);
    const at = pointAt(points, ease(part));
    dot.setAttribute('cx', String(at.x));
    dot.setAttribute('cy', String(at.y));
    if (part < 1) running.set(dot, requestAnimationFrame(step));
    else dot.setAttribute('visibility', 'hidden');
  };
  step(start);
}

export function lessMotion(): boolean {
  return typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** The point at a part, 0 to 1, of the length of a line. */
export function pointAt(points: readonly Point[], part: number): Point {
  const first = points[0] ?? { x: 0, y: 0 };
  const lengths = points.slice(1).map((point, index) => Math.hypot(point.x - (points[index]?.x ?? 0), point.y - (points[index]?.y ?? 0)));
  let rest = lengths.reduce((sum, length) => sum + length, 0) * part;
  for (const [index, length] of lengths.entries()) {
    const from = points[index] ?? first;
    const to = points[index + 1] ?? from;
    if (rest <= length && length > 0) return { x: from.x + ((to.x - from.x) * rest) / length, y: from.y + ((to.y - from.y) * rest) / length };
    rest -= length;
  }
  return points.at(-1) ?? first;
}

/** The points as path data, joined by straight lines. */
export function pathOf(points: readonly Point[]): string {
  const round = (value: number): number => Math.round(value * 10) / 10;
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
}

function ease(part: number): number {
  return part < 0.5 ? 2 * part * part : 1 - (2 - 2 * part) ** 2 / 2;
}

/** Several paths as one graph and as a drawing: what they share stands once, shares add up, nothing overlaps. */
import { describe, expect, it } from 'vitest';
import { mergePaths, type MergedPaths } from '../../webview/src/trace/branches/merge';
import type { Measure } from '../../webview/src/measureText';
import { curvePoints, placePaths, travelled } from '../../webview/src/trace/branches/place';
import { journeyOf } from '../../webview/src/trace/journey';
import { branch, branching, delivered, denied, hop, packet } from './samples/traces';

const whole = { proxyMode: 'iptables', brief: false };
const paths = mergePaths(branching.branches, 2, whole);

function edgesInto(merged: MergedPaths, stop: string): number {
  return [...merged.edges.values()].filter((edge) => edge.to === stop).reduce((sum, edge) => sum + edge.share, 0);
}

describe('merging', () => {
  it('puts what the paths share in one place, with all of its connections', () => {
    expect(paths.forks).toBe(true);
    expect(paths.ways).toHaveLength(6);
    const [first] = [...paths.stops.values()].filter((stop) => stop.depth === 0);
    expect(first?.share).toBeCloseTo(1);
    for (const stop of paths.stops.values()) if (stop.depth > 0) expect(edgesInto(paths, stop.id)).toBeCloseTo(stop.share);
    const ends = [...paths.stops.values()].filter((stop) => stop.ends);
    expect(ends).toHaveLength(3);
    expect(ends.reduce((sum, stop) => sum + stop.share, 0)).toBeCloseTo(1);
    expect(new Set(ends.map((stop) => stop.depth)).size).toBe(1);
  });

  it('gives every hop of every path a place', () => {
    paths.ways.forEach((way, index) => {
      const { hops } = journeyOf(branching.branches[index] ?? branch([]));
      expect(way.places).toHaveLength(hops.length);
      for (const place of way.places) {
        if ('stop' in place) expect(way.stops).toContain(place.stop);
        if ('edge' in place) expect(way.edges).toContain(place.edge);
      }
    });
  });

  it('knows when there is nothing to fork', () => {
    expect(mergePaths([...delivered.branches, ...delivered.branches], 0, whole).forks).toBe(false);
  });

  it('ends a path that a gate stops at that gate, and keeps the pod behind it', () => {
    const merged = mergePaths([...denied.branches, ...delivered.branches], 0, whole);
    const stopped = [...merged.edges.values()].filter((edge) => edge.stopsAt !== undefined);
    expect(stopped).toHaveLength(1);
    const target = merged.stops.get(stopped[0]?.to ?? '');
    expect(target).toMatchObject({ reached: false, ends: true });
  });

  it('puts pods together where there are too many, but not the one on the chosen path', () => {
    const start = packet('10.0.0.1:4000', '10.96.0.1:80');
    const many = Array.from({ length: 30 }, (_, index) => {
      const end = packet('10.0.0.1:4000', `10.244.0.${index + 2}:80`);
      return branch(
        [
          hop('container-socket', { kind: 'pod', name: 'web', node: 'node-1' }, 'forwarded', start, 'It sends.'),
          hop('service-translation', { kind: 'node', name: 'node-1', node: 'node-1' }, 'translated', start, 'It picks one.', { after: end }),
          hop('container-port', { kind: 'pod', name: `api-${index}`, node: 'node-1' }, 'delivered', end, 'It arrives.'),
        ],
        { share: 1 / 30 },
      );
    });
    const merged = mergePaths(many, 25, whole);
    const titles = [...merged.stops.values()].filter((stop) => stop.ends).map((stop) => stop.title);
    expect(titles).toHaveLength(10 + 1);
    expect(titles).toContain('api-25');
    expect(titles).toContain('20 more pods');
    expect([...merged.stops.values()].filter((stop) => stop.ends).reduce((sum, stop) => sum + stop.share, 0)).toBeCloseTo(1);
  });

  it('has no boxes for what only lets in where it is brief', () => {
    const brief = mergePaths(branching.branches, 0, { ...whole, brief: true });
    expect(brief.stops.size).toBeLessThan(paths.stops.size);
  });
});

describe('placing', () => {
  it.each([600, 760, 900, 1280])('keeps boxes apart and lines going to the right at %i', (width) => {
    const drawing = placePaths(paths, width, 0);
    const boxes = [...drawing.stops.values()];
    boxes.forEach((a, index) => {
      for (const b of boxes.slice(index + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart, `${a.stop.id} and ${b.stop.id}`).toBe(true);
      }
      expect(a.x).toBeGreaterThanOrEqual(0);
      expect(a.x + a.width).toBeLessThanOrEqual(drawing.width);
      expect(a.y + a.height).toBeLessThanOrEqual(drawing.height);
    });
    for (const line of drawing.lines) {
      const xs = curvePoints(line).map((point) => point.x);
      expect(xs).toEqual([...xs].sort((a, b) => a - b));
      expect(line.width).toBeGreaterThanOrEqual(1.5);
      expect(line.width).toBeLessThanOrEqual(9);
    }
    expect(placePaths(paths, width, 0)).toEqual(drawing);
  });

  it.each([600, 860, 900])('has room for the names of pods and for our own words at %i', (width) => {
    const wide: Measure = (text, font) => text.length * font.size * (font.mono ? 0.6 : 0.62);
    const brief = mergePaths(branching.branches, 2, { ...whole, brief: width < 720 });
    const drawing = placePaths(brief, width, 0, wide);
    expect(drawing.width).toBe(width);
    const ends = [...drawing.stops.values()].filter(({ stop }) => stop.ends);
    expect(new Set(ends.map((end) => end.width)).size).toBe(1);
    for (const { stop, width: room, plain } of drawing.stops.values()) {
      const beside = stop.role === 'station' ? 8 : stop.ends ? (plain ? 15 : 34) + 6 + wide('33 %', { size: 11 }) : plain ? 20 : 36;
      expect(wide(stop.title, { size: 11, weight: 600 }) + beside, stop.title).toBeLessThanOrEqual(room + 1);
    }
  });

  it('draws what lies behind a gate that is not known as a possible way', () => {
    const open = branching.branches.map((path) => ({
      ...path,
      hops: path.hops.map((each) => (each.kind === 'policy-ingress' ? { ...each, verdict: 'unknown' as const } : each)),
    }));
    const { lines } = placePaths(mergePaths(open, 0, whole), 900, 0);
    const unsure = lines.filter((line) => line.unsureAt !== undefined);
    expect(unsure).toHaveLength(6);
    for (const line of unsure) {
      const { points, possible } = travelled(line);
      expect(points.at(-1)).toEqual(possible[0]);
      expect(possible.at(-1)).toEqual(line.end);
    }
  });

  it('draws the box of a node round all that happens on it', () => {
    const drawing = placePaths(paths, 900, 0);
    for (const { stop, x, y, width, height } of drawing.stops.values()) {
      if (stop.node === undefined) continue;
      const band = drawing.bands.find((each) => each.name === stop.node);
      expect(band && band.x <= x && band.y <= y && band.x + band.width >= x + width && band.y + band.height >= y + height, stop.id).toBe(true);
    }
  });
});

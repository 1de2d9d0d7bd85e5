/** The geometry of a trace drawing: what stands where, that nothing lies on anything else, at every width. */
import { describe, expect, it } from 'vitest';
import type { Branch, Hop, Trace } from '../../server/src/protocol/trace';
import { journeyOf } from '../../webview/src/trace/journey';
import { layout } from '../../webview/src/trace/drawing/layout';
import { pointAt } from '../../webview/src/trace/drawing/travel';
import type { Box, Drawing } from '../../webview/src/trace/drawing/shapes';
import { branch, branching, delivered, denied, hop, notEnforced, packet, samples, toInternet } from './samples/traces';

function drawn(trace: Trace, width = 900, at = 0): Drawing {
  const path = trace.branches[at];
  if (!path) throw new Error('no such branch');
  return layout(journeyOf(path), { width, proxyMode: 'iptables' });
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width - 0.5 && b.x < a.x + a.width - 0.5 && a.y < b.y + b.height - 0.5 && b.y < a.y + a.height - 0.5;
}

function overlaps(boxes: readonly Box[]): readonly (readonly [Box, Box])[] {
  return boxes.flatMap((a, index) => boxes.slice(index + 1).flatMap((b) => (overlap(a, b) ? [[a, b] as const] : [])));
}

const paths = Object.entries(samples).flatMap(([name, trace]) => trace.branches.map((path, index) => ({ name: `${name} ${index}`, path })));
const widths = [480, 600, 719, 760, 900, 1200];

describe.each(paths)('$name', ({ path }) => {
  it.each(widths)('has no station, gate, pod or inset on another at %i', (width) => {
    const drawing = layout(journeyOf(path), { width, proxyMode: 'iptables' });
    const gates = drawing.gates.map(({ x, y }) => ({ x: x - 7, y: y - 16, width: 14, height: 32 }));
    expect(overlaps([...drawing.stations, ...gates])).toEqual([]);
    expect(overlaps([...drawing.pods, ...drawing.insets])).toEqual([]);
    expect(overlaps(drawing.nodes)).toEqual([]);
  });

  it.each(widths)('keeps everything inside the drawing at %i', (width) => {
    const drawing = layout(journeyOf(path), { width, proxyMode: 'iptables' });
    for (const box of [...drawing.stations, ...drawing.nodes, ...drawing.pods, ...drawing.insets]) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(drawing.width);
      expect(box.y + box.height).toBeLessThanOrEqual(drawing.height);
    }
    for (const { points } of drawing.links) for (const { x } of points) expect(x >= 0 && x <= drawing.width).toBe(true);
  });

  it('gives each hop a place and each line a hop to come to', () => {
    const journey = journeyOf(path);
    const drawing = layout(journey, { width: 900, proxyMode: 'iptables' });
    const count = journey.hops.length + journey.notReached.length;
    expect(drawing.places).toHaveLength(journey.hops.length);
    for (const link of drawing.links) expect(link.toward).toBeLessThan(count);
    const numbered = [
      ...drawing.stations.flatMap((station) => station.steps),
      ...drawing.gates.map((gate) => gate.step),
      ...drawing.between.flatMap(({ step }) => (step ? [step] : [])),
      ...(drawing.rail?.steps ?? []),
    ];
    expect(numbered.map((step) => step.index).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
  });
});

describe('two nodes with a tunnel', () => {
  const drawing = drawn(delivered);

  it('sets node boxes of 388 side by side, 92 apart', () => {
    expect(drawing.nodes.map(({ name, x, width }) => ({ name, x, width }))).toEqual([
      { name: 'node-1', x: 16, width: 388 },
      { name: 'node-2', x: 496, width: 388 },
    ]);
  });

  it('puts eth0 of the pod above its veth, and the tunnel under the routes', () => {
    const middle = (title: string, at = 0): number => {
      const station = drawing.stations.filter((one) => one.title === title)[at];
      return (station?.x ?? 0) + (station?.width ?? 0) / 2;
    };
    const podCard = drawing.stations.find((one) => one.row === 'pod' && one.title === 'eth0');
    expect((podCard?.x ?? 0) + (podCard?.width ?? 0) / 2).toBe(middle('veth'));
    const routes = drawing.stations.find((one) => one.title === 'routes');
    const tunnel = drawing.stations.find((one) => one.tunnel);
    expect(routes && tunnel && tunnel.x < routes.x + routes.width && tunnel.y > routes.y).toBe(true);
  });

  it('lets the own cards of the nodes straddle their borders', () => {
    const cards = drawing.stations.filter((one) => one.kind === 'interface');
    expect(cards.map(({ x, width }) => x + width / 2)).toEqual([404, 496]);
    expect(cards.every(({ steps }) => steps.length === 0)).toBe(true);
  });

  it('marks the lines on which the packet is wrapped', () => {
    const indexes = new Set(drawing.links.filter((link) => link.tunnel).map((link) => link.toward));
    expect([...indexes]).toEqual([8, 9]);
  });

  it('writes the ribbon with new segments where a station wrote', () => {
    const segments = drawing.ribbon?.segments ?? [];
    expect(segments.map(({ row, value, writtenBy }) => ({ row, value, writtenBy }))).toEqual([
      { row: 'from', value: '10.244.0.7:41512', writtenBy: undefined },
      { row: 'to', value: '10.96.112.7:7070', writtenBy: undefined },
      { row: 'to', value: '10.244.1.9:7070', writtenBy: 4 },
      { row: 'outer', value: '192.168.0.11 → 192.168.0.12', writtenBy: 7 },
    ]);
    expect(segments[2]?.x).toBe(drawing.places[4]?.x);
    expect(segments[3]?.x).toBe(drawing.places[7]?.x);
  });

  it('explains the Service and the policy above their stations', () => {
    expect(drawing.insets.map(({ step }) => step.hop.kind)).toEqual(['service-translation', 'policy-ingress']);
    for (const { anchor, x, width } of drawing.insets) expect(anchor.x > x && anchor.x < x + width).toBe(true);
  });

  it('has a rail for the look-up whose lines lead to the container that asks', () => {
    const asks = drawing.stations.find((one) => one.title === 'server');
    expect(drawing.rail?.steps.map(({ index }) => index)).toEqual([0]);
    expect(drawing.rail?.asks?.y).toBe(asks?.y);
  });

  it('sets one node below the other where there is no room, without a ribbon', () => {
    const narrow = drawn(delivered, 600);
    const [first, second] = narrow.nodes;
    expect(narrow.width).toBe(600);
    expect(first && second && second.y > first.y + first.height).toBe(true);
    expect(narrow.ribbon).toBeUndefined();
  });
});

describe('one node', () => {
  const drawing = drawn(denied);

  it('is one box over the whole width', () => {
    expect(drawing.nodes.map(({ x, width }) => ({ x, width }))).toEqual([{ x: 16, width: 868 }]);
  });

  it('keeps what was not reached, and numbers none of it', () => {
    expect(drawing.stations.filter((one) => !one.reached).map((one) => one.title)).toEqual(['veth', 'eth0', 'redis']);
    expect(drawing.links.filter((link) => !link.reached)).toHaveLength(3);
    expect(drawing.pods.map(({ reached }) => reached)).toEqual([true, false]);
  });

  it('ends the ribbon at the gate', () => {
    expect(drawing.ribbon?.end).toBe(drawing.gates[1]?.x);
  });

  it('shows the policy that stops the packet before anything else that an inset could tell', () => {
    expect(drawing.insets.map(({ step }) => step.index).sort((a, b) => a - b)).toContain(7);
  });
});

describe('other ways', () => {
  it('stacks the stations of the pods where a bridge needs the room', () => {
    const drawing = drawn(notEnforced);
    const [first, second] = drawing.stations.filter((one) => one.row === 'pod');
    expect(first && second && first.x + first.width / 2 === second.x + second.width / 2 && second.y > first.y).toBe(true);
    expect(drawing.nodes).toHaveLength(2);
  });

  it('sets what lies outside beside the node', () => {
    const drawing = drawn(toInternet);
    const outside = drawing.stations.filter((one) => one.kind === 'outside');
    const [node] = drawing.nodes;
    expect(outside.map(({ title }) => title)).toEqual(['internet gateway', '93.184.216.34']);
    expect(outside.every(({ x }) => node && x > node.x + node.width)).toBe(true);
  });

  it('makes one box of hops that share a station', () => {
    const proxy = drawn(branching).stations.find((one) => one.title === 'kube-proxy');
    expect(proxy?.steps.map(({ hop: one }) => one.kind)).toEqual(['service-translation', 'source-translation']);
  });

  it('draws a node that is entered again as a visit of its own', () => {
    const node = (name: string): Hop['at'] => ({ kind: 'node', name });
    const one = packet('10.0.0.1:1', '10.0.0.2:2');
    const path = branch([
      hop('node-routing', node('a'), 'forwarded', one, ''),
      hop('node-routing', node('b'), 'forwarded', one, ''),
      hop('node-routing', node('a'), 'delivered', one, ''),
    ]);
    expect(layout(journeyOf(path), { width: 1200, proxyMode: 'ipvs' }).nodes.map(({ name }) => name)).toEqual(['a', 'b', 'a']);
  });

  it('draws nothing of nothing', () => {
    const drawing = layout(journeyOf(branch([])), { width: 900, proxyMode: 'iptables' });
    expect(drawing.stations).toEqual([]);
    expect(drawing.places).toEqual([]);
  });

  it('does not throw at any single hop', () => {
    const kinds = new Set(paths.flatMap(({ path }) => path.hops).map((each) => each.kind));
    const alone = (each: Hop): Branch => branch([each]);
    for (const each of paths.flatMap(({ path }) => path.hops)) expect(() => layout(journeyOf(alone(each)), { width: 900, proxyMode: 'x' })).not.toThrow();
    expect(kinds.size).toBeGreaterThan(15);
  });
});

describe('the packet on a line', () => {
  const line = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 30 },
  ];
  it.each([
    [0, { x: 0, y: 0 }],
    [0.25, { x: 10, y: 0 }],
    [0.5, { x: 10, y: 10 }],
    [1, { x: 10, y: 30 }],
  ])('is at part %d', (part, place) => expect(pointAt(line, part)).toEqual(place));
});

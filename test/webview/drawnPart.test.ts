/** What is drawn at middle widths: Services that are entered stand with the others, and the lane of what is selected opens. */
import { describe, expect, it } from 'vitest';
import { topologyAnswer } from '../../server/src/features/panelData';
import type { Topology } from '../../server/src/protocol/topology';
import { drawnPart, type DrawnPart } from '../../webview/src/topology/drawnPart';
import { layOut, type TopologyDrawing } from '../../webview/src/topology/layout';
import { fileAndLine } from '../../webview/src/topology/relations';
import { snapshotOf } from '../support/workspaceOf';
import { boutiqueTopology } from './harness/boutique';
import { gatewayManifest } from './samples/gateway';

const boutique = boutiqueTopology();
const gateway = topologyAnswer(snapshotOf(gatewayManifest), {}).topology ?? boutique;

function partOf(topology: Topology, width: number, selected: string | null = null): DrawnPart {
  return drawnPart(topology, { topology, dimmed: new Set(), matches: 0 }, { selected, onlyAround: true, openNamespaces: new Set(), width });
}

function drawingOf(topology: Topology, width: number, selected: string | null = null): TopologyDrawing {
  const part = partOf(topology, width, selected);
  return layOut(part.topology, width, false, { opened: part.opened });
}

const lanes = (drawing: TopologyDrawing): string => drawing.lanes.order.map(({ kind, strip }) => (strip ? `(${kind})` : kind)).join(' ');

describe('a Service that is entered from outside', () => {
  const id = 'service/default/frontend-external';

  it('stands in the Service lane where load balancers have none, and its pods are reached', () => {
    const drawing = drawingOf(boutique, 600);
    expect(drawing.cards.get(id)?.x).toBe(drawing.lanes.byKind.service.x);
    expect(drawing.edges.map(({ edge }) => [edge.from.card, edge.to.card])).toContainEqual([id, 'deployment/default/frontend']);
    expect(lanes(drawing)).toBe('(outside) service workload (container)');
    expect(drawingOf(boutique, 900).cards.get(id)?.x).toBe(drawingOf(boutique, 900).lanes.byKind['load-balancer'].x);
  });

  it('is one card where its way in was another', () => {
    const cards = boutique.cards.flatMap((card) =>
      card.id === id
        ? [
            { ...card, lane: 'service' as const },
            { ...card, id: `entry:${id}` },
          ]
        : [card],
    );
    const part = partOf({ ...boutique, cards }, 600, `entry:${id}`);
    expect(part.selected).toBe(id);
    expect(part.topology.cards.map((card) => card.id)).not.toContain(`entry:${id}`);
    expect(part.related.own).toContain('deployment/default/frontend');
  });
});

describe('ways in at middle widths', () => {
  it('are strips that count them, and an empty one is none', () => {
    const drawing = drawingOf(gateway, 600);
    expect(lanes(drawing)).toBe('(outside) (load-balancer) (ingress) service workload (container)');
    expect(drawing.hidden).toMatchObject({ 'load-balancer': 2, ingress: 4 });
  });

  it.each([
    ['gateway/shop/edge', '(outside) load-balancer (ingress) service workload (container)'],
    ['httproute/shop/shop', '(outside) (load-balancer) ingress service workload (container)'],
    ['internet', 'outside (load-balancer) (ingress) service workload (container)'],
    ['service/shop/web', '(outside) (load-balancer) (ingress) service workload (container)'],
  ])('have their lane while %s is selected', (selected, expected) => {
    expect(lanes(drawingOf(gateway, 600, selected))).toBe(expected);
    expect(drawingOf(gateway, 600, selected).cards.has(selected)).toBe(true);
  });

  it('need none for the pill of a workload that is drawn', () => {
    expect(drawingOf(boutique, 600, 'caller:deployment/default/frontend').lanes.byKind.outside.strip).toBe(true);
  });

  it.each([480, 500, 560, 600, 719])('never overlap at %i pixels, whatever is selected', (width) => {
    for (const selected of ['gateway/shop/edge', 'httproute/shop/shop', 'internet']) {
      const { order } = drawingOf(gateway, width, selected).lanes;
      order.forEach((lane, index) => expect(lane.x).toBeGreaterThanOrEqual((order[index - 1]?.x ?? 0) + (order[index - 1]?.width ?? 0)));
    }
  });

  it('are passed by the edges of an opened lane, and those are marked', () => {
    const part = partOf(gateway, 600, 'gateway/shop/edge');
    const edges = part.topology.edges.filter(({ from, to }) => from.card === 'gateway/shop/edge' && to.card === 'service/shop/cart');
    expect(edges.map(({ from }) => from.port)).toEqual(['1']);
    expect(edges.every(({ id }) => part.related.edges.has(id))).toBe(true);
    const ends = partOf(gateway, 600, 'internet').topology.edges.filter(({ from }) => from.card === 'internet');
    expect(ends.map(({ to }) => to.card)).toContain('service/shop/web');
    expect(partOf(gateway, 900, 'gateway/shop/edge').topology).toBe(gateway);
  });
});

describe('the lanes of Gateways and routes', () => {
  it('are called after what stands in them', () => {
    const { titles } = drawingOf(gateway, 900);
    expect([titles['load-balancer'], titles.ingress]).toEqual(['Gateway', 'Route']);
    const both = { ...gateway, cards: [...gateway.cards, ...boutique.cards] };
    expect(drawingOf(both, 900).titles['load-balancer']).toBe('Balancer, gateway');
    expect(drawingOf(boutique, 900).titles.ingress).toBe('Ingress');
  });

  it('keep the routes of one Gateway together where a filter hides their Services', () => {
    const cards = gateway.cards.filter((card) => card.lane === 'load-balancer' || card.lane === 'ingress');
    const placed = [...drawingOf({ ...gateway, cards }, 900).cards.values()].filter(({ card }) => card.lane === 'ingress').sort((a, b) => a.y - b.y);
    expect(placed.map(({ card }) => card.title)).toEqual(['cart', 'shop', 'mail', 'admin']);
  });

  it('have every edge run to the right', () => {
    for (const width of [760, 900, 1280]) for (const { x1, x2 } of drawingOf(gateway, width).edges) expect(x2).toBeGreaterThan(x1);
  });
});

describe('the place of a file', () => {
  it('is its name and line, without the scheme of one that was never saved', () => {
    expect(fileAndLine('untitled:Untitled-1', 5)).toBe('Untitled-1:5');
    expect(fileAndLine('file:///shop/cart%20service.yaml', 69)).toBe('cart service.yaml:69');
  });
});

/** Geometry of the topology: fixed lanes, cards that do not overlap, edges to the right, few crossings, the same every time. */
import { describe, expect, it } from 'vitest';
import type { LaneKind, Topology, TopologyCard } from '../../server/src/protocol/topology';
import { collapseNamespaces, namespaceOfRow } from '../../webview/src/topology/collapse';
import { egressWords } from '../../webview/src/topology/egressWords';
import { applyFilter, kindsOf, noFilter } from '../../webview/src/topology/filter';
import { nextCard } from '../../webview/src/topology/keyboard';
import { arrangeLanes } from '../../webview/src/topology/lanes';
import { layOut, type PlacedCard } from '../../webview/src/topology/layout';
import { crossings, orderGroups, spread } from '../../webview/src/topology/order';
import { neighboursOf, relatedTo, summaryOf } from '../../webview/src/topology/relations';
import { boutiqueTopology } from './harness/boutique';
import { largeTopology } from './harness/largeTopology';

const topology = boutiqueTopology();
const everyLane: ReadonlySet<LaneKind> = new Set<LaneKind>(['outside', 'load-balancer', 'ingress', 'service', 'workload', 'container']);

describe('lanes', () => {
  it('stand where the pictures have them at 900 pixels', () => {
    const { byKind, gateX, width } = arrangeLanes(900, new Set<LaneKind>(['outside', 'load-balancer', 'service', 'workload']), false);
    expect(byKind.outside).toMatchObject({ x: 16, width: 152 });
    expect(byKind['load-balancer']).toMatchObject({ x: 188, width: 128 });
    expect(byKind.ingress).toMatchObject({ x: 330, width: 30, strip: true });
    expect(byKind.service).toMatchObject({ x: 380, width: 180 });
    expect(gateX).toBe(636);
    expect(byKind.workload).toMatchObject({ x: 656, width: 180 });
    expect(byKind.container).toMatchObject({ x: 852, width: 36, strip: true });
    expect(width).toBe(900);
  });

  it.each([480, 600, 719, 720, 800, 900, 1000, 1199, 1200, 1600, 2400])('never overlap, and use %i pixels where they can', (width) => {
    for (const open of [false, true]) {
      const lanes = arrangeLanes(width, everyLane, open);
      for (let index = 1; index < lanes.order.length; index++) {
        const before = lanes.order[index - 1];
        const lane = lanes.order[index];
        expect(lane && before && lane.x >= before.x + before.width).toBe(true);
      }
      if (width >= 900 && !open) expect(lanes.width).toBe(Math.max(width, lanes.width));
    }
  });

  it('leave only Services and workloads below 720 pixels', () => {
    const { order } = arrangeLanes(600, everyLane, false);
    expect(order.filter((lane) => !lane.strip).map((lane) => lane.kind)).toEqual(['service', 'workload']);
  });
});

describe('the order that is kept', () => {
  it('holds while nothing is joined anew, and is never that of another graph', () => {
    const places = (of: Topology): readonly (readonly [string, number])[] => [...layOut(of, 900, false).cards].map(([id, { y }]) => [id, y]);
    const [one, two] = [topology, largeTopology(120)];
    const [first, second] = [places(one), places(two)];
    expect(places(one)).toEqual(first);
    expect(places(two)).toEqual(second);
    const edited = { ...one, cards: one.cards.map((card) => (card.lane === 'workload' ? { ...card, replicas: 7 } : card)) };
    expect(places(edited)).toEqual(first);
    const cut = { ...one, edges: one.edges.filter((edge) => edge.kind !== 'calls') };
    const fresh = places(cut);
    expect(fresh).not.toEqual(first);
    places(two);
    expect(places(cut)).toEqual(fresh);
  });
});

describe('bands', () => {
  it('are the ground of each namespace where there are several, hold its cards and do not touch', () => {
    expect(layOut(topology, 900, false).labels.some(({ band }) => band)).toBe(false);
    const drawing = layOut(largeTopology(120), 900, false);
    const bands = drawing.labels.flatMap(({ band, namespace }) => (band ? [{ ...band, namespace }] : []));
    expect(bands.length).toBeGreaterThan(1);
    bands.forEach((band, index) => {
      const before = bands[index - 1];
      if (before) expect(band.y).toBeGreaterThan(before.y + before.height);
      const own = [...drawing.cards.values()].filter(({ card }) => card.namespace === band.namespace && (card.lane === 'service' || card.lane === 'workload'));
      expect(own.every((card) => card.y >= band.y && card.y + card.height <= band.y + band.height && card.x >= band.x)).toBe(true);
    });
  });
});

function overlapping(cards: Iterable<PlacedCard>): readonly string[] {
  const all = [...cards];
  return all.flatMap((a, index) =>
    all
      .slice(index + 1)
      .flatMap((b) => (a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height ? [`${a.card.id} and ${b.card.id}`] : [])),
  );
}

describe('layout', () => {
  const drawing = layOut(topology, 900, false);

  it('places every card, none over another', () => {
    expect(drawing.cards.size).toBe(topology.cards.length);
    expect(overlapping(drawing.cards.values())).toEqual([]);
  });

  it('draws every edge from left to right, on a port at each end that names one', () => {
    expect(drawing.edges).toHaveLength(topology.edges.length);
    for (const { edge, x1, x2, y2 } of drawing.edges) {
      expect(x2).toBeGreaterThan(x1);
      const to = drawing.cards.get(edge.to.card);
      if (edge.to.port !== undefined) expect(y2).toBe(to?.ports.get(edge.to.port));
    }
  });

  it('puts a Service level with the workload that it selects', () => {
    expect(drawing.cards.get('service/default/cartservice')?.y).toBe(drawing.cards.get('deployment/default/cartservice')?.y);
  });

  it('keeps the way of the load balancer free, and fills the place beside it', () => {
    const balancer = drawing.cards.get('service/default/frontend-external');
    expect(drawing.cards.get('deployment/default/frontend')?.y).toBe(balancer?.y);
    expect(drawing.cards.get('service/default/frontend')?.y).toBe((balancer?.y ?? 0) + 48);
    expect(drawing.cards.get('deployment/default/loadgenerator')?.y).toBe((balancer?.y ?? 0) + 48);
  });

  it('puts a gate where the edge enters the workload', () => {
    const gate = drawing.gates.find((candidate) => candidate.gate.workload === 'deployment/default/cartservice');
    const edge = drawing.edges.find((candidate) => candidate.edge.to.card === 'deployment/default/cartservice');
    expect(gate?.y).toBe(edge?.y2);
    expect(gate?.x).toBe(636);
  });

  it('does not depend on the order in which cards and edges come', () => {
    const turned: Topology = { ...topology, cards: [...topology.cards].reverse(), edges: [...topology.edges].reverse() };
    const again = layOut(turned, 900, false);
    for (const [id, placed] of drawing.cards) expect({ id, x: again.cards.get(id)?.x, y: again.cards.get(id)?.y }).toEqual({ id, x: placed.x, y: placed.y });
  });

  it('keeps the order of Services when lanes shrink', () => {
    const rows = (width: number): readonly string[] => {
      const all = [...layOut(topology, width, false).cards.values()].filter((placed) => placed.card.lane === 'service');
      return [...all].sort((a, b) => a.y - b.y).map((placed) => placed.card.id);
    };
    expect(rows(600)).toEqual(rows(900));
  });

  it('takes a topology without anything', () => {
    const empty: Topology = { ...topology, cards: [], edges: [], gates: [], policies: [], namespaces: [] };
    expect(layOut(empty, 900, true).cards.size).toBe(0);
  });

  it('lays out two thousand cards in a moment, none over another', () => {
    const large = largeTopology(700);
    const start = performance.now();
    const placed = layOut(large, 900, false);
    expect(performance.now() - start).toBeLessThan(1_500);
    expect(placed.cards.size).toBe(large.cards.length);
    expect(overlapping([...placed.cards.values()].filter((card) => card.card.lane === 'service'))).toEqual([]);
  });
});

describe('order', () => {
  it('untangles what can be untangled', () => {
    const groups = ['a', 'b', 'c', 'd'].map((id, index) => ({ id, entered: false, callers: [`caller-${3 - index}`] }));
    const order = orderGroups(groups, ['caller-0', 'caller-1', 'caller-2', 'caller-3']);
    const edges = groups.flatMap((group) => group.callers.map((caller) => ({ group: group.id, caller })));
    expect(crossings(edges, order)).toBe(0);
  });

  it('draws the shop with few crossings', () => {
    const calls = topology.edges.filter((edge) => edge.kind === 'calls');
    const placed = layOut(topology, 900, false);
    const y = (id: string): number => placed.cards.get(id)?.y ?? 0;
    let crossed = 0;
    for (const a of calls) for (const b of calls) if (a.id < b.id && (y(a.from.card) - y(b.from.card)) * (y(a.to.card) - y(b.to.card)) < 0) crossed++;
    expect(crossed).toBeLessThanOrEqual(10);
  });

  it('spreads wishes without overlap and as near as it can', () => {
    expect(spread([10, 100], 20, 0)).toEqual([10, 100]);
    expect(spread([50, 50, 50], 20, 0)).toEqual([30, 50, 70]);
    expect(spread([0, 0], 20, 30)).toEqual([30, 50]);
  });
});

describe('relations', () => {
  it('marks a Service with its workload and its pill', () => {
    expect([...relatedTo(topology, 'service/default/cartservice').own].sort()).toEqual([
      'caller:deployment/default/cartservice',
      'deployment/default/cartservice',
      'service/default/cartservice',
    ]);
  });

  it('sums up who reaches it and what it reaches', () => {
    expect(summaryOf(topology, 'service/default/cartservice')).toBe('in from 2, out to 1; 1 pod; 2 policies');
    expect(
      neighboursOf(topology, 'service/default/cartservice')
        .reachedBy.map((card) => card.title)
        .sort(),
    ).toEqual(['checkoutservice', 'frontend']);
    expect(neighboursOf(topology, 'service/default/cartservice').reaches.map((card) => card.title)).toEqual(['redis-cart']);
  });

  it('answers for a card that is not there', () => {
    expect(relatedTo(topology, 'service/default/none').own.size).toBe(0);
  });
});

describe('filter', () => {
  const titles = (cards: readonly TopologyCard[], dimmed: ReadonlySet<string>): readonly string[] =>
    cards.filter((card) => !dimmed.has(card.id)).map((card) => card.id);

  it('finds by name, by port and by label, and shows what is joined to it', () => {
    const byName = applyFilter(topology, { ...noFilter, text: 'redis' });
    expect(titles(byName.topology.cards, byName.dimmed)).toEqual(['deployment/default/redis-cart', 'service/default/redis-cart']);
    expect(byName.dimmed.has('caller:deployment/default/cartservice')).toBe(true);
    const byPort = applyFilter(topology, { ...noFilter, text: ':9555' });
    expect(titles(byPort.topology.cards, byPort.dimmed)).toEqual(['deployment/default/adservice', 'service/default/adservice']);
    expect(applyFilter(topology, { ...noFilter, text: 'app=emailservice' }).matches).toBe(1);
  });

  it('filters by kind and namespace', () => {
    expect(kindsOf(topology)).toEqual(['Deployment', 'Service']);
    expect(applyFilter(topology, { ...noFilter, kind: 'Service' }).matches).toBe(13);
    expect(applyFilter(topology, { ...noFilter, namespace: 'elsewhere' }).topology.cards).toEqual([]);
  });
});

describe('gates', () => {
  const [workload] = topology.cards.filter((card) => card.id === 'deployment/default/cartservice');
  const port = workload?.ports[0];
  const several = (ports: readonly string[]): Topology => ({
    ...topology,
    cards: topology.cards.map((card) => (card === workload && port ? { ...card, ports: ports.map((id) => ({ ...port, id })) } : card)),
    gates: ports.map((id) => ({ workload: workload?.id ?? '', port: id, state: 'open', letsIn: 1, policies: [] })),
  });

  it('of rows that follow one another do not touch', () => {
    const { gates } = layOut(several(['a', 'b', 'c']), 900, false);
    expect(gates).toHaveLength(3);
    gates.slice(1).forEach((gate, index) => {
      const above = gates[index];
      expect(gate.y - gate.height / 2).toBeGreaterThan((above?.y ?? 0) + (above?.height ?? 0) / 2);
    });
    expect(layOut(several(['a']), 900, false).gates[0]?.height).toBe(20);
  });

  it('have their words below where edges come from above', () => {
    const wordsBelow = (of: Topology, id: string): boolean | undefined => layOut(of, 900, false).gates.find(({ gate }) => gate.workload === id)?.wordsBelow;
    const cart = 'deployment/default/cartservice';
    const email = 'deployment/default/emailservice';
    expect(wordsBelow(topology, cart)).toBe(false);
    // One Service for two workloads, of which the second stands below it.
    const edges = topology.edges.filter((edge) => edge.to.card !== email);
    const [selecting] = edges.filter((edge) => edge.to.card === cart);
    if (!selecting) throw new Error('no Service selects cartservice');
    const shared = {
      ...topology,
      edges: [...edges, { ...selecting, id: 'second', to: { card: email } }],
      cards: topology.cards.filter((card) => card.id !== 'service/default/emailservice'),
    };
    expect([wordsBelow(shared, cart), wordsBelow(shared, email)]).toEqual([false, true]);
  });
});

describe('collapsed namespaces', () => {
  const large = largeTopology(150);

  it('are a row each with what they hold, and one edge for each pair', () => {
    const { topology: rows, open } = collapseNamespaces(large, new Set());
    expect(rows.cards.filter((card) => card.lane === 'service').map((card) => [card.title, card.note])).toEqual([
      ['billing', '38 Services · 38 workloads'],
      ['search', '38 Services · 38 workloads'],
      ['shop', '37 Services · 37 workloads'],
      ['stock', '37 Services · 37 workloads'],
    ]);
    expect(open.size).toBe(0);
    expect(new Set(rows.edges.map((edge) => edge.id)).size).toBe(rows.edges.length);
    expect(rows.edges.length).toBeLessThanOrEqual(12);
    expect(rows.edges.every((edge) => namespaceOfRow(edge.from.card) !== namespaceOfRow(edge.to.card))).toBe(true);
    expect(layOut(rows, 900, false).edges).toHaveLength(rows.edges.length);
  });

  it('reach from the Services to the workloads, each with its pill before it, in the order of their names', () => {
    const { topology: rows, weights } = collapseNamespaces(large, new Set());
    const { cards, lanes } = layOut(rows, 900, false);
    const own = ['billing', 'search', 'shop', 'stock'].map((name) => ({ row: cards.get(`namespace:${name}`), pill: cards.get(`caller:namespace:${name}`) }));
    for (const { row, pill } of own) {
      expect((row?.x ?? 0) + (row?.width ?? 0)).toBe(lanes.byKind.workload.x + lanes.byKind.workload.width);
      expect(pill?.middle).toBe(row?.middle);
    }
    expect(own.map(({ row }) => row?.y)).toEqual(own.map(({ row }) => row?.y ?? 0).sort((a, b) => a - b));
    // Every connection between two namespaces is counted once.
    const between = large.edges.filter(({ from, to }) => {
      const [start, end] = [from, to].map(({ card }) => large.cards.find(({ id }) => id === card)?.namespace);
      return start !== end;
    });
    expect([...weights.values()].reduce((sum, weight) => sum + weight, 0)).toBe(between.length);
  });

  it('open one by one, with edges from and to the others', () => {
    const { topology: rows, open } = collapseNamespaces(large, new Set(['shop', 'elsewhere']));
    expect([...open]).toEqual(['shop']);
    expect(rows.cards.filter((card) => card.lane === 'workload').every((card) => card.namespace === 'shop')).toBe(true);
    const ids = new Set(rows.cards.map((card) => card.id));
    expect(rows.edges.every((edge) => ids.has(edge.from.card) && ids.has(edge.to.card))).toBe(true);
    expect(rows.edges.some((edge) => namespaceOfRow(edge.from.card) === 'stock' && edge.to.card.startsWith('service/shop/'))).toBe(true);
    expect(
      layOut(rows, 900, false)
        .labels.filter((label) => label.namespace !== undefined)
        .map((label) => label.namespace),
    ).toEqual(['shop']);
  });

  it('are left open where there is room for all, or only one', () => {
    expect(collapseNamespaces(topology, new Set()).topology).toBe(topology);
    const one = { ...large, cards: large.cards.map((card) => ({ ...card, namespace: 'shop' })) };
    expect(collapseNamespaces(one, new Set()).topology).toBe(one);
  });
});

describe('keyboard', () => {
  const drawing = layOut(topology, 900, false);
  it('goes along edges and within lanes', () => {
    expect(nextCard(drawing, 'service/default/cartservice', 'ArrowRight')).toBe('deployment/default/cartservice');
    expect(nextCard(drawing, 'deployment/default/cartservice', 'ArrowLeft')).toBe('service/default/cartservice');
    expect(nextCard(drawing, 'internet', 'ArrowRight')).toBe('service/default/frontend-external');
    const below = nextCard(drawing, 'service/default/frontend', 'ArrowDown');
    expect(drawing.cards.get(below ?? '')?.y).toBe((drawing.cards.get('service/default/frontend')?.y ?? 0) + 48);
    expect(nextCard(drawing, 'internet', 'ArrowUp')).toBeUndefined();
  });
});

describe('what a workload may send to', () => {
  it.each([
    [{ state: 'open' }, 'sends anywhere'],
    [{ state: 'closed' }, 'sends nowhere'],
    [{ state: 'not-enforced' }, 'sends anywhere: its policies are not enforced'],
    [{ state: 'limited', workloads: 3, outside: false }, 'may send to 3'],
    [{ state: 'limited', workloads: 3, outside: true }, 'may send to 3 and outside'],
    [{ state: 'limited', workloads: 0, outside: true }, 'may send outside only'],
    [{ state: 'limited', workloads: 0, outside: false }, 'may send to none of these workloads'],
  ] as const)('%j', (egress, words) => {
    expect(egressWords(egress)).toBe(words);
  });
});

describe('a Service whose pods are in no file', () => {
  const service = topology.cards.find((card) => card.id === 'service/default/cartservice');
  if (!service) throw new Error('the Service is gone');
  const ghost: TopologyCard = {
    ...service,
    id: 'ghost:pods/service/default/cartservice',
    lane: 'workload',
    shape: 'ghost',
    object: null,
    title: 'no pod here',
    note: 'app=cart',
    ports: [],
    source: null,
    ghost: { says: 'cartservice selects pods by these labels, and no file here has such a pod.', namedBy: [] },
  };
  const without: Topology = {
    ...topology,
    cards: [...topology.cards.filter((card) => card.id !== 'deployment/default/cartservice'), ghost],
    edges: topology.edges.map((each) => (each.to.card === 'deployment/default/cartservice' ? { ...each, to: { card: ghost.id } } : each)),
  };

  it('has its ghost level with it, and words where containers would stand', () => {
    const closed = layOut(without, 900, false);
    expect(closed.cards.get(ghost.id)?.y).toBe(closed.cards.get(service.id)?.y);
    expect(closed.notes.map((note) => note.card.id)).not.toContain(ghost.id);
    const open = layOut(without, 1280, true);
    expect(open.notes.find((note) => note.card.id === ghost.id)).toMatchObject({
      x: open.lanes.byKind.container.x,
      words: 'no file here has such a pod.',
    });
  });

  it('is told in the bar, and counts no pod', () => {
    expect(summaryOf(without, service.id)).toContain('no pod here');
    expect(summaryOf(without, ghost.id)).toBe(ghost.ghost?.says);
  });
});

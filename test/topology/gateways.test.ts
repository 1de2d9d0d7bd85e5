/** The Gateway API in the graph: from the internet to a listener, to a route, to the Services that it names. */
import { describe, expect, it } from 'vitest';
import type { ContextIndex } from '../../server/src/cluster/createClusterIndex';
import { attach, routesOf } from '../../server/src/cluster/gatewayAttachment';
import { traceIn } from '../../server/src/features/traces';
import type { Snapshot } from '../../server/src/workspace/snapshot';
import type { Topology, TopologyCard } from '../../server/src/protocol/topology';
import { buildTopology } from '../../server/src/topology/topology';
import { snapshotOf } from '../support/workspaceOf';
import { gatewayManifest } from '../webview/samples/gateway';

function indexOf(snapshot: Snapshot): ContextIndex {
  const [context] = snapshot.contexts;
  if (!context) throw new Error('no context');
  return snapshot.traceIndex(context);
}

function topologyOf(text: string): Topology {
  return buildTopology(indexOf(snapshotOf(text)), { enforced: true });
}

const cardOf = (topology: Topology, id: string): TopologyCard | undefined => topology.cards.find((card) => card.id === id);
const rowsOf = (topology: Topology, id: string): readonly string[] =>
  cardOf(topology, id)?.ports.map(({ number, name, protocol }) => [number === null ? '' : `:${number} ${protocol}`, name ?? ''].join(' ').trim()) ?? [];
/** `from:row → to:row`, with a question mark where that is not certain. */
const edgesOf = (topology: Topology, of: string): readonly string[] => {
  const end = ({ card, port }: Topology['edges'][number]['from']): string => {
    const row = cardOf(topology, card)?.ports.find(({ id }) => id === port);
    return row ? `${card} ${row.number === null ? (row.name ?? '') : `:${row.number}`}` : card;
  };
  return topology.edges
    .filter(({ from, to }) => from.card === of || to.card === of)
    .map(({ from, to, certain }) => `${end(from)} → ${end(to)}${certain ? '' : '?'}`)
    .sort();
};
const route = (kind: string, spec: string, namespace = 'shop', name = 'route'): string =>
  `---\napiVersion: gateway.networking.k8s.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${spec}\n`;
const service = (name: string, namespace = 'shop', spec = ''): string =>
  `---\napiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { ${spec}selector: { app: web }, ports: [{ name: http, port: 80 }] }\n`;

describe('the shop behind a Gateway', () => {
  const topology = topologyOf(gatewayManifest);

  it('has a row for each listener, entered from the internet', () => {
    expect(cardOf(topology, 'gateway/shop/edge')).toMatchObject({ lane: 'load-balancer', endpoint: 'gateway/shop/edge', note: 'example' });
    expect(rowsOf(topology, 'gateway/shop/edge')).toEqual([':80 HTTP', ':443 HTTPS *.example.com', ':25 TCP']);
    expect(topology.edges.find(({ to }) => to.card === 'gateway/shop/edge')).toMatchObject({ from: { card: 'internet' }, kind: 'enters' });
  });

  it('has a row for each host and rule, reached from the listeners that take it', () => {
    expect(rowsOf(topology, 'httproute/shop/shop')).toEqual(['shop.example.com', '/api', '/']);
    expect(edgesOf(topology, 'httproute/shop/shop')).toEqual([
      'gateway/shop/edge :443 → httproute/shop/shop shop.example.com',
      'gateway/shop/edge :80 → httproute/shop/shop shop.example.com',
      'httproute/shop/shop / → service/shop/web :80',
      'httproute/shop/shop /api → service/shop/api :80',
      'httproute/shop/shop /api → service/shop/api-next :80',
    ]);
    expect(edgesOf(topology, 'grpcroute/shop/cart')).toEqual([
      'gateway/shop/edge :443 → grpcroute/shop/cart grpc.example.com',
      'grpcroute/shop/cart shop.Cart → service/shop/cart :80',
    ]);
    expect(rowsOf(topology, 'tcproute/shop/mail')).toEqual(['everything']);
    expect(edgesOf(topology, 'tcproute/shop/mail')[0]).toBe('gateway/shop/edge :25 → tcproute/shop/mail everything');
  });

  it('says where each backend is named', () => {
    const edge = topology.edges.find(({ to }) => to.card === 'service/shop/api-next');
    expect(edge?.kind).toBe('routes');
    expect(edge?.because?.path).toEqual(['spec', 'rules', 0, 'backendRefs', 1]);
  });

  it('has ghosts for a Gateway and a Service that are in no file', () => {
    const gateway = cardOf(topology, 'ghost:gateway/infra/shared');
    expect(gateway).toMatchObject({ lane: 'load-balancer', shape: 'ghost', title: 'shared' });
    expect(gateway?.ghost?.says).toBe('admin hangs on it, and no file here declares it.');
    expect(gateway?.ghost?.namedBy[0]?.path).toEqual(['spec', 'parentRefs', 0]);
    expect(edgesOf(topology, 'ghost:gateway/infra/shared')).toEqual(['ghost:gateway/infra/shared https → httproute/shop/admin admin.example.com']);
    expect(cardOf(topology, 'ghost:service/shop/mail')?.ghost?.says).toBe('mail routes to it, and no file here declares it.');
  });

  it('leaves the routes of a mesh out', () => {
    expect(topology.cards.filter(({ title }) => title === 'retries')).toEqual([]);
  });

  it.each(['gateway/shop/edge', 'httproute/shop/shop', 'grpcroute/shop/cart'])('names %s as a trace from the internet takes it', (id) => {
    const snapshot = snapshotOf(gatewayManifest);
    const [context] = snapshot.contexts;
    const to = cardOf(topology, id)?.endpoint;
    const answer = context && to !== undefined ? traceIn(snapshot, context, { from: 'internet', to }) : undefined;
    expect(answer?.ok).toBe(true);
    expect(answer?.ok === true && answer.traces.map(({ outcome }) => outcome)).toContain('delivered');
  });
});

describe('a listener', () => {
  const gateway = (listeners: string): string => route('Gateway', `{ gatewayClassName: example, listeners: [${listeners}] }`, 'infra', 'edge');
  const parent = (more = ''): string => `parentRefs: [{ name: edge, namespace: infra${more} }]`;
  const backend = 'rules: [{ backendRefs: [{ name: web, port: 80 }] }]';
  const all = 'allowedRoutes: { namespaces: { from: All } }';
  const cases: Readonly<Record<string, string>> = {
    'of its own namespace only': gateway('{ name: a, port: 80, protocol: HTTP }') + route('HTTPRoute', `{ ${parent()}, ${backend} }`),
    'of every namespace': gateway(`{ name: a, port: 80, protocol: HTTP, ${all} }`) + route('HTTPRoute', `{ ${parent()}, ${backend} }`),
    'that is asked for by its section': gateway(`{ name: a, port: 80, protocol: HTTP, ${all} }, { name: b, port: 81, protocol: HTTP, ${all} }`).concat(
      route('HTTPRoute', `{ ${parent(', sectionName: b')}, ${backend} }`),
    ),
    'that is asked for by its port': gateway(`{ name: a, port: 80, protocol: HTTP, ${all} }, { name: b, port: 81, protocol: HTTP, ${all} }`).concat(
      route('HTTPRoute', `{ ${parent(', port: 80')}, ${backend} }`),
    ),
    'of another protocol': gateway(`{ name: a, port: 80, protocol: HTTP, ${all} }, { name: b, port: 53, protocol: UDP, ${all} }`).concat(
      route('UDPRoute', `{ ${parent()}, ${backend} }`),
    ),
    'of another host': gateway(`{ name: a, port: 80, protocol: HTTP, hostname: '*.example.com', ${all} }`).concat(
      route('HTTPRoute', `{ ${parent()}, hostnames: [example.org], ${backend} }`),
      route('HTTPRoute', `{ ${parent()}, hostnames: [example.org, a.b.example.com], ${backend} }`, 'shop', 'other'),
    ),
    'of other kinds': gateway('{ name: a, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: All }, kinds: [{ kind: GRPCRoute }] } }').concat(
      route('HTTPRoute', `{ ${parent()}, ${backend} }`),
    ),
    'of namespaces with a label': gateway(
      '{ name: a, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { kubernetes.io/metadata.name: shop } } } } }',
    ).concat(route('HTTPRoute', `{ ${parent()}, ${backend} }`), route('HTTPRoute', `{ ${parent()}, ${backend} }`, 'other')),
    'whose name is a placeholder': gateway(`{ name: '\${NAME}', port: 80, protocol: HTTP, ${all} }`).concat(
      route('HTTPRoute', `{ ${parent(', sectionName: a')}, ${backend} }`),
    ),
  };

  it.each(Object.entries(cases))('%s takes the routes that the simulator lets in by it', (_, text) => {
    const index = indexOf(snapshotOf(text));
    const topology = buildTopology(index, { enforced: true });
    const [card] = index.ofKind('Gateway');
    if (!card) throw new Error('no Gateway');
    const simulated = card.spec.listeners.flatMap((listener, position) =>
      routesOf(index, card).flatMap(({ route: one, parent: by }) => {
        const { state } = attach(index, card, listener, one, by);
        const to = `${one.kind.toLowerCase()}/${one.metadata.namespace ?? ''}/${one.metadata.name}`;
        return state === 'refused' ? [] : [`${position} ${to} ${String(state === 'attached')}`];
      }),
    );
    const drawn = topology.edges
      .filter(({ from }) => from.card === 'gateway/infra/edge')
      .map(({ from, to, certain }) => `${from.port ?? ''} ${to.card} ${String(certain)}`);
    expect([...drawn].sort()).toEqual([...simulated].sort());
  });
});

describe('a backend', () => {
  const to = (backend: string): string => route('HTTPRoute', `{ rules: [{ backendRefs: [${backend}] }] }`);
  const grant = `---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: grant, namespace: other }
spec: { from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop }], to: [{ group: '', kind: Service }] }
`;

  it('of another namespace is certain only where that grants it', () => {
    const text = to('{ name: web, namespace: other, port: 80 }') + service('web', 'other');
    expect(edgesOf(topologyOf(text), 'httproute/shop/route')).toEqual(['httproute/shop/route / → service/other/web :80?']);
    expect(edgesOf(topologyOf(text + grant), 'httproute/shop/route')).toEqual(['httproute/shop/route / → service/other/web :80']);
  });

  it('of no weight, and one that is no Service, is not led to', () => {
    const text = to('{ name: web, port: 80, weight: 0 }, { kind: Bucket, group: example.com, name: files }') + service('web');
    expect(edgesOf(topologyOf(text), 'httproute/shop/route')).toEqual([]);
  });

  it('that is entered from outside, too, stays in the Service lane, with its own way in before it', () => {
    const topology = topologyOf(to('{ name: web, port: 80 }') + service('web', 'shop', 'type: LoadBalancer, '));
    expect(cardOf(topology, 'service/shop/web')).toMatchObject({ lane: 'service', entered: true });
    expect(cardOf(topology, 'entry:service/shop/web')?.lane).toBe('load-balancer');
  });
});

describe('the rows of a route', () => {
  it('say what a request must have', () => {
    const rule = (match: string): string => `{ matches: [${match}], backendRefs: [{ name: web, port: 80 }] }`;
    const topology = topologyOf(
      route(
        'HTTPRoute',
        `{ rules: [${[
          rule('{ method: POST, path: { type: Exact, value: /login } }'),
          rule("{ path: { type: RegularExpression, value: '/v[0-9]' } }"),
          rule("{ headers: [{ name: x-canary, value: 'yes' }], queryParams: [{ name: a, value: b }] }"),
          rule('{ path: { value: /a } }, { path: { value: /b } }'),
        ].join(', ')}] }`,
      ),
    );
    expect(rowsOf(topology, 'httproute/shop/route')).toEqual(['POST = /login', '~ /v[0-9]', 'x-canary: yes ?a=b', '/a, /b']);
  });

  it('are one where one host takes everything, and are bounded', () => {
    expect(rowsOf(topologyOf(route('HTTPRoute', '{ hostnames: [a.example.com] }')), 'httproute/shop/route')).toEqual(['a.example.com']);
    const many = Array.from({ length: 40 }, (_, position) => `{ matches: [{ path: { value: /${position} } }], backendRefs: [{ name: web, port: 80 }] }`);
    const topology = topologyOf(route('HTTPRoute', `{ rules: [${many.join(', ')}] }`) + service('web'));
    expect(rowsOf(topology, 'httproute/shop/route')).toHaveLength(12);
    expect(rowsOf(topology, 'httproute/shop/route').at(-1)).toBe('29 more rules');
    expect(edgesOf(topology, 'httproute/shop/route')).toContain('httproute/shop/route 29 more rules → service/shop/web :80');
  });
});

/** From manifests to the graph: which cards stand in which lane, which ports edges join, what gates say. */
import { describe, expect, it } from 'vitest';
import { Opaque } from '../../server/src/base/opaque';
import { createClusterIndex } from '../../server/src/cluster/createClusterIndex';
import { policyVerdict } from '../../server/src/cluster/policyVerdict';
import { callsOf } from '../../server/src/cluster/serviceCalls';
import { decodeDocument } from '../../server/src/decode/decodeDocument';
import type { Context } from '../../server/src/model/context';
import type { Topology } from '../../server/src/protocol/topology';
import { buildTopology } from '../../server/src/topology/topology';
import { boutiqueTopology } from '../webview/harness/boutique';

function contextOf(manifests: readonly unknown[]): Context {
  const members = manifests.flatMap(
    (value, document) => decodeDocument(value, { uri: 'file:///all.yaml', document }, { podTemplatePaths: new Map(), fileName: 'all.yaml' }).resources,
  );
  return {
    id: 'folder:.',
    label: 'all',
    kind: 'folder',
    root: '.',
    because: 'one folder',
    members,
    files: [],
    closed: false,
    applyOrder: 'unknown',
    missing: [],
  };
}

function topologyOf(...manifests: readonly unknown[]): Topology {
  return buildTopology(createClusterIndex(contextOf(manifests)), { enforced: true });
}

const deployment = (name: string, spec: Readonly<Record<string, unknown>> = {}, namespace = 'shop'): unknown => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: `${name}:1`, ports: [{ containerPort: 8080, name: 'http' }], ...spec }] },
    },
  },
});
const service = (name: string, spec: Readonly<Record<string, unknown>> = {}, namespace = 'shop'): unknown => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 'http' }], ...spec },
});
const environment = (...values: readonly (readonly [string, string])[]): { readonly env: readonly unknown[] } => ({
  env: values.map(([name, value]) => ({ name, value })),
});
const unknownText = new Opaque('${APP}');
const ids = (topology: Topology, lane: string): readonly string[] => topology.cards.filter((card) => card.lane === lane).map((card) => card.id);
const edge = (topology: Topology, from: string, to: string): Topology['edges'][number] | undefined =>
  topology.edges.find((candidate) => candidate.from.card === from && candidate.to.card === to);

describe('the shop', () => {
  const topology = boutiqueTopology();

  it('has the lanes of the picture', () => {
    expect(ids(topology, 'load-balancer')).toEqual(['service/default/frontend-external']);
    expect(ids(topology, 'service').filter((id) => !id.startsWith('ghost:'))).toHaveLength(11);
    expect(ids(topology, 'workload')).toHaveLength(12);
    expect(ids(topology, 'outside')).toHaveLength(6);
  });

  it('has the ghost that frontend names', () => {
    const ghost = topology.cards.find((card) => card.shape === 'ghost');
    expect(ghost?.title).toBe('shoppingassistantservice');
    expect(ghost?.ghost?.says).toBe('frontend calls it by this name, and no file here declares it.');
    expect(ghost?.ghost?.namedBy[0]?.path.at(-1)).toBe('value');
  });

  it('counts whom the gates let in', () => {
    const gates = new Map(topology.gates.map((gate) => [gate.workload.split('/').at(-1), gate]));
    expect(gates.get('cartservice')).toMatchObject({ state: 'open', letsIn: 2 });
    expect(gates.get('productcatalogservice')?.letsIn).toBe(3);
    expect(gates.get('frontend')?.letsIn).toBe('all');
    expect(gates.get('loadgenerator')).toMatchObject({ state: 'closed', letsIn: 0 });
    expect(gates.get('redis-cart')?.policies.map((policy) => policy.name)).toEqual(['deny-all', 'redis-cart']);
    expect(boutiqueTopology(false).gates.every((gate) => gate.state === 'not-enforced')).toBe(true);
  });

  it('describes policies and DNS in a line each', () => {
    const all = topology.policies.find((policy) => policy.name === 'deny-all');
    expect(all?.selects).toHaveLength(12);
    expect(all?.says).toContain('selects all 12 workloads of default');
    expect(topology.dns).toMatchObject({ label: 'Cluster DNS', assumed: true });
    expect(topology.dns.says).toContain('open to all 12 workloads');
  });
});

describe('ports of a workload', () => {
  const container = (name: string, port: number, more: Readonly<Record<string, unknown>> = {}): unknown => ({
    name,
    image: `${name}:1`,
    ports: [{ containerPort: port, name }],
    ...more,
  });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'api', namespace: 'shop', labels: { app: 'api' } },
    spec: { initContainers: [container('metrics', 9102, { restartPolicy: 'Always' })], containers: [container('http', 8080), container('admin', 9000)] },
  };
  const rows = (topology: Topology): readonly (number | null)[] =>
    topology.cards.find((card) => card.id === 'pod/shop/api')?.ports.map((port) => port.number) ?? [];

  it('come from app containers before sidecars', () => {
    expect(rows(topologyOf(pod))).toEqual([8080, 9000, 9102]);
  });

  it('stand as the Service lists them, and those to which none leads after', () => {
    const ports = ['metrics', 'admin'].map((name, index) => ({ name, port: 100 + index, targetPort: name }));
    expect(rows(topologyOf(pod, service('api', { ports })))).toEqual([9102, 9000, 8080]);
  });
});

describe('Services', () => {
  it('lead to the declared port by name and by number', () => {
    const topology = topologyOf(deployment('web'), service('web'));
    expect(edge(topology, 'service/shop/web', 'deployment/shop/web')).toMatchObject({
      from: { port: '0' },
      to: { port: 'main:8080/TCP' },
      kind: 'selects',
      certain: true,
    });
  });

  it('land on the card where the port is not declared', () => {
    const topology = topologyOf(deployment('web'), service('web', { ports: [{ port: 80, targetPort: 9999 }] }));
    expect(edge(topology, 'service/shop/web', 'deployment/shop/web')?.to).toEqual({ card: 'deployment/shop/web' });
  });

  it('do not reach across namespaces', () => {
    const topology = topologyOf(deployment('web', {}, 'other'), service('web'));
    expect(topology.edges.map(({ to }) => to.card)).toEqual(['ghost:pods/service/shop/web']);
  });

  it('that are entered from outside stand among the load balancers', () => {
    for (const spec of [{ type: 'NodePort' }, { type: 'LoadBalancer' }, { externalIPs: ['203.0.113.9'] }]) {
      const topology = topologyOf(deployment('web'), service('web', spec));
      expect(ids(topology, 'load-balancer')).toEqual(['service/shop/web']);
      expect(edge(topology, 'internet', 'service/shop/web')?.kind).toBe('enters');
    }
  });

  it('behind an Ingress stay Services, with a way in of their own', () => {
    const ingress = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'edge', namespace: 'shop' },
      spec: {
        rules: [
          { host: 'shop.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] } },
          { host: 'api.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'missing', port: { number: 80 } } } }] } },
        ],
      },
    };
    const topology = topologyOf(deployment('web'), service('web', { type: 'NodePort' }), ingress);
    expect(ids(topology, 'service')).toEqual(['ghost:service/shop/missing', 'service/shop/web']);
    expect(ids(topology, 'load-balancer')).toEqual(['entry:service/shop/web']);
    expect(edge(topology, 'ingress/shop/edge', 'service/shop/web')).toMatchObject({ from: { port: 'shop.example.com' }, to: { port: '0' }, kind: 'routes' });
    expect(topology.cards.find((card) => card.shape === 'ghost')?.ghost?.says).toBe('edge routes to it, and no file here declares it.');
  });

  it('without a namespace are shown in default', () => {
    const topology = topologyOf({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } });
    expect(topology.cards[0]).toMatchObject({ id: 'service/default/web', namespace: 'default' });
  });

  it('of one name twice are two cards', () => {
    expect(ids(topologyOf(service('web'), service('web')), 'service')).toEqual(['service/shop/web', 'service/shop/web#2']);
  });
});

describe('calls', () => {
  const targets = (...manifests: readonly unknown[]): readonly string[] => {
    const index = createClusterIndex(contextOf(manifests));
    const [podSet] = index.podSets('shop');
    return podSet
      ? callsOf(podSet, index).map(
          ({ target, port }) =>
            `${'type' in target ? target.metadata.name : `?${target.namespace ?? '-'}/${target.name}`}${port === undefined ? '' : `:${port}`}`,
        )
      : [];
  };
  const web = (...values: readonly (readonly [string, string])[]): unknown => deployment('aaa', environment(...values));

  it.each([
    ['API_ADDR', 'api:8080', ['api:8080']],
    ['API_URL', 'http://api/path', ['api:80']],
    ['API_URL', 'https://user:secret@api.shop.svc.cluster.local:8443/x', ['api:8443']],
    ['DATABASE', 'jdbc:postgresql://api:5432/db', ['api:5432']],
    ['API_HOST', 'api', ['api']],
    ['API_HOST', 'api.shop', ['api']],
    ['ANYTHING', 'api', []],
    ['GREETING', 'hello api', []],
    ['BROKERS', 'api-0.api:9092,api-1.api:9092', []],
    ['BROKERS', 'api-0.api.shop.svc:9092', ['api:9092']],
    ['API_URL', 'http://$(API_SERVICE_HOST):80', ['api']],
    ['SELF', 'localhost:80', []],
    ['SELF', '127.0.0.1:80', []],
    ['OUTSIDE', 'https://example.com/', []],
    ['IMAGE', 'registry.example.com/api:1.2', []],
    ['PORT', 'api:99999', []],
  ] as const)('%s=%s', (name, value, expected) => {
    expect(targets(web([name, value]), service('api'))).toEqual(expected);
  });

  it('tells Services that no file declares only where the text is plain', () => {
    expect(targets(web(['GONE_ADDR', 'gone:80']))).toEqual(['?shop/gone:80']);
    expect(targets(web(['GONE_URL', 'http://gone.other.svc']))).toEqual(['?other/gone:80']);
    expect(targets(web(['GONE_HOST', 'gone']))).toEqual([]);
    expect(targets(web(['API', 'https://kubernetes.default.svc']))).toEqual([]);
    expect(targets(deployment('aaa', { args: ['--level=debug:1', 'gone:80'] }))).toEqual([]);
  });

  it('reads arguments and ConfigMaps', () => {
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'shop' },
      data: { API_ADDR: 'api:80', 'app.conf': 'upstream http://api:8081;\n' },
    };
    expect(targets(deployment('aaa', { args: ['--api', 'http://api:8082/'] }), service('api'))).toEqual(['api:8082']);
    expect(targets(deployment('aaa', { envFrom: [{ configMapRef: { name: 'settings' } }] }), service('api'), map)).toContain('api:80');
    expect(
      targets(deployment('aaa', { env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'settings', key: 'app.conf' } } }] }), service('api'), map),
    ).toEqual(['api:8081']);
  });

  it('never reads long text for long', () => {
    const hostile = `${'a.'.repeat(60_000)}:${'http://'.repeat(10_000)}`;
    const start = performance.now();
    targets(web(['X_URL', hostile]), service('api'));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('bad input', () => {
  it('does not throw and loses nothing else', () => {
    const odd: readonly unknown[] = [
      { apiVersion: 'v1', kind: 'Service', metadata: { name: '__proto__', namespace: 'shop' }, spec: { selector: { app: 7 }, ports: 'x' } },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: '<img src=x>', namespace: 'shop' }, spec: { ports: [{ port: 'eighty' }, null] } },
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'constructor' }, spec: null },
      { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'x' }, spec: { rules: [null, { http: { paths: [null] } }] } },
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'x', namespace: 'shop' }, spec: { ingress: 'all' } },
    ];
    const topology = topologyOf(...odd, deployment('web'), service('web'));
    expect(edge(topology, 'service/shop/web', 'deployment/shop/web')).toBeDefined();
    expect(ids(topology, 'service')).toContain('service/shop/__proto__');
  });
});

describe('gates', () => {
  const policy = (name: string, from: readonly unknown[] | undefined): unknown => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: 'shop' },
    spec: { podSelector: { matchLabels: { app: name } }, ingress: [from ? { from } : {}] },
  });
  const letsIn = (...manifests: readonly unknown[]): number | 'all' | 'others' | undefined =>
    topologyOf(deployment('api'), deployment('web'), deployment('job'), deployment('far', {}, 'other'), ...manifests).gates[0]?.letsIn;

  it.each([
    ['a label', [{ podSelector: { matchLabels: { app: 'web' } } }], 1],
    ['every pod of its namespace', [{ podSelector: {} }], 2],
    ['every pod of every namespace', [{ namespaceSelector: {} }], 3],
    ['another namespace by its name', [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } }], 1],
    ['only pods that are in no file', [{ podSelector: { matchLabels: { app: 'none' } } }], 'others'],
    ['a namespace that is in no file', [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }], 'others'],
    ['only addresses outside', [{ ipBlock: { cidr: '203.0.113.0/24' } }], 'others'],
    ['everybody', undefined, 'all'],
  ] as const)('let in %s', (_words, from, expected) => {
    expect(letsIn(policy('api', from))).toBe(expected);
  });

  it('stand only where a policy isolates', () => {
    expect(letsIn()).toBeUndefined();
  });

  it('are built in a moment for many pods with a policy each', () => {
    const names = Array.from({ length: 300 }, (_, index) => `part-${index}`);
    const manifests = names.flatMap((name) => [deployment(name), policy(name, [{ podSelector: { matchLabels: { app: 'part-1' } } }])]);
    const start = performance.now();
    const topology = topologyOf(...manifests);
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(topology.gates.filter((gate) => gate.letsIn === 1)).toHaveLength(299);
  });
});

describe('a Service whose pods are in no file', () => {
  const ghosts = (...manifests: readonly unknown[]): readonly Topology['cards'][number][] =>
    topologyOf(...manifests).cards.filter((card) => card.shape === 'ghost' && card.lane === 'workload');

  it('leads to a ghost that says what it selects and where', () => {
    const topology = topologyOf(deployment('web'), service('web', { selector: { app: 'wbe', tier: 'front' }, ports: [{ port: 80 }, { port: 81, name: 'b' }] }));
    expect(topology.cards.find((card) => card.shape === 'ghost')).toMatchObject({
      id: 'ghost:pods/service/shop/web',
      lane: 'workload',
      title: 'no pod here',
      note: 'app=wbe,tier=front',
      ghost: { says: 'web selects pods by these labels, and no file here has such a pod.', namedBy: [{ path: ['spec', 'selector'] }] },
    });
    expect(topology.edges.map(({ from, to }) => `${from.port ?? ''} > ${to.card}`)).toEqual([
      '0 > ghost:pods/service/shop/web',
      '1 > ghost:pods/service/shop/web',
    ]);
  });

  it.each([
    ['its pods are here', service('web')],
    ['it has no selector', service('gone', { selector: undefined })],
    ['its selector is empty', service('gone', { selector: {} })],
    ['its selector is not known', service('gone', { selector: { app: unknownText } })],
    ['it is a name for something outside', service('gone', { type: 'ExternalName', externalName: 'db.example.com' })],
  ])('has none where %s', (_words, manifest) => {
    expect(ghosts(deployment('web'), manifest)).toEqual([]);
  });

  it('has none where a pod matches perhaps, or where its endpoints are written', () => {
    const perhaps = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop', labels: { app: unknownText } }, spec: { containers: [] } };
    expect(ghosts(perhaps, service('gone'))).toEqual([]);
    const written = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'gone', namespace: 'shop' }, subsets: [] };
    expect(ghosts(written, service('gone'))).toEqual([]);
    expect(ghosts(written, service('other'))).toHaveLength(1);
  });
});

describe('the Service of a StatefulSet', () => {
  const set = (serviceName: string): unknown => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'shop' },
    spec: {
      serviceName,
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db', image: 'db' }] } },
    },
  });

  it('is a ghost before it where no file declares it', () => {
    const topology = topologyOf(set('db-pods'));
    expect(topology.cards.find((card) => card.shape === 'ghost')).toMatchObject({
      id: 'ghost:service/shop/db-pods',
      ghost: { says: 'db names it as its Service, and no file here declares it.' },
    });
    expect(edge(topology, 'ghost:service/shop/db-pods', 'statefulset/shop/db')).toMatchObject({ certain: false });
  });

  it('is none where it is here, or where none is named', () => {
    expect(topologyOf(set('db'), service('db')).cards.filter((card) => card.shape === 'ghost')).toEqual([]);
    expect(topologyOf(set('')).cards.filter((card) => card.shape === 'ghost')).toEqual([]);
  });
});

describe('whom a workload may send to', () => {
  const egress = (rules: readonly unknown[], options: { readonly enforced: boolean } = { enforced: true }): unknown => {
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'api', namespace: 'shop' },
      spec: { podSelector: { matchLabels: { app: 'api' } }, policyTypes: ['Egress'], egress: rules },
    };
    const members = [deployment('api'), deployment('web'), deployment('job'), deployment('far', {}, 'other'), policy];
    const topology = buildTopology(createClusterIndex(contextOf(members)), options);
    return topology.cards.find((card) => card.id === 'deployment/shop/api')?.egress;
  };

  it.each([
    ['nobody', [], { state: 'closed' }],
    ['everybody', [{}], { state: 'open' }],
    ['one', [{ to: [{ podSelector: { matchLabels: { app: 'web' } } }] }], { state: 'limited', workloads: 1, outside: false }],
    ['its namespace, itself not counted', [{ to: [{ podSelector: {} }] }], { state: 'limited', workloads: 2, outside: false }],
    ['a port by its name', [{ to: [{ podSelector: {} }], ports: [{ port: 'http' }] }], { state: 'limited', workloads: 2, outside: false }],
    [
      'a port where nobody listens',
      [{ to: [{ podSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }] }],
      { state: 'limited', workloads: 0, outside: false },
    ],
    ['the internet', [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }], { state: 'limited', outside: true }],
  ])('%s', (_words, rules, expected) => {
    expect(egress(rules)).toMatchObject(expected);
  });

  it('is anybody where nothing enforces it, and where no policy says anything', () => {
    expect(egress([], { enforced: false })).toEqual({ state: 'not-enforced' });
    expect(topologyOf(deployment('web')).cards[0]?.egress).toEqual({ state: 'open' });
  });
});

describe('one pod asked for all that nothing tells apart', () => {
  it('counts as if each had been asked', () => {
    const peers: readonly unknown[] = [
      { podSelector: { matchLabels: { app: 'a' } } },
      { namespaceSelector: {} },
      { namespaceSelector: { matchLabels: { team: 'x' } }, podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['b'] }] } },
      { ipBlock: { cidr: '10.0.0.0/8' } },
      { podSelector: { matchLabels: { tier: 'unknown' } } },
    ];
    const names = ['a', 'b', 'c', 'd'];
    const spaces = ['shop', 'other'];
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other', labels: { team: 'x' } } };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'shop', labels: { app: 'p' } },
      spec: { containers: [{ name: 'p', image: 'p', ports: [{ containerPort: 8080 }] }] },
      status: { podIPs: [{ ip: '10.1.2.3' }] },
    };
    const host = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'h', namespace: 'shop', labels: { app: 'a' } },
      spec: { hostNetwork: true, containers: [{ name: 'h', image: 'h' }] },
    };
    const pods = spaces.flatMap((space) => names.map((name) => deployment(name, {}, space)));
    for (const [place, peer] of peers.entries()) {
      const others = peers.filter((_, index) => index !== place && index % 2 === place % 2);
      const policy = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'p', namespace: 'shop' },
        spec: { podSelector: { matchLabels: { app: 'd' } }, ingress: [{ from: [peer, ...others], ports: [{ port: 8080 }] }] },
      };
      const index = createClusterIndex(contextOf([...pods, namespace, pod, host, policy]));
      const gate = buildTopology(index, { enforced: true }).gates.find(({ workload }) => workload === 'deployment/shop/d');
      const all = index.namespaces().flatMap((space) => index.podSets(space));
      const subject = all.find(({ key }) => key === 'deployment/shop/d');
      if (!subject) throw new Error('the workload is gone');
      const one = (podSet: (typeof all)[number]): boolean =>
        policyVerdict(index, { direction: 'Ingress', subject, peer: { kind: 'pods', podSet }, protocol: 'TCP', port: 8080 }).verdict === 'allowed';
      const counted = all.filter((podSet) => podSet !== subject && one(podSet)).length;
      expect(gate?.letsIn === 'others' ? 0 : gate?.letsIn, JSON.stringify(peer)).toBe(counted);
    }
  });
});

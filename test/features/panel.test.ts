/** What the panel and the quick pick ask: topology with findings, places, destinations, traces with their evidence in text. */
import { describe, expect, test } from 'vitest';
import { calledByName } from '../../server/src/features/calledByName';
import { contextsOfFile } from '../../server/src/features/contextStatus';
import { destinationsFrom } from '../../server/src/features/destinations';
import { chooseContext, topologyAnswer } from '../../server/src/features/panelData';
import { placeAt } from '../../server/src/features/placeAt';
import { traceIn } from '../../server/src/features/traces';
import type { Snapshot } from '../../server/src/workspace/snapshot';
import type { Context } from '../../server/src/model/context';
import { client, web, webService, wrongService } from '../cli/commandLine';
import { snapshotOf, uriOf } from '../support/workspaceOf';
import { cursorIn, main } from './marked';

function contextOf(snapshot: Snapshot): Context {
  const [context] = snapshot.contexts;
  if (!context) throw new Error('no context');
  return context;
}

describe('topology', () => {
  test('cards with the worst finding of their resource and its place in text', () => {
    const snapshot = snapshotOf(`${web}---\n${wrongService}`);
    const { topology, endpoints, defaults, contexts } = topologyAnswer(snapshot, { uri: main });
    const service = topology?.cards.find(({ id }) => id === 'service/default/web');
    expect(service).toMatchObject({ finding: { severity: 'warning', count: 1 }, uri: main, range: { start: { line: 19 } } });
    expect(topology?.cards.find(({ id }) => id === 'deployment/default/web')).not.toHaveProperty('finding');
    expect(endpoints.map(({ endpoint, ports }) => [endpoint, ports.map(({ number }) => number)])).toEqual([
      ['deployment/default/web', [8080]],
      ['service/default/web', [80]],
      ['internet', []],
    ]);
    expect(defaults).toEqual({ cni: 'bridge', proxyMode: 'iptables', placement: 'any' });
    expect(contexts).toEqual([{ id: 'folder:.', label: 'workspace' }]);
  });

  test('edges say where in the text they come from', () => {
    const { topology } = topologyAnswer(snapshotOf(`${web}---\n${webService}`), { uri: main });
    const selecting = topology?.edges.find(({ kind }) => kind === 'selects');
    const lines = `${web}---\n${webService}`.split('\n');
    expect(lines.slice((selecting?.range?.start.line ?? 0) - 1, selecting?.range?.end.line).join()).toContain('app: web');
    expect(selecting?.range?.start.line).toBeGreaterThan(web.split('\n').length);
  });

  test('one workload is not counted', () => {
    expect(topologyAnswer(snapshotOf(web), {}).topology?.dns.says).toContain('open to the one workload');
  });

  test('a finding goes to the resource of its own namespace', () => {
    const other = wrongService.replace('  name: web\n', '  name: web\n  namespace: pay\n');
    const snapshot = snapshotOf(
      `${web.replace('  name: web\n', '  name: web\n  namespace: pay\n')}---\n${other}---\n${webService.replace('  name: web\n', '  name: web\n  namespace: shop\n')}`,
    );
    const { topology } = topologyAnswer(snapshot, {});
    expect(topology?.cards.filter(({ finding }) => finding).map(({ id }) => id)).toEqual(['service/pay/web']);
  });

  test('the context that is asked for, else that of the file, else the largest; none is said', () => {
    const snapshot = snapshotOf({ 'dev/a.yaml': web, 'prod/a.yaml': web, 'prod/b.yaml': webService });
    expect(chooseContext(snapshot, { context: 'environment:dev', uri: uriOf('prod/a.yaml') })?.id).toBe('environment:dev');
    expect(chooseContext(snapshot, { uri: uriOf('dev/a.yaml') })?.id).toBe('environment:dev');
    expect(chooseContext(snapshot, { context: 'gone' })?.members.length).toBe(2);
    expect(topologyAnswer(snapshotOf({}), {})).toMatchObject({ topology: null, contexts: [], message: expect.stringMatching(/manifests/) as string });
  });

  test('the CNI and the proxy mode of the configuration are what the form assumes', () => {
    const snapshot = snapshotOf({ 'main.yaml': web, '.packetpath.yaml': 'cluster: {cni: "cilium:native", proxyMode: ipvs}\n' });
    expect(topologyAnswer(snapshot, {}).defaults).toMatchObject({ cni: 'cilium:native', proxyMode: 'ipvs' });
  });
});

describe('what stands at a place', () => {
  test.each([
    ['a Service', webService.replace('port: 80', 'po‸rt: 80'), { endpoint: 'service/default/web', card: 'service/default/web', label: 'Service web' }],
    [
      'a workload of a namespace',
      web.replace('  name: web\n', '  name: we‸b\n  namespace: shop\n'),
      { endpoint: 'deployment/shop/web', label: 'Deployment web · shop' },
    ],
    [
      'a policy',
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a‸}\nspec: {podSelector: {}}\n',
      { endpoint: null, label: 'NetworkPolicy a' },
    ],
    [
      'the second of a list',
      `apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: Service, metadata: {name: a}}\n  - {apiVersion: v1, kind: Service, metadata: {name: b‸}}\n`,
      { endpoint: 'service/default/b' },
    ],
    ['the second document', `${webService}---\n${client.replace('name: client', 'name: cli‸ent')}`, { endpoint: 'deployment/default/client' }],
  ])('%s', (_, marked, expected) => {
    const { text, position } = cursorIn(marked);
    expect(placeAt(snapshotOf(text), main, position)).toMatchObject({ context: 'folder:.', ...expected });
  });

  test('nothing in a text that is no manifest, in a file that is not here, beyond the end', () => {
    expect(placeAt(snapshotOf('a: b\n'), main, { line: 0, character: 0 })).toBeNull();
    expect(placeAt(snapshotOf(web), uriOf('none.yaml'), { line: 0, character: 0 })).toBeNull();
    expect(placeAt(snapshotOf(web), main, { line: 9999, character: 9999 })).toMatchObject({ endpoint: 'deployment/default/web' });
  });
});

describe('destinations', () => {
  const named = client.replace('          ports:', '          env:\n            - {name: API, value: "http://api.pay:80"}\n          ports:');
  const policy =
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: closed, namespace: pay}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n';
  const inPay = (text: string): string => text.replaceAll('web', 'api').replace('  name: api\n', '  name: api\n  namespace: pay\n');
  const files = {
    'client.yaml': named,
    'web.yaml': web,
    'service.yaml': webService,
    'api.yaml': inPay(web),
    'api-service.yaml': inPay(webService),
    'policy.yaml': policy,
  };

  test('nearest first: what its values name, Services of its namespace, of others, the internet; each with its verdict', () => {
    const snapshot = snapshotOf(files);
    const found = destinationsFrom(snapshot, contextOf(snapshot), 'deployment/default/client');
    expect(found.map(({ to, because, outcome }) => [to, because, outcome])).toEqual([
      ['service/pay/api', 'named in its values', 'dropped-policy-ingress'],
      ['service/default/web', 'Service of this namespace', 'delivered'],
      ['internet', 'outside', 'delivered'],
    ]);
    expect(found[0]).toMatchObject({ port: 80, label: 'api', detail: 'Service · 80' });
  });

  test('the other containers of a pod; Ingresses for the internet; nothing twice, never itself', () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - {name: main, image: x, ports: [{containerPort: 80}]}\n    - {name: side, image: y, ports: [{containerPort: 81}]}\n';
    const snapshot = snapshotOf({
      ...files,
      'pod.yaml': pod,
      'ingress.yaml':
        'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: in}\nspec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n',
    });
    const targets = (from: string): readonly string[] => destinationsFrom(snapshot, contextOf(snapshot), from).map(({ to }) => to);
    expect(targets('pod/default/a/main')).toContain('pod/default/a/side');
    expect(targets('pod/default/a/main')).not.toContain('pod/default/a/main');
    expect(targets('internet')).toContain('ingress/default/in');
    expect(targets('internet')).not.toContain('internet');
    for (const from of ['internet', 'deployment/default/client', 'service/default/web', 'nothing'])
      expect(new Set(targets(from)).size).toBe(targets(from).length);
  });
});

describe('traces', () => {
  test('a pod calls a Service by its name, so that the look-up is part of the way', () => {
    const to = (from: string, service: string): string => calledByName({ from, to: service }).to;
    expect(to('deployment/shop/web', 'service/shop/api')).toBe('api');
    expect(to('deployment/shop/web/server', 'service/pay/api')).toBe('api.pay');
    for (const from of ['internet', 'ip:203.0.113.7', 'node/worker-1']) expect(to(from, 'service/shop/api')).toBe('service/shop/api');
    for (const other of ['deployment/shop/api', 'ingress/shop/in', 'api:80', 'internet', 'service//api']) expect(to('deployment/shop/web', other)).toBe(other);

    const snapshot = snapshotOf({ 'client.yaml': client, 'web.yaml': web, 'service.yaml': webService });
    const answer = traceIn(snapshot, contextOf(snapshot), calledByName({ from: 'deployment/default/client', to: 'service/default/web' }));
    expect(answer.ok && answer.traces.map(({ outcome, branches }) => [outcome, branches[0]?.hops[0]?.kind])).toEqual([['delivered', 'dns-query']]);
  });

  test('a destination behind a blocked look-up says so', () => {
    const noDns =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: narrow}\nspec:\n  podSelector: {matchLabels: {app: client}}\n  policyTypes: [Egress]\n  egress:\n    - to: [{podSelector: {matchLabels: {app: web}}}]\n';
    const snapshot = snapshotOf({ 'client.yaml': client, 'web.yaml': web, 'service.yaml': webService, 'policy.yaml': noDns });
    const found = destinationsFrom(snapshot, contextOf(snapshot), 'deployment/default/client');
    expect(found.find(({ to }) => to === 'service/default/web')?.outcome).toBe('dns-blocked');
    expect(found.find(({ to }) => to === 'deployment/default/web')?.outcome).toBe('delivered');
  });

  test('evidence carries uri, range and the lines around, the deciding one marked', () => {
    const policy =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: closed\nspec:\n  podSelector:\n    matchLabels: {app: web}\n  policyTypes: [Ingress]\n';
    const snapshot = snapshotOf({ 'client.yaml': client, 'web.yaml': web, 'service.yaml': webService, 'policy.yaml': policy });
    const answer = traceIn(snapshot, contextOf(snapshot), { from: 'deployment/client', to: 'service/web' });
    if (!answer.ok) throw new Error(answer.error);
    expect(answer.traces).toMatchObject([{ outcome: 'dropped-policy-ingress' }]);
    const hops = answer.traces.flatMap(({ branches }) => branches.flatMap((branch) => branch.hops));
    const dropped = hops.find(({ verdict }) => verdict === 'dropped');
    const evidence = dropped?.because.find(({ uri }) => uri === uriOf('policy.yaml'));
    expect(evidence?.range).toBeDefined();
    expect(evidence?.excerpt?.lines.join('\n')).toContain('closed');
    for (const { uri, range, excerpt } of hops.flatMap(({ because }) => because)) {
      const lines = (snapshot.file(uri ?? '')?.text ?? '').split('\n');
      expect(excerpt?.lines).toEqual(lines.slice((excerpt?.firstLine ?? 1) - 1, (excerpt?.firstLine ?? 1) - 1 + (excerpt?.lines.length ?? 0)));
      expect(excerpt?.marked[0]).toBe(range?.start.line);
    }
  });

  test('settings of the cluster stand in where the question leaves them open', () => {
    const snapshot = snapshotOf({ 'client.yaml': client, 'web.yaml': web, 'service.yaml': webService, '.packetpath.yaml': 'cluster: {cni: "calico:vxlan"}\n' });
    const kinds = (options: object): readonly string[] => {
      const answer = traceIn(snapshot, contextOf(snapshot), { from: 'deployment/client', to: 'service/web', options: { placement: 'other-node', ...options } });
      return answer.ok ? answer.traces.flatMap(({ branches }) => branches.flatMap(({ hops }) => hops.map(({ kind }) => kind))) : [answer.error];
    };
    expect(kinds({})).toContain('tunnel-encapsulation');
    expect(kinds({ cni: 'bridge' })).not.toContain('tunnel-encapsulation');
  });
});

test('the language status has each context of a file', () => {
  const snapshot = snapshotOf({ 'main.yaml': `${web}---\napiVersion: v1\nkind: Service\nmetadata: {name: x\n` });
  expect(contextsOfFile(snapshot, main)).toEqual([
    {
      id: 'folder:.',
      label: 'workspace',
      resources: expect.any(Number) as number,
      open: true,
      because: expect.any(String) as string,
      missing: [expect.stringContaining('main.yaml') as string],
    },
  ]);
  expect(contextsOfFile(snapshot, uriOf('none.yaml'))).toEqual([]);
});

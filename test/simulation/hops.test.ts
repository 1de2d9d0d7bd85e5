/** Single facts of the way: what answered a name, the routes of the receiving node, other ports of a virtual address, node ports from inside. */
import { describe, expect, test } from 'vitest';
import { traceIn } from '../../server/src/features/traces';
import type { Branch, Flow, FlowOptions, Hop, HopKind, ProxyMode, Trace } from '../../server/src/protocol/trace';
import { simulate } from '../../server/src/simulation/simulate';
import { snapshotOf, traceIndexOf } from '../support/workspaceOf';
import { pod, service } from './manifests';

const files = [
  pod('client', 'a'),
  pod('server', 'a'),
  pod('host', 'a', 'hostNetwork: true, '),
  service('server', 'a', 'selector: {app: server}, ports: [{port: 80}]'),
  service('heads', 'a', 'clusterIP: None, selector: {app: server}, ports: [{port: 80}]'),
  service('np', 'a', 'type: NodePort, selector: {app: server}, ports: [{port: 80, nodePort: 30080}]'),
  service('lb', 'a', 'type: LoadBalancer, selector: {app: server}, ports: [{port: 80}]'),
  service('ten', 'a', 'type: ExternalName, externalName: 10.1.2.3'),
  service('bare', 'a', 'type: ExternalName, externalName: server'),
  service('other', 'a', 'type: ExternalName, externalName: same.b.svc.cluster.local'),
  service('same', 'a', 'type: ExternalName, externalName: same.b.svc.cluster.local'),
  service('same', 'b', 'type: ExternalName, externalName: server.a.svc.cluster.local'),
].join('\n---\n');
const index = traceIndexOf(files, { closed: true });

function only(flow: Flow): Trace {
  const answer = simulate(index, flow);
  const [trace, second] = answer.ok ? answer.traces : [];
  if (!trace || second) throw new Error(answer.ok ? 'expected one trace' : answer.error);
  return trace;
}
const way = (flow: Flow): Branch => {
  const [branch] = only(flow).branches;
  if (!branch) throw new Error('no branch');
  return branch;
};
const kinds = (hops: readonly Hop[]): readonly HopKind[] => hops.map(({ kind }) => kind);
const from = 'pod/a/client';

describe('a look-up says which name answered', () => {
  test.each<[string, string, number, number]>([
    ['server:80', 'server.a.svc.cluster.local', 1, 4],
    ['server.a:80', 'server.a.svc.cluster.local', 2, 4],
    ['server.a.svc:80', 'server.a.svc.cluster.local', 3, 4],
    ['server.a.svc.cluster.local.:80', 'server.a.svc.cluster.local', 1, 1],
    ['heads:80', 'heads.a.svc.cluster.local', 1, 4],
  ])('%s', (to, fullName, tried, of) => {
    const [query, next] = way({ from, to }).hops;
    expect(query?.lookup).toMatchObject({ asked: to.replace(/:80$/, ''), fullName, tried, of });
    expect(query?.before.hostname).toBe(to.replace(/:80$/, ''));
    expect(query?.after.hostname).toBe(fullName);
    expect(next?.before.hostname).toBe(fullName);
  });

  test.each<[string, string, RegExp]>([
    ['ten:80', 'name-not-found', /takes for a name, not for an address/],
    ['bare:80', 'name-not-found', /bare is an alias for server, which DNS takes for a full name/],
    ['other:80', 'delivered', /for which other and same is only another name/],
    ['same:80', 'delivered', /for which same and same is only another name/],
  ])('the alias %s stands for a full name: %s', (to, outcome, words) => {
    const branch = way({ from, to });
    expect(branch.outcome).toBe(outcome);
    expect(branch.hops[0]?.plain).toMatch(words);
  });
});

test.each<NonNullable<FlowOptions['cni']>>(['bridge', 'calico:vxlan', 'cilium:native', 'flannel:host-gw'])(
  'with %s the receiving node asks its routes',
  (cni) => {
    const { hops } = way({ from, to: 'pod/a/server', port: 80, options: { cni } });
    const arrival = hops.findIndex(({ kind, at }) => kind === 'node-routing' && at.name === 'node-2');
    expect(['underlay', 'tunnel-decapsulation']).toContain(hops[arrival - 1]?.kind);
    expect(hops[arrival + 1]?.kind).toBe('policy-ingress');
  },
);

test.each<[ProxyMode, 'dropped' | 'rejected', RegExp]>([
  ['iptables', 'dropped', /gets lost.*time-out/],
  ['ipvs', 'rejected', /connection is refused/],
  ['nftables', 'rejected', /refuses the connection/],
  ['ebpf', 'dropped', /gets lost.*time-out/],
])('another port of a virtual address with %s is %s', (proxyMode, verdict, words) => {
  const trace = only({ from, to: 'service/a/server', port: 81, options: { proxyMode } });
  const last = trace.branches[0]?.hops.at(-1);
  expect(trace.outcome).toBe('port-not-on-service');
  expect(last).toMatchObject({ kind: 'service-translation', verdict, at: { kind: 'node' } });
  expect(last?.plain).toMatch(words);
  expect(trace.remedies.map(({ what }) => what)).toEqual(['Call server on a port that it has (80/TCP), or add the port 81 to the Service.']);
});

describe('a node port', () => {
  test('from outside is entered at the node that is named, on the port that is named', () => {
    const trace = only({ from: 'internet', to: 'node/node-2', port: 30080 });
    expect(trace.flow).toMatchObject({ to: 'node/node-2', port: 30080 });
    expect(trace.branches).toHaveLength(1);
    expect(trace.branches[0]?.hops[0]?.before.destination).toEqual({ address: '192.168.0.12', port: 30080 });
    expect(kinds(trace.branches[0]?.hops ?? []).slice(0, 3)).toEqual(['external-host', 'node-port', 'service-translation']);
  });

  test('from a pod is translated where it arrives, and undone there', () => {
    const branch = way({ from, to: 'node/node-2', port: 30080 });
    expect(branch.outcome).toBe('delivered');
    const translation = branch.hops.find(({ kind }) => kind === 'service-translation');
    expect(translation?.at.name).toBe('node-2');
    expect(translation?.after.destination.port).toBe(80);
  });

  test('that no Service has is a port of the node itself', () => {
    expect(kinds(way({ from, to: 'node/node-2', port: 30081 }).hops).at(-1)).toBe('host-port');
  });
});

test('what a pod sends to another node’s address is masqueraded, but not with Cilium', () => {
  const masked = (cni: NonNullable<FlowOptions['cni']>): boolean =>
    kinds(way({ from, to: 'node/node-2', port: 22, options: { cni } }).hops).includes('source-translation');
  expect([masked('bridge'), masked('calico:ipip'), masked('cilium:tunnel')]).toEqual([true, true, false]);
  expect(kinds(way({ from, to: 'node/node-1', port: 22 }).hops)).not.toContain('source-translation');
});

test('an answer to the outside goes back through the load balancer to the client', () => {
  const branch = way({ from: 'internet', to: 'service/a/lb', options: { placement: 'same-node' } });
  expect(kinds(branch.reply)).toEqual(['container-socket', 'connection-tracking', 'load-balancer', 'external-host']);
  expect(branch.reply.at(-1)?.after.source).toEqual(branch.hops[0]?.before.destination);
});

test('a process of a node does not ask the cluster’s DNS', () => {
  expect(only({ from: 'node/node-1', to: 'server.a:80' }).outcome).toBe('name-not-found');
  const trace = only({ from: 'pod/a/host', to: 'server:80' });
  expect(trace.outcome).toBe('name-not-found');
  expect(trace.remedies[0]?.edits?.[0]?.insert).toBe('dnsPolicy: ClusterFirstWithHostNet');
});

test('pods that are not ready are counted', () => {
  const flow = { from, to: 'service/a/server', port: 80, options: { notReady: [{ workload: 'pod/a/server' }] } };
  expect(way(flow).hops.find(({ kind }) => kind === 'readiness')?.endpoints).toEqual({ ready: 0, of: 1 });
});

describe('in a workspace', () => {
  const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: guard}
spec:
  podSelector: {matchLabels: {app: server}}
  ingress:
    - from:
        - podSelector: {matchLabels: {app: friend}}`;
  const bare = (name: string): string => pod(name, 'a').replace('namespace: a, ', '');
  const snapshot = snapshotOf([bare('client'), bare('server'), policy].join('\n---\n'));
  const [context] = snapshot.contexts;
  const answer = context && traceIn(snapshot, context, { from: 'pod/client', to: 'pod/server', port: 80 });
  const trace = answer?.ok ? answer.traces[0] : undefined;

  test('each policy that was asked has its place in text', () => {
    const [asked] = trace?.branches[0]?.hops.find(({ kind }) => kind === 'policy-ingress')?.policies ?? [];
    expect(asked).toMatchObject({ name: 'guard', allows: false, uri: 'file:///workspace/main.yaml', range: { start: { line: 17 } } });
  });

  test('the rule that comes nearest is there in few words, with what the sender is', () => {
    const [asked] = trace?.branches[0]?.hops.find(({ kind }) => kind === 'policy-ingress')?.policies ?? [];
    expect(asked?.rule).toEqual({ peers: 'app: friend', peersMatch: 'no', portsMatch: 'yes', other: 'app: client' });
  });

  test('an assumed namespace is said, once, and for whom', () => {
    expect(trace?.warnings).toEqual(['The manifests write no namespace for client, guard: default is assumed.']);
    // Nothing is wrong with it: the panel tells it quietly.
    expect(trace?.assumptions).toEqual(trace?.warnings);
  });
});

describe('what stays in the pod has the sender that Linux gives it', () => {
  const pair = traceIndexOf(
    `apiVersion: v1
kind: Pod
metadata: {name: pair, namespace: a}
spec:
  hostAliases: [{ip: 127.0.0.1, hostnames: [near]}, {ip: 127.0.1.1, hostnames: [nearer]}, {ip: '::1', hostnames: [near6]}]
  containers:
    - {name: main, image: main}
    - {name: side, image: side, ports: [{containerPort: 90}]}
`,
    { closed: true },
  );
  test.each<[string, Flow['options'], string, string]>([
    ['localhost:90', {}, '127.0.0.1', '127.0.0.1'],
    ['http://127.0.0.1:90', {}, '127.0.0.1', '127.0.0.1'],
    ['http://[::1]:90', {}, '::1', '::1'],
    ['localhost:90', { ipFamily: 6 }, '::1', '::1'],
    ['http://127.0.0.1:90', { ipFamily: 6 }, '127.0.0.1', '127.0.0.1'],
    ['pod/a/pair/side', {}, '127.0.0.1', '127.0.0.1'],
    ['pod/a/pair/side', { ipFamily: 6 }, '::1', '::1'],
    ['near:90', {}, '127.0.0.1', '127.0.0.1'],
    ['nearer:90', {}, '127.0.0.1', '127.0.1.1'],
    ['near6:90', {}, '::1', '::1'],
  ])('%s with %j: %s', (to, options = {}, source, destination) => {
    const answer = simulate(pair, { from: 'pod/a/pair/main', to, port: 90, options });
    const [branch] = answer.ok ? (answer.traces[0]?.branches ?? []) : [];
    const [socket, lo, arrived] = branch?.hops.filter(({ kind }) => kind !== 'dns-query') ?? [];
    expect([socket?.kind, lo?.kind, arrived?.kind]).toEqual(['container-socket', 'loopback', 'container-port']);
    for (const hop of [socket, lo, arrived]) {
      expect(hop?.before.source.address).toBe(source);
      expect(hop?.after.source.address).toBe(source);
      expect(hop?.after.destination).toEqual({ address: destination, port: 90 });
    }
    expect(socket?.assumed).not.toBe(true);
    expect(branch?.reply[0]?.after).toMatchObject({ source: { address: destination }, destination: { address: source } });
  });

  test('the pod’s own address is its own sender', () => {
    const { hops } = way({ from: 'pod/a/client', to: 'pod/a/client', port: 80 });
    const [socket] = hops;
    expect(socket?.after.source.address).toBe(socket?.at.address);
    expect(socket?.after.destination.address).toBe(socket?.at.address);
  });
});

test('what two containers share is told as data', () => {
  const text = `apiVersion: v1
kind: Pod
metadata: {name: pair, namespace: a}
spec:
  shareProcessNamespace: true
  containers:
    - {name: main, image: main, volumeMounts: [{name: data, mountPath: /out}, {name: other, mountPath: /x, subPath: main}, {name: keys, mountPath: /k}]}
    - name: side
      image: side
      ports: [{containerPort: 90}]
      volumeMounts: [{name: data, mountPath: /in, readOnly: true}, {name: other, mountPath: /x, subPath: side}, {name: keys, mountPath: /keys}]
  volumes: [{name: data, emptyDir: {}}, {name: other, emptyDir: {}}, {name: keys, secret: {secretName: keys}}]
`;
  const answer = simulate(traceIndexOf(text, { closed: true }), { from: 'pod/a/pair/main', to: 'pod/a/pair/side' });
  const [branch] = answer.ok ? (answer.traces[0]?.branches ?? []) : [];
  expect(branch?.hops.flatMap(({ shares }) => shares ?? [])).toEqual([
    { kind: 'network', heldBy: 'pause' },
    {
      kind: 'volume',
      name: 'data',
      type: 'emptyDir',
      mounts: [
        { container: 'main', path: '/out', readOnly: false },
        { container: 'side', path: '/in', readOnly: true },
      ],
    },
    {
      kind: 'volume',
      name: 'keys',
      type: 'secret',
      mounts: [
        { container: 'main', path: '/k', readOnly: true },
        { container: 'side', path: '/keys', readOnly: true },
      ],
    },
    { kind: 'ipc', processes: true },
  ]);
});

// nf_nat_masquerade_ipv4 takes the address of the device by which the packet leaves; what that is differs from plugin to plugin.
test.each<[NonNullable<FlowOptions['cni']>, RegExp, RegExp]>([
  ['bridge', /^10\.244\.0\.1$/, /^192\.168\.0\.11$/],
  ['kindnet', /^10\.244\.0\.1$/, /^192\.168\.0\.11$/],
  ['flannel:host-gw', /^10\.244\.0\.1$/, /^192\.168\.0\.11$/],
  ['flannel:vxlan', /^10\.244\.0\.1$/, /^10\.244\.0\.0$/],
  ['calico:bgp', /^192\.168\.0\.11$/, /^192\.168\.0\.11$/],
  ['calico:ipip', /^192\.168\.0\.11$/, /^10\.244\.0\./],
  ['cilium:native', /^10\.244\.0\.1$/, /^192\.168\.0\.11$/],
  ['cilium:tunnel', /^10\.244\.0\.1$/, /^10\.244\.0\.1$/],
])('with %s a pod of the node sees %s after masquerade, a pod of another %s', (cni, near, far) => {
  const { branches } = only({ from: 'internet', to: 'service/a/np', port: 80, options: { cni } });
  const [own, other] = [branches.find(({ label }) => label === 'by node-1'), branches.find(({ label }) => label === 'by node-2')];
  const seen = (branch: Branch | undefined): Hop | undefined => branch?.hops.find(({ kind }) => kind === 'source-translation');
  expect(seen(own)?.after.source.address).toMatch(near);
  expect(seen(own)?.assumed).toBe(true);
  // The pod runs on node-1, so the other way leads over node-2.
  expect(seen(other)?.after.source.address).toMatch(
    new RegExp(far.source.replace('192\\.168\\.0\\.11', '192\\.168\\.0\\.12').replace('10\\.244\\.0\\.', '10\\.244\\.1\\.')),
  );
  for (const branch of [own, other]) expect(branch?.outcome).toBe('delivered');
});

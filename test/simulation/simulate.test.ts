/** Ends of questions, assumed addresses, limits and bad input. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressPlan } from '../../server/src/cluster/addressPlan';
import { cniModes, hopKinds, outcomes, proxyModes, verdicts } from '../../server/src/protocol/trace';
import type { Branch, Flow, Trace } from '../../server/src/protocol/trace';
import { traceCommand } from '../../server/src/report/traceCommand';
import { traceMarkdown } from '../../server/src/report/traceMarkdown';
import { traceMermaid } from '../../server/src/report/traceMermaid';
import { traceText } from '../../server/src/report/traceText';
import { simulate } from '../../server/src/simulation/simulate';
import { traceIndexOf } from '../support/workspaceOf';
import { deployment, documents as join, service } from './manifests';

function traces(files: string, flow: Flow, closed = false): readonly Trace[] {
  const answer = simulate(traceIndexOf(files, { closed }), flow);
  if (!answer.ok) throw new Error(answer.error);
  return answer.traces;
}
const outcomeOf = (files: string, flow: Flow, closed = false): string =>
  traces(files, flow, closed)
    .map(({ outcome }) => outcome)
    .join(' ');

/** Every address that a pod has in a branch, by the pod's name. */
function addressesOfPods(branch: Branch): readonly [string, ReadonlySet<string>][] {
  const addresses = new Map<string, Set<string>>();
  for (const { at } of [...branch.hops, ...branch.reply, ...branch.notReached]) {
    if (at.kind !== 'pod' || at.address === undefined) continue;
    addresses.set(at.name, (addresses.get(at.name) ?? new Set<string>()).add(at.address));
  }
  return [...addresses];
}

describe('ends', () => {
  const files = join(deployment('web', 'a'), deployment('web', 'b'), deployment('api', 'a'), service('api', 'a', 'selector: {app: api}, ports: [{port: 80}]'));
  test.each<[string, string, RegExp]>([
    ['deployment/web', 'deployment/a/api', /^deployment\/web is ambiguous.*deployment\/a\/web,deployment\/b\/web$/],
    ['deployment/a/wbe', 'deployment/a/api', /^deployment\/a\/wbe is not in this context.*deployment\/a\/web/],
    ['deployment/a/web/sidecar', 'deployment/a/api', /has no container sidecar.*deployment\/a\/web\/main$/],
    ['deployment/a/web', 'gadget/a/api', /has a kind that is not known: gadget/],
    ['deployment/a/web', 'ip:300.1.1.1', /is no IP address/],
    ['deployment/a/web', '', /is no endpoint/],
    ['deployment/a/web', 'http://:80', /is no endpoint/],
    ['api', 'deployment/a/api', /cannot send/],
  ])('%s to %s', (from, to, expected) => {
    const answer = simulate(traceIndexOf(files), { from, to });
    expect(answer.ok ? '' : `${answer.error} ${answer.candidates.join(',')}`).toMatch(expected);
  });

  test.each<[string, string]>([
    ['deployment/a/web', 'deployment/api'],
    ['deployment/a/web/main', 'deployment/api/main'],
    ['deployment/a/web', 'service/api'],
    ['deployment/b/web', 'http://api.a/path'],
    ['deployment/b/web', 'api.a.svc.cluster.local'],
    ['deployment/b/web', 'API.a.svc.cluster.local.'],
  ])('%s to %s is delivered', (from, to) => {
    expect(outcomeOf(files, { from, to })).toBe('delivered');
  });

  test('a bare name is a Service of the client’s namespace', () => {
    expect(outcomeOf(files, { from: 'deployment/b/web', to: 'api:80' })).toBe('unknown');
    expect(outcomeOf(files, { from: 'deployment/b/web', to: 'api:80' }, true)).toBe('name-not-found');
  });

  test('each port of the destination is traced', () => {
    const two = join(deployment('web', 'a'), service('web', 'a', 'selector: {app: web}, ports: [{name: a, port: 80}, {name: b, port: 81, protocol: UDP}]'));
    expect(traces(two, { from: 'node/node-1', to: 'service/web' }).map(({ flow }) => `${flow.port ?? ''}/${flow.protocol ?? ''}`)).toEqual([
      '80/TCP',
      '81/UDP',
    ]);
  });

  test('a port out of range is an error', () => {
    expect(simulate(traceIndexOf(files), { from: 'deployment/a/web', to: 'service/api', port: 70000 }).ok).toBe(false);
  });
});

describe('assumed addresses', () => {
  const files = join(
    deployment('web', 'a', 'replicas: 3'),
    deployment('api', 'a'),
    service('web', 'a', 'selector: {app: web}, ports: [{port: 80}]'),
    service('fixed', 'a', 'clusterIP: 10.96.5.5, ports: [{port: 80}]'),
  );
  const addresses = (text: string): Map<string, string> => {
    const index = traceIndexOf(text);
    const plan = addressPlan(index);
    const [node] = plan.nodes;
    if (!node) throw new Error('no node');
    const entries: [string, string][] = index.podSets('a').map((podSet) => [podSet.key, plan.podAddress(podSet, 0, node).text]);
    for (const one of index.ofKind('Service')) entries.push([`service ${one.metadata.name}`, plan.serviceAddress(one)?.text ?? '']);
    return new Map(entries);
  };

  test('are the same every time, unique, and in their ranges', () => {
    const first = addresses(files);
    expect(addresses(files)).toEqual(first);
    expect(new Set(first.values()).size).toBe(first.size);
    expect(first.get('deployment/a/web')).toMatch(/^10\.244\.0\.\d+$/);
    expect(first.get('service web')).toMatch(/^10\.(9[6-9]|10\d|11[01])\./);
    expect(first.get('service fixed')).toBe('10.96.5.5');
  });

  test('stay where they are when something else comes', () => {
    const before = addresses(files);
    const after = addresses(join(deployment('more', 'a'), files, service('more', 'a', 'ports: [{port: 1}]')));
    expect([...before].filter(([key, text]) => after.get(key) !== text)).toEqual([]);
  });

  test('follow kubeadm’s ranges and Node objects', () => {
    const cluster = 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking: {podSubnet: 10.50.0.0/16, serviceSubnet: 10.60.0.0/16}';
    const node =
      'apiVersion: v1\nkind: Node\nmetadata: {name: worker}\nspec: {podCIDR: 10.50.7.0/24}\nstatus: {addresses: [{type: InternalIP, address: 172.20.0.5}]}';
    const plan = addressPlan(traceIndexOf(join(files, cluster, node)));
    expect(plan.dns.text).toBe('10.60.0.10');
    expect(plan.nodes.map(({ name, address, podRange, assumed }) => `${name} ${address} ${podRange} ${String(assumed)}`)).toEqual([
      'worker 172.20.0.5 10.50.7.0/24 false',
      'node-2 192.168.0.11 10.50.0.0/24 true',
    ]);
  });
});

describe('outcomes', () => {
  const web = deployment('web', 'a');
  test.each<[string, string, Flow, string]>([
    [
      'replicas 0',
      join(web, deployment('api', 'a', 'replicas: 0'), service('api', 'a', 'selector: {app: api}, ports: [{port: 80}]')),
      { from: 'deployment/web', to: 'service/api' },
      'refused-no-endpoints',
    ],
    [
      'a target port name that no container has',
      join(web, deployment('api', 'a'), service('api', 'a', 'selector: {app: api}, ports: [{port: 80, targetPort: http}]')),
      { from: 'deployment/web', to: 'service/api' },
      'refused-no-endpoints',
    ],
    [
      'pods that may be elsewhere',
      join(web, service('api', 'a', 'selector: {component: cache}, ports: [{port: 80}]')),
      { from: 'deployment/web', to: 'service/api' },
      'unknown',
    ],
    [
      'a placeholder as target port',
      join(web, deployment('api', 'a'), service('api', 'a', "selector: {app: api}, ports: [{port: 80, targetPort: '${PORT}'}]")),
      { from: 'deployment/web', to: 'service/api' },
      'unknown',
    ],
    [
      'a cluster address from outside',
      join(web, service('web', 'a', 'selector: {app: web}, ports: [{port: 80}]')),
      { from: 'internet', to: 'service/web' },
      'no-route',
    ],
    ['a pod from outside', web, { from: 'internet', to: 'deployment/web' }, 'no-route'],
    [
      'a source range that cannot hold the internet',
      join(web, service('web', 'a', 'type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], selector: {app: web}, ports: [{port: 80}]')),
      { from: 'internet', to: 'service/web' },
      'dropped-source-range',
    ],
    [
      'a source range that may hold the client',
      join(web, service('web', 'a', 'type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24], selector: {app: web}, ports: [{port: 80}]')),
      { from: 'internet', to: 'service/web' },
      'unknown',
    ],
    [
      'a node port',
      join(web, service('web', 'a', 'type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]')),
      { from: 'internet', to: 'node/node-1', port: 30080 },
      'delivered',
    ],
  ])('%s', (_name, files, flow, expected) => {
    expect(outcomeOf(files, flow)).toBe(expected);
  });

  test('shares of branches add up to one, and their number is bounded', () => {
    const many = join(
      web,
      ...Array.from({ length: 40 }, (_, number) => deployment(`api${number}`, 'a').replaceAll('app: ', 'role: x, app: ')),
      service('api', 'a', 'selector: {role: x}, ports: [{port: 80}]'),
    );
    const [trace] = traces(many, { from: 'deployment/web', to: 'service/api' });
    expect(trace?.branches.length).toBeLessThanOrEqual(8);
    expect(trace?.branches.reduce((sum, branch) => sum + branch.share, 0)).toBeCloseTo(1);
  });
});

describe('any question', () => {
  const files = join(
    deployment('web', 'a', 'replicas: 2'),
    service('web', 'a', 'selector: {app: web}, ports: [{port: 80}]'),
    service('out', 'a', 'type: ExternalName, externalName: out.a.svc.cluster.local'),
    service('heads', 'a', 'clusterIP: None, selector: {app: web}, ports: [{port: 80}]'),
    service('np', 'a', 'type: NodePort, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]'),
    service('self', 'a', 'type: ExternalName, externalName: self.a.svc.cluster.local'),
    service('lb', 'a', 'type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]'),
    'apiVersion: v1\nkind: Pod\nmetadata: {name: host, namespace: a, labels: {app: host}}\nspec: {hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet, containers: [{name: main, image: i, ports: [{containerPort: 80}]}]}',
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: a}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {}}]}], egress: [{}]}',
    'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: a}\nspec: {rules: [{host: shop.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}',
  );
  const index = traceIndexOf(
    join(
      files,
      'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: g, namespace: a}\nspec: {gatewayClassName: cilium, listeners: [{name: http, port: 80, protocol: HTTP}, {name: other, port: 30080, protocol: HTTP}]}',
      'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r, namespace: a}\nspec: {parentRefs: [{name: g}], hostnames: [api.example.com], rules: [{backendRefs: [{name: web, port: 80, weight: 2}, {name: gone, port: 80}, {name: far, namespace: b, port: 80}]}]}',
      service('dual', 'a', 'ipFamilyPolicy: RequireDualStack, selector: {app: web}, ports: [{port: 80}]'),
      service('manual', 'a', 'ports: [{port: 80}]'),
      'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: m, namespace: a, labels: {kubernetes.io/service-name: manual}}\naddressType: IPv4\nports: [{port: 80}]\nendpoints: [{addresses: [10.96.0.77]}, {addresses: [172.20.0.9]}, {addresses: [172.20.0.8], conditions: {ready: false}}]',
    ),
  );
  const from = fc.constantFrom('deployment/web', 'pod/host', 'node/node-1', 'internet', 'ip:198.51.100.4', 'service/web', 'ingress/i', 'deployment/web/main');
  const to = fc.constantFrom(
    'deployment/web',
    'pod/host',
    'service/web',
    'service/lb',
    'service/np',
    'node/node-1',
    'self:80',
    'service/heads',
    'service/out',
    'ingress/i',
    'web',
    'heads:80',
    'out:80',
    'localhost:80',
    'internet',
    'ip:10.0.0.1',
    'node/node-2',
    'https://shop.example.com/x',
    'http://api.example.com/v1',
    'httproute/r',
    'gateway/g',
    'service/dual',
    'dual:80',
    'manual:80',
    'service/kubernetes',
    'https://kubernetes.default.svc',
    'https://example.org',
    'no.such.a:80',
  );
  const flow = fc.record({
    from,
    to,
    cni: fc.constantFrom(...cniModes),
    proxyMode: fc.constantFrom(...proxyModes),
    placement: fc.constantFrom('any', 'same-node', 'other-node'),
    ipFamily: fc.constantFrom(4, 6),
    port: fc.constantFrom(80, 30080),
  });

  test('gets an answer whose words are those of the protocol, and packets that join up', () => {
    fc.assert(
      fc.property(flow, ({ from: one, to: other, port, ...options }) => {
        const answer = simulate(index, { from: one, to: other, port, options });
        if (!answer.ok) return;
        for (const trace of answer.traces) {
          expect(outcomes).toContain(trace.outcome);
          expect(trace.branches.length).toBeGreaterThan(0);
          expect(trace.branches.reduce((sum, branch) => sum + branch.share, 0)).toBeCloseTo(1);
          for (const branch of trace.branches) {
            expect(addressesOfPods(branch).filter(([, addresses]) => addresses.size > 1)).toEqual([]);
            for (const hop of [...branch.hops, ...branch.reply, ...branch.notReached])
              for (const text of [hop.plain, hop.expert]) expect(text).toMatch(/^[^ ](?:(?!  ).)*[.?]$/su);
            const [firstReply] = branch.reply;
            const last = branch.reply.at(-1);
            if (firstReply && last) {
              const opened = branch.hops.find((hop) => hop.kind !== 'dns-query');
              expect([last.after.source, last.after.destination]).toEqual([opened?.before.destination, opened?.before.source]);
            }
            branch.hops.forEach((hop, position) => {
              expect(hopKinds).toContain(hop.kind);
              expect(verdicts).toContain(hop.verdict);
              expect(hop.plain).not.toMatch(/undefined|\bnull\b|NaN|\[object/);
              expect(hop.expert).not.toMatch(/undefined|\bnull\b|NaN|\[object/);
              const next = branch.hops[position + 1];
              if (next) expect(next.before).toEqual(hop.after);
            });
            const arrived = branch.hops.some((hop) => hop.verdict === 'delivered');
            if (branch.outcome !== 'delivered' && branch.outcome !== 'unknown') expect(arrived).toBe(false);
            if (branch.outcome === 'delivered') expect(arrived).toBe(true);
          }
          for (const text of [traceText([trace], { expert: true, colour: false }), traceMermaid(trace), traceMarkdown(trace)])
            expect(text.length).toBeGreaterThan(10);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('of any text never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (one, other) => {
        simulate(index, { from: one, to: other });
        simulate(index, { from: 'deployment/web', to: other, port: 80 });
        simulate(index, { from: 'deployment/web', to: `http://${other}`, port: 80 });
      }),
      { numRuns: 300 },
    );
  });
});

describe('as text', () => {
  test('the command asks the same, quoted for a shell', () => {
    expect(
      traceCommand(
        {
          from: 'deployment/a/web',
          to: "http://x/it's",
          port: 80,
          protocol: 'UDP',
          options: { cni: 'calico:vxlan', notReady: [{ workload: 'deployment/a/b', count: 1 }] },
        },
        'folder:.',
      ),
    ).toBe(
      "packetpath trace --from deployment/a/web --to 'http://x/it'\\''s' --port 80 --protocol UDP --context folder:. --cni calico:vxlan --not-ready deployment/a/b=1",
    );
  });

  test('HTML, Markdown and control characters of manifests stay text', () => {
    const evil = join(
      deployment('web', 'a'),
      'apiVersion: v1\nkind: Pod\nmetadata: {name: "x|<script>alert(1)</script>\\u001b[31m", namespace: a, labels: {app: evil}}\nspec: {containers: [{name: "<img src=x>", image: i, ports: [{containerPort: 80}]}]}',
      service('evil', 'a', 'selector: {app: evil}, ports: [{port: 80}]'),
    );
    const [trace] = traces(evil, { from: 'deployment/web', to: 'service/evil' });
    if (!trace) throw new Error('no trace');
    expect(traceMarkdown(trace)).not.toMatch(/<script|<img/);
    expect(traceMermaid(trace)).not.toMatch(/<script|<img/);
    expect(traceText([trace], { expert: false, colour: false })).not.toContain('\u001b');
  });
});

/** Remedies and tips that can be asked: other questions, and edits whose trace says what was promised. */
import { describe, expect, test } from 'vitest';
import { traceIn } from '../../server/src/features/traces';
import { withEdits } from '../../server/src/features/triedEdits';
import type { Flow, Remedy, Trace } from '../../server/src/protocol/trace';
import { traceMarkdown } from '../../server/src/report/traceMarkdown';
import { traceText } from '../../server/src/report/traceText';
import type { Snapshot } from '../../server/src/workspace/snapshot';
import { snapshotOf } from '../support/workspaceOf';
import { deployment, documents, pod, service } from './manifests';

function traced(snapshot: Snapshot, flow: Flow): Trace {
  const [context] = snapshot.contexts;
  const answer = context && traceIn(snapshot, context, flow);
  const trace = answer?.ok ? answer.traces[0] : undefined;
  if (!trace) throw new Error(answer?.ok === false ? answer.error : 'no trace');
  return trace;
}

const asked = (trace: Trace): readonly Remedy[] => trace.remedies.filter(({ flow }) => flow);

function tried(snapshot: Snapshot, remedy: Remedy | undefined, flow: Flow): Trace {
  const after = withEdits(snapshot, remedy?.edits ?? []);
  if (!after || !remedy?.edits) throw new Error('no exact edit');
  return traced(after, flow);
}

const shop = (replicas: number, spec = ''): Snapshot =>
  snapshotOf(
    documents(deployment('web', 'a', `replicas: ${replicas}`), service('web', 'a', `type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]${spec}`)),
  );
const fromOutside: Flow = { from: 'internet', to: 'service/a/web', port: 80 };

describe('where masquerade hides the client', () => {
  test.each([2, 3, 4, 5])('the tip for %i pods says what the trace with its edit shows', (replicas) => {
    const snapshot = shop(replicas);
    const trace = traced(snapshot, fromOutside);
    const [tip] = trace.tips ?? [];
    expect(trace.outcome).toBe('delivered');
    expect(tip).toMatchObject({ ask: 'Trace with Local', change: 'externalTrafficPolicy: Local on the Service web' });
    const after = tried(snapshot, tip, fromOutside);
    expect(after.outcome).toBe('delivered');
    expect(after.tips).toBeUndefined();
    for (const { hops } of after.branches) {
      expect(hops.at(-1)?.after.source.address).toBe('203.0.113.7');
      expect(hops.some(({ kind }) => kind === 'underlay')).toBe(false);
    }
    const said = /the shares would be ([\d., and]+) %/
      .exec(tip?.what ?? '')?.[1]
      ?.split(/, | and /)
      .map(Number);
    const even = replicas % 2 === 0;
    expect(said === undefined).toBe(even);
    // Up to four pods stand alone in the trace.
    if (said && replicas <= 4) {
      const shares = new Map(after.branches.map(({ hops, share }) => [hops.at(-1)?.at.name ?? '', share]));
      expect(said).toEqual([...shares].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, share]) => Math.round(share * 1000) / 10));
    }
  });

  test('three pods, in words', () => {
    expect(traced(shop(3), fromOutside).tips?.map(({ what }) => what)).toEqual([
      'With `externalTrafficPolicy: Local` the pods would see 203.0.113.7 and nothing would cross nodes, but the shares would be 25, 50 and 25 %: the load balancer counts nodes, not pods.',
    ]);
  });

  test('an explicit Cluster is replaced', () => {
    const snapshot = shop(2, ', externalTrafficPolicy: Cluster');
    expect(tried(snapshot, traced(snapshot, fromOutside).tips?.[0], fromOutside).branches.length).toBe(2);
  });

  test('of a node port it says which node would drop the packet', () => {
    const snapshot = snapshotOf(documents(pod('web', 'a'), service('web', 'a', 'type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]')));
    const trace = traced(snapshot, fromOutside);
    expect(trace.tips?.[0]?.what).toMatch(/would see 203\.0\.113\.7 and nothing would cross nodes\. A packet to node-2, which has no pod, would be dropped\.$/);
    expect(tried(snapshot, trace.tips?.[0], fromOutside).branches.map(({ outcome }) => outcome)).toEqual(['delivered', 'dropped-no-local-endpoint']);
    // Who names the node without a pod would only lose by it.
    const there = traced(snapshot, { from: 'internet', to: 'node/node-2', port: 30080 });
    expect([there.outcome, there.tips]).toEqual(['delivered', undefined]);
    expect(traced(snapshot, { from: 'internet', to: 'node/node-1', port: 30080 }).tips?.length).toBe(1);
  });

  test('it says where policies would not let the client in', () => {
    const policy = (ranges: string): string =>
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: a}\nspec: {podSelector: {}, ingress: [{from: [${ranges}]}]}`;
    const nodes = '{ipBlock: {cidr: 192.168.0.0/16}}, {ipBlock: {cidr: 10.0.0.0/8}}';
    const snapshot = snapshotOf(
      documents(
        deployment('web', 'a', 'replicas: 2'),
        service('web', 'a', 'type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]'),
        policy(nodes),
        'apiVersion: v1\nkind: Node\nmetadata: {name: node-1}\nstatus: {addresses: [{type: InternalIP, address: 192.168.0.11}]}',
        'apiVersion: v1\nkind: Node\nmetadata: {name: node-2}\nstatus: {addresses: [{type: InternalIP, address: 192.168.0.12}]}',
      ),
    );
    const trace = traced(snapshot, fromOutside);
    expect(trace.outcome).toBe('delivered');
    expect(trace.tips?.[0]?.what).toMatch(/Policies would then judge this address, and drop the packet\.$/);
    expect(tried(snapshot, trace.tips?.[0], fromOutside).outcome).toBe('dropped-policy-ingress');
  });
});

describe('policies that nobody enforces', () => {
  const files = documents(
    pod('client', 'a'),
    pod('server', 'a'),
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: a}\nspec: {podSelector: {}}',
  );
  const flow: Flow = { from: 'pod/a/client', to: 'pod/a/server', port: 80, options: { cni: 'flannel:vxlan', placement: 'same-node' } };

  test('are asked again with a plugin that enforces them', () => {
    const [tip] = traced(snapshotOf(files), flow).tips ?? [];
    expect(tip).toMatchObject({ ask: 'Trace with calico', flow: { ...flow, options: { ...flow.options, cni: 'calico:vxlan' } } });
    expect(tip?.flow && traced(snapshotOf(files), tip.flow).outcome).toBe('dropped-policy-ingress');
  });

  test('are told in reports, with the command that asks', () => {
    const trace = traced(snapshotOf(files), flow);
    const command = 'packetpath trace --from pod/a/client --to pod/a/server --port 80 --placement same-node --cni calico:vxlan';
    expect(traceText([trace], { expert: false, colour: false })).toContain(
      `* The policies of these files bind nobody here. Calico enforces them, also beside flannel (as Canal).\n    ${command}\n`,
    );
    expect(traceMarkdown(trace)).toContain(`also beside flannel (as Canal). (${command})`);
  });

  test('are no tip where there are none', () => {
    expect(traced(snapshotOf(documents(pod('client', 'a'), pod('server', 'a'))), flow).tips).toBeUndefined();
  });
});

describe('another question as a remedy', () => {
  const files = (...more: readonly string[]): Snapshot =>
    snapshotOf(documents(pod('client', 'a'), deployment('web', 'a', 'replicas: 2'), ...more), { closed: true });
  const web = service('web', 'a', 'selector: {app: web}, ports: [{port: 80}]');

  test.each<[string, Snapshot, Flow, string, Flow['options'] | undefined]>([
    [
      'pods are ready again',
      files(web),
      { from: 'pod/a/client', to: 'service/a/web', port: 80, options: { notReady: [{ workload: 'deployment/a/web' }], cni: 'kindnet' } },
      'refused-no-endpoints',
      { cni: 'kindnet' },
    ],
    [
      'pods of a headless Service are ready again',
      files(service('web', 'a', 'clusterIP: None, selector: {app: web}, ports: [{port: 80}]')),
      { from: 'pod/a/client', to: 'web:80', port: 80, options: { notReady: [{ workload: 'deployment/a/web' }] } },
      'name-not-found',
      {},
    ],
    ['the port that the Service has', files(web), { from: 'pod/a/client', to: 'service/a/web', port: 81 }, 'port-not-on-service', undefined],
    ['the port that the Service has, in the name', files(web), { from: 'pod/a/client', to: 'http://web:81/x' }, 'port-not-on-service', undefined],
    [
      'the name that is here',
      files(service('orders-api', 'a', 'selector: {app: web}, ports: [{port: 80}]')),
      { from: 'pod/a/client', to: 'orders-apis:80' },
      'name-not-found',
      undefined,
    ],
    [
      'the own name',
      files(
        `${service('web', 'a', 'type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24], selector: {app: web}, ports: [{port: 80}]')}\nstatus: {loadBalancer: {ingress: [{ip: 198.51.100.77}]}}`,
      ),
      { from: 'pod/a/client', to: 'ip:198.51.100.77', port: 80 },
      'dropped-source-range',
      undefined,
    ],
  ])('%s: it is delivered', (_name, snapshot, flow, outcome, options) => {
    const trace = traced(snapshot, flow);
    expect(trace.outcome).toBe(outcome);
    const [remedy] = asked(trace);
    expect(remedy?.flow?.from).toBe(flow.from);
    if (options) expect(remedy?.flow?.options).toEqual(options);
    expect(remedy?.flow && traced(snapshot, remedy.flow).outcome).toBe('delivered');
  });

  test('a way round goes by the Service in front of it, on the port of the Service', () => {
    const allow = (of: string, from: string): string =>
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${of}, namespace: a}\nspec:\n  podSelector: {matchLabels: {app: ${of}}}\n  ingress: [{from: [{podSelector: {matchLabels: {app: ${from}}}}]}]`;
    const snapshot = snapshotOf(
      documents(
        pod('client', 'a'),
        pod('middle', 'a'),
        pod('store', 'a'),
        service('front', 'a', 'selector: {app: middle}, ports: [{port: 8000, targetPort: 80}]'),
        allow('store', 'middle'),
      ),
    );
    const trace = traced(snapshot, { from: 'pod/a/client', to: 'pod/a/store', port: 80 });
    const [way] = asked(trace);
    expect(way?.what).toBe('Or go through middle: it may reach store, and client may call it on 80.');
    expect(way?.flow).toMatchObject({ from: 'pod/a/client', to: 'service/a/front', port: 8000, protocol: 'TCP' });
    expect(way?.flow && traced(snapshot, way.flow).outcome).toBe('delivered');
  });

  test('no question where pods that were taken out of readiness are not why nobody answers', () => {
    const trace = traced(files(service('web', 'a', 'selector: {app: nobody-here}, ports: [{port: 80}]')), {
      from: 'pod/a/client',
      to: 'service/a/web',
      port: 80,
      options: { notReady: [{ workload: 'deployment/a/web' }] },
    });
    expect(asked(trace)).toEqual([]);
  });
});

describe('an edit as a remedy', () => {
  test.each<[string, string, Flow, string]>([
    [
      'a label that differs a little',
      'selector: {app: wab}, ports: [{port: 80}]',
      { from: 'pod/a/client', to: 'service/a/web', port: 80 },
      'refused-no-endpoints',
    ],
    [
      'a policy for traffic that is Local',
      'internalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80}]',
      { from: 'pod/a/client', to: 'service/a/web', port: 80 },
      'dropped-no-local-endpoint',
    ],
    [
      'a client in no range',
      'type: LoadBalancer, loadBalancerSourceRanges: [198.51.100.0/24], selector: {app: web}, ports: [{port: 80}]',
      { from: 'ip:203.0.113.9', to: 'service/a/web', port: 80 },
      'dropped-source-range',
    ],
  ])('%s', (_name, spec, flow, outcome) => {
    const snapshot = snapshotOf(documents(pod('client', 'a'), pod('web', 'a'), service('web', 'a', spec)), { closed: true });
    const trace = traced(snapshot, flow);
    expect(trace.outcome).toBe(outcome);
    expect(
      tried(
        snapshot,
        trace.remedies.find(({ edits }) => edits),
        flow,
      ).outcome,
    ).toBe('delivered');
  });
});

describe('where nobody listens', () => {
  const files = documents(
    pod('client', 'a'),
    `apiVersion: v1
kind: Pod
metadata: {name: dns, namespace: a}
spec:
  initContainers: [{name: setup, image: i, ports: [{containerPort: 9000}]}]
  containers:
    - {name: main, image: i, ports: [{containerPort: 53, protocol: UDP}]}
    - {name: side, image: i, args: ['--listen-address=127.0.0.1:7000'], ports: [{containerPort: 7000}]}`,
  );
  test.each<[number, RegExp]>([
    [53, /^Ask on UDP, for which main declares 53;/],
    [7000, /^Let side listen on every address of the pod \(`0\.0\.0\.0`\), not on `127\.0\.0\.1:7000` alone\.$/],
    [9000, /^Make setup a sidecar/],
  ])('on %i', (port, words) => {
    const trace = traced(snapshotOf(files, { closed: true }), { from: 'pod/a/client', to: 'pod/a/dns', port, protocol: 'TCP' });
    expect(trace.outcome).toBe('refused-no-listener');
    expect(trace.remedies.map(({ what }) => what)).toEqual([expect.stringMatching(words)]);
    const flow = trace.remedies[0]?.flow;
    expect(flow && traced(snapshotOf(files), flow).outcome).toBe(port === 53 ? 'delivered' : undefined);
  });

  test('a Service has one protocol for a port, so another is no question there', () => {
    const behind = snapshotOf(
      documents(
        files.replace('name: dns, namespace: a', 'name: dns, namespace: a, labels: {app: dns}'),
        service('dns', 'a', 'selector: {app: dns}, ports: [{port: 53}]'),
      ),
      {
        closed: true,
      },
    );
    expect(asked(traced(behind, { from: 'pod/a/client', to: 'service/a/dns', port: 53, protocol: 'TCP' }))).toEqual([]);
  });

  test('an init container calls a container that is not started yet', () => {
    const trace = traced(snapshotOf(files), { from: 'pod/a/dns/setup', to: 'pod/a/dns/side', port: 7000 });
    expect(trace.remedies.map(({ what }) => what)).toEqual([
      'Make side a sidecar before setup in initContainers (`restartPolicy: Always`): then it is started first, and runs on.',
    ]);
  });
});

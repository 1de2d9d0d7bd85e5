/** The questions of a real application: Online Boutique with its network policies switched on. Skipped where it is not at hand. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ClusterIndex } from '../../server/src/cluster/clusterIndex';
import { traceIn } from '../../server/src/features/traces';
import type { Flow, FlowOptions, Trace } from '../../server/src/protocol/trace';
import { traceText } from '../../server/src/report/traceText';
import { simulate } from '../../server/src/simulation/simulate';
import { snapshotOf } from '../support/workspaceOf';

const corpus = process.env['PACKETPATH_CORPUS'] ?? resolve(import.meta.dirname, '../../../shared/corpus');
const boutique = join(corpus, 'GoogleCloudPlatform__microservices-demo', 'kustomize');
const isHere = existsSync(boutique);
if (!isHere) console.log('skipped: the corpus of real manifests is not here (PACKETPATH_CORPUS)');

describe.skipIf(!isHere)('Online Boutique with network policies', () => {
  let index: ClusterIndex;
  let transcript: (flow: Flow) => string;
  beforeAll(() => {
    const files: Record<string, string> = {};
    for (const path of readdirSync(boutique, { recursive: true }) as string[]) {
      if (!/\.ya?ml$/.test(path)) continue;
      const text = readFileSync(join(boutique, path), 'utf8');
      files[`kustomize/${path}`] = path === 'kustomization.yaml' ? text.replace('# - components/network-policies', '- components/network-policies') : text;
    }
    const snapshot = snapshotOf(files);
    const context = snapshot.contexts.find((candidate) => candidate.id === 'kustomize:kustomize');
    if (!context) throw new Error('no context kustomize:kustomize');
    index = snapshot.traceIndex(context);
    transcript = (flow) => {
      const answer = traceIn(snapshot, context, flow);
      return answer.ok ? traceText(answer.traces, { expert: true, colour: false }).replaceAll(/file:\/\/\/workspace\//g, '') : answer.error;
    };
  });

  function ask(flow: Flow): Trace {
    const answer = simulate(index, flow);
    if (!answer.ok) throw new Error(answer.error);
    const [trace] = answer.traces;
    if (!trace || answer.traces.length !== 1) throw new Error(`${answer.traces.length} traces`);
    return trace;
  }

  test('frontend to redis-cart is dropped at the ingress of redis-cart, by the line that names cartservice', () => {
    const trace = ask({ from: 'deployment/frontend', to: 'redis-cart:6379' });
    expect(trace.outcome).toBe('dropped-policy-ingress');
    const hop = trace.branches[0]?.hops.at(-1);
    expect(hop?.kind).toBe('policy-ingress');
    expect(hop?.policies?.map(({ name, allows, reason }) => `${name} ${String(allows)}: ${reason}`)).toEqual([
      'deny-all false: lets nobody in',
      'redis-cart false: the port matches, the sender does not',
    ]);
    const denies = hop?.because.filter((one) => one.role === 'denies') ?? [];
    expect(denies.map(({ at }) => `${at.uri.split('/').at(-1) ?? ''} ${at.path.join('.')}`)).toEqual([
      'network-policy-redis.yaml spec.ingress.0.from.0.podSelector.matchLabels.app',
    ]);
    expect(trace.remedies[0]?.edits?.[0]?.insert).toBe('- podSelector:\n    matchLabels:\n      app: frontend');
    expect(trace.branches[0]?.notReached.map(({ kind }) => kind)).toEqual(['bridge', 'veth', 'pod-interface', 'container-port']);
  });

  test('cartservice to redis-cart is delivered across nodes, through DNS and kube-proxy', () => {
    const trace = ask({ from: 'deployment/cartservice', to: 'redis-cart:6379' });
    expect(trace.outcome).toBe('delivered');
    const kinds = trace.branches[0]?.hops.map(({ kind }) => kind) ?? [];
    for (const kind of ['dns-query', 'service-translation', 'policy-egress', 'underlay', 'policy-ingress', 'container-port']) expect(kinds).toContain(kind);
    const nodes = new Set(trace.branches[0]?.hops.map((hop) => hop.at.node).filter((node) => node !== undefined));
    expect(nodes.size).toBe(2);
    expect(trace.branches[0]?.hops[0]?.trace?.outcome).toBe('delivered');
  });

  test('checkoutservice to cartservice crosses a VXLAN tunnel with calico', () => {
    const trace = ask({ from: 'deployment/checkoutservice', to: 'cartservice:7070', options: { cni: 'calico:vxlan' } });
    const hops = trace.branches[0]?.hops ?? [];
    expect(hops.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual([
      'dns-query resolved',
      'container-socket forwarded',
      'pod-interface forwarded',
      'veth forwarded',
      'service-translation translated',
      'policy-egress allowed',
      'node-routing forwarded',
      'tunnel-encapsulation encapsulated',
      'underlay forwarded',
      'tunnel-decapsulation decapsulated',
      'node-routing forwarded',
      'policy-ingress allowed',
      'veth forwarded',
      'pod-interface forwarded',
      'container-port delivered',
      'service-environment resolved',
    ]);
    expect(hops.find(({ kind }) => kind === 'tunnel-encapsulation')?.after.encapsulation).toMatchObject({ kind: 'vxlan', overhead: 50 });
  });

  test('with flannel nothing is enforced, and the trace says so', () => {
    const trace = ask({ from: 'deployment/frontend', to: 'redis-cart:6379', options: { cni: 'flannel:vxlan' } });
    expect(trace.outcome).toBe('delivered');
    expect(trace.warnings).toContain(
      'flannel enforces no NetworkPolicy: frontend and redis-cart have policies, and nothing guards them. An enforcing plugin would drop this packet.',
    );
  });

  test('the internet reaches the load balancer’s pods', () => {
    const trace = ask({ from: 'internet', to: 'service/frontend-external', port: 80 });
    expect(trace.outcome).toBe('delivered');
    expect(trace.branches.reduce((sum, branch) => sum + branch.share, 0)).toBeCloseTo(1);
  });

  const written = join(import.meta.dirname, 'onlineBoutique.txt');
  const update = process.env['PACKETPATH_UPDATE'] === '1';

  /** From the internet to the last pod of the chain, in the words for an engineer; `PACKETPATH_UPDATE=1` writes them anew. */
  test('the way from the internet to redis-cart, with two plugins and two proxy modes, reads as it is written', () => {
    const legs: readonly Pick<Flow, 'from' | 'to'>[] = [
      { from: 'internet', to: 'service/frontend-external' },
      { from: 'deployment/frontend', to: 'cartservice:7070' },
      { from: 'deployment/cartservice', to: 'redis-cart:6379' },
    ];
    const kinds: readonly FlowOptions[] = [
      { cni: 'calico:ipip', proxyMode: 'iptables' },
      { cni: 'calico:ipip', proxyMode: 'nftables' },
      { cni: 'cilium:tunnel', proxyMode: 'iptables' },
      { cni: 'cilium:tunnel', proxyMode: 'ebpf' },
    ];
    const text = kinds
      .flatMap((options) => legs.map((leg) => `%%% ${options.cni ?? ''}, ${options.proxyMode ?? ''}\n${transcript({ ...leg, options })}`))
      .join('\n');
    if (update) writeFileSync(written, text);
    expect(text).toBe(readFileSync(written, 'utf8'));
  });
});

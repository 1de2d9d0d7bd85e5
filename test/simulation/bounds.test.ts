/** Manifests without measure: work and answer stay bounded, and shares still add up. */
import { expect, test } from 'vitest';
import type { Branch, Flow, Trace } from '../../server/src/protocol/trace';
import { simulate } from '../../server/src/simulation/simulate';
import { traceIndexOf } from '../support/workspaceOf';

const client = `apiVersion: v1\nkind: Pod\nmetadata: {name: client, namespace: a, labels: {app: client}}\nspec: {containers: [{name: main, image: i}]}`;
const server = client.replaceAll('client', 'server');
const service = (name: string, spec: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: a}\nspec: {${spec}}`;
const policy = (name: string, spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: a}\nspec: {podSelector: {matchLabels: {app: server}}, ${spec}}`;

function ask(documents: readonly string[], flow: Flow): Trace {
  const answer = simulate(traceIndexOf(documents.join('\n---\n')), flow);
  const [trace] = answer.ok ? answer.traces : [];
  if (!trace) throw new Error('no trace');
  return trace;
}
const shares = (branches: readonly Branch[]): number => branches.reduce((sum, branch) => sum + branch.share, 0);
const from = 'pod/a/client';

test('aliases in a circle, to oneself and in a long chain end', () => {
  const alias = (name: string, next: string): string => service(name, `type: ExternalName, externalName: ${next}.a.svc.cluster.local`);
  const chain = Array.from({ length: 500 }, (_, number) => alias(`c${number}`, `c${number + 1}`));
  const documents = [client, alias('self', 'self'), alias('one', 'two'), alias('two', 'three'), alias('three', 'one'), ...chain];
  const said = (to: string): string => {
    const trace = ask(documents, { from, to });
    expect(trace.outcome).toBe('name-not-found');
    return trace.branches[0]?.hops[0]?.plain ?? '';
  };
  expect(said('self:80')).toMatch(/the ExternalName Service self leads to itself/);
  expect(said('one:80')).toMatch(/one, two and three lead in a circle/);
  expect(said('c0:80')).toMatch(/more than 8 ExternalName Services/);
});

test('a thousand policies, and a policy with ten thousand peers, leave a short answer', () => {
  const peers = Array.from({ length: 10_000 }, (_, number) => `{podSelector: {matchLabels: {app: p${number}}}}`).join(', ');
  const many = Array.from({ length: 1000 }, (_, number) => policy(`p${number}`, 'policyTypes: [Ingress]'));
  const trace = ask([client, server, policy('wide', `ingress: [{from: [${peers}]}]`), ...many], { from, to: 'pod/a/server', port: 80 });
  const asked = trace.branches[0]?.hops.find(({ kind }) => kind === 'policy-ingress');
  expect(trace.outcome).toBe('dropped-policy-ingress');
  expect(asked?.policies).toHaveLength(64);
  expect(asked?.because.length).toBeLessThanOrEqual(33);
  expect(JSON.stringify(trace).length).toBeLessThan(100_000);
});

test('of a thousand policies the one that allows is shown first', () => {
  const many = Array.from({ length: 1000 }, (_, number) => policy(`p${number}`, 'policyTypes: [Ingress]'));
  const trace = ask([client, server, ...many, policy('zz-open', 'ingress: [{}]')], { from, to: 'pod/a/server', port: 80 });
  const asked = trace.branches[0]?.hops.find(({ kind }) => kind === 'policy-ingress');
  expect(trace.outcome).toBe('delivered');
  expect(asked?.policies?.[0]).toMatchObject({ name: 'zz-open', allows: true });
});

test('a thousand workloads, a hundred thousand replicas and a thousand written endpoints are a few ways', () => {
  const workload = (name: string, replicas: number): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, namespace: a}\nspec: {replicas: ${replicas}, selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}, role: back}}, spec: {containers: [{name: main, image: i}]}}}`;
  const wide = [
    client,
    ...Array.from({ length: 1000 }, (_, number) => workload(`w${number}`, 3)),
    service('wide', 'selector: {role: back}, ports: [{port: 80}]'),
  ];
  const high = [client, workload('high', 100_000), service('high', 'selector: {role: back}, ports: [{port: 80}]')];
  const endpoints = Array.from({ length: 1000 }, (_, number) => `{addresses: [10.9.${Math.floor(number / 250)}.${1 + (number % 250)}]}`).join(', ');
  const slice = `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: s, namespace: a, labels: {kubernetes.io/service-name: hand}}\naddressType: IPv4\nports: [{port: 80}]\nendpoints: [${endpoints}]`;
  for (const [documents, to] of [
    [wide, 'wide:80'],
    [high, 'high:80'],
    [[client, service('hand', 'ports: [{port: 80}]'), slice], 'hand:80'],
  ] as const) {
    const trace = ask(documents, { from, to });
    expect(trace.branches.length).toBeLessThanOrEqual(8);
    expect(shares(trace.branches)).toBeCloseTo(1);
    expect(JSON.stringify(trace).length).toBeLessThan(400_000);
  }
  const [first, ...rest] = ask([client, service('hand', 'ports: [{port: 80}]'), slice], { from, to: 'hand:80' }).branches;
  expect(first?.share).toBeCloseTo(1 / 1000);
  expect(rest.at(-1)?.label).toMatch(/and 992 like it$/);
});

/** Every form in which an end of a question may be written, as the command line says. */
import { describe, expect, test } from 'vitest';
import { parseEndpoint } from '../../server/src/simulation/endpoints';
import { simulate } from '../../server/src/simulation/simulate';
import { indexOf, traceIndexOf } from '../support/workspaceOf';

const pods = '{containers: [{name: main, image: i, ports: [{containerPort: 80}, {containerPort: 81}]}, {name: side, image: i}]}';
const template = (name: string): string => `{metadata: {labels: {app: ${name}}}, spec: ${pods}}`;
const object = (apiVersion: string, kind: string, name: string, spec: string, namespace = 'a'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, ${namespace === '' ? '' : `namespace: ${namespace}, `}labels: {app: ${name}}}\nspec: ${spec}`;
const workload = (kind: string, apiVersion = 'apps/v1'): string =>
  object(apiVersion, kind, kind.toLowerCase(), `{selector: {matchLabels: {app: x}}, template: ${template('x')}}`);

const files = [
  object('v1', 'Pod', 'pod', pods),
  workload('Deployment'),
  workload('StatefulSet'),
  workload('DaemonSet'),
  workload('ReplicaSet'),
  workload('Job', 'batch/v1'),
  object('batch/v1', 'CronJob', 'cronjob', `{schedule: '* * * * *', jobTemplate: {spec: {template: ${template('x')}}}}`),
  object('v1', 'ReplicationController', 'replicationcontroller', `{selector: {app: x}, template: ${template('x')}}`),
  object('v1', 'Service', 'web', '{selector: {app: pod}, ports: [{port: 80}, {name: other, port: 81}]}'),
  object(
    'networking.k8s.io/v1',
    'Ingress',
    'entry',
    '{rules: [{host: shop.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}',
  ),
  object('v1', 'Pod', 'loose', pods, ''),
  object('v1', 'Pod', 'twice', pods, 'a'),
  object('v1', 'Pod', 'twice', pods, 'b'),
].join('\n---\n');
const index = indexOf(files);

describe('an end is', () => {
  const kinds = ['pod', 'deployment', 'statefulset', 'daemonset', 'replicaset', 'job', 'cronjob', 'replicationcontroller'];
  test.each(kinds.flatMap((kind) => [`${kind}/a/${kind}`, `${kind}/${kind}`, `${kind}/a/${kind}/side`, `${kind}/${kind}/side`]))('%s', (text) => {
    const answer = parseEndpoint(index, text, 'default');
    expect(answer).toMatchObject({ ok: true, endpoint: { kind: 'pods', podSet: { name: text.split('/')[0] } } });
    expect(answer.ok && answer.endpoint.kind === 'pods' ? answer.endpoint.container?.name : '').toBe(text.endsWith('/side') ? 'side' : undefined);
  });

  test.each<[string, object]>([
    ['service/a/web', { kind: 'service' }],
    ['service/web', { kind: 'service' }],
    ['ingress/a/entry', { kind: 'ingress' }],
    ['ingress/entry', { kind: 'ingress' }],
    ['node/node-1', { kind: 'node', name: 'node-1' }],
    ['internet', { kind: 'internet' }],
    ['ip:203.0.113.7', { kind: 'address', text: '203.0.113.7' }],
    ['ip:[2001:db8::7]:443', { kind: 'address', text: '2001:db8::7', port: 443 }],
    ['http://redis.shop:6379', { kind: 'host', host: 'redis.shop', port: 6379, scheme: 'http' }],
    ['redis-cart:6379', { kind: 'host', host: 'redis-cart', port: 6379 }],
    ['https://shop.example.com/cart?x=1', { kind: 'host', host: 'shop.example.com', port: 443, path: '/cart' }],
    ['postgres://user:secret@db/x', { kind: 'host', host: 'db', port: 5432, path: '/x' }],
    ['web', { kind: 'host', host: 'web' }],
    ['10.0.0.1:80', { kind: 'address', text: '10.0.0.1', port: 80 }],
  ])('%s', (text, expected) => {
    expect(parseEndpoint(index, text, 'default')).toMatchObject({ ok: true, endpoint: expected });
  });

  test.each(['pod/-/loose', 'pod/loose', 'pod/team/loose', 'pod/loose/main'])('%s, where the manifest writes no namespace', (text) => {
    expect(parseEndpoint(index, text, 'team')).toMatchObject({ ok: true, endpoint: { podSet: { name: 'loose' } } });
  });

  test('a name in two namespaces is ambiguous, and both are listed', () => {
    expect(parseEndpoint(index, 'pod/twice', 'default')).toEqual({
      ok: false,
      error: 'pod/twice is ambiguous: it is in 2 namespaces',
      candidates: ['pod/a/twice', 'pod/b/twice'],
    });
    expect(parseEndpoint(index, 'pod/b/twice', 'default')).toMatchObject({ ok: true });
  });

  test('another namespace than the one asked for is no answer, and the right one is the first candidate', () => {
    expect(parseEndpoint(index, 'pod/wrong/loose', 'default')).toMatchObject({
      ok: false,
      candidates: ['pod/-/loose', expect.anything(), expect.anything(), expect.anything(), expect.anything()],
    });
  });
});

describe('without a port', () => {
  const ports = (from: string, to: string): readonly unknown[] => {
    const answer = simulate(traceIndexOf(files), { from, to });
    return answer.ok ? answer.traces.map(({ flow }) => flow.port) : [answer.error];
  };
  test.each<[string, readonly unknown[]]>([
    ['pod/a/pod', [80, 81]],
    ['pod/a/pod/main', [80, 81]],
    ['service/a/web', [80, 81]],
    ['web.a', [80, 81]],
    ['http://web.a', [80]],
    ['internet', [443]],
    ['https://example.org', [443]],
    ['node/node-1', ['node/node-1 declares no port: say which one is meant']],
    ['ip:198.51.100.9', ['ip:198.51.100.9 declares no port: say which one is meant']],
    ['pod/a/pod/side', ['pod/a/pod/side declares no port: say which one is meant']],
  ])('%s', (to, expected) => {
    expect(ports('deployment/deployment', to)).toEqual(expected);
  });

  test('each host and path of an Ingress is asked', () => {
    expect(ports('internet', 'ingress/entry')).toEqual([80]);
  });
});

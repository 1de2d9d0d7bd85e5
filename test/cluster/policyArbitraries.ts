/** Manifests of policies made at random: NetworkPolicies and the three kinds of the admin tiers, written as JSON, which is YAML. */
import fc from 'fast-check';
import type { ContextIndex } from '../../server/src/cluster/createClusterIndex';
import type { PolicyModes, PolicyPeerEnd } from '../../server/src/cluster/policyVerdict';
import { parseAddress } from '../../server/src/base/addresses';
import { indexOf } from '../support/workspaceOf';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Manifest = Readonly<Record<string, Json>>;

const placeholder = '${VALUE}';
const labelValue = fc.oneof({ weight: 12, arbitrary: fc.constantFrom('a', 'b', 'c') }, { weight: 1, arbitrary: fc.constant(placeholder) });
const expression = fc.record({
  key: fc.constantFrom('pod', 'tier'),
  operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: fc.array(labelValue, { minLength: 1, maxLength: 2 }),
});
const podSelector: fc.Arbitrary<Json> = fc.oneof(
  fc.constant({}),
  labelValue.map((pod) => ({ matchLabels: { pod } })),
  expression.map((one) => ({
    matchExpressions: [one.operator.endsWith('xist') || one.operator === 'Exists' ? { key: one.key, operator: one.operator } : one],
  })),
);
const namespaceSelector: fc.Arbitrary<Json> = fc.oneof(
  fc.constant({}),
  fc.constantFrom('x', 'y', 'z').map((ns) => ({ matchLabels: { ns } })),
  fc.constantFrom('x', 'y', 'z').map((name) => ({ matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [name] }] })),
);
const block = fc.constantFrom('0.0.0.0/0', '10.244.0.0/16', '10.0.0.0/8', '10.244.1.1/32', '203.0.113.0/24', '::/0', placeholder, 'nonsense');
const ipBlock: fc.Arbitrary<Json> = fc.oneof(
  block.map((cidr) => ({ ipBlock: { cidr } })),
  fc.record({ cidr: block, except: fc.array(block, { maxLength: 2 }) }).map((written) => ({ ipBlock: written })),
);
const networkPeer: fc.Arbitrary<Json> = fc.oneof(
  podSelector.map((selector) => ({ podSelector: selector })),
  namespaceSelector.map((selector) => ({ namespaceSelector: selector })),
  fc.record({ podSelector, namespaceSelector }),
  ipBlock,
  fc.constant({}),
);
const portNumber = fc.constantFrom(1, 79, 80, 81, 443, 8080, 65535);
const networkPort: fc.Arbitrary<Json> = fc.oneof(
  portNumber.map((port) => ({ port })),
  fc.record({ port: portNumber, protocol: fc.constantFrom('TCP', 'UDP', 'SCTP', placeholder) }),
  fc.record({ port: portNumber, endPort: portNumber }),
  fc.constantFrom<Json>({ protocol: 'UDP' }, { port: 'web' }, { port: 'dns', protocol: 'UDP' }, { port: placeholder }, { port: 80, endPort: placeholder }),
);
const list = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<readonly T[] | undefined> => fc.option(fc.array(item, { maxLength: 3 }), { freq: 5, nil: undefined });
const given = (fields: Readonly<Record<string, Json | undefined>>): Manifest =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined));
const networkRule = (peers: 'from' | 'to'): fc.Arbitrary<Json> =>
  fc.record({ of: list(networkPeer), ports: list(networkPort) }).map(({ of, ports }) => given({ [peers]: of, ports }));

export const networkPolicy: fc.Arbitrary<Manifest> = fc
  .record({
    namespace: fc.constantFrom('x', 'y', undefined),
    podSelector,
    policyTypes: fc.constantFrom(undefined, ['Ingress'], ['Egress'], ['Ingress', 'Egress'], [placeholder]),
    ingress: list(networkRule('from')),
    egress: list(networkRule('to')),
  })
  .map(({ namespace, ...spec }) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: given({ name: 'policy', namespace }),
    spec: given(spec),
  }));

const subject: fc.Arbitrary<Json> = fc.oneof(
  namespaceSelector.map((namespaces) => ({ namespaces })),
  fc.record({ namespaceSelector, podSelector }).map((pods) => ({ pods })),
  podSelector.map((selector) => ({ pods: { podSelector: selector } })),
);
const adminPeer: fc.Arbitrary<Json> = fc.oneof(
  { weight: 5, arbitrary: subject },
  { weight: 1, arbitrary: fc.constantFrom<Json>({ nodes: {} }, { domainNames: ['*.example.com'] }, { newMember: {} }, placeholder) },
  { weight: 2, arbitrary: fc.array(block, { minLength: 1, maxLength: 2 }).map((networks) => ({ networks })) },
);
const adminPort: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: portNumber.map((number) => ({ tcp: { destinationPort: { number } } })) },
  { weight: 2, arbitrary: fc.record({ start: portNumber, end: portNumber }).map((range) => ({ udp: { destinationPort: { range } } })) },
  { weight: 2, arbitrary: fc.constantFrom<Json>({ destinationNamedPort: 'web' }, { sctp: {} }, { icmp: {} }) },
);
const adminRule = (peers: 'from' | 'to', actions: readonly string[]): fc.Arbitrary<Json> =>
  fc
    .record({ action: fc.constantFrom(...actions, ...actions, placeholder), of: fc.array(adminPeer, { maxLength: 2 }), protocols: list(adminPort) })
    .map(({ action, of, protocols }) => given({ action, [peers]: of, protocols }));

export const adminPolicy: fc.Arbitrary<Manifest> = fc
  .record({
    tier: fc.constantFrom('Admin', 'Admin', 'Baseline', placeholder),
    priority: fc.constantFrom<number | string>(1, 1, 2, 3, placeholder),
    subject,
    ingress: list(adminRule('from', ['Accept', 'Deny', 'Pass'])),
    egress: list(adminRule('to', ['Accept', 'Deny', 'Pass'])),
  })
  .map((spec) => ({ apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy', metadata: { name: 'policy' }, spec: given(spec) }));

/** Names that differ, in the order of the list. */
export function named(policies: readonly Manifest[], prefix = 'p'): readonly Manifest[] {
  return policies.map((policy, number) => ({ ...policy, metadata: { ...(policy['metadata'] as Manifest), name: `${prefix}${number}` } }));
}

const container = (ports: readonly Json[]): Json => [{ name: 'main', image: 'example.com/app:1', ports }];
const pod = (name: string, namespace: string | undefined, labels: Manifest, spec: Manifest = {}, status: Manifest = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: given({ name, namespace, labels }),
  spec: {
    containers: container([
      { name: 'web', containerPort: 80 },
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
    ]),
    ...spec,
  },
  status,
});

/** A small cluster with what is unusual: a pod in its node's network, a label that is a placeholder, another port under the same name, no namespace. */
export const cluster: readonly Manifest[] = [
  ...['x', 'y', 'z'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { ns: name } } })),
  pod('a', 'x', { pod: 'a' }, {}, { podIP: '10.244.1.1' }),
  pod('b', 'x', { pod: 'b', tier: 'a' }),
  pod('c', 'y', { pod: 'c' }, { containers: container([{ name: 'web', containerPort: 8080 }]) }),
  pod('twin', 'y', { pod: 'c', other: 'label' }, { containers: container([{ name: 'web', containerPort: 8080 }]) }),
  pod('open', 'z', { pod: placeholder }),
  pod('host', 'y', { pod: 'a' }, { hostNetwork: true }),
  pod('nowhere', undefined, { pod: 'b' }),
];

export function manifestText(manifests: readonly Manifest[]): string {
  return manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
}

export function indexOfAll(policies: readonly Manifest[], closed = true): ContextIndex {
  return indexOf(manifestText([...cluster, ...policies]), { closed });
}

const range = (first: string, last: string, family: 4 | 6 = 4): PolicyPeerEnd => ({
  kind: 'outside',
  scope: 'anywhere',
  family,
  range: { first: parseAddress(first)?.value ?? 0n, last: parseAddress(last)?.value ?? 0n },
});
const address = (text: string): readonly PolicyPeerEnd[] => {
  const parsed = parseAddress(text);
  return parsed ? [{ kind: 'address', address: parsed }] : [];
};

/** Everybody who is no pod of the cluster. */
export const strangers: readonly PolicyPeerEnd[] = [
  { kind: 'unknown-pod' },
  { kind: 'node', ownNode: 'no' },
  { kind: 'node', ownNode: 'yes' },
  { kind: 'node', ownNode: 'unknown' },
  { kind: 'outside', scope: 'internet' },
  { kind: 'outside', scope: 'internet', hostname: 'www.example.com' },
  range('203.0.113.0', '203.0.113.255'),
  range('203.0.113.0', '203.0.114.255'),
  range('::', '::ffff', 6),
  ...address('10.244.7.7'),
  ...address('198.51.100.1'),
];

export const someModes: readonly PolicyModes[] = [
  {},
  { ipBlockMatchesPods: 'never' },
  { hostNetworkPolicies: 'applied' },
  { namespace: 'x' },
  { ipBlockMatchesPods: 'never', hostNetworkPolicies: 'applied', namespace: 'y' },
];

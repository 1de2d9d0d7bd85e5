/** The admin tiers of network policy, decoded: two shapes of the API become one. */
import { expect, test } from 'vitest';
import { isOpaque } from '../../server/src/base/opaque';
import type { AdminPolicySpec } from '../../server/src/model/adminPolicy';
import { indexOf } from '../support/workspaceOf';

/** Selectors as `key=value`, placeholders as `?`, paths left out. */
function plain(value: unknown): unknown {
  if (isOpaque(value)) return '?';
  if (value instanceof Map) return [...(value as Map<string, unknown>)].map(([key, one]) => `${key}=${String(plain(one))}`).join();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  if ('matchLabels' in fields && 'open' in fields) return fields['open'] === true ? '?' : `{${String(plain(fields['matchLabels']))}}`;
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, one]) => (key === 'path' || (key === 'unknownMember' && one === false) ? [] : [[key, plain(one)]])),
  );
}

function decoded(text: string): AdminPolicySpec {
  const index = indexOf(text);
  const [policy] = [...index.ofKind('AdminNetworkPolicy'), ...index.ofKind('BaselineAdminNetworkPolicy'), ...index.ofKind('ClusterNetworkPolicy')];
  if (!policy) throw new Error('no admin policy was read');
  return policy.spec;
}

const manifest = (version: string, kind: string, spec: string): string =>
  `apiVersion: policy.networking.k8s.io/${version}\nkind: ${kind}\nmetadata: {name: default}\nspec:\n${spec}`;

test('AdminNetworkPolicy: ports by number, range and name; TCP where no protocol stands', () => {
  const spec = decoded(
    manifest(
      'v1alpha1',
      'AdminNetworkPolicy',
      `  priority: 55
  subject: {namespaces: {matchLabels: {team: a}}}
  ingress:
    - name: first
      action: Allow
      from: [{namespaces: {}}, {pods: {namespaceSelector: {matchLabels: {team: b}}, podSelector: {matchLabels: {app: web}}}}]
      ports: [{portNumber: {port: 80}}, {portNumber: {protocol: UDP, port: 53}}, {portRange: {start: 8000, end: 8080}}, {namedPort: metrics}]
  egress:
    - {action: Deny, to: [{nodes: {matchLabels: {pool: x}}}, {networks: [10.0.0.0/8, '::/0']}, {domainNames: ['*.example.com']}]}`,
    ),
  );
  expect(plain(spec)).toEqual({
    tier: 'Admin',
    priority: 55,
    subject: { namespaces: '{team=a}' },
    ingress: [
      {
        name: 'first',
        action: 'Allow',
        peers: [{ namespaces: '{}' }, { pods: { namespaceSelector: '{team=b}', podSelector: '{app=web}' } }],
        ports: [
          { protocol: 'TCP', first: 80, last: 80 },
          { protocol: 'UDP', first: 53, last: 53 },
          { protocol: 'TCP', first: 8000, last: 8080 },
          { named: 'metrics' },
        ],
      },
    ],
    egress: [{ action: 'Deny', peers: [{ nodes: '{pool=x}' }, { networks: ['10.0.0.0/8', '::/0'] }, { domainNames: ['*.example.com'] }] }],
  });
  expect(spec.egress[0]?.peers[1]?.path).toEqual(['spec', 'egress', 0, 'to', 1]);
});

test('BaselineAdminNetworkPolicy has its tier and no priority', () => {
  expect(plain(decoded(manifest('v1alpha1', 'BaselineAdminNetworkPolicy', '  subject: {pods: {podSelector: {}}}')))).toEqual({
    tier: 'Baseline',
    subject: { pods: { podSelector: '{}' } },
    ingress: [],
    egress: [],
  });
});

test.each(['v1alpha2', 'v1beta1'])('ClusterNetworkPolicy %s: the tier as written, protocols one by one', (version) => {
  const spec = `  tier: Baseline
  priority: 0
  subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}
  ingress:
    - action: Accept
      from: [{pods: {podSelector: {}}}]
      protocols:
        - {tcp: {destinationPort: {number: 80}}}
        - {udp: {destinationPort: {range: {start: 53, end: 5353}}}}
        - {sctp: {}}
        - {destinationNamedPort: web}`;
  expect(plain(decoded(manifest(version, 'ClusterNetworkPolicy', spec)))).toEqual({
    tier: 'Baseline',
    priority: 0,
    subject: { pods: { namespaceSelector: '{}', podSelector: '{app=web}' } },
    ingress: [
      {
        action: 'Accept',
        peers: [{ pods: { podSelector: '{}' } }],
        ports: [{ protocol: 'TCP', first: 80, last: 80 }, { protocol: 'UDP', first: 53, last: 5353 }, { protocol: 'SCTP' }, { named: 'web' }],
      },
    ],
    egress: [],
  });
});

test('one-ofs without a member that is known say so', () => {
  const spec = `  tier: Admin
  priority: 1
  subject: {serviceAccounts: {}}
  ingress:
    - {action: Deny, from: [{}, {groups: [a]}, 7], protocols: [{icmp: {}}, {tcp: {destinationPort: {}}}]}`;
  const { subject, ingress } = decoded(manifest('v1alpha2', 'ClusterNetworkPolicy', spec));
  expect(subject?.unknownMember).toBe(true);
  expect(ingress[0]?.peers.map(({ unknownMember }) => unknownMember)).toEqual([true, true, true]);
  expect(ingress[0]?.ports?.map(({ unknownMember }) => unknownMember)).toEqual([true, true]);
});

test('a placeholder is not known, and never "nothing" or "everything"', () => {
  const spec = `  tier: "\${TIER}"
  priority: "\${PRIORITY}"
  subject: "\${SUBJECT}"
  ingress: "\${RULES}"
  egress:
    - "\${RULE}"
    - {action: Deny, to: "\${PEERS}", protocols: "\${PORTS}"}
    - {action: Deny, to: ["\${PEER}"], protocols: ["\${PORT}", {tcp: {destinationPort: {number: "\${NUMBER}"}}}]}
    - {action: Deny, to: [{networks: "\${NETWORKS}"}, {namespaces: "\${LABELS}"}]}`;
  const anyPeer = { placeholder: true };
  const anyRule = { action: '?', peers: [anyPeer], ports: [anyPeer] };
  expect(plain(decoded(manifest('v1alpha2', 'ClusterNetworkPolicy', spec)))).toEqual({
    tier: '?',
    priority: '?',
    subject: { unknownMember: true },
    ingress: [anyRule],
    egress: [
      anyRule,
      { action: 'Deny', peers: [anyPeer], ports: [anyPeer] },
      { action: 'Deny', peers: [anyPeer], ports: [anyPeer, { protocol: 'TCP', first: '?', last: '?' }] },
      { action: 'Deny', peers: [{ networks: ['?'] }, { namespaces: '?' }] },
    ],
  });
});

test('numbers that are none do not become every port', () => {
  const spec = `  priority: high
  subject: {namespaces: {}}
  ingress:
    - {action: Deny, from: [{namespaces: {}}], ports: [{portNumber: {port: http}}, {portRange: {start: 1}}]}`;
  const { priority, ingress } = decoded(manifest('v1alpha1', 'AdminNetworkPolicy', spec));
  expect(priority).toBeUndefined();
  expect(plain(ingress[0]?.ports)).toEqual([
    { protocol: 'TCP', first: '?', last: '?' },
    { protocol: 'TCP', first: 1, last: '?' },
  ]);
});

/** What a verdict says of each policy and rule, as text that a person can check by hand. */
import { expect, test } from 'vitest';
import { explainPorts, type PairQuestion } from '../../server/src/cluster/policyPorts';
import { type AdminRuleMatch, policyVerdict, type PolicyVerdict, type RuleMatch } from '../../server/src/cluster/policyVerdict';
import { protocols } from '../../server/src/protocol/trace';
import { podOf } from './policyTable';
import { indexOf } from '../support/workspaceOf';

const manifests = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: v1
kind: Namespace
metadata: {name: tools, labels: {team: b}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: main, image: example.com/web:1, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: scanner, namespace: tools, labels: {app: scanner}}
spec: {containers: [{name: main, image: example.com/scanner:1}]}
---
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: guard}
spec:
  tier: Admin
  priority: 10
  subject: {namespaces: {matchLabels: {team: a}}}
  ingress:
    - {name: metrics, action: Accept, from: [{namespaces: {matchLabels: {team: b}}}], protocols: [{tcp: {destinationPort: {number: 9090}}}]}
    - {action: Deny, from: [{namespaces: {matchLabels: {team: c}}}]}
    - {action: Pass, from: [{pods: {podSelector: {matchLabels: {app: scanner}}}}], protocols: [{destinationNamedPort: http}]}
    - {action: Deny, from: [{namespaces: {}}], protocols: [{tcp: {}}]}
---
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: later}
spec:
  tier: Admin
  priority: 20
  subject: {namespaces: {}}
  ingress:
    - {action: Accept, from: [{namespaces: {}}]}
---
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: ground}
spec:
  tier: Baseline
  priority: 1
  subject: {namespaces: {}}
  ingress:
    - {action: Deny, from: [{namespaces: {}}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web-in, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
    - from: [{podSelector: {matchLabels: {app: gateway}}}, {ipBlock: {cidr: 10.0.0.0/24}}]
      ports: [{port: http}]
    - ports: [{port: 9000, endPort: 9010}]
`;

function ask(port: number): PolicyVerdict {
  const index = indexOf(manifests, { closed: true });
  return policyVerdict(index, {
    direction: 'Ingress',
    subject: podOf(index, 'shop/web'),
    peer: { kind: 'pods', podSet: podOf(index, 'tools/scanner') },
    protocol: 'TCP',
    port,
  });
}

function spoken({ verdict, tier, reason, adminPolicies, policies }: PolicyVerdict): string {
  const rule = (of: RuleMatch | AdminRuleMatch): readonly string[] => [
    `    ${of.path.join('.')}: ${'effect' in of ? `${of.effect}, ${of.matches}${of.reached ? '' : ', not reached'}` : of.allows}: ${of.reason}`,
    ...of.peerMatches.map((peer) => `      ${peer.words}: ${peer.match}, ${peer.reason}`),
    ...of.portMatches.map((entry) => `      ${entry.words}: ${entry.match}, ${entry.reason}`),
  ];
  return [
    `${verdict} by ${tier ?? 'nobody'}: ${reason}`,
    ...(adminPolicies ?? []).flatMap((match) => [
      `  ${match.tier} ${match.policy.metadata.name}, ${match.priority ?? '?'}: ${match.reason}`,
      ...match.rules.flatMap(rule),
    ]),
    ...policies.flatMap((match) => [`  NetworkPolicy ${match.policy.metadata.name}: ${match.reason}`, ...match.rules.flatMap(rule)]),
  ].join('\n');
}

test('the Admin tier passes, NetworkPolicy decides', () => {
  expect(spoken(ask(8080))).toMatchInlineSnapshot(`
    "denied by NetworkPolicy: the one policy that selects web does not allow it
      Admin guard, 10: passes app: scanner in every namespace on the port named http to the next tier
        spec.ingress.0: Allow, no: the sender matches, the port does not
          every pod of namespaces with team: b: yes, its labels match
          9090/TCP: no, it is another port
        spec.ingress.1: Deny, no: the port matches, the sender does not
          every pod of namespaces with team: c: no, the labels of its namespace do not match
        spec.ingress.2: Pass, yes: passes app: scanner in every namespace on the port named http to the next tier
          app: scanner in every namespace: yes, its labels match
          the port named http: yes, http is port 8080 of web
        spec.ingress.3: Deny, yes, not reached: keeps out every pod of every namespace on every TCP port
          every pod of every namespace: yes, its labels match
          every TCP port: yes, the port matches
      Admin later, 20: lets in every pod of every namespace
        spec.ingress.0: Allow, yes, not reached: lets in every pod of every namespace
          every pod of every namespace: yes, its labels match
      Baseline ground, 1: keeps out every pod of every namespace
        spec.ingress.0: Deny, yes, not reached: keeps out every pod of every namespace
          every pod of every namespace: yes, its labels match
      NetworkPolicy web-in: the port matches, the sender does not
        spec.ingress.0: no: the port matches, the sender does not
          app: gateway: no, it is in another namespace, and a podSelector alone means the policy’s own
          10.0.0.0/24: no, the block does not hold the whole pod range, and the pod’s address is in no manifest
          http/TCP: yes, http is port 8080 of web
        spec.ingress.1: no: the sender matches, the port does not
          9000-9010/TCP: no, it is another port"
  `);
});

test('the Admin tier denies', () => {
  expect(spoken(ask(9005))).toMatchInlineSnapshot(`
    "denied by Admin: guard: keeps out every pod of every namespace on every TCP port
      Admin guard, 10: keeps out every pod of every namespace on every TCP port
        spec.ingress.0: Allow, no: the sender matches, the port does not
          every pod of namespaces with team: b: yes, its labels match
          9090/TCP: no, it is another port
        spec.ingress.1: Deny, no: the port matches, the sender does not
          every pod of namespaces with team: c: no, the labels of its namespace do not match
        spec.ingress.2: Pass, no: the sender matches, the port does not
          app: scanner in every namespace: yes, its labels match
          the port named http: no, http is port 8080 of web, not 9005
        spec.ingress.3: Deny, yes: keeps out every pod of every namespace on every TCP port
          every pod of every namespace: yes, its labels match
          every TCP port: yes, the port matches
      Admin later, 20: lets in every pod of every namespace
        spec.ingress.0: Allow, yes, not reached: lets in every pod of every namespace
          every pod of every namespace: yes, its labels match
      Baseline ground, 1: keeps out every pod of every namespace
        spec.ingress.0: Deny, yes, not reached: keeps out every pod of every namespace
          every pod of every namespace: yes, its labels match
      NetworkPolicy web-in: lets everybody in on 9000-9010/TCP
        spec.ingress.0: no: neither the sender nor the port matches
          app: gateway: no, it is in another namespace, and a podSelector alone means the policy’s own
          10.0.0.0/24: no, the block does not hold the whole pod range, and the pod’s address is in no manifest
          http/TCP: no, http is port 8080 of web, not 9005
        spec.ingress.1: yes: lets everybody in on 9000-9010/TCP
          9000-9010/TCP: yes, the port matches"
  `);
});

test('every port of the pair, by what has a say', () => {
  const index = indexOf(manifests, { closed: true });
  const question: PairQuestion = { direction: 'Ingress', subject: podOf(index, 'shop/web'), peer: { kind: 'pods', podSet: podOf(index, 'tools/scanner') } };
  const lines = explainPorts(index, question).map(({ effect, certain, tier, policy, path, ports, words }) => {
    const on = protocols
      .flatMap((protocol) => ports[protocol].map(({ first, last }) => `${first === last ? first : `${first}-${last}`}/${protocol}`))
      .join(' ');
    return `${tier} ${policy.metadata.name} ${path.join('.')} ${effect}${certain ? '' : ' perhaps'} ${on}: ${words}`;
  });
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "Admin guard spec.ingress.0 allows 9090/TCP: every pod of namespaces with team: b
    Admin guard spec.ingress.2 passes 8080/TCP: app: scanner in every namespace
    Admin guard spec.ingress.3 denies 1-8079/TCP 8081-9089/TCP 9091-65535/TCP: every pod of every namespace
    Admin later spec.ingress.0 allows 1-65535/UDP 1-65535/SCTP: every pod of every namespace
    NetworkPolicy web-in spec.podSelector isolates 8080/TCP: isolates the pod"
  `);
});

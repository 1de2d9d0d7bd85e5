/** NetworkPolicy as Kubernetes reads it, in truth tables of our own over nine pods. */
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../server/src/base/addresses';
import { policyVerdict, type PolicyPeerEnd } from '../../server/src/cluster/policyVerdict';
import { indexOf } from '../support/workspaceOf';
import { connection, nineIndex, podNames, podOf } from './policyTable';

const policy = (name: string, namespace: string, spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: '${namespace}'}\nspec: ${spec}`;
const inX = (spec: string, name = 'policy'): string => policy(name, 'x', spec);
const a = '{matchLabels: {pod: a}}';

/** Which of the nine may reach x/a, or whom x/a may reach, as a list of names. */
function reaching(policies: string, protocol: 'TCP' | 'UDP' | 'SCTP' = 'TCP', port = 80): string {
  const index = nineIndex(policies);
  return podNames.filter((from) => connection(index, from, 'x/a', protocol, port) === '.').join(' ');
}
function reached(policies: string, protocol: 'TCP' | 'UDP' | 'SCTP' = 'TCP', port = 80): string {
  const index = nineIndex(policies);
  return podNames.filter((to) => connection(index, 'x/a', to, protocol, port) === '.').join(' ');
}
const all = podNames.join(' ');

describe('ingress of x/a', () => {
  const cases: readonly [string, string, string, ('TCP' | 'UDP' | 'SCTP')?, number?][] = [
    ['no policy lets everybody in', '', all],
    ['a policy without rules lets nobody in but the pod itself', inX('{podSelector: {}}'), 'x/a'],
    ['ingress: [] lets nobody in', inX('{podSelector: {}, ingress: []}'), 'x/a'],
    ['a rule {} lets everybody in', inX('{podSelector: {}, ingress: [{}]}'), all],
    ['from: [] is everybody', inX('{podSelector: {}, ingress: [{from: []}]}'), all],
    ['a missing podSelector is every pod', inX('{ingress: []}'), 'x/a'],
    ['podSelector: null is every pod', inX('{podSelector: null, ingress: []}'), 'x/a'],
    ['matchLabels: null is every pod', inX('{podSelector: {matchLabels: null}, ingress: []}'), 'x/a'],
    ['another pod’s policy does not isolate', inX('{podSelector: {matchLabels: {pod: b}}, ingress: []}'), all],
    ['a policy of another namespace does not isolate', policy('policy', 'z', '{podSelector: {}, ingress: []}'), all],
    ['podSelector {} is the own namespace', inX('{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}'), 'x/a x/b x/c'],
    ['podSelector alone is in the own namespace', inX(`{podSelector: ${a}, ingress: [{from: [{podSelector: {matchLabels: {pod: b}}}]}]}`), 'x/a x/b'],
    ['namespaceSelector {} is every namespace, the own one too', inX(`{podSelector: ${a}, ingress: [{from: [{namespaceSelector: {}}]}]}`), all],
    [
      'a namespaceSelector leaves the own namespace out',
      inX(`{podSelector: ${a}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: 'y'}}}]}]}`),
      'x/a y/a y/b y/c',
    ],
    [
      'both in one item are AND-ed',
      inX(`{podSelector: ${a}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: 'y'}}, podSelector: {matchLabels: {pod: b}}}]}]}`),
      'x/a y/b',
    ],
    [
      'two items are OR-ed',
      inX(`{podSelector: ${a}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: 'y'}}}, {podSelector: {matchLabels: {pod: b}}}]}]}`),
      'x/a x/b y/a y/b y/c',
    ],
    [
      'the name label is always there',
      inX(`{podSelector: ${a}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: z}}}]}]}`),
      'x/a z/a z/b z/c',
    ],
    [
      'In over namespaces',
      inX(`{podSelector: ${a}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: ns, operator: In, values: ['y', z]}]}}]}]}`),
      'x/a y/a y/b y/c z/a z/b z/c',
    ],
    [
      'NotIn over pods',
      inX(`{podSelector: ${a}, ingress: [{from: [{podSelector: {matchExpressions: [{key: pod, operator: NotIn, values: [b]}]}, namespaceSelector: {}}]}]}`),
      'x/a x/c y/a y/c z/a z/c',
    ],
    [
      'NotIn of an absent key matches',
      inX(`{podSelector: ${a}, ingress: [{from: [{podSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [b]}]}}]}]}`),
      'x/a x/b x/c',
    ],
    [
      'Exists and DoesNotExist',
      inX(`{podSelector: ${a}, ingress: [{from: [{podSelector: {matchExpressions: [{key: pod, operator: Exists}, {key: tier, operator: DoesNotExist}]}}]}]}`),
      'x/a x/b x/c',
    ],
    ['labels must match exactly', inX(`{podSelector: ${a}, ingress: [{from: [{podSelector: {matchLabels: {pod: B}}, namespaceSelector: {}}]}]}`), 'x/a'],
    ['a named port is the destination’s', inX(`{podSelector: ${a}, ingress: [{ports: [{port: serve-80-tcp}]}]}`), all],
    ['a named port of another number does not match', inX(`{podSelector: ${a}, ingress: [{ports: [{port: serve-81-tcp}]}]}`), 'x/a'],
    ['a named port with the wrong protocol does not match', inX(`{podSelector: ${a}, ingress: [{ports: [{port: serve-80-udp}]}]}`), 'x/a'],
    ['a name that no container has matches nothing', inX(`{podSelector: ${a}, ingress: [{ports: [{port: nothing}]}]}`), 'x/a'],
    ['another port', inX(`{podSelector: ${a}, ingress: [{ports: [{port: 81}]}]}`), 'x/a'],
    ['ports of one rule are OR-ed', inX(`{podSelector: ${a}, ingress: [{ports: [{port: 81}, {port: 80}]}]}`), all],
    ['endPort is inclusive', inX(`{podSelector: ${a}, ingress: [{ports: [{port: 79, endPort: 80}]}]}`), all],
    ['the range ends', inX(`{podSelector: ${a}, ingress: [{ports: [{port: 75, endPort: 79}]}]}`), 'x/a'],
    ['a protocol without port is all its ports', inX(`{podSelector: ${a}, ingress: [{ports: [{protocol: UDP}]}]}`), all, 'UDP', 81],
    ['and no port of another protocol', inX(`{podSelector: ${a}, ingress: [{ports: [{protocol: UDP}]}]}`), 'x/a'],
    ['the protocol defaults to TCP', inX(`{podSelector: ${a}, ingress: [{ports: [{port: 80}]}]}`), 'x/a', 'UDP'],
    ['a policy that allows SCTP only isolates TCP', inX(`{podSelector: ${a}, ingress: [{ports: [{port: 80, protocol: SCTP}]}]}`), 'x/a'],
    ['and lets SCTP in', inX(`{podSelector: ${a}, ingress: [{ports: [{port: 80, protocol: SCTP}]}]}`), all, 'SCTP'],
    ['empty ports are all protocols', inX(`{podSelector: ${a}, ingress: [{ports: []}]}`), all, 'SCTP'],
    [
      'peers and ports of one rule are AND-ed',
      inX(`{podSelector: ${a}, ingress: [{from: [{podSelector: {matchLabels: {pod: b}}}], ports: [{port: 81}]}]}`),
      'x/a',
    ],
    [
      'rules are OR-ed',
      inX(
        `{podSelector: ${a}, ingress: [{from: [{podSelector: {matchLabels: {pod: b}}}], ports: [{port: 81}]}, {from: [{podSelector: {matchLabels: {pod: c}}}]}]}`,
      ),
      'x/a x/c',
    ],
    [
      'policies add up',
      `${inX('{podSelector: {}}', 'deny')}\n---\n${inX(`{podSelector: ${a}, ingress: [{from: [{podSelector: {matchLabels: {pod: b}}}]}]}`, 'allow')}`,
      'x/a x/b',
    ],
    ['an allow-all rule makes the others void', `${inX('{podSelector: {}}', 'deny')}\n---\n${inX('{podSelector: {}, ingress: [{}]}', 'allow')}`, all],
    ['egress rules without policyTypes deny all ingress too', inX(`{podSelector: ${a}, egress: [{}]}`), 'x/a'],
    ['policyTypes [Egress] leaves ingress alone', inX(`{podSelector: ${a}, policyTypes: [Egress]}`), all],
    ['rules of a type that is not listed are ignored', inX(`{podSelector: ${a}, policyTypes: [Ingress], egress: [{}]}`), 'x/a'],
    ['policyTypes [] is as if missing', inX(`{podSelector: ${a}, policyTypes: []}`), 'x/a'],
    ['an empty peer is refused by the API and matches nothing', inX(`{podSelector: ${a}, ingress: [{from: [{}]}]}`), 'x/a'],
    ['a block over the whole pod range matches pods', inX(`{podSelector: ${a}, ingress: [{from: [{ipBlock: {cidr: 10.244.0.0/16}}]}]}`), all],
    ['host bits are masked', inX(`{podSelector: ${a}, ingress: [{from: [{ipBlock: {cidr: 10.244.7.9/15}}]}]}`), all],
    ['a smaller block does not match an assumed address', inX(`{podSelector: ${a}, ingress: [{from: [{ipBlock: {cidr: 10.244.0.0/24}}]}]}`), 'x/a'],
    [
      'an except in the pod range takes pods out',
      inX(`{podSelector: ${a}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.244.3.0/24]}}]}]}`),
      'x/a',
    ],
    ['an except elsewhere does not', inX(`{podSelector: ${a}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [192.168.0.0/16]}}]}]}`), all],
    [
      'another peer may allow what except takes out',
      inX(`{podSelector: ${a}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.244.0.0/16]}}, {podSelector: {matchLabels: {pod: c}}}]}]}`),
      'x/a x/c',
    ],
    ['0.0.0.0/0 is no IPv6', inX(`{podSelector: ${a}, ingress: [{from: [{ipBlock: {cidr: '::/0'}}]}]}`), 'x/a'],
  ];
  test.each(cases)('%s', (_name, policies, expected, protocol, port) => {
    expect(reaching(policies, protocol, port)).toBe(expected);
  });
});

describe('egress of x/a', () => {
  const cases: readonly [string, string, string, ('TCP' | 'UDP' | 'SCTP')?, number?][] = [
    ['egress: [] without policyTypes does not isolate egress', inX(`{podSelector: ${a}, egress: []}`), all],
    ['egress: [] with policyTypes does', inX(`{podSelector: ${a}, policyTypes: [Egress], egress: []}`), 'x/a'],
    ['to: [] is everybody', inX(`{podSelector: ${a}, policyTypes: [Egress], egress: [{to: []}]}`), all],
    ['to one namespace', inX(`{podSelector: ${a}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {ns: z}}}]}]}`), 'x/a z/a z/b z/c'],
    ['a named port is looked up at the destination', inX(`{podSelector: ${a}, policyTypes: [Egress], egress: [{ports: [{port: serve-80-tcp}]}]}`), all],
    ['and needs the right number', inX(`{podSelector: ${a}, policyTypes: [Egress], egress: [{ports: [{port: serve-80-tcp}]}]}`), 'x/a', 'TCP', 81],
    [
      'a connection needs both ends',
      `${inX(`{podSelector: ${a}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]}`)}\n---\n${policy('deny', 'z', '{}')}`,
      'x/a x/b x/c y/a y/b y/c',
    ],
    ['policyTypes both, without rules', inX(`{podSelector: ${a}, policyTypes: [Ingress, Egress]}`), 'x/a'],
  ];
  test.each(cases)('%s', (_name, policies, expected, protocol, port) => {
    expect(reached(policies, protocol, port)).toBe(expected);
  });
});

describe('who is no pod', () => {
  const ask = (spec: string, peer: PolicyPeerEnd, modes = {}): string => {
    const index = nineIndex(inX(spec));
    return policyVerdict(index, { direction: 'Ingress', subject: podOf(index, 'x/a'), peer, protocol: 'TCP', port: 80 }, modes).verdict;
  };
  const address = (text: string): PolicyPeerEnd => {
    const parsed = parseAddress(text);
    if (!parsed) throw new Error(text);
    return { kind: 'address', address: parsed };
  };
  const block = (cidr: string, except = ''): string => `{podSelector: ${a}, ingress: [{from: [{ipBlock: {cidr: ${cidr}, except: [${except}]}}]}]}`;
  const closed = '{podSelector: {}}';
  const everyPod = `{podSelector: ${a}, ingress: [{from: [{namespaceSelector: {}}]}]}`;

  test.each<[string, string, PolicyPeerEnd, string]>([
    ['an address in a block', block('203.0.113.0/24'), address('203.0.113.7'), 'allowed'],
    ['an address in an except', block('203.0.113.0/24', '203.0.113.0/28'), address('203.0.113.7'), 'denied'],
    ['an address outside is no pod', everyPod, address('203.0.113.7'), 'denied'],
    ['an address of the pod range may be any pod', everyPod, address('10.244.9.9'), 'unknown'],
    ['the own node is always let in', closed, { kind: 'node', ownNode: 'yes' }, 'allowed'],
    ['another node is not', closed, { kind: 'node', ownNode: 'no' }, 'denied'],
    ['another node is no pod', everyPod, { kind: 'node', ownNode: 'no' }, 'denied'],
    ['a node of a public block: nodes have private addresses', block('203.0.113.0/24'), { kind: 'node', ownNode: 'no' }, 'denied'],
    ['a node in one private block of several', block('10.0.0.0/8'), { kind: 'node', ownNode: 'no' }, 'unknown'],
    ['a node in every block', block('0.0.0.0/0'), { kind: 'node', ownNode: 'no' }, 'allowed'],
    [
      'somebody on the internet in 0.0.0.0/0 without private blocks',
      block('0.0.0.0/0', '10.0.0.0/8, 192.168.0.0/16'),
      { kind: 'outside', scope: 'internet' },
      'allowed',
    ],
    ['somebody on the internet in a part of it', block('203.0.113.0/24'), { kind: 'outside', scope: 'internet' }, 'unknown'],
    ['somebody on the internet in a private block', block('10.0.0.0/8'), { kind: 'outside', scope: 'internet' }, 'denied'],
    ['a host name’s address may be private', block('0.0.0.0/0', '10.0.0.0/8'), { kind: 'outside', scope: 'anywhere' }, 'unknown'],
    ['an unknown pod and every namespace', everyPod, { kind: 'unknown-pod' }, 'allowed'],
    ['an unknown pod and a label', `{podSelector: ${a}, ingress: [{from: [{podSelector: {matchLabels: {pod: b}}}]}]}`, { kind: 'unknown-pod' }, 'unknown'],
    ['an unknown pod and no rule', closed, { kind: 'unknown-pod' }, 'denied'],
    ['an unknown pod and a block outside', block('203.0.113.0/24'), { kind: 'unknown-pod' }, 'denied'],
  ])('%s', (_name, spec, peer, expected) => {
    expect(ask(spec, peer)).toBe(expected);
  });

  test('with Cilium an ipBlock never matches a pod', () => {
    const index = nineIndex(inX(block('0.0.0.0/0')));
    expect(connection(index, 'y/a', 'x/a', 'TCP', 80)).toBe('.');
    expect(connection(index, 'y/a', 'x/a', 'TCP', 80, { ipBlockMatchesPods: 'never' })).toBe('X');
  });
});

describe('what is not known', () => {
  test('labels of a namespace without manifest, in an open context', () => {
    const files = `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: q, labels: {pod: p}}\nspec: {containers: [{name: main, image: i}]}\n---\n${policy('policy', 'q', '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}}]}]}')}`;
    const ask = (closed: boolean): string => {
      const index = indexOf(files, { closed });
      return policyVerdict(index, {
        direction: 'Ingress',
        subject: podOf(index, 'q/p'),
        peer: { kind: 'pods', podSet: podOf(index, 'q/p') },
        protocol: 'TCP',
        port: 80,
      }).verdict;
    };
    expect(ask(false)).toBe('unknown');
    expect(ask(true)).toBe('denied');
  });

  test('a placeholder in the label that selects', () => {
    const index = nineIndex(inX('{podSelector: {matchLabels: {pod: "${POD}"}}, ingress: []}'));
    expect(connection(index, 'y/a', 'x/a', 'TCP', 80)).toBe('?');
  });

  test('a placeholder in a policy that lets everybody in leaves no doubt', () => {
    const index = nineIndex(inX('{podSelector: {matchLabels: {pod: "${POD}"}}, ingress: [{}]}'));
    expect(connection(index, 'y/a', 'x/a', 'TCP', 80)).toBe('.');
  });

  test('a placeholder as a port', () => {
    const index = nineIndex(inX(`{podSelector: ${a}, ingress: [{ports: [{port: "\${PORT}"}]}]}`));
    expect(connection(index, 'y/a', 'x/a', 'TCP', 80)).toBe('?');
  });
});

describe('the deciding rule', () => {
  test('is the peer’s label that lets in', () => {
    const index = nineIndex(
      inX(
        `{podSelector: ${a}, ingress: [{from: [{podSelector: {matchLabels: {pod: c}}}, {podSelector: {matchLabels: {pod: b}}}], ports: [{port: 80}]}]}`,
        'web',
      ),
    );
    const verdict = policyVerdict(index, {
      direction: 'Ingress',
      subject: podOf(index, 'x/a'),
      peer: { kind: 'pods', podSet: podOf(index, 'x/b') },
      protocol: 'TCP',
      port: 80,
    });
    expect(verdict.deciding.kind === 'rule' && verdict.deciding.path).toEqual(['spec', 'ingress', 0, 'from', 1, 'podSelector', 'matchLabels', 'pod']);
    expect(verdict.reason).toBe('web: lets in pod: b on 80/TCP');
  });

  test('of a denial are the isolating policies by name and the rule that came nearest', () => {
    const policies = [
      inX('{podSelector: {}}', 'deny-all'),
      inX(`{podSelector: ${a}, ingress: [{from: [{podSelector: {matchLabels: {pod: c}}}], ports: [{port: 80}]}, {ports: [{port: 81}]}]}`, 'a-web'),
    ];
    const index = nineIndex(policies.join('\n---\n'));
    const { deciding, policies: answers } = policyVerdict(index, {
      direction: 'Ingress',
      subject: podOf(index, 'x/a'),
      peer: { kind: 'pods', podSet: podOf(index, 'x/b') },
      protocol: 'TCP',
      port: 80,
    });
    if (deciding.kind !== 'default-deny') throw new Error(deciding.kind);
    expect(deciding.policies.map((one) => one.metadata.name)).toEqual(['a-web', 'deny-all']);
    expect(deciding.nearest?.path).toEqual(['spec', 'ingress', 0, 'from', 0, 'podSelector', 'matchLabels', 'pod']);
    expect(answers.map((answer) => `${answer.policy.metadata.name}: ${answer.reason}`)).toEqual([
      'a-web: the port matches, the sender does not',
      'deny-all: lets nobody in',
    ]);
  });

  test('keeps a few of ten thousand peers', () => {
    const peers = Array.from({ length: 10_000 }, (_, number) => `{podSelector: {matchLabels: {pod: p${number}}}}`).join(', ');
    const index = nineIndex(inX(`{podSelector: ${a}, ingress: [{from: [${peers}]}]}`));
    const verdict = policyVerdict(index, {
      direction: 'Ingress',
      subject: podOf(index, 'x/a'),
      peer: { kind: 'pods', podSet: podOf(index, 'x/b') },
      protocol: 'TCP',
      port: 80,
    });
    expect(verdict.verdict).toBe('denied');
    expect(verdict.policies[0]?.rules[0]?.peerMatches.length).toBe(64);
  });
});

describe('a pod in the network of its node, whose address a manifest shows', () => {
  const manifests = `${policy('policy', 'x', '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/16}}]}]}')}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: x}
spec: {containers: [{name: web}]}
---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: y}
spec: {hostNetwork: true, containers: [{name: agent}]}
status: {podIP: ADDRESS}
`;
  test.each([
    ['10.1.0.8', 'allowed'],
    ['10.2.0.8', 'denied'],
  ])('%s is %s by a block', (address, expected) => {
    const index = indexOf(manifests.replace('ADDRESS', address));
    const find = (name: string) => index.podSets(undefined).find((podSet) => podSet.name === name);
    const [subject, podSet] = [find('web'), find('agent')];
    if (!subject || !podSet) throw new Error('the pods are not there');
    for (const modes of [{}, { ipBlockMatchesPods: 'never' as const }])
      expect(policyVerdict(index, { direction: 'Ingress', subject, peer: { kind: 'pods', podSet }, protocol: 'TCP', port: 80 }, modes).verdict).toBe(expected);
  });
});

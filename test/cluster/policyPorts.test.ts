/** All ports at once and one port at a time say the same; classes, order, names; bad input. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClusterIndex, PodSet } from '../../server/src/cluster/clusterIndex';
import { policyClassOf } from '../../server/src/cluster/policyClasses';
import { allowedPorts, explainPorts, type PairQuestion, type PortVerdict } from '../../server/src/cluster/policyPorts';
import { commonPorts, everyPort, hasPort, isNoPort, samePorts, unitePorts, withoutPorts } from '../../server/src/cluster/portSet';
import { policyVerdict, type PolicyModes, type PolicyPeerEnd, recordedEntries } from '../../server/src/cluster/policyVerdict';
import { protocols } from '../../server/src/protocol/trace';
import { adminPolicy, cluster, indexOfAll, type Manifest, manifestText, named, networkPolicy, someModes, strangers } from './policyArbitraries';
import { indexOf } from '../support/workspaceOf';

const policies = fc.array(fc.oneof({ weight: 3, arbitrary: networkPolicy }, { weight: 2, arbitrary: adminPolicy }), { maxLength: 5 });
const settings = { numRuns: 60 };

function everyPodSet(index: ClusterIndex): readonly PodSet[] {
  return index.podSets(undefined);
}

function questions(index: ClusterIndex): readonly PairQuestion[] {
  const podSets = everyPodSet(index);
  const peers: readonly PolicyPeerEnd[] = [...podSets.map((podSet): PolicyPeerEnd => ({ kind: 'pods', podSet })), ...strangers];
  return (['Ingress', 'Egress'] as const).flatMap((direction) =>
    podSets.flatMap((subject) => [
      ...peers.map((peer) => ({ direction, subject, peer })),
      { direction, subject, peer: { kind: 'pods', podSet: subject } as const, self: true },
      { direction, subject, peer: { kind: 'pods', podSet: subject } as const, self: true, hairpin: true },
    ]),
  );
}

function bounds(verdict: PortVerdict): readonly number[] {
  const found = new Set([1, 53, 65535]);
  for (const set of [verdict.allowed, verdict.denied, verdict.unknown])
    for (const protocol of protocols) for (const { first, last } of set[protocol]) for (const port of [first - 1, first, last, last + 1]) found.add(port);
  return [...found].filter((port) => port >= 1 && port <= 65535);
}

/** As text, so that answers of two indexes can be compared. */
function answers(index: ClusterIndex, modes: PolicyModes = {}): string {
  return questions(index)
    .map((question) => {
      const { allowed, denied, unknown } = allowedPorts(index, question, modes);
      return JSON.stringify([question.direction, question.subject.key, peerName(question.peer), question.self, question.hairpin, allowed, denied, unknown]);
    })
    .sort()
    .join('\n');
}

function peerName(peer: PolicyPeerEnd): string {
  return peer.kind === 'pods' ? peer.podSet.key : `${peer.kind} ${strangers.indexOf(peer)}`;
}

test('allowedPorts and policyVerdict agree at every bound, and the three sets are a partition', () => {
  let compared = 0;
  fc.assert(
    fc.property(policies, fc.constantFrom(...someModes), fc.boolean(), (made, modes, closed) => {
      const index = indexOfAll(named(made), closed);
      for (const question of questions(index)) {
        const verdict = allowedPorts(index, question, modes);
        const { allowed, denied, unknown } = verdict;
        expect(isNoPort(commonPorts(allowed, denied)) && isNoPort(commonPorts(allowed, unknown)) && isNoPort(commonPorts(denied, unknown))).toBe(true);
        expect(samePorts(unitePorts(unitePorts(allowed, denied), unknown), everyPort)).toBe(true);
        for (const port of bounds(verdict)) {
          for (const protocol of protocols) {
            const one = policyVerdict(index, { ...question, protocol, port }, modes).verdict;
            compared++;
            if (!hasPort(verdict[one], protocol, port))
              throw new Error(
                `${question.direction} of ${question.subject.key}, ${peerName(question.peer)}, ${port}/${protocol}: ${one}\n${JSON.stringify(verdict)}\n${manifestText(made)}`,
              );
          }
        }
      }
    }),
    { numRuns: 40 },
  );
  console.log(`port verdicts compared: ${compared}`);
});

test('reasons of a pair name what opens and what closes it', () => {
  fc.assert(
    fc.property(policies, (made) => {
      const index = indexOfAll(named(made));
      for (const question of questions(index)) {
        const { denied, allowed } = allowedPorts(index, question);
        const reasons = explainPorts(index, question);
        const closing = reasons
          .filter(({ effect }) => effect === 'denies' || effect === 'isolates')
          .reduce((all, { ports }) => unitePorts(all, ports), everyPort);
        expect(isNoPort(withoutPorts(denied, closing))).toBe(true);
        if (reasons.length === 0) expect(samePorts(allowed, everyPort)).toBe(true);
      }
    }),
    settings,
  );
});

test('pods of one class are answered alike, as subject and as peer', () => {
  let shared = 0;
  fc.assert(
    fc.property(policies, fc.constantFrom(...someModes), (made, modes) => {
      const index = indexOfAll(named(made));
      const podSets = everyPodSet(index);
      for (const one of podSets) {
        for (const other of podSets) {
          if (one === other || policyClassOf(index, one, modes) !== policyClassOf(index, other, modes)) continue;
          shared++;
          for (const third of podSets) {
            for (const direction of ['Ingress', 'Egress'] as const) {
              const asSubject = (subject: PodSet): PortVerdict => allowedPorts(index, { direction, subject, peer: { kind: 'pods', podSet: third } }, modes);
              const asPeer = (podSet: PodSet): PortVerdict => allowedPorts(index, { direction, subject: third, peer: { kind: 'pods', podSet } }, modes);
              expect(samePorts(asSubject(one).allowed, asSubject(other).allowed) && samePorts(asSubject(one).unknown, asSubject(other).unknown)).toBe(true);
              expect(samePorts(asPeer(one).allowed, asPeer(other).allowed) && samePorts(asPeer(one).unknown, asPeer(other).unknown)).toBe(true);
            }
          }
        }
      }
    }),
    settings,
  );
  expect(shared).toBeGreaterThan(0);
});

test('a policy more never takes a connection from pods that are isolated both ways already', () => {
  const isolated = (namespace: string): Manifest => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'closed', namespace },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  fc.assert(
    fc.property(fc.array(networkPolicy, { maxLength: 3 }), networkPolicy, (made, more) => {
      const closed = [isolated('x'), isolated('y')];
      const [before, after] = [indexOfAll([...named(made), ...closed]), indexOfAll([...named(made), ...named([more], 'more'), ...closed])];
      for (const direction of ['Ingress', 'Egress'] as const) {
        for (const name of ['a', 'b', 'c']) {
          const of = (index: ClusterIndex): PodSet | undefined => everyPodSet(index).find((podSet) => podSet.name === name);
          const [subject, again] = [of(before), of(after)];
          if (!subject || !again) throw new Error(name);
          for (const peer of strangers) {
            const was = allowedPorts(before, { direction, subject, peer }).allowed;
            expect(isNoPort(withoutPorts(was, allowedPorts(after, { direction, subject: again, peer }).allowed))).toBe(true);
          }
        }
      }
    }),
    settings,
  );
});

test('labels, pods and policies that nobody selects change nothing', () => {
  const renamed = (manifest: Manifest): Manifest => JSON.parse(JSON.stringify(manifest).replaceAll('"other":"label"', '"another":"value"')) as Manifest;
  fc.assert(
    fc.property(policies, (made) => {
      const text = (manifests: readonly Manifest[]): string => answers(indexOf(manifestText([...manifests, ...named(made)]), { closed: true }));
      expect(text(cluster.map(renamed))).toBe(text(cluster));
    }),
    settings,
  );
});

test('the order of policies, of peers and of files changes nothing, nor do names of NetworkPolicies', () => {
  const turnedPeers = (manifest: Manifest): Manifest => {
    const turn = (rules: unknown): unknown =>
      Array.isArray(rules)
        ? rules.map((rule: Readonly<Record<string, unknown>>) =>
            Object.fromEntries(Object.entries(rule).map(([key, value]) => [key, Array.isArray(value) ? [...(value as unknown[])].reverse() : value])),
          )
        : rules;
    const spec = manifest['spec'] as Readonly<Record<string, unknown>>;
    return { ...manifest, spec: { ...spec, ingress: turn(spec['ingress']), egress: turn(spec['egress']) } } as Manifest;
  };
  fc.assert(
    fc.property(policies, (made) => {
      const straight = named(made);
      const expected = answers(indexOfAll(straight));
      expect(answers(indexOfAll([...straight].reverse()))).toBe(expected);
      expect(answers(indexOfAll(straight.map(turnedPeers)))).toBe(expected);
      expect(answers(indexOfAll(named([...made].reverse(), 'q')))).toBe(expected);
      const files = Object.fromEntries([...cluster, ...straight].reverse().map((manifest, number) => [`${number}.yaml`, JSON.stringify(manifest)]));
      expect(answers(indexOf(files, { closed: true }))).toBe(expected);
    }),
    settings,
  );
});

test('malformed policies get an answer and never throw', () => {
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(null, true, 0, -1, 80, 1e9, 1.5, '', 'x', '${X}', '{{ .X }}', '__proto__', 'constructor', '0.0.0.0/0', '<b>', 'TCP', 'Deny', 'Accept'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          ...[
            'podSelector',
            'namespaceSelector',
            'ipBlock',
            'cidr',
            'except',
            'matchLabels',
            'matchExpressions',
            'key',
            'operator',
            'values',
            'from',
            'to',
            'ports',
            'port',
          ],
          ...[
            'endPort',
            'protocol',
            'action',
            'namespaces',
            'pods',
            'nodes',
            'networks',
            'domainNames',
            'protocols',
            'tcp',
            'destinationPort',
            'number',
            'range',
            'start',
            'end',
          ],
          ...['destinationNamedPort', 'portNumber', 'portRange', 'namedPort', '__proto__', 'toString'],
        ),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  })).value as fc.Arbitrary<Json>;
  type Json = Manifest[string];
  const kinds = fc.constantFrom(
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy'],
    ['policy.networking.k8s.io/v1alpha1', 'BaselineAdminNetworkPolicy'],
    ['policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy'],
  );
  const spec = fc.dictionary(fc.constantFrom('podSelector', 'policyTypes', 'ingress', 'egress', 'tier', 'priority', 'subject'), anything);
  fc.assert(
    fc.property(fc.array(fc.tuple(kinds, fc.oneof(spec, anything)), { minLength: 1, maxLength: 3 }), (made) => {
      const manifests = made.map(([[apiVersion = '', kind = ''], written], number): Manifest => ({
        apiVersion,
        kind,
        metadata: { name: `p${number}`, namespace: 'x' },
        spec: written,
      }));
      const index = indexOfAll(manifests);
      for (const question of questions(index)) {
        const verdict = allowedPorts(index, question);
        expect(hasPort(verdict[policyVerdict(index, { ...question, protocol: 'TCP', port: 80 }).verdict], 'TCP', 80)).toBe(true);
        explainPorts(index, question);
      }
      for (const podSet of everyPodSet(index)) policyClassOf(index, podSet);
    }),
    { numRuns: 150 },
  );
});

test('a policy with ten thousand peers: bounded work, and an answer that can be read', () => {
  const many = (peer: (number: number) => Manifest[string]): readonly Manifest[string][] => Array.from({ length: 10_000 }, (_, number) => peer(number));
  const network: Manifest = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'network', namespace: 'x' },
    spec: {
      podSelector: {},
      ingress: [
        {
          from: many((number) => ({ podSelector: { matchLabels: { pod: `p${number}` } } })),
          ports: many((number) => ({ port: 2 * number + 1 })),
        },
        { from: [{ podSelector: { matchLabels: { pod: 'b' } } }], ports: many((number) => ({ port: 2 * number + 1 })) },
      ],
    },
  };
  const admin: Manifest = {
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name: 'admin' },
    spec: {
      tier: 'Admin',
      priority: 1,
      subject: { namespaces: {} },
      ingress: [{ action: 'Deny', from: many((number) => ({ namespaces: { matchLabels: { ns: `n${number}` } } })) }],
    },
  };
  const index = indexOfAll([network, admin]);
  const [subject, peer] = ['a', 'b'].map((name) => everyPodSet(index).find((podSet) => podSet.name === name));
  if (!subject || !peer) throw new Error('the pods of the cluster');
  const question = { direction: 'Ingress', subject, peer: { kind: 'pods', podSet: peer } } as const;
  const verdict = policyVerdict(index, { ...question, protocol: 'TCP', port: 19_999 });
  expect(`${verdict.verdict}: ${verdict.reason}`).toBe('allowed: network: lets in pod: b on 19999/TCP');
  expect(verdict.policies[0]?.rules[0]?.peerMatches.length).toBe(recordedEntries);
  expect(verdict.adminPolicies?.[0]?.rules[0]?.peerMatches.length).toBe(recordedEntries);
  expect(allowedPorts(index, question).allowed.TCP.length).toBe(10_000);
});

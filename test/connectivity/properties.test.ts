/** Connectivity of random manifests says what the verdict on every single pair says, in whatever order they are written. */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Address } from '../../server/src/base/addresses';
import { parseAddress } from '../../server/src/base/addresses';
import { policyVerdict, type PolicyPeerEnd } from '../../server/src/cluster/policyVerdict';
import { hasPort } from '../../server/src/cluster/portSet';
import { ConnectivityMap, type ConnectivityOptions } from '../../server/src/connectivity/connectivity';
import type { Context } from '../../server/src/model/context';
import { protocols } from '../../server/src/protocol/trace';
import { snapshotOf } from '../support/workspaceOf';
import { connectivityOf } from './table';

const keys = ['app', 'tier', 'team'];
const values = ['a', 'b'];
const label = fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...values));
const labelMap = fc.array(label, { maxLength: 3 }).map((pairs) => JSON.stringify(Object.fromEntries(pairs)));
const selector = fc.oneof(
  { weight: 2, arbitrary: fc.constant('{}') },
  { weight: 5, arbitrary: label.map(([key, value]) => `{matchLabels: {${key}: ${value}}}`) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...keys), fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'), fc.constantFrom(...values))
      .map(([key, operator, value]) => `{matchExpressions: [{key: ${key}, operator: ${operator}${operator.endsWith('n') ? `, values: [${value}]` : ''}}]}`),
  },
);
const namespaceNames = ['one', 'two'];
const block = fc.constantFrom(
  '{cidr: 0.0.0.0/0}',
  '{cidr: 0.0.0.0/0, except: [10.244.0.0/16]}',
  '{cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.244.3.0/24]}',
  '{cidr: 10.244.1.0/24}',
  '{cidr: "::/0", except: ["fd00::/8"]}',
  '{cidr: 192.0.2.7/32}',
);
const peer = fc.oneof(
  { weight: 4, arbitrary: selector.map((pods) => `{podSelector: ${pods}}`) },
  { weight: 2, arbitrary: fc.constantFrom(...namespaceNames).map((name) => `{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${name}}}}`) },
  { weight: 2, arbitrary: fc.tuple(selector, selector).map(([namespaces, pods]) => `{namespaceSelector: ${namespaces}, podSelector: ${pods}}`) },
  { weight: 3, arbitrary: block.map((one) => `{ipBlock: ${one}}`) },
);
const port = fc.constantFrom(
  '{port: 80}',
  '{port: http}',
  '{port: http, protocol: UDP}',
  '{protocol: SCTP}',
  '{port: 79, endPort: 81}',
  '{port: 8000, endPort: 9000, protocol: UDP}',
);
const rule = (key: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.option(fc.array(peer, { maxLength: 3 }), { freq: 4 }), fc.option(fc.array(port, { maxLength: 2 }), { freq: 2 }))
    .map(([peers, ports]) => `{${[...(peers ? [`${key}: [${peers.join(', ')}]`] : []), ...(ports ? [`ports: [${ports.join(', ')}]`] : [])].join(', ')}}`);
const policies = fc
  .array(
    fc.record({
      namespace: fc.constantFrom(...namespaceNames),
      pods: selector,
      types: fc.constantFrom('', 'policyTypes: [Ingress], ', 'policyTypes: [Egress], ', 'policyTypes: [Ingress, Egress], '),
      ingress: fc.array(rule('from'), { maxLength: 2 }),
      egress: fc.array(rule('to'), { maxLength: 2 }),
    }),
    { maxLength: 5 },
  )
  .map((list) =>
    list.map(
      ({ namespace, pods, types, ingress, egress }, number) =>
        `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p${number}, namespace: ${namespace}}\nspec: {podSelector: ${pods}, ${types}ingress: [${ingress.join(', ')}], egress: [${egress.join(', ')}]}\n`,
    ),
  );
const ports = fc.constantFrom('', '{name: http, containerPort: 80}', '{name: http, containerPort: 8080}', '{name: http, containerPort: 81, protocol: UDP}');
const workloads = fc
  .array(
    fc.record({
      namespace: fc.constantFrom(...namespaceNames),
      labels: labelMap,
      ports,
      hostNetwork: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      address: fc.option(fc.constantFrom('10.244.1.9', '10.244.3.4', '10.1.0.8', 'fd00::7'), { freq: 2 }),
    }),
    { minLength: 2, maxLength: 5 },
  )
  .map((list) =>
    list.map(
      ({ namespace, labels, ports: written, hostNetwork, address }, number) =>
        `apiVersion: v1\nkind: Pod\nmetadata: {name: w${number}, namespace: ${namespace}, labels: ${labels}}\nspec:\n  hostNetwork: ${hostNetwork}\n  containers: [{name: main, image: example.com/a:1, ports: [${written}]}]\n${address === null ? '' : `status: {podIP: "${address}"}\n`}`,
    ),
  );
const namespaces = fc
  .tuple(fc.option(labelMap), fc.option(labelMap))
  .map((list) =>
    list.flatMap((labels, place) =>
      labels === null ? [] : [`apiVersion: v1\nkind: Namespace\nmetadata: {name: ${namespaceNames[place] ?? ''}, labels: ${labels}}\n`],
    ),
  );
const manifests = fc.tuple(namespaces, workloads, policies).map((parts) => parts.flat());
const options = fc.record({
  ipBlockMatchesPods: fc.constantFrom('spec' as const, 'never' as const),
  hostNetworkPolicies: fc.constantFrom('ignored' as const, 'applied' as const),
});

/** At every bound that the ports above have, and between them. */
const samples = [1, 78, 79, 80, 81, 82, 7999, 8000, 8080, 8081, 9000, 9001, 65535];
const addresses: readonly Address[] = [
  '0.0.0.1',
  '10.0.0.1',
  '10.1.0.8',
  '10.244.0.1',
  '10.244.1.9',
  '10.244.3.4',
  '192.0.2.6',
  '192.0.2.7',
  '192.0.2.8',
  '255.255.255.255',
].flatMap((text) => parseAddress(text) ?? []);

function mapOf(documents: readonly string[], chosen: ConnectivityOptions): ConnectivityMap {
  const snapshot = snapshotOf(documents.join('---\n'), { closed: true });
  const context: Context | undefined = snapshot.contexts[0];
  if (!context) throw new Error('the manifests form no context');
  return new ConnectivityMap(context, chosen);
}

let compared = 0;
afterAll(() => {
  console.log(`${compared} verdicts compared`);
});

describe('connectivity of random manifests', () => {
  test('is the verdict on every pair of pods at every port', () => {
    fc.assert(
      fc.property(manifests, options, (documents, chosen) => {
        const map = mapOf(documents, chosen);
        for (const from of map.workloads)
          for (const to of map.workloads) {
            const [source, target] = [from.members[0], to.members[0]];
            if (from === to || !source || !target) continue;
            const answer = map.between(from, to);
            for (const protocol of protocols)
              for (const number of samples) {
                const asked = { protocol, port: number };
                const out = policyVerdict(
                  map.index,
                  { ...asked, direction: 'Egress', subject: source, peer: { kind: 'pods', podSet: target } },
                  map.modes,
                ).verdict;
                const into = policyVerdict(
                  map.index,
                  { ...asked, direction: 'Ingress', subject: target, peer: { kind: 'pods', podSet: source } },
                  map.modes,
                ).verdict;
                const expected = out === 'denied' || into === 'denied' ? 'denied' : out === 'unknown' || into === 'unknown' ? 'unknown' : 'allowed';
                const said = hasPort(answer.allowed, protocol, number) ? 'allowed' : hasPort(answer.unknown, protocol, number) ? 'unknown' : 'denied';
                expect(`${from.peer.id} ${to.peer.id} ${protocol} ${number} ${said}`).toBe(`${from.peer.id} ${to.peer.id} ${protocol} ${number} ${expected}`);
                compared++;
              }
          }
      }),
      { numRuns: 80 },
    );
  });

  test('is the verdict on every address outside, which is in exactly one peer of each direction', () => {
    fc.assert(
      fc.property(manifests, options, (documents, chosen) => {
        const map = mapOf(documents, chosen);
        for (const direction of ['Ingress', 'Egress'] as const) {
          const externals = direction === 'Ingress' ? map.sources : map.destinations;
          for (const address of addresses) {
            const holding = externals.filter(({ addresses: { four } }) => four.some(({ first, last }) => first <= address.value && address.value <= last));
            expect(holding).toHaveLength(1);
            const end: PolicyPeerEnd = { kind: 'outside', scope: 'anywhere', family: 4, range: { first: address.value, last: address.value } };
            for (const workload of map.workloads) {
              const [subject] = workload.members;
              const answer = holding[0]?.answers.get(workload);
              if (!subject || !answer) throw new Error('no answer');
              for (const protocol of protocols)
                for (const number of samples) {
                  const { verdict } = policyVerdict(map.index, { direction, subject, peer: end, protocol, port: number }, map.modes);
                  expect(hasPort(answer.allowed, protocol, number)).toBe(verdict === 'allowed');
                  compared++;
                }
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('does not depend on the order of manifests and files', () => {
    fc.assert(
      fc.property(manifests, fc.infiniteStream(fc.nat(1000)), (documents, numbers) => {
        const shuffled = documents.map((text) => ({ text, place: numbers.next().value as number })).sort((a, b) => a.place - b.place);
        const files = Object.fromEntries(shuffled.map(({ text }, place) => [`f${place}.yaml`, text]));
        expect(connectivityOf(files).lines).toEqual(connectivityOf(documents.join('---\n')).lines);
      }),
      { numRuns: 40 },
    );
  });

  test('external peers of a direction behave differently, and hold every address once', () => {
    fc.assert(
      fc.property(manifests, options, (documents, chosen) => {
        const map = mapOf(documents, chosen);
        for (const externals of [map.sources, map.destinations]) {
          const behaviours = externals.map(({ answers }) => [...answers.values()].map(({ allowed }) => map.table.numberOf(allowed)).join());
          expect(new Set(behaviours).size).toBe(externals.length);
          const size = externals.reduce((sum, { addresses: { four } }) => sum + four.reduce((count, { first, last }) => count + last - first + 1n, 0n), 0n);
          expect(size).toBe(1n << 32n);
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** What a trace says of policies is what the one policy function says, for random pods and policies. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { policyModesOf } from '../../server/src/cluster/policyEnforcement';
import { policyVerdict } from '../../server/src/cluster/policyVerdict';
import type { Hop } from '../../server/src/protocol/trace';
import { simulate } from '../../server/src/simulation/simulate';
import { traceIndexOf } from '../support/workspaceOf';
import { documents } from './manifests';

const namespaces = ['north', 'south'] as const;
const names = ['a', 'b', 'c'] as const;
const pods = namespaces.flatMap((namespace) =>
  names.map(
    (name) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {pod: ${name}}}\nspec: {containers: [{name: main, image: i, ports: [{name: web, containerPort: 80}, {containerPort: 81}]}]}`,
  ),
);

const selector = fc.oneof(
  fc.constant('{}'),
  fc.constantFrom(...names).map((name) => `{matchLabels: {pod: ${name}}}`),
  fc.constantFrom(...names).map((name) => `{matchExpressions: [{key: pod, operator: NotIn, values: [${name}]}]}`),
);
const space = fc.oneof(
  fc.constant('{}'),
  fc.constantFrom(...namespaces).map((name) => `{matchLabels: {kubernetes.io/metadata.name: ${name}}}`),
);
const peer = fc.oneof(
  selector.map((pod) => `{podSelector: ${pod}}`),
  space.map((namespace) => `{namespaceSelector: ${namespace}}`),
  fc.tuple(selector, space).map(([pod, namespace]) => `{podSelector: ${pod}, namespaceSelector: ${namespace}}`),
  fc.constantFrom('{ipBlock: {cidr: 0.0.0.0/0}}', '{ipBlock: {cidr: 10.244.0.0/16}}', '{ipBlock: {cidr: 192.0.2.0/24}}'),
);
const port = fc.constantFrom('{port: 80}', '{port: web}', '{port: 81, protocol: TCP}', '{protocol: UDP}', '{port: 80, endPort: 81}');
const list = (item: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> =>
  fc.option(
    fc.array(item, { maxLength: 2 }).map((items) => `[${items.join(', ')}]`),
    { nil: undefined },
  );
const rule = (key: 'from' | 'to'): fc.Arbitrary<string> =>
  fc.tuple(list(peer), list(port)).map(([peers, ports]) => `{${[peers && `${key}: ${peers}`, ports && `ports: ${ports}`].filter(Boolean).join(', ')}}`);
const policy = fc
  .tuple(
    fc.constantFrom(...namespaces),
    selector,
    fc.constantFrom('[Ingress]', '[Egress]', '[Ingress, Egress]'),
    fc.array(rule('from'), { maxLength: 2 }),
    fc.array(rule('to'), { maxLength: 2 }),
  )
  .map(
    ([namespace, subject, types, ingress, egress], number = 0) =>
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p${number}, namespace: ${namespace}}\nspec: {podSelector: ${subject}, policyTypes: ${types}, ingress: [${ingress.join(', ')}], egress: [${egress.join(', ')}]}`,
  );

function verdictOf(hop: Hop | undefined): string | undefined {
  return hop && { allowed: 'allowed', dropped: 'denied', unknown: 'unknown' }[hop.verdict as string];
}

describe('a trace and the policy function', () => {
  test('agree on every pair of pods and both ports', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.array(policy, { maxLength: 4 }), fc.constantFrom('bridge' as const, 'cilium:tunnel' as const), (policies, cni) => {
        const index = traceIndexOf(documents(...pods, ...policies.map((text, number) => text.replace('name: p0', `name: p${number}`))));
        const modes = { ...policyModesOf(cni), namespace: 'default' };
        const sets = namespaces.flatMap((namespace) => index.podSets(namespace));
        for (const from of sets) {
          for (const to of sets) {
            if (from === to) continue;
            for (const number of [80, 81]) {
              const answer = simulate(index, { from: from.key, to: to.key, port: number, options: { cni } });
              if (!answer.ok) throw new Error(answer.error);
              const [branch] = answer.traces[0]?.branches ?? [];
              const ask = (direction: 'Ingress' | 'Egress'): string => {
                const [subject, other] = direction === 'Egress' ? [from, to] : [to, from];
                return policyVerdict(index, { direction, subject, peer: { kind: 'pods', podSet: other }, protocol: 'TCP', port: number }, modes).verdict;
              };
              const hops = [...(branch?.hops ?? []), ...(branch?.notReached ?? [])];
              expect(verdictOf(hops.find(({ kind }) => kind === 'policy-egress'))).toBe(ask('Egress'));
              expect(verdictOf(hops.find(({ kind }) => kind === 'policy-ingress'))).toBe(ask('Ingress'));
              const expected = ask('Egress') === 'denied' ? 'dropped-policy-egress' : ask('Ingress') === 'denied' ? 'dropped-policy-ingress' : undefined;
              if (expected !== undefined && ask('Egress') !== 'unknown') expect(branch?.outcome).toBe(expected);
              compared += 2;
            }
          }
        }
      }),
      { numRuns: 40 },
    );
    console.log(`${compared} policy verdicts of traces compared`);
    expect(compared).toBeGreaterThan(2000);
  });
});

/** What holds for any set of policies: order means nothing, and allowing more never closes a connection. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nineIndex, table } from './policyTable';

interface Rule {
  readonly peers: readonly string[] | null;
  readonly ports: readonly string[] | null;
}
interface Policy {
  readonly namespace: string;
  readonly selector: string;
  readonly types: string;
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

const selectors = [
  '{}',
  '{matchLabels: {pod: a}}',
  '{matchExpressions: [{key: pod, operator: NotIn, values: [b]}]}',
  '{matchExpressions: [{key: pod, operator: In, values: [a, c]}]}',
];
const peers = [
  ...selectors.map((selector) => `{podSelector: ${selector}}`),
  '{namespaceSelector: {}}',
  "{namespaceSelector: {matchLabels: {ns: 'y'}}}",
  '{namespaceSelector: {matchLabels: {ns: z}}, podSelector: {matchLabels: {pod: b}}}',
  '{ipBlock: {cidr: 0.0.0.0/0}}',
  '{ipBlock: {cidr: 0.0.0.0/0, except: [10.244.0.0/16]}}',
];
const ports = ['{port: 80}', '{port: 81}', '{protocol: UDP}', '{port: serve-80-tcp}', '{port: 79, endPort: 81}'];
const list = (choices: readonly string[]): fc.Arbitrary<readonly string[] | null> =>
  fc.option(fc.array(fc.constantFrom(...choices), { maxLength: 3 }), { freq: 4 });
const rule: fc.Arbitrary<Rule> = fc.record({ peers: list(peers), ports: list(ports) });
const policy: fc.Arbitrary<Policy> = fc.record({
  namespace: fc.constantFrom('x', 'y', 'z'),
  selector: fc.constantFrom(...selectors),
  types: fc.constantFrom('', '[Ingress]', '[Egress]', '[Ingress, Egress]'),
  ingress: fc.array(rule, { maxLength: 2 }),
  egress: fc.array(rule, { maxLength: 2 }),
});

function written(policies: readonly Policy[], names: readonly number[] = policies.map((_, number) => number)): string {
  const rules = (list: readonly Rule[], key: string): string =>
    `[${list.map(({ peers: from, ports: on }) => `{${[from === null ? '' : `${key}: [${from.join(', ')}]`, on === null ? '' : `ports: [${on.join(', ')}]`].filter((text) => text !== '').join(', ')}}`).join(', ')}]`;
  return policies
    .map(
      ({ namespace, selector, types, ingress, egress }, number) =>
        `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p${names[number] ?? number}, namespace: '${namespace}'}\nspec: {podSelector: ${selector}, ${types === '' ? '' : `policyTypes: ${types}, `}ingress: ${rules(ingress, 'from')}, egress: ${rules(egress, 'to')}}`,
    )
    .join('\n---\n');
}

function turned<T>(items: readonly T[] | null): readonly T[] | null {
  return items && [...items].reverse();
}

const settings = { numRuns: 40 };

test('the order of policies, rules, peers and ports changes nothing', () => {
  fc.assert(
    fc.property(fc.array(policy, { minLength: 1, maxLength: 4 }), (policies) => {
      const reverse = (rules: readonly Rule[]): readonly Rule[] => [...rules].reverse().map((one) => ({ peers: turned(one.peers), ports: turned(one.ports) }));
      const other = [...policies].reverse().map((one) => ({ ...one, ingress: reverse(one.ingress), egress: reverse(one.egress) }));
      expect(table(nineIndex(written(other)))).toBe(table(nineIndex(written(policies))));
    }),
    settings,
  );
});

test('a policy that only allows never takes a connection from pods that are isolated already', () => {
  const isolated =
    '\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: closed, namespace: x}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}';
  fc.assert(
    fc.property(fc.array(policy, { minLength: 1, maxLength: 3 }), policy, (policies, more) => {
      const before = table(nineIndex(written(policies) + isolated));
      const after = table(nineIndex(written([...policies, { ...more, namespace: 'x' }]) + isolated));
      for (let at = 0; at < before.length; at++) if (before[at] === '.') expect(after[at]).toBe('.');
    }),
    settings,
  );
});

test('names of policies change nothing', () => {
  fc.assert(
    fc.property(fc.array(policy, { minLength: 2, maxLength: 4 }), (policies) => {
      expect(
        table(
          nineIndex(
            written(
              policies,
              policies.map((_, number) => 9 - number),
            ),
          ),
        ),
      ).toBe(table(nineIndex(written(policies))));
    }),
    settings,
  );
});

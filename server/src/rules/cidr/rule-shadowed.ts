/** A rule of address blocks that another rule of the same policy already allows. */
import { AddressSet } from '../../base/addresses';
import { documentRule } from '../rule';
import {
  addressesOf,
  allowsEveryone,
  blocksOf,
  policyDirections,
  policyRules,
  startOfRule,
  type NetworkPolicy,
  type PolicyBlock,
  type PolicyRule,
} from '../shared/cidrs';
import { portsContain, portsOfRule, type PolicyPortSet } from '../shared/policyPorts';

/** Each rule is compared with each other one; a generated policy with more rules than this is left alone. */
const mostRules = 300;

export const ruleShadowed = documentRule({
  meta: {
    id: 'cidr/rule-shadowed',
    severity: 'information',
    default: 'information',
    tier: 'B',
    summary: 'A rule of address blocks is contained in another rule of the same policy.',
    why: 'The rules of a policy add up: a connection passes if any rule of its direction matches. When another rule allows the same addresses, or more, on the same ports, or more, this one changes nothing. Readers who tighten it will wonder why the traffic still passes. Often the wide rule was added for a test and stayed.',
    remedy: 'Remove the narrower rule, or the wider one if it was not meant to stay.',
    references: [
      '[Network Policies](https://kubernetes.io/docs/concepts/services-networking/network-policies/)',
      '`staging/src/k8s.io/api/networking/v1/types.go` (NetworkPolicySpec)',
    ],
    messages: {
      shadowed: 'This whole rule is already allowed by rule {number}.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    for (const direction of policyDirections) {
      const rules = readRules(policy, direction);
      if (rules.length > mostRules) continue;
      for (const inner of rules) {
        if (!inner.pure) continue;
        // Equal rules contain each other: those are duplicates, which is another finding.
        const outer = rules.find((candidate) => candidate !== inner && contains(candidate, inner) && !contains(inner, candidate));
        if (!outer) continue;
        yield {
          at: startOfRule(inner.rule),
          message: 'shadowed',
          data: { number: outer.rule.index + 1 },
          related: [{ mark: startOfRule(outer.rule), message: 'The wider rule.' }],
          fixes: [{ title: 'Remove this rule', preferred: true, edits: [{ kind: 'remove', resource: policy, path: inner.rule.rule.path }] }],
          tag: 'unnecessary',
        };
      }
    }
  },
});

interface ReadRule {
  readonly rule: PolicyRule;
  /** At least what the rule allows by address. */
  readonly addresses: AddressSet;
  readonly ports: PolicyPortSet;
  /** Every peer is a block that is known, so the rule allows exactly that. */
  readonly pure: boolean;
}

function readRules(policy: NetworkPolicy, direction: 'Ingress' | 'Egress'): ReadRule[] {
  return policyRules(policy, direction).map((rule) => {
    const everyone = allowsEveryone(rule);
    const blocks = blocksOf(rule);
    const sets = blocks.map(addressesOf);
    const addresses = everyone ? AddressSet.all : union(blocks, sets);
    const pure = !everyone && blocks.length > 0 && blocks.length === rule.rule.peers?.length && sets.every((set) => set && !set.isEmpty);
    return { rule, addresses, ports: portsOfRule(rule), pure };
  });
}

/** Whole blocks in one go: rules of thousands of them exist. */
function union(blocks: readonly PolicyBlock[], sets: readonly (AddressSet | undefined)[]): AddressSet {
  const whole = blocks.flatMap((block, index) => (sets[index] && block.except.length === 0 && block.cidr?.cidr ? [block.cidr.cidr] : []));
  return sets.reduce<AddressSet>((sum, set, index) => (set && (blocks[index]?.except.length ?? 0) > 0 ? sum.or(set) : sum), AddressSet.of(whole));
}

function contains(outer: ReadRule, inner: ReadRule): boolean {
  return inner.pure && portsContain(outer.ports, inner.ports) && outer.addresses.contains(inner.addresses);
}

/** A policy that is called a denial and denies nothing. */
import { isolates } from '../../model/policyTypes';
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { allowsEveryone, policyDirections, policyRules, startOfRule, type PolicyRule } from '../shared/cidrs';

export const denyAllNameMismatch = documentRule({
  meta: {
    id: 'policy/deny-all-name-mismatch',
    severity: 'warning',
    default: 'warning',
    tier: 'B',
    summary: 'A policy called deny that allows everything.',
    why: 'An empty rule, `- {}`, allows everyone on every port. It is easily written where no rule was meant: `ingress: []` denies, `ingress: [{}]` allows. A policy with "deny" in its name that has such a rule in each direction it isolates restricts nothing, and because policies add up it also makes the others of these pods void.',
    remedy: 'Remove the empty rule, so that the list is empty or missing. If everything shall pass, give the policy another name.',
    references: ['[Default policies](https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies)'],
    messages: {
      allows: 'Named `{name}`, but it allows {what}.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    const { name, nameKnown } = policy.metadata;
    if (policy.partial || !nameKnown || !/(?:^|[-.])deny(?:[-.]|$)/.test(name)) return;
    // Directions that are left out are not denied by this policy either.
    const isolated = policyDirections.filter((direction) => isolates(policy.spec, direction) !== 'no');
    const open = isolated.map((direction) => policyRules(policy, direction).find(allowsAll));
    if (open.length === 0 || open.includes(undefined)) return;
    for (const rule of open) {
      if (!rule) continue;
      yield {
        at: startOfRule(rule),
        message: 'allows' as const,
        data: { name, what: rule.direction === 'Ingress' ? 'everyone in, on every port' : 'everything out, on every port' },
        related: [{ mark: { resource: policy, path: ['metadata', 'name'] }, message: 'The name.' }],
        fixes:
          policy.spec.policyTypes === undefined && rule.direction === 'Egress'
            ? []
            : [{ title: 'Remove the rule', edits: [{ kind: 'remove' as const, resource: policy, path: rule.rule.path }] }],
      };
    }
  },
});

function allowsAll(rule: PolicyRule): boolean {
  const written = valueAt(rule.policy, rule.rule.path);
  if (typeof written !== 'object' || written === null) return false;
  const ports = valueAt(rule.policy, [...rule.rule.path, 'ports']);
  return allowsEveryone(rule) && rule.rule.ports?.length !== 1 && (ports === undefined || ports === null || (Array.isArray(ports) && ports.length === 0));
}

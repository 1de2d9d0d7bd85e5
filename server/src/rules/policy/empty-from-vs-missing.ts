/** An empty list of peers, which allows everyone. */
import { isolates } from '../../model/policyTypes';
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { peersKey, policyDirections, policyRules } from '../shared/cidrs';

export const emptyFromVsMissing = documentRule({
  meta: {
    id: 'policy/empty-from-vs-missing',
    severity: 'information',
    default: 'information',
    tier: 'B',
    summary: 'An empty `from` or `to` allows everyone.',
    why: 'A rule without peers is a rule about everybody, addresses outside the cluster included, and an empty list counts as none: `from: []` admits everyone, not no one. To admit nobody there must be no rule: `ingress: []` denies. The words look alike and mean the opposite.',
    remedy: 'If everyone is meant, leave out `from` or `to`. If nobody is meant, remove the rule.',
    references: [
      '[Allow all ingress traffic](https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-ingress-traffic)',
      '`staging/src/k8s.io/api/networking/v1/types.go` (NetworkPolicyIngressRule.From)',
    ],
    messages: {
      empty: 'An empty `{key}` allows everyone, not no one.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    if (policy.partial) return;
    for (const direction of policyDirections) {
      if (isolates(policy.spec, direction) !== 'yes') continue;
      const key = peersKey(direction);
      for (const { rule } of policyRules(policy, direction)) {
        const path = [...rule.path, key];
        const written = valueAt(policy, path);
        if (written !== null && !(Array.isArray(written) && written.length === 0)) continue;
        const everyone = { title: `Allow everyone: remove \`${key}\``, edits: [{ kind: 'remove' as const, resource: policy, path }] };
        const nobody = { title: 'Allow no one: remove the rule', edits: [{ kind: 'remove' as const, resource: policy, path: rule.path }] };
        // Some write it on purpose; hardly anybody does in a policy that is called a denial.
        const isDenial = /(?:^|[-.])(?:deny|block|restrict|isolate|none)(?:[-.]|$)/.test(policy.metadata.name);
        yield {
          at: { resource: policy, path, part: 'key' as const },
          message: 'empty' as const,
          ...(isDenial ? { severity: 'warning' as const } : {}),
          data: { key },
          fixes: isDenial ? [nobody, everyone] : [everyone, nobody],
        };
      }
    }
  },
});

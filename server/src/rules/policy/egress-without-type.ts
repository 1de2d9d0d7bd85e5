/** Rules of a direction that the policy's types leave out, and an empty `egress` that changes nothing. */
import { isOpaque, missingKey, textOf } from '../../base/opaque';
import type { Finding, Fix } from '../../model/finding';
import { valueAt, type PolicyDirection } from '../../model/resources';
import { documentRule } from '../rule';
import { policyDirections, type NetworkPolicy } from '../shared/cidrs';

type Message = 'ignored' | 'empty';

export const egressWithoutType = documentRule<'NetworkPolicy', Message>({
  meta: {
    id: 'policy/egress-without-type',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'Rules have no effect, because `policyTypes` leaves their direction out.',
    why: '`policyTypes` says which directions a policy restricts, and it is taken literally: rules of a direction that is not listed are ignored, and traffic of that direction stays as open as before. Where `policyTypes` is missing, it is taken for Ingress, and for Egress only if there is at least one egress rule. So `egress: []` without `policyTypes` looks like "deny everything outgoing" and restricts nothing.',
    remedy:
      'List the direction in `policyTypes`. That makes the rules count from then on: what they do not allow is denied. If the direction was not meant to be restricted, remove the rules.',
    references: [
      '[The NetworkPolicy resource](https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource)',
      '[Default deny all egress traffic](https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic)',
      '`staging/src/k8s.io/api/networking/v1/types.go` (NetworkPolicySpec.PolicyTypes)',
    ],
    messages: {
      ignored: 'These {direction} rules are ignored: policyTypes is {types}.',
      empty: 'An empty `egress` without policyTypes changes nothing: it does not restrict what the pods send.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    if (policy.partial) return;
    const spec = valueAt(policy, ['spec']);
    if (typeof spec !== 'object' || spec === null || isOpaque(spec) || missingKey(spec) !== undefined) return;
    const written = valueAt(policy, ['spec', 'policyTypes']);
    if (written === undefined || written === null || (Array.isArray(written) && written.length === 0)) {
      const egress = valueAt(policy, ['spec', 'egress']);
      if (Array.isArray(egress) && egress.length === 0) yield emptyEgress(policy, written !== undefined);
      return;
    }
    const types = Array.isArray(written) ? (policy.spec.policyTypes ?? []) : [];
    if (types.length === 0 || !types.every((type) => type === 'Ingress' || type === 'Egress')) return;
    for (const direction of policyDirections) {
      const key = direction === 'Ingress' ? 'ingress' : 'egress';
      const rules = valueAt(policy, ['spec', key]);
      if (types.includes(direction) || !Array.isArray(rules) || rules.length === 0 || rules.some(isOpaque)) continue;
      yield {
        at: { resource: policy, path: ['spec', key], part: 'key' },
        message: 'ignored',
        data: { direction: key, types: `[${types.map((type) => textOf(type) ?? '').join(', ')}]` },
        related: [{ mark: { resource: policy, path: ['spec', 'policyTypes'] }, message: `${direction} is not among the types.` }],
        fixes: [addTypeFix(policy, direction, types.length)],
      };
    }
  },
});

function addTypeFix(policy: NetworkPolicy, direction: PolicyDirection, position: number): Fix {
  return {
    title: `Add ${direction} to policyTypes`,
    preferred: true,
    edits: [{ kind: 'insert', resource: policy, path: ['spec', 'policyTypes'], key: position, value: direction }],
  };
}

/** Without types Ingress holds whatever stands there, so the fix that restricts egress too names both. */
function emptyEgress(policy: NetworkPolicy, typesWritten: boolean): Finding<Message> {
  const both = ['Ingress', 'Egress'];
  return {
    at: { resource: policy, path: ['spec', 'egress'], part: 'key' },
    message: 'empty',
    fixes: [
      {
        title: 'Deny what the pods send: policyTypes with Ingress and Egress',
        preferred: true,
        edits: [
          typesWritten
            ? { kind: 'replace', resource: policy, path: ['spec', 'policyTypes'], value: both }
            : { kind: 'insert', resource: policy, path: ['spec'], key: 'policyTypes', value: both },
        ],
      },
      { title: 'Remove the empty egress', edits: [{ kind: 'remove', resource: policy, path: ['spec', 'egress'] }] },
    ],
  };
}

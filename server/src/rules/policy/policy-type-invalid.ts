/** A policyTypes entry that is neither Ingress nor Egress. */
import { nearest } from '../../base/editDistance';
import { isOpaque } from '../../base/opaque';
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';

const types = ['Ingress', 'Egress'];

export const policyTypeInvalid = documentRule({
  meta: {
    id: 'policy/policy-type-invalid',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: '`policyTypes` holds something else than Ingress and Egress.',
    why: '`policyTypes` is a list of `Ingress` and `Egress`, written exactly so, with at most two entries. The API server refuses a policy with any other word in it, `ingress` in lower case among them, and one with three entries.',
    remedy: 'Write `Ingress`, `Egress`, or both.',
    references: [
      '[The NetworkPolicy resource](https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource)',
      '`pkg/apis/networking/validation/validation.go` (ValidateNetworkPolicySpec)',
    ],
    messages: {
      unknown: '`{type}` is no policy type: write Ingress or Egress. The API server refuses the policy.',
      tooMany: 'There are {count} policy types, and two is the most that the API server takes.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    const path = ['spec', 'policyTypes'];
    const written = valueAt(policy, path);
    if (!Array.isArray(written)) return;
    let valid = true;
    for (const [position, type] of (written as unknown[]).entries()) {
      if (isOpaque(type) || (typeof type === 'string' && types.includes(type))) continue;
      valid = false;
      if (typeof type !== 'string') continue;
      const meant = types.find((candidate) => candidate.toLowerCase() === type.trim().toLowerCase()) ?? nearest(type, types, 3);
      yield {
        at: { resource: policy, path: [...path, position] },
        message: 'unknown' as const,
        data: { type },
        fixes:
          meant === undefined
            ? []
            : [{ title: `Write ${meant}`, preferred: true, edits: [{ kind: 'replace' as const, resource: policy, path: [...path, position], value: meant }] }],
      };
    }
    // A placeholder may stand for no entry at all.
    const count = written.filter((type) => !isOpaque(type)).length;
    if (valid && count > 2) yield { at: { resource: policy, path, part: 'key' as const }, message: 'tooMany' as const, data: { count } };
  },
});

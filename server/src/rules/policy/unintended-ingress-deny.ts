/** A policy about egress that closes ingress as well, because it does not say its types. */
import { isOpaque, missingKey } from '../../base/opaque';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import { isEmptySelector, matches } from '../../model/labels';
import { isolates } from '../../model/policyTypes';
import { valueAt } from '../../model/resources';
import { contextRule } from '../rule';
import type { NetworkPolicy } from '../shared/cidrs';

export const unintendedIngressDeny = contextRule({
  meta: {
    id: 'policy/unintended-ingress-deny',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A policy with egress rules alone denies all ingress too.',
    why: 'Where `policyTypes` is missing, Ingress always counts, whatever stands in the policy; Egress is added when there are egress rules. A policy that has egress rules, no `ingress` and no `policyTypes` is therefore one of both directions: it restricts what the pods send, and it lets nobody reach them. Another policy may still allow some ingress, because policies add up.',
    remedy: 'Write `policyTypes: [Egress]` if only egress was meant. If the pods should take no connections, write both types, so that readers see it.',
    references: [
      '[The NetworkPolicy resource](https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource)',
      '`staging/src/k8s.io/api/networking/v1/types.go` (NetworkPolicySpec.PolicyTypes)',
    ],
    messages: {
      denies: 'Without policyTypes this policy also isolates ingress and allows none.',
      anyway: 'Without policyTypes this policy also isolates ingress and allows none. {policy} isolates these pods already, so that is no difference now.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy, index) {
    const spec = valueAt(policy, ['spec']);
    if (policy.partial || typeof spec !== 'object' || spec === null || isOpaque(spec) || missingKey(spec) !== undefined) return;
    const types = valueAt(policy, ['spec', 'policyTypes']);
    const missing = types === undefined || types === null || (Array.isArray(types) && types.length === 0);
    const egress = valueAt(policy, ['spec', 'egress']);
    if (!missing || Object.hasOwn(spec, 'ingress') || !Array.isArray(egress) || egress.length === 0 || egress.some(isOpaque)) return;

    const other = isolatedBy(policy, index);
    const write = (value: readonly string[], title: string, preferred: boolean) => ({
      title,
      ...(preferred ? { preferred } : {}),
      edits: [
        types === undefined
          ? ({ kind: 'insert', resource: policy, path: ['spec'], key: 'policyTypes', value } as const)
          : ({ kind: 'replace', resource: policy, path: ['spec', 'policyTypes'], value } as const),
      ],
    });
    yield {
      at: { resource: policy, path: ['spec'], part: 'key' as const },
      message: other ? ('anyway' as const) : ('denies' as const),
      ...(other ? { severity: 'information' as const, data: { policy: other.metadata.name } } : {}),
      related: [{ mark: { resource: policy, path: ['spec', 'egress'], part: 'key' as const }, message: 'Only egress has rules.' }],
      fixes: [write(['Egress'], 'Restrict egress only', true), write(['Ingress', 'Egress'], 'Restrict both, and say so', false)],
    };
  },
});

/** Another policy that isolates the same pods for ingress: the whole namespace, the same selector, or every one of the known pods. */
function isolatedBy(policy: NetworkPolicy, index: ClusterIndex): NetworkPolicy | undefined {
  const namespace = index.namespaceOf(policy);
  const { yes } = index.select(namespace, policy.spec.podSelector);
  return index.inNamespace('NetworkPolicy', namespace).find((other) => {
    if (other === policy || other.partial || index.sameNamespace(index.namespaceOf(other), namespace) !== 'yes') return false;
    // One that is as silent about its types as this one explains nothing.
    if (isolates(other.spec, 'Ingress') !== 'yes' || (other.spec.policyTypes === undefined && other.spec.ingress.length === 0 && other.spec.egress.length > 0))
      return false;
    if (isEmptySelector(other.spec.podSelector)) return true;
    return yes.length > 0 && yes.every((podSet) => matches(other.spec.podSelector, podSet.labels) === 'yes');
  });
}

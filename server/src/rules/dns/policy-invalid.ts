/** A DNS policy that does not exist. */
import { documentRule } from '../rule';
import { notAllowed } from '../shared/allowedValues';
import { podHolderKinds } from '../shared/env';

export const policyInvalid = documentRule({
  meta: {
    id: 'dns/policy-invalid',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: '`dnsPolicy` is a word that the API does not know.',
    why: 'There are four DNS policies, and the API server refuses every other word. `Default` is not the one that a pod has by default: that is `ClusterFirst`.',
    remedy: 'Write `ClusterFirst`, `ClusterFirstWithHostNet`, `Default` or `None`, or leave the field out.',
    references: [
      "[Pod's DNS policy](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy)",
      '`pkg/apis/core/validation/validation.go` (validateDNSPolicy) in kubernetes/kubernetes',
    ],
    messages: { notAllowed: '`{value}` is no DNS policy: use {allowed}.' },
    fixable: true,
  },
  kinds: podHolderKinds,
  *check(resource) {
    const path = [...resource.spec.template.path, 'spec', 'dnsPolicy'];
    const finding = notAllowed(resource, path, ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']);
    if (finding) yield finding;
  },
});

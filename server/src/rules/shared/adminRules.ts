/** The rules of the admin tiers' policies one by one, and the words that each kind takes. */
import type { AdminRule } from '../../model/adminPolicy';
import type { PolicyDirection, Resource } from '../../model/resources';

export type AdminPolicy = Resource<'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy' | 'ClusterNetworkPolicy'>;

export const adminKinds = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'] as const;

export const adminReferences = [
  '[Network Policy API: overview](https://network-policy-api.sigs.k8s.io/api-overview/)',
  '`apis/v1alpha1` and `apis/v1alpha2` of kubernetes-sigs/network-policy-api',
];

/** The actions of each kind, as their API lists them. */
export const actionsOf: Readonly<Record<AdminPolicy['type'], readonly string[]>> = {
  AdminNetworkPolicy: ['Allow', 'Deny', 'Pass'],
  BaselineAdminNetworkPolicy: ['Allow', 'Deny'],
  ClusterNetworkPolicy: ['Accept', 'Deny', 'Pass'],
};

export function adminRules(policy: AdminPolicy): readonly { readonly direction: PolicyDirection; readonly rule: AdminRule }[] {
  return [
    ...policy.spec.ingress.map((rule) => ({ direction: 'Ingress' as const, rule })),
    ...policy.spec.egress.map((rule) => ({ direction: 'Egress' as const, rule })),
  ];
}

/** Which directions a NetworkPolicy isolates. */
import { isOpaque, type Ternary } from '../base/opaque';
import type { NetworkPolicySpec, PolicyDirection } from './resources';

/**
 * Given types are literal. Missing or empty: Ingress always, Egress only if there is at least one egress rule.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-networkpolicy-resource
 */
export function isolates(policy: NetworkPolicySpec, direction: PolicyDirection): Ternary {
  if (policy.policyTypes === undefined) return direction === 'Ingress' || policy.egress.length > 0 ? 'yes' : 'no';
  if (policy.policyTypes.includes(direction)) return 'yes';
  return policy.policyTypes.some(isOpaque) ? 'unknown' : 'no';
}

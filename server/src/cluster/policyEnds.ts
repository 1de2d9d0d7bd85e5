/** The two ends of a connection as policies see them, and how network plugins differ. */
import type { Address, Family } from '../base/addresses';
import type { Ternary } from '../base/opaque';
import type { Labels } from '../model/labels';
import type { ClusterIndex, Namespace, PodSet } from './clusterIndex';
import type { OutsideScope } from './outsideAddresses';

/** The other end of the connection, as a policy sees it. */
export type PolicyPeerEnd =
  | { readonly kind: 'pods'; readonly podSet: PodSet }
  /** An address that is known. One inside the pod ranges may be a pod of any labels. `hostname`: the name by which it is called. */
  | { readonly kind: 'address'; readonly address: Address; readonly hostname?: string }
  /** A node, or a process in its network. Without an address it is only known to be some node; `labels` are those of its Node object. */
  | { readonly kind: 'node'; readonly address?: Address; readonly ownNode: Ternary; readonly labels?: Labels }
  /** Somebody outside the cluster whose address is assumed, or is any of `range`; no pod and no node. */
  | {
      readonly kind: 'outside';
      readonly scope: OutsideScope;
      readonly family?: Family;
      readonly range?: { readonly first: bigint; readonly last: bigint };
      readonly hostname?: string;
    }
  /** A pod that no manifest shows, such as an ingress controller's. */
  | { readonly kind: 'unknown-pod' };

/** How plugins differ; the defaults are Kubernetes' own reading. */
export interface PolicyModes {
  /** Do an `ipBlock` and the `networks` of the admin tiers match pod addresses? Cilium: never. */
  readonly ipBlockMatchesPods?: 'spec' | 'never';
  readonly hostNetworkPolicies?: 'ignored' | 'applied';
  /** Where manifests write no namespace. Undefined: it stays unspecified. */
  readonly namespace?: string;
}

/** An answer and the reason for it. */
export interface Judged {
  readonly match: Ternary;
  readonly reason: string;
}

/** Are two namespaces the same, with unspecified ones placed where the modes say? */
export function placedSameNamespace(index: ClusterIndex, a: Namespace, b: Namespace, modes: PolicyModes): Ternary {
  return index.sameNamespace(a ?? modes.namespace, b ?? modes.namespace);
}

/** A finished pod holds no address: it is neither subject nor peer. */
export function isFinished(podSet: PodSet): boolean {
  if (podSet.resource.type !== 'Pod') return false;
  const phase = podSet.resource.spec.phase;
  return phase === 'Succeeded' || phase === 'Failed';
}

/** A pod in its node's network, which NetworkPolicy leaves undefined and the admin tiers leave out. */
export function countsAsNode(podSet: PodSet, modes: PolicyModes): boolean {
  return podSet.template.hostNetwork && modes.hostNetworkPolicies !== 'applied';
}

export function both(a: Ternary, b: Ternary): Ternary {
  if (a === 'no' || b === 'no') return 'no';
  return a === 'yes' && b === 'yes' ? 'yes' : 'unknown';
}

export function any(answers: readonly Ternary[]): Ternary {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('unknown') ? 'unknown' : 'no';
}

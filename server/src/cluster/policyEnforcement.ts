/** What a network plugin does with NetworkPolicy, as far as plugins differ. */
import type { CniMode } from '../protocol/trace';
import type { PolicyModes } from './policyMatch';

/** flannel alone and no plugin at all enforce nothing; `bridge` stands for the bridge data path with a policy engine, as kube-router or Canal give it. */
export function enforcesPolicies(cni: CniMode): boolean {
  return cni !== 'none' && cni !== 'flannel:vxlan' && cni !== 'flannel:host-gw';
}

/** Cilium never matches a pod by `ipBlock`; the others follow Kubernetes' end-to-end tables, which demand it. */
export function policyModesOf(cni: CniMode): PolicyModes {
  return { ipBlockMatchesPods: cni.startsWith('cilium') ? 'never' : 'spec' };
}

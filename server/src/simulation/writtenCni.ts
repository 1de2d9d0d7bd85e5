/** The network plugin that manifests show: an IPPool of Calico, or the ConfigMap of flannel. */
import { known } from '../base/opaque';
import type { ClusterIndex } from '../cluster/clusterIndex';
import type { CniMode } from '../protocol/trace';

/**
 * The pool that pods take addresses from says how Calico carries them; a mode that is not written is Never, and CrossSubnet counts as the
 * tunnel, since nobody knows which nodes share a subnet. https://docs.tigera.io/calico/latest/reference/resources/ippool
 */
export function writtenCni(index: ClusterIndex): CniMode | undefined {
  const pool = index.ofKind('IPPool').find((candidate) => !candidate.spec.disabled);
  if (pool) {
    if (isOn(known(pool.spec.vxlanMode))) return 'calico:vxlan';
    return isOn(known(pool.spec.ipipMode)) ? 'calico:ipip' : 'calico:bgp';
  }
  const { flannelBackend } = index.ranges;
  if (flannelBackend === undefined) return undefined;
  return flannelBackend === 'host-gw' ? 'flannel:host-gw' : 'flannel:vxlan';
}

function isOn(mode: string | undefined): boolean {
  return mode === 'Always' || mode === 'CrossSubnet';
}

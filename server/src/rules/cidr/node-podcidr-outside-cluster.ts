/** A Node that hands out pod addresses from outside the cluster's pod range. */
import { cidrWithin, parseCidr, type Cidr } from '../../base/addresses';
import { known } from '../../base/opaque';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import { contextRule } from '../rule';
import { relatedRange } from '../shared/clusterRanges';
import { wordList } from '../shared/words';

export const nodePodcidrOutsideCluster = contextRule({
  meta: {
    id: 'cidr/node-podcidr-outside-cluster',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: "The pod range of a Node is not part of the cluster's pod range.",
    why: 'kube-proxy and most network plugins are told the pod range of the whole cluster and take every address outside of it for external. Pods of a node with another range are then masqueraded on their way to Services, so that the server sees the address of the node, and NetworkPolicies and firewalls that name the cluster range do not match them. Routes that cover only the cluster range do not reach them at all.',
    remedy:
      "Give the Node a block inside the cluster's pod range, or widen that range in the configuration of the cluster, of kube-proxy (`clusterCIDR`) and of the network plugin.",
    references: [
      '[kube-proxy: --cluster-cidr](https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/)',
      '`pkg/proxy/iptables/proxier.go` (localDetector)',
      '`pkg/controller/nodeipam/ipam/range_allocator.go`',
    ],
    messages: {
      outside:
        'Node {node} hands out {range}, outside the cluster pod range {cluster}; masquerading and policies that use the cluster range treat these pods as external.',
    },
    fixable: false,
  },
  kinds: ['Node'],
  *check(node, index) {
    if (node.spec.podCIDRs.length === 0) return;
    const ranges = index.ranges.pod.filter((range) => range.origin !== 'node');
    for (const { path, cidr } of node.spec.podCIDRs) {
      const text = known(cidr);
      const block = parseCidr(text ?? '');
      if (text === undefined || !block) continue;
      const sameFamily = ranges.filter((range) => range.cidr.family === block.family);
      if (sameFamily.length === 0 || sameFamily.some((range) => cidrWithin(block, range.cidr))) continue;
      if (poolsOf(index).some((pool) => cidrWithin(block, pool))) continue;
      yield {
        at: { resource: node, path },
        message: 'outside',
        data: { node: node.metadata.name, range: text, cluster: wordList(sameFamily.map((range) => range.text)) },
        related: sameFamily.slice(0, 3).flatMap((range) => relatedRange(range, 'The pod range of the cluster.')),
      };
    }
  },
});

/** Calico's pools are pod ranges too. */
function poolsOf(index: ClusterIndex): Cidr[] {
  return index.ofKind('IPPool').flatMap((pool) => {
    const cidr = parseCidr(known(pool.spec.cidr) ?? '');
    return cidr ? [cidr] : [];
  });
}

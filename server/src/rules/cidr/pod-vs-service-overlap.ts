/** A pod range and a Service range that share addresses. */
import { cidrWithin, cidrsOverlap } from '../../base/addresses';
import { isOpaque, known } from '../../base/opaque';
import type { ClusterIndex, RangeFact } from '../../cluster/clusterIndex';
import type { Fix } from '../../model/finding';
import type { Resource } from '../../model/resources';
import { contextRule } from '../rule';
import { freeRange, isWritten, markOfRange, relatedRange, sameCluster, sharedRange, type WrittenFact } from '../shared/clusterRanges';

export const podVsServiceOverlap = contextRule({
  meta: {
    id: 'cidr/pod-vs-service-overlap',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'The pod range and the Service range of a cluster share addresses.',
    why: 'Pods and Services take their addresses from two ranges that must not meet. kube-proxy rewrites whatever goes to a Service address, on every node; when a pod is given the same address, connections to that pod end at the Service, or connections to the Service at nothing. It shows only once both happen to be handed out, often weeks after the installation, and neither range can be changed in a running cluster without rebuilding much of it. kubeadm does not compare the two.',
    remedy:
      'Choose ranges that do not meet before the cluster is made, for example 10.244.0.0/16 for pods beside 10.96.0.0/12 for Services. Take the ranges of the nodes and of networks that pods must reach into account too.',
    references: [
      '[Cluster networking](https://kubernetes.io/docs/concepts/cluster-administration/networking/)',
      '`pkg/controller/nodeipam/ipam/range_allocator.go` (filterOutServiceRange)',
      '`cmd/kubeadm/app/apis/kubeadm/validation/validation.go` (ValidateNetworking)',
    ],
    messages: {
      overlap:
        'Pod range {pod} and Service range {service} share {shared}. An address there could be a pod or a Service, so some Services or pods cannot be reached.',
      reserved:
        'Service range {service} lies inside pod range {pod}. kube-controller-manager keeps it free when it cuts the blocks of the nodes, but a network plugin with its own address management does not.',
    },
    fixable: true,
  },
  kinds: ['KubeadmClusterConfiguration', 'KindCluster', 'Node', 'ServiceCIDR'],
  *check(resource, index) {
    const { pod, service } = index.ranges;
    for (const podRange of pod) {
      for (const serviceRange of service) {
        // A pod range from the settings has no place of its own: then the Service range is marked.
        const marked = isWritten(podRange) ? podRange : serviceRange;
        if (marked.resource !== resource || !isWritten(marked)) continue;
        if (!cidrsOverlap(podRange.cidr, serviceRange.cidr) || !sameCluster(podRange, serviceRange, index)) continue;
        if (isToldAtWiderRange(podRange, serviceRange, index)) continue;
        const reserved = carvedAround(podRange, serviceRange);
        const other = marked === podRange ? serviceRange : podRange;
        yield {
          at: markOfRange(marked),
          message: reserved ? 'reserved' : 'overlap',
          data: { pod: podRange.text, service: serviceRange.text, shared: sharedRange(podRange.cidr, serviceRange.cidr) },
          severity: reserved ? 'warning' : 'error',
          related: relatedRange(other, marked === podRange ? 'The Service range.' : 'The pod range.'),
          fixes: fixes(marked, index),
        };
        break;
      }
    }
  },
});

/** A block of a Node is cut from the cluster's pod range; where that one overlaps already, the block is not the cause. */
function isToldAtWiderRange(podRange: RangeFact, serviceRange: RangeFact, index: ClusterIndex): boolean {
  if (podRange.origin !== 'node') return false;
  return index.ranges.pod.some(
    (wider) =>
      wider.origin !== 'node' &&
      cidrWithin(podRange.cidr, wider.cidr) &&
      cidrsOverlap(wider.cidr, serviceRange.cidr) &&
      sameCluster(wider, serviceRange, index),
  );
}

/** The range allocator marks the Service part of the pod range as used, where nodes get their blocks from it at all. */
function carvedAround(podRange: RangeFact, serviceRange: RangeFact): boolean {
  const { resource } = podRange;
  if (!resource || !isConfiguration(resource) || !cidrWithin(serviceRange.cidr, podRange.cidr) || podRange.cidr.prefix === serviceRange.cidr.prefix)
    return false;
  const allocate = resource.spec.extraArgs.get('allocate-node-cidrs')?.value;
  return allocate === undefined || isOpaque(allocate) || known(allocate)?.toLowerCase() !== 'false';
}

function isConfiguration(resource: Resource): resource is Resource<'KubeadmClusterConfiguration' | 'KindCluster'> {
  return resource.type === 'KubeadmClusterConfiguration' || resource.type === 'KindCluster';
}

/** Never the preferred fix: only a person knows which addresses the surroundings use. */
function fixes(marked: WrittenFact, index: ClusterIndex): Fix[] {
  if (marked.origin !== 'kubeadm' && marked.origin !== 'kind') return [];
  const free = freeRange(marked.cidr, index);
  if (free === undefined) return [];
  return [
    {
      title: `Use the free range ${free}`,
      edits: [{ kind: 'replace', resource: marked.resource, path: marked.path, value: free, ...(marked.span ? { span: marked.span } : {}) }],
    },
  ];
}

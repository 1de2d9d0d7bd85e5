/** A node whose own address lies in the pod range or the Service range. */
import { cidrContains, parseAddress, type Address } from '../../base/addresses';
import { known } from '../../base/opaque';
import type { ClusterIndex, RangeFact } from '../../cluster/clusterIndex';
import type { Mark } from '../../model/finding';
import type { Resource } from '../../model/resources';
import type { Severity } from '../../protocol/source';
import { contextRule } from '../rule';
import { isWritten, markOfRange, sameCluster } from '../shared/clusterRanges';

export const podVsNodeOverlap = contextRule({
  meta: {
    id: 'cidr/pod-vs-node-overlap',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'The address of a node lies inside the pod range or the Service range.',
    why: "Every node routes the pod range into the pod network. A node whose own address lies in that range is then looked for among the pods: packets to it, replies included, go into the overlay instead of onto the wire, and sooner or later a pod is given the same address. Inside the Service range the same address may be handed to a Service, and kube-proxy then captures what was meant for the node. Networks in which pods take addresses of the nodes' own subnet (AWS VPC CNI, Azure CNI, GKE alias ranges) are built so on purpose.",
    remedy:
      'Give pods and Services ranges that no node address, and no network that must be reached, is part of. The ranges of a running cluster can hardly be changed, so compare them with the network of the machines before the installation.',
    references: [
      '[Cluster networking](https://kubernetes.io/docs/concepts/cluster-administration/networking/)',
      '`pkg/controller/nodeipam/ipam/range_allocator.go`',
    ],
    messages: {
      pod: 'Node address {address} is inside pod range {range}: replies to this node are routed into the pod network.',
      service:
        'Node address {address} is inside Service range {range}: a Service may be given this address, and kube-proxy then captures what is meant for the node.',
    },
    fixable: false,
  },
  kinds: ['KubeadmClusterConfiguration', 'KindCluster', 'Node', 'ServiceCIDR'],
  *check(resource, index) {
    const { pod, service } = index.ranges;
    const mayMark = (range: RangeFact): boolean => (isWritten(range) ? range.resource === resource : range.origin === 'setting');
    const own = [
      ...pod.filter(mayMark).map((range) => ({ range, message: 'pod' as const })),
      ...service.filter(mayMark).map((range) => ({ range, message: 'service' as const })),
    ];
    if (own.length === 0) return;
    const nodes = nodeAddresses(index);
    for (const { range, message } of own) {
      const inside = nodes.filter((node) => cidrContains(range.cidr, node.address) && mayCompare(range, node, index));
      const first = isWritten(range) ? inside[0] : inside.find((node) => node.mark.resource === resource);
      if (!first || (isWritten(range) && isToldAtWiderRange(range, pod, first.address))) continue;
      const at = isWritten(range) ? markOfRange(range) : first.mark;
      yield {
        at,
        message,
        data: { address: first.text, range: range.text },
        severity: message === 'pod' ? severityFor(range, nodes, index) : 'warning',
        related: isWritten(range) ? inside.slice(0, 5).map((node) => ({ mark: node.mark, message: 'A node address in the range.' })) : [],
      };
    }
  },
});

interface NodeAddress {
  readonly mark: Mark;
  readonly text: string;
  readonly address: Address;
  /** False for the address that kubeadm is told to advertise. */
  readonly isNode: boolean;
}

/** Kept with the list of Nodes, because every range asks again. */
const addressesOfNodes = new WeakMap<readonly Resource[], readonly NodeAddress[]>();

function nodeAddresses(index: ClusterIndex): readonly NodeAddress[] {
  const nodes = index.ofKind('Node');
  let ofNodes = addressesOfNodes.get(nodes);
  if (!ofNodes) {
    ofNodes = nodes.flatMap(addressesIn);
    addressesOfNodes.set(nodes, ofNodes);
  }
  return [...ofNodes, ...index.ofKind('KubeadmClusterConfiguration').flatMap(addressesIn)];
}

function addressesIn(resource: Resource<'Node' | 'KubeadmClusterConfiguration'>): NodeAddress[] {
  const result: NodeAddress[] = [];
  if (resource.type === 'Node') {
    for (const { path, type, address } of resource.spec.addresses) {
      if (known(type) === 'InternalIP') add(result, resource, [...path, 'address'], known(address), true);
    }
    return result;
  }
  const advertised = resource.spec.advertiseAddress;
  if (advertised) add(result, resource, advertised.path, known(advertised.value), false);
  return result;
}

function add(result: NodeAddress[], resource: Resource, path: Mark['path'], text: string | undefined, isNode: boolean): void {
  // kubelet's node-ip may be a list, one of each family.
  for (const part of text?.split(',') ?? []) {
    const address = parseAddress(part.trim());
    // 0.0.0.0 and :: stand for "whatever the default route has".
    if (address && address.value !== 0n) result.push({ mark: { resource, path }, text: part.trim(), address, isNode });
  }
}

/** An advertised address belongs to the cluster of its own file. */
function mayCompare(range: RangeFact, node: NodeAddress, index: ClusterIndex): boolean {
  const standIn: RangeFact = { cidr: range.cidr, text: '', resource: node.mark.resource, path: node.mark.path, origin: node.isNode ? 'node' : 'kubeadm' };
  return sameCluster(range, standIn, index);
}

/** A node's own block is cut from the cluster's pod range, which tells it once. */
function isToldAtWiderRange(range: RangeFact, pod: readonly RangeFact[], address: Address): boolean {
  return range.origin === 'node' && pod.some((wider) => wider.origin !== 'node' && cidrContains(wider.cidr, address));
}

/** Where most nodes have such an address, or none has a block of its own, pods and nodes share a network on purpose. */
function severityFor(range: RangeFact, addresses: readonly NodeAddress[], index: ClusterIndex): Severity {
  const nodes = addresses.filter((node) => node.isNode && node.address.family === range.cidr.family);
  if (nodes.length === 0) return 'warning';
  const inside = nodes.filter((node) => cidrContains(range.cidr, node.address));
  if (inside.length * 2 > nodes.length) return 'information';
  return index.ofKind('Node').some((node) => node.spec.podCIDRs.length > 0) ? 'warning' : 'information';
}

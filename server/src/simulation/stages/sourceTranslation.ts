/** Masquerade on the way in and for a pod that reaches itself: the node writes itself as the sender. */
import { known } from '../../base/opaque';
import type { PlannedNode } from '../../cluster/addressPlan';
import { localPolicyTip } from '../tips';
import { atNode, endText, podName } from '../words';
import { type PodPlace, type Stage, step, type Walk, withSource } from '../walk';
import { evidence, type World } from '../world';

/** https://kubernetes.io/docs/tutorials/services/source-ip/ */
export const sourceTranslation: Stage = (world, walk) => {
  const { sender, destination, node } = walk;
  if (destination.kind !== 'pod' || !walk.virtual || !node) return [walk];
  if (sender.kind === 'pod' && destination.self && walk.external !== 'node-port') return [hairpin(world, walk, destination.pod)];
  if (sender.kind !== 'outside' && !walk.external) return [walk];
  // A socket that eBPF redirected never had the outside address on a packet.
  if (world.proxyMode === 'ebpf' && sender.kind !== 'outside' && walk.external !== 'node-port') return [walk];
  if (keepsClient(world, walk, node, destination.pod)) return [walk];
  const service = walk.via?.service;
  const written = known(service?.spec.externalTrafficPolicy);
  // From a pod the Cluster chain is taken without masquerade (KUBE-EXT in pkg/proxy/iptables).
  if (written === 'Local') return [walk];
  const address = leavingAddress(world, node, destination.pod.node);
  // A process of the node already sends with that address.
  if (address === walk.packet.source.address) return [walk];
  const tip = service && world.notes.tips.length === 0 ? localPolicyTip(world, walk, service) : undefined;
  if (tip) world.notes.tip(tip);
  const after = withSource(walk.packet, address, world.plan.ephemeralPort(`${address} ${endText(walk.packet.source)}`));
  const hop = step(walk, {
    kind: 'source-translation',
    station: `${node.name}/masquerade`,
    at: atNode(node),
    device: 'masquerade',
    verdict: 'translated',
    after,
    because: service
      ? [
          evidence(
            service,
            service.spec.externalTrafficPolicy === undefined ? ['spec'] : ['spec', 'externalTrafficPolicy'],
            'translates',
            written === undefined ? 'externalTrafficPolicy is not set: Cluster' : `externalTrafficPolicy: ${written}`,
          ),
        ]
      : [],
    plain: `${node.name} writes one of its own addresses, ${address}, as the sender, so that the answer comes back through it. From here on nobody sees the client’s address.`,
    expert: `${world.proxyMode === 'ebpf' ? 'SNAT by the same eBPF program' : 'POSTROUTING masquerade'} (externalTrafficPolicy Cluster): ${endText(walk.packet.source)} → ${endText(after.source)}, the address of the interface the packet leaves by.`,
    assumed: true,
  });
  return [{ ...hop, masqueraded: walk.masqueraded ?? walk.packet.source, senderNode: node }];
};

/**
 * eBPF replacements of kube-proxy translate the sender only where the answer would not come back by itself: Cilium for a pod of another node,
 * Calico never, since it sends such packets on in a tunnel that remembers the node (https://docs.tigera.io/calico/latest/about/kubernetes-training/about-ebpf).
 */
export function keepsClient(world: World, { sender }: Walk, node: PlannedNode, pod: PodPlace): boolean {
  if (world.proxyMode !== 'ebpf' || sender.kind !== 'outside') return false;
  return world.cni.mode === 'calico:ebpf' || pod.node.name === node.name;
}

/** The sender becomes the node, since the destination is outside the pod ranges. */
export function masquerade(world: World, walk: Walk, node: PlannedNode, plain: string, expert?: string): Walk {
  const { packet } = walk;
  const after = withSource(packet, node.address, world.plan.ephemeralPort(`${node.address} ${endText(packet.source)}`));
  const hop = step(walk, {
    kind: 'source-translation',
    station: `${node.name}/masquerade`,
    at: atNode(node),
    device: 'masquerade',
    verdict: 'translated',
    after,
    plain,
    expert: `POSTROUTING masquerade, since ${packet.destination.address} is outside the pod ranges${expert === undefined ? '' : ` (${expert})`}: ${endText(packet.source)} → ${endText(after.source)}.`,
    assumed: true,
  });
  return { ...hop, masqueraded: packet.source, senderNode: node };
}

function hairpin(world: World, walk: Walk, pod: PodPlace): Walk {
  const address = leavingAddress(world, pod.node, pod.node);
  const after = withSource(walk.packet, address, walk.packet.source.port);
  const hop = step(walk, {
    kind: 'source-translation',
    station: `${pod.node.name}/masquerade`,
    at: atNode(pod.node),
    device: 'masquerade',
    verdict: 'translated',
    after,
    plain: `${podName(pod)} would be sender and receiver at once. The node writes itself as the sender, so that the answer finds its way.`,
    expert: `Hairpin: ${walk.packet.source.address} → itself would be dropped as martian, so the KUBE-SEP mark masquerades it as ${address}.${world.cni.attach === 'bridge' ? ' The bridge port needs hairpin mode.' : ''}`,
    assumed: true,
  });
  return { ...hop, masqueraded: walk.packet.source, senderNode: pod.node };
}

/**
 * Masquerade takes the address of the device by which the packet leaves, and where that has none the one of another device
 * (inet_select_addr in nf_nat_masquerade_ipv4): the device towards the node's own pods, a tunnel's, or the node's own.
 * Cilium's way into its tunnel leads by cilium_host, whose address its eBPF programs write as well.
 */
function leavingAddress({ cni, plan }: World, from: PlannedNode, to: PlannedNode): string {
  if (from.name === to.name) return cni.gatewayOnDevice ? plan.gatewayOf(from) : from.address;
  if (cni.across !== 'tunnel') return from.address;
  return cni.plugin === 'cilium' ? plan.gatewayOf(from) : plan.tunnelAddressOf(from);
}

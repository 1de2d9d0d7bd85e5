/** What kube-proxy or eBPF does with a Service's address, in words for both readers. */
import { known } from '../base/opaque';
import { valueAt } from '../model/resources';
import type { ProxyMode } from '../protocol/trace';
import { endText, percent, podName } from './words';
import type { EndpointGroup, ServiceTarget, Walk } from './walk';
import type { World } from './world';

/** A client outside, or one inside that uses an address meant for the outside. */
export function isExternal(walk: Walk): boolean {
  return walk.sender.kind === 'outside' || walk.external !== undefined;
}

export function translationPlain(world: World, walk: Walk, target: ServiceTarget, group: EndpointGroup, total: number): string {
  const virtual = walk.packet.destination.address;
  const ready = group.terminating ? 'terminating pods that still serve' : 'ready pods';
  const single = group.terminating ? 'terminating pod that still serves' : 'ready pod';
  const chosen = total === 1 ? `the one ${single} behind` : `one of the ${total} ${ready} behind`;
  const stays = affinitySeconds(target);
  const again = stays === undefined ? '' : ` The client keeps that pod for ${spanWords(stays)} after its last connection.`;
  if (walk.sender.kind === 'outside' || walk.external === 'node-port')
    return `${walk.node?.name ?? 'The node'} picks ${chosen} ${target.name}, here ${podName(group.pod)}${group.pod.node.name === walk.node?.name ? ' on the same node' : `, which runs on ${group.pod.node.name}`}.${again}`;
  if (walk.external === 'node-port-at-socket')
    return `${endText(walk.packet.destination)} is a port that every node keeps open. Before the packet is even sent, the client’s own node replaces it by ${chosen} ${target.name}, ${podName(group.pod)}.${again}`;
  if (walk.external)
    return `${virtual} is meant for the outside, but the node knows it too and takes a short cut: it picks ${chosen} ${target.name}, here ${podName(group.pod)}.${again}`;
  if (group.self) return `${virtual} is no machine. This time the Service leads back to the pod that asked, ${podName(group.pod)}.${again}`;
  if (world.proxyMode === 'ebpf')
    return `${virtual} is no machine. Before the packet is even sent, the node replaces the address by that of ${chosen} the Service, ${podName(group.pod)}.${again}`;
  return `${virtual} is no machine. The node picks ${chosen} the Service ${target.name} and writes that pod’s address on the packet.${again}`;
}

export function translationExpert(world: World, walk: Walk, target: ServiceTarget, share: number, to: string): string {
  const from = endText(walk.packet.destination);
  const part = percent(share);
  const seconds = affinitySeconds(target);
  const affinity = seconds === undefined ? '' : ` sessionAffinity ClientIP: the same client address gets the same endpoint for ${seconds} s.`;
  const { sender } = walk;
  const process = sender.kind === 'node' || (sender.kind === 'pod' && sender.pod.podSet.template.hostNetwork);
  const own = sender.kind === 'node' ? sender.node : sender.kind === 'pod' ? sender.pod.node : undefined;
  const chain = process && (walk.external !== 'node-port' || own?.name === walk.node?.name) ? 'OUTPUT' : 'PREROUTING';
  const external = isExternal(walk) ? `${walk.external === undefined || walk.external === 'node-port' ? 'KUBE-NODEPORTS → ' : ''}KUBE-EXT → ` : '';
  const local = known(target.service?.spec.internalTrafficPolicy) === 'Local' && !isExternal(walk) ? 'KUBE-SVL' : 'KUBE-SVC';
  switch (world.proxyMode) {
    case 'iptables':
      return `kube-proxy (iptables): nat ${chain} → KUBE-SERVICES → ${external}${local} → KUBE-SEP, chosen at random (${part}): DNAT ${from} → ${to}.${affinity}`;
    case 'ipvs':
      return `kube-proxy (IPVS): ${walk.packet.destination.address} is ${walk.external === 'node-port' || walk.sender.kind === 'outside' ? 'an address of the node with a virtual server' : 'bound to kube-ipvs0'}; the scheduler (round robin) picks ${to} (${part}). Policy engines need marks here, FORWARD is not on the way.${affinity}`;
    case 'nftables':
      return `kube-proxy (nftables): verdict map by address, protocol and port in nat ${chain.toLowerCase()}, then a random endpoint (${part}): dnat ${from} → ${to}.${affinity}`;
    case 'ebpf':
      return walk.sender.kind === 'outside' || walk.external === 'node-port'
        ? `eBPF at XDP or tc of the node’s interface: ${from} → ${to} (${part}); no iptables. The sender is only replaced where the pod is on another node${world.cni.mode === 'calico:ebpf' ? ', and not by Calico, which tunnels the packet there' : ''}.${affinity}`
        : `eBPF at connect() in the client’s cgroup: ${from} → ${to} (${part}); no packet ever carries the virtual address.${affinity}`;
  }
}

/** 10800 unless the Service says otherwise; undefined without affinity. */
function affinitySeconds({ service }: ServiceTarget): number | undefined {
  if (!service || known(service.spec.sessionAffinity) !== 'ClientIP') return undefined;
  const written = valueAt(service, ['spec', 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds']);
  return typeof written === 'number' && Number.isInteger(written) && written > 0 && written <= 86400 ? written : 10800;
}

function spanWords(seconds: number): string {
  if (seconds % 3600 === 0) return seconds === 3600 ? 'an hour' : `${seconds / 3600} hours`;
  if (seconds % 60 === 0) return seconds === 60 ? 'a minute' : `${seconds / 60} minutes`;
  return `${seconds} seconds`;
}

/** What becomes of a packet to another port of a virtual address (https://kubernetes.io/docs/reference/networking/virtual-ips/). */
export const otherPort: Readonly<Record<ProxyMode, { readonly verdict: 'dropped' | 'rejected'; readonly plain: string; readonly expert: string }>> = {
  iptables: {
    verdict: 'dropped',
    plain: 'The node changes nothing and sends the packet on, but no machine has that address: it gets lost, and the client waits until its time-out.',
    expert: 'no chain of KUBE-SERVICES matches, the packet falls to routing untranslated, where a virtual address leads nowhere; the client times out',
  },
  ipvs: {
    verdict: 'rejected',
    plain: 'The node holds that address itself, and nothing listens on that port: the connection is refused.',
    expert:
      'no virtual server matches, and the address is bound to kube-ipvs0, so the packet is delivered to the node itself; refused where no host process listens on that port',
  },
  nftables: {
    verdict: 'rejected',
    plain: 'The node knows the address and refuses the connection.',
    expert: 'the address is in the cluster-ips set without this port: kube-proxy (nftables) rejects',
  },
  ebpf: {
    verdict: 'dropped',
    plain: 'The node changes nothing and sends the packet on, but no machine has that address: it gets lost, and the client waits until its time-out.',
    expert: 'no entry in the Service map, the packet is not translated, and a virtual address is routed nowhere; the client times out',
  },
};

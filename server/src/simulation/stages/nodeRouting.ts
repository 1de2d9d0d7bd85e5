/** The node's route table says where the destination is: here, on another node, or outside. */
import { cidrContains, parseAddress } from '../../base/addresses';
import { type PlannedNode, podRanges, serviceRanges } from '../../cluster/addressPlan';
import { atNode } from '../words';
import { type PodPlace, type Stage, step, stop, type Walk } from '../walk';
import type { World } from '../world';
import { isLocal } from './clientSocket';

export const nodeRouting: Stage = (world, walk) => {
  const { destination, node, packet, sender } = walk;
  if (!node || destination.kind === 'nowhere' || destination.kind === 'name' || destination.kind === 'service') return [walk];
  if (destination.kind === 'ingress' || destination.kind === 'gateway') return [walk];
  if (isLocal(destination) && !walk.virtual) return [walk];
  const shared = { kind: 'node-routing', station: `${node.name}/routes`, at: atNode(node), device: 'routes' } as const;
  const to = packet.destination.address;
  if (destination.kind === 'outside') {
    const range = rangeHolding(world, to);
    if (range !== undefined && walk.via === undefined) return [ofNobodyShown(world, walk, range)];
    return [
      step(walk, {
        ...shared,
        verdict: 'forwarded',
        plain:
          range === undefined
            ? `${to} is not in the cluster, so the packet takes the way out of ${node.name}.`
            : `${to} is the address of a pod that no file shows; the packet takes the way to it.`,
        expert:
          range === undefined
            ? `No pod or Service range holds ${to}: default route, dev eth0.`
            : `${to} lies in the ${range}: the route of the node that has it.`,
        assumed: true,
      }),
    ];
  }
  const target = destination.kind === 'pod' ? destination.pod.node : destination.node;
  if (target.name === node.name) {
    const switched =
      world.cni.attach === 'bridge' &&
      sender.kind === 'pod' &&
      !sender.pod.podSet.template.hostNetwork &&
      destination.kind === 'pod' &&
      !destination.pod.podSet.template.hostNetwork &&
      !walk.virtual;
    if (switched) return [walk];
    return [routedHere(world, walk, node)];
  }
  if (destination.kind === 'pod' && !destination.pod.podSet.template.hostNetwork && world.cni.across === 'none') {
    const hop = step(walk, {
      ...shared,
      verdict: 'dropped',
      plain: `${to} lies on ${target.name}, and without a network plugin no node knows the way to pods of another.`,
      expert: `No route for ${target.podRange} on ${node.name}: there is no CNI that would install one.`,
      assumed: true,
    });
    world.notes.remedy({ what: 'Install a network plugin (kindnet, calico, cilium, flannel), or run both pods on one node.', helps: true });
    return [stop(hop, 'no-route')];
  }
  const { tunnel } = world.cni;
  const intoTunnel = destination.kind === 'pod' && !destination.pod.podSet.template.hostNetwork && tunnel !== undefined;
  return [
    step(walk, {
      ...shared,
      verdict: 'forwarded',
      plain: intoTunnel
        ? `${to} lies on ${target.name}, so the packet goes into the tunnel.`
        : `${to} lies on ${target.name}, so the packet goes out to the network between the nodes.`,
      expert: intoTunnel
        ? tunnelRoute(world, to, target, tunnel)
        : `${destination.kind === 'pod' && !destination.pod.podSet.template.hostNetwork ? `${target.podRange} via ${target.address}` : target.address} dev eth0, by ${world.cni.routes}.`,
      assumed: true,
    }),
  ];
};

/** Which entry leads into the tunnel: a route for the other node's pods, or Cilium's own map. */
function tunnelRoute(world: World, to: string, target: PlannedNode, tunnel: NonNullable<World['cni']['tunnel']>): string {
  if (world.cni.plugin === 'cilium')
    return `ipcache of Cilium’s eBPF program: ${to} → identity and tunnel endpoint ${target.address}, by ${tunnel.device}; written by ${world.cni.routes}.`;
  const next = tunnel.kind === 'ipip' ? target.address : world.plan.tunnelAddressOf(target);
  const blocks = world.cni.plugin === 'calico' ? ' (Calico has one such route for each block of the node)' : '';
  return `${target.podRange} via ${next} dev ${tunnel.device} onlink${blocks}, written by ${world.cni.routes}.`;
}

/** The node's look-up for what is its own: one of its pods, or the node itself. */
export function routedHere(world: World, walk: Walk, node: PlannedNode): Walk {
  const { destination, packet } = walk;
  const to = packet.destination.address;
  const pod = destination.kind === 'pod' && !destination.pod.podSet.template.hostNetwork ? destination.pod : undefined;
  return step(walk, {
    kind: 'node-routing',
    station: `${node.name}/routes`,
    at: atNode(node),
    device: 'routes',
    verdict: 'forwarded',
    plain: pod ? `${node.name} looks ${to} up in its list of routes: that pod is here.` : `${to} is the address of ${node.name} itself.`,
    expert: pod ? expertRoute(world, to, node, pod) : `${to} is in the local table of ${node.name}: INPUT, no FORWARD.`,
    assumed: true,
  });
}

function expertRoute(world: World, to: string, node: PlannedNode, pod: PodPlace): string {
  const device = world.cni.hostDevice(`${pod.podSet.key} ${pod.replica}`);
  if (world.cni.attach === 'bridge') return `${to} lies in ${node.podRange}, dev cni0.`;
  if (world.cni.plugin === 'cilium')
    return `Endpoint map of Cilium’s eBPF program: ${to} → ${device}; ${world.proxyMode === 'ebpf' ? 'with BPF host routing the kernel’s route table is not asked' : 'beside kube-proxy without BPF host routing, so the kernel’s stack is on the way too'}.`;
  return `Host route ${to}/${world.plan.family === 4 ? 32 : 128} dev ${device}; TTL −1.`;
}

function rangeHolding(world: World, text: string): 'pod range' | 'Service range' | undefined {
  const address = parseAddress(text);
  if (!address) return undefined;
  if (podRanges(world.index).some((range) => cidrContains(range, address))) return 'pod range';
  return serviceRanges(world.index).some((range) => cidrContains(range, address)) ? 'Service range' : undefined;
}

/** An address that belongs to the cluster, and to nobody that these files show: who has it, and under which policies, is not known. */
function ofNobodyShown(world: World, walk: Walk, range: 'pod range' | 'Service range'): Walk {
  const { node, packet } = walk;
  const to = packet.destination.address;
  const who = range === 'pod range' ? 'pod' : 'Service';
  if (walk.outcome === undefined)
    world.notes.unknown(`which ${who} has the address ${to}, if any: it lies in the ${range} of the cluster, and no file writes it`);
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      kind: 'node-routing',
      station: `${node?.name ?? 'node'}/routes`,
      at: { kind: 'node', name: node?.name ?? 'the node' },
      device: 'routes',
      verdict: 'unknown',
      plain: `${to} is the address of a ${who}, but no file says of which one. The addresses that Packetpath gives to pods and Services are made up, so they cannot be asked for.`,
      expert: `${to} lies in the ${range}, and neither status.podIPs nor clusterIP writes it: name the workload or the Service instead.`,
      assumed: true,
    },
  );
  return stop(hop, 'unknown');
}

/** From node to node: into the tunnel where the plugin has one, over the network below, out again. */
import { nodeMtu, podMtu } from '../cniProfile';
import { atNode, endText } from '../words';
import { type Stage, step, type Walk } from '../walk';
import type { World } from '../world';
import type { PlannedNode } from '../../cluster/addressPlan';
import { isLocal } from './clientSocket';
import { routedHere } from './nodeRouting';
import { masquerade } from './sourceTranslation';

export const betweenNodes: Stage = (world, walk) => {
  const { destination, node } = walk;
  if (!node || (destination.kind !== 'pod' && destination.kind !== 'node') || isLocal(destination)) return [walk];
  const target = destination.kind === 'pod' ? destination.pod.node : destination.node;
  if (target.name === node.name) return [walk];
  const wrapped = destination.kind === 'pod' && !destination.pod.podSet.template.hostNetwork;
  const { tunnel } = world.cni;
  const arrived =
    !wrapped || !tunnel ? underlay(world, wrapped ? walk : hidden(world, walk, node), node, target) : throughTunnel(world, walk, node, target, tunnel);
  return [routedHere(world, { ...arrived, node: target }, target)];
};

/** A pod that calls a node: the plugins masquerade what leaves the pod ranges, but Cilium excepts the addresses of nodes. */
function hidden(world: World, walk: Walk, node: PlannedNode): Walk {
  const { sender, packet } = walk;
  if (sender.kind !== 'pod' || sender.pod.podSet.template.hostNetwork || world.cni.plugin === 'cilium' || world.cni.plugin === 'none') return walk;
  return masquerade(world, walk, node, `${packet.destination.address} is no pod, so ${node.name} writes its own address, ${node.address}, as the sender.`);
}

function underlay(world: World, walk: Walk, from: PlannedNode, to: PlannedNode): Walk {
  const tunnel = walk.packet.encapsulation;
  return step(walk, {
    kind: 'underlay',
    station: 'underlay',
    at: { kind: 'outside', name: `between ${from.name} and ${to.name}` },
    device: 'eth0',
    verdict: 'forwarded',
    plain: tunnel
      ? `The network outside only sees ${from.name} talking to ${to.name}.`
      : `The network between the nodes carries the packet from ${from.name} to ${to.name} as it is.`,
    expert: tunnel
      ? `${tunnel.source} → ${tunnel.destination}, ${tunnel.kind === 'ipip' ? 'IP protocol 4' : `UDP ${world.cni.tunnel?.udpPort ?? ''}`}; a firewall between the nodes must let that pass.`
      : `${endText(walk.packet.source)} → ${endText(walk.packet.destination)} in plain; the network must know the route ${to.podRange} via ${to.address} or both nodes share a segment.`,
    assumed: true,
  });
}

function throughTunnel(world: World, walk: Walk, from: PlannedNode, to: PlannedNode, tunnel: NonNullable<World['cni']['tunnel']>): Walk {
  const { family } = world.plan;
  const overhead = tunnel.overhead[family];
  const mtu = Math.min(walk.packet.mtu, podMtu(world.cni, family));
  const inside = step(walk, {
    kind: 'tunnel-encapsulation',
    station: `${from.name}/${tunnel.device}`,
    at: atNode(from),
    device: tunnel.device,
    verdict: 'encapsulated',
    after: {
      ...walk.packet,
      mtu: nodeMtu,
      encapsulation: {
        kind: tunnel.kind,
        source: from.address,
        destination: to.address,
        overhead,
        ...(tunnel.udpPort === undefined ? {} : { udpPort: tunnel.udpPort }),
      },
    },
    plain: `The packet is put into a second packet, addressed from node to node. ${overhead} bytes are added; the pod MTU of ${podMtu(world.cni, family)} leaves room for them.`,
    expert: `${tunnel.name} on ${tunnel.device}: outer ${from.address} → ${to.address}${tunnel.udpPort === undefined ? ', protocol 4' : ` UDP ${tunnel.udpPort}`}, +${overhead} bytes on node MTU ${nodeMtu}.${world.cni.plugin === 'cilium' ? ' The header carries the sender’s security identity.' : ''}`,
    assumed: true,
  });
  const carried = underlay(world, inside, from, to);
  const { source, destination, protocol, hostname } = carried.packet;
  const inner = { source, destination, protocol, ...(hostname !== undefined && { hostname }), mtu };
  return step(carried, {
    kind: 'tunnel-decapsulation',
    station: `${to.name}/${tunnel.device}`,
    at: atNode(to),
    device: tunnel.device,
    verdict: 'decapsulated',
    after: inner,
    plain: `On ${to.name} the outer packet is taken off; the inner one is as it was.`,
    expert: `${tunnel.device} of ${to.name} decapsulates: ${endText(inner.source)} → ${endText(inner.destination)}.`,
    assumed: true,
  });
}

/** The node's route table says where the destination is: here, on another node, or outside. */
import { atNode } from '../words';
import { type Stage, step, stop } from '../walk';
import { isLocal } from './clientSocket';

export const nodeRouting: Stage = (world, walk) => {
  const { destination, node, packet, sender } = walk;
  if (!node || destination.kind === 'nowhere' || destination.kind === 'name' || destination.kind === 'service' || destination.kind === 'ingress') return [walk];
  if (isLocal(destination) && !walk.virtual) return [walk];
  const shared = { kind: 'node-routing', station: `${node.name}/routes`, at: atNode(node), device: 'routes' } as const;
  const to = packet.destination.address;
  if (destination.kind === 'outside') {
    return [
      step(walk, {
        ...shared,
        verdict: 'forwarded',
        plain: `${to} is not in the cluster, so the packet takes the way out of ${node.name}.`,
        expert: `No pod or Service range holds ${to}: default route, dev eth0.`,
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
    return [
      step(walk, {
        ...shared,
        verdict: 'forwarded',
        plain: `${to} is on this node, ${node.name}.`,
        expert:
          world.cni.attach === 'bridge'
            ? `${to} lies in ${node.podRange}, dev cni0.`
            : `Host route ${to}/${world.plan.family === 4 ? 32 : 128} to the pod’s veth; TTL −1.`,
        assumed: true,
      }),
    ];
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
        ? `${target.podRange} via ${tunnel.device} onlink, written by ${world.cni.routes}.`
        : `${destination.kind === 'pod' && !destination.pod.podSet.template.hostNetwork ? `${target.podRange} via ${target.address}` : target.address} dev eth0, by ${world.cni.routes}.`,
      assumed: true,
    }),
  ];
};

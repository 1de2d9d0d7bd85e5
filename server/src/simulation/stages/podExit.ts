/** Out of the pod: its network card, the virtual cable to the node, and the bridge where the plugin has one. */
import { atNode, atPod, endText, podName, podStation } from '../words';
import { type PodPlace, type Stage, step, type Walk } from '../walk';
import type { World } from '../world';
import { isLocal } from './clientSocket';

export const podExit: Stage = (world, walk) => {
  const { sender, destination } = walk;
  if (sender.kind !== 'pod' || sender.pod.podSet.template.hostNetwork || (isLocal(destination) && !walk.virtual) || destination.kind === 'nowhere')
    return [walk];
  const { pod } = sender;
  const device = world.cni.hostDevice(`${pod.podSet.key} ${pod.replica}`);
  const out = step(walk, {
    kind: 'pod-interface',
    station: podStation(pod, 'eth0'),
    at: atPod(pod),
    device: 'eth0',
    verdict: 'forwarded',
    plain: `The packet leaves ${podName(pod)} through its only network card.`,
    expert: `eth0 ${pod.address.text}, MTU ${walk.packet.mtu}; default route ${world.cni.plugin === 'calico' ? '169.254.1.1, answered by proxy ARP' : world.plan.gatewayOf(pod.node)}.`,
    assumed: pod.address.assumed,
  });
  const cable = step(out, {
    kind: 'veth',
    station: `${pod.node.name}/${device}`,
    at: atNode(pod.node),
    device,
    verdict: 'forwarded',
    plain: `A virtual cable: what goes in at eth0 of ${podName(pod)} comes out here, in ${pod.node.name}.`,
    expert: `Host end of the veth pair of ${podName(pod)}${world.cni.plugin === 'cilium' ? ', with Cilium’s program at its tc hook' : ''}.`,
    assumed: true,
  });
  return [world.cni.attach === 'bridge' ? atBridge(world, cable, pod) : cable];
};

function atBridge(world: World, walk: Walk, pod: PodPlace): Walk {
  const { destination } = walk;
  const direct = destination.kind === 'pod' && destination.pod.node.name === pod.node.name && !destination.pod.podSet.template.hostNetwork && !walk.virtual;
  return step(walk, {
    kind: 'bridge',
    station: `${pod.node.name}/cni0`,
    at: atNode(pod.node),
    device: 'cni0',
    verdict: 'forwarded',
    plain: direct
      ? `The bridge is a switch inside ${pod.node.name}. It knows which cable leads to ${walk.packet.destination.address} and hands the packet over.`
      : `The bridge is a switch inside ${pod.node.name}. None of its cables leads to ${walk.packet.destination.address}, so the packet goes on to the node itself.`,
    expert: direct
      ? `ARP for ${walk.packet.destination.address}, forwarded by MAC in cni0’s table; with br_netfilter the frame also crosses FORWARD.`
      : `cni0 is the gateway (${world.plan.gatewayOf(pod.node)}): frames for ${endText(walk.packet.destination)} carry its MAC and go up to the node’s IP stack.`,
    assumed: true,
  });
}

/** Into the pod: the bridge where there is one, the cable, the pod's network card. */
import { podMtu } from '../cniProfile';
import { atNode, atPod, podName, podStation } from '../words';
import { type Stage, step } from '../walk';
import { isLocal } from './clientSocket';

export const podEntry: Stage = (world, walk) => {
  const { destination, sender } = walk;
  if (destination.kind !== 'pod' || destination.pod.podSet.template.hostNetwork || (isLocal(destination) && !walk.virtual)) return [walk];
  const { pod } = destination;
  const device = world.cni.hostDevice(`${pod.podSet.key} ${pod.replica}`);
  const switched = sender.kind === 'pod' && !sender.pod.podSet.template.hostNetwork && sender.pod.node.name === pod.node.name && !walk.virtual;
  // Bridge and cable have the pod network's own MTU, whatever the packet met before.
  const after = { ...walk.packet, mtu: Math.min(walk.packet.mtu, podMtu(world.cni, world.plan.family)) };
  const bridged =
    world.cni.attach === 'bridge' && !switched
      ? step(walk, {
          after,
          kind: 'bridge',
          station: `${pod.node.name}/cni0`,
          at: atNode(pod.node),
          device: 'cni0',
          verdict: 'forwarded',
          plain: `The bridge of ${pod.node.name} knows which cable leads to ${pod.address.text}.`,
          expert: `cni0: ARP for ${pod.address.text}, then by MAC to ${device}.`,
          assumed: true,
        })
      : walk;
  const cable = step(bridged, {
    kind: 'veth',
    station: `${pod.node.name}/${device}`,
    at: atNode(pod.node),
    device,
    verdict: 'forwarded',
    after,
    plain: `Through the virtual cable into ${podName(pod)}.`,
    expert: `Host end of the veth pair of ${podName(pod)}${world.cni.plugin === 'cilium' ? ', tc program passed' : ''}.`,
    assumed: true,
  });
  return [
    step(cable, {
      kind: 'pod-interface',
      station: podStation(pod, 'eth0'),
      at: atPod(pod),
      device: 'eth0',
      verdict: 'forwarded',
      plain: `The packet comes in at the network card of ${podName(pod)}.`,
      expert: `eth0 ${pod.address.text} of ${podName(pod)}.`,
      assumed: pod.address.assumed,
    }),
  ];
};

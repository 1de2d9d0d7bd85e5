/** Container to container in one pod: the loopback device of the network that the pause container holds. */
import { atPod, podName, podStation } from '../words';
import { type Stage, step } from '../walk';
import { isLocal } from './clientSocket';

/** https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking */
export const loopback: Stage = (_world, walk) => {
  const { destination } = walk;
  if (destination.kind !== 'pod' || !isLocal(destination) || walk.virtual) return [walk];
  const { pod } = destination;
  const { hostNetwork } = pod.podSet.template;
  return [
    step(walk, {
      kind: 'loopback',
      station: podStation(pod, 'lo'),
      at: atPod(pod),
      device: 'lo',
      verdict: 'forwarded',
      plain: `A network card that leads back to where it came from, inside ${hostNetwork ? `${pod.node.name}, whose network the pod uses` : podName(pod)}. NetworkPolicy is never asked here, and cannot block it.`,
      expert: `lo of the ${hostNetwork ? 'node’s network namespace (hostNetwork)' : 'pod’s network namespace, held by the pause container'}: no veth, no CNI, no kube-proxy, no policy; MTU 65536.`,
      shares: { kind: 'network', heldBy: hostNetwork ? 'node' : 'pause' },
    }),
  ];
};

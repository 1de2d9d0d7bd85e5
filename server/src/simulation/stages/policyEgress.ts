/** Egress policy of the client's pod, asked after translation: with the pod's address, not the Service's. */
import { isUnknownPod } from '../assumedPods';
import { destinationEnd } from '../ends';
import { policyHop } from '../policyHop';
import { destinationName } from '../words';
import type { Stage } from '../walk';
import { isLocal } from './clientSocket';

export const policyEgress: Stage = (world, walk) => {
  const { sender, destination } = walk;
  if (sender.kind !== 'pod' || sender.pod.podSet.template.hostNetwork || isUnknownPod(sender.pod.podSet)) return [walk];
  if (isLocal(destination) && !walk.virtual) return [walk];
  const peer = destinationEnd(world, destination, sender.pod.node.name);
  if (!peer) return [walk];
  return [policyHop(world, walk, { direction: 'Egress', pod: sender.pod, peer, self: isLocal(destination), other: destinationName(destination) })];
};

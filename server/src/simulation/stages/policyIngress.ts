/** Ingress policy of the destination's pod, asked on its node with the sender that stands on the packet then. */
import { isUnknownPod } from '../assumedPods';
import { senderEnd } from '../ends';
import { policyHop } from '../policyHop';
import { senderName, spoken } from '../words';
import type { Stage } from '../walk';
import { isLocal } from './clientSocket';

export const policyIngress: Stage = (world, walk) => {
  const { destination } = walk;
  if (destination.kind !== 'pod' || destination.pod.podSet.template.hostNetwork || isUnknownPod(destination.pod.podSet)) return [walk];
  if (isLocal(destination) && !walk.virtual) return [walk];
  const { pod } = destination;
  const other =
    walk.senderNode && !isLocal(destination) ? `${walk.senderNode.name}, on behalf of ${spoken(senderName(walk.sender))},` : senderName(walk.sender);
  const hiddenBy = walk.senderNode && (walk.sender.kind === 'outside' || walk.external) ? walk.via?.service : undefined;
  return [
    policyHop(world, walk, {
      direction: 'Ingress',
      pod,
      peer: senderEnd(world, walk.sender, pod.node.name, walk.senderNode),
      self: isLocal(destination),
      other,
      ...(hiddenBy && { hiddenBy, inside: walk.sender.kind !== 'outside' }),
    }),
  ];
};

/** Ingress policy of the destination's pod, asked on its node with the sender that stands on the packet then. */
import type { PolicyPeerEnd } from '../../cluster/policyVerdict';
import { senderName, spoken } from '../words';
import type { Stage, Walk } from '../walk';
import type { World } from '../world';
import { isLocal } from './clientSocket';
import { policyHop } from '../policyHop';

export const policyIngress: Stage = (world, walk) => {
  const { destination } = walk;
  if (destination.kind !== 'pod' || destination.pod.podSet.template.hostNetwork) return [walk];
  if (isLocal(destination) && !walk.virtual) return [walk];
  const { pod } = destination;
  const other =
    walk.senderNode && !isLocal(destination) ? `${walk.senderNode.name}, on behalf of ${spoken(senderName(walk.sender))},` : senderName(walk.sender);
  const hiddenBy = walk.senderNode && walk.sender.kind === 'outside' ? walk.via?.service : undefined;
  return [
    policyHop(world, walk, {
      direction: 'Ingress',
      pod,
      peer: peerOf(world, walk, pod.node.name),
      self: isLocal(destination),
      other,
      ...(hiddenBy && { hiddenBy }),
    }),
  ];
};

function peerOf(world: World, { sender, senderNode }: Walk, ownNode: string): PolicyPeerEnd {
  if (senderNode)
    return { kind: 'node', ownNode: senderNode.name === ownNode ? 'yes' : 'no', ...(senderNode.knownAddress && { address: senderNode.knownAddress }) };
  switch (sender.kind) {
    case 'pod': {
      const { podSet, node } = sender.pod;
      if (!podSet.template.hostNetwork) return { kind: 'pods', podSet };
      return { kind: 'node', ownNode: node.name === ownNode ? 'yes' : 'no', ...(node.knownAddress && { address: node.knownAddress }) };
    }
    case 'node':
      return { kind: 'node', ownNode: sender.node.name === ownNode ? 'yes' : 'no', ...(sender.node.knownAddress && { address: sender.node.knownAddress }) };
    case 'controller':
      return { kind: 'unknown-pod' };
    case 'outside':
      return sender.known ? { kind: 'address', address: sender.known } : { kind: 'outside', scope: 'internet', family: world.plan.family };
  }
}

/** Egress policy of the client's pod, asked after translation: with the pod's address, not the Service's. */
import type { PolicyPeerEnd } from '../../cluster/policyVerdict';
import { destinationName } from '../words';
import type { Destination, Stage } from '../walk';
import type { World } from '../world';
import { isLocal } from './clientSocket';
import { policyHop } from '../policyHop';

export const policyEgress: Stage = (world, walk) => {
  const { sender, destination } = walk;
  if (sender.kind !== 'pod' || sender.pod.podSet.template.hostNetwork) return [walk];
  if (isLocal(destination) && !walk.virtual) return [walk];
  const peer = peerOf(world, destination, sender.pod.node.name);
  if (!peer) return [walk];
  return [policyHop(world, walk, { direction: 'Egress', pod: sender.pod, peer, self: isLocal(destination), other: destinationName(destination) })];
};

function peerOf(world: World, destination: Destination, ownNode: string): PolicyPeerEnd | undefined {
  switch (destination.kind) {
    case 'pod': {
      const { podSet, node } = destination.pod;
      if (!podSet.template.hostNetwork) return { kind: 'pods', podSet };
      return { kind: 'node', ownNode: node.name === ownNode ? 'yes' : 'no', ...(node.knownAddress && { address: node.knownAddress }) };
    }
    case 'node':
      return {
        kind: 'node',
        ownNode: destination.node.name === ownNode ? 'yes' : 'no',
        ...(destination.node.knownAddress && { address: destination.node.knownAddress }),
      };
    case 'outside':
      return destination.known ? { kind: 'address', address: destination.known } : { kind: 'outside', scope: destination.scope, family: world.plan.family };
    default:
      return undefined;
  }
}

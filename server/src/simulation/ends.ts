/** The other end of a connection as network policies see it. */
import type { PolicyPeerEnd } from '../cluster/policyVerdict';
import type { PlannedNode } from '../cluster/addressPlan';
import { isUnknownPod } from './assumedPods';
import type { Destination, PodPlace, Sender } from './walk';
import type { World } from './world';

/** As egress policies of a pod on `ownNode` see where the packet goes. */
export function destinationEnd(world: World, destination: Destination, ownNode: string): PolicyPeerEnd | undefined {
  switch (destination.kind) {
    case 'pod':
      return podEnd(destination.pod, ownNode);
    case 'node':
      return nodeEnd(destination.node, ownNode);
    case 'outside':
      return destination.known
        ? { kind: 'address', address: destination.known, ...hostnameOf(destination.name) }
        : { kind: 'outside', scope: destination.scope, family: world.plan.family, ...hostnameOf(destination.name) };
    default:
      return undefined;
  }
}

/** As ingress policies of a pod on `ownNode` see who sends; `hiddenBy` is the node whose address masquerade wrote. */
export function senderEnd(world: World, sender: Sender, ownNode: string, hiddenBy: PlannedNode | undefined): PolicyPeerEnd {
  if (hiddenBy) return nodeEnd(hiddenBy, ownNode);
  switch (sender.kind) {
    case 'pod':
      return podEnd(sender.pod, ownNode);
    case 'node':
      return nodeEnd(sender.node, ownNode);
    case 'controller':
      // Cilium's Envoy has an identity of its own, which no pod selector matches.
      return sender.form === 'node' ? { kind: 'node', ownNode: 'no' } : { kind: 'unknown-pod' };
    case 'outside':
      return sender.known ? { kind: 'address', address: sender.known } : { kind: 'outside', scope: sender.scope ?? 'internet', family: world.plan.family };
  }
}

function podEnd({ podSet, node }: PodPlace, ownNode: string): PolicyPeerEnd {
  if (isUnknownPod(podSet)) return { kind: 'unknown-pod' };
  return podSet.template.hostNetwork ? nodeEnd(node, ownNode) : { kind: 'pods', podSet };
}

function nodeEnd(node: PlannedNode, ownNode: string): PolicyPeerEnd {
  return {
    kind: 'node',
    ownNode: node.name === ownNode ? 'yes' : 'no',
    ...(node.knownAddress && { address: node.knownAddress }),
    ...(node.resource && { labels: node.resource.metadata.labels }),
  };
}

/** For `domainNames` of admin policies: a name that is no address. */
function hostnameOf(name: string): { readonly hostname?: string } {
  return /[a-z]/i.test(name) && name.includes('.') && !name.includes(':') ? { hostname: name } : {};
}

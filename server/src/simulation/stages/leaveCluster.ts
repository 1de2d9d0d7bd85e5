/** Out of the cluster: the node's address as the sender, the gateway, the host. */
import { cidrContains, parseAddress } from '../../base/addresses';
import { outsideBlocks } from '../../cluster/outsideAddresses';
import { type PlannedNode, podRanges } from '../../cluster/addressPlan';
import { endText, spoken } from '../words';
import { type Stage, step, type Walk } from '../walk';
import type { World } from '../world';
import { masquerade } from './sourceTranslation';

export const leaveCluster: Stage = (world, walk) => {
  const { destination, node } = walk;
  if (destination.kind !== 'outside' || !node) return [walk];
  const out = outOfCluster(world, walk, node, destination.address.text);
  const insidePods = isPodAddress(world, destination.address.text);
  return [
    step(out, {
      kind: 'external-host',
      station: `outside/${destination.name}`,
      at: { kind: 'outside', name: destination.name, address: destination.address.text },
      verdict: 'delivered',
      plain: insidePods
        ? `The packet is on its way to ${endText(out.packet.destination)}, a pod address that no file explains.`
        : `The packet has left the cluster for ${destination.name === destination.address.text ? endText(out.packet.destination) : `${spoken(destination.name)} (${endText(out.packet.destination)})`}. Whether anybody answers there, no manifest says.`,
      expert: `Past the cluster: ${endText(out.packet.source)} → ${endText(out.packet.destination)}. Firewalls on the way and a listener are assumed.`,
      assumed: true,
    }),
  ];
};

/** The node's address as the sender, and the gateway where the destination is a public address. */
export function outOfCluster(world: World, walk: Walk, node: PlannedNode, to: string): Walk {
  const { sender } = walk;
  const address = parseAddress(to);
  const insidePods = isPodAddress(world, to);
  const fromPod = (sender.kind === 'pod' && !sender.pod.podSet.template.hostNetwork) || (sender.kind === 'controller' && sender.form === 'pods');
  const masked =
    fromPod && !insidePods
      ? masquerade(
          world,
          walk,
          node,
          `Outside nobody knows the address of a pod, so ${node.name} writes its own, ${node.address}, as the sender.`,
          world.cni.masquerades,
        )
      : walk;
  const isPublic = address === null || outsideBlocks('internet').some((range) => cidrContains(range, address));
  return isPublic && !insidePods ? gateway(masked) : masked;
}

function isPodAddress(world: World, text: string): boolean {
  const address = parseAddress(text);
  return address !== null && podRanges(world.index).some((range) => cidrContains(range, address));
}

function gateway(walk: Walk): Walk {
  return step(walk, {
    kind: 'internet-gateway',
    station: 'internet-gateway',
    at: { kind: 'outside', name: 'internet gateway' },
    verdict: 'forwarded',
    plain: 'The gateway between the nodes’ network and the internet passes the packet on, usually under a public address of its own.',
    expert: 'NAT gateway or internet gateway of the network: the node’s private address becomes a public one. Not in the manifests.',
    assumed: true,
  });
}

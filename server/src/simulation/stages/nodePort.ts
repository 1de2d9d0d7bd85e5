/** A packet that reaches a node on a port that a Service has opened there: the node translates it and sends it on. */
import { type AskedNodePort, askedNodePort } from '../askedNodePort';
import { atNode, endText } from '../words';
import { type Stage, step, type Walk } from '../walk';
import type { World } from '../world';
import { betweenNodes } from './betweenNodes';
import { nodeRouting } from './nodeRouting';
import { translateNodePort } from './serviceTranslation';
import { sourceTranslation } from './sourceTranslation';

/** For clients inside the cluster; those outside come by `outsideEntry`. https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport */
export const nodePort: Stage = (world, walk) => {
  const asked = walk.sender.kind === 'outside' ? undefined : askedNodePort(world, walk);
  return asked ? translateNodePort(world, entered(world, walk, asked)).flatMap((one) => onwards(world, one)) : [walk];
};

/**
 * At the client's own node nat PREROUTING comes before FORWARD, and nat OUTPUT before the routes: egress policy sees the pod behind the
 * port, as for a Service's address.
 */
export const ownNodePort: Stage = (world, walk) => {
  const asked = isAtOwnNode(walk) ? askedNodePort(world, walk) : undefined;
  return asked ? translateNodePort(world, entered(world, walk, asked)) : [walk];
};

/** A pod or a process of a node that calls the node on which it runs. */
export function isAtOwnNode({ sender, destination, node }: Walk): boolean {
  return (sender.kind === 'pod' || sender.kind === 'node') && destination.kind === 'node' && destination.node.name === node?.name;
}

function entered(world: World, walk: Walk, { node, entry, target }: AskedNodePort): Walk {
  const hop = step(walk, {
    kind: 'node-port',
    station: `${node.name}/node-port`,
    at: atNode(node),
    device: 'node port',
    verdict: 'forwarded',
    plain: `${endText(walk.packet.destination)} is a port that every node keeps open for the Service ${target.name}.`,
    expert: `${endText(walk.packet.destination)} belongs to ${target.name}. No program listens there, ${world.proxyMode === 'ebpf' ? 'the eBPF program of the interface' : 'kube-proxy'} does the rest.`,
    assumed: node.assumed,
  });
  return { ...hop, node, servicePort: entry, destination: { kind: 'service', target } };
}

function onwards(world: World, walk: Walk): readonly Walk[] {
  let walks: readonly Walk[] = [walk];
  for (const stage of [sourceTranslation, nodeRouting, betweenNodes]) walks = walks.flatMap((one) => stage(world, one));
  return walks;
}

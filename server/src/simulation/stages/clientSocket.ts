/** The program opens a connection: where every walk that begins inside the cluster starts. */
import { atNode, atPod, containerFor, destinationName, endText, podName, podStation, spoken } from '../words';
import { type Destination, type Stage, step, type Walk } from '../walk';
import { isLoopback } from '../loopbackAddress';
import { namedBy } from '../namedBy';
import { evidence } from '../world';

export const clientSocket: Stage = (world, walk) => {
  const { sender, destination, packet } = walk;
  if (sender.kind === 'outside' || sender.kind === 'controller' || destination.kind === 'nowhere') return [walk];
  const to = endText(packet.destination);
  const opens = world.protocol === 'UDP' ? 'sends a packet to' : 'opens a connection to';
  if (sender.kind === 'node') {
    return [
      step(walk, {
        kind: 'container-socket',
        station: `${sender.node.name}/process`,
        at: atNode(sender.node),
        device: 'node process',
        verdict: 'forwarded',
        plain: `A program of ${sender.node.name} itself, outside every pod, ${opens} ${spoken(destinationName(destination))}.`,
        expert: `Host process, ${endText(packet.source)} → ${to}: nat OUTPUT instead of PREROUTING.`,
        assumed: sender.node.assumed,
      }),
    ];
  }
  const { pod } = sender;
  const container = containerFor({ ...pod }, null, world.protocol);
  const local = isLocal(destination) && !walk.virtual;
  const named = walk.hops.length === 0 && destination.kind === 'service' ? namedBy(pod, destination.target.name) : [];
  const because = named.length > 0 || !container ? named : [evidence(pod.podSet.resource, container.path, 'declares', `container ${container.name}`)];
  return [
    step(walk, {
      kind: 'container-socket',
      station: podStation(pod, `container/${container?.name ?? ''}`),
      at: atPod(pod),
      ...(container && { device: container.name }),
      verdict: 'forwarded',
      because,
      plain: local
        ? `The program in ${container?.name ?? podName(pod)} calls ${isLoopback(packet.destination.address) ? 'localhost' : 'its own pod’s address'}. All containers of a pod share one network, so this means the pod itself.`
        : `The program ${opens} ${words(walk, to)}.`,
      expert: `${container?.name ?? podName(pod)}: ${world.protocol} ${endText(packet.source)} → ${to}${pod.podSet.template.hostNetwork ? '; hostNetwork, so the source is the node’s address' : ''}.`,
      assumed: pod.address.assumed && !isLoopback(packet.destination.address),
    }),
  ];
};

function words({ destination, external }: Walk, to: string): string {
  switch (destination.kind) {
    case 'service':
      return external ? to : `the Service address ${to}`;
    case 'pod':
      return `the pod ${podName(destination.pod)} at ${to}`;
    case 'node':
      return `the node ${destination.node.name} at ${to}`;
    default:
      return to;
  }
}

/** The packet stays in the pod. */
export function isLocal(destination: Destination): boolean {
  return destination.kind === 'pod' && destination.self;
}

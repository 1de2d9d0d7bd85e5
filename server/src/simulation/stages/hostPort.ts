/** A packet that reaches a node on a port that a pod has taken there: hostPort, or a pod in the node's own network. */
import { formatAddress, parseAddress } from '../../base/addresses';
import { known } from '../../base/opaque';
import type { PlannedNode } from '../../cluster/addressPlan';
import type { Claim } from '../../cluster/clusterIndex';
import { placeAt, podCount } from '../placement';
import { atNode, endText, podName } from '../words';
import { type PodPlace, type Stage, type Step, step, type Walk, withDestination } from '../walk';
import { evidence, type World } from '../world';
import { isAtOwnNode } from './nodePort';
import { nodeRouting } from './nodeRouting';

/** The portmap plugin translates, kube-proxy has no part in it: https://www.cni.dev/plugins/current/meta/portmap/ */
export const hostPort: Stage = (world, walk) => {
  const asked = atHostPort(world, walk);
  if (!asked) return [walk];
  const { pod, port, shared } = asked;
  const { node } = pod;
  if (pod.podSet.template.hostNetwork) {
    const hop = step(walk, {
      ...shared,
      verdict: 'forwarded',
      plain: `${podName(pod)} uses the network of ${node.name} itself, so port ${port} of the node is its own.`,
      expert: `hostNetwork: the socket of ${podName(pod)} is bound in the node’s network namespace; no veth, no translation.`,
      assumed: true,
    });
    return [{ ...hop, destination: { kind: 'pod', pod, self: false } }];
  }
  return nodeRouting(world, translated(world, walk, asked));
};

/** portmap’s nat PREROUTING comes before FORWARD, its OUTPUT before the routes: at the client's own node egress policy sees the pod behind the port. */
export const ownHostPort: Stage = (world, walk) => {
  const asked = isAtOwnNode(walk) ? atHostPort(world, walk) : undefined;
  return [asked && !asked.pod.podSet.template.hostNetwork ? translated(world, walk, asked) : walk];
};

interface AskedHostPort {
  readonly pod: PodPlace;
  readonly port: number;
  readonly target: number;
  readonly shared: Pick<Step, 'station' | 'at' | 'because'> & { readonly kind: 'host-port' };
}

/** The pod that has taken the port of the node that the packet is addressed to. */
function atHostPort(world: World, walk: Walk): AskedHostPort | undefined {
  const { destination, packet } = walk;
  if (destination.kind !== 'node' || walk.outcome !== undefined || walk.virtual) return undefined;
  const { node } = destination;
  const port = packet.destination.port ?? world.port;
  const claim = world.index
    .claims('hostPort', `${port}/${world.protocol}`)
    .find((one) => holds(one, node, packet.destination.address) && !isElsewhere(world, walk, one, node));
  const podSet = claim?.podSet;
  if (!claim || !podSet) return undefined;
  const replica =
    podSet.resource.type === 'DaemonSet'
      ? Math.max(
          0,
          world.plan.nodes.findIndex((one) => one.name === node.name),
        )
      : 0;
  const pod = placeAt(world, podSet, replica, [node]);
  if (podSet.resource.type !== 'DaemonSet' && known(podSet.template.nodeName) !== node.name)
    world.notes.warn(`${podSet.name} is taken to run on ${node.name}: only the node of a pod has its host port.`);
  const because = [evidence(podSet.resource, claim.path, 'routes', `${podSet.name} takes port ${port} of its node`)];
  const shared = { kind: 'host-port', station: `${node.name}/host-port/${port}`, at: atNode(node), because } as const;
  return { pod, port, target: containerPortOf(pod, port, world.protocol) ?? port, shared };
}

function translated(world: World, walk: Walk, { pod, target, shared }: AskedHostPort): Walk {
  const { node } = pod;
  const after = withDestination(walk.packet, pod.address.text, target);
  const cilium = world.cni.plugin === 'cilium';
  const hop = step(
    { ...walk, node, virtual: walk.packet.destination, translatedAt: node },
    {
      ...shared,
      device: cilium ? 'eBPF' : 'portmap',
      verdict: 'translated',
      after,
      plain: `Port ${walk.packet.destination.port ?? ''} of ${node.name} belongs to ${podName(pod)}: the node writes the pod’s address on the packet. The sender stays who it was.`,
      expert: cilium
        ? `Cilium’s eBPF host port: ${endText(walk.packet.destination)} → ${endText(after.destination)}; the source is kept.`
        : `portmap: nat CNI-HOSTPORT-DNAT, ${endText(walk.packet.destination)} → ${endText(after.destination)}; the source is kept (masquerade for localhost and hairpin only), so policies see it. kube-proxy has no part.`,
      assumed: true,
    },
  );
  return { ...hop, destination: { kind: 'pod', pod, self: false } };
}

/** The one pod of a set that sends is where it is, and has no host port on another node. */
function isElsewhere(world: World, { sender, earlier }: Walk, { podSet }: Claim, node: PlannedNode): boolean {
  const client = earlier?.[0]?.sender ?? sender;
  if (!podSet || client.kind !== 'pod' || client.pod.podSet.key !== podSet.key || podSet.resource.type === 'DaemonSet') return false;
  return podCount(world, podSet) < 2 && client.pod.node.name !== node.name;
}

/** On this node, and for the address that the packet carries: an empty hostIP and 0.0.0.0 are every address. */
function holds({ podSet, hostIP }: Claim, node: PlannedNode, address: string): boolean {
  if (!podSet) return false;
  const name = known(podSet.template.nodeName);
  if (name !== undefined && name !== node.name) return false;
  const bound = parseAddress(hostIP ?? '');
  return !bound || bound.value === 0n || formatAddress(bound) === address;
}

function containerPortOf({ podSet }: PodPlace, port: number, protocol: string): number | undefined {
  for (const container of podSet.template.containers)
    for (const candidate of container.ports)
      if (known(candidate.hostPort) === port && (known(candidate.protocol) ?? 'TCP') === protocol) return known(candidate.containerPort);
  return undefined;
}

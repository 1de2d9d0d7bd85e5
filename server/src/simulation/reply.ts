/** The way back: the connection table undoes the translations, and policy is not asked again. */
import type { Hop, Packet } from '../protocol/trace';
import { atNode, atPod, endText, podName, podStation, senderName } from './words';
import type { Walk } from './walk';
import type { World } from './world';

export function replyOf(world: World, walk: Walk): readonly Hop[] {
  const { opened, packet, destination, sender } = walk;
  const last = walk.hops.at(-1);
  if (!last) return [];
  const arrived = walk.hops.findLast((hop) => hop.verdict === 'delivered')?.after ?? packet;
  let current: Packet = { ...arrived, source: arrived.destination, destination: arrived.source };
  const hops: Hop[] = [];
  const add = (hop: Omit<Hop, 'before' | 'after' | 'because'>, after: Packet = current): void => {
    hops.push({ ...hop, before: current, after, because: [] });
    current = after;
  };
  if (destination.kind === 'pod') {
    const { pod } = destination;
    add({
      kind: 'container-socket',
      station: podStation(pod, 'container'),
      at: atPod(pod),
      verdict: 'forwarded',
      plain: `${podName(pod)} answers.`,
      expert: `The answer leaves with source ${endText(current.source)}; network policies are stateful and are not asked again.`,
    });
  } else if (last.at.kind === 'outside') {
    add({
      kind: 'external-host',
      station: last.station,
      at: last.at,
      verdict: 'forwarded',
      plain: `${last.at.name} answers.`,
      expert: `The answer comes back to ${endText(current.destination)}.`,
    });
  }
  const node = walk.masqueraded ? (walk.senderNode ?? walk.node) : sender.kind === 'pod' ? sender.pod.node : walk.node;
  const restored: Packet = {
    ...current,
    source: opened.hostname !== undefined || walk.virtual ? (walk.virtual ?? current.source) : current.source,
    destination: clientEnd(walk),
  };
  if (node && (walk.virtual || walk.masqueraded)) {
    const what = walk.virtual ? `writes ${endText(walk.virtual)} back as the sender` : 'writes the pod’s own address back as the receiver';
    add(
      {
        kind: 'connection-tracking',
        station: `${node.name}/conntrack`,
        at: atNode(node),
        device: world.proxyMode === 'ebpf' ? 'eBPF maps' : 'conntrack',
        verdict: 'translated',
        plain: `${node.name} remembers the connection and ${what}. Policies are not asked again.`,
        expert: `${world.proxyMode === 'ebpf' ? 'The reverse-NAT map' : 'conntrack'} undoes ${walk.virtual && walk.masqueraded ? 'DNAT and SNAT' : walk.virtual ? 'DNAT' : 'SNAT'}: ${endText(restored.source)} → ${endText(restored.destination)}.`,
      },
      restored,
    );
  }
  if (sender.kind === 'pod') {
    add({
      kind: 'container-socket',
      station: podStation(sender.pod, 'container'),
      at: atPod(sender.pod),
      verdict: 'delivered',
      plain: `The answer reaches ${senderName(sender)} the same way back.`,
      expert: `${endText(current.source)} → ${endText(current.destination)}, as the client expects it.`,
    });
  }
  return hops;
}

function clientEnd(walk: Walk): Packet['destination'] {
  const first = walk.hops.find((hop) => hop.kind !== 'dns-query');
  return walk.sender.kind === 'outside' && walk.hops.some((hop) => hop.kind === 'ingress-controller')
    ? walk.opened.source
    : (first?.before.source ?? walk.opened.source);
}

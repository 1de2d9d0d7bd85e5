/** The way back: the connection table undoes the translations, and policy is not asked again. */
import type { PlannedNode } from '../cluster/addressPlan';
import type { Hop, Packet, PacketEnd } from '../protocol/trace';
import { atNode, atPod, capital, endText, podName, podStation, senderName, spoken } from './words';
import type { Connection, Walk } from './walk';
import type { World } from './world';

type Answer = Omit<Hop, 'before' | 'after' | 'because'>;

export function replyOf(world: World, walk: Walk): readonly Hop[] {
  const arrived = walk.hops.findLast((hop) => hop.verdict === 'delivered');
  if (!arrived) return [];
  let current: Packet = { ...arrived.after, source: arrived.after.destination, destination: arrived.after.source };
  const hops: Hop[] = [];
  const add = (hop: Answer, change: Partial<Pick<Packet, 'source' | 'destination'>> = {}): void => {
    const after = { ...current, ...change };
    hops.push({ ...hop, before: current, after, because: [] });
    current = after;
  };
  add(answering(walk, arrived, current));
  // One connection after the other, the last first; between two of them stands a proxy.
  const firsts = walk.earlier ?? [];
  const legs: readonly (Connection & { readonly from: number; readonly to: number })[] = [
    ...firsts.map((leg, position) => ({ ...leg, from: firsts[position - 1]?.hops ?? 0, to: leg.hops })),
    { ...connectionOf(walk), from: firsts.at(-1)?.hops ?? 0, to: walk.hops.length },
  ];
  for (const leg of legs.toReversed()) {
    const own = walk.hops.slice(leg.from, leg.to);
    for (const { node, virtual, masqueraded } of tables(leg)) {
      const change = { ...(virtual && { source: virtual }), ...(masqueraded && { destination: masqueraded }) };
      const told = virtual && !masqueraded && own.some(({ kind, at }) => kind === 'service-translation' && at.kind === 'pod');
      add(told ? toldToSocket(node, current, virtual) : restored(world, node, { ...current, ...change }, virtual, masqueraded), change);
    }
    for (const hop of own.toReversed()) {
      if (hop.kind !== 'load-balancer' && !isProxy(hop)) continue;
      const [source, destination] = [hop.before.destination, hop.before.source];
      add(
        { ...passedBack(hop), expert: `${endText(source)} → ${endText(destination)}, the other half of the connection that came in here.` },
        { source, destination },
      );
    }
  }
  const home = receiver(walk);
  if (home) add({ ...home, verdict: 'delivered', expert: `${endText(current.source)} → ${endText(current.destination)}, as the client expects it.` });
  return hops;
}

function connectionOf({ virtual, masqueraded, translatedAt, senderNode }: Walk): Connection {
  return { ...(virtual && { virtual }), ...(masqueraded && { masqueraded }), ...(translatedAt && { translatedAt }), ...(senderNode && { senderNode }) };
}

function isProxy({ kind }: Hop): boolean {
  return kind === 'ingress-controller' || kind === 'gateway';
}

function answering(walk: Walk, arrived: Hop, packet: Packet): Answer {
  const { destination } = walk;
  const inside = destination.kind === 'pod' || destination.kind === 'node';
  const local = destination.kind === 'pod' && destination.self && !walk.virtual;
  const name = destination.kind === 'pod' ? (local ? (arrived.device ?? podName(destination.pod)) : podName(destination.pod)) : arrived.at.name;
  return {
    kind: inside ? 'container-socket' : 'external-host',
    station: arrived.station,
    at: arrived.at,
    verdict: 'forwarded',
    plain: `${name === 'internet' ? capital(spoken(name)) : name} answers.`,
    expert: inside
      ? `The answer leaves with source ${endText(packet.source)}; network policies are stateful and are not asked again.`
      : `The answer comes back to ${endText(packet.destination)}.`,
  };
}

interface Table {
  readonly node: PlannedNode;
  readonly virtual?: PacketEnd | undefined;
  readonly masqueraded?: PacketEnd | undefined;
}

/** The nodes whose tables undo what they wrote, those near the destination first. */
function tables({ translatedAt, senderNode, virtual, masqueraded }: Connection): readonly Table[] {
  if (translatedAt && senderNode && virtual && masqueraded && translatedAt.name !== senderNode.name)
    return [
      { node: translatedAt, virtual },
      { node: senderNode, masqueraded },
    ];
  const node = translatedAt ?? senderNode;
  return node && (virtual || masqueraded) ? [{ node, virtual, masqueraded }] : [];
}

function restored(world: World, node: PlannedNode, packet: Packet, virtual: PacketEnd | undefined, masqueraded: PacketEnd | undefined): Answer {
  const receiver = masqueraded && `${endText(masqueraded)} ${virtual ? '' : 'back '}as the receiver`;
  const what = [virtual && `${endText(virtual)} back as the sender`, receiver].filter((text) => text !== undefined);
  const ebpf = world.proxyMode === 'ebpf';
  return {
    kind: 'connection-tracking',
    station: `${node.name}/conntrack`,
    at: atNode(node),
    device: ebpf ? 'eBPF maps' : 'conntrack',
    verdict: 'translated',
    plain: `${node.name} remembers the connection and writes ${what.join(' and ')}. Policies are not asked again.`,
    expert: `${ebpf ? 'The reverse-NAT map' : 'conntrack'} undoes ${virtual && masqueraded ? 'DNAT and SNAT' : virtual ? 'DNAT' : 'SNAT'}: ${endText(packet.source)} → ${endText(packet.destination)}.`,
  };
}

/** A socket that eBPF connected to the pod itself: only what the program is told about its other end is turned back. */
function toldToSocket(node: PlannedNode, packet: Packet, virtual: PacketEnd): Answer {
  return {
    kind: 'connection-tracking',
    station: `${node.name}/conntrack`,
    at: atNode(node),
    device: 'eBPF maps',
    verdict: 'translated',
    plain: `The connection leads to the pod itself, so nothing has to be undone on the way. The program still takes ${endText(virtual)} for its other end. Policies are not asked again.`,
    expert: `The packets carry ${endText(packet.source)} all the way; the reverse-NAT map only answers getpeername() and recvmsg() with ${endText(virtual)}.`,
  };
}

function passedBack(hop: Hop): Omit<Answer, 'expert'> {
  const controller = isProxy(hop);
  return {
    kind: hop.kind,
    station: hop.station,
    at: hop.at,
    ...(hop.device !== undefined && { device: hop.device }),
    verdict: controller || hop.verdict === 'translated' ? 'translated' : 'forwarded',
    plain: controller
      ? `The ${hop.kind === 'gateway' ? 'gateway' : 'controller'} hands the answer on, on the connection that the client opened.`
      : 'The load balancer passes the answer back.',
  };
}

function receiver(walk: Walk): Omit<Answer, 'verdict' | 'expert'> | undefined {
  const { hops } = walk;
  const sender = walk.earlier?.[0]?.sender ?? walk.sender;
  const first = hops.find((hop) => hop.kind === 'external-host');
  if (first && sender.kind === 'outside')
    return { kind: 'external-host', station: first.station, at: first.at, plain: 'The answer reaches the client outside.' };
  if (sender.kind === 'pod') {
    const local = walk.destination.kind === 'pod' && walk.destination.self && !walk.virtual;
    const device = hops.find((hop) => hop.kind === 'container-socket')?.device;
    return {
      kind: 'container-socket',
      station: podStation(sender.pod, 'container'),
      at: atPod(sender.pod),
      plain: `The answer reaches ${local && device !== undefined ? device : senderName(sender)} the same way back.`,
    };
  }
  if (sender.kind !== 'node') return undefined;
  return {
    kind: 'container-socket',
    station: `${sender.node.name}/process`,
    at: atNode(sender.node),
    plain: `The answer reaches ${sender.node.name} the same way back.`,
  };
}

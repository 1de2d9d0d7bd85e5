/** The end of the way: a container that listens, or evidence that none does. */
import { listenerOn } from '../listeners';
import { flowOnPort } from '../otherFlow';
import { atNode, atPod, podName, podStation } from '../words';
import { type Stage, step, stop } from '../walk';
import { isLocal } from './clientSocket';

export const containerPort: Stage = (world, walk) => {
  const { destination, packet, sender } = walk;
  const port = packet.destination.port ?? world.port;
  if (destination.kind === 'node') {
    return [
      step(walk, {
        kind: 'host-port',
        station: `${destination.node.name}/${port}`,
        at: atNode(destination.node),
        verdict: 'delivered',
        ...(walk.via?.node && { device: 'kube-apiserver' }),
        plain: walk.via?.node
          ? `The packet has reached the API server on ${destination.node.name}. Who is let in there is a matter of certificates and tokens, not of the network.`
          : `The packet has reached ${destination.node.name}. Which program listens on ${port} there, no manifest says.`,
        expert: `INPUT of ${destination.node.name}, ${port}/${packet.protocol}; a listener is assumed.`,
        assumed: true,
      }),
    ];
  }
  if (destination.kind !== 'pod') return [walk];
  const { pod } = destination;
  const local = isLocal(destination) && !walk.virtual;
  const listener = listenerOn(pod.podSet, port, packet.protocol, local, pod.container);
  const ended =
    local && sender.kind === 'pod' && sender.pod.container?.role === 'init' && listener.container?.role !== 'init' && listener.container?.role !== 'sidecar';
  const name = listener.container?.name ?? podName(pod);
  const shared = {
    kind: 'container-port',
    station: podStation(pod, `container/${listener.container?.name ?? ''}`),
    at: atPod(pod),
    ...(listener.container && { device: listener.container.name }),
    because: listener.because,
  } as const;
  if (ended) {
    if (listener.container && walk.outcome === undefined)
      world.notes.remedy({
        what: `Make ${name} a sidecar before ${sender.pod.container?.name ?? 'the init container'} in initContainers (\`restartPolicy: Always\`): then it is started first, and runs on.`,
        helps: true,
      });
    return [
      stop(
        step(walk, {
          ...shared,
          verdict: 'rejected',
          plain: `${sender.pod.container?.name ?? 'The init container'} runs before ${name} is started, so nobody listens yet.`,
          expert: `An ordinary init container ends before app containers start: ${port}/${packet.protocol} is refused.`,
        }),
        'refused-no-listener',
      ),
    ];
  }
  if (listener.state === 'refused') {
    // A Service has one protocol for a port, so another one leads here only without it.
    const flow = listener.instead && !walk.via ? flowOnPort(world, port, listener.instead) : undefined;
    if (listener.remedy !== undefined && walk.outcome === undefined)
      world.notes.remedy({ what: listener.remedy, helps: true, ...(flow && listener.instead && { flow, ask: `Trace ${port}/${listener.instead}` }) });
    return [
      stop(
        step(walk, {
          ...shared,
          verdict: 'rejected',
          plain: `Nobody listens on ${port} here: ${listener.reason}. The connection is refused.`,
          expert: `RST (or ICMP port unreachable): ${listener.reason}.`,
        }),
        'refused-no-listener',
      ),
    ];
  }
  if (listener.state === 'undeclared') {
    return [
      step(walk, {
        ...shared,
        verdict: 'delivered',
        plain: `The packet has arrived at ${podName(pod)}. No container says that it listens on ${port}; it may do so all the same.`,
        expert: `${port}/${packet.protocol} is declared by no container. containerPort is information only, so a listener is assumed.`,
        assumed: true,
      }),
    ];
  }
  return [
    step(walk, {
      ...shared,
      verdict: 'delivered',
      plain: local
        ? `${name} listens on ${port}. Only one container of a pod can hold a port.`
        : `The container ${name} listens on ${port}. The packet has arrived.`,
      expert: `${name} declares containerPort ${port}/${packet.protocol}; that it listens is taken from the declaration.`,
    }),
  ];
};

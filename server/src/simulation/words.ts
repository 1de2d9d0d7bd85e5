/** Names of pods, nodes and ends, as hops say them. */
import type { PlannedNode } from '../cluster/addressPlan';
import type { Container } from '../model/pod';
import { concurrentContainers } from '../model/pod';
import { known, textOf } from '../base/opaque';
import type { Hop, PacketEnd } from '../protocol/trace';
import type { Destination, PodPlace, Sender } from './walk';

/** `web`, `web-2` where there are several, `db-0` for a StatefulSet, `agent-1` on the first node for a DaemonSet. */
export function podName({ podSet, replica }: Pick<PodPlace, 'podSet' | 'replica'>): string {
  if (podSet.resource.type === 'StatefulSet') return `${podSet.name}-${replica}`;
  if (podSet.resource.type === 'DaemonSet') return `${podSet.name}-${replica + 1}`;
  if (podSet.resource.type === 'Pod' || (podSet.replicas === 1 && replica === 0)) return podSet.name;
  return podSet.replicas !== undefined ? `${podSet.name}-${replica + 1}` : podSet.name;
}

export function podStation(pod: PodPlace, part: string): string {
  return `${pod.podSet.key}/${pod.replica}/${part}`;
}

export function atPod(pod: PodPlace): Hop['at'] {
  return { kind: 'pod', name: podName(pod), node: pod.node.name, address: pod.address.text, podRange: pod.node.podRange };
}

export function atNode(node: PlannedNode): Hop['at'] {
  return { kind: 'node', name: node.name, node: node.name, address: node.address, podRange: node.podRange };
}

export function senderName(sender: Sender): string {
  switch (sender.kind) {
    case 'pod':
      return podName(sender.pod);
    case 'node':
      return sender.node.name;
    case 'outside':
      return sender.name;
    case 'controller':
      return `the ${sender.label === 'gateway' ? 'gateway' : sender.label === 'ingress controller' ? sender.label : `proxy of ${sender.label}`}`;
  }
}

export function destinationName(destination: Destination): string {
  switch (destination.kind) {
    case 'name':
      return destination.host;
    case 'service':
      return destination.target.name;
    case 'ingress':
      return destination.request.host === '' ? destination.ingress.metadata.name : destination.request.host;
    case 'gateway':
      return destination.request.host === '' ? (destination.gateway?.metadata.name ?? 'the gateway') : destination.request.host;
    case 'pod':
      return podName(destination.pod);
    case 'node':
      return destination.node.name;
    case 'outside':
      return destination.name;
    case 'nowhere':
      return 'nowhere';
  }
}

/** A name inside a sentence: "the internet" has an article, names of resources have none. */
export function spoken(name: string): string {
  return name === 'internet' ? 'the internet' : name;
}

/** The same where the sentence opens with it. */
export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** "a, b and 3 more" */
export function listed(names: readonly string[], most = 3): string {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length > most) return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

export function endText({ address, port }: PacketEnd): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The container that a question about the pod means: the one named, one that declares the port, else the first. */
export function containerFor(pod: PodPlace, port: number | null, protocol: string): Container | undefined {
  if (pod.container) return pod.container;
  const running = concurrentContainers(pod.podSet.template);
  const declares = running.find((container) =>
    container.ports.some((candidate) => known(candidate.containerPort) === port && (textOf(candidate.protocol) ?? 'TCP') === protocol),
  );
  return declares ?? running[0];
}

export function percent(share: number): string {
  const value = share * 100;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} %`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Which ports an entry of a policy names, surely and perhaps; one port is looked up in the same sets. */
import { isOpaque, known, type Value } from '../base/opaque';
import { concurrentContainers } from '../model/pod';
import type { NetworkPolicyPort } from '../model/resources';
import type { Path } from '../protocol/source';
import { protocols, type TransportProtocol } from '../protocol/trace';
import type { PodSet } from './clusterIndex';
import type { Judged, PolicyPeerEnd } from './policyEnds';
import { describePort } from './policyWords';
import { everyPort, hasPort, lastPort, noPorts, portsOf, type PortSet, uniteAllPorts, unitePorts } from './portSet';

/** Ports that match, and ports that match or may match: `yes` is a part of `may`. */
export interface PortAnswer {
  readonly yes: PortSet;
  readonly may: PortSet;
}

export const matchesEveryPort: PortAnswer = { yes: everyPort, may: everyPort };
export const matchesNoPort: PortAnswer = { yes: noPorts, may: noPorts };

/** The pod whose containers a port name means: undefined for an end that is no pod, 'unknown' for one that no manifest shows. */
export type PortDestination = PodSet | 'unknown' | undefined;

export interface PortMatch extends Judged {
  readonly path: Path;
  readonly words: string;
}

/** Where a connection goes: names of ports are looked up there, in both directions. */
export function destinationOf(direction: 'Ingress' | 'Egress', subject: PodSet, peer: PolicyPeerEnd): PortDestination {
  if (direction === 'Ingress') return subject;
  return peer.kind === 'pods' ? peer.podSet : peer.kind === 'unknown-pod' ? 'unknown' : undefined;
}

/**
 * The ports of one item of `ports`. A missing protocol is TCP, a missing port every port of the protocol, `endPort` is inclusive, and a name is
 * looked up on the destination by name and protocol.
 * https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/#NetworkPolicySpec
 */
export function entryPorts(entry: NetworkPolicyPort, destination: PortDestination): PortAnswer {
  const wanted = entry.protocol ?? 'TCP';
  if (isOpaque(wanted)) return perhaps(protocols.reduce((all, protocol) => unitePorts(all, numbersOf(entry, protocol, destination).may), noPorts));
  const protocol = protocols.find((candidate) => candidate === wanted);
  return protocol ? numbersOf(entry, protocol, destination) : matchesNoPort;
}

function numbersOf({ port, endPort }: NetworkPolicyPort, protocol: TransportProtocol, destination: PortDestination): PortAnswer {
  if (port === undefined) return surely(portsOf(protocol));
  if (isOpaque(port)) return perhaps(portsOf(protocol));
  if (typeof port === 'string') return namedPorts(port, protocol, destination);
  if (isOpaque(endPort)) return { yes: portsOf(protocol, port, port), may: portsOf(protocol, port, lastPort) };
  return surely(portsOf(protocol, port, endPort ?? port));
}

/** From first to last of a protocol, any of which may not be known. */
export function rangePorts(protocol: TransportProtocol, first: Value<number>, last: Value<number>): PortAnswer {
  if (isOpaque(first)) return perhaps(portsOf(protocol, 1, isOpaque(last) ? lastPort : last));
  return isOpaque(last) ? perhaps(portsOf(protocol, first, lastPort)) : surely(portsOf(protocol, first, last));
}

/**
 * The number behind a name: containers in order, then sidecars, ordinary init containers never. What no manifest shows may be any.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-range-of-ports (names are resolved on the pod)
 */
export function namedPorts(name: string, protocol: TransportProtocol, destination: PortDestination): PortAnswer {
  if (destination === undefined) return matchesNoPort;
  if (destination === 'unknown') return perhaps(portsOf(protocol));
  let open = false;
  for (const container of concurrentContainers(destination.template)) {
    for (const candidate of container.ports) {
      const { containerPort } = candidate;
      if (isOpaque(candidate.name) || isOpaque(candidate.protocol) || (candidate.name === name && isOpaque(containerPort))) {
        open = true;
        continue;
      }
      if (candidate.name !== name || (candidate.protocol ?? 'TCP') !== protocol) continue;
      return typeof containerPort === 'number' ? surely(portsOf(protocol, containerPort, containerPort)) : matchesNoPort;
    }
  }
  return open ? perhaps(portsOf(protocol)) : matchesNoPort;
}

/** Entries are OR-ed; a missing and an empty list are every port of every protocol. */
export function listPorts<Entry>(entries: readonly Entry[] | undefined, portsOfEntry: (entry: Entry) => PortAnswer): PortAnswer {
  if (entries === undefined || entries.length === 0) return matchesEveryPort;
  return anyPorts(entries.map(portsOfEntry));
}

export function anyPorts(answers: readonly PortAnswer[]): PortAnswer {
  const [only] = answers;
  if (only && answers.length === 1) return only;
  const yes = uniteAllPorts(answers.map((answer) => answer.yes));
  return { yes, may: answers.every((answer) => answer.may === answer.yes) ? yes : uniteAllPorts(answers.map((answer) => answer.may)) };
}

export function surely(ports: PortSet): PortAnswer {
  return ports === noPorts ? matchesNoPort : { yes: ports, may: ports };
}

export function perhaps(ports: PortSet): PortAnswer {
  return ports === noPorts ? matchesNoPort : { yes: noPorts, may: ports };
}

export function answerAt({ yes, may }: PortAnswer, protocol: TransportProtocol, port: number): Judged['match'] {
  return hasPort(yes, protocol, port) ? 'yes' : hasPort(may, protocol, port) ? 'unknown' : 'no';
}

/** One item of `ports` asked about one port. */
export function matchPort(entry: NetworkPolicyPort, protocol: TransportProtocol, port: number, destination: PortDestination): PortMatch {
  const match = answerAt(entryPorts(entry, destination), protocol, port);
  return { path: entry.path, words: describePort(entry), match, reason: portReason(entry, protocol, port, destination, match) };
}

function portReason(entry: NetworkPolicyPort, protocol: TransportProtocol, port: number, destination: PortDestination, match: Judged['match']): string {
  const wanted = entry.protocol ?? 'TCP';
  if (isOpaque(wanted)) return 'the protocol is a placeholder';
  if (wanted !== protocol) return `it is for ${wanted}, not ${protocol}`;
  if (entry.port === undefined) return `every ${protocol} port`;
  if (isOpaque(entry.port)) return 'the port is a placeholder';
  if (typeof entry.port === 'string') return namedReason(entry.port, protocol, port, destination, match);
  if (match === 'unknown') return 'the end of the port range is a placeholder';
  return match === 'yes' ? 'the port matches' : 'it is another port';
}

export function namedReason(name: string, protocol: TransportProtocol, port: number, destination: PortDestination, match: Judged['match']): string {
  if (destination === undefined) return `the name ${name} means a container port, and the destination is no pod`;
  if (destination === 'unknown') return `no manifest shows which port the name ${name} has there`;
  if (match === 'unknown') return `a placeholder may be the port named ${name}`;
  if (match === 'yes') return `${name} is port ${port} of ${destination.name}`;
  const declared = concurrentContainers(destination.template)
    .flatMap((container) => container.ports)
    .find((candidate) => known(candidate.name) === name && (known(candidate.protocol) ?? 'TCP') === protocol);
  return declared
    ? `${name} is port ${known(declared.containerPort) ?? 'unknown'} of ${destination.name}, not ${port}`
    : `${destination.name} has no ${protocol} port named ${name}`;
}

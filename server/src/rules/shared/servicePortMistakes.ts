/** Ports of a policy that are a Service's and not a pod's. */
import { isOpaque, known } from '../../base/opaque';
import type { ClusterIndex, PodSet } from '../../cluster/clusterIndex';
import { policyVerdict } from '../../cluster/policyVerdict';
import { targetPortIn } from '../../cluster/targetPort';
import { isolates } from '../../model/policyTypes';
import type { NetworkPolicyPort, NetworkPolicyRule, Resource, ServicePort } from '../../model/resources';
import { protocols, type TransportProtocol } from '../../protocol/trace';
import { policyDirections, policyRules, type NetworkPolicy, type PolicyRule } from './cidrs';
import { hasOpenPorts, knowsPort, podsOfPeer, subjectsOf, type KnownPods } from './policyPods';

export interface ServicePortMistake {
  readonly rule: PolicyRule;
  readonly entry: NetworkPolicyPort;
  readonly protocol: TransportProtocol;
  /** What stands in the policy: the port of the Service. */
  readonly written: number;
  /** What the pods listen on. */
  readonly target: number;
  readonly service: Resource<'Service'>;
  readonly servicePort: ServicePort;
  readonly pod: PodSet;
}

const mostPods = 32;

/**
 * Policies are judged after Service translation, on the port of the pod. An entry counts as a mistake where a Service of the pods has that
 * very number and sends it to another one, nothing says that the pods have the number too, and no policy opens the right one for the same peer.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function servicePortMistakes(policy: NetworkPolicy, index: ClusterIndex): readonly ServicePortMistake[] {
  if (policy.partial) return [];
  const mistakes: ServicePortMistake[] = [];
  for (const direction of policyDirections) {
    if (isolates(policy.spec, direction) !== 'yes') continue;
    for (const rule of policyRules(policy, direction)) {
      const entries = (rule.rule.ports ?? []).flatMap((entry) => numberOf(entry) ?? []);
      if (entries.length === 0) continue;
      const subjects = subjectsOf(policy, index).pods;
      const peers = peersOf(rule, index);
      const targets = direction === 'Ingress' ? subjects : (peers?.pods ?? []);
      if (targets.length === 0 || targets.some(hasOpenPorts)) continue;
      for (const { entry, written, protocol } of entries) {
        if (targets.some((podSet) => knowsPort(podSet, written))) continue;
        const sent = sentElsewhere(targets, written, protocol, index);
        if (sent && !opensTarget(rule, sent, protocol, subjects, peers?.pods ?? [], index)) mistakes.push({ rule, entry, protocol, written, ...sent });
      }
    }
  }
  return mistakes;
}

/** The known pods of all peers; undefined for a rule about everybody. */
function peersOf({ policy, rule }: PolicyRule, index: ClusterIndex): KnownPods | undefined {
  if (rule.peers === undefined || rule.peers.length === 0) return undefined;
  const known = rule.peers.flatMap((peer) => podsOfPeer(policy, peer, index) ?? []);
  return { pods: [...new Set(known.flatMap(({ pods }) => pods))], complete: known.length === rule.peers.length && known.every(({ complete }) => complete) };
}

function numberOf(entry: NetworkPolicyPort): { readonly entry: NetworkPolicyPort; readonly written: number; readonly protocol: TransportProtocol } | undefined {
  const written = known(entry.port);
  const protocol = protocols.find((candidate) => candidate === (entry.protocol === undefined ? 'TCP' : known(entry.protocol)));
  return typeof written === 'number' && entry.endPort === undefined && protocol ? { entry, written, protocol } : undefined;
}

type Sent = Pick<ServicePortMistake, 'service' | 'servicePort' | 'target' | 'pod'>;

/** A Service that takes the number and sends it to another one of these pods; none where some Service sends something to the number itself. */
function sentElsewhere(targets: readonly PodSet[], written: number, protocol: TransportProtocol, index: ClusterIndex): Sent | undefined {
  let sent: Sent | undefined;
  for (const namespace of new Set(targets.map((podSet) => podSet.namespace))) {
    for (const service of index.inNamespace('Service', namespace)) {
      if (service.partial || known(service.spec.clusterIP) === 'None' || isOpaque(service.spec.clusterIP)) continue;
      if (index.sameNamespace(index.namespaceOf(service), namespace) !== 'yes') continue;
      if (service.spec.ports.length === 0 || !service.spec.selector) continue;
      const behind = index.backends(service).yes.filter((podSet) => targets.includes(podSet));
      for (const servicePort of behind.length > 0 ? service.spec.ports : []) {
        if ((servicePort.protocol === undefined ? 'TCP' : known(servicePort.protocol)) !== protocol) continue;
        for (const pod of behind) {
          const answer = targetPortIn(pod, servicePort, protocol);
          if (answer.state === 'unknown' || (answer.state === 'found' && answer.port === written)) return undefined;
          if (answer.state === 'found' && known(servicePort.port) === written) sent ??= { service, servicePort, target: answer.port, pod };
        }
      }
    }
  }
  return sent;
}

/** Does any policy let one of the same peers through on the right port? Where no peer is known, any rule that opens the port counts. */
function opensTarget(
  { policy, direction, rule }: PolicyRule,
  { target, pod }: Sent,
  protocol: TransportProtocol,
  subjects: readonly PodSet[],
  peers: readonly PodSet[],
  index: ClusterIndex,
): boolean {
  const [owners, others] = direction === 'Ingress' ? [[pod], peers] : [subjects, [pod]];
  const mayOpen = (rules: readonly NetworkPolicyRule[]): boolean => rules.some((candidate) => mayHold(candidate, target, protocol));
  if (owners.length === 0 || others.length === 0 || (rule.peers ?? []).some((peer) => peer.ipBlock !== undefined)) {
    const rules = index
      .inNamespace('NetworkPolicy', index.namespaceOf(policy))
      .flatMap((other) => (direction === 'Ingress' ? other.spec.ingress : other.spec.egress));
    return owners.length === 0 || mayOpen(rules);
  }
  for (const subject of owners.slice(0, mostPods)) {
    for (const podSet of others.slice(0, mostPods)) {
      if (subject === podSet) continue;
      const { verdict } = policyVerdict(index, { direction, subject, peer: { kind: 'pods', podSet }, protocol, port: target });
      if (verdict !== 'denied') return true;
    }
  }
  // One pod that may only talk to itself says nothing.
  return owners.every((subject) => others.every((podSet) => podSet === subject)) && mayOpen(direction === 'Ingress' ? policy.spec.ingress : policy.spec.egress);
}

/** Names count as the port: which number they have may differ from pod to pod. */
function mayHold({ ports }: NetworkPolicyRule, target: number, protocol: TransportProtocol): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some((entry) => {
    if (entry.protocol !== undefined && !isOpaque(entry.protocol) && entry.protocol !== protocol) return false;
    if (entry.protocol === undefined && protocol !== 'TCP') return false;
    const first = entry.port;
    if (typeof first !== 'number') return true;
    const last = entry.endPort === undefined ? first : isOpaque(entry.endPort) ? 65535 : entry.endPort;
    return first <= target && target <= last;
  });
}

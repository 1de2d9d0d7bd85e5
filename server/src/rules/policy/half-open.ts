/** A rule that opens one end of a connection whose other end is closed. */
import { known } from '../../base/opaque';
import type { ClusterIndex, PodSet } from '../../cluster/clusterIndex';
import { policyVerdict, type PolicyVerdict } from '../../cluster/policyVerdict';
import type { Finding, Fix } from '../../model/finding';
import { isEmptySelector } from '../../model/labels';
import { isolates } from '../../model/policyTypes';
import { valueAt, type NetworkPolicyPeer, type PolicyDirection, type Resource } from '../../model/resources';
import { protocols, type TransportProtocol } from '../../protocol/trace';
import { contextRule } from '../rule';
import { policyDirections, policyRules, type NetworkPolicy, type PolicyRule } from '../shared/cidrs';
import { addRule } from '../shared/policyEdits';
import { peerFor, podsOfPeer, podsText, policiesCount, rulesMark, subjectsOf } from '../shared/policyPods';
import { mayHoldMore } from '../shared/templated';
import { wordList } from '../shared/words';

type Message = 'egress' | 'ingress';

const mostPods = 24;
const mostPorts = 8;

export const halfOpen = contextRule<'NetworkPolicy', Message>({
  meta: {
    id: 'policy/half-open',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'One end of a connection is opened, and a policy of the other end stops it.',
    why: 'A connection between two pods needs both ends: egress where it starts, if a policy isolates the sender for egress, and ingress where it arrives, if one isolates the receiver. A rule that lets `web` into `db` has no effect while a policy of `web`, often a default deny, allows no egress to `db`. Nothing reports it: the connection times out.',
    remedy: 'Add the rule for the other end. If the connection is not meant to be, remove the rule that opens this one.',
    references: ['[The two sorts of pod isolation](https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation)'],
    messages: {
      egress: 'This lets {others} in, but no rule of {policies} allows {others} to send here. Both sides must allow a connection.',
      ingress: 'This lets the pods send to {others}, but no rule of {policies} lets them in there. Both sides must allow a connection.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy, index) {
    if (policy.partial || !policiesCount(index)) return;
    for (const direction of policyDirections) {
      if (isolates(policy.spec, direction) !== 'yes') continue;
      for (const rule of policyRules(policy, direction)) {
        for (const peer of rule.rule.peers ?? []) {
          const closed = closedEnd(rule, peer, index);
          if (closed) yield finding(rule, peer, closed, index);
        }
      }
    }
  },
});

interface ClosedEnd {
  /** The pods at the other end. */
  readonly others: readonly PodSet[];
  readonly own: readonly PodSet[];
  readonly policies: readonly NetworkPolicy[];
}

/** The other end, when every one of its pods surely refuses every one of ours on every port of the rule. */
function closedEnd(rule: PolicyRule, peer: NetworkPolicyPeer, index: ClusterIndex): ClosedEnd | undefined {
  // An empty selector is meant for whatever comes, and pods may come that the files do not show.
  if (!peer.podSelector || isEmptySelector(peer.podSelector)) return undefined;
  const others = podsOfPeer(rule.policy, peer, index);
  if (!others?.complete) return undefined;
  const own = subjectsOf(rule.policy, index);
  if (!own.complete || own.pods.length > mostPods || others.pods.length > mostPods) return undefined;
  const direction: PolicyDirection = rule.direction === 'Ingress' ? 'Egress' : 'Ingress';
  const policies = new Set<NetworkPolicy>();
  let asked = false;
  for (const other of others.pods) {
    for (const mine of own.pods) {
      if (other === mine) continue;
      const verdicts = verdictsOn(rule, direction, other, mine, index);
      if (!verdicts?.every(isDenied)) return undefined;
      asked = true;
      for (const verdict of verdicts) if (verdict.deciding.kind === 'default-deny') for (const policy of verdict.deciding.policies) policies.add(policy);
    }
  }
  return asked ? { others: others.pods, own: own.pods, policies: [...policies] } : undefined;
}

function isDenied(verdict: PolicyVerdict): boolean {
  return verdict.verdict === 'denied';
}

/** One verdict a port. A rule for every port is asked by peers alone: whichever port another rule opens, this one opens it too. Undefined where a port is not known. */
function verdictsOn(rule: PolicyRule, direction: PolicyDirection, subject: PodSet, other: PodSet, index: ClusterIndex): readonly PolicyVerdict[] | undefined {
  const ask = (protocol: TransportProtocol, port: number): PolicyVerdict =>
    policyVerdict(index, { direction, subject, peer: { kind: 'pods', podSet: other }, protocol, port });
  const ports = portsOf(rule, direction === 'Egress' ? other : subject);
  if (ports === undefined) return undefined;
  if (ports !== 'any') return ports.map(({ protocol, port }) => ask(protocol, port));
  const verdict = ask('TCP', 1);
  return verdict.policies.every(({ rules }) => rules.every(({ peers }) => peers === 'no')) ? [verdict] : undefined;
}

/** The ports of a rule as numbers, names as the destination has them. */
function portsOf({ rule }: PolicyRule, destination: PodSet): 'any' | readonly { readonly protocol: TransportProtocol; readonly port: number }[] | undefined {
  const entries = rule.ports ?? [];
  if (entries.length === 0) return 'any';
  if (entries.length > mostPorts) return undefined;
  const numbers: { protocol: TransportProtocol; port: number }[] = [];
  for (const entry of entries) {
    const protocol = protocols.find((candidate) => candidate === (entry.protocol === undefined ? 'TCP' : known(entry.protocol)));
    const port = known(entry.port);
    if (!protocol || entry.endPort !== undefined || port === undefined) return protocol && entry.port === undefined ? 'any' : undefined;
    const number = typeof port === 'number' ? port : numberOf(port, protocol, destination);
    if (number === undefined) return undefined;
    numbers.push({ protocol, port: number });
  }
  return numbers;
}

function numberOf(name: string, protocol: TransportProtocol, { template }: PodSet): number | undefined {
  const running = template.containers.filter(({ role }) => role === 'container' || role === 'sidecar');
  const declared = running.flatMap(({ ports }) => ports).find((port) => port.name === name && (port.protocol ?? 'TCP') === protocol);
  return known(declared?.containerPort);
}

function finding(rule: PolicyRule, peer: NetworkPolicyPeer, closed: ClosedEnd, index: ClusterIndex): Finding<Message> {
  const ingress = rule.direction === 'Ingress';
  const otherKey = ingress ? 'egress' : 'ingress';
  const fix = otherEndFix(rule, closed, index);
  return {
    at: { resource: rule.policy, path: peer.path, part: 'item' },
    message: ingress ? 'egress' : 'ingress',
    data: { others: podsText(closed.others), policies: wordList(closed.policies.map((policy) => `\`${policy.metadata.name}\``)) },
    related: closed.policies.slice(0, 4).map((policy) => ({
      mark: rulesMark(policy, otherKey),
      message: `${policy.metadata.name} isolates ${podsText(closed.others)} for ${otherKey}.`,
    })),
    fixes: fix ? [fix] : [],
  };
}

/** A rule in the policy that is about the other end alone: in one for all pods of the namespace it would open them all. */
function otherEndFix({ policy, rule, direction }: PolicyRule, { others, own, policies }: ClosedEnd, index: ClusterIndex): Fix | undefined {
  const home = policies.find((candidate) => !isEmptySelector(candidate.spec.podSelector) && others.every((podSet) => selects(candidate, podSet, index)));
  const [mine] = own;
  if (!home || !mine || own.length > 1) return undefined;
  const peer = peerFor(mine, index.namespaceOf(home), index);
  const ports: unknown = valueAt(policy, [...rule.path, 'ports']);
  if (!peer || mayHoldMore(ports)) return undefined;
  const ingress = direction === 'Ingress';
  const edit = addRule(home, ingress ? 'Egress' : 'Ingress', { [ingress ? 'to' : 'from']: [peer], ...(Array.isArray(ports) ? { ports } : {}) });
  return (
    edit && {
      title: ingress ? `Let ${podsText(others)} send to ${podsText(own)}` : `Let ${podsText(own)} into ${podsText(others)}`,
      preferred: true,
      edits: [edit],
    }
  );
}

function selects(policy: Resource<'NetworkPolicy'>, podSet: PodSet, index: ClusterIndex): boolean {
  return index.select(index.namespaceOf(policy), policy.spec.podSelector).yes.includes(podSet);
}

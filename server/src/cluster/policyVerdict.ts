/** May this connection pass the NetworkPolicies of one end? The one function that rules, simulator and connectivity share. */
import type { Ternary } from '../base/opaque';
import { isEmptySelector, matches } from '../model/labels';
import type { NetworkPolicyRule, PolicyDirection, Resource } from '../model/resources';
import type { Path } from '../protocol/source';
import type { TransportProtocol } from '../protocol/trace';
import type { ClusterIndex, PodSet } from './clusterIndex';
import { isFinished, matchPeer, matchPort, placedSameNamespace, type PeerMatch, type PolicyModes, type PolicyPeerEnd, type PortMatch } from './policyMatch';

export type { PeerMatch, PolicyModes, PolicyPeerEnd, PortMatch } from './policyMatch';

export interface PolicyQuestion {
  readonly direction: PolicyDirection;
  /** The pod whose policies are asked: the destination of ingress, the source of egress. */
  readonly subject: PodSet;
  readonly peer: PolicyPeerEnd;
  readonly protocol: TransportProtocol;
  /** The pod port after translation, never a Service's. */
  readonly port: number;
  /** True when both ends are one and the same pod. */
  readonly self?: boolean;
}

/** What one rule of a policy says. */
export interface RuleMatch {
  readonly path: Path;
  /** `ingress[0].from`; the rule itself when it has no peers. */
  readonly peersPath: Path;
  readonly allows: Ternary;
  readonly peers: Ternary;
  readonly ports: Ternary;
  /** At most `recordedEntries` of each; all are judged. */
  readonly peerMatches: readonly PeerMatch[];
  readonly portMatches: readonly PortMatch[];
  /** The peer that lets in, or the one that came nearest; undefined for a rule without peers. */
  readonly peer?: PeerMatch;
  readonly port?: PortMatch;
  readonly reason: string;
}

/** What one policy that selects the pod says. */
export interface PolicyMatch {
  readonly policy: Resource<'NetworkPolicy'>;
  readonly selects: Ternary;
  readonly allows: Ternary;
  readonly rules: readonly RuleMatch[];
  /** "the port matches, the sender does not" */
  readonly reason: string;
}

export type Deciding =
  | {
      readonly kind: 'rule';
      readonly policy: Resource<'NetworkPolicy'>;
      readonly rule: RuleMatch;
      /** The most telling place of the rule. */ readonly path: Path;
    }
  /** The policies that isolate the pod, by name, and the rule that came nearest. */
  | {
      readonly kind: 'default-deny';
      readonly policies: readonly Resource<'NetworkPolicy'>[];
      readonly nearest?: { readonly policy: Resource<'NetworkPolicy'>; readonly rule: RuleMatch; readonly path: Path };
    }
  | { readonly kind: 'not-isolated' | 'own-node' | 'self' | 'host-network' | 'finished' };

export interface PolicyVerdict {
  readonly verdict: 'allowed' | 'denied' | 'unknown';
  /** At least one policy surely isolates the pod in this direction. */
  readonly isolated: boolean;
  readonly policies: readonly PolicyMatch[];
  readonly deciding: Deciding;
  readonly reason: string;
}

/** How many peers and ports of one rule are kept in the answer. */
export const recordedEntries = 64;

/**
 * Isolated means that at least one policy of that direction selects the pod; then a connection passes when at least one rule of at least
 * one of them matches. There is no order and no deny rule.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
 */
export function policyVerdict(index: ClusterIndex, question: PolicyQuestion, modes: PolicyModes = {}): PolicyVerdict {
  const { subject, direction } = question;
  const free = (
    kind: 'not-isolated' | 'own-node' | 'self' | 'host-network' | 'finished',
    reason: string,
    isolated = false,
    policies: readonly PolicyMatch[] = [],
  ): PolicyVerdict => ({
    verdict: 'allowed',
    isolated,
    policies,
    deciding: { kind },
    reason,
  });
  if (isFinished(subject)) return free('finished', `${subject.name} has finished and holds no address`);
  if (subject.template.hostNetwork && modes.hostNetworkPolicies !== 'applied')
    return free('host-network', `${subject.name} is in the node’s network, where NetworkPolicy is not defined`);

  const policies = selecting(index, question, modes).map(({ policy, selects }) => judgePolicy(index, policy, selects, question, modes));
  const isolated = policies.some((policy) => policy.selects === 'yes');
  if (question.self) return free('self', 'a pod cannot be cut off from itself', isolated, policies);
  if (direction === 'Ingress' && question.peer.kind === 'node' && question.peer.ownNode === 'yes')
    return free('own-node', 'the node of a pod may always reach it', isolated, policies);
  if (policies.length === 0) return free('not-isolated', `no policy selects ${subject.name} for ${direction.toLowerCase()}`);
  return decide(policies, isolated, question);
}

function decide(policies: readonly PolicyMatch[], isolated: boolean, question: PolicyQuestion): PolicyVerdict {
  const allowing = policies.find((policy) => policy.selects === 'yes' && policy.allows === 'yes') ?? policies.find((policy) => policy.allows === 'yes');
  const rule = allowing?.rules.find((candidate) => candidate.allows === 'yes');
  // Where nothing surely isolates, policies that perhaps select the pod and all allow leave only one answer.
  if (allowing && rule && (allowing.selects === 'yes' || (!isolated && policies.every((policy) => policy.allows === 'yes')))) {
    return {
      verdict: 'allowed',
      isolated,
      policies,
      deciding: { kind: 'rule', policy: allowing.policy, rule, path: rulePoint(rule) },
      reason: `${allowing.policy.metadata.name}: ${rule.reason}`,
    };
  }
  const names = policies.map((policy) => policy.policy);
  const nearest = nearestRule(policies);
  const deciding: Deciding = nearest ? { kind: 'default-deny', policies: names, nearest } : { kind: 'default-deny', policies: names };
  const open = policies.filter((policy) => policy.allows === 'unknown' || (policy.allows === 'yes' && policy.selects === 'unknown'));
  if (isolated && open.length === 0) {
    const which = question.direction === 'Ingress' ? 'lets this in' : 'lets this out';
    return {
      verdict: 'denied',
      isolated,
      policies,
      deciding,
      reason:
        policies.length === 1 ? `the one policy that selects ${question.subject.name} does not allow it` : `none of the ${policies.length} policies ${which}`,
    };
  }
  const first = open[0];
  const reason = first
    ? `${first.policy.metadata.name}: ${first.reason}`
    : `it is not known whether ${String(names[0]?.metadata.name)} selects ${question.subject.name}`;
  return { verdict: 'unknown', isolated, policies, deciding, reason };
}

/** The policies of the pod; what the index leaves open because of a namespace is decided where the modes place it. */
function selecting(
  index: ClusterIndex,
  question: PolicyQuestion,
  modes: PolicyModes,
): { readonly policy: Resource<'NetworkPolicy'>; readonly selects: Ternary }[] {
  const { subject } = question;
  return index.policiesOn(subject, question.direction).flatMap(({ policy, selects }) => {
    if (selects !== 'unknown' || modes.namespace === undefined) return selects === 'no' ? [] : [{ policy, selects }];
    const same = placedSameNamespace(index, index.namespaceOf(policy), subject.namespace, modes);
    const labels = matches(policy.spec.podSelector, subject.labels);
    const placed: Ternary =
      same === 'no' || labels === 'no' ? 'no' : same === 'yes' && labels === 'yes' && typesAreKnown(policy, question.direction) ? 'yes' : 'unknown';
    return placed === 'no' ? [] : [{ policy, selects: placed }];
  });
}

function typesAreKnown(policy: Resource<'NetworkPolicy'>, direction: PolicyDirection): boolean {
  const { policyTypes } = policy.spec;
  return policyTypes === undefined || policyTypes.includes(direction);
}

function judgePolicy(index: ClusterIndex, policy: Resource<'NetworkPolicy'>, selects: Ternary, question: PolicyQuestion, modes: PolicyModes): PolicyMatch {
  const written = question.direction === 'Ingress' ? policy.spec.ingress : policy.spec.egress;
  const rules = written.map((rule) => judgeRule(index, policy, rule, question, modes));
  const allows = any(rules.map((rule) => rule.allows));
  return { policy, selects, allows, rules, reason: policyReason(rules, allows, question.direction) };
}

function policyReason(rules: readonly RuleMatch[], allows: Ternary, direction: PolicyDirection): string {
  if (rules.length === 0) return direction === 'Ingress' ? 'lets nobody in' : 'lets nothing out';
  if (allows === 'yes') return rules.find((rule) => rule.allows === 'yes')?.reason ?? '';
  const best = [...rules].sort((a, b) => nearness(b) - nearness(a))[0];
  return best?.reason ?? '';
}

function judgeRule(index: ClusterIndex, policy: Resource<'NetworkPolicy'>, rule: NetworkPolicyRule, question: PolicyQuestion, modes: PolicyModes): RuleMatch {
  const ingress = question.direction === 'Ingress';
  const peersPath: Path = [...rule.path, ingress ? 'from' : 'to'];
  const namespace = index.namespaceOf(policy);
  const peers = firstMatch(rule.peers, (peer) => matchPeer(index, namespace, peer, question.peer, modes));
  const destination = ingress
    ? question.subject
    : question.peer.kind === 'pods'
      ? question.peer.podSet
      : question.peer.kind === 'unknown-pod'
        ? 'unknown'
        : undefined;
  const ports = firstMatch(rule.ports, (entry) => matchPort(entry, question.protocol, question.port, destination));
  const allows: Ternary = peers.match === 'no' || ports.match === 'no' ? 'no' : peers.match === 'yes' && ports.match === 'yes' ? 'yes' : 'unknown';
  return {
    path: rule.path,
    peersPath,
    allows,
    peers: peers.match,
    ports: ports.match,
    peerMatches: peers.recorded,
    portMatches: ports.recorded,
    ...(peers.best && { peer: peers.best }),
    ...(ports.best && { port: ports.best }),
    reason: ruleReason(peers, ports, question),
  };
}

interface Matches<T> {
  readonly match: Ternary;
  readonly recorded: readonly T[];
  readonly best: T | undefined;
}

/** Missing and empty lists match everything. Stops at the first item that matches. */
function firstMatch<Item, T extends { readonly match: Ternary }>(items: readonly Item[] | undefined, judge: (item: Item) => T): Matches<T> {
  if (items === undefined || items.length === 0) return { match: 'yes', recorded: [], best: undefined };
  const recorded: T[] = [];
  let best: T | undefined;
  for (const item of items) {
    const one = judge(item);
    if (recorded.length < recordedEntries) recorded.push(one);
    if (one.match === 'yes') return { match: 'yes', recorded, best: one };
    if (!best || (one.match === 'unknown' && best.match === 'no')) best = one;
  }
  return { match: best?.match === 'unknown' ? 'unknown' : 'no', recorded, best };
}

function ruleReason(peers: Matches<PeerMatch>, ports: Matches<PortMatch>, question: PolicyQuestion): string {
  const ingress = question.direction === 'Ingress';
  const other = ingress ? 'the sender' : 'the destination';
  if (peers.match === 'yes' && ports.match === 'yes') {
    const who = peers.best ? `${ingress ? 'lets in' : 'lets it send to'} ${peers.best.words}` : ingress ? 'lets everybody in' : 'allows every destination';
    return ports.best ? `${who} on ${ports.best.words}` : who;
  }
  if (peers.match === 'unknown') return `whether ${other} matches is not known: ${peers.best?.reason ?? ''}`;
  if (ports.match === 'unknown') return `whether the port matches is not known: ${ports.best?.reason ?? ''}`;
  if (peers.match === 'no' && ports.match === 'no') return `neither ${other} nor the port matches`;
  return peers.match === 'no' ? `the port matches, ${other} does not` : `${other} matches, the port does not`;
}

/** Ports that match with a peer that does not come nearest: the usual mistake is a missing peer. */
function nearness(rule: RuleMatch): number {
  if (rule.allows === 'unknown') return 5;
  if (rule.peers === 'no' && rule.ports === 'yes') return rule.port ? 4 : 3;
  if (rule.peers === 'yes') return 2;
  return 1;
}

function nearestRule(
  policies: readonly PolicyMatch[],
): { readonly policy: Resource<'NetworkPolicy'>; readonly rule: RuleMatch; readonly path: Path } | undefined {
  let best: { policy: PolicyMatch; rule: RuleMatch; score: number } | undefined;
  for (const policy of policies) {
    // Of equals the policy that is about this pod comes before one about all pods of the namespace.
    const own = isEmptySelector(policy.policy.spec.podSelector) ? 0 : 0.5;
    for (const rule of policy.rules) {
      const score = nearness(rule) + own;
      if (!best || score > best.score) best = { policy, rule, score };
    }
  }
  return best && { policy: best.policy.policy, rule: best.rule, path: missPoint(best.rule) };
}

function rulePoint(rule: RuleMatch): Path {
  return rule.peer?.point ?? rule.port?.path ?? rule.path;
}

/** Where to look in a rule that does not match: its one peer, else the list of peers, else the ports. */
function missPoint(rule: RuleMatch): Path {
  if (rule.peers !== 'yes') return rule.peerMatches.length === 1 && rule.peer ? rule.peer.point : rule.peersPath;
  if (rule.ports !== 'yes') return rule.portMatches.length === 1 && rule.port ? rule.port.path : [...rule.path, 'ports'];
  return rule.path;
}

function any(answers: readonly Ternary[]): Ternary {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('unknown') ? 'unknown' : 'no';
}

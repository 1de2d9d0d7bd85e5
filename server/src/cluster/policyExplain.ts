/** What each rule of the NetworkPolicies of a pod says to one connection, and which decides: the words behind a verdict. */
import type { Ternary } from '../base/opaque';
import { isEmptySelector } from '../model/labels';
import type { NetworkPolicyRule, PolicyDirection, Resource } from '../model/resources';
import type { Path } from '../protocol/source';
import type { TransportProtocol } from '../protocol/trace';
import type { ClusterIndex } from './clusterIndex';
import { any, type PolicyModes } from './policyEnds';
import { matchPeer, type PeerMatch } from './policyMatch';
import { destinationOf, matchPort, type PortMatch } from './policyPortMatch';
import { type PairQuestion, rulesOf, type SelectingPolicy } from './policyRules';

export interface PolicyQuestion extends PairQuestion {
  readonly protocol: TransportProtocol;
  /** The pod port after translation, never a Service's. */
  readonly port: number;
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

/** How many peers and ports of one rule are kept in the answer. */
export const recordedEntries = 64;

export function explainPolicy(index: ClusterIndex, { policy, selects }: SelectingPolicy, question: PolicyQuestion, modes: PolicyModes): PolicyMatch {
  const rules = rulesOf(policy, question.direction).map((rule) => explainRule(index, policy, rule, question, modes));
  const allows = any(rules.map((rule) => rule.allows));
  return { policy, selects, allows, rules, reason: policyReason(rules, allows, question.direction) };
}

function policyReason(rules: readonly RuleMatch[], allows: Ternary, direction: PolicyDirection): string {
  if (rules.length === 0) return direction === 'Ingress' ? 'lets nobody in' : 'lets nothing out';
  if (allows === 'yes') return rules.find((rule) => rule.allows === 'yes')?.reason ?? '';
  const best = [...rules].sort((a, b) => nearness(b) - nearness(a))[0];
  return best?.reason ?? '';
}

function explainRule(index: ClusterIndex, policy: Resource<'NetworkPolicy'>, rule: NetworkPolicyRule, question: PolicyQuestion, modes: PolicyModes): RuleMatch {
  const ingress = question.direction === 'Ingress';
  const namespace = index.namespaceOf(policy);
  const destination = destinationOf(question.direction, question.subject, question.peer);
  const peers = firstMatch(rule.peers, (peer) => matchPeer(index, namespace, peer, question.peer, modes));
  const ports = firstMatch(rule.ports, (entry) => matchPort(entry, question.protocol, question.port, destination));
  const allows: Ternary = peers.match === 'no' || ports.match === 'no' ? 'no' : peers.match === 'yes' && ports.match === 'yes' ? 'yes' : 'unknown';
  return {
    path: rule.path,
    peersPath: [...rule.path, ingress ? 'from' : 'to'],
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

export interface Matches<T> {
  readonly match: Ternary;
  readonly recorded: readonly T[];
  readonly best: T | undefined;
}

/** Missing and empty lists match everything. Stops at the first item that matches. */
export function firstMatch<Item, T extends { readonly match: Ternary }>(items: readonly Item[] | undefined, judge: (item: Item) => T): Matches<T> {
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
  if (peers.match === 'yes' && ports.match === 'yes') {
    const who = peers.best ? `${ingress ? 'lets in' : 'lets it send to'} ${peers.best.words}` : ingress ? 'lets everybody in' : 'allows every destination';
    return ports.best ? `${who} on ${ports.best.words}` : who;
  }
  return missReason(peers, ports, ingress ? 'the sender' : 'the destination');
}

/** Why a rule does not match, or perhaps does not. */
export function missReason(
  peers: Matches<{ readonly match: Ternary; readonly reason: string }>,
  ports: Matches<{ readonly match: Ternary; readonly reason: string }>,
  other: string,
): string {
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

export interface NearestRule {
  readonly policy: Resource<'NetworkPolicy'>;
  readonly rule: RuleMatch;
  readonly path: Path;
}

export function nearestRule(policies: readonly PolicyMatch[]): NearestRule | undefined {
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

/** The most telling place of a rule that matches. */
export function rulePoint(rule: RuleMatch): Path {
  return rule.peer?.point ?? rule.port?.path ?? rule.path;
}

/** Where to look in a rule that does not match: its one peer, else the list of peers, else the ports. */
function missPoint(rule: RuleMatch): Path {
  if (rule.peers !== 'yes') return rule.peerMatches.length === 1 && rule.peer ? rule.peer.point : rule.peersPath;
  if (rule.ports !== 'yes') return rule.portMatches.length === 1 && rule.port ? rule.port.path : [...rule.path, 'ports'];
  return rule.path;
}

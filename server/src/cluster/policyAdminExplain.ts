/** What each rule of the admin policies of a pod says to one connection, in the order of evaluation. */
import { isOpaque, known, type Ternary, textOf } from '../base/opaque';
import type { AdminRule } from '../model/adminPolicy';
import type { Resource } from '../model/resources';
import type { Path } from '../protocol/source';
import type { ClusterIndex } from './clusterIndex';
import type { AdminKind, AdminOrder, AdminTier, SelectingAdminPolicy } from './policyAdmin';
import { type AdminEffect, adminEntryPorts, adminPeerPoint, effectOf, failsClosed, judgeAdminPeer } from './policyAdminRule';
import type { PolicyModes } from './policyEnds';
import { firstMatch, missReason, type PolicyQuestion } from './policyExplain';
import type { PeerMatch } from './policyMatch';
import { answerAt, destinationOf, namedReason, type PortDestination, type PortMatch } from './policyPortMatch';
import { adminRulesOf, closedRule } from './policyRules';
import { describeAdminPeer, describeAdminPort } from './policyWords';

/** What one rule of an admin policy says. */
export interface AdminRuleMatch {
  readonly path: Path;
  readonly peersPath: Path;
  readonly name?: string;
  /** What the rule does with what it matches, after failing closed; 'refused' for an action that the API does not take. */
  readonly effect: AdminEffect;
  readonly matches: Ternary;
  readonly peers: Ternary;
  readonly ports: Ternary;
  /** At most `recordedEntries` of each; all are judged. */
  readonly peerMatches: readonly PeerMatch[];
  readonly portMatches: readonly PortMatch[];
  readonly peer?: PeerMatch;
  readonly port?: PortMatch;
  /** False for what comes after the rule that decides. */
  readonly reached: boolean;
  readonly reason: string;
}

/** What one admin policy that selects the pod says. */
export interface AdminPolicyMatch {
  readonly policy: Resource<AdminKind>;
  readonly tier: AdminTier;
  readonly priority?: number;
  readonly selects: Ternary;
  readonly rules: readonly AdminRuleMatch[];
  readonly reason: string;
}

/** Every policy of a tier with its rules; `reached` as if the connection got as far as the tier. */
export function explainAdminTier(
  index: ClusterIndex,
  order: AdminOrder,
  question: PolicyQuestion,
  modes: PolicyModes,
  gotThere: boolean,
): readonly (readonly AdminPolicyMatch[])[] {
  let open = gotThere;
  return order.map((group) => {
    const before = open;
    return group.map((selecting) => {
      const match = explainAdminPolicy(index, selecting, question, modes, before);
      if (selecting.selects === 'yes' && match.rules.some(decides)) open = false;
      return match;
    });
  });
}

function decides(rule: AdminRuleMatch): boolean {
  return rule.matches === 'yes' && rule.effect !== 'refused';
}

function explainAdminPolicy(
  index: ClusterIndex,
  { policy, tier, priority, selects }: SelectingAdminPolicy,
  question: PolicyQuestion,
  modes: PolicyModes,
  gotThere: boolean,
): AdminPolicyMatch {
  let open = gotThere;
  const rules = adminRulesOf(policy, question.direction).map((rule) => {
    const match = { ...explainRule(index, policy, rule, question, modes), reached: open };
    if (decides(match)) open = false;
    return match;
  });
  const first = rules.find(decides) ?? rules.find((rule) => rule.matches === 'unknown');
  return {
    policy,
    tier,
    ...(priority === undefined ? {} : { priority }),
    selects,
    rules,
    reason: first?.reason ?? (rules.length === 1 ? (rules[0]?.reason ?? '') : `none of its ${rules.length} rules matches`),
  };
}

function explainRule(
  index: ClusterIndex,
  policy: Resource<AdminKind>,
  rule: AdminRule,
  question: PolicyQuestion,
  modes: PolicyModes,
): Omit<AdminRuleMatch, 'reached'> {
  const ingress = question.direction === 'Ingress';
  const written = effectOf(policy, rule);
  const name = known(rule.name);
  const base = { path: rule.path, peersPath: [...rule.path, ingress ? 'from' : 'to'], ...(name === undefined ? {} : { name }) };
  const plain = { peers: 'no', ports: 'no', peerMatches: [], portMatches: [] } as const;
  if (written === 'refused' && !failsClosed(rule, question.direction))
    return { ...base, ...plain, effect: written, matches: 'no', reason: `the action ${textOf(rule.action) ?? 'that is missing'} is refused by the API` };
  if (failsClosed(rule, question.direction)) return { ...base, ...plain, ...closedAnswer(written) };
  if (rule.peers.length === 0) return { ...base, ...plain, effect: written, matches: 'no', reason: 'a rule without peers is refused by the API' };
  const destination = destinationOf(question.direction, question.subject, question.peer);
  const peers = firstMatch(rule.peers, (peer): PeerMatch => ({
    ...judgeAdminPeer(index, peer, written, question.peer, modes),
    path: peer.path,
    point: adminPeerPoint(peer),
    words: describeAdminPeer(peer),
  }));
  const ports = firstMatch(rule.ports, (entry) => matchAdminPort(entry, question, destination));
  const matches: Ternary = peers.match === 'no' || ports.match === 'no' ? 'no' : peers.match === 'yes' && ports.match === 'yes' ? 'yes' : 'unknown';
  const on = ports.best ? ` on ${ports.best.words}` : '';
  return {
    ...base,
    effect: written,
    matches,
    peers: peers.match,
    ports: ports.match,
    peerMatches: peers.recorded,
    portMatches: ports.recorded,
    ...(peers.best && { peer: peers.best }),
    ...(ports.best && { port: ports.best }),
    reason:
      matches === 'yes'
        ? `${doing(written, ingress)} ${peers.best?.words ?? ''}${on}${written === 'Pass' ? ' to the next tier' : ''}`
        : missReason(peers, ports, ingress ? 'the sender' : 'the destination'),
  };
}

function matchAdminPort(entry: NonNullable<AdminRule['ports']>[number], question: PolicyQuestion, destination: PortDestination): PortMatch {
  const { protocol, port } = question;
  const match = answerAt(adminEntryPorts(entry, destination), protocol, port);
  const { named } = entry;
  const reason =
    typeof named === 'string'
      ? namedReason(named, protocol, port, destination, match)
      : match === 'yes'
        ? 'the port matches'
        : match === 'unknown'
          ? 'the port is a placeholder'
          : !isOpaque(entry.protocol) && entry.protocol !== protocol
            ? `it is for ${entry.protocol ?? 'no protocol'}, not ${protocol}`
            : 'it is another port';
  return { path: entry.path, words: describeAdminPort(entry), match, reason };
}

function closedAnswer(written: AdminEffect): Pick<AdminRuleMatch, 'effect' | 'matches' | 'reason'> {
  const { effect } = closedRule(written);
  const why = 'a peer or port is of a kind that is not known, and the rule fails closed';
  if (effect === 'Allow') return { effect: written, matches: 'no', reason: `${why}: it matches nothing` };
  return { effect, matches: written === 'unknown' ? 'unknown' : 'yes', reason: `${why}: it denies all` };
}

function doing(effect: AdminEffect, ingress: boolean): string {
  switch (effect) {
    case 'Allow':
      return ingress ? 'lets in' : 'lets it send to';
    case 'Deny':
      return ingress ? 'keeps out' : 'keeps it from';
    case 'Pass':
      return 'passes';
    default:
      return 'has an action that is not known, for';
  }
}

/** The policies that select a pod in one direction, and the ports that their rules open or close to a peer. */
import { type Ternary } from '../base/opaque';
import type { AdminRule } from '../model/adminPolicy';
import { matches } from '../model/labels';
import type { NetworkPolicyRule, PolicyDirection, Resource } from '../model/resources';
import type { ClusterIndex, Namespace, PodSet } from './clusterIndex';
import { type AdminKind, type AdminOrder, adminPoliciesOn, type AdminTier } from './policyAdmin';
import { type AdminEffect, adminPorts, effectOf, failsClosed, judgeAdminPeer } from './policyAdminRule';
import { countsAsNode, isFinished, placedSameNamespace, type PolicyModes, type PolicyPeerEnd } from './policyEnds';
import { judgePeer } from './policyMatch';
import {
  anyPorts,
  destinationOf,
  entryPorts,
  listPorts,
  matchesEveryPort,
  matchesNoPort,
  perhaps,
  type PortAnswer,
  type PortDestination,
} from './policyPortMatch';
import type { OpenedPorts, TierPolicy, TierRule, Tiers } from './policyTiers';
import { everyPort, noPorts } from './portSet';

/** Two ends in one direction, every port. */
export interface PairQuestion {
  readonly direction: PolicyDirection;
  /** The pod whose policies are asked: the destination of ingress, the source of egress. */
  readonly subject: PodSet;
  readonly peer: PolicyPeerEnd;
  /** True when both ends are one and the same pod. */
  readonly self?: boolean;
  /** With `self`: the pod reaches itself through its Service, not by its own address. */
  readonly hairpin?: boolean;
}

export interface SelectingPolicy {
  readonly policy: Resource<'NetworkPolicy'>;
  readonly selects: Ternary;
}

export interface SubjectPolicies {
  readonly network: readonly SelectingPolicy[];
  readonly admin: Readonly<Record<AdminTier, AdminOrder>>;
}

/** What no policy is asked about. */
export type Exemption = 'finished' | 'host-network' | 'self' | 'own-node';

/**
 * Points 19 to 23 of what policies leave open: the own node reaches its pods, a pod reaches itself, a pod in its node's network is no subject.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-and-hostnetwork-pods
 */
export function exemptionOf({ direction, subject, peer, self, hairpin }: PairQuestion, modes: PolicyModes): Exemption | undefined {
  if (isFinished(subject)) return 'finished';
  if (countsAsNode(subject, modes)) return 'host-network';
  if (self && !hairpin) return 'self';
  return direction === 'Ingress' && peer.kind === 'node' && peer.ownNode === 'yes' ? 'own-node' : undefined;
}

/** A node that may be the pod's own: what is denied may be allowed all the same. */
export function mayBeOwnNode({ direction, peer }: PairQuestion): boolean {
  return direction === 'Ingress' && peer.kind === 'node' && peer.ownNode === 'unknown';
}

export function subjectPolicies(
  index: ClusterIndex,
  question: Pick<PairQuestion, 'subject' | 'direction' | 'self' | 'hairpin'>,
  modes: PolicyModes,
): SubjectPolicies {
  const { subject, direction } = question;
  return {
    network: networkPoliciesOn(index, subject, direction, modes),
    admin: adminPoliciesOn(index, subject, direction, modes, question.self === true && question.hairpin === true),
  };
}

/** The policies of the pod by name; what the index leaves open because of a namespace is decided where the modes place it. */
function networkPoliciesOn(index: ClusterIndex, subject: PodSet, direction: PolicyDirection, modes: PolicyModes): readonly SelectingPolicy[] {
  return index.policiesOn(subject, direction).flatMap(({ policy, selects }) => {
    if (selects !== 'unknown' || modes.namespace === undefined) return selects === 'no' ? [] : [{ policy, selects }];
    const same = placedSameNamespace(index, index.namespaceOf(policy), subject.namespace, modes);
    const labels = matches(policy.spec.podSelector, subject.labels);
    const placed: Ternary =
      same === 'no' || labels === 'no' ? 'no' : same === 'yes' && labels === 'yes' && typesAreKnown(policy, direction) ? 'yes' : 'unknown';
    return placed === 'no' ? [] : [{ policy, selects: placed }];
  });
}

function typesAreKnown(policy: Resource<'NetworkPolicy'>, direction: PolicyDirection): boolean {
  const { policyTypes } = policy.spec;
  return policyTypes === undefined || policyTypes.includes(direction);
}

export function rulesOf(policy: Resource<'NetworkPolicy'>, direction: PolicyDirection): readonly NetworkPolicyRule[] {
  return direction === 'Ingress' ? policy.spec.ingress : policy.spec.egress;
}

export function adminRulesOf(policy: Resource<AdminKind>, direction: PolicyDirection): readonly AdminRule[] {
  return direction === 'Ingress' ? policy.spec.ingress : policy.spec.egress;
}

/** All tiers as sets of ports, for the fold of `policyTiers.ts`. `network`: what NetworkPolicies open, where somebody remembers it. */
export function tiersFor(
  index: ClusterIndex,
  policies: SubjectPolicies,
  question: PairQuestion,
  modes: PolicyModes,
  network: readonly OpenedPorts[] = policies.network.map(({ policy, selects }) => ({
    certain: selects === 'yes',
    ports: openedPorts(index, [policy], question, modes),
  })),
): Tiers {
  const destination = destinationOf(question.direction, question.subject, question.peer);
  const tier = (order: AdminOrder): readonly (readonly TierPolicy[])[] =>
    order.map((group) =>
      group.map(({ policy, selects }) => ({
        certain: selects === 'yes',
        rules: adminRulesOf(policy, question.direction).map((rule) => adminTierRule(index, policy, rule, question, destination, modes)),
      })),
    );
  return {
    admin: tier(policies.admin.Admin),
    network: question.self && policies.network.length > 0 ? 'allow' : network,
    baseline: tier(policies.admin.Baseline),
  };
}

/** Rules are OR-ed, and so are policies. */
export function openedPorts(index: ClusterIndex, policies: readonly Resource<'NetworkPolicy'>[], question: PairQuestion, modes: PolicyModes): PortAnswer {
  const destination = destinationOf(question.direction, question.subject, question.peer);
  const answers: PortAnswer[] = [];
  for (const policy of policies) {
    const namespace = index.namespaceOf(policy);
    for (const rule of rulesOf(policy, question.direction)) {
      const answer = rulePorts(index, namespace, rule, question.peer, destination, modes);
      if (answer.yes === everyPort) return matchesEveryPort;
      if (answer !== matchesNoPort) answers.push(answer);
    }
  }
  return answers.length === 0 ? matchesNoPort : anyPorts(answers);
}

/** Peers and ports of a rule are AND-ed; a missing and an empty list of peers are everybody. */
export function rulePorts(
  index: ClusterIndex,
  policyNamespace: Namespace,
  rule: NetworkPolicyRule,
  end: PolicyPeerEnd,
  destination: PortDestination,
  modes: PolicyModes,
): PortAnswer {
  const peers = rule.peers && rule.peers.length > 0 ? firstYes(rule.peers, (peer) => judgePeer(index, policyNamespace, peer, end, modes).match) : 'yes';
  return narrowed(peers, () => listPorts(rule.ports, (entry) => entryPorts(entry, destination)));
}

function adminTierRule(
  index: ClusterIndex,
  policy: Resource<AdminKind>,
  rule: AdminRule,
  question: PairQuestion,
  destination: PortDestination,
  modes: PolicyModes,
): TierRule {
  const effect = effectOf(policy, rule);
  if (failsClosed(rule, question.direction)) return closedRule(effect);
  if (effect === 'refused') return { effect: 'Pass', ports: matchesNoPort };
  const peers = firstYes(rule.peers, (peer) => judgeAdminPeer(index, peer, effect, question.peer, modes).match);
  return { effect, ports: narrowed(peers, () => adminPorts(rule, destination)) };
}

/** Allow: no traffic. Deny and Pass: deny all. */
export function closedRule(effect: AdminEffect): TierRule {
  if (effect === 'unknown') return { effect: 'Deny', ports: { yes: noPorts, may: everyPort } };
  return effect === 'Deny' || effect === 'Pass' ? { effect: 'Deny', ports: matchesEveryPort } : { effect: 'Allow', ports: matchesNoPort };
}

function narrowed(peers: Ternary, ports: () => PortAnswer): PortAnswer {
  if (peers === 'no') return matchesNoPort;
  return peers === 'yes' ? ports() : perhaps(ports().may);
}

function firstYes<Item>(items: readonly Item[], judge: (item: Item) => Ternary): Ternary {
  let answer: Ternary = 'no';
  for (const item of items) {
    const one = judge(item);
    if (one === 'yes') return 'yes';
    if (one === 'unknown') answer = 'unknown';
  }
  return answer;
}

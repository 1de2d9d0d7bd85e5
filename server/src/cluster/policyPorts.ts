/** Who may connect on which ports: all ports of a pair of ends at once, with the same matching as `policyVerdict`. */
import type { PolicyDirection, Resource } from '../model/resources';
import type { Path } from '../protocol/source';
import type { ClusterIndex } from './clusterIndex';
import type { AdminKind, AdminOrder } from './policyAdmin';
import type { PolicyModes } from './policyEnds';
import { destinationOf } from './policyPortMatch';
import {
  adminRulesOf,
  exemptionOf,
  mayBeOwnNode,
  openedPorts,
  type PairQuestion,
  rulePorts,
  rulesOf,
  type SubjectPolicies,
  subjectPolicies,
  tiersFor,
} from './policyRules';
import { peerKey, remembered, sideOf } from './policySides';
import { type Fates, fatesOf, type TierStep } from './policyTiers';
import { commonPorts, everyPort, noPorts, type PortSet, unitePorts, withoutPorts } from './portSet';
import { describeAdminPeer, describePeer } from './policyWords';

export type { PairQuestion } from './policyRules';

/** Disjoint, and together every port. */
export interface PortVerdict {
  readonly allowed: PortSet;
  readonly denied: PortSet;
  readonly unknown: PortSet;
}

const everythingAllowed: PortVerdict = { allowed: everyPort, denied: noPorts, unknown: noPorts };

/**
 * The ports on which one end lets a connection pass; a connection needs both ends. Agrees with `policyVerdict` at every port. What was asked about a
 * pair is kept with the index, so ask about one pod of each class (`policyClasses.ts`).
 */
export function allowedPorts(index: ClusterIndex, question: PairQuestion, modes: PolicyModes = {}): PortVerdict {
  if (exemptionOf(question, modes)) return everythingAllowed;
  const { subject, direction, peer } = question;
  if (question.self) return verdictOf(fatesOf(everyPort, tiersFor(index, subjectPolicies(index, question, modes), question, modes)));
  const side = sideOf(index, subject, direction, modes);
  if (side.isOpen) return everythingAllowed;
  const key = peerKey(peer);
  const verdict = remembered(side.answers, key, () => {
    const network = side.parts.map(({ certain, policies, opened }) => ({
      certain,
      ports: remembered(opened, key, () => openedPorts(index, policies, question, modes)),
    }));
    return verdictOf(fatesOf(everyPort, tiersFor(index, side.policies, question, modes, network)));
  });
  return mayBeOwnNode(question) ? { allowed: verdict.allowed, denied: noPorts, unknown: unitePorts(verdict.unknown, verdict.denied) } : verdict;
}

/** Many pairs have the same verdict. */
const verdicts = new WeakMap<PortSet, WeakMap<PortSet, PortVerdict>>();

function verdictOf({ allow, deny }: Fates): PortVerdict {
  let ofAllow = verdicts.get(allow);
  if (!ofAllow) verdicts.set(allow, (ofAllow = new WeakMap()));
  const before = ofAllow.get(deny);
  if (before) return before;
  const unknown = commonPorts(allow, deny);
  const verdict = { allowed: withoutPorts(allow, unknown), denied: withoutPorts(deny, unknown), unknown };
  ofAllow.set(deny, verdict);
  return verdict;
}

/** One policy or rule that has a say about a pair, for explanations. */
export interface PortReason {
  readonly effect: 'allows' | 'denies' | 'passes' | 'isolates';
  /** False where it only may have that say. */
  readonly certain: boolean;
  readonly tier: 'Admin' | 'NetworkPolicy' | 'Baseline';
  readonly policy: Resource<'NetworkPolicy' | AdminKind>;
  /** The rule; for `isolates` the policy's podSelector, or its spec. */
  readonly path: Path;
  /** The ports that it decides; for `isolates` those that no rule opens. */
  readonly ports: PortSet;
  readonly words: string;
}

/** What has a say about a pair, in the order of evaluation; empty where no policy has. */
export function explainPorts(index: ClusterIndex, question: PairQuestion, modes: PolicyModes = {}): readonly PortReason[] {
  if (exemptionOf(question, modes)) return [];
  const policies = subjectPolicies(index, question, modes);
  const steps: TierStep[] = [];
  const fates = fatesOf(everyPort, tiersFor(index, policies, question, modes), (step) => steps.push(step));
  const admin = (tier: 'Admin' | 'Baseline'): readonly PortReason[] =>
    steps.flatMap((step) => (step.tier === tier ? stepReasons(policies.admin[tier], step, question.direction) : []));
  return [...admin('Admin'), ...networkReasons(index, policies, question, modes, fates.toNetwork), ...admin('Baseline')];
}

function stepReasons(
  order: AdminOrder,
  { tier, group, policy: place, rule: number, effect, ports }: TierStep,
  direction: PolicyDirection,
): readonly PortReason[] {
  const policy = order[group]?.[place]?.policy;
  const rule = policy && adminRulesOf(policy, direction)[number];
  if (!policy || !rule) return [];
  const says = effect === 'Deny' ? 'denies' : effect === 'Pass' ? 'passes' : 'allows';
  const words = rule.peers.slice(0, 3).map(describeAdminPeer).join(', ');
  const shared = { effect: says, tier, policy, path: rule.path, words } as const;
  const perhaps = withoutPorts(ports.may, ports.yes);
  return [
    ...(ports.yes === noPorts ? [] : [{ ...shared, certain: effect !== 'unknown', ports: ports.yes }]),
    ...(perhaps === noPorts ? [] : [{ ...shared, certain: false, ports: perhaps }]),
  ];
}

function networkReasons(index: ClusterIndex, { network }: SubjectPolicies, question: PairQuestion, modes: PolicyModes, from: PortSet): readonly PortReason[] {
  if (from === noPorts || question.self) return [];
  const destination = destinationOf(question.direction, question.subject, question.peer);
  const reasons: PortReason[] = [];
  let opened = noPorts;
  for (const { policy, selects } of network) {
    for (const rule of rulesOf(policy, question.direction)) {
      const { yes, may } = rulePorts(index, index.namespaceOf(policy), rule, question.peer, destination, modes);
      const [sure, perhaps] = [commonPorts(from, yes), commonPorts(from, withoutPorts(may, yes))];
      const words = rule.peers && rule.peers.length > 0 ? rule.peers.slice(0, 3).map(describePeer).join(', ') : 'everybody';
      const shared = { effect: 'allows', tier: 'NetworkPolicy', policy, path: rule.path, words } as const;
      if (sure !== noPorts) reasons.push({ ...shared, certain: selects === 'yes', ports: sure });
      if (perhaps !== noPorts) reasons.push({ ...shared, certain: false, ports: perhaps });
    }
    opened = unitePorts(opened, openedPorts(index, [policy], question, modes).may);
  }
  const closed = withoutPorts(from, opened);
  if (closed === noPorts) return reasons;
  for (const { policy, selects } of network) {
    const path: Path = policy.spec.hasPodSelector ? ['spec', 'podSelector'] : ['spec'];
    reasons.push({ effect: 'isolates', certain: selects === 'yes', tier: 'NetworkPolicy', policy, path, ports: closed, words: 'isolates the pod' });
  }
  return reasons;
}

/** May this connection pass the policies of one end? The one function that rules, simulator and connectivity share. */
import type { Resource } from '../model/resources';
import type { Path } from '../protocol/source';
import type { TransportProtocol } from '../protocol/trace';
import type { ClusterIndex } from './clusterIndex';
import type { AdminKind, AdminTier } from './policyAdmin';
import { type AdminPolicyMatch, type AdminRuleMatch, explainAdminTier } from './policyAdminExplain';
import type { PolicyModes } from './policyEnds';
import { explainPolicy, nearestRule, type NearestRule, type PolicyMatch, type PolicyQuestion, type RuleMatch, rulePoint } from './policyExplain';
import { matchesNoPort, perhaps, type PortAnswer, surely } from './policyPortMatch';
import { type Exemption, exemptionOf, mayBeOwnNode, subjectPolicies } from './policyRules';
import { fatesOf, type Fates, type TierPolicy, type TierStep } from './policyTiers';
import { noPorts, type PortSet } from './portSet';

export type { AdminPolicyMatch, AdminRuleMatch } from './policyAdminExplain';
export type { PolicyModes, PolicyPeerEnd } from './policyEnds';
export { type PolicyMatch, type PolicyQuestion, recordedEntries, type RuleMatch } from './policyExplain';
export type { PeerMatch } from './policyMatch';
export type { PortMatch } from './policyPortMatch';

export type Deciding =
  | {
      readonly kind: 'rule';
      readonly policy: Resource<'NetworkPolicy'>;
      readonly rule: RuleMatch;
      /** The most telling place of the rule. */ readonly path: Path;
    }
  /** The policies that isolate the pod, by name, and the rule that came nearest. */
  | { readonly kind: 'default-deny'; readonly policies: readonly Resource<'NetworkPolicy'>[]; readonly nearest?: NearestRule }
  /** A rule of the Admin or Baseline tier; of an unknown verdict the first that may decide. */
  | {
      readonly kind: 'admin-rule';
      readonly tier: AdminTier;
      readonly policy: Resource<AdminKind>;
      readonly rule: AdminRuleMatch;
      readonly action: 'Allow' | 'Deny';
      readonly path: Path;
    }
  | { readonly kind: 'not-isolated' | Exemption };

export interface PolicyVerdict {
  readonly verdict: 'allowed' | 'denied' | 'unknown';
  /** At least one NetworkPolicy surely isolates the pod in this direction. */
  readonly isolated: boolean;
  /** The NetworkPolicies that select the pod, also where a tier before or none of them decides. */
  readonly policies: readonly PolicyMatch[];
  /** The policies of the Admin and then the Baseline tier that select the pod, in the order of evaluation; missing where there are none. */
  readonly adminPolicies?: readonly AdminPolicyMatch[];
  /** The tier that decides; missing where no policy does. */
  readonly tier?: 'Admin' | 'NetworkPolicy' | 'Baseline';
  readonly deciding: Deciding;
  readonly reason: string;
}

/**
 * Each direction by itself: the Admin tier, first match by priority; then NetworkPolicy, where a connection of an isolated pod passes when at least one
 * rule of at least one policy matches, without order or deny rules; then the Baseline tier; else allowed.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation and https://network-policy-api.sigs.k8s.io/api-overview/
 */
export function policyVerdict(index: ClusterIndex, question: PolicyQuestion, modes: PolicyModes = {}): PolicyVerdict {
  const verdict = judged(index, question, modes);
  if (verdict.verdict !== 'denied' || !mayBeOwnNode(question)) return verdict;
  return { ...verdict, verdict: 'unknown', reason: `whether this is the node of ${question.subject.name}, which may always reach it, is not known` };
}

function judged(index: ClusterIndex, question: PolicyQuestion, modes: PolicyModes): PolicyVerdict {
  const exempt = exemptionOf(question, modes);
  if (exempt === 'finished' || exempt === 'host-network') return free(exempt, question, []);
  const selecting = subjectPolicies(index, question, modes);
  const policies = selecting.network.map((policy) => explainPolicy(index, policy, question, modes));
  if (exempt) return free(exempt, question, policies);
  if (selecting.admin.Admin.length === 0 && selecting.admin.Baseline.length === 0) return networkVerdict(policies, question);

  const admin = explainAdminTier(index, selecting.admin.Admin, question, modes, true);
  const baseline = explainAdminTier(index, selecting.admin.Baseline, question, modes, true);
  const point = pointOf(question.protocol, question.port);
  const steps: TierStep[] = [];
  const fates = fatesOf(
    point,
    {
      admin: tierOf(admin, point),
      network:
        question.self && policies.length > 0
          ? 'allow'
          : policies.map(({ selects, allows }) => ({ certain: selects === 'yes', ports: answerOf(allows, point) })),
      baseline: tierOf(baseline, point),
    },
    (step) => steps.push(step),
  );
  const adminPolicies = [...listed(admin, true), ...listed(baseline, fates.toBaseline !== noPorts)];
  return { ...decided(fates, steps, { Admin: admin, Baseline: baseline }, policies, question), adminPolicies };
}

function free(kind: 'not-isolated' | Exemption, question: PolicyQuestion, policies: readonly PolicyMatch[]): PolicyVerdict {
  return { verdict: 'allowed', isolated: isolates(policies), policies, deciding: { kind }, reason: freeReason(kind, question) };
}

function freeReason(kind: 'not-isolated' | Exemption, { subject, direction }: PolicyQuestion): string {
  switch (kind) {
    case 'finished':
      return `${subject.name} has finished and holds no address`;
    case 'host-network':
      return `${subject.name} is in the node’s network, where NetworkPolicy is not defined`;
    case 'self':
      return 'a pod cannot be cut off from itself';
    case 'own-node':
      return 'the node of a pod may always reach it';
    case 'not-isolated':
      return `no policy selects ${subject.name} for ${direction.toLowerCase()}`;
  }
}

function isolates(policies: readonly PolicyMatch[]): boolean {
  return policies.some((policy) => policy.selects === 'yes');
}

/** What NetworkPolicy alone answers. */
function networkVerdict(policies: readonly PolicyMatch[], question: PolicyQuestion): PolicyVerdict {
  if (question.self) return free('self', question, policies);
  if (policies.length === 0) return free('not-isolated', question, policies);
  const isolated = isolates(policies);
  const shared = { isolated, policies, tier: 'NetworkPolicy' } as const;
  const allowing = policies.find((policy) => policy.selects === 'yes' && policy.allows === 'yes') ?? policies.find((policy) => policy.allows === 'yes');
  const rule = allowing?.rules.find((candidate) => candidate.allows === 'yes');
  // Where nothing surely isolates, policies that perhaps select the pod and all allow leave only one answer.
  if (allowing && rule && (allowing.selects === 'yes' || (!isolated && policies.every((policy) => policy.allows === 'yes')))) {
    const deciding: Deciding = { kind: 'rule', policy: allowing.policy, rule, path: rulePoint(rule) };
    return { ...shared, verdict: 'allowed', deciding, reason: `${allowing.policy.metadata.name}: ${rule.reason}` };
  }
  const names = policies.map((policy) => policy.policy);
  const nearest = nearestRule(policies);
  const deciding: Deciding = nearest ? { kind: 'default-deny', policies: names, nearest } : { kind: 'default-deny', policies: names };
  const open = policies.filter((policy) => policy.allows === 'unknown' || (policy.allows === 'yes' && policy.selects === 'unknown'));
  if (isolated && open.length === 0) {
    const which = question.direction === 'Ingress' ? 'lets this in' : 'lets this out';
    const reason =
      policies.length === 1 ? `the one policy that selects ${question.subject.name} does not allow it` : `none of the ${policies.length} policies ${which}`;
    return { ...shared, verdict: 'denied', deciding, reason };
  }
  const first = open[0];
  const reason = first
    ? `${first.policy.metadata.name}: ${first.reason}`
    : `it is not known whether ${String(names[0]?.metadata.name)} selects ${question.subject.name}`;
  return { ...shared, verdict: 'unknown', deciding, reason };
}

type AdminMatches = readonly (readonly AdminPolicyMatch[])[];

/** The verdict and what it rests on, where admin policies select the pod. */
function decided(
  { allow, deny, toNetwork, toBaseline }: Fates,
  steps: readonly TierStep[],
  admin: Readonly<Record<AdminTier, AdminMatches>>,
  policies: readonly PolicyMatch[],
  question: PolicyQuestion,
): PolicyVerdict {
  const verdict = allow === noPorts ? 'denied' : deny === noPorts ? 'allowed' : 'unknown';
  const network = networkVerdict(policies, question);
  const effect = verdict === 'denied' ? 'Deny' : 'Allow';
  const byStep = (tier: AdminTier): PolicyVerdict | undefined => {
    const own = steps.filter((step) => step.tier === tier && step.effect !== 'Pass');
    const step = verdict === 'unknown' ? own[0] : own.find((one) => one.effect === effect && one.ports.yes !== noPorts);
    return step && byRule(verdict, step, own, admin, policies);
  };
  if (verdict === 'unknown')
    return byStep('Admin') ?? (network.verdict === 'unknown' ? network : undefined) ?? byStep('Baseline') ?? { ...network, verdict: 'unknown' };
  if (toNetwork === noPorts) return byStep('Admin') ?? { ...network, verdict };
  if (policies.length > 0 && (toBaseline === noPorts || network.verdict === verdict)) return { ...network, verdict };
  return byStep('Baseline') ?? { ...free('not-isolated', question, policies), verdict, reason: `no policy that selects ${question.subject.name} decides` };
}

function byRule(
  verdict: PolicyVerdict['verdict'],
  step: TierStep,
  others: readonly TierStep[],
  admin: Readonly<Record<AdminTier, AdminMatches>>,
  policies: readonly PolicyMatch[],
): PolicyVerdict | undefined {
  const match = admin[step.tier][step.group]?.[step.policy];
  const rule = match?.rules[step.rule];
  if (!match || !rule) return undefined;
  const rival = others.find((other) => other.group === step.group && other.policy !== step.policy && other.effect !== step.effect);
  const rivalName = rival && admin[step.tier][rival.group]?.[rival.policy]?.policy.metadata.name;
  const order = match.priority === undefined ? 'the order is not known' : `both have priority ${match.priority}, which leaves the order undefined`;
  const reason =
    verdict === 'unknown' && rivalName !== undefined
      ? `${match.policy.metadata.name} and ${rivalName} disagree, and ${order}`
      : verdict === 'unknown' && match.selects !== 'yes' && rule.matches === 'yes'
        ? `${match.policy.metadata.name} ${rule.reason}, and whether it comes to that is not known`
        : `${match.policy.metadata.name}: ${rule.reason}`;
  return {
    verdict,
    isolated: isolates(policies),
    policies,
    tier: step.tier,
    deciding: {
      kind: 'admin-rule',
      tier: step.tier,
      policy: match.policy,
      rule,
      action: step.effect === 'Deny' ? 'Deny' : 'Allow',
      path: rule.peer?.point ?? rule.path,
    },
    reason,
  };
}

/** Each policy once: one whose priority is not known stands at both ends of the order. `gotThere`: the connection gets as far as this tier. */
function listed(groups: AdminMatches, gotThere: boolean): readonly AdminPolicyMatch[] {
  const all = groups.flat();
  return all
    .filter((match, place) => !all.some((other, later) => later > place && other.policy === match.policy && other.tier === match.tier))
    .map((match) => (gotThere ? match : { ...match, rules: match.rules.map((rule) => ({ ...rule, reached: false })) }));
}

/** One port as a set; everything is compared with this very set. */
function pointOf(protocol: TransportProtocol, port: number): PortSet {
  return { ...noPorts, [protocol]: [{ first: port, last: port }] };
}

function tierOf(groups: AdminMatches, point: PortSet): readonly (readonly TierPolicy[])[] {
  return groups.map((group) =>
    group.map(({ selects, rules }) => ({
      certain: selects === 'yes',
      rules: rules.map(({ effect, matches }) =>
        effect === 'refused' ? { effect: 'Pass', ports: matchesNoPort } : { effect, ports: answerOf(matches, point) },
      ),
    })),
  );
}

function answerOf(answer: 'yes' | 'no' | 'unknown', point: PortSet): PortAnswer {
  return answer === 'yes' ? surely(point) : answer === 'unknown' ? perhaps(point) : matchesNoPort;
}

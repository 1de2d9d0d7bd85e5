/** The order of the tiers: what may become of each port when Admin, NetworkPolicy and Baseline have been asked. */
import type { PortAnswer } from './policyPortMatch';
import { commonPorts, everyPort, noPorts, type PortSet, unitePorts, withoutPorts } from './portSet';

/** What a rule of an admin tier does with what it matches; 'unknown' for an action that is a placeholder. */
export type RuleEffect = 'Allow' | 'Deny' | 'Pass' | 'unknown';

export interface TierRule {
  readonly effect: RuleEffect;
  readonly ports: PortAnswer;
}

/** One admin policy that selects the pod; `certain` is false when it only may. */
export interface TierPolicy {
  readonly certain: boolean;
  readonly rules: readonly TierRule[];
}

/** One NetworkPolicy that isolates the pod (surely or perhaps), and the ports that its rules open to this peer. */
export interface OpenedPorts {
  readonly certain: boolean;
  readonly ports: PortAnswer;
}

export interface Tiers {
  /** By priority; policies of one group have the same one, and their order is undefined. */
  readonly admin: readonly (readonly TierPolicy[])[];
  /** 'allow': NetworkPolicy has something to say and says yes (a pod that reaches itself through its Service). */
  readonly network: readonly OpenedPorts[] | 'allow';
  readonly baseline: readonly (readonly TierPolicy[])[];
}

/** What a rule decides: the ports that get as far as this rule and match it. */
export interface TierStep {
  readonly tier: 'Admin' | 'Baseline';
  readonly group: number;
  readonly policy: number;
  readonly rule: number;
  readonly effect: RuleEffect;
  readonly ports: PortAnswer;
}

export interface Fates {
  /** Ports that may be allowed, and that may be denied; those in both are unknown. */
  readonly allow: PortSet;
  readonly deny: PortSet;
  /** Ports that may get as far as NetworkPolicy, and as far as the Baseline tier. */
  readonly toNetwork: PortSet;
  readonly toBaseline: PortSet;
}

interface TierResult {
  readonly allow: PortSet;
  readonly deny: PortSet;
  readonly passed: PortSet;
  readonly open: PortSet;
}

/**
 * Admin by priority, first match, Pass leaves the tier; NetworkPolicy, final for pods that it isolates; Baseline, first match; else allowed.
 * https://network-policy-api.sigs.k8s.io/api-overview/ and the comments of `ClusterNetworkPolicySpec` (policy.networking.k8s.io/v1alpha2).
 * `universe`: the ports that are asked about. `visit` is told of each rule that has a say, in the order of evaluation.
 */
export function fatesOf(universe: PortSet, tiers: Tiers, visit?: (step: TierStep) => void): Fates {
  const admin = tiers.admin.length === 0 ? untouched(universe) : tierResult('Admin', tiers.admin, universe, visit);
  const toNetwork = unitePorts(admin.open, admin.passed);
  const network = networkResult(tiers.network, toNetwork);
  const baseline = tiers.baseline.length === 0 ? untouched(network.open) : tierResult('Baseline', tiers.baseline, network.open, visit);
  return {
    allow: unitePorts(unitePorts(admin.allow, network.allow), unitePorts(baseline.allow, unitePorts(baseline.passed, baseline.open))),
    deny: unitePorts(admin.deny, unitePorts(network.deny, baseline.deny)),
    toNetwork,
    toBaseline: network.open,
  };
}

function untouched(open: PortSet): TierResult {
  return { allow: noPorts, deny: noPorts, passed: noPorts, open };
}

function tierResult(tier: 'Admin' | 'Baseline', groups: readonly (readonly TierPolicy[])[], from: PortSet, visit?: (step: TierStep) => void): TierResult {
  let result = untouched(from);
  for (const [group, policies] of groups.entries()) {
    if (result.open === noPorts) break;
    let rest = result.open;
    const before = result.open;
    for (const [policy, one] of policies.entries()) {
      const answer = policyResult(one, before, visit && ((rule, effect, ports) => visit({ tier, group, policy, rule, effect, ports })));
      result = {
        allow: unitePorts(result.allow, answer.allow),
        deny: unitePorts(result.deny, answer.deny),
        passed: unitePorts(result.passed, answer.passed),
        open: result.open,
      };
      rest = commonPorts(rest, answer.open);
    }
    result = { ...result, open: rest };
  }
  return result;
}

function policyResult({ certain, rules }: TierPolicy, from: PortSet, visit?: (rule: number, effect: RuleEffect, ports: PortAnswer) => void): TierResult {
  let { allow, deny, passed, open } = untouched(from);
  for (const [number, { effect, ports }] of rules.entries()) {
    if (open === noPorts) break;
    const hit = commonPorts(open, ports.may);
    if (hit === noPorts) continue;
    const taken = certain ? commonPorts(open, ports.yes) : noPorts;
    visit?.(number, effect, { yes: taken, may: hit });
    if (effect === 'Allow' || effect === 'unknown') allow = unitePorts(allow, hit);
    if (effect === 'Deny' || effect === 'unknown') deny = unitePorts(deny, hit);
    if (effect === 'Pass' || effect === 'unknown') passed = unitePorts(passed, hit);
    open = withoutPorts(open, taken);
  }
  return { allow, deny, passed, open };
}

/**
 * Isolated by one policy surely: what any may open may be allowed, what none surely opens may be denied. Isolated perhaps: any of the policies may be
 * the only one that selects the pod, or none does.
 */
function networkResult(network: Tiers['network'], from: PortSet): TierResult {
  if (network === 'allow') return { ...untouched(noPorts), allow: from };
  if (network.length === 0 || from === noPorts) return untouched(from);
  const isolated = network.some((policy) => policy.certain);
  let may = noPorts;
  let sure = isolated ? noPorts : everyPort;
  for (const { certain, ports } of network) {
    may = unitePorts(may, ports.may);
    if (!isolated) sure = commonPorts(sure, ports.yes);
    else if (certain) sure = unitePorts(sure, ports.yes);
    if (isolated && sure === everyPort) break;
  }
  return { allow: commonPorts(from, may), deny: withoutPorts(from, sure), passed: noPorts, open: isolated ? noPorts : from };
}

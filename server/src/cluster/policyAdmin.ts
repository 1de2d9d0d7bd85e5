/** The admin tiers of one context: which of their policies select a pod, in which order they are asked. */
import { isOpaque, known, type Ternary } from '../base/opaque';
import type { AdminSubject } from '../model/adminPolicy';
import { matches } from '../model/labels';
import type { PolicyDirection, Resource } from '../model/resources';
import type { ClusterIndex, PodSet } from './clusterIndex';
import { both, isFinished, type PolicyModes } from './policyEnds';
import { rememberedNamespaceLabels } from './policyMemo';

export type AdminKind = 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy' | 'ClusterNetworkPolicy';
export const adminKinds: readonly AdminKind[] = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'];
export type AdminTier = 'Admin' | 'Baseline';

/** A policy that (perhaps) selects a pod. */
export interface SelectingAdminPolicy {
  readonly policy: Resource<AdminKind>;
  readonly tier: AdminTier;
  /** Undefined where it cannot be known, and for a BaselineAdminNetworkPolicy. */
  readonly priority: number | undefined;
  readonly selects: Ternary;
}

/** Groups of equal priority in the order of evaluation; within a group by name, which decides nothing. */
export type AdminOrder = readonly (readonly SelectingAdminPolicy[])[];

const nobody: Readonly<Record<AdminTier, AdminOrder>> = { Admin: [], Baseline: [] };

/**
 * The admin policies that have rules of a direction and select the pod. `hairpin`: only ClusterNetworkPolicy says that it judges a pod that
 * reaches itself through its Service. Pods in a node's network are never selected, whatever the mode: the API leaves them out.
 * https://network-policy-api.sigs.k8s.io/reference/spec/
 */
export function adminPoliciesOn(
  index: ClusterIndex,
  podSet: PodSet,
  direction: PolicyDirection,
  modes: PolicyModes,
  hairpin = false,
): Readonly<Record<AdminTier, AdminOrder>> {
  const written = adminKinds.flatMap((kind): readonly Resource<AdminKind>[] => index.ofKind(kind));
  if (written.length === 0 || podSet.template.hostNetwork || isFinished(podSet)) return nobody;
  const selecting = written.flatMap((policy): SelectingAdminPolicy[] => {
    if (hairpin && policy.type !== 'ClusterNetworkPolicy') return [];
    if ((direction === 'Ingress' ? policy.spec.ingress : policy.spec.egress).length === 0) return [];
    const tiers = tiersOf(policy);
    const selects = tiers.length === 0 ? 'no' : selectsPod(index, policy.spec.subject, podSet, modes);
    if (selects === 'no') return [];
    return tiers.map((tier) => ({ policy, tier, priority: known(policy.spec.priority), selects: tiers.length === 1 ? selects : 'unknown' }));
  });
  if (selecting.length === 0) return nobody;
  return { Admin: ordered(selecting.filter(({ tier }) => tier === 'Admin')), Baseline: ordered(selecting.filter(({ tier }) => tier === 'Baseline')) };
}

/** One tier; both when it is a placeholder; none for what the API refuses: another tier, a BaselineAdminNetworkPolicy that is not named `default`. */
function tiersOf(policy: Resource<AdminKind>): readonly AdminTier[] {
  if (policy.type === 'BaselineAdminNetworkPolicy' && policy.metadata.nameKnown && policy.metadata.name !== 'default') return [];
  const { tier } = policy.spec;
  if (isOpaque(tier)) return ['Admin', 'Baseline'];
  return tier === 'Admin' || tier === 'Baseline' ? [tier] : [];
}

function selectsPod(index: ClusterIndex, subject: AdminSubject | undefined, podSet: PodSet, modes: PolicyModes): Ternary {
  if (!subject) return 'no';
  if (subject.unknownMember) return 'unknown';
  // Exactly one of the two is allowed.
  if (subject.namespaces && subject.pods) return 'no';
  const namespaces = subject.namespaces ?? subject.pods?.namespaceSelector;
  const inNamespace = namespaces ? matches(namespaces, rememberedNamespaceLabels(index, podSet.namespace ?? modes.namespace)) : 'yes';
  const pods = subject.pods?.podSelector;
  return both(inNamespace, pods ? matches(pods, podSet.labels) : 'yes');
}

/**
 * Lower priorities first. One whose priority is not known stands before the others, where it only may decide, and once more after them, where it
 * decides what is left: so it counts for certain where nothing else has a say.
 */
function ordered(policies: readonly SelectingAdminPolicy[]): AdminOrder {
  const groups = new Map<number, SelectingAdminPolicy[]>();
  const unplaced: SelectingAdminPolicy[] = [];
  for (const policy of [...policies].sort(byName)) {
    if (policy.priority === undefined) unplaced.push(policy);
    else groups.set(policy.priority, [...(groups.get(policy.priority) ?? []), policy]);
  }
  const placed = [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
  if (unplaced.length === 0) return placed;
  if (placed.length === 0) return [unplaced];
  return [unplaced.map((policy) => ({ ...policy, selects: 'unknown' as const })), ...placed, unplaced];
}

function byName(a: SelectingAdminPolicy, b: SelectingAdminPolicy): number {
  const [left, right] = [`${a.policy.metadata.name}/${a.policy.type}`, `${b.policy.metadata.name}/${b.policy.type}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

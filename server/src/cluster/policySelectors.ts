/** Do the selectors of a policy peer match the other end? Shared by NetworkPolicy and the admin tiers. */
import { cidrContains } from '../base/addresses';
import { isOpaque, type Ternary } from '../base/opaque';
import { type LabelSelector, isEmptySelector, matches, meets } from '../model/labels';
import type { Path } from '../protocol/source';
import type { ClusterIndex, Namespace, PodSet } from './clusterIndex';
import { isFinished, type Judged, placedSameNamespace, type PolicyModes, type PolicyPeerEnd } from './policyEnds';
import { rememberedNamespaceLabels, rememberedPodRanges } from './policyMemo';

/** Pods that a peer asks for: by namespace labels, or those of one namespace; and by pod labels. A missing selector of pods is all of them. */
export interface WantedPods {
  readonly namespaces: LabelSelector | { readonly sameAs: Namespace };
  readonly pods?: LabelSelector | undefined;
}

/** `leavesOut`: this pod counts as its node. */
export function matchSelectors(
  index: ClusterIndex,
  wanted: WantedPods,
  end: PolicyPeerEnd,
  modes: PolicyModes,
  leavesOut: (podSet: PodSet) => boolean,
): Judged {
  switch (end.kind) {
    case 'node':
      return { match: 'no', reason: 'selectors match pods, and this is a node' };
    case 'outside':
      return { match: 'no', reason: 'selectors match pods, and this is outside the cluster' };
    case 'address':
      if (!rememberedPodRanges(index).some((range) => cidrContains(range, end.address)))
        return { match: 'no', reason: 'selectors match pods, and this address is no pod’s' };
      return { match: 'unknown', reason: 'the address lies in the pod range, and no manifest says which pod has it' };
    case 'unknown-pod':
      if (!('sameAs' in wanted.namespaces) && isEmptySelector(wanted.namespaces) && (!wanted.pods || isEmptySelector(wanted.pods)))
        return { match: 'yes', reason: 'every pod of every namespace matches' };
      return { match: 'unknown', reason: 'labels and namespace of that pod are in no manifest' };
    case 'pods':
      if (leavesOut(end.podSet)) return { match: 'no', reason: 'a hostNetwork pod counts as its node, no selector matches it' };
      if (isFinished(end.podSet)) return { match: 'no', reason: 'the pod has finished' };
      return matchPods(index, wanted, end.podSet, modes);
  }
}

function matchPods(index: ClusterIndex, { namespaces, pods }: WantedPods, podSet: PodSet, modes: PolicyModes): Judged {
  const own = 'sameAs' in namespaces;
  const namespace = matchNamespaces(index, namespaces, podSet, modes);
  if (namespace === 'no') return own ? otherNamespace : namespaceLabelsDiffer;
  const labels: Ternary = pods ? matches(pods, podSet.labels) : 'yes';
  if (labels === 'no') return labelsDiffer;
  if (namespace === 'unknown') return own ? namespaceUnknown : namespaceLabelsUnknown;
  return labels === 'unknown' ? labelsUnknown : labelsMatch;
}

const otherNamespace: Judged = { match: 'no', reason: 'it is in another namespace, and a podSelector alone means the policy’s own' };
const namespaceLabelsDiffer: Judged = { match: 'no', reason: 'the labels of its namespace do not match' };
const labelsDiffer: Judged = { match: 'no', reason: 'its labels do not match' };
const namespaceUnknown: Judged = { match: 'unknown', reason: 'its namespace is not known' };
const namespaceLabelsUnknown: Judged = { match: 'unknown', reason: 'the labels of its namespace are not known' };
const labelsUnknown: Judged = { match: 'unknown', reason: 'its labels are not all known' };
const labelsMatch: Judged = { match: 'yes', reason: 'its labels match' };

/** Is the pod's namespace among the wanted ones? */
export function matchNamespaces(index: ClusterIndex, namespaces: WantedPods['namespaces'], podSet: PodSet, modes: PolicyModes): Ternary {
  if ('sameAs' in namespaces) return placedSameNamespace(index, namespaces.sameAs, podSet.namespace, modes);
  return matches(namespaces, rememberedNamespaceLabels(index, podSet.namespace ?? modes.namespace));
}

/** The label of a selector that a reader should look at: the first that does not match, else the last one. */
export function selectorPoint(path: Path, selector: LabelSelector, podSet?: PodSet): Path {
  let last: Path = path;
  for (const [key, value] of selector.matchLabels) {
    last = [...path, 'matchLabels', key];
    const actual = podSet?.labels.entries.get(key);
    if (podSet && !isOpaque(actual) && !isOpaque(value) && actual !== value) return last;
  }
  for (const [position, requirement] of selector.matchExpressions.entries()) {
    if (podSet && meets(requirement, podSet.labels) === 'no') return [...path, 'matchExpressions', position];
  }
  return last;
}

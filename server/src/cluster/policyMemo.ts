/** What the policies of one index are asked again and again, kept as long as the index. */
import type { Cidr } from '../base/addresses';
import type { Labels } from '../model/labels';
import { podRanges } from './addressPlan';
import type { ClusterIndex, Namespace } from './clusterIndex';

interface PolicyMemo {
  readonly namespaceLabels: Map<Namespace, Labels>;
  podRanges?: readonly Cidr[];
}

/** An index does not change. One that notes what is asked of it is an object of its own, and so notes every first question. */
const memos = new WeakMap<ClusterIndex, PolicyMemo>();

function memoOf(index: ClusterIndex): PolicyMemo {
  const kept = memos.get(index);
  if (kept) return kept;
  const made: PolicyMemo = { namespaceLabels: new Map() };
  memos.set(index, made);
  return made;
}

export function rememberedNamespaceLabels(index: ClusterIndex, namespace: Namespace): Labels {
  const { namespaceLabels } = memoOf(index);
  const kept = namespaceLabels.get(namespace);
  if (kept) return kept;
  const labels = index.namespaceLabels(namespace);
  namespaceLabels.set(namespace, labels);
  return labels;
}

export function rememberedPodRanges(index: ClusterIndex): readonly Cidr[] {
  const memo = memoOf(index);
  memo.podRanges ??= podRanges(index);
  return memo.podRanges;
}

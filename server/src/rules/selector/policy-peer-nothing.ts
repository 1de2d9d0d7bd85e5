/** A peer of a NetworkPolicy rule whose selectors match no pod. */
import type { Severity } from '../../protocol/source';
import type { ClusterIndex, Namespace, NearMiss } from '../../cluster/clusterIndex';
import type { Finding, Fix } from '../../model/finding';
import { isEmptySelector, matches, type LabelSelector } from '../../model/labels';
import { valueAt, type NetworkPolicyPeer, type Resource } from '../../model/resources';
import { contextRule } from '../rule';
import { contradictionsOf } from '../shared/contradictions';
import {
  anywhere,
  closestText,
  inNamespace,
  isComplete,
  isKnownSelector,
  markOfMiss,
  nearestPods,
  nearFixes,
  nearRelated,
  podsRelated,
  selectorText,
} from '../shared/selectors';
import { kindAndName, wordList } from '../shared/words';

type Message = 'nothing' | 'near' | 'elsewhere';

export const policyPeerNothing = contextRule<'NetworkPolicy', Message>({
  meta: {
    id: 'selector/policy-peer-nothing',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A peer of a NetworkPolicy matches no pod.',
    why: 'A rule of a NetworkPolicy admits the pods that its peers match. A peer that matches none admits nobody, and traffic that the rule was written for is dropped. Two causes are common: a label with a slip in it, and pods that are in another namespace. A `podSelector` on its own looks only in the namespace of the policy; only together with a `namespaceSelector` in the same list item does it look elsewhere.',
    remedy:
      'Correct the label. For pods of another namespace add a `namespaceSelector` to the same item, for example `matchLabels: {kubernetes.io/metadata.name: monitoring}`, a label that every namespace carries. As an item of its own it would admit all pods of that namespace.',
    references: [
      '[Behavior of to and from selectors](https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors)',
      '[Targeting a namespace by its name](https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name)',
    ],
    messages: {
      nothing: 'No pod {where} has {labels}, so this peer matches nobody.',
      near: 'No pod {where} has {labels}, so this peer matches nobody. Closest: {closest}.',
      elsewhere: 'A podSelector without namespaceSelector only looks in `{namespace}`. Pods with {labels} are in {other}.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy, index, { unresolvedReferences }) {
    if (policy.partial || policy.metadata.namespaceOpaque) return;
    for (const rule of [...policy.spec.ingress, ...policy.spec.egress]) {
      for (const peer of rule.peers ?? []) {
        const finding = checkPeer(policy, peer, index);
        if (finding === undefined) continue;
        if (finding.certain) yield finding;
        else if (unresolvedReferences !== 'off') yield { ...finding, severity: unresolvedReferences };
      }
    }
  },
});

type PeerFinding = Finding<Message> & { readonly certain: boolean; readonly severity?: Severity };

/** An empty selector, or one of namespaces alone, is meant for whatever comes; whether a namespace exists is another rule's question. */
function checkPeer(policy: Resource<'NetworkPolicy'>, peer: NetworkPolicyPeer, index: ClusterIndex): PeerFinding | undefined {
  const { podSelector: selector, namespaceSelector } = peer;
  if (peer.ipBlock || selector === undefined || isEmptySelector(selector) || !isKnownSelector(selector) || contradictionsOf(selector).length > 0)
    return undefined;
  if (valueAt(policy, [...peer.path, 'namespaceSelector']) !== undefined && namespaceSelector === undefined) return undefined;
  const namespace = index.namespaceOf(policy);
  const searched = searchedBy(namespace, namespaceSelector, index);
  if (searched.namespaces.length === 0) return undefined;
  for (const candidate of searched.namespaces) {
    const { yes, maybe } = index.select(candidate === anywhere ? undefined : candidate, selector);
    if (yes.length > 0 || maybe.length > 0) return undefined;
  }
  const mayHaveOthers = searched.namespaces.some((candidate) => index.mayHaveOtherPods(candidate === anywhere ? undefined : candidate));
  const near = nearestOf(searched.namespaces, selector, index);
  const elsewhere = namespaceSelector === undefined && near === undefined ? index.selectElsewhere(namespace, selector) : [];
  const path = [...peer.path, 'podSelector'];
  if (elsewhere.length > 0 && namespace !== undefined) {
    if (mayHaveOthers) return undefined;
    const others = [...new Set(elsewhere.map((podSet) => podSet.namespace ?? ''))].sort();
    return {
      at: { resource: policy, path },
      message: 'elsewhere',
      data: { namespace, labels: selectorText(selector), other: wordList(others.map((other) => `\`${other}\``)) },
      related: podsRelated(elsewhere, (podSet) => `${kindAndName(podSet.resource)} is in ${podSet.namespace ?? ''}.`),
      fixes: others.map((other) => namespaceFix(policy, peer, other, others.length === 1)),
      certain: true,
    };
  }
  const certain = near?.kind === 'a' || near?.kind === 'b' || (isComplete(index) && !mayHaveOthers && !searched.others);
  return {
    at: markOfMiss(policy, [...path, 'matchLabels'], path, near),
    message: near === undefined ? 'nothing' : 'near',
    data: {
      where: namespaceSelector === undefined ? inNamespace(namespace) : whereText(searched.namespaces),
      labels: selectorText(selector),
      ...(near === undefined ? {} : { closest: closestText(near) }),
    },
    related: nearRelated(near),
    fixes: nearFixes(policy, [...path, 'matchLabels'], near),
    certain,
  };
}

function searchedBy(own: Namespace, namespaceSelector: LabelSelector | undefined, index: ClusterIndex): Searched {
  if (namespaceSelector === undefined) return { namespaces: [own], others: false };
  // One question about all of them: policies that mean "the DNS pods, wherever" are many, and so are namespaces.
  if (isEmptySelector(namespaceSelector)) return { namespaces: [anywhere], others: false };
  return namespacesOf(namespaceSelector, index);
}

interface Searched {
  readonly namespaces: readonly (Namespace | typeof anywhere)[];
  readonly others: boolean;
}

/** Known namespaces that the selector matches, perhaps those whose labels are not all known too; `others` when it may match more than these. */
function namespacesOf(selector: LabelSelector, index: ClusterIndex): Searched {
  const namespaces = index.namespaces().filter((candidate) => matches(selector, index.namespaceLabels(candidate)) !== 'no');
  return { namespaces, others: !isKnownSelector(selector) };
}

/** The best of each namespace; a tie between namespaces is left to the first. */
function nearestOf(namespaces: readonly (Namespace | typeof anywhere)[], selector: LabelSelector, index: ClusterIndex): NearMiss | undefined {
  const misses = namespaces.map((namespace) => nearestPods(namespace, selector, index)).filter((miss) => miss !== undefined);
  return misses.sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0))[0];
}

function whereText(namespaces: readonly (Namespace | typeof anywhere)[]): string {
  if (namespaces.includes(anywhere)) return 'in any namespace';
  const named = namespaces.filter((namespace) => typeof namespace === 'string');
  return named.length === 0
    ? 'of the selected namespaces'
    : `in ${named.length === 1 ? 'namespace' : 'namespaces'} ${wordList(named.map((namespace) => `\`${namespace}\``))}`;
}

function namespaceFix(policy: Resource<'NetworkPolicy'>, peer: NetworkPolicyPeer, namespace: string, only: boolean): Fix {
  const title = `Look in namespace ${namespace}`;
  const edits: Fix['edits'] = [
    { kind: 'insert', resource: policy, path: peer.path, key: 'namespaceSelector', value: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
  ];
  return only ? { title, preferred: true, edits } : { title, edits };
}

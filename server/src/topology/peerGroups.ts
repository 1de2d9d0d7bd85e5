/** Pods put together that the policies of a workload cannot tell apart as the other end, so that one is asked for all of them. */
import type { Namespace, PodSet } from '../cluster/clusterIndex';
import { adminKinds } from '../cluster/policyAdmin';
import { policyClassOf, selectorText } from '../cluster/policyClasses';
import { rememberedNamespaceLabels } from '../cluster/policyMemo';
import { rulesOf } from '../cluster/policyRules';
import { namedPortsKey } from '../cluster/policySides';
import { isEmptySelector, matches } from '../model/labels';
import type { NetworkPolicyPeer, PolicyDirection, Resource } from '../model/resources';
import type { GraphBuilder } from './graph';

export interface PeerGroup {
  readonly size: number;
  has(podSet: PodSet): boolean;
  /** A pod of the group that is not the workload itself. */
  oneBeside(subject: PodSet): PodSet | undefined;
  pods(): readonly PodSet[];
}

export class PeerGroups {
  private readonly byQuestion = new Map<string, readonly PeerGroup[]>();
  private readonly matching = new Map<string, Matching>();
  private readonly byNamespace = new Map<Namespace, PodSet[]>();
  /** Pods in a node's network are judged by other rules than their neighbours. */
  private readonly inNodeNetwork: readonly PodSet[];
  private readonly withAddress: readonly PodSet[];
  private readonly hasAdminPolicies: boolean;

  constructor(private readonly graph: GraphBuilder) {
    for (const podSet of graph.podSets) {
      const list = this.byNamespace.get(podSet.namespace);
      if (list) list.push(podSet);
      else this.byNamespace.set(podSet.namespace, [podSet]);
    }
    this.inNodeNetwork = graph.podSets.filter(({ template }) => template.hostNetwork);
    this.withAddress = graph.podSets.filter(({ resource }) => resource.type === 'Pod' && resource.spec.podIPs.length > 0);
    this.hasAdminPolicies = adminKinds.some((kind) => graph.index.ofKind(kind).length > 0);
  }

  /** No policy of any kind says anything of the pod in that direction. */
  nothingLimits(podSet: PodSet, direction: PolicyDirection): boolean {
    return !this.hasAdminPolicies && this.graph.policiesOn(podSet, direction).length === 0;
  }

  /** All pods of the graph in groups, for whoever these policies select in that direction. */
  for(policies: readonly Resource<'NetworkPolicy'>[], direction: PolicyDirection): readonly PeerGroup[] {
    const peers = new Map<string, Matching>();
    let asksAddresses = false;
    let asksNames = false;
    for (const policy of policies) {
      const namespace = this.graph.index.namespaceOf(policy);
      for (const rule of rulesOf(policy, direction)) {
        for (const peer of rule.peers ?? []) {
          if (peer.ipBlock) asksAddresses = true;
          else this.ask(peers, namespace, peer);
        }
        // The pods at which ingress ends are the subject's own.
        asksNames ||= direction === 'Egress' && (rule.ports ?? []).some(({ port }) => typeof port === 'string');
      }
    }
    const question = `${[...peers.keys()].sort().join('\n')}\n${String(asksAddresses)}\n${String(asksNames)}`;
    const kept = this.byQuestion.get(question);
    if (kept) return kept;
    const marks = this.hasAdminPolicies ? this.classMarks() : this.marks([...peers.values()], asksAddresses, asksNames);
    const groups = groupsOf(this.graph.podSets, marks);
    this.byQuestion.set(question, groups);
    return groups;
  }

  private ask(peers: Map<string, Matching>, namespace: Namespace, peer: NetworkPolicyPeer): void {
    const { podSelector, namespaceSelector } = peer;
    if (!podSelector && !namespaceSelector) return;
    const key = `${namespaceSelector ? selectorText(namespaceSelector) : `in ${JSON.stringify(namespace ?? null)}`} ${podSelector ? selectorText(podSelector) : ''}`;
    const kept = this.matching.get(key) ?? this.match(namespace, peer);
    this.matching.set(key, kept);
    peers.set(key, kept);
  }

  private match(own: Namespace, { podSelector, namespaceSelector }: NetworkPolicyPeer): Matching {
    const matching: Matching = { yes: [], maybe: [] };
    for (const [namespace, pods] of this.byNamespace) {
      const there = namespaceSelector
        ? matches(namespaceSelector, rememberedNamespaceLabels(this.graph.index, namespace))
        : this.graph.index.sameNamespace(own, namespace);
      if (there === 'no') continue;
      if (!podSelector || isEmptySelector(podSelector)) {
        (there === 'yes' ? matching.yes : matching.maybe).push(...pods);
        continue;
      }
      // The index finds them by their labels; it also gives those whose namespace is not known, which are asked in their own turn.
      const isHere = (podSet: PodSet): boolean => podSet.namespace === namespace && this.graph.workloadCards.has(podSet.key);
      const { yes, maybe } =
        namespace === undefined ? selectAmong(pods, (podSet) => matches(podSelector, podSet.labels)) : this.graph.index.select(namespace, podSelector);
      (there === 'yes' ? matching.yes : matching.maybe).push(...yes.filter(isHere));
      matching.maybe.push(...maybe.filter(isHere));
    }
    return matching;
  }

  /** What tells a pod from those that nothing tells from one another. */
  private marks(peers: readonly Matching[], asksAddresses: boolean, asksNames: boolean): ReadonlyMap<PodSet, string> {
    const marks = new Map<PodSet, string>();
    const mark = (podSet: PodSet, text: string): void => void marks.set(podSet, `${marks.get(podSet) ?? ''} ${text}`);
    peers.forEach(({ yes, maybe }, place) => {
      for (const podSet of yes) mark(podSet, String(place));
      for (const podSet of maybe) mark(podSet, `${place}?`);
    });
    for (const podSet of this.inNodeNetwork) mark(podSet, podSet.key);
    if (asksAddresses) for (const podSet of this.withAddress) mark(podSet, podSet.key);
    if (asksNames) for (const podSet of this.graph.podSets) mark(podSet, namedPortsKey(podSet));
    return marks;
  }

  /** Admin policies ask more than the peers of these policies do. */
  private classMarks(): ReadonlyMap<PodSet, string> {
    return new Map(this.graph.podSets.map((podSet) => [podSet, policyClassOf(this.graph.index, podSet)]));
  }
}

interface Matching {
  readonly yes: PodSet[];
  readonly maybe: PodSet[];
}

function selectAmong(pods: readonly PodSet[], ask: (podSet: PodSet) => 'yes' | 'no' | 'unknown'): Matching {
  return { yes: pods.filter((podSet) => ask(podSet) === 'yes'), maybe: pods.filter((podSet) => ask(podSet) === 'unknown') };
}

/** One group for each mark, and one of all pods without any, which are mostly too many to be written down for each workload. */
function groupsOf(all: readonly PodSet[], marks: ReadonlyMap<PodSet, string>): readonly PeerGroup[] {
  const marked = new Map<string, PodSet[]>();
  for (const [podSet, mark] of marks) {
    const list = marked.get(mark);
    if (list) list.push(podSet);
    else marked.set(mark, [podSet]);
  }
  const groups = [...marked.values()].map((pods): PeerGroup => {
    const members = new Set(pods);
    return {
      size: pods.length,
      has: (podSet) => members.has(podSet),
      oneBeside: (subject) => pods.find((podSet) => podSet !== subject),
      pods: () => pods,
    };
  });
  if (marks.size === all.length) return groups;
  const isRest = (podSet: PodSet): boolean => !marks.has(podSet);
  return [
    ...groups,
    {
      size: all.length - marks.size,
      has: isRest,
      oneBeside: (subject) => all.find((podSet) => podSet !== subject && isRest(podSet)),
      pods: () => all.filter(isRest),
    },
  ];
}

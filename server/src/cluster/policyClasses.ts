/** Pods that no policy of a context can tell apart. */
import { isOpaque } from '../base/opaque';
import type { LabelSelector } from '../model/labels';
import { matches } from '../model/labels';
import { isolates } from '../model/policyTypes';
import type { NetworkPolicyPeer, Resource } from '../model/resources';
import type { ClusterIndex, Namespace, PodSet } from './clusterIndex';
import { adminKinds } from './policyAdmin';
import { isFinished, type PolicyModes } from './policyEnds';
import { modesKey, namedPortsKey } from './policySides';
import { matchNamespaces } from './policySelectors';

interface Classes {
  /** By what is written on the pod: pods that are written alike need one answer. */
  readonly byText: Map<string, string>;
  readonly byAnswers: Map<string, string>;
  /** Looked at once for all pods; a policy that stands twice under one selector counts once. */
  readonly questions: readonly ((podSet: PodSet) => string)[];
  readonly usesNames: boolean;
}

const classesByIndex = new WeakMap<ClusterIndex, Map<string, Classes>>();

/**
 * A short name of the pod's class. Two pods of one class are subjects of the same policies, are matched by the same peers, and have the same ports
 * under the names that policies use. The name holds for this index and these modes alone.
 */
export function policyClassOf(index: ClusterIndex, podSet: PodSet, modes: PolicyModes = {}): string {
  const classes = classesOf(index, modes);
  const names = classes.usesNames ? namedPortsKey(podSet) : '';
  const text = JSON.stringify([podSet.namespace ?? null, labelsText(podSet), names, ...ownText(podSet)]);
  const kept = classes.byText.get(text);
  if (kept !== undefined) return kept;
  const answers = JSON.stringify([classes.questions.map((ask) => ask(podSet)).join(''), names, ...ownText(podSet)]);
  const name = classes.byAnswers.get(answers) ?? `class-${classes.byAnswers.size + 1}`;
  classes.byAnswers.set(answers, name);
  classes.byText.set(text, name);
  return name;
}

/** What decides beside selectors: the node's network with its node, addresses that are known, and a pod that has finished. */
function ownText(podSet: PodSet): readonly unknown[] {
  const { hostNetwork, nodeName } = podSet.template;
  const addresses = podSet.resource.type === 'Pod' ? podSet.resource.spec.podIPs : [];
  return [hostNetwork ? `node ${isOpaque(nodeName) ? '' : (nodeName ?? '')}` : '', isFinished(podSet), addresses];
}

function labelsText(podSet: PodSet): string {
  const { entries, open } = podSet.labels;
  const pairs = [...entries].map(([key, value]) => [key, isOpaque(value) ? 1 : value]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return JSON.stringify([open, pairs]);
}

function classesOf(index: ClusterIndex, modes: PolicyModes): Classes {
  let byModes = classesByIndex.get(index);
  if (!byModes) classesByIndex.set(index, (byModes = new Map<string, Classes>()));
  const asked = modesKey(modes);
  const kept = byModes.get(asked);
  if (kept) return kept;
  const questions = new Map<string, (podSet: PodSet) => string>();
  const usesNames = [askNetworkPolicies(index, modes, questions), askAdminPolicies(index, modes, questions)].some(Boolean);
  const made: Classes = { byText: new Map(), byAnswers: new Map(), questions: [...questions.values()], usesNames };
  byModes.set(asked, made);
  return made;
}

type Questions = Map<string, (podSet: PodSet) => string>;

/** True when a rule names a port by a name. */
function askNetworkPolicies(index: ClusterIndex, modes: PolicyModes, questions: Questions): boolean {
  let usesNames = false;
  const inForce = (policy: Resource<'NetworkPolicy'>): boolean => isolates(policy.spec, 'Ingress') !== 'no' || isolates(policy.spec, 'Egress') !== 'no';
  for (const policy of index.ofKind('NetworkPolicy').filter(inForce)) {
    const namespace = index.namespaceOf(policy);
    const { podSelector, ingress, egress } = policy.spec;
    askPods(index, modes, questions, { sameAs: namespace }, podSelector);
    for (const rule of [...ingress, ...egress]) {
      for (const peer of rule.peers ?? []) askPeer(index, modes, questions, namespace, peer);
      usesNames ||= (rule.ports ?? []).some(({ port }) => typeof port === 'string');
    }
  }
  return usesNames;
}

function askPeer(index: ClusterIndex, modes: PolicyModes, questions: Questions, namespace: Namespace, peer: NetworkPolicyPeer): void {
  // Blocks ask for addresses, which are part of a pod's own text.
  if (peer.ipBlock || (!peer.podSelector && !peer.namespaceSelector)) return;
  askPods(index, modes, questions, peer.namespaceSelector ?? { sameAs: namespace }, peer.podSelector);
}

function askAdminPolicies(index: ClusterIndex, modes: PolicyModes, questions: Questions): boolean {
  let usesNames = false;
  for (const kind of adminKinds) {
    for (const { spec } of index.ofKind(kind)) {
      const rules = [...spec.ingress, ...spec.egress];
      for (const one of [...(spec.subject ? [spec.subject] : []), ...rules.flatMap((rule) => rule.peers)]) {
        if (one.namespaces) askPods(index, modes, questions, one.namespaces, undefined);
        if (one.pods) askPods(index, modes, questions, one.pods.namespaceSelector ?? everything, one.pods.podSelector);
      }
      usesNames ||= rules.some((rule) => (rule.ports ?? []).some(({ named }) => named !== undefined));
    }
  }
  return usesNames;
}

const everything: LabelSelector = { matchLabels: new Map(), matchExpressions: [], open: false };

function askPods(
  index: ClusterIndex,
  modes: PolicyModes,
  questions: Questions,
  namespaces: LabelSelector | { readonly sameAs: Namespace },
  pods: LabelSelector | undefined,
): void {
  const inNamespaces = 'sameAs' in namespaces ? `in ${JSON.stringify(namespaces.sameAs ?? null)}` : selectorText(namespaces);
  const namespaceKey = `namespaces ${inNamespaces}`;
  const podsKey = pods ? selectorText(pods) : '';
  // A namespace and a pod selector are asked together: most pairs of them are written once.
  const key = `${namespaceKey} pods ${podsKey}`;
  if (questions.has(key)) return;
  const letter = { yes: 'y', no: 'n', unknown: 'u' } as const;
  questions.set(key, (podSet) => {
    const there = matchNamespaces(index, namespaces, podSet, modes);
    if (there === 'no') return 'n';
    const labels = pods ? matches(pods, podSet.labels) : 'yes';
    return labels === 'no' ? 'n' : there === 'yes' ? letter[labels] : 'u';
  });
}

/** The same for selectors that ask the same. */
export function selectorText({ matchLabels, matchExpressions, open }: LabelSelector): string {
  return JSON.stringify([open, [...matchLabels].sort(([a], [b]) => (a < b ? -1 : 1)), matchExpressions]);
}

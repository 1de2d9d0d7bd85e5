/** Which known pods a NetworkPolicy and its peers speak of, and whether there may be others that no file shows. */
import { isOpaque, known, type Value } from '../../base/opaque';
import type { ClusterIndex, Namespace, PodSet } from '../../cluster/clusterIndex';
import { enforcesPolicies } from '../../cluster/policyEnforcement';
import { isEmptySelector, matches, type LabelSelector } from '../../model/labels';
import { isWorkload, valueAt, type NetworkPolicyPeer, type Resource } from '../../model/resources';
import { cniModeOf } from '../../protocol/trace';
import type { NetworkPolicy } from './cidrs';
import { isComplete } from './selectors';
import { kindAndName, wordList } from './words';

export interface KnownPods {
  /** Surely selected, pods of the node's network left out: no selector of a policy matches them. */
  readonly pods: readonly PodSet[];
  /** Nobody else is meant, as far as files can tell: no pod that is perhaps selected, none that an operator makes, no selector that takes whatever comes. */
  readonly complete: boolean;
}

const nameLabel = 'kubernetes.io/metadata.name';
const nobody: KnownPods = { pods: [], complete: false };
const everyPod: LabelSelector = { matchLabels: new Map(), matchExpressions: [], open: false };

/** The pods that the policy selects. */
export function subjectsOf(policy: NetworkPolicy, index: ClusterIndex): KnownPods {
  if (policy.metadata.namespaceOpaque) return nobody;
  return podsIn([index.namespaceOf(policy)], policy.spec.podSelector, index);
}

/**
 * The pods of one peer; undefined for a block of addresses and for a peer that the API refuses.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors
 */
export function podsOfPeer(policy: NetworkPolicy, peer: NetworkPolicyPeer, index: ClusterIndex): KnownPods | undefined {
  const { podSelector, namespaceSelector } = peer;
  if (peer.ipBlock || (!podSelector && !namespaceSelector)) return undefined;
  if (policy.metadata.namespaceOpaque) return nobody;
  const selector = podSelector ?? everyPod;
  if (!namespaceSelector) return podsIn([index.namespaceOf(policy)], selector, index);
  const namespaces = namespacesOf(namespaceSelector, index);
  if (namespaces.length === 0) return nobody;
  const { pods, complete } = podsIn(namespaces, selector, index);
  return { pods, complete: complete && (isComplete(index) || namesOf(namespaceSelector) !== undefined) };
}

/**
 * The namespaces that a selector surely matches, as far as files show them. One for all namespaces is asked in a complete context alone: in an
 * open one it means whoever comes, and policies of that kind are many, and so are namespaces.
 */
function namespacesOf(selector: LabelSelector, index: ClusterIndex): readonly Namespace[] {
  const isMatched = (namespace: Namespace): boolean => matches(selector, index.namespaceLabels(namespace)) === 'yes';
  const names = namesOf(selector);
  if (names) return names.filter(isMatched);
  if (isEmptySelector(selector)) return isComplete(index) ? index.namespaces() : [];
  return index
    .ofKind('Namespace')
    .flatMap(({ metadata, spec }) => (matches(selector, spec.labels) === 'yes' && isMatched(metadata.name) ? [metadata.name] : []));
}

/** The names that a selector lists by the label that every namespace carries; undefined for one by other labels. */
function namesOf({ matchLabels, matchExpressions }: LabelSelector): readonly string[] | undefined {
  const name = known(matchLabels.get(nameLabel));
  if (name !== undefined) return [name];
  const listed = matchExpressions.find(({ key, operator }) => key === nameLabel && operator === 'In')?.values.flatMap((value) => known(value) ?? []);
  return listed === undefined ? undefined : [...new Set(listed)];
}

function podsIn(namespaces: readonly Namespace[], selector: LabelSelector, index: ClusterIndex): KnownPods {
  const pods: PodSet[] = [];
  let complete = isComplete(index) || !isEmptySelector(selector);
  for (const namespace of namespaces) {
    const { yes, maybe } = index.select(namespace, selector);
    for (const podSet of yes) {
      if (podSet.resource.partial) complete = false;
      else if (!podSet.template.hostNetwork) pods.push(podSet);
    }
    if (maybe.length > 0 || index.mayHaveOtherPods(namespace)) complete = false;
  }
  return { pods, complete: complete && pods.length > 0 };
}

/** False where the configured network plugin ignores policies: then nothing that they say holds anybody up. */
export function policiesCount(index: ClusterIndex): boolean {
  const cni = cniModeOf(index.context.cluster?.cni);
  return cni === undefined || enforcesPolicies(cni);
}

/** `Deployment web`, `Deployment web and StatefulSet db`. */
export function podsText(pods: readonly PodSet[]): string {
  return wordList([...new Set(pods.map((podSet) => kindAndName(podSet.resource)))]);
}

/** Labels by which a peer may select the pods: what their workload selects them by, else all that are known. */
export function selectingLabels({ resource, labels }: PodSet): Readonly<Record<string, string>> | undefined {
  const own = isWorkload(resource) ? knownPairs(resource.spec.selector?.matchLabels) : undefined;
  const pairs = own ?? knownPairs(labels.entries);
  return pairs && Object.fromEntries(pairs);
}

function knownPairs(pairs: ReadonlyMap<string, Value<string>> | undefined): [string, string][] | undefined {
  const texts = [...(pairs ?? [])].flatMap(([key, value]): [string, string][] => (isOpaque(value) || key === '__proto__' ? [] : [[key, value]]));
  return texts.length > 0 && texts.length === pairs?.size ? texts : undefined;
}

/** A peer that stands for the pods, as it is written in a policy of the given namespace; undefined where labels or namespace are not known. */
export function peerFor(podSet: PodSet, from: Namespace, index: ClusterIndex): object | undefined {
  const matchLabels = selectingLabels(podSet);
  if (!matchLabels) return undefined;
  const podSelector = { matchLabels };
  if (index.sameNamespace(podSet.namespace, from) === 'yes') return { podSelector };
  if (podSet.namespace === undefined) return undefined;
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': podSet.namespace } }, podSelector };
}

/** True when a list of the pod's template may hold more than is written. */
export function hasOpenPorts({ resource, template }: PodSet): boolean {
  const isOpen = (path: readonly (string | number)[]): boolean => {
    const written = valueAt(resource, path);
    return (
      written !== undefined &&
      written !== null &&
      (!Array.isArray(written) || written.some((item) => typeof item !== 'object' || item === null || isOpaque(item)))
    );
  };
  const spec = [...template.path, 'spec'];
  return (
    isOpaque(valueAt(resource, spec)) ||
    isOpen([...spec, 'containers']) ||
    isOpen([...spec, 'initContainers']) ||
    template.containers.some((container) => isOpen([...container.path, 'ports']))
  );
}

/** Does the pod surely have nothing to do with this number: neither declared nor probed? */
export function knowsPort({ template }: PodSet, port: number): boolean {
  return template.containers.some(
    (container) =>
      container.ports.some((declared) => isOpaque(declared.containerPort) || known(declared.containerPort) === port) ||
      container.probes.some((probe) => known(probe.port) === port),
  );
}

/** The key of a rule list where it is written, else the spec. */
export function rulesMark(
  policy: Resource<'NetworkPolicy'>,
  key: 'ingress' | 'egress',
): { readonly resource: Resource; readonly path: readonly string[]; readonly part: 'key' } {
  return { resource: policy, path: valueAt(policy, ['spec', key]) === undefined ? ['spec'] : ['spec', key], part: 'key' };
}

/** The members of one namespace with the indexes that look-ups need; immutable, and kept as long as the members are the same. */
import { isOpaque, known } from '../base/opaque';
import { Multimap } from '../base/multimap';
import { isSuppliedLabel, matches, type LabelSelector } from '../model/labels';
import type { PodTemplate } from '../model/pod';
import { isWorkload, type Kind, type Resource } from '../model/resources';
import type { Namespace, PodSet } from './clusterIndex';
import { NearNames } from './nearNames';

export class NamespaceShard {
  private readonly byKind = new Multimap<Kind, Resource>();
  private readonly byName = new Map<string, Resource>();
  private readonly byLabel = new Multimap<string, PodSet>();
  /** Pods with a placeholder among their labels: they may match anything. */
  private readonly uncertain: PodSet[] = [];
  private readonly podSetOfResource = new Map<Resource, PodSet>();
  readonly podSets: readonly PodSet[];
  /** Made when first asked for. */
  private readonly nearNames = new Map<Kind, NearNames>();
  /** Answers of `nearName`: names that lead nowhere are asked for again at each edit of another namespace. */
  private readonly nearResources = new Map<string, Resource | undefined>();
  private almost: AlmostSelected | undefined;
  private policies: PoliciesByLabel | undefined;

  constructor(
    readonly namespace: Namespace,
    readonly members: readonly Resource[],
  ) {
    const podSets: PodSet[] = [];
    for (const resource of members) {
      this.byKind.add(resource.type, resource);
      const name = `${resource.type}/${resource.metadata.name}`;
      if (!this.byName.has(name)) this.byName.set(name, resource);
      const podSet = podSetOf(resource, namespace);
      if (!podSet) continue;
      podSets.push(podSet);
      this.podSetOfResource.set(resource, podSet);
      if (podSet.labels.open || [...podSet.labels.entries.values()].some(isOpaque)) this.uncertain.push(podSet);
      else for (const [key, value] of podSet.labels.entries) this.byLabel.add(`${key}=${known(value) ?? ''}`, podSet);
    }
    this.podSets = podSets.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }

  ofKind(type: Kind): readonly Resource[] {
    return this.byKind.get(type);
  }

  named(type: Kind, name: string): Resource | undefined {
    return this.byName.get(`${type}/${name}`);
  }

  /** The first object of a kind whose name is a slip of `name`. */
  nearName(type: Kind, name: string): Resource | undefined {
    const key = `${type}/${name}`;
    if (this.nearResources.has(key)) return this.nearResources.get(key);
    const near = this.nearNameNow(type, name);
    this.nearResources.set(key, near);
    return near;
  }

  private nearNameNow(type: Kind, name: string): Resource | undefined {
    let names = this.nearNames.get(type);
    if (!names) {
      names = new NearNames(this.ofKind(type).flatMap(({ metadata }) => (metadata.nameKnown ? [metadata.name] : [])));
      this.nearNames.set(type, names);
    }
    const [near] = names.near(name);
    return near === undefined ? undefined : this.named(type, near);
  }

  /** Pods that may match all but one of these pairs, or the only one nearly; in the order of `podSets`. A few too many, none too few. */
  almostSelected(pairs: readonly (readonly [string, string])[]): readonly PodSet[] {
    const [first, ...rest] = pairs;
    if (!first) return [];
    this.almost ??= almostSelected(this.podSets);
    const found = new Set<PodSet>(this.uncertain);
    if (rest.length === 0) for (const podSet of this.almost.candidates(...first)) found.add(podSet);
    else {
      // A pod that fails one pair has all the others: it has one of any two.
      const lists = pairs.map(([key, value]) => this.byLabel.get(`${key}=${value}`)).sort((a, b) => a.length - b.length);
      for (const list of lists.slice(0, 2)) for (const podSet of list) found.add(podSet);
    }
    const { order } = this.almost;
    return [...found].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  }

  /** NetworkPolicies whose podSelector may match the pods, in file order. A few too many, none too few. */
  policiesFor(podSet: PodSet): readonly Resource<'NetworkPolicy'>[] {
    const policies = this.ofKind('NetworkPolicy') as readonly Resource<'NetworkPolicy'>[];
    if (policies.length < 8 || podSet.labels.open || [...podSet.labels.entries.values()].some(isOpaque)) return policies;
    this.policies ??= this.policiesByLabel(policies);
    const { anyPod, byPair, order } = this.policies;
    const found = [...anyPod];
    for (const [key, value] of podSet.labels.entries) found.push(...byPair.get(`${key}=${known(value) ?? ''}`));
    return found.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  }

  /** Each policy under the pair of its selector that the fewest pods have; under `anyPod` where no pair is known. */
  private policiesByLabel(policies: readonly Resource<'NetworkPolicy'>[]): PoliciesByLabel {
    const anyPod: Resource<'NetworkPolicy'>[] = [];
    const byPair = new Multimap<string, Resource<'NetworkPolicy'>>();
    for (const policy of policies) {
      let best: { readonly pair: string; readonly pods: number } | undefined;
      for (const [key, value] of policy.spec.podSelector.matchLabels) {
        if (isOpaque(value) || isSuppliedLabel(key)) continue;
        const pair = `${key}=${value}`;
        const pods = this.byLabel.get(pair).length;
        if (!best || pods < best.pods) best = { pair, pods };
      }
      if (best) byPair.add(best.pair, policy);
      else anyPod.push(policy);
    }
    return { anyPod, byPair, order: new Map(policies.map((policy, index) => [policy, index])) };
  }

  podSetFor(resource: Resource): PodSet | undefined {
    return this.podSetOfResource.get(resource);
  }

  /** Pods that a selector surely or perhaps matches. */
  select(selector: LabelSelector, into: { yes: PodSet[]; maybe: PodSet[] }): void {
    for (const podSet of this.candidates(selector)) {
      const answer = matches(selector, podSet.labels);
      if (answer === 'yes') into.yes.push(podSet);
      else if (answer === 'unknown') into.maybe.push(podSet);
    }
  }

  /** By the label pair that the fewest pods have; all pods where no pair is known. */
  private candidates(selector: LabelSelector): readonly PodSet[] {
    let best: readonly PodSet[] | undefined;
    for (const [key, value] of selector.matchLabels) {
      if (isOpaque(value) || isSuppliedLabel(key)) continue;
      const pods = this.byLabel.get(`${key}=${value}`);
      if (!best || pods.length < best.length) best = pods;
    }
    if (!best) return this.podSets;
    return this.uncertain.length === 0 ? best : [...best, ...this.uncertain];
  }
}

interface PoliciesByLabel {
  readonly anyPod: readonly Resource<'NetworkPolicy'>[];
  readonly byPair: Multimap<string, Resource<'NetworkPolicy'>>;
  /** Places in the order of the files. */
  readonly order: ReadonlyMap<Resource, number>;
}

interface AlmostSelected {
  /** Places in `podSets`. */
  readonly order: ReadonlyMap<PodSet, number>;
  /** Pods with another value of the key that is a slip, with the value under another key, or of that name. */
  candidates(key: string, value: string): Iterable<PodSet>;
}

function almostSelected(podSets: readonly PodSet[]): AlmostSelected {
  const byValue = new Multimap<string, PodSet>();
  const byName = new Multimap<string, PodSet>();
  const byPair = new Multimap<string, PodSet>();
  const values = new Multimap<string, string>();
  for (const podSet of podSets) {
    byName.add(podSet.name, podSet);
    for (const [key, label] of podSet.labels.entries) {
      const value = known(label);
      if (value === undefined) continue;
      byValue.add(value, podSet);
      byPair.add(`${key}=${value}`, podSet);
      values.add(key, value);
    }
  }
  const near = new Map<string, NearNames>();
  return {
    order: new Map(podSets.map((podSet, index) => [podSet, index])),
    *candidates(key, value) {
      let names = near.get(key);
      if (!names) near.set(key, (names = new NearNames(values.get(key))));
      for (const slip of names.near(value)) yield* byPair.get(`${key}=${slip}`);
      yield* byValue.get(value);
      yield* byName.get(value);
    },
  };
}

/** What pods a resource makes; a Pod that a controller of these files owns is left to its owner. */
function podSetOf(resource: Resource, namespace: Namespace): PodSet | undefined {
  const made = podsMadeBy(resource);
  if (!made) return undefined;
  const { template, replicas } = made;
  const key = `${resource.kind.toLowerCase()}/${namespace ?? '-'}/${resource.metadata.name}`;
  return { key, resource, namespace, name: resource.metadata.name, labels: template.labels, template, replicas };
}

function podsMadeBy(resource: Resource): { readonly template: PodTemplate; readonly replicas: number | undefined } | undefined {
  if (resource.type === 'Pod') {
    const { phase, template } = resource.spec;
    return phase === 'Succeeded' || phase === 'Failed' ? undefined : { template, replicas: 1 };
  }
  if (isWorkload(resource)) {
    if (!resource.spec.hasTemplate) return undefined;
    const replicas = resource.spec.replicas;
    return { template: resource.spec.template, replicas: replicas === undefined ? 1 : known(replicas) };
  }
  if (resource.type === 'Other' && resource.spec.template) return { template: resource.spec.template, replicas: undefined };
  return undefined;
}

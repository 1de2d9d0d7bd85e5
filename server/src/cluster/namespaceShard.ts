/** The members of one namespace with the indexes that look-ups need; immutable, and kept as long as the members are the same. */
import { isOpaque, known } from '../base/opaque';
import { Multimap } from '../base/multimap';
import { isSuppliedLabel, matches, type LabelSelector } from '../model/labels';
import type { PodTemplate } from '../model/pod';
import { isWorkload, type Kind, type Resource } from '../model/resources';
import type { Namespace, PodSet } from './clusterIndex';

export class NamespaceShard {
  private readonly byKind = new Multimap<Kind, Resource>();
  private readonly byName = new Map<string, Resource>();
  private readonly byLabel = new Multimap<string, PodSet>();
  /** Pods with a placeholder among their labels: they may match anything. */
  private readonly uncertain: PodSet[] = [];
  private readonly podSetOfResource = new Map<Resource, PodSet>();
  readonly podSets: readonly PodSet[];

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

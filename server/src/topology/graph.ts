/** The graph while it is built: cards and edges by id, and how resources are named in it. */
import type { ClusterIndex, Namespace, PodSet } from '../cluster/clusterIndex';
import type { Labels } from '../model/labels';
import { sourceOf as placeOf } from '../model/origins';
import { objectRef, type PolicyDirection, type Resource } from '../model/resources';
import { textOf } from '../base/opaque';
import type { Path, SourceRef } from '../protocol/source';
import type { TopologyCard, TopologyEdge } from '../protocol/topology';

type BaseParts = Pick<TopologyCard, 'object' | 'title' | 'namespace' | 'source' | 'labels'>;

/** As they were made last: they change with the resource and its namespace alone. */
const baseByResource = new WeakMap<Resource, BaseParts>();

/** Shown where no file says a namespace. */
const unspecified = 'default';

export class GraphBuilder {
  readonly cards = new Map<string, TopologyCard>();
  readonly edges = new Map<string, TopologyEdge>();
  /** Card ids of pods, by `PodSet.key`. */
  readonly workloadCards = new Map<string, string>();
  /** Card ids of Services. */
  readonly serviceCards = new Map<Resource, string>();
  readonly podSets: readonly PodSet[];

  private readonly policies = new Map<string, ReturnType<ClusterIndex['policiesOn']>>();

  constructor(readonly index: ClusterIndex) {
    const seen = new Set<string>();
    this.podSets = index.namespaces().flatMap((namespace) =>
      index.podSets(namespace).filter((podSet) => {
        if (podSet.name === '' || seen.has(podSet.key)) return false;
        seen.add(podSet.key);
        return true;
      }),
    );
  }

  /** Which policies select a pod: gates, rails and what may be sent ask for the same. */
  policiesOn(podSet: PodSet, direction: PolicyDirection): ReturnType<ClusterIndex['policiesOn']> {
    const key = `${direction} ${podSet.key}`;
    const kept = this.policies.get(key) ?? this.index.policiesOn(podSet, direction);
    this.policies.set(key, kept);
    return kept;
  }

  /** `service/shop/api`; a second resource of the same kind, namespace and name is numbered. */
  idOf(resource: Resource): string {
    const id = `${resource.kind.toLowerCase()}/${this.namespaceName(this.index.namespaceOf(resource))}/${resource.metadata.name}`;
    let free = id;
    for (let count = 2; this.cards.has(free); count++) free = `${id}#${count}`;
    return free;
  }

  namespaceName(namespace: Namespace): string {
    return namespace ?? unspecified;
  }

  /** What every card of a resource has. */
  base(resource: Resource): BaseParts {
    const namespace = this.namespaceName(this.index.namespaceOf(resource));
    const kept = baseByResource.get(resource);
    if (kept?.namespace === namespace) return kept;
    const made = {
      object: objectRef(resource),
      title: resource.metadata.name,
      namespace,
      source: sourceOf(resource, []),
      labels: labelTexts(resource.metadata.labels),
    };
    baseByResource.set(resource, made);
    return made;
  }

  addCard(card: TopologyCard): void {
    this.cards.set(card.id, card);
  }

  addEdge(edge: Omit<TopologyEdge, 'id'>): void {
    const end = ({ card, port }: TopologyEdge['from']): string => (port === undefined ? card : `${card}:${port}`);
    const id = `${end(edge.from)} > ${end(edge.to)}`;
    const before = this.edges.get(id);
    if (!before || (edge.certain && !before.certain)) this.edges.set(id, { id, ...edge });
  }
}

/** A place inside a resource, in the file that says what stands there. */
export function sourceOf(resource: Resource, path: Path): SourceRef {
  return placeOf(resource, path);
}

export function labelTexts(labels: Labels): readonly string[] {
  return [...labels.entries].slice(0, 40).map(([key, value]) => `${key}=${textOf(value) ?? ''}`);
}

/** The resolved facts of one context, which rules, simulator, connectivity and topology ask. */
import type { Cidr } from '../base/addresses';
import type { Lookup } from '../base/lookup';
import type { Ternary, Value } from '../base/opaque';
import type { Path } from '../protocol/source';
import type { Context } from '../model/context';
import type { Labels, LabelSelector } from '../model/labels';
import type { PodTemplate } from '../model/pod';
import type { Kind, PolicyDirection, Resource } from '../model/resources';

/** A namespace name, or undefined where no file says it. Two unspecified ones are the same; one unspecified and one written are maybe the same. */
export type Namespace = string | undefined;

/** A Pod, or what a workload's template makes. */
export interface PodSet {
  /** `deployment/shop/web`; `deployment/-/web` where the namespace is unspecified. */
  readonly key: string;
  readonly resource: Resource;
  readonly namespace: Namespace;
  readonly name: string;
  readonly labels: Labels;
  readonly template: PodTemplate;
  /** Undefined when it cannot be known. A DaemonSet counts as one a node. */
  readonly replicas: number | undefined;
}

/** What a selector selects: surely, and perhaps (an opaque label, a namespace that is maybe the same). */
export interface Selection {
  readonly yes: readonly PodSet[];
  readonly maybe: readonly PodSet[];
}

/** A range of the cluster and where it is written. */
export interface RangeFact {
  readonly cidr: Cidr;
  readonly text: string;
  /** The scalar that says it; undefined for a setting or a default. */
  readonly resource?: Resource;
  readonly path?: Path;
  readonly span?: { readonly start: number; readonly end: number };
  readonly origin: 'kubeadm' | 'kind' | 'node' | 'servicecidr' | 'setting' | 'ippool' | 'flannel';
}

export interface ClusterRanges {
  readonly pod: readonly RangeFact[];
  readonly service: readonly RangeFact[];
  /** From which a network plugin takes the addresses of pods: Calico's pools, flannel's network. Inside `pod` where the cluster says its range. */
  readonly plugin?: readonly RangeFact[];
  /** `Backend.Type` of flannel's configuration. */
  readonly flannelBackend?: string;
  /** From kubeadm's `service-node-port-range`, or the setting; undefined when the default is assumed. */
  readonly nodePorts?: { readonly first: number; readonly last: number };
}

/** One use of a number or address that only one may have. */
export interface Claim {
  readonly resource: Resource;
  readonly path: Path;
  readonly namespace: Namespace;
  /** For a host port: whose containers ask for it. */
  readonly podSet?: PodSet;
  readonly hostIP?: string;
}

export type ClaimKind = 'nodePort' | 'hostPort' | 'clusterIP';

/** The pod template nearest to labels that match nothing. */
export interface NearMiss {
  readonly podSet: PodSet;
  /** (a) one value differs a little, (b) a key under another name, (c) all pairs but one, (d) the workload's name. Only a and b are evidence in an open context. */
  readonly kind: 'a' | 'b' | 'c' | 'd';
  /** The pair of the selector that does not match, and what the pod has instead (absent for c without one). */
  readonly key: string;
  readonly value: string;
  readonly actualKey?: string;
  readonly actualValue?: string;
  /** Others that are exactly as good. */
  readonly equals: readonly NearMiss[];
}

/** What a DNS name inside the cluster stands for. */
export interface NameTarget {
  readonly kind: 'service' | 'pod-of-service';
  readonly service: Resource<'Service'>;
  /** `web-0` in `web-0.web.shop.svc`. */
  readonly pod?: string;
  /** The full name that matched, and how many of the search list were tried up to it. */
  readonly fullName: string;
  readonly tried: number;
}

/**
 * Everything here answers for this one context. Resources come in the order of the context's files, pods sorted by key.
 * Rules get an index that notes what they asked for, so that an edit re-runs only those it concerns: hence ask for little.
 */
export interface ClusterIndex {
  readonly context: Context;

  /** The namespace of a resource: written, else the context's, else undefined. */
  namespaceOf(resource: Resource): Namespace;
  /** `maybe` when exactly one of them is unspecified. */
  sameNamespace(a: Namespace, b: Namespace): Ternary;

  /** Resources of a kind in a namespace, those with an unspecified one included (and all when `namespace` is undefined). */
  inNamespace<K extends Kind>(type: K, namespace: Namespace): readonly Resource<K>[];
  /** Resources of a kind wherever they are. Cluster-scoped kinds are asked for this way. */
  ofKind<K extends Kind>(type: K): readonly Resource<K>[];
  /** One object by name. Absent only in a closed context; `near` is a name that differs a little and is positive evidence. */
  get<K extends Kind>(type: K, namespace: Namespace, name: string): Lookup<Resource<K>>;
  /** True when an object of a kind that makes such objects under that name is here (SealedSecret and ExternalSecret make a Secret, operators make pods). */
  mayBeMade(type: 'Secret' | 'ConfigMap' | 'Service', namespace: Namespace, name: string): boolean;

  podSets(namespace: Namespace): readonly PodSet[];
  podSetOf(resource: Resource): PodSet | undefined;
  select(namespace: Namespace, selector: LabelSelector): Selection;
  /** Matches in namespaces that are surely another than `namespace`. */
  selectElsewhere(namespace: Namespace, selector: LabelSelector): readonly PodSet[];
  /** True when a custom resource of the namespace may create pods whose labels cannot be known. */
  mayHaveOtherPods(namespace: Namespace): boolean;
  /** Pods of a Service by its selector; empty without one. */
  backends(service: Resource<'Service'>): Selection;
  /** The best near miss for equality pairs that match no pod of the namespace. */
  nearMiss(namespace: Namespace, pairs: ReadonlyMap<string, Value<string>>): NearMiss | undefined;

  /** Labels of a namespace, `kubernetes.io/metadata.name` always among them; `open` when no manifest shows it. */
  namespaceLabels(namespace: Namespace): Labels;
  /** Namespaces that members are in, or that have a manifest; sorted. */
  namespaces(): readonly Namespace[];

  /** Policies whose podSelector may select the pods and that isolate them in that direction; by name. */
  policiesOn(podSet: PodSet, direction: PolicyDirection): readonly { readonly policy: Resource<'NetworkPolicy'>; readonly selects: Ternary }[];

  /** A name as a client in a namespace would write it, through the search list of `ClusterFirst`. */
  resolveName(name: string, from: Namespace): Lookup<NameTarget>;
  /** `cluster.local`, or what kubeadm says. */
  readonly clusterDomain: string;

  readonly ranges: ClusterRanges;
  /**
   * Who claims a node port (`30080/TCP`), a host port (`80/TCP`) or a cluster address (canonical text), in file order.
   * In clusters of all namespaces.
   */
  claims(kind: ClaimKind, key: string): readonly Claim[];
}

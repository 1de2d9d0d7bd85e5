/** The Kubernetes kinds that Packetpath reads, as readonly objects of Kubernetes' own shape. No YAML, no positions. */
import type { ObjectRef, Path } from '../protocol/source';
import { isOpaque, missingKey, type Value } from '../base/opaque';
import type { AdminPolicySpec } from './adminPolicy';
import type { GatewayClassSpec, GatewaySpec, ReferenceGrantSpec, RouteSpec } from './gateway';
import type { Labels, LabelSelector } from './labels';
import type { Origins } from './origins';
import type { PodTemplate } from './pod';

export interface PodSpec {
  readonly template: PodTemplate;
  /** `status.podIP(s)` where a manifest shows them. */
  readonly podIPs: readonly string[];
  /** `status.phase`; finished pods are neither endpoints nor peers. */
  readonly phase?: string;
  /** The controller that owns the pod, from `metadata.ownerReferences`. */
  readonly owner?: { readonly kind: string; readonly name: string };
}

export interface WorkloadSpec {
  readonly template: PodTemplate;
  /** Undefined when it is not written (then 1), opaque when it cannot be known. */
  readonly replicas?: Value<number>;
  /** Undefined when there is none, or it is generated (Job). */
  readonly selector?: LabelSelector;
  readonly selectorPath: Path;
  /** StatefulSet. */
  readonly serviceName?: Value<string>;
  readonly hasTemplate: boolean;
}

export interface ServicePort {
  readonly path: Path;
  readonly name?: Value<string>;
  readonly port?: Value<number>;
  readonly protocol?: Value<string>;
  /** A number, a port name, or undefined: then it equals `port`. */
  readonly targetPort?: Value<number | string>;
  readonly nodePort?: Value<number>;
  readonly appProtocol?: Value<string>;
}

export interface ServiceSpec {
  /** As written; ClusterIP when missing. */
  readonly type?: Value<string>;
  /** Undefined when missing or null; an empty map is no selector either. */
  readonly selector?: ReadonlyMap<string, Value<string>>;
  /** A placeholder may add pairs, or the map has the wrong shape. */
  readonly selectorOpen: boolean;
  readonly clusterIP?: Value<string>;
  readonly clusterIPs: readonly Value<string>[];
  readonly ports: readonly ServicePort[];
  readonly externalName?: Value<string>;
  readonly externalIPs: readonly Value<string>[];
  readonly externalTrafficPolicy?: Value<string>;
  readonly internalTrafficPolicy?: Value<string>;
  readonly trafficDistribution?: Value<string>;
  readonly sessionAffinity?: Value<string>;
  readonly loadBalancerSourceRanges: readonly Value<string>[];
  readonly loadBalancerIP?: Value<string>;
  readonly allocateLoadBalancerNodePorts: boolean;
  readonly healthCheckNodePort?: Value<number>;
  readonly publishNotReadyAddresses: boolean;
  readonly ipFamilies: readonly Value<string>[];
  readonly ipFamilyPolicy?: Value<string>;
  /** `status.loadBalancer.ingress[].ip|hostname`. */
  readonly externalAddresses: readonly string[];
}

export interface Endpoint {
  readonly path: Path;
  readonly addresses: readonly Value<string>[];
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly nodeName?: Value<string>;
  readonly hostname?: Value<string>;
  readonly targetPod?: string;
}

/** EndpointSlice, and an Endpoints object turned into the same shape, one subset after another. */
export interface EndpointsSpec {
  /** The Service: label `kubernetes.io/service-name`, or the object's own name for Endpoints. */
  readonly service?: Value<string>;
  readonly addressType?: Value<string>;
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly { readonly path: Path; readonly name?: Value<string>; readonly port?: Value<number>; readonly protocol?: Value<string> }[];
}

export interface NetworkPolicyPort {
  readonly path: Path;
  readonly port?: Value<number | string>;
  readonly endPort?: Value<number>;
  readonly protocol?: Value<string>;
}

export interface IpBlock {
  readonly path: Path;
  readonly cidr?: Value<string>;
  readonly except: readonly Value<string>[];
}

export interface NetworkPolicyPeer {
  readonly path: Path;
  /** Undefined: not written. An empty one selects every pod of its scope. */
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: IpBlock;
}

export interface NetworkPolicyRule {
  readonly path: Path;
  /** `from` or `to`; undefined when missing or null. Missing and empty both mean everyone. */
  readonly peers?: readonly NetworkPolicyPeer[];
  /** Missing and empty both mean every port and protocol. */
  readonly ports?: readonly NetworkPolicyPort[];
}

export type PolicyDirection = 'Ingress' | 'Egress';

export interface NetworkPolicySpec {
  /** Missing, null, `{}` and `{matchLabels: null}` are every pod of the namespace. */
  readonly podSelector: LabelSelector;
  readonly hasPodSelector: boolean;
  /** Undefined when missing or empty: then Ingress always, and Egress if there is at least one egress rule. */
  readonly policyTypes?: readonly Value<string>[];
  readonly ingress: readonly NetworkPolicyRule[];
  readonly egress: readonly NetworkPolicyRule[];
}

export interface IngressBackend {
  readonly path: Path;
  readonly service?: Value<string>;
  readonly portNumber?: Value<number>;
  readonly portName?: Value<string>;
  /** Where the port stands: `service.port.number`, or `servicePort` of the old schema. */
  readonly portPath: Path;
  /** A backend that is not a Service. */
  readonly resource: boolean;
}

export interface IngressPath {
  readonly path: Path;
  readonly urlPath?: Value<string>;
  readonly pathType?: Value<string>;
  readonly backend?: IngressBackend;
}

export interface IngressSpec {
  readonly className?: Value<string>;
  readonly defaultBackend?: IngressBackend;
  readonly rules: readonly { readonly path: Path; readonly host?: Value<string>; readonly paths: readonly IngressPath[] }[];
  readonly tls: readonly { readonly path: Path; readonly hosts: readonly Value<string>[]; readonly secretName?: Value<string> }[];
}

export interface IngressClassSpec {
  readonly controller?: Value<string>;
  readonly isDefault: boolean;
}

export interface NodeSpec {
  readonly podCIDRs: readonly { readonly path: Path; readonly cidr: Value<string> }[];
  readonly addresses: readonly { readonly path: Path; readonly type?: Value<string>; readonly address?: Value<string> }[];
}

/** Names of keys only; ConfigMap values are kept for the scanners of host names, Secret values never. */
export interface ConfigMapSpec {
  readonly data: ReadonlyMap<string, Value<string>>;
  readonly binaryKeys: readonly string[];
  /** A placeholder may add keys. */
  readonly open: boolean;
}

export interface SecretSpec {
  readonly keys: readonly string[];
  readonly open: boolean;
  readonly type?: Value<string>;
}

/** kubeadm ClusterConfiguration and kind Cluster, as far as ranges go. */
export interface ClusterConfigurationSpec {
  readonly podSubnets: readonly RangeText[];
  readonly serviceSubnets: readonly RangeText[];
  readonly dnsDomain?: Value<string>;
  readonly extraArgs: ReadonlyMap<string, { readonly value: Value<string>; readonly path: Path }>;
  readonly advertiseAddress?: { readonly path: Path; readonly value: Value<string> };
  readonly disableDefaultCni: boolean;
  readonly kubeProxyMode?: Value<string>;
  readonly ipFamily?: Value<string>;
}

/** One range of a field that may hold a comma list. `span`: UTF-16 offsets in the decoded scalar. */
export interface RangeText {
  readonly path: Path;
  readonly text: string;
  readonly span?: { readonly start: number; readonly end: number };
}

export interface ServiceCidrSpec {
  readonly cidrs: readonly RangeText[];
}

/** `IPPool` of Calico (`projectcalico.org`, `crd.projectcalico.org`). */
export interface IpPoolSpec {
  readonly cidr?: Value<string>;
  /** Never, Always or CrossSubnet; Never when it is not written. */
  readonly ipipMode?: Value<string>;
  readonly vxlanMode?: Value<string>;
  readonly natOutgoing: boolean;
  readonly blockSize?: Value<number>;
  readonly disabled: boolean;
}

export interface NamespaceSpec {
  readonly labels: Labels;
}

/** Any other kind: known by name, and by pods that it may create (`spec.template`, `podTemplatePaths`). */
export interface OtherSpec {
  readonly template?: PodTemplate;
}

export interface SpecOf {
  readonly Pod: PodSpec;
  readonly Deployment: WorkloadSpec;
  readonly StatefulSet: WorkloadSpec;
  readonly DaemonSet: WorkloadSpec;
  readonly ReplicaSet: WorkloadSpec;
  readonly ReplicationController: WorkloadSpec;
  readonly Job: WorkloadSpec;
  readonly CronJob: WorkloadSpec;
  readonly Service: ServiceSpec;
  readonly EndpointSlice: EndpointsSpec;
  readonly Endpoints: EndpointsSpec;
  readonly NetworkPolicy: NetworkPolicySpec;
  readonly Ingress: IngressSpec;
  readonly IngressClass: IngressClassSpec;
  readonly Namespace: NamespaceSpec;
  readonly Node: NodeSpec;
  readonly ConfigMap: ConfigMapSpec;
  readonly Secret: SecretSpec;
  readonly KubeadmClusterConfiguration: ClusterConfigurationSpec;
  readonly KindCluster: ClusterConfigurationSpec;
  readonly ServiceCIDR: ServiceCidrSpec;
  readonly IPPool: IpPoolSpec;
  readonly GatewayClass: GatewayClassSpec;
  readonly Gateway: GatewaySpec;
  readonly HTTPRoute: RouteSpec;
  readonly GRPCRoute: RouteSpec;
  readonly TLSRoute: RouteSpec;
  readonly TCPRoute: RouteSpec;
  readonly UDPRoute: RouteSpec;
  readonly ReferenceGrant: ReferenceGrantSpec;
  readonly AdminNetworkPolicy: AdminPolicySpec;
  readonly BaselineAdminNetworkPolicy: AdminPolicySpec;
  readonly ClusterNetworkPolicy: AdminPolicySpec;
  readonly Other: OtherSpec;
}

/** A row of the table of kinds. `kind` of the manifest is `ClusterConfiguration` for kubeadm and `Cluster` for kind. */
export type Kind = keyof SpecOf;

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'ReplicationController' | 'Job' | 'CronJob';
export const workloadKinds: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'];

export interface ResourceMetadata {
  /** The name, `generateName` with `*`, or '' when there is none. Opaque names keep their text here and `nameKnown` is false. */
  readonly name: string;
  readonly nameKnown: boolean;
  /** Written or given by an overlay; undefined when unspecified. */
  readonly namespace?: string;
  /** The namespace is a placeholder: it may be any. */
  readonly namespaceOpaque: boolean;
  readonly labels: Labels;
  readonly annotations: ReadonlyMap<string, Value<string>>;
}

/** What every resource has. `source` names file, document and the path of its root (`items`, n in a List). */
export interface ResourceBase<K extends Kind> {
  readonly type: K;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ResourceMetadata;
  readonly spec: SpecOf[K];
  readonly source: { readonly uri: string; readonly document: number; readonly path: Path };
  /** The whole of what was written, as plain values; scalars that cannot be known are `Opaque`. */
  readonly raw: unknown;
  /** True for a file that a kustomization names as a patch, or a document without the spine of its kind: no completeness rules. */
  readonly partial: boolean;
  /** Rule ids of the annotation `packetpath.dev/ignore`. */
  readonly ignores: readonly string[];
  /** Where its values stand, for one that Kustomize put together out of several places. */
  readonly origins?: Origins;
  /** Read from a Helm template: what the text does not tell is opaque, and list items that control flow writes are too. */
  readonly templated?: boolean;
  /** The whole object stands under control flow of a template: it may be there, several times or not at all. */
  readonly conditional?: boolean;
}

export type Resource<K extends Kind = Kind> = { readonly [P in K]: ResourceBase<P> }[K];
export type Workload = Resource<WorkloadKind>;
export type PodHolder = Resource<WorkloadKind | 'Pod'>;

export function isWorkload(resource: Resource): resource is Workload {
  return (workloadKinds as readonly string[]).includes(resource.type);
}

export function isPodHolder(resource: Resource): resource is PodHolder {
  return resource.type === 'Pod' || isWorkload(resource);
}

export function objectRef(resource: Resource): ObjectRef {
  const { apiVersion, kind, metadata } = resource;
  return metadata.namespace === undefined
    ? { apiVersion, kind, name: metadata.name }
    : { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}

/**
 * The plain value at a path of what was written; undefined when there is none. Own properties only. Below a placeholder, and for a key that
 * a template may add, it is opaque.
 */
export function valueAt(resource: Resource, path: Path): unknown {
  let value: unknown = resource.raw;
  for (const segment of path) {
    if (isOpaque(value)) return value;
    if (Array.isArray(value)) value = typeof segment === 'number' ? (value as unknown[])[segment] : undefined;
    else if (typeof value === 'object' && value !== null && Object.hasOwn(value, segment)) value = (value as Record<PathSegmentKey, unknown>)[segment];
    else if (typeof value === 'object' && value !== null) value = missingKey(value);
    else return undefined;
  }
  return value;
}
type PathSegmentKey = string | number;

/** The table of kinds: which manifests are one, and who decodes it. */
import type { Kind, SpecOf } from '../model/resources';
import { decodeAdminPolicy } from './adminPolicy';
import { decodeIpPool } from './calico';
import { decodeConfigMap, decodeSecret } from './configuration';
import { decodeKind, decodeKubeadm, decodeNamespace, decodeNode, decodeServiceCidr } from './cluster';
import { decodeEndpoints, decodeEndpointSlice } from './endpoints';
import type { Fields } from './fields';
import { decodeGateway, decodeGatewayClass, decodeReferenceGrant, decodeRoute } from './gateway';
import { decodeIngress, decodeIngressClass } from './ingress';
import { decodeNetworkPolicy } from './networkPolicy';
import { decodeOther } from './other';
import { decodePod } from './pod';
import { decodeService } from './service';
import { decodeWorkload } from './workload';

interface KindRow<K extends Kind> {
  /** API groups, '' for the core; a kind of the same name in another group is another kind. */
  readonly groups: readonly string[];
  readonly kinds: readonly string[];
  /** False for kinds that have no namespace. */
  readonly namespaced: boolean;
  /** Without these (paths from the root) a document is a part of one: no completeness rules. */
  readonly spine: readonly (readonly string[])[];
  decode(root: Fields): SpecOf[K];
}

const template = ['spec', 'template', 'spec', 'containers'];
const workload = <K extends 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'ReplicationController' | 'Job' | 'CronJob'>(
  kind: K,
  groups: readonly string[],
  spine: readonly (readonly string[])[],
): KindRow<K> => ({ groups, kinds: [kind], namespaced: true, spine, decode: (root: Fields) => decodeWorkload(root, kind) });

const gatewayGroup = ['gateway.networking.k8s.io'];
const route = <K extends 'HTTPRoute' | 'GRPCRoute' | 'TLSRoute' | 'TCPRoute' | 'UDPRoute'>(kind: K): KindRow<K> => ({
  groups: gatewayGroup,
  kinds: [kind],
  namespaced: true,
  spine: [['spec']],
  decode: decodeRoute,
});

const policyGroup = ['policy.networking.k8s.io'];
const adminPolicy = <K extends 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy' | 'ClusterNetworkPolicy'>(
  kind: K,
  tier?: 'Admin' | 'Baseline',
): KindRow<K> => ({
  groups: policyGroup,
  kinds: [kind],
  namespaced: false,
  spine: [['spec']],
  decode: (root: Fields) => decodeAdminPolicy(root, tier),
});

const apps = ['apps', 'extensions'];

export const kindTable = {
  Pod: { groups: [''], kinds: ['Pod'], namespaced: true, spine: [['spec', 'containers']], decode: decodePod },
  Deployment: workload('Deployment', apps, [template]),
  StatefulSet: workload('StatefulSet', apps, [template]),
  DaemonSet: workload('DaemonSet', apps, [template]),
  ReplicaSet: workload('ReplicaSet', apps, [template]),
  ReplicationController: workload('ReplicationController', [''], [template]),
  Job: workload('Job', ['batch'], [template]),
  CronJob: workload('CronJob', ['batch'], [['spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers']]),
  Service: { groups: [''], kinds: ['Service'], namespaced: true, spine: [['spec']], decode: decodeService },
  EndpointSlice: { groups: ['discovery.k8s.io'], kinds: ['EndpointSlice'], namespaced: true, spine: [['endpoints']], decode: decodeEndpointSlice },
  Endpoints: { groups: [''], kinds: ['Endpoints'], namespaced: true, spine: [], decode: decodeEndpoints },
  NetworkPolicy: { groups: ['networking.k8s.io', 'extensions'], kinds: ['NetworkPolicy'], namespaced: true, spine: [['spec']], decode: decodeNetworkPolicy },
  Ingress: { groups: ['networking.k8s.io', 'extensions'], kinds: ['Ingress'], namespaced: true, spine: [['spec']], decode: decodeIngress },
  IngressClass: { groups: ['networking.k8s.io'], kinds: ['IngressClass'], namespaced: false, spine: [], decode: decodeIngressClass },
  Namespace: { groups: [''], kinds: ['Namespace'], namespaced: false, spine: [], decode: decodeNamespace },
  Node: { groups: [''], kinds: ['Node'], namespaced: false, spine: [], decode: decodeNode },
  ConfigMap: { groups: [''], kinds: ['ConfigMap'], namespaced: true, spine: [], decode: decodeConfigMap },
  Secret: { groups: [''], kinds: ['Secret'], namespaced: true, spine: [], decode: decodeSecret },
  KubeadmClusterConfiguration: {
    groups: ['kubeadm.k8s.io'],
    kinds: ['ClusterConfiguration', 'InitConfiguration'],
    namespaced: false,
    spine: [],
    decode: decodeKubeadm,
  },
  KindCluster: { groups: ['kind.x-k8s.io'], kinds: ['Cluster'], namespaced: false, spine: [], decode: decodeKind },
  ServiceCIDR: { groups: ['networking.k8s.io'], kinds: ['ServiceCIDR'], namespaced: false, spine: [], decode: decodeServiceCidr },
  IPPool: { groups: ['projectcalico.org', 'crd.projectcalico.org'], kinds: ['IPPool'], namespaced: false, spine: [['spec']], decode: decodeIpPool },
  GatewayClass: { groups: gatewayGroup, kinds: ['GatewayClass'], namespaced: false, spine: [], decode: decodeGatewayClass },
  Gateway: { groups: gatewayGroup, kinds: ['Gateway'], namespaced: true, spine: [['spec']], decode: decodeGateway },
  HTTPRoute: route('HTTPRoute'),
  GRPCRoute: route('GRPCRoute'),
  TLSRoute: route('TLSRoute'),
  TCPRoute: route('TCPRoute'),
  UDPRoute: route('UDPRoute'),
  ReferenceGrant: { groups: gatewayGroup, kinds: ['ReferenceGrant'], namespaced: true, spine: [['spec']], decode: decodeReferenceGrant },
  AdminNetworkPolicy: adminPolicy('AdminNetworkPolicy', 'Admin'),
  BaselineAdminNetworkPolicy: adminPolicy('BaselineAdminNetworkPolicy', 'Baseline'),
  ClusterNetworkPolicy: adminPolicy('ClusterNetworkPolicy'),
  Other: { groups: [], kinds: [], namespaced: true, spine: [], decode: (root: Fields) => decodeOther(root) },
} satisfies { readonly [K in Kind]: KindRow<K> };

const byName = new Map<string, Kind>();
for (const type of Object.keys(kindTable) as Kind[]) {
  for (const group of kindTable[type].groups) for (const kind of kindTable[type].kinds) byName.set(`${group}/${kind}`, type);
}

/** The row of a manifest, by group (any version) and kind; `Other` for what the table does not hold. */
export function kindOf(apiVersion: string, kind: string): Kind {
  const slash = apiVersion.lastIndexOf('/');
  return byName.get(`${slash < 0 ? '' : apiVersion.slice(0, slash)}/${kind}`) ?? 'Other';
}

/** Kinds of Kubernetes itself, whose names nobody else uses much. */
const servedGroups: ReadonlySet<string> = new Set(['', 'apps', 'batch', 'discovery.k8s.io', 'networking.k8s.io']);

/** The row of a manifest whose apiVersion is a placeholder. */
export function kindByName(kind: string): Kind {
  for (const [name, type] of byName) if (name.endsWith(`/${kind}`) && servedGroups.has(name.slice(0, name.length - kind.length - 1))) return type;
  return 'Other';
}

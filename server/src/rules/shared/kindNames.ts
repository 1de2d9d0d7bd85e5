/** All kinds that there are, for rules that look at every resource. */
import type { Kind } from '../../model/resources';

const all: Readonly<Record<Kind, true>> = {
  Pod: true,
  Deployment: true,
  StatefulSet: true,
  DaemonSet: true,
  ReplicaSet: true,
  ReplicationController: true,
  Job: true,
  CronJob: true,
  Service: true,
  EndpointSlice: true,
  Endpoints: true,
  NetworkPolicy: true,
  Ingress: true,
  IngressClass: true,
  Namespace: true,
  Node: true,
  ConfigMap: true,
  Secret: true,
  KubeadmClusterConfiguration: true,
  KindCluster: true,
  ServiceCIDR: true,
  IPPool: true,
  GatewayClass: true,
  Gateway: true,
  HTTPRoute: true,
  GRPCRoute: true,
  TLSRoute: true,
  TCPRoute: true,
  UDPRoute: true,
  ReferenceGrant: true,
  AdminNetworkPolicy: true,
  BaselineAdminNetworkPolicy: true,
  ClusterNetworkPolicy: true,
  Other: true,
};

export const kindNames = Object.keys(all) as readonly Kind[];

/** Those whose fields are listed in `apiFields`. */
export const checkedKinds = [
  'Service',
  'NetworkPolicy',
  'Ingress',
  'EndpointSlice',
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
] as const satisfies readonly Kind[];

/** Which kinds have a namespace. */
import type { Resource } from './resources';

/** Cluster-scoped kinds of Kubernetes itself and of the APIs that network manifests stand beside. */
const clusterScoped: ReadonlySet<string> = new Set([
  'APIService',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'CSIDriver',
  'CertificateSigningRequest',
  'Cluster',
  'ClusterConfiguration',
  'ClusterIssuer',
  'ClusterNetworkPolicy',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'GatewayClass',
  'IPAddress',
  'IPPool',
  'IngressClass',
  'InitConfiguration',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PodSecurityPolicy',
  'PriorityClass',
  'RuntimeClass',
  'ServiceCIDR',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
]);

export function isNamespaced(resource: Resource): boolean {
  return !clusterScoped.has(resource.kind);
}

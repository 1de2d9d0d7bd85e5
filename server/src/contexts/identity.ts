/** What makes two manifests the same object, and what of a file the forming of contexts looks at. */
import type { Resource } from '../model/resources';
import { isNamespaced } from '../model/scope';
import type { ContextFile } from './formContexts';
import { pointerKey } from './gitops';
import { readKustomization } from './kustomization';
import { isKustomization } from './kustomizeRoots';

/**
 * Group, kind, namespace and name as one string; undefined where that is not known for certain (a placeholder, `generateName`) or where the
 * manifest is only a part of an object. An unspecified namespace is the same as another unspecified one, and is no written one.
 * A kubeadm or kind configuration describes the one cluster there is, whatever it is called.
 */
export function identityOf(resource: Resource): string | undefined {
  if (resource.type === 'KubeadmClusterConfiguration' || resource.type === 'KindCluster') return `cluster configuration/${resource.type}`;
  const { name, nameKnown, namespace, namespaceOpaque } = resource.metadata;
  // Of what a template writes on a condition there may be two versions.
  if (resource.partial || resource.conditional || !nameKnown || name === '' || name.includes('*')) return undefined;
  if (!isNamespaced(resource)) return `${groupOf(resource)}/${resource.kind}//${name}`;
  return namespaceOpaque ? undefined : `${groupOf(resource)}/${resource.kind}/${namespace ?? ''}/${name}`;
}

/** The kind and name in an identity, for sentences. */
export function nameOfIdentity(identity: string): string {
  const [, kind = '', , name = ''] = identity.split('/');
  return name === '' ? 'a cluster' : `${kind} ${name}`;
}

/** Groups that kinds moved out of: https://kubernetes.io/docs/reference/using-api/deprecation-guide/#v1-16 and #ingress-v122 */
const movedTo: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'apps'],
  ['DaemonSet', 'apps'],
  ['ReplicaSet', 'apps'],
  ['Ingress', 'networking.k8s.io'],
  ['NetworkPolicy', 'networking.k8s.io'],
]);

function groupOf({ apiVersion, kind }: Resource): string {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  return group === 'extensions' ? (movedTo.get(kind) ?? group) : group;
}

/** Changes only when `formContexts` could form other contexts: identities, namespaces, the kustomization, GitOps pointers, documents that cannot be read. */
export function contextKeyOf(file: Pick<ContextFile, 'path' | 'resources' | 'kustomization' | 'brokenDocuments'>): string {
  const resources = file.resources.map((resource) => [
    identityOf(resource) ?? `${resource.apiVersion}/${resource.kind}`,
    resource.metadata.namespace ?? (resource.metadata.namespaceOpaque ? true : false),
  ]);
  // Only what was understood of the kustomization: its plain value may be of any depth.
  const kustomization = isKustomization(file) ? readKustomization(file.path, file.kustomization) : file.kustomization !== undefined;
  return JSON.stringify([file.path, file.brokenDocuments, resources, kustomization, pointerKey(file.resources)]);
}

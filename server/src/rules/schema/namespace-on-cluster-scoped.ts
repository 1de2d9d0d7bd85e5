/** A namespace on an object that is in none. */
import { valueAt } from '../../model/resources';
import { isNamespaced } from '../../model/scope';
import { documentRule } from '../rule';
import { kindNames } from '../shared/kindNames';

export const namespaceOnClusterScoped = documentRule({
  meta: {
    id: 'schema/namespace-on-cluster-scoped',
    severity: 'information',
    default: 'information',
    tier: 'B',
    summary: 'An object that belongs to the whole cluster has a namespace.',
    why: 'Namespaces, Nodes, ClusterRoles, IngressClasses and their like are in no namespace. The API server drops the one that is written, so it only misleads: two such objects with one name and different namespaces are the same object, and the later apply wins.',
    remedy: 'Remove `metadata.namespace`. If the objects of two installations should be told apart, give them different names.',
    references: [
      '[Namespaces: not all objects are in a namespace](https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#not-all-objects-are-in-a-namespace)',
    ],
    messages: { has: 'Objects of kind {kind} are in no namespace; this one has no effect.' },
    fixable: true,
  },
  kinds: kindNames,
  *check(resource) {
    const path = ['metadata', 'namespace'];
    const namespace = valueAt(resource, path);
    if (resource.partial || isNamespaced(resource) || isConfiguration(resource.apiVersion) || typeof namespace !== 'string' || namespace === '') return;
    yield {
      at: { resource, path },
      message: 'has',
      data: { kind: resource.kind },
      tag: 'unnecessary',
      fixes: [{ title: 'Remove the namespace', preferred: true, safe: true, edits: [{ kind: 'remove', resource, path }] }],
    };
  },
});

/** Kinds of the same names whose objects do have namespaces (Cluster API), or that are no objects of a cluster. */
function isConfiguration(apiVersion: string): boolean {
  return (
    /(^|\.)cluster\.x-k8s\.io\/|^kind\.x-k8s\.io\/|^kubeadm\.k8s\.io\//.test(apiVersion) ||
    (apiVersion.includes('.') && !/k8s\.io\/|projectcalico\.org\//.test(apiVersion))
  );
}

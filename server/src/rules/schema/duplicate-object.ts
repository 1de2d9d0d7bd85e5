/** One object that is defined twice. */
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { Kind, Resource } from '../../model/resources';
import { kindNames } from '../shared/kindNames';
import { isLocalConfig } from '../shared/localConfig';
import { contextRule } from '../rule';
import { namedIn } from '../shared/byName';

export const duplicateObject = contextRule<Kind, 'here' | 'elsewhere'>({
  meta: {
    id: 'schema/duplicate-object',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'The same object is defined twice among manifests that are applied together.',
    why: 'Group, kind, namespace and name are what the cluster knows an object by. When they stand twice among the manifests that are applied together, the one that is applied later changes or replaces what the first one said, and which one is later depends on the order of files. Kustomize refuses such a build. Reported within one file, and across files where it is certain that they go together: under a kustomization, in a context of the configuration, and on standard input. Elsewhere two files with one object are taken for alternatives.',
    remedy: 'Delete one of the two, or give it the name or the namespace that was meant. Where one is a change of the other, make it a Kustomize patch.',
    references: [
      '[Objects in Kubernetes: names](https://kubernetes.io/docs/concepts/overview/working-with-objects/names/)',
      '[Declarative management of objects](https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/)',
    ],
    messages: {
      here: '{kind} `{name}` is already defined above in this file; the one that is applied later wins.',
      elsewhere: '{kind} `{name}` is also defined in {file}; the one that is applied later wins.',
    },
    fixable: false,
  },
  kinds: kindNames,
  *check(resource, index) {
    const { kind } = index.context;
    if (kind === 'helm' || !isIdentified(resource)) return;
    const first = firstOf(resource, index);
    if (!first || isSame(first, resource)) return;
    const here = first.source.uri === resource.source.uri;
    if (!here && kind !== 'kustomize' && kind !== 'config' && kind !== 'stdin') return;
    yield {
      at: { resource, path: ['metadata', 'name'] },
      message: here ? 'here' : 'elsewhere',
      data: { kind: resource.kind, name: resource.metadata.name, file: fileName(first.source.uri) },
      related: [{ mark: { resource: first, path: ['metadata', 'name'] }, message: `${resource.kind} \`${resource.metadata.name}\` is defined here first.` }],
    };
  },
});

/** Two of one name that stand in branches of a template are never there together. */
function isIdentified(resource: Resource): boolean {
  const { partial, conditional, metadata } = resource;
  return !partial && !conditional && metadata.nameKnown && !metadata.namespaceOpaque && !metadata.name.includes('*') && !isLocalConfig(resource);
}

/** The first resource of the context with this identity in exactly this namespace. */
function firstOf(resource: Resource, index: ClusterIndex): Resource | undefined {
  const namespace = index.namespaceOf(resource);
  if (resource.type === 'Other') {
    const group = groupOf(resource);
    return namedIn(index.ofKind('Other'), resource.metadata.name).find(
      (other) => other.kind === resource.kind && groupOf(other) === group && isIdentified(other) && index.namespaceOf(other) === namespace,
    );
  }
  const lookup = index.get(resource.type, namespace, resource.metadata.name);
  return lookup.state === 'found' && isIdentified(lookup.value) && index.namespaceOf(lookup.value) === namespace ? lookup.value : undefined;
}

function groupOf({ apiVersion }: Resource): string {
  const slash = apiVersion.lastIndexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** One manifest may stand in a context twice, once for each way in which it is brought in. */
function isSame(a: Resource, b: Resource): boolean {
  const [left, right] = [a.source, b.source];
  return left.uri === right.uri && left.document === right.document && left.path.join('/') === right.path.join('/');
}

function fileName(uri: string): string {
  const last = uri.slice(uri.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

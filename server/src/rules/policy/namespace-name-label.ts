/** A namespaceSelector by a label that looks like the namespace's name and that it does not carry. */
import { isOpaque, known, type Value } from '../../base/opaque';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { Finding, Fix } from '../../model/finding';
import type { LabelSelector } from '../../model/labels';
import { valueAt, type Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';
import { contextRule } from '../rule';

type Message = 'missing' | 'unknown';

const keys = ['name', 'ns', 'namespace'];
const builtIn = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const nameLabel = 'kubernetes.io/metadata.name';

export const namespaceNameLabel = contextRule<'NetworkPolicy', Message>({
  meta: {
    id: 'policy/namespace-name-label',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A namespaceSelector uses a `name` label that the namespace does not have.',
    why: 'A `namespaceSelector` looks at the labels of Namespace objects, not at their names. No namespace has a label `name` unless somebody sets it, `kube-system` and `default` among them. The peer then matches nobody, and the traffic that it was written for is dropped. What every namespace does carry is `kubernetes.io/metadata.name`, which the API server sets (from Kubernetes 1.21) and which cannot be changed.',
    remedy: 'Select by `kubernetes.io/metadata.name`, or put the label on the Namespace.',
    references: [
      '[Targeting a namespace by its name](https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name)',
      '[KEP-2161: a label with the name on every namespace](https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/2161-apiserver-default-labels)',
      '`pkg/apis/core/v1/defaults.go` (SetDefaults_Namespace)',
    ],
    messages: {
      missing: 'Namespace `{namespace}` has no label {key}={namespace}, so this matches nobody; use kubernetes.io/metadata.name.',
      unknown: 'Whether namespace `{namespace}` has a label {key}={namespace} is in no file; every namespace has kubernetes.io/metadata.name.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy, index, { kubernetesMinor }) {
    if (kubernetesMinor < 21) return;
    for (const rule of [...policy.spec.ingress, ...policy.spec.egress]) {
      for (const peer of rule.peers ?? []) {
        if (!peer.namespaceSelector) continue;
        for (const wanted of namesIn(peer.namespaceSelector, [...peer.path, 'namespaceSelector'])) {
          const finding = judge(policy, wanted, index);
          if (finding) yield finding;
        }
      }
    }
  },
});

interface Wanted {
  readonly key: string;
  readonly namespace: string;
  readonly mark: Path;
  readonly inMap: boolean;
  readonly hasNameLabel: boolean;
}

/** Pairs of `matchLabels`, and expressions that list one value. */
function namesIn(selector: LabelSelector, path: Path): Wanted[] {
  const hasNameLabel = selector.matchLabels.has(nameLabel);
  const wanted: Wanted[] = [];
  const add = (key: string, value: Value<string> | undefined, mark: Path, inMap: boolean): void => {
    if (value === undefined || isOpaque(value)) return;
    wanted.push({ key, namespace: value, mark, inMap, hasNameLabel });
  };
  for (const key of keys) add(key, selector.matchLabels.get(key), [...path, 'matchLabels', key], true);
  for (const [position, { key, operator, values }] of selector.matchExpressions.entries()) {
    const name = known(key);
    if (name !== undefined && keys.includes(name) && operator === 'In' && values.length === 1)
      add(name, values[0], [...path, 'matchExpressions', position, 'key'], false);
  }
  return wanted;
}

function judge(policy: Resource<'NetworkPolicy'>, wanted: Wanted, index: ClusterIndex): Finding<Message> | undefined {
  const { key, namespace } = wanted;
  const manifests = index.ofKind('Namespace');
  const manifest = manifests.find((resource) => resource.metadata.name === namespace && resource.metadata.nameKnown);
  // Somebody labels namespaces that way: then the value is a label's and no name.
  if (
    manifests.some(
      ({ spec }) => spec.labels.entries.get(key) === namespace || (spec.labels.entries.get(key) !== undefined && isOpaque(spec.labels.entries.get(key))),
    )
  )
    return undefined;
  if (manifest?.spec.labels.open || manifest?.partial) return undefined;
  const sure = manifest !== undefined || builtIn.includes(namespace);
  if (!sure && !index.namespaces().includes(namespace)) return undefined;
  return {
    at: wanted.inMap ? { resource: policy, path: wanted.mark, part: 'key' } : { resource: policy, path: wanted.mark },
    message: sure ? 'missing' : 'unknown',
    ...(sure ? {} : { severity: 'information' as const }),
    data: { namespace, key },
    related: manifest ? [{ mark: { resource: manifest, path: ['metadata', 'name'] }, message: `Namespace ${namespace} has no label \`${key}\`.` }] : [],
    fixes: [useNameLabel(policy, wanted), ...(manifest ? [addLabel(manifest, wanted)] : [])],
  };
}

function useNameLabel(policy: Resource<'NetworkPolicy'>, { mark, inMap, hasNameLabel }: Wanted): Fix {
  const title = `Select by ${nameLabel}`;
  if (!inMap) return { title, preferred: true, edits: [{ kind: 'replace', resource: policy, path: mark, value: nameLabel }] };
  return hasNameLabel
    ? { title: 'Remove the label', preferred: true, edits: [{ kind: 'remove', resource: policy, path: mark }] }
    : { title, preferred: true, edits: [{ kind: 'renameKey', resource: policy, path: mark, key: nameLabel }] };
}

function addLabel(manifest: Resource<'Namespace'>, { key, namespace }: Wanted): Fix {
  const labels = valueAt(manifest, ['metadata', 'labels']);
  const edit: Fix['edits'][number] =
    typeof labels === 'object' && labels !== null
      ? { kind: 'insert', resource: manifest, path: ['metadata', 'labels'], key, value: namespace }
      : labels === null
        ? { kind: 'replace', resource: manifest, path: ['metadata', 'labels'], value: { [key]: namespace } }
        : { kind: 'insert', resource: manifest, path: ['metadata'], key: 'labels', value: { [key]: namespace } };
  return { title: `Set ${key}=${namespace} on the Namespace`, edits: [edit] };
}

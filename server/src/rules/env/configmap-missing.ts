/** A ConfigMap or Secret, or one of its keys, that a container needs and that is not there. */
import { isSlip } from '../../cluster/nearNames';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { Path } from '../../protocol/source';
import { known } from '../../base/opaque';
import type { Edit, Finding, Fix } from '../../model/finding';
import type { KeyReference } from '../../model/pod';
import { valueAt, type PodHolder, type Resource } from '../../model/resources';
import { contextRule } from '../rule';
import { podHolderKinds } from '../shared/env';
import { hasJudgedEnvironment, keysAreKnown } from '../shared/environment';
import { isComplete } from '../shared/selectors';

type Message = 'missing' | 'near' | 'key' | 'nearKey' | 'binaryKey';
type Source = 'ConfigMap' | 'Secret';

export const configmapMissing = contextRule<(typeof podHolderKinds)[number], Message>({
  meta: {
    id: 'env/configmap-missing',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A ConfigMap, a Secret, or a key of one, that variables are taken from is missing.',
    why: 'A container whose variables come from a ConfigMap or Secret is not started before that object exists and has the key: the pod hangs in `CreateContainerConfigError`. The keys of `binaryData` do not count for variables. A missing key of an object that stands in these files is an error. A missing object is reported only where it is known to be missing: in a closed context, or when an object with nearly the same name is there.',
    remedy: 'Correct the name or the key, or add what is missing. If the program does without it, set `optional: true`; the variable is then not defined.',
    references: [
      '[Define container environment variables using ConfigMap data](https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#define-container-environment-variables-using-configmap-data)',
      '[Using Secrets as environment variables](https://kubernetes.io/docs/tasks/inject-data-application/distribute-credentials-secure/#define-container-environment-variables-using-secret-data)',
      '`pkg/kubelet/kubelet_pods.go` (makeEnvironmentVariables) in kubernetes/kubernetes',
    ],
    messages: {
      missing: '{kind} `{name}` is in no file of {context}; the container cannot start without it.',
      near: '{kind} `{name}` is not here; did you mean `{near}`? The container cannot start without it.',
      key: 'Key `{key}` is not in {kind} `{name}`; the container cannot start.',
      nearKey: 'Key `{key}` is not in {kind} `{name}`; did you mean `{near}`? The container cannot start.',
      binaryKey: 'Key `{key}` of ConfigMap `{name}` stands under `binaryData`, which variables cannot use; the container cannot start.',
    },
    fixable: true,
  },
  kinds: podHolderKinds,
  *check(resource, index, { unresolvedReferences }) {
    if (!hasJudgedEnvironment(resource)) return;
    const missing = new Map<string, [Reference, ...Reference[]]>();
    for (const reference of references(resource)) {
      const { type, name } = reference;
      const lookup = index.get<Source>(type, index.namespaceOf(resource), name);
      if (lookup.state === 'found') yield* checkKey(reference, lookup.value, resource, index);
      if (lookup.state === 'found' || index.mayBeMade(type, index.namespaceOf(resource), name)) continue;
      const others = missing.get(`${type}/${name}`);
      if (others) others.push(reference);
      else missing.set(`${type}/${name}`, [reference]);
    }
    const allNames = new Set([...references(resource)].map(({ type, name }) => `${type}/${name}`));
    for (const uses of missing.values()) {
      const near = nearObject(uses[0], allNames, resource, index);
      if (near !== undefined || isComplete(index)) yield missingObject(uses, near, resource, index);
      else if (unresolvedReferences !== 'off') yield { ...missingObject(uses, near, resource, index), severity: unresolvedReferences };
    }
  },
});

interface Reference {
  readonly type: Source;
  readonly name: string;
  /** Path of the object reference. */
  readonly path: Path;
  /** Undefined for `envFrom`, which takes all keys. */
  readonly key?: string;
}

function* references(resource: PodHolder): Iterable<Reference> {
  const of = (type: Source, reference: KeyReference | undefined, withKey: boolean): Reference[] => {
    const name = known(reference?.name);
    const key = known(reference?.key);
    if (reference === undefined || reference.optional || name === undefined || name === '') return [];
    if (typeof valueAt(resource, [...reference.path, 'optional']) === 'object') return [];
    return [withKey && key !== undefined ? { type, name, key, path: reference.path } : { type, name, path: reference.path }];
  };
  for (const container of resource.spec.template.containers) {
    for (const variable of container.env) {
      yield* of('ConfigMap', variable.configMapKeyRef, true);
      yield* of('Secret', variable.secretKeyRef, true);
    }
    for (const source of container.envFrom) {
      yield* of('ConfigMap', source.configMapRef, false);
      yield* of('Secret', source.secretRef, false);
    }
  }
}

function* checkKey({ key, path, name }: Reference, object: Resource<Source>, resource: PodHolder, index: ClusterIndex): Iterable<Finding<Message>> {
  if (key === undefined || key === '' || !keysAreKnown(object, index.namespaceOf(resource), index)) return;
  const keys = object.type === 'ConfigMap' ? [...object.spec.data.keys()] : object.spec.keys;
  if (keys.includes(key)) return;
  const near = keys.find((candidate) => isSlip(key, candidate));
  const binary = object.type === 'ConfigMap' && object.spec.binaryKeys.includes(key);
  const fixes: Fix[] =
    near === undefined ? [] : [{ title: `Change to ${near}`, preferred: true, edits: [{ kind: 'replace', resource, path: [...path, 'key'], value: near }] }];
  yield {
    at: { resource, path: [...path, 'key'] },
    message: binary ? 'binaryKey' : near === undefined ? 'key' : 'nearKey',
    severity: 'error',
    data: { kind: object.kind, name, key, ...(near === undefined ? {} : { near }) },
    related: [
      {
        mark: { resource: object, path: ['metadata', 'name'] },
        message: keys.length <= 12 ? `${object.kind} \`${name}\` has ${keys.join(', ')}.` : `${object.kind} \`${name}\` has ${keys.length} keys.`,
      },
    ],
    fixes: [...fixes, { title: 'Make it optional', edits: [optional(resource, path)] }],
  };
}

/** One finding an object: the others of its uses are related. */
function missingObject(
  uses: readonly [Reference, ...Reference[]],
  near: Resource<Source> | undefined,
  resource: PodHolder,
  index: ClusterIndex,
): Finding<Message> {
  const [{ type, name, path }] = uses;
  const correct: Fix[] = near
    ? [
        {
          title: `Change to ${near.metadata.name}`,
          preferred: true,
          edits: uses.map((use) => ({ kind: 'replace', resource, path: [...use.path, 'name'], value: near.metadata.name })),
        },
      ]
    : [];
  return {
    at: { resource, path: [...path, 'name'] },
    message: near ? 'near' : 'missing',
    data: { kind: type, name, context: index.context.label, ...(near ? { near: near.metadata.name } : {}) },
    related: [
      ...(near ? [{ mark: { resource: near, path: ['metadata', 'name'] }, message: `${type} \`${near.metadata.name}\` is here.` }] : []),
      ...uses.slice(1, 10).map((use) => ({ mark: { resource, path: [...use.path, 'name'] }, message: `\`${name}\` is needed here too.` })),
    ],
    fixes: [...correct, { title: 'Make it optional', edits: uses.map((use) => optional(resource, use.path)) }],
  };
}

/** The object whose name this one is most likely a slip of; none that the workload names as well, since then they are two things. */
function nearObject({ type, name }: Reference, allNames: ReadonlySet<string>, resource: PodHolder, index: ClusterIndex): Resource<Source> | undefined {
  const namespace = index.namespaceOf(resource);
  const lookup = index.get<Source>(type, namespace, name);
  const near = lookup.state === 'absent' ? lookup.near : undefined;
  if (near === undefined || allNames.has(`${type}/${near.metadata.name}`)) return undefined;
  return near.metadata.namespaceOpaque || index.sameNamespace(namespace, index.namespaceOf(near)) !== 'yes' ? undefined : near;
}

function optional(resource: PodHolder, path: Path): Edit {
  return valueAt(resource, [...path, 'optional']) === undefined
    ? { kind: 'insert', resource, path, key: 'optional', value: true }
    : { kind: 'replace', resource, path: [...path, 'optional'], value: true };
}

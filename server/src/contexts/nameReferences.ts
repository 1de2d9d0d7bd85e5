/** Which fields name other objects, and what they must read once Kustomize has renamed those objects. */
import type { Path } from '../protocol/source';
import { groupVersionOf, stepsOf } from './fieldSpecs';

/** What a name is looked up among. */
export interface ReferenceTarget {
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
}

/** A scalar of a resource that names another one. */
export interface ReferenceSite {
  readonly path: Path;
  readonly name: string;
  /** In the order in which Kustomize tries them. */
  readonly targets: readonly ReferenceTarget[];
}

export interface PreviousId {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** An object by the names that it has and had. */
export interface NamedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** `default` where none is given. */
  readonly namespace: string;
  readonly clusterScoped: boolean;
  readonly previous: readonly PreviousId[];
  readonly prefixes: readonly string[];
  readonly suffixes: readonly string[];
}

/** Every field of the resource that names another object. `raw` may have any shape. */
export function referenceSites(raw: unknown, apiVersion: string, kind: string): readonly ReferenceSite[] {
  const { group, version } = groupVersionOf(apiVersion);
  const byPath = new Map<string, { readonly path: Path; readonly name: string; readonly targets: ReferenceTarget[] }>();
  for (const reference of referencesOf.get(kind) ?? []) {
    if ((reference.group !== undefined && reference.group !== group) || (reference.version !== undefined && reference.version !== version)) continue;
    collect(raw, stepsOf(reference.path), [], (path, name) => {
      const key = JSON.stringify(path);
      const site = byPath.get(key);
      if (site) site.targets.push(reference.target);
      else byPath.set(key, { path, name, targets: [reference.target] });
    });
  }
  return [...byPath.values()];
}

/** All objects of an accumulation, to be asked what a name has become. */
export class RenamedObjects {
  private readonly byFormerName = new Map<string, NamedObject[]>();

  constructor(objects: Iterable<NamedObject>) {
    for (const object of objects) {
      for (const name of new Set(object.previous.map((id) => id.name))) {
        const list = this.byFormerName.get(name);
        if (list) list.push(object);
        else this.byFormerName.set(name, [object]);
      }
    }
  }

  /** What the site must read; undefined when it stays as it is. */
  renamed(site: ReferenceSite, referrer: NamedObject): string | undefined {
    let name = site.name;
    for (const target of site.targets) name = this.referral(name, target, referrer)?.name ?? name;
    return name === site.name ? undefined : name;
  }

  /**
   * Objects that had the name, of the same namespace; of several those with the same prefixes and suffixes as the referrer.
   * https://github.com/kubernetes-sigs/kustomize/blob/api/v0.18.0/api/filters/nameref/nameref.go (selectReferral)
   */
  private referral(name: string, target: ReferenceTarget, referrer: NamedObject): NamedObject | undefined {
    let candidates = (this.byFormerName.get(name) ?? []).filter(
      (object) => isA(object, target) && (referrer.clusterScoped || object.clusterScoped || object.namespace === referrer.namespace),
    );
    if (candidates.length > 1) candidates = candidates.filter((object) => sameContext(object, referrer, true));
    if (candidates.length > 1) candidates = candidates.filter((object) => sameContext(object, referrer, false));
    const [first] = candidates;
    // Several that are called the same now are as good as one; else Kustomize gives up.
    return first && candidates.every((object) => object.name === first.name) ? first : undefined;
  }
}

function isA({ apiVersion, previous }: NamedObject, target: ReferenceTarget): boolean {
  const { group, version } = groupVersionOf(apiVersion);
  if ((target.group !== undefined && target.group !== group) || (target.version !== undefined && target.version !== version)) return false;
  return previous.some((id) => id.kind === target.kind);
}

function sameContext(a: NamedObject, b: NamedObject, allowEmpty: boolean): boolean {
  return sameEnding(a.prefixes, b.prefixes, allowEmpty) && sameEnding(a.suffixes, b.suffixes, allowEmpty);
}

function sameEnding(a: readonly string[], b: readonly string[], allowEmpty: boolean): boolean {
  const [short, long] = a.length > b.length ? [b, a] : [a, b];
  if (short.length === 0) return allowEmpty || long.length === 0;
  const difference = long.length - short.length;
  return short.every((name, place) => long[place + difference] === name);
}

function collect(value: unknown, steps: ReturnType<typeof stepsOf>, path: Path, found: (path: Path, name: string) => void): void {
  if (Array.isArray(value)) {
    value.forEach((item: unknown, index) => collect(item, steps, [...path, index], found));
    return;
  }
  const [step, ...rest] = steps;
  if (!step) {
    if (typeof value === 'string') found(path, value);
    return;
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step.name)) return;
  collect((value as Record<string, unknown>)[step.name], rest, [...path, step.name], found);
}

interface Reference {
  readonly path: string;
  readonly target: ReferenceTarget;
  readonly group?: string;
  readonly version?: string;
}

/** Of the pod's spec; the kinds below are those for which Kustomize has the field. */
const podFields: readonly (readonly [ReferenceTarget, readonly string[]])[] = [
  [
    { kind: 'ConfigMap', version: 'v1' },
    [
      'volumes/configMap/name',
      'containers/env/valueFrom/configMapKeyRef/name',
      'initContainers/env/valueFrom/configMapKeyRef/name',
      'containers/envFrom/configMapRef/name',
      'initContainers/envFrom/configMapRef/name',
      'volumes/projected/sources/configMap/name',
    ],
  ],
  [
    { kind: 'Secret', version: 'v1' },
    [
      'volumes/secret/secretName',
      'containers/env/valueFrom/secretKeyRef/name',
      'initContainers/env/valueFrom/secretKeyRef/name',
      'containers/envFrom/secretRef/name',
      'initContainers/envFrom/secretRef/name',
      'imagePullSecrets/name',
      'volumes/projected/sources/secret/name',
    ],
  ],
];

const otherPodFields: readonly (readonly [ReferenceTarget, readonly string[]])[] = [
  [{ kind: 'ServiceAccount', version: 'v1' }, ['serviceAccountName']],
  [{ kind: 'PersistentVolumeClaim', version: 'v1' }, ['volumes/persistentVolumeClaim/claimName']],
  [{ kind: 'PriorityClass', group: 'scheduling.k8s.io', version: 'v1' }, ['priorityClassName']],
];

const service: ReferenceTarget = { kind: 'Service', version: 'v1' };
const secret: ReferenceTarget = { kind: 'Secret', version: 'v1' };

const podSpecs: readonly { readonly kind: string; readonly spec: string; readonly fields: typeof podFields; readonly version?: string }[] = [
  { kind: 'Pod', spec: 'spec', fields: podFields, version: 'v1' },
  { kind: 'Pod', spec: 'spec', fields: otherPodFields },
  { kind: 'PodTemplate', spec: 'template/spec', fields: podFields },
  ...['Deployment', 'DaemonSet', 'StatefulSet', 'Job'].map((kind) => ({ kind, spec: 'spec/template/spec', fields: [...podFields, ...otherPodFields] })),
  { kind: 'ReplicaSet', spec: 'spec/template/spec', fields: podFields },
  { kind: 'ReplicationController', spec: 'spec/template/spec', fields: otherPodFields },
  { kind: 'CronJob', spec: 'spec/jobTemplate/spec/template/spec', fields: [...podFields, ...otherPodFields] },
];

/** https://github.com/kubernetes-sigs/kustomize/blob/api/v0.18.0/api/internal/konfig/builtinpluginconsts/namereference.go, as far as networking goes. */
const referencesOf: ReadonlyMap<string, readonly Reference[]> = grouped([
  ...podSpecs.flatMap(({ kind, spec, fields, version }) =>
    fields.flatMap(([target, paths]) =>
      paths.map((path) => [kind, { path: `${spec}/${path}`, target, ...(version === undefined ? {} : { version }) }] as const),
    ),
  ),
  ...['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map(
    (kind) => ['HorizontalPodAutoscaler', { path: 'spec/scaleTargetRef/name', target: { kind } }] as const,
  ),
  ['Ingress', { path: 'metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap', target: { kind: 'ConfigMap', version: 'v1' } }],
  ['Ingress', { path: 'spec/tls/secretName', target: secret }],
  ['Ingress', { path: 'metadata/annotations/ingress.kubernetes.io\\/auth-secret', target: secret }],
  ['Ingress', { path: 'metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret', target: secret }],
  ['Ingress', { path: 'metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret', target: secret }],
  ['ServiceAccount', { path: 'imagePullSecrets/name', target: secret }],
  ['StatefulSet', { path: 'spec/serviceName', target: service, group: 'apps' }],
  ['Ingress', { path: 'spec/rules/http/paths/backend/serviceName', target: service }],
  ['Ingress', { path: 'spec/backend/serviceName', target: service }],
  ['Ingress', { path: 'spec/rules/http/paths/backend/service/name', target: service }],
  ['Ingress', { path: 'spec/defaultBackend/service/name', target: service }],
  ['APIService', { path: 'spec/service/name', target: service, group: 'apiregistration.k8s.io' }],
]);

function grouped(references: readonly (readonly [string, Reference])[]): ReadonlyMap<string, readonly Reference[]> {
  const byKind = new Map<string, Reference[]>();
  for (const [kind, reference] of references) byKind.set(kind, [...(byKind.get(kind) ?? []), reference]);
  return byKind;
}

/** Fields of resources by group, version, kind and path: how Kustomize's configuration names what a transformer changes. */
import { type At, isMissing, mapAt, type ValueNode } from './provenance';

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/ (field specs). Lists on the way are gone through item by item. */
export interface FieldSpec {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  /** Keys with `/` between them, `\/` for one inside of a key; `[]` behind a key says that a list must stand there. */
  readonly path: string;
  /** Made where it is missing. */
  readonly create?: boolean;
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export function groupVersionOf(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** True when each of group, version and kind is not asked for or the same. */
export function isSelectedBy(one: GroupVersionKind, spec: Pick<FieldSpec, 'group' | 'version' | 'kind'>): boolean {
  return (!spec.group || one.group === spec.group) && (!spec.version || one.version === spec.version) && (!spec.kind || one.kind === spec.kind);
}

/** Sets an entry of the mapping at the field; where the mapping is made, it stands at `place`. */
export function setEntry(root: ValueNode, spec: FieldSpec, key: string, value: ValueNode, place: At): void {
  visit(root, stepsOf(spec.path), spec.create === true, place, (found) => {
    if (found.type === 'map') found.entries.set(key, value);
  });
}

/** Sets the field itself, a scalar. */
export function setField(root: ValueNode, spec: FieldSpec, value: ValueNode): void {
  const steps = stepsOf(spec.path);
  const last = steps[steps.length - 1];
  if (last === undefined) return;
  visit(root, steps.slice(0, -1), spec.create === true, value.at, (found) => {
    if (found.type === 'map' && (spec.create === true || found.entries.has(last.name))) found.entries.set(last.name, value);
  });
}

interface Step {
  readonly name: string;
  readonly isList: boolean;
}

const split = new Map<string, readonly Step[]>();

export function stepsOf(path: string): readonly Step[] {
  const kept = split.get(path);
  if (kept) return kept;
  const steps = path
    .split(/(?<!\\)\//)
    .map((step) => step.replaceAll('\\/', '/'))
    .filter((step) => step !== '')
    .map((step) => (step.endsWith('[]') ? { name: step.slice(0, -2), isList: true } : { name: step, isList: false }));
  if (split.size < 1000) split.set(path, steps);
  return steps;
}

function visit(node: ValueNode, steps: readonly Step[], create: boolean, place: At, found: (node: ValueNode) => void): void {
  const [step, ...rest] = steps;
  if (!step) {
    found(node);
    return;
  }
  if (node.type === 'list') {
    for (const item of node.items) visit(item, steps, create, place, found);
    return;
  }
  if (node.type !== 'map') return;
  let next = node.entries.get(step.name);
  if (isMissing(next) && create && !step.isList) {
    next = mapAt(place);
    node.entries.set(step.name, next);
  }
  if (next) visit(next, rest, create, place, found);
}

/** Where labels go in any case. */
export const metadataLabels: FieldSpec = { path: 'metadata/labels', create: true };

const template = 'spec/template/metadata/';
const jobTemplate = 'spec/jobTemplate/';

/** https://github.com/kubernetes-sigs/kustomize/blob/api/v0.18.0/api/internal/konfig/builtinpluginconsts/metadatalabels.go */
export const templateLabels: readonly FieldSpec[] = [
  metadataLabels,
  { path: `${template}labels`, create: true, version: 'v1', kind: 'ReplicationController' },
  { path: `${template}labels`, create: true, kind: 'Deployment' },
  { path: `${template}labels`, create: true, kind: 'ReplicaSet' },
  { path: `${template}labels`, create: true, kind: 'DaemonSet' },
  { path: `${template}labels`, create: true, group: 'apps', kind: 'StatefulSet' },
  { path: 'spec/volumeClaimTemplates[]/metadata/labels', create: true, group: 'apps', kind: 'StatefulSet' },
  { path: `${template}labels`, create: true, group: 'batch', kind: 'Job' },
  { path: `${jobTemplate}metadata/labels`, create: true, group: 'batch', kind: 'CronJob' },
  { path: `${jobTemplate}${template}labels`, create: true, group: 'batch', kind: 'CronJob' },
];

const affinities = [
  'spec/template/spec/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels',
  'spec/template/spec/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels',
  'spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels',
  'spec/template/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels',
  'spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels',
];

/** https://github.com/kubernetes-sigs/kustomize/blob/api/v0.18.0/api/internal/konfig/builtinpluginconsts/commonlabels.go */
export const commonLabels: readonly FieldSpec[] = [
  { path: 'spec/selector', create: true, version: 'v1', kind: 'Service' },
  { path: 'spec/selector', create: true, version: 'v1', kind: 'ReplicationController' },
  { path: 'spec/selector/matchLabels', create: true, kind: 'Deployment' },
  ...affinities.map((path) => ({ path, group: 'apps', kind: 'Deployment' })),
  { path: 'spec/selector/matchLabels', create: true, kind: 'ReplicaSet' },
  { path: 'spec/selector/matchLabels', create: true, kind: 'DaemonSet' },
  { path: 'spec/selector/matchLabels', create: true, group: 'apps', kind: 'StatefulSet' },
  ...affinities.map((path) => ({ path, group: 'apps', kind: 'StatefulSet' })),
  { path: 'spec/selector/matchLabels', group: 'batch', kind: 'Job' },
  { path: 'spec/jobTemplate/spec/selector/matchLabels', group: 'batch', kind: 'CronJob' },
  { path: 'spec/selector/matchLabels', group: 'policy', kind: 'PodDisruptionBudget' },
  { path: 'spec/podSelector/matchLabels', group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  { path: 'spec/ingress/from/podSelector/matchLabels', group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  { path: 'spec/egress/to/podSelector/matchLabels', group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  ...templateLabels,
];

/** https://github.com/kubernetes-sigs/kustomize/blob/api/v0.18.0/api/internal/konfig/builtinpluginconsts/commonannotations.go */
export const commonAnnotations: readonly FieldSpec[] = [
  { path: 'metadata/annotations', create: true },
  { path: `${template}annotations`, create: true, version: 'v1', kind: 'ReplicationController' },
  { path: `${template}annotations`, create: true, kind: 'Deployment' },
  { path: `${template}annotations`, create: true, kind: 'ReplicaSet' },
  { path: `${template}annotations`, create: true, kind: 'DaemonSet' },
  { path: `${template}annotations`, create: true, kind: 'StatefulSet' },
  { path: `${template}annotations`, create: true, group: 'batch', kind: 'Job' },
  { path: `${jobTemplate}metadata/annotations`, create: true, group: 'batch', kind: 'CronJob' },
  { path: `${jobTemplate}${template}annotations`, create: true, group: 'batch', kind: 'CronJob' },
];

/** https://github.com/kubernetes-sigs/kustomize/blob/api/v0.18.0/api/internal/konfig/builtinpluginconsts/replicas.go */
export const replicaFields: readonly FieldSpec[] = ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map((kind) => ({
  path: 'spec/replicas',
  create: true,
  kind,
}));

/** Beside `metadata.namespace`, which kinds without a namespace do not get. */
export const namespaceFields: readonly FieldSpec[] = [
  { path: 'metadata/name', version: 'v1', kind: 'Namespace', create: true },
  { path: 'spec/service/namespace', group: 'apiregistration.k8s.io', kind: 'APIService', create: true },
  { path: 'spec/conversion/webhook/clientConfig/service/namespace', group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
];

const clusterScoped =
  /^(v1\/(ComponentStatus|Namespace|Node|PersistentVolume)|(admissionregistration|apiextensions|apiregistration|certificates|networking|node|rbac\.authorization|scheduling|storage)\.k8s\.io\/v1(beta1)?\/(MutatingWebhookConfiguration|ValidatingWebhookConfiguration|CustomResourceDefinition|APIService|CertificateSigningRequest|IngressClass|RuntimeClass|ClusterRole|ClusterRoleBinding|PriorityClass|CSIDriver|CSINode|StorageClass|VolumeAttachment)|flowcontrol\.apiserver\.k8s\.io\/v1beta1\/(FlowSchema|PriorityLevelConfiguration)|policy\/v1beta1\/PodSecurityPolicy)$/;

/** Kinds that Kustomize knows to have no namespace; any other kind gets one (`IsCertainlyClusterScoped` of its OpenAPI document). */
export function isClusterScoped(apiVersion: string, kind: string): boolean {
  return clusterScoped.test(`${apiVersion}/${kind}`);
}

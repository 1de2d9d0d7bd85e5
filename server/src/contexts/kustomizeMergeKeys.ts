/** Which lists of Kubernetes' own kinds a strategic merge patch merges item by item, and by which keys. */

/** A list that is merged: by the keys of its items, or by the items themselves where it has none. */
export interface MergedList {
  readonly keys: readonly string[];
  readonly items?: MergeSchema;
}

/** What is not named is merged as a mapping, replaced as a list. */
export interface MergeSchema {
  readonly lists?: Readonly<Record<string, MergedList>>;
  readonly fields?: Readonly<Record<string, MergeSchema>>;
}

/**
 * The schema of a kind; undefined for one that Kustomize's OpenAPI document (of Kubernetes 1.21) does not hold: lists of such a kind are replaced.
 * `x-kubernetes-patch-merge-key` and `x-kubernetes-list-map-keys` of
 * https://github.com/kubernetes/kubernetes/blob/v1.21.2/api/openapi-spec/swagger.json
 */
export function mergeSchemaOf(apiVersion: string, kind: string): MergeSchema | undefined {
  const key = `${apiVersion}/${kind}`;
  return kinds.get(key) ?? (known.test(key) ? plainKind : undefined);
}

const container: MergeSchema = {
  lists: {
    env: { keys: ['name'] },
    ports: { keys: ['containerPort', 'protocol'] },
    volumeDevices: { keys: ['devicePath'] },
    volumeMounts: { keys: ['mountPath'] },
  },
};
const ephemeralContainer: MergeSchema = { lists: { env: { keys: ['name'] }, volumeDevices: { keys: ['devicePath'] }, volumeMounts: { keys: ['mountPath'] } } };

const metadata: MergeSchema = { lists: { finalizers: { keys: [] }, ownerReferences: { keys: ['uid'] } } };
const conditions: MergeSchema = { lists: { conditions: { keys: ['type'] } } };

const podSpec: MergeSchema = {
  lists: {
    containers: { keys: ['name'], items: container },
    ephemeralContainers: { keys: ['name'], items: ephemeralContainer },
    hostAliases: { keys: ['ip'] },
    imagePullSecrets: { keys: ['name'] },
    initContainers: { keys: ['name'], items: container },
    topologySpreadConstraints: { keys: ['topologyKey', 'whenUnsatisfiable'] },
    volumes: { keys: ['name'] },
  },
};

const podTemplate: MergeSchema = { fields: { metadata, spec: podSpec } };
const workload: MergeSchema = { fields: { metadata, spec: { fields: { template: podTemplate } }, status: conditions } };
const job: MergeSchema = workload;
const cronJob: MergeSchema = { fields: { metadata, spec: { fields: { jobTemplate: job } } } };
const plainKind: MergeSchema = { fields: { metadata, status: conditions } };
const webhooks: MergeSchema = { fields: { metadata }, lists: { webhooks: { keys: ['name'] } } };

const kinds: ReadonlyMap<string, MergeSchema> = new Map([
  ...['apps/v1/Deployment', 'apps/v1/StatefulSet', 'apps/v1/DaemonSet', 'apps/v1/ReplicaSet', 'v1/ReplicationController', 'batch/v1/Job'].map(
    (kind) => [kind, workload] as const,
  ),
  ['batch/v1/CronJob', cronJob],
  ['batch/v1beta1/CronJob', cronJob],
  ['v1/Pod', { fields: { metadata, spec: podSpec, status: { lists: { conditions: { keys: ['type'] }, podIPs: { keys: ['ip'] } } } } }],
  ['v1/PodTemplate', { fields: { metadata, template: podTemplate } }],
  ['v1/Service', { fields: { metadata, spec: { lists: { ports: { keys: ['port', 'protocol'] } } }, status: conditions } }],
  ['v1/ServiceAccount', { fields: { metadata }, lists: { secrets: { keys: ['name'] } } }],
  [
    'v1/Node',
    { fields: { metadata, spec: { lists: { podCIDRs: { keys: [] } } }, status: { lists: { addresses: { keys: ['type'] }, conditions: { keys: ['type'] } } } } },
  ],
  ['admissionregistration.k8s.io/v1/MutatingWebhookConfiguration', webhooks],
  ['admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration', webhooks],
  ['admissionregistration.k8s.io/v1beta1/MutatingWebhookConfiguration', webhooks],
  ['admissionregistration.k8s.io/v1beta1/ValidatingWebhookConfiguration', webhooks],
]);

/** The other kinds of that document: only their metadata and status hold lists that are merged. */
const known =
  /^(v1\/(ConfigMap|Secret|Namespace|Endpoints|PersistentVolume(Claim)?|LimitRange|ResourceQuota)|networking\.k8s\.io\/v1(beta1)?\/(Ingress|IngressClass|NetworkPolicy)|discovery\.k8s\.io\/v1(beta1)?\/EndpointSlice|policy\/v1(beta1)?\/PodDisruptionBudget|autoscaling\/v[12](beta[12])?\/HorizontalPodAutoscaler|rbac\.authorization\.k8s\.io\/v1(beta1)?\/\w+|storage\.k8s\.io\/v1(beta1)?\/\w+|scheduling\.k8s\.io\/v1(beta1)?\/PriorityClass)$/;

/** The fields of the objects that network manifests are made of, as the API of Kubernetes 1.36 publishes them. */
import type { Resource } from '../../model/resources';

/** The minor version whose fields these are. A newer API may have more. */
export const fieldsOfMinor = 36;

export type ScalarName = 'text' | 'integer' | 'boolean' | 'number or name';

/** `any` is not looked into. `map`: keys are free, values are text. */
export type FieldType =
  | { readonly is: 'any' }
  | { readonly is: 'scalar'; readonly scalar: ScalarName; readonly values?: readonly string[] }
  | { readonly is: 'map' }
  | { readonly is: 'object'; readonly object: ObjectType }
  | { readonly is: 'list'; readonly of: FieldType };

export interface ObjectType {
  /** As the API reference calls it. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldType>;
  /**
   * `all`: every key that is not in `fields` is unknown. Else these are fields of the network, and only what is nearly one of them is judged:
   * of the other fields a newer version may have some that are not listed here.
   */
  readonly judged: 'all' | readonly string[];
  readonly required: readonly string[];
}

const any: FieldType = { is: 'any' };
const text: FieldType = { is: 'scalar', scalar: 'text' };
const integer: FieldType = { is: 'scalar', scalar: 'integer' };
const boolean: FieldType = { is: 'scalar', scalar: 'boolean' };
const numberOrName: FieldType = { is: 'scalar', scalar: 'number or name' };
const map: FieldType = { is: 'map' };
const texts: FieldType = { is: 'list', of: text };
const list = (of: ObjectType): FieldType => ({ is: 'list', of: { is: 'object', object: of } });
const one = (object: ObjectType): FieldType => ({ is: 'object', object });
const oneOf = (...values: readonly string[]): FieldType => ({ is: 'scalar', scalar: 'text', values });
const textsOf = (...values: readonly string[]): FieldType => ({ is: 'list', of: oneOf(...values) });
const named = (names: string, type: FieldType): Readonly<Record<string, FieldType>> => Object.fromEntries(names.split(' ').map((name) => [name, type]));

/** Everything of it is listed. */
function whole(name: string, fields: Readonly<Record<string, FieldType>>, required: readonly string[] = []): ObjectType {
  return { name, fields: new Map(Object.entries(fields)), judged: 'all', required };
}

function partly(name: string, judged: readonly string[], fields: Readonly<Record<string, FieldType>>, required: readonly string[] = []): ObjectType {
  return { name, fields: new Map(Object.entries(fields)), judged, required };
}

/** `clusterName` is no longer there, and stands in many a dump of an older cluster. */
const metadataFields: Readonly<Record<string, FieldType>> = {
  ...named('name generateName namespace', text),
  ...named('labels annotations', map),
  ...named('selfLink uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds', any),
  ...named('ownerReferences finalizers managedFields clusterName', any),
};
const metadata = one(whole('ObjectMeta', metadataFields));
const templateMetadata = one(partly('ObjectMeta', ['name', 'namespace', 'labels', 'annotations'], metadataFields));

const protocol = oneOf('TCP', 'UDP', 'SCTP');

const requirement = whole('LabelSelectorRequirement', { key: text, operator: oneOf('In', 'NotIn', 'Exists', 'DoesNotExist'), values: texts }, [
  'key',
  'operator',
]);
export const labelSelectorType = whole('LabelSelector', { matchLabels: map, matchExpressions: list(requirement) });
const labelSelector = one(labelSelectorType);

const objectReference = whole('ObjectReference', named('kind namespace name uid apiVersion resourceVersion fieldPath', text));

const servicePort = whole('ServicePort', { ...named('name appProtocol', text), protocol, ...named('port nodePort', integer), targetPort: numberOrName }, [
  'port',
]);

const serviceSpec = whole('ServiceSpec', {
  ports: list(servicePort),
  selector: map,
  type: oneOf('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'),
  ...named('clusterIP loadBalancerIP externalName loadBalancerClass trafficDistribution', text),
  ...named('clusterIPs externalIPs loadBalancerSourceRanges', texts),
  sessionAffinity: oneOf('ClientIP', 'None'),
  sessionAffinityConfig: one(whole('SessionAffinityConfig', { clientIP: one(whole('ClientIPConfig', { timeoutSeconds: integer })) })),
  externalTrafficPolicy: oneOf('Cluster', 'Local'),
  internalTrafficPolicy: oneOf('Cluster', 'Local'),
  healthCheckNodePort: integer,
  ...named('publishNotReadyAddresses allocateLoadBalancerNodePorts', boolean),
  ipFamilies: textsOf('IPv4', 'IPv6'),
  ipFamilyPolicy: oneOf('SingleStack', 'PreferDualStack', 'RequireDualStack'),
});

const policyPort = whole('NetworkPolicyPort', { protocol, port: numberOrName, endPort: integer });
const ipBlock = whole('IPBlock', { cidr: text, except: texts }, ['cidr']);
const policyPeer = whole('NetworkPolicyPeer', { podSelector: labelSelector, namespaceSelector: labelSelector, ipBlock: one(ipBlock) });
const policySpec = whole('NetworkPolicySpec', {
  podSelector: labelSelector,
  ingress: list(whole('NetworkPolicyIngressRule', { ports: list(policyPort), from: list(policyPeer) })),
  egress: list(whole('NetworkPolicyEgressRule', { ports: list(policyPort), to: list(policyPeer) })),
  policyTypes: textsOf('Ingress', 'Egress'),
});

const ingressBackend = whole('IngressBackend', {
  service: one(whole('IngressServiceBackend', { name: text, port: one(whole('ServiceBackendPort', { name: text, number: integer })) }, ['name'])),
  resource: one(whole('TypedLocalObjectReference', named('apiGroup kind name', text), ['kind', 'name'])),
});
const ingressPath = whole('HTTPIngressPath', { path: text, pathType: oneOf('Exact', 'Prefix', 'ImplementationSpecific'), backend: one(ingressBackend) }, [
  'backend',
]);
const ingressSpec = whole('IngressSpec', {
  ingressClassName: text,
  defaultBackend: one(ingressBackend),
  tls: list(whole('IngressTLS', { hosts: texts, secretName: text })),
  rules: list(whole('IngressRule', { host: text, http: one(whole('HTTPIngressRuleValue', { paths: list(ingressPath) }, ['paths'])) })),
});

const endpoint = whole(
  'Endpoint',
  {
    addresses: texts,
    conditions: one(whole('EndpointConditions', named('ready serving terminating', boolean))),
    ...named('hostname nodeName zone', text),
    targetRef: one(objectReference),
    deprecatedTopology: map,
    hints: one(whole('EndpointHints', { forZones: list(whole('ForZone', { name: text })), forNodes: list(whole('ForNode', { name: text })) })),
  },
  ['addresses'],
);
const endpointPort = whole('EndpointPort', { ...named('name appProtocol', text), protocol, port: integer });

const containerPort = whole('ContainerPort', { ...named('name hostIP', text), ...named('containerPort hostPort', integer), protocol }, ['containerPort']);

const keySelector = (name: string): FieldType => one(whole(name, { ...named('name key', text), optional: boolean }, ['key']));
const envSource = whole('EnvVarSource', {
  fieldRef: one(whole('ObjectFieldSelector', named('apiVersion fieldPath', text), ['fieldPath'])),
  resourceFieldRef: one(whole('ResourceFieldSelector', { ...named('containerName resource', text), divisor: any }, ['resource'])),
  configMapKeyRef: keySelector('ConfigMapKeySelector'),
  secretKeyRef: keySelector('SecretKeySelector'),
  fileKeyRef: one(whole('FileKeySelector', { ...named('volumeName path key', text), optional: boolean })),
});
/** `value` has a rule of its own. */
const envVar = whole('EnvVar', { name: text, value: any, valueFrom: one(envSource) }, ['name']);
const envFromReference = (name: string): FieldType => one(whole(name, { name: text, optional: boolean }));
const envFrom = whole('EnvFromSource', {
  prefix: text,
  configMapRef: envFromReference('ConfigMapEnvSource'),
  secretRef: envFromReference('SecretEnvSource'),
});

const httpGet = whole(
  'HTTPGetAction',
  { ...named('path host', text), scheme: oneOf('HTTP', 'HTTPS'), port: numberOrName, httpHeaders: list(whole('HTTPHeader', named('name value', text))) },
  ['port'],
);
const handlers: Readonly<Record<string, FieldType>> = {
  exec: one(whole('ExecAction', { command: texts })),
  httpGet: one(httpGet),
  tcpSocket: one(whole('TCPSocketAction', { host: text, port: numberOrName }, ['port'])),
};
const probe = one(
  whole('Probe', {
    ...handlers,
    grpc: one(whole('GRPCAction', { port: integer, service: text }, ['port'])),
    ...named('initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold terminationGracePeriodSeconds', integer),
  }),
);

const containerFields: Readonly<Record<string, FieldType>> = {
  ...named('name image workingDir terminationMessagePath terminationMessagePolicy imagePullPolicy restartPolicy targetContainerName', text),
  ...named('command args', texts),
  ports: list(containerPort),
  env: list(envVar),
  envFrom: list(envFrom),
  ...named('livenessProbe readinessProbe startupProbe', probe),
  ...named('resources resizePolicy restartPolicyRules volumeMounts volumeDevices lifecycle securityContext', any),
  ...named('stdin stdinOnce tty', boolean),
};
const containerNetwork = ['ports', 'env', 'envFrom', 'livenessProbe', 'readinessProbe', 'startupProbe', 'args', 'command', 'restartPolicy'];
const container = partly('Container', containerNetwork, containerFields, ['name']);

const hostAlias = whole('HostAlias', { ip: text, hostnames: texts });
const dnsConfig = whole('PodDNSConfig', {
  ...named('nameservers searches', texts),
  options: list(whole('PodDNSConfigOption', named('name value', text))),
});

const podNetwork = [
  'containers',
  'initContainers',
  'hostNetwork',
  'dnsPolicy',
  'dnsConfig',
  'hostAliases',
  'hostname',
  'subdomain',
  'setHostnameAsFQDN',
  'enableServiceLinks',
  'nodeName',
  'nodeSelector',
  'shareProcessNamespace',
];
const podSpec = one(
  partly('PodSpec', podNetwork, {
    ...named('containers initContainers ephemeralContainers', list(container)),
    ...named('hostNetwork hostPID hostIPC hostUsers shareProcessNamespace setHostnameAsFQDN enableServiceLinks automountServiceAccountToken', boolean),
    dnsPolicy: oneOf('ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'),
    dnsConfig: one(dnsConfig),
    hostAliases: list(hostAlias),
    nodeSelector: map,
    ...named('hostname hostnameOverride subdomain nodeName', text),
    ...named('volumes restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds serviceAccountName serviceAccount securityContext', any),
    ...named('imagePullSecrets affinity schedulerName tolerations priorityClassName priority readinessGates runtimeClassName preemptionPolicy', any),
    ...named('overhead topologySpreadConstraints os schedulingGates resourceClaims resources workloadRef schedulingGroup', any),
  }),
);
const podTemplate = one(partly('PodTemplateSpec', ['spec', 'metadata'], { metadata: templateMetadata, spec: podSpec }));

const workloadSpec = (name: string, selector: FieldType, others: string): FieldType =>
  one(
    partly(name, ['selector', 'template', 'serviceName', 'replicas'], {
      selector,
      template: podTemplate,
      ...named('replicas minReadySeconds revisionHistoryLimit', any),
      ...named(others, any),
    }),
  );

const root = (name: string, fields: Readonly<Record<string, FieldType>>): ObjectType =>
  whole(name, { ...named('apiVersion kind', text), metadata, status: any, ...fields });
const partRoot = (name: string, fields: Readonly<Record<string, FieldType>>): ObjectType =>
  partly(name, ['spec', 'metadata'], { ...named('apiVersion kind', text), metadata, status: any, ...fields });

const jobFields =
  'parallelism completions activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit backoffLimitPerIndex maxFailedIndexes manualSelector ttlSecondsAfterFinished completionMode suspend podReplacementPolicy managedBy';
const jobSpec = workloadSpec('JobSpec', labelSelector, jobFields);
const cronJobSpec = one(
  partly('CronJobSpec', ['jobTemplate'], {
    jobTemplate: one(partly('JobTemplateSpec', ['spec', 'metadata'], { metadata: templateMetadata, spec: jobSpec })),
    ...named('schedule timeZone startingDeadlineSeconds concurrencyPolicy suspend successfulJobsHistoryLimit failedJobsHistoryLimit', any),
  }),
);

/** By apiVersion and kind. Other versions of a kind have other fields and are not judged. */
const types: ReadonlyMap<string, ObjectType> = new Map([
  ['v1/Service', root('Service', { spec: one(serviceSpec) })],
  ['networking.k8s.io/v1/NetworkPolicy', root('NetworkPolicy', { spec: one(policySpec) })],
  ['networking.k8s.io/v1/Ingress', root('Ingress', { spec: one(ingressSpec) })],
  [
    'discovery.k8s.io/v1/EndpointSlice',
    whole('EndpointSlice', {
      ...named('apiVersion kind', text),
      metadata,
      addressType: oneOf('IPv4', 'IPv6', 'FQDN'),
      endpoints: list(endpoint),
      ports: list(endpointPort),
    }),
  ],
  ['v1/Pod', partRoot('Pod', { spec: podSpec })],
  ['apps/v1/Deployment', partRoot('Deployment', { spec: workloadSpec('DeploymentSpec', labelSelector, 'strategy paused progressDeadlineSeconds') })],
  [
    'apps/v1/StatefulSet',
    partRoot('StatefulSet', {
      spec: workloadSpec(
        'StatefulSetSpec',
        labelSelector,
        'serviceName volumeClaimTemplates podManagementPolicy updateStrategy persistentVolumeClaimRetentionPolicy ordinals',
      ),
    }),
  ],
  ['apps/v1/DaemonSet', partRoot('DaemonSet', { spec: workloadSpec('DaemonSetSpec', labelSelector, 'updateStrategy') })],
  ['apps/v1/ReplicaSet', partRoot('ReplicaSet', { spec: workloadSpec('ReplicaSetSpec', labelSelector, 'replicas') })],
  ['v1/ReplicationController', partRoot('ReplicationController', { spec: workloadSpec('ReplicationControllerSpec', map, 'replicas') })],
  ['batch/v1/Job', partRoot('Job', { spec: jobSpec })],
  ['batch/v1/CronJob', partRoot('CronJob', { spec: cronJobSpec })],
]);

/** The type of a manifest; undefined where its fields are not listed here. */
export function objectTypeOf({ apiVersion, kind }: Resource): ObjectType | undefined {
  return types.get(`${apiVersion}/${kind}`);
}

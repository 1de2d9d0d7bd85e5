/** Pods: a Pod's own spec, or the template of whatever makes pods. */
import { isOpaque, known, type Value } from '../base/opaque';
import type {
  Container,
  ContainerPort,
  ContainerRole,
  EnvFromSource,
  EnvVar,
  KeyReference,
  PodTemplate,
  Probe,
  ProbeKind,
  Volume,
  VolumeMount,
} from '../model/pod';
import type { Fields } from './fields';
import { isPlainObject } from './fields';

/** `holder` is the mapping that has `metadata` and `spec`. */
export function decodePodTemplate(holder: Fields): PodTemplate {
  const metadata = holder.fields('metadata');
  const spec = holder.fields('spec');
  return {
    path: holder.path,
    labels: metadata.labels('labels'),
    annotations: metadata.map('annotations').entries,
    containers: [
      ...spec.list('initContainers').map((fields, index) => decodeContainer(fields, isSidecar(fields) ? 'sidecar' : 'init', `initContainers[${index}]`)),
      ...spec.list('containers').map((fields, index) => decodeContainer(fields, 'container', `containers[${index}]`)),
      // Ephemeral containers are added to running pods; what a placeholder stands for is none.
      ...(Array.isArray(spec.raw('ephemeralContainers')) ? spec.list('ephemeralContainers') : []).map((fields, index) =>
        decodeContainer(fields, 'ephemeral', `ephemeralContainers[${index}]`),
      ),
    ],
    hostNetwork: spec.boolean('hostNetwork'),
    ...(typeof spec.raw('enableServiceLinks') === 'boolean' ? { enableServiceLinks: spec.boolean('enableServiceLinks') } : {}),
    ...optional('nodeName', spec.string('nodeName')),
    nodeSelector: spec.labels('nodeSelector'),
    hasAffinity: spec.fields('affinity').present || spec.fields('affinity').unknown !== undefined,
    ...optional('dnsPolicy', spec.string('dnsPolicy')),
    ...optional('hostname', spec.string('hostname')),
    ...optional('subdomain', spec.string('subdomain')),
    hostAliases: spec.list('hostAliases').map((alias) => ({ ...optional('ip', alias.string('ip')), hostnames: alias.strings('hostnames'), path: alias.path })),
    volumes: spec.list('volumes').map(decodeVolume),
    shareProcessNamespace: spec.boolean('shareProcessNamespace'),
    ...(spec.boolean('hostPID') ? { hostPID: true } : {}),
  };
}

/** A field that is left out when it has no value, as `exactOptionalPropertyTypes` wants it. */
export function optional<K extends string, T>(key: K, value: T | undefined): Readonly<Partial<Record<K, T>>> {
  return (value === undefined ? {} : { [key]: value }) as Readonly<Partial<Record<K, T>>>;
}

function isSidecar(fields: Fields): boolean {
  return fields.raw('restartPolicy') === 'Always';
}

function decodeContainer(fields: Fields, role: ContainerRole, standIn: string): Container {
  const name = fields.string('name');
  return {
    path: fields.path,
    role,
    name: (isOpaque(name) ? name.text : name) ?? standIn,
    ...optional('image', fields.string('image')),
    command: fields.strings('command'),
    args: fields.strings('args'),
    env: fields.list('env').map(decodeEnv),
    envFrom: fields.list('envFrom').map(decodeEnvFrom),
    ports: fields.list('ports').map(decodePort),
    probes: decodeProbes(fields),
    volumeMounts: fields.list('volumeMounts').map(decodeVolumeMount),
  };
}

function decodeVolumeMount(fields: Fields): VolumeMount {
  return {
    path: fields.path,
    ...optional('name', fields.string('name')),
    ...optional('mountPath', fields.string('mountPath')),
    ...(fields.boolean('readOnly') ? { readOnly: true } : {}),
    ...optional('subPath', fields.string('subPath') ?? fields.string('subPathExpr')),
  };
}

function decodePort(fields: Fields): ContainerPort {
  return {
    path: fields.path,
    ...optional('name', fields.string('name')),
    ...optional('containerPort', fields.integer('containerPort')),
    ...optional('protocol', fields.string('protocol')),
    ...optional('hostPort', fields.integer('hostPort')),
    ...optional('hostIP', fields.string('hostIP')),
  };
}

function decodeEnv(fields: Fields): EnvVar {
  const value = fields.raw('value');
  const from = fields.fields('valueFrom');
  return {
    path: fields.path,
    ...optional('name', fields.string('name')),
    ...optional('value', value === null && fields.has('value') ? '' : fields.string('value')),
    hasValueFrom: fields.has('valueFrom') && fields.raw('valueFrom') !== null,
    ...optional('configMapKeyRef', keyReference(from.fields('configMapKeyRef'))),
    ...optional('secretKeyRef', keyReference(from.fields('secretKeyRef'))),
  };
}

function keyReference(fields: Fields): KeyReference | undefined {
  if (!fields.present) return undefined;
  return { path: fields.path, ...optional('name', fields.string('name')), ...optional('key', fields.string('key')), optional: fields.boolean('optional') };
}

function decodeEnvFrom(fields: Fields): EnvFromSource {
  return {
    path: fields.path,
    ...optional('prefix', fields.string('prefix')),
    ...optional('configMapRef', keyReference(fields.fields('configMapRef'))),
    ...optional('secretRef', keyReference(fields.fields('secretRef'))),
  };
}

const probeKinds: readonly ProbeKind[] = ['livenessProbe', 'readinessProbe', 'startupProbe'];

function decodeProbes(container: Fields): Probe[] {
  const probes = probeKinds.flatMap((kind) => decodeProbe(kind, container.fields(kind)));
  const lifecycle = container.fields('lifecycle');
  return [...probes, ...decodeProbe('postStart', lifecycle.fields('postStart')), ...decodeProbe('preStop', lifecycle.fields('preStop'))];
}

function decodeProbe(kind: ProbeKind, fields: Fields): Probe[] {
  for (const handler of ['httpGet', 'tcpSocket', 'grpc', 'exec'] as const) {
    const action = fields.fields(handler);
    if (!action.present) continue;
    return [
      {
        kind,
        handler,
        path: fields.path,
        ...optional('port', action.numberOrName('port')),
        portPath: [...action.path, 'port'],
        ...optional('host', action.string('host')),
      },
    ];
  }
  return [];
}

function decodeVolume(fields: Fields): Volume {
  const kind = Object.keys(fields.value).find((key) => key !== 'name' && isPlainObject(fields.value[key]));
  const configMap: Value<string> | undefined = fields.fields('configMap').string('name');
  const readOnly = kind !== undefined && fields.fields(kind).boolean('readOnly');
  return {
    path: fields.path,
    ...optional('name', fields.string('name')),
    ...optional('kind', kind),
    ...(readOnly ? { readOnly } : {}),
    ...optional('configMap', configMap),
  };
}

/** Numbers or texts of a field that the cluster writes, such as `status.podIPs`. */
export function knownStrings(values: readonly (Value<string> | undefined)[]): string[] {
  return values.map(known).filter((value) => value !== undefined);
}

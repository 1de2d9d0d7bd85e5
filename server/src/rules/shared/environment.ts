/** What a container's variables are made of: its own entries, `envFrom`, and the Services that the kubelet adds. */
import { known } from '../../base/opaque';
import type { Path } from '../../protocol/source';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { Container, EnvFromSource } from '../../model/pod';
import type { PodHolder, Resource } from '../../model/resources';
import { serviceVariables, variableOrigins, variableSource, type ServiceVariable } from '../../model/serviceVariables';

/** A key that `envFrom` brings in. */
export interface EnvFromKey {
  readonly name: string;
  readonly source: Resource<'ConfigMap' | 'Secret'>;
  /** The `envFrom` item. */
  readonly path: Path;
}

export interface ContainerEnvironment {
  /** Indexes of the `env` entries that define a name, in list order. */
  readonly entries: ReadonlyMap<string, readonly number[]>;
  /** A later source wins, as in the kubelet. */
  readonly envFrom: ReadonlyMap<string, EnvFromKey>;
  /** False when a placeholder, or an object that is not here, may define names that cannot be seen. */
  readonly complete: boolean;
}

/** A resource whose containers the environment rules judge: not a patch, and its namespace is not a placeholder. */
export function hasJudgedEnvironment(resource: PodHolder): boolean {
  return !resource.partial && !resource.metadata.namespaceOpaque;
}

/** Names by `env` entry; those with a placeholder in the name are left out and make the list incomplete. */
export function definedNames(container: Container): { readonly entries: ReadonlyMap<string, readonly number[]>; readonly complete: boolean } {
  const entries = new Map<string, number[]>();
  let complete = true;
  container.env.forEach((variable, index) => {
    const name = known(variable.name);
    if (name === undefined) {
      complete = complete && variable.name === undefined;
      return;
    }
    const list = entries.get(name);
    if (list) list.push(index);
    else entries.set(name, [index]);
  });
  return { entries, complete };
}

/** Definition order: `envFrom` in list order, then `env`, then Services. pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables). */
export function environmentOf(container: Container, resource: PodHolder, index: ClusterIndex): ContainerEnvironment {
  const { entries, complete: namesKnown } = definedNames(container);
  const envFrom = new Map<string, EnvFromKey>();
  let complete = namesKnown;
  for (const source of container.envFrom) {
    const keys = keysOf(source, resource, index);
    if (keys === undefined) {
      complete = false;
      continue;
    }
    for (const key of keys.names) envFrom.set(key, { name: key, source: keys.source, path: source.path });
  }
  return { entries, envFrom, complete };
}

/** What the kubelet makes of a name when nothing in the container defines it. */
export type ServiceVariableState =
  /** No Service makes a variable of this name. */
  | { readonly state: 'none' }
  /** A Service that is not in these files, or of which too little is known, may make it. */
  | { readonly state: 'possible' }
  | {
      readonly state: 'visible' | 'links-disabled' | 'headless' | 'external-name' | 'other-namespace';
      readonly service: Resource<'Service'>;
      readonly variable: ServiceVariable;
    };

const precedence: readonly ServiceVariableState['state'][] = ['visible', 'headless', 'external-name', 'links-disabled', 'other-namespace', 'possible', 'none'];

/**
 * Asks the index for the few Services whose name the variable carries, never for all.
 * Visible are Services of the pod's own namespace with a cluster IP, while `enableServiceLinks` is not false.
 * pkg/kubelet/kubelet_pods.go (getServiceEnvVarMap).
 */
export function serviceVariableState(name: string, resource: PodHolder, index: ClusterIndex): ServiceVariableState {
  let best: ServiceVariableState = { state: 'none' };
  for (const origin of variableOrigins(name)) {
    const one =
      origin.service === 'kubernetes' ? ({ state: 'possible' } as const) : stateOfOrigin(name, origin.service, origin.form === 'bare', resource, index);
    if (precedence.indexOf(one.state) < precedence.indexOf(best.state)) best = one;
  }
  return best;
}

function stateOfOrigin(name: string, serviceName: string, bare: boolean, resource: PodHolder, index: ClusterIndex): ServiceVariableState {
  const namespace = index.namespaceOf(resource);
  const lookup = index.get('Service', namespace, serviceName);
  if (lookup.state === 'found') {
    const service = lookup.value;
    if (service.partial || service.metadata.namespaceOpaque || index.sameNamespace(namespace, index.namespaceOf(service)) !== 'yes')
      return { state: 'possible' };
    const variable = variableNamed(service, name);
    if (variable === undefined) return { state: service.spec.ports.every(portIsKnown) ? 'none' : 'possible' };
    const source = variableSource(service);
    if (source === 'unknown') return { state: 'possible' };
    if (source === 'headless') return { state: 'headless', service, variable };
    if (source === 'external-name') return { state: 'external-name', service, variable };
    return { state: resource.spec.template.enableServiceLinks === false ? 'links-disabled' : 'visible', service, variable };
  }
  if (index.mayBeMade('Service', namespace, serviceName)) return { state: 'possible' };
  const elsewhere = bare ? undefined : serviceElsewhere(name, serviceName, resource, index);
  if (elsewhere) return elsewhere;
  return { state: lookup.state === 'absent' ? 'none' : 'possible' };
}

/** A Service of the name in namespaces that are surely others; undefined when one of them is perhaps the pod's. */
function serviceElsewhere(name: string, serviceName: string, resource: PodHolder, index: ClusterIndex): ServiceVariableState | undefined {
  const namespace = index.namespaceOf(resource);
  const named = index.ofKind('Service').filter((service) => service.metadata.name === serviceName && service.metadata.nameKnown && !service.partial);
  if (named.some((service) => service.metadata.namespaceOpaque || index.sameNamespace(namespace, index.namespaceOf(service)) !== 'no')) return undefined;
  for (const service of named) {
    const variable = variableNamed(service, name);
    if (variable !== undefined && variableSource(service) === 'cluster-ip') return { state: 'other-namespace', service, variable };
  }
  return undefined;
}

/** The kubelet's map keeps the last value of a name. */
function variableNamed(service: Resource<'Service'>, name: string): ServiceVariable | undefined {
  return [...serviceVariables(service)].reverse().find((variable) => variable.name === name);
}

function portIsKnown(port: { readonly name?: unknown; readonly port?: unknown; readonly protocol?: unknown }): boolean {
  return (
    typeof port.port === 'number' &&
    (port.name === undefined || typeof port.name === 'string') &&
    (port.protocol === undefined || typeof port.protocol === 'string')
  );
}

function keysOf(
  source: EnvFromSource,
  resource: PodHolder,
  index: ClusterIndex,
): { names: readonly string[]; source: Resource<'ConfigMap' | 'Secret'> } | undefined {
  const prefix = source.prefix === undefined ? '' : known(source.prefix);
  const reference = source.configMapRef ?? source.secretRef;
  const name = known(reference?.name);
  if (prefix === undefined || name === undefined) return undefined;
  const type = source.configMapRef ? 'ConfigMap' : 'Secret';
  const namespace = index.namespaceOf(resource);
  const lookup = index.get<'ConfigMap' | 'Secret'>(type, namespace, name);
  if (lookup.state !== 'found' || !keysAreKnown(lookup.value, namespace, index)) return undefined;
  const keys = lookup.value.type === 'ConfigMap' ? [...lookup.value.spec.data.keys()] : lookup.value.spec.keys;
  return { names: keys.map((key) => prefix + key), source: lookup.value };
}

/**
 * Are the keys that the manifest shows all that the object will have? Not in a patch, not where the object is perhaps of another namespace,
 * not where something else makes or fills it: a token Secret, an empty object, or one that an annotation hands to a controller.
 */
export function keysAreKnown(object: Resource<'ConfigMap' | 'Secret'>, namespace: string | undefined, index: ClusterIndex): boolean {
  const { metadata, spec, partial } = object;
  if (partial || spec.open || !metadata.nameKnown || metadata.namespaceOpaque || metadata.labels.open) return false;
  if (index.sameNamespace(namespace, index.namespaceOf(object)) !== 'yes' || index.mayBeMade(object.type, namespace, metadata.name)) return false;
  const count = object.type === 'ConfigMap' ? object.spec.data.size + object.spec.binaryKeys.length : object.spec.keys.length;
  if (count === 0) return false;
  const secretType = object.type === 'Secret' ? object.spec.type : undefined;
  if (
    secretType !== undefined &&
    (typeof secretType !== 'string' || !/^(?:Opaque$|kubernetes\.io\/)/.test(secretType) || secretType === 'kubernetes.io/service-account-token')
  )
    return false;
  return ![...metadata.annotations.keys(), ...metadata.labels.entries.keys()].some((key) =>
    /generat|replicat|reflect|inject|sync|vault|kubed|sealed|external/i.test(key.replace('argocd.argoproj.io/sync-', '')),
  );
}

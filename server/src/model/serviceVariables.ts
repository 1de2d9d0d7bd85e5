/** The environment variables that the kubelet makes of a Service. */
import { known } from '../base/opaque';
import type { Resource } from './resources';

export interface ServiceVariable {
  readonly name: string;
  /** What it stands for: an address, a port number, an address with protocol and port, or a protocol. */
  readonly holds: 'address' | 'port' | 'url' | 'protocol';
  /** Undefined when the address is not written and none was given. */
  readonly value?: string;
  /** The Service port that it speaks of; undefined for `*_SERVICE_HOST`. */
  readonly port?: number;
  readonly protocol?: string;
}

/** Why a Service gives variables or gives none; `unknown` when a placeholder decides. */
export type VariableSource = 'cluster-ip' | 'headless' | 'external-name' | 'unknown';

/**
 * Only a Service with a cluster IP gives variables: neither `clusterIP: None` nor `type: ExternalName` does.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables, pkg/kubelet/kubelet_pods.go (getServiceEnvVarMap).
 */
export function variableSource(service: Resource<'Service'>): VariableSource {
  const { type, clusterIP, clusterIPs } = service.spec;
  if (type !== undefined && known(type) === undefined) return 'unknown';
  if (type === 'ExternalName') return 'external-name';
  if (clusterIP !== undefined && known(clusterIP) === undefined) return 'unknown';
  if (clusterIP === 'None') return 'headless';
  if (clusterIP === undefined && clusterIPs.length > 0 && (known(clusterIPs[0]) ?? 'None') === 'None') return 'unknown';
  return 'cluster-ip';
}

/** The start of every variable of a Service: upper case, `-` as `_`. */
export function variablePrefix(serviceName: string): string {
  return serviceName.toUpperCase().replaceAll('-', '_');
}

/**
 * All variables of a Service in the order in which the kubelet writes them; a later one of the same name wins there.
 * Ports whose number, name or protocol cannot be known are left out. `clusterIP` stands in where the manifest writes no address.
 * Whether the Service gives any at all is `variableSource`'s to say. pkg/kubelet/envvars/envvars.go (FromServices).
 */
export function serviceVariables(service: Resource<'Service'>, clusterIP?: string): readonly ServiceVariable[] {
  if (!service.metadata.nameKnown || service.metadata.name === '') return [];
  const prefix = variablePrefix(service.metadata.name);
  const written = known(service.spec.clusterIP);
  const address = written !== undefined && written !== '' && written !== 'None' ? written : clusterIP;
  const variables: ServiceVariable[] = [variable({ name: `${prefix}_SERVICE_HOST`, holds: 'address' }, address)];

  const first = service.spec.ports[0];
  const firstNumber = known(first?.port);
  if (first && firstNumber !== undefined) {
    variables.push({ name: `${prefix}_SERVICE_PORT`, holds: 'port', port: firstNumber, value: String(firstNumber) });
  }
  for (const { name, port } of service.spec.ports) {
    const portName = known(name);
    const number = known(port);
    if (portName === undefined || portName === '' || number === undefined) continue;
    variables.push({ name: `${prefix}_SERVICE_PORT_${variablePrefix(portName)}`, holds: 'port', port: number, value: String(number) });
  }

  service.spec.ports.forEach(({ port, protocol }, index) => {
    const number = known(port);
    const transport = protocol === undefined ? 'TCP' : known(protocol);
    if (number === undefined || transport === undefined) return;
    const about = { port: number, protocol: transport };
    const scheme = transport.toLowerCase();
    const url = address === undefined ? undefined : `${scheme}://${address.includes(':') ? `[${address}]` : address}:${number}`;
    if (index === 0) variables.push(variable({ name: `${prefix}_PORT`, holds: 'url', ...about }, url));
    const start = `${prefix}_PORT_${number}_${transport.toUpperCase()}`;
    variables.push(
      variable({ name: start, holds: 'url', ...about }, url),
      { name: `${start}_PROTO`, holds: 'protocol', value: scheme, ...about },
      { name: `${start}_PORT`, holds: 'port', value: String(number), ...about },
      variable({ name: `${start}_ADDR`, holds: 'address', ...about }, address),
    );
  });
  return variables;
}

/** A Service that would make a variable of this name, if it had the right ports. */
export interface VariableOrigin {
  readonly service: string;
  /** `bare` is the `*_PORT` of old container links, a name that people also give to variables of their own. */
  readonly form: 'service' | 'link' | 'bare';
}

/**
 * The names of the Services that could make a variable, the likeliest first. More than one, because
 * `REDIS_SERVICE_PORT` is the first port of `redis` and the link of `redis-service`. Empty for a name that no Service makes.
 */
export function variableOrigins(variableName: string): readonly VariableOrigin[] {
  const origins: VariableOrigin[] = [];
  const add = (prefix: string | undefined, form: VariableOrigin['form']): void => {
    if (prefix === undefined) return;
    const service = prefix.toLowerCase().replaceAll('_', '-');
    if (variablePrefix(service) !== prefix || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(service) || service.length > 63) return;
    if (!origins.some((origin) => origin.service === service && origin.form === form)) origins.push({ service, form });
  };
  if (variableName.length > 512) return [];
  add(/^(.+)_SERVICE_HOST$/.exec(variableName)?.[1], 'service');
  add(/^(.+)_SERVICE_PORT$/.exec(variableName)?.[1], 'service');
  for (let at = variableName.indexOf('_SERVICE_PORT_'); at > 0; at = variableName.indexOf('_SERVICE_PORT_', at + 1)) add(variableName.slice(0, at), 'service');
  add(/^(.+)_PORT_\d{1,5}_(?:TCP|UDP|SCTP)(?:_PROTO|_PORT|_ADDR)?$/.exec(variableName)?.[1], 'link');
  add(/^(.+)_PORT$/.exec(variableName)?.[1], 'bare');
  return origins;
}

/** Objects of exact optional properties: no key where there is no value. */
function variable(about: Omit<ServiceVariable, 'value'>, value: string | undefined): ServiceVariable {
  return value === undefined ? about : { ...about, value };
}

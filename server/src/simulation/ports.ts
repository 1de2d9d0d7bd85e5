/** Which ports a destination offers, and which Service port a question means. */
import { known } from '../base/opaque';
import type { PodSet } from '../cluster/clusterIndex';
import { type Container, concurrentContainers } from '../model/pod';
import type { Resource, ServicePort } from '../model/resources';
import { protocols, type TransportProtocol } from '../protocol/trace';

export interface OfferedPort {
  readonly port: number;
  readonly protocol: TransportProtocol;
}

/** More are named by the caller when somebody asks for all. */
export const offeredLimit = 16;

export function protocolOf(text: string | undefined): TransportProtocol | undefined {
  return text === undefined ? 'TCP' : protocols.find((protocol) => protocol === text);
}

/** Declared ports of the containers that run, each once, in their order. */
export function podPorts(podSet: PodSet, container?: Container): readonly OfferedPort[] {
  const ports = (container ? [container] : concurrentContainers(podSet.template)).flatMap((one) => one.ports);
  return distinct(
    ports.map((port) => ({ port: known(port.containerPort), protocol: protocolOf(known(port.protocol) ?? (port.protocol === undefined ? undefined : '')) })),
  );
}

export function servicePorts(service: Resource<'Service'>): readonly OfferedPort[] {
  return distinct(
    service.spec.ports.map((port) => ({
      port: known(port.port),
      protocol: protocolOf(known(port.protocol) ?? (port.protocol === undefined ? undefined : '')),
    })),
  );
}

/** The entry of a Service for a port; `position` counts in `spec.ports`. */
export function servicePort(
  service: Resource<'Service'>,
  port: number,
  protocol: TransportProtocol,
): { readonly entry: ServicePort; readonly position: number } | undefined {
  const position = service.spec.ports.findIndex(
    (entry) => known(entry.port) === port && (entry.protocol === undefined ? 'TCP' : known(entry.protocol)) === protocol,
  );
  const entry = service.spec.ports[position];
  return entry && { entry, position };
}

function distinct(ports: readonly { readonly port: number | undefined; readonly protocol: TransportProtocol | undefined }[]): readonly OfferedPort[] {
  const seen = new Map<string, OfferedPort>();
  for (const { port, protocol } of ports) {
    if (port === undefined || protocol === undefined || port < 1 || port > 65535) continue;
    const key = `${port}/${protocol}`;
    if (!seen.has(key)) seen.set(key, { port, protocol });
  }
  return [...seen.values()];
}

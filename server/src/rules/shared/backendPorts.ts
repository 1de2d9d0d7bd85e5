/** A port that a backend of an Ingress or a route names, held against the ports of its Service. */
import { isOpaque, known } from '../../base/opaque';
import type { Related } from '../../model/finding';
import type { Resource, ServicePort } from '../../model/resources';
import { isListOpen } from './ports';
import { wordList } from './words';

/** What the number is, if it is no port of the Service. */
export type PortMistake = 'port' | 'containerPort' | 'nodePort';

/**
 * The ports of a Service, when they are all there is to know; undefined for ExternalName (its ports mean nothing), for a patch, and where a placeholder
 * may bring others. Only the Service's own ports count for a backend, never those of the containers behind it.
 */
export function judgedPorts(service: Resource<'Service'>): readonly ServicePort[] | undefined {
  const { type, ports } = service.spec;
  if (service.partial || service.metadata.namespaceOpaque || isOpaque(type) || type === 'ExternalName') return undefined;
  if (ports.length === 0 || isListOpen(service, ['spec', 'ports'])) return undefined;
  return ports.every(({ port, name }) => known(port) !== undefined && !isOpaque(name)) ? ports : undefined;
}

export function mistakeOf(ports: readonly ServicePort[], number: number): { readonly message: PortMistake; readonly meant: ServicePort | undefined } {
  const targets = ports.filter(({ targetPort }) => targetPort === number);
  const nodes = ports.filter(({ nodePort }) => nodePort === number);
  if (targets.length > 0) return { message: 'containerPort', meant: targets.length === 1 ? targets[0] : undefined };
  if (nodes.length > 0) return { message: 'nodePort', meant: nodes[0] };
  return { message: 'port', meant: ports.length === 1 ? ports[0] : undefined };
}

/** `80 (http) and 443` */
export function portsText(ports: readonly ServicePort[]): string {
  return wordList(
    ports.map(({ port, name }) => {
      const number = String(known(port) ?? '');
      const text = known(name);
      return text === undefined || text === '' ? number : `${number} (${text})`;
    }),
    6,
  );
}

export function relatedPorts(service: Resource<'Service'>, ports: readonly ServicePort[]): readonly Related[] {
  const words = `Service \`${service.metadata.name}\` has ${ports.length === 1 ? 'port' : 'ports'} ${portsText(ports)}.`;
  return [{ mark: { resource: service, path: ['spec', 'ports'], part: 'key' }, message: words }];
}

/** Those that a fix offers: the one that was most likely meant, else the first few. */
export function offeredPorts(ports: readonly ServicePort[], meant: ServicePort | undefined): readonly ServicePort[] {
  const unique = [...new Map(ports.map((port) => [known(port.port), port] as const)).values()];
  return meant === undefined ? unique.slice(0, 4) : [meant];
}

/** Endpoints and EndpointSlices that somebody wrote, for a Service that selects no pods, or beside those that it selects. */
import { type Address, formatAddress, parseAddress } from '../base/addresses';
import { known, textOf } from '../base/opaque';
import type { Endpoint, Resource, ServicePort } from '../model/resources';
import type { Evidence, TransportProtocol } from '../protocol/trace';
import { nodesFor, placeAt } from './placement';
import type { Destination } from './walk';
import { evidence, type World } from './world';

export interface WrittenEndpoint {
  readonly address: Address;
  readonly text: string;
  readonly port: number;
  /** The node that runs it, where it is written: what a Local traffic policy asks for. */
  readonly nodeName?: string;
  readonly terminating: boolean;
  readonly because: readonly Evidence[];
}

export interface WrittenEndpoints {
  /** Ready ones; where there is none, those that still serve while they terminate. */
  readonly usable: readonly WrittenEndpoint[];
  /** Left out: neither ready nor serving. */
  readonly unready: number;
  readonly because: readonly Evidence[];
}

/** As many as an Endpoints object is mirrored for. */
const mostWrittenEndpoints = 1000;

/**
 * Joined with the Service's ports by name; only the first address of an endpoint counts, and a slice of the other family or of host names
 * is not looked at (pkg/proxy/endpointslicecache.go). A missing `ready` or `serving` means true, a missing `terminating` false.
 */
export function writtenEndpoints(world: World, service: Resource<'Service'>, entry: ServicePort | undefined, protocol: TransportProtocol): WrittenEndpoints {
  const { index } = world;
  const namespace = index.namespaceOf(service);
  const selects = (service.spec.selector?.size ?? 0) > 0 || service.spec.selectorOpen;
  const portName = entry?.name === undefined ? '' : textOf(entry.name);
  const ready: WrittenEndpoint[] = [];
  const serving: WrittenEndpoint[] = [];
  const left: Evidence[] = [];
  let unready = 0;
  // With a selector, Endpoints and the controller's own slices are not by hand: they tell again which pods are selected.
  const objects = selects
    ? index.inNamespace('EndpointSlice', namespace).filter((slice) => !isManaged(slice))
    : [...index.inNamespace('EndpointSlice', namespace), ...index.inNamespace('Endpoints', namespace)];
  for (const slice of objects) {
    if (known(slice.spec.service) !== service.metadata.name || ready.length + serving.length >= mostWrittenEndpoints) continue;
    if (known(slice.spec.addressType) === 'FQDN') continue;
    const ports = slice.spec.ports.filter(
      (port) => (port.name === undefined ? '' : textOf(port.name)) === portName && (port.protocol === undefined ? 'TCP' : known(port.protocol)) === protocol,
    );
    const port = entry ? known(ports[0]?.port) : world.port;
    if (port === undefined) continue;
    for (const endpoint of slice.spec.endpoints) {
      const written = endpointOf(service, slice, endpoint, port, world.plan.family);
      if (!written) continue;
      if (endpoint.ready && !endpoint.terminating) ready.push(written);
      else if (endpoint.serving && endpoint.terminating) serving.push({ ...written, terminating: true });
      else {
        unready++;
        left.push(evidence(slice, endpoint.path, 'missing', `${written.text} is not ready`));
      }
      if (ready.length + serving.length >= mostWrittenEndpoints) break;
    }
  }
  return { usable: ready.length > 0 ? ready : serving, unready: unready + (ready.length > 0 ? serving.length : 0), because: left.slice(0, 8) };
}

function endpointOf(
  service: Resource<'Service'>,
  slice: Resource<'EndpointSlice' | 'Endpoints'>,
  endpoint: Endpoint,
  port: number,
  family: 4 | 6,
): WrittenEndpoint | undefined {
  const address = parseAddress(known(endpoint.addresses[0]) ?? '');
  if (address?.family !== family) return undefined;
  const nodeName = known(endpoint.nodeName);
  return {
    address,
    text: formatAddress(address),
    port,
    terminating: false,
    ...(nodeName !== undefined && { nodeName }),
    because: [evidence(slice, endpoint.path, 'routes', `an endpoint of ${service.metadata.name}, written by hand`)],
  };
}

/** https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#management */
function isManaged(slice: Resource<'EndpointSlice'>): boolean {
  const manager = known(slice.metadata.labels.entries.get('endpointslice.kubernetes.io/managed-by'));
  return manager === 'endpointslice-controller.k8s.io' || manager === 'endpointslicemirroring-controller.k8s.io';
}

/** Where such an address leads: to a pod or a node whose address is written, else outside. */
export function destinationAt(world: World, address: Address, text: string): Destination {
  const node = world.plan.nodes.find((candidate) => candidate.knownAddress?.value === address.value && candidate.knownAddress.family === address.family);
  if (node) return { kind: 'node', node };
  const holder = world.index.ofKind('Pod').find((pod) => pod.spec.podIPs.includes(text));
  const podSet = holder && world.index.podSetOf(holder);
  if (podSet) return { kind: 'pod', pod: placeAt(world, podSet, 0, nodesFor(world, podSet, world.plan.nodes[0])), self: false };
  return { kind: 'outside', name: text, address: { text, assumed: false }, known: address, scope: 'anywhere' };
}

/** Which pod ports Ingresses and routes lead to, from a data plane that no manifest shows. */
import { known, textOf, type Value } from '../base/opaque';
import type { ClusterIndex, PodSet } from '../cluster/clusterIndex';
import type { PolicyModes } from '../cluster/policyEnds';
import { placedSameNamespace } from '../cluster/policyEnds';
import { noPorts, portsOf, type PortSet, unitePorts } from '../cluster/portSet';
import { targetPortIn } from '../cluster/targetPort';
import type { GatewayListener, ObjectReference, RouteParent } from '../model/gateway';
import { matches, selectorOf } from '../model/labels';
import { type Resource, type ServicePort, valueAt } from '../model/resources';
import { protocols } from '../protocol/trace';

/** The ports of one pod, and the Ingresses and routes that lead there. */
export interface Entry {
  readonly ports: PortSet;
  readonly by: readonly Resource[];
}

type Route = Resource<'HTTPRoute' | 'GRPCRoute' | 'TLSRoute' | 'TCPRoute' | 'UDPRoute'>;
const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;

/** Of every pod to which something leads. A Service is resolved to the ports of the pods that it surely selects. */
export function entriesOf(index: ClusterIndex, modes: PolicyModes): ReadonlyMap<PodSet, Entry> {
  const entries = new Map<PodSet, { ports: PortSet; by: Set<Resource> }>();
  const lead = (by: Resource, namespace: string | undefined, service: string | undefined, isPort: (port: ServicePort) => boolean): void => {
    if (service === undefined) return;
    const found = index.get('Service', namespace, service);
    if (found.state !== 'found') return;
    for (const podSet of podsBehind(index, found.value, modes))
      for (const port of found.value.spec.ports.filter(isPort)) {
        const protocol = protocols.find((one) => one === (port.protocol === undefined ? 'TCP' : known(port.protocol)));
        const target = protocol && targetPortIn(podSet, port, protocol);
        if (!protocol || target?.state !== 'found') continue;
        const entry = entries.get(podSet) ?? { ports: noPorts, by: new Set() };
        entry.ports = unitePorts(entry.ports, portsOf(protocol, target.port, target.port));
        entry.by.add(by);
        entries.set(podSet, entry);
      }
  };

  for (const ingress of index.ofKind('Ingress')) {
    const { defaultBackend, rules } = ingress.spec;
    for (const backend of [...(defaultBackend ? [defaultBackend] : []), ...rules.flatMap(({ paths }) => paths.flatMap((path) => path.backend ?? []))]) {
      if (backend.resource) continue;
      const [number, name] = [known(backend.portNumber), known(backend.portName)];
      lead(ingress, index.namespaceOf(ingress), known(backend.service), (port) =>
        name === undefined ? number !== undefined && known(port.port) === number : known(port.name) === name,
      );
    }
  }
  for (const kind of routeKinds)
    for (const route of index.ofKind<Route['type']>(kind)) {
      if (!route.spec.parents.some((parent) => attaches(index, route, parent, modes))) continue;
      for (const { backends, filters } of route.spec.rules)
        for (const backend of [...backends, ...filters.flatMap(({ mirror }) => mirror ?? [])]) {
          if (known(backend.weight) === 0 || !isService(backend)) continue;
          const namespace = backend.namespace === undefined ? index.namespaceOf(route) : known(backend.namespace);
          if (backend.namespace !== undefined && (namespace === undefined || !isGranted(index, route, namespace, backend, modes))) continue;
          const number = known(backend.port);
          lead(route, namespace, known(backend.name), (port) => number !== undefined && known(port.port) === number);
        }
    }
  for (const other of index.ofKind('Other')) leadOpenShiftRoute(index, other, lead);
  return new Map([...entries].map(([podSet, { ports, by }]) => [podSet, { ports, by: [...by] }]));
}

/** Pods that the selector surely takes, with namespaces placed where the modes say. */
function podsBehind(index: ClusterIndex, service: Resource<'Service'>, modes: PolicyModes): readonly PodSet[] {
  const { yes, maybe } = index.backends(service);
  const selector = selectorOf(service.spec.selector ?? new Map<string, Value<string>>(), service.spec.selectorOpen);
  const placed = maybe.filter(
    (podSet) => matches(selector, podSet.labels) === 'yes' && placedSameNamespace(index, index.namespaceOf(service), podSet.namespace, modes) === 'yes',
  );
  return [...yes, ...placed];
}

function isService({ group, kind }: ObjectReference): boolean {
  return (group === undefined || known(group) === '') && (kind === undefined || known(kind) === 'Service');
}

/**
 * A Gateway that no manifest shows is taken to admit the route; one that is shown must have a listener for it.
 * https://gateway-api.sigs.k8s.io/reference/spec/#parentreference
 */
function attaches(index: ClusterIndex, route: Route, parent: RouteParent, modes: PolicyModes): boolean {
  if (parent.kind !== undefined && known(parent.kind) !== 'Gateway') return false;
  if (parent.group !== undefined && known(parent.group) !== 'gateway.networking.k8s.io') return false;
  const name = known(parent.name);
  const own = index.namespaceOf(route);
  const namespace = parent.namespace === undefined ? own : known(parent.namespace);
  const gateways = index
    .ofKind('Gateway')
    .filter((gateway) => gateway.metadata.name === name && placedSameNamespace(index, index.namespaceOf(gateway), namespace, modes) !== 'no');
  return gateways.length === 0 || gateways.some((gateway) => gateway.spec.listeners.some((listener) => admits(index, gateway, listener, route, parent, modes)));
}

function admits(index: ClusterIndex, gateway: Resource<'Gateway'>, listener: GatewayListener, route: Route, parent: RouteParent, modes: PolicyModes): boolean {
  if (parent.sectionName !== undefined && known(parent.sectionName) !== known(listener.name)) return false;
  if (parent.port !== undefined && known(parent.port) !== known(listener.port)) return false;
  const namespace = index.namespaceOf(route);
  switch (known(listener.routesFrom) ?? 'Same') {
    case 'All':
      break;
    case 'Selector':
      if (!listener.routesSelector || matches(listener.routesSelector, index.namespaceLabels(namespace ?? modes.namespace)) !== 'yes') return false;
      break;
    case 'Same':
      if (placedSameNamespace(index, index.namespaceOf(gateway), namespace, modes) === 'no') return false;
      break;
    default:
      return false;
  }
  const host = textOf(listener.hostname) ?? '';
  const hosts = route.spec.hostnames.map((name) => textOf(name) ?? '');
  return host === '' || hosts.length === 0 || hosts.some((name) => hostsMeet(host, name));
}

/** Here `*.x` stands for one or more labels before `.x`. */
function hostsMeet(a: string, b: string): boolean {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  if (left === right) return true;
  const covers = (pattern: string, name: string): boolean => pattern.startsWith('*.') && name.endsWith(pattern.slice(1)) && name.length >= pattern.length;
  return covers(left, right) || covers(right, left);
}

/** Another namespace has to agree: https://gateway-api.sigs.k8s.io/api-types/referencegrant/ */
function isGranted(index: ClusterIndex, route: Route, namespace: string, backend: ObjectReference, modes: PolicyModes): boolean {
  const own = index.namespaceOf(route);
  if (placedSameNamespace(index, own, namespace, modes) === 'yes') return true;
  return index
    .inNamespace('ReferenceGrant', namespace)
    .some(
      ({ spec }) =>
        spec.from.some(
          ({ group, kind, namespace: from }) =>
            known(group) === 'gateway.networking.k8s.io' && known(kind) === route.kind && known(from) === (own ?? modes.namespace),
        ) &&
        spec.to.some(
          ({ group, kind, name }) =>
            (group === undefined || known(group) === '') && known(kind) === 'Service' && (name === undefined || known(name) === known(backend.name)),
        ),
    );
}

type Lead = (by: Resource, namespace: string | undefined, service: string | undefined, isPort: (port: ServicePort) => boolean) => void;

/**
 * OpenShift's Route names Services in its own namespace and a target port of theirs: a name is that of a Service port, a number a target port;
 * without one all ports count. https://docs.openshift.com/container-platform/latest/rest_api/network_apis/route-route-openshift-io-v1.html
 */
function leadOpenShiftRoute(index: ClusterIndex, route: Resource<'Other'>, lead: Lead): void {
  if (route.kind !== 'Route' || !route.apiVersion.startsWith('route.openshift.io/')) return;
  const alternates = valueAt(route, ['spec', 'alternateBackends']);
  const backends = [valueAt(route, ['spec', 'to']), ...(Array.isArray(alternates) ? (alternates as unknown[]) : [])];
  const wanted = valueAt(route, ['spec', 'port', 'targetPort']);
  for (const backend of backends) {
    const { kind, name, weight } = (typeof backend === 'object' && backend !== null ? backend : {}) as Readonly<
      Partial<Record<'kind' | 'name' | 'weight', unknown>>
    >;
    if ((kind !== undefined && kind !== 'Service') || typeof name !== 'string' || weight === 0) continue;
    lead(route, index.namespaceOf(route), name, (port) => {
      if (wanted === undefined || wanted === null) return true;
      if (typeof wanted === 'string') return known(port.name) === wanted || known(port.targetPort) === wanted;
      return known(port.targetPort ?? port.port) === wanted;
    });
  }
}

/** A backend of a route without a port, or with one that its Service does not have. */
import { known } from '../../base/opaque';
import type { Finding } from '../../model/finding';
import type { ObjectReference } from '../../model/gateway';
import { valueAt } from '../../model/resources';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { Resource, ServicePort } from '../../model/resources';
import { contextRule } from '../rule';
import { judgedPorts, mistakeOf, offeredPorts, portsText, relatedPorts } from '../shared/backendPorts';
import { backendReferences, isKnownNamespace, isServiceReference, namespaceOfReference, routeKinds, type Route } from '../shared/routeReferences';
import { mayHoldMore } from '../shared/templated';

type Message = 'port' | 'containerPort' | 'nodePort' | 'required';

export const gatewayBackendPortMissing = contextRule<(typeof routeKinds)[number], Message>({
  meta: {
    id: 'gateway/backend-port-missing',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A backend of a route has no port, or names one that its Service does not have.',
    why: 'A reference to a Service needs a port, and the API server refuses the route without one. It is the port of the *Service*, not the one on which its containers listen. The two objects are created apart, so nobody compares them: with a port that the Service does not have the route reports `ResolvedRefs: False`, and the share of requests that goes to this backend is answered with status 500.',
    remedy: 'Name a port as the Service writes it under `ports[].port`, or add the port to the Service. Routes know numbers only, no port names.',
    references: [
      '[Gateway API: BackendRef](https://gateway-api.sigs.k8s.io/reference/spec/#backendref)',
      '`apis/v1/object_reference_types.go` (BackendObjectReference) in kubernetes-sigs/gateway-api',
    ],
    messages: {
      port: 'Service `{service}` has {noun} {ports}, not {port}. Requests to this backend fail.',
      containerPort: 'Service `{service}` has {noun} {ports}, not {port}: that is the port of its containers, and a route names a port of the Service.',
      nodePort: 'Service `{service}` has {noun} {ports}, not {port}: that is the port on the nodes, and a route names a port of the Service.',
      required: 'A backend that is a Service needs a `port`; the API server refuses the route.',
    },
    fixable: true,
  },
  kinds: routeKinds,
  *check(route, index) {
    if (route.partial) return;
    for (const reference of backendReferences(route)) {
      if (!isServiceReference(reference)) continue;
      const ports = portsOf(reference, route, index);
      if (reference.port === undefined) {
        const finding = required(route, reference, ports);
        if (finding) yield finding;
        continue;
      }
      const port = known(reference.port);
      if (!ports || port === undefined || port < 1 || port > 65535 || ports.ports.some((candidate) => candidate.port === port)) continue;
      const { message, meant } = mistakeOf(ports.ports, port);
      const offered = offeredPorts(ports.ports, meant);
      const path = [...reference.path, 'port'];
      yield {
        at: { resource: route, path },
        message,
        data: { service: ports.service.metadata.name, ports: portsText(ports.ports), noun: ports.ports.length === 1 ? 'port' : 'ports', port },
        related: relatedPorts(ports.service, ports.ports),
        fixes: offered.map((candidate) => ({
          title: `Use port ${known(candidate.port) ?? ''}`,
          ...(offered.length === 1 ? { preferred: true } : {}),
          edits: [{ kind: 'replace', resource: route, path, value: known(candidate.port) }],
        })),
      };
    }
  },
});

interface KnownPorts {
  readonly service: Resource<'Service'>;
  readonly ports: readonly ServicePort[];
}

/** Of the Service that is surely meant: found, and in the very namespace. */
function portsOf(reference: ObjectReference, route: Route, index: ClusterIndex): KnownPorts | undefined {
  const name = known(reference.name);
  if (name === undefined || name === '' || !isKnownNamespace(reference, route)) return undefined;
  const namespace = namespaceOfReference(reference, route, index);
  const lookup = index.get('Service', namespace, name);
  if (lookup.state !== 'found' || index.sameNamespace(namespace, index.namespaceOf(lookup.value)) !== 'yes') return undefined;
  const ports = judgedPorts(lookup.value);
  return ports && { service: lookup.value, ports };
}

function required(route: Route, reference: ObjectReference, ports: KnownPorts | undefined): Finding<Message> | undefined {
  const written = valueAt(route, reference.path);
  if (typeof written !== 'object' || written === null || mayHoldMore(written)) return undefined;
  const value = valueAt(route, [...reference.path, 'port']);
  // Text where a number belongs is told elsewhere.
  if (value !== undefined && value !== null) return undefined;
  const [only] = ports?.ports ?? [];
  const number = ports?.ports.length === 1 ? known(only?.port) : undefined;
  return {
    at: { resource: route, path: [...reference.path, 'port'] },
    message: 'required',
    related: ports ? relatedPorts(ports.service, ports.ports) : [],
    fixes:
      number === undefined || value === null
        ? []
        : [
            {
              title: `Insert port: ${number}`,
              preferred: true,
              edits: [{ kind: 'insert', resource: route, path: reference.path, key: 'port', value: number }],
            },
          ],
  };
}

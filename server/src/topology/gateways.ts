/** Cards of Gateways and of the routes that hang on them: from the internet to a listener, to a route, to the Services that it names. */
import { known, textOf } from '../base/opaque';
import type { GatewayListener, ObjectReference, RouteParent } from '../model/gateway';
import type { Resource } from '../model/resources';
import type { PortRow } from '../protocol/topology';
import { addGatewayGhost, addGhost } from './ghosts';
import { sourceOf, type GraphBuilder } from './graph';
import { allRoutes, attach, hostMeets, isGatewayParent, listenerProtocol, parentNamespace, type Route } from '../cluster/gatewayAttachment';
import { routeRows, type RouteRows } from './routeRows';
import { addInternet, internetId, servicePortId } from './services';

/**
 * Gateways stand where load balancers do, for that is what they are made into, and routes where Ingresses do, so that the way runs
 * from left to right. Routes of a mesh alone, whose parents are Services, are no way in.
 */
export function addGateways(graph: GraphBuilder): void {
  const gateways = new Map<Resource, string>();
  for (const gateway of graph.index.ofKind('Gateway')) {
    if (gateway.metadata.name === '') continue;
    const id = graph.idOf(gateway);
    gateways.set(gateway, id);
    graph.addCard({
      ...graph.base(gateway),
      id,
      lane: 'load-balancer',
      shape: 'card',
      endpoint: id.replace(/#\d+$/, ''),
      note: textOf(gateway.spec.className) ?? 'Gateway',
      ports: gateway.spec.listeners.map((listener, position) => listenerRow(gateway, listener, position)),
      containers: [],
    });
    addInternet(graph);
    graph.addEdge({ from: { card: internetId }, to: { card: id }, kind: 'enters', certain: true, because: sourceOf(gateway, []) });
  }
  for (const route of routesOfGateways(graph)) {
    const id = graph.idOf(route);
    const rows = routeRows(route);
    graph.addCard({
      ...graph.base(route),
      id,
      lane: 'ingress',
      shape: 'card',
      endpoint: id.replace(/#\d+$/, ''),
      note: route.kind,
      ports: rows.rows,
      containers: [],
    });
    for (const parent of route.spec.parents) hang(graph, route, parent, { id, rows }, gateways);
    route.spec.rules.forEach((rule, position) => {
      for (const backend of rule.backends) lead(graph, route, { card: id, port: rows.exit(position) }, backend);
    });
  }
}

/** The Services to which routes of Gateways lead. */
export function servicesOfRoutes(graph: GraphBuilder): ReadonlySet<Resource> {
  const services = new Set<Resource>();
  for (const route of routesOfGateways(graph))
    for (const backend of route.spec.rules.flatMap((rule) => rule.backends)) {
      const named = serviceNamed(graph, route, backend);
      const answer = named && graph.index.get('Service', named.namespace, named.name);
      if (answer?.state === 'found') services.add(answer.value);
    }
  return services;
}

function routesOfGateways({ index }: GraphBuilder): readonly Route[] {
  return allRoutes(index).filter(({ metadata, spec }) => metadata.name !== '' && (spec.parents.length === 0 || spec.parents.some(isGatewayParent)));
}

function listenerRow(gateway: Resource<'Gateway'>, listener: GatewayListener, position: number): PortRow {
  const host = textOf(listener.hostname);
  return {
    id: String(position),
    number: known(listener.port) ?? null,
    protocol: listenerProtocol(listener),
    source: sourceOf(gateway, listener.path),
    ...(host === undefined || host === '' ? {} : { name: host }),
  };
}

/** An edge from each listener that takes the route. */
function hang(
  graph: GraphBuilder,
  route: Route,
  parent: RouteParent,
  card: { readonly id: string; readonly rows: RouteRows },
  gateways: ReadonlyMap<Resource, string>,
): void {
  const { index } = graph;
  const name = known(parent.name);
  const namespace = parentNamespace(index, route, parent);
  if (!isGatewayParent(parent) || name === undefined || name === '' || (parent.namespace !== undefined && namespace === undefined)) return;
  const because = sourceOf(route, parent.path);
  const answer = index.get('Gateway', namespace, name);
  if (answer.state !== 'found') {
    const from = addGatewayGhost(
      graph,
      { name, namespace },
      { port: known(parent.port), section: known(parent.sectionName) },
      `${route.metadata.name} hangs on it`,
      because,
    );
    graph.addEdge({ from, to: { card: card.id, port: card.rows.entry(0) }, kind: 'routes', certain: true, because });
    return;
  }
  const gateway = gateways.get(answer.value);
  if (gateway === undefined) return;
  answer.value.spec.listeners.forEach((listener, position) => {
    const { state } = attach(index, answer.value, listener, route, parent);
    if (state === 'refused') return;
    const host = route.spec.hostnames.findIndex((one) => hostMeets(listener, textOf(one) ?? ''));
    graph.addEdge({
      from: { card: gateway, port: String(position) },
      to: { card: card.id, port: card.rows.entry(Math.max(0, host)) },
      kind: 'routes',
      certain: state === 'attached',
      because,
    });
  });
}

/** From a rule to the Service that it names. A backend of weight 0 gets nothing: https://gateway-api.sigs.k8s.io/reference/spec/#backendref */
function lead(graph: GraphBuilder, route: Route, from: { readonly card: string; readonly port: string }, backend: ObjectReference): void {
  const named = serviceNamed(graph, route, backend);
  if (!named || known(backend.weight) === 0) return;
  const because = sourceOf(route, backend.path);
  const wanted = known(backend.port);
  const answer = graph.index.get('Service', named.namespace, named.name);
  if (answer.state !== 'found') {
    if (graph.index.mayBeMade('Service', named.namespace, named.name)) return;
    addGhost(graph, named, wanted, from, `${route.metadata.name} routes to it`, because, 'routes');
    return;
  }
  const card = graph.serviceCards.get(answer.value);
  if (card === undefined) return;
  const port = servicePortId(graph.cards.get(card), wanted);
  graph.addEdge({
    from,
    to: port === undefined ? { card } : { card, port },
    kind: 'routes',
    certain: isGranted(graph, route, answer.value),
    because,
  });
}

function serviceNamed({ index }: GraphBuilder, route: Route, backend: ObjectReference): { name: string; namespace: string | undefined } | undefined {
  const name = known(backend.name);
  const isService = (textOf(backend.kind) ?? 'Service') === 'Service' && (textOf(backend.group) ?? '') === '';
  const namespace = backend.namespace === undefined ? index.namespaceOf(route) : known(backend.namespace);
  if (!isService || name === undefined || name === '' || (backend.namespace !== undefined && namespace === undefined)) return undefined;
  return { name, namespace };
}

/** A Service of another namespace is led to only where a grant of that namespace says so: https://gateway-api.sigs.k8s.io/api-types/referencegrant/ */
function isGranted({ index }: GraphBuilder, route: Route, service: Resource<'Service'>): boolean {
  const own = index.namespaceOf(route);
  const other = index.namespaceOf(service);
  if (index.sameNamespace(own, other) === 'yes') return true;
  return index
    .inNamespace('ReferenceGrant', other)
    .some(
      ({ spec }) =>
        spec.from.some(
          ({ kind, group, namespace }) => known(kind) === route.kind && known(group) === 'gateway.networking.k8s.io' && known(namespace) === own,
        ) &&
        spec.to.some(
          ({ kind, group, name }) =>
            known(kind) === 'Service' && (known(group) ?? '') === '' && (name === undefined || ['', service.metadata.name].includes(known(name) ?? '?')),
        ),
    );
}

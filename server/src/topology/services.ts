/** Cards of Services and the edges to the pods that they select. */
import { isOpaque, known, textOf } from '../base/opaque';
import type { PodSet } from '../cluster/clusterIndex';
import { concurrentContainers } from '../model/pod';
import type { Resource, ServicePort } from '../model/resources';
import type { PortRow, TopologyCard } from '../protocol/topology';
import { addPodGhost } from './ghosts';
import { sourceOf, type GraphBuilder } from './graph';
import { portId } from './workloads';

export const internetId = 'internet';

/** `routed`: Services to which routes of the Gateway API lead. */
export function addServices(graph: GraphBuilder, routed: ReadonlySet<Resource>): void {
  const behind = servicesOfIngresses(graph);
  for (const service of graph.index.ofKind('Service')) {
    if (service.metadata.name === '') continue;
    const id = graph.idOf(service);
    const entered = serviceIsEntered(service);
    // A Service behind an Ingress or a route stays in the Service lane, so that every edge runs to the right; the way in is a card of its own.
    const apart = entered && (behind.has(service) || routed.has(service));
    graph.serviceCards.set(service, id);
    const card = cardOf(graph, service, id, entered && !apart ? 'load-balancer' : 'service');
    graph.addCard(card);
    if (entered) addInternet(graph);
    if (apart) {
      const entry = `entry:${id}`;
      graph.addCard({ ...card, id: entry, lane: 'load-balancer' });
      graph.addEdge({ from: { card: internetId }, to: { card: entry }, kind: 'enters', certain: true, because: sourceOf(service, ['spec', 'type']) });
      for (const port of card.ports)
        graph.addEdge({ from: { card: entry, port: port.id }, to: { card: id, port: port.id }, kind: 'enters', certain: true, because: port.source });
    } else if (entered)
      graph.addEdge({ from: { card: internetId }, to: { card: id }, kind: 'enters', certain: true, because: sourceOf(service, ['spec', 'type']) });
    addBackends(graph, service, id);
  }
}

/** Traffic from outside comes in by a load balancer, a node port or an external address. https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types */
export function serviceIsEntered(service: Resource<'Service'>): boolean {
  const type = known(service.spec.type);
  return type === 'LoadBalancer' || type === 'NodePort' || (type !== 'ExternalName' && service.spec.externalIPs.some((address) => !isOpaque(address)));
}

export function addInternet(graph: GraphBuilder): void {
  if (graph.cards.has(internetId)) return;
  graph.addCard({
    id: internetId,
    lane: 'outside',
    shape: 'internet',
    object: null,
    endpoint: 'internet',
    title: 'internet',
    namespace: '',
    ports: [],
    containers: [],
    source: null,
  });
}

/** The row of a Service's port that is meant by number or name; the only one where nothing is said. */
export function servicePortId(card: TopologyCard | undefined, wanted: number | string | undefined): string | undefined {
  if (!card) return undefined;
  const row = wanted === undefined ? undefined : card.ports.find((port) => (typeof wanted === 'number' ? port.number === wanted : port.name === wanted));
  return row?.id ?? (card.ports.length === 1 ? card.ports[0]?.id : undefined);
}

function servicesOfIngresses(graph: GraphBuilder): ReadonlySet<Resource> {
  const routed = new Set<Resource>();
  for (const ingress of graph.index.ofKind('Ingress')) {
    const backends = [ingress.spec.defaultBackend, ...ingress.spec.rules.flatMap((rule) => rule.paths.map((path) => path.backend))];
    for (const backend of backends) {
      const name = known(backend?.service);
      if (name === undefined) continue;
      const answer = graph.index.get('Service', graph.index.namespaceOf(ingress), name);
      if (answer.state === 'found') routed.add(answer.value);
    }
  }
  return routed;
}

/** As they were made last: whatever the manifest says does not change with the rest of the context. */
const cards = new WeakMap<Resource, TopologyCard>();

function cardOf(graph: GraphBuilder, service: Resource<'Service'>, id: string, lane: TopologyCard['lane']): TopologyCard {
  const base = graph.base(service);
  const kept = cards.get(service);
  if (kept?.id === id && kept.namespace === base.namespace && kept.lane === lane) return kept;
  const made: TopologyCard = {
    ...base,
    id,
    lane,
    shape: 'card',
    endpoint: id.replace(/#\d+$/, ''),
    note: noteOf(service),
    ...(serviceIsEntered(service) ? { entered: true } : {}),
    ports: service.spec.ports.map((port, position) => portRow(service, port, position)),
    containers: [],
  };
  cards.set(service, made);
  return made;
}

function noteOf(service: Resource<'Service'>): string {
  const type = textOf(service.spec.type) ?? 'ClusterIP';
  if (type === 'ExternalName') return `ExternalName → ${textOf(service.spec.externalName) ?? '?'}`;
  return service.spec.clusterIP === 'None' ? 'headless' : type;
}

function portRow(service: Resource<'Service'>, port: ServicePort, position: number): PortRow {
  const name = textOf(port.name);
  const target = known(port.targetPort);
  const nodePort = known(port.nodePort);
  return {
    id: String(position),
    number: known(port.port) ?? null,
    protocol: known(port.protocol) ?? 'TCP',
    source: sourceOf(service, port.path),
    ...(name === undefined ? {} : { name }),
    ...(target === undefined ? {} : { target: String(target) }),
    ...(nodePort === undefined ? {} : { nodePort }),
  };
}

function addBackends(graph: GraphBuilder, service: Resource<'Service'>, id: string): void {
  const { yes, maybe } = graph.index.backends(service);
  if (yes.length === 0 && maybe.length === 0) addPodGhost(graph, service, id);
  const because = sourceOf(service, ['spec', 'selector']);
  for (const [podSets, certain] of [
    [yes, true],
    [maybe, false],
  ] as const) {
    for (const podSet of podSets) {
      const workload = graph.workloadCards.get(podSet.key);
      if (workload === undefined) continue;
      if (service.spec.ports.length === 0) graph.addEdge({ from: { card: id }, to: { card: workload }, kind: 'selects', certain, because });
      service.spec.ports.forEach((port, position) => {
        const row = targetRow(podSet, port);
        graph.addEdge({
          from: { card: id, port: String(position) },
          to: row === undefined ? { card: workload } : { card: workload, port: row },
          kind: 'selects',
          certain,
          because,
        });
      });
    }
  }
}

/** The declared port to which a Service port leads: by name, or by number and protocol; `targetPort` defaults to `port`. */
function targetRow(podSet: PodSet, port: ServicePort): string | undefined {
  const wanted = port.targetPort === undefined ? known(port.port) : known(port.targetPort);
  const protocol = known(port.protocol) ?? 'TCP';
  if (wanted === undefined) return undefined;
  for (const container of concurrentContainers(podSet.template)) {
    for (const declared of container.ports) {
      const number = known(declared.containerPort);
      const fits = (known(declared.protocol) ?? 'TCP') === protocol && (typeof wanted === 'number' ? number === wanted : known(declared.name) === wanted);
      if (fits && number !== undefined) return portId(container, number, protocol);
    }
  }
  return undefined;
}

/** Ghosts: what something names and no file of the context declares. Services, Gateways, and the pods that a Service selects. */
import { isOpaque, known, textOf } from '../base/opaque';
import type { MissingService } from '../cluster/serviceCalls';
import type { Resource } from '../model/resources';
import type { SourceRef } from '../protocol/source';
import type { PortRow, TopologyCard, TopologyEdge } from '../protocol/topology';
import { sourceOf, type GraphBuilder } from './graph';

const mostNamedBy = 50;

/** Adds the ghost, or one more who names it, and the edge to it. `says`: "web calls it by this name". */
export function addGhost(
  graph: GraphBuilder,
  service: MissingService,
  port: number | undefined,
  from: TopologyEdge['from'],
  says: string,
  namedAt: SourceRef,
  kind: TopologyEdge['kind'],
): void {
  const { id, row } = ghostOf(graph, service, port, says, namedAt);
  graph.addEdge({ from, to: row === undefined ? { card: id } : { card: id, port: row }, kind, certain: true, because: namedAt });
}

/** The Gateway on which a route hangs; the answer is where the edge to the route begins. A row for each listener that is asked for. */
export function addGatewayGhost(
  graph: GraphBuilder,
  gateway: MissingService,
  listener: { readonly port: number | undefined; readonly section: string | undefined },
  says: string,
  namedAt: SourceRef,
): TopologyEdge['from'] {
  const { port, section } = listener;
  const row: PortRow | undefined =
    port === undefined && section === undefined
      ? undefined
      : { id: `${port ?? ''}/${section ?? ''}`, number: port ?? null, protocol: 'TCP', source: namedAt, ...(section === undefined ? {} : { name: section }) };
  const id = putGhost(graph, { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', lane: 'load-balancer' }, gateway, row, says, namedAt);
  return row === undefined ? { card: id } : { card: id, port: row.id };
}

/** The Service by which the pods of a StatefulSet are to be called, where it is not here: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id */
export function addGoverningGhosts(graph: GraphBuilder): void {
  for (const podSet of graph.podSets) {
    const { resource } = podSet;
    const workload = graph.workloadCards.get(podSet.key);
    const name = resource.type === 'StatefulSet' ? known(resource.spec.serviceName) : undefined;
    if (workload === undefined || name === undefined || name === '') continue;
    if (graph.index.get('Service', podSet.namespace, name).state === 'found' || graph.index.mayBeMade('Service', podSet.namespace, name)) continue;
    const namedAt = sourceOf(resource, ['spec', 'serviceName']);
    const { id } = ghostOf(graph, { name, namespace: podSet.namespace }, undefined, `${podSet.name} names it as its Service`, namedAt);
    graph.addEdge({ from: { card: id }, to: { card: workload }, kind: 'selects', certain: false, because: namedAt });
  }
}

/**
 * Pods that a Service selects and that are in no file: the Service would lead nowhere without a word. Where its selector is not known, where
 * a pod matches perhaps, and where its endpoints are written by hand, nothing is said.
 */
export function addPodGhost(graph: GraphBuilder, service: Resource<'Service'>, id: string): void {
  const { selector, selectorOpen, ports, type } = service.spec;
  if (!selector || selector.size === 0 || selectorOpen || [...selector.values()].some(isOpaque)) return;
  if (isOpaque(type) || type === 'ExternalName' || hasWrittenEndpoints(graph, service)) return;
  const pairs = [...selector].map(([key, value]) => `${key}=${textOf(value) ?? ''}`);
  const source = sourceOf(service, ['spec', 'selector']);
  const ghost = `ghost:pods/${id}`;
  graph.addCard({
    id: ghost,
    lane: 'workload',
    shape: 'ghost',
    object: null,
    title: 'no pod here',
    namespace: graph.namespaceName(graph.index.namespaceOf(service)),
    ports: [],
    containers: [],
    source: null,
    note: pairs.join(','),
    labels: pairs,
    ghost: { says: `${service.metadata.name} selects pods by these labels, and no file here has such a pod.`, namedBy: [source] },
  });
  const rows = ports.length === 0 ? [undefined] : ports.map((_, position) => String(position));
  for (const port of rows)
    graph.addEdge({ from: port === undefined ? { card: id } : { card: id, port }, to: { card: ghost }, kind: 'selects', certain: true, because: source });
}

function hasWrittenEndpoints(graph: GraphBuilder, service: Resource<'Service'>): boolean {
  const namespace = graph.index.namespaceOf(service);
  return (['Endpoints', 'EndpointSlice'] as const).some((kind) =>
    graph.index.inNamespace(kind, namespace).some(({ spec }) => isOpaque(spec.service) || spec.service === undefined || spec.service === service.metadata.name),
  );
}

function ghostOf(
  graph: GraphBuilder,
  service: MissingService,
  port: number | undefined,
  says: string,
  namedAt: SourceRef,
): { readonly id: string; readonly row: string | undefined } {
  const row: PortRow | undefined = port === undefined ? undefined : { id: String(port), number: port, protocol: 'TCP', source: namedAt };
  const id = putGhost(graph, { apiVersion: 'v1', kind: 'Service', lane: 'service' }, service, row, says, namedAt);
  return { id, row: row?.id };
}

/** Adds the ghost, or to it one more row and one more who names it. */
function putGhost(
  graph: GraphBuilder,
  { apiVersion, kind, lane }: { readonly apiVersion: string; readonly kind: string; readonly lane: TopologyCard['lane'] },
  missing: MissingService,
  row: PortRow | undefined,
  says: string,
  namedAt: SourceRef,
): string {
  const namespace = graph.namespaceName(missing.namespace);
  const id = `ghost:${kind.toLowerCase()}/${namespace}/${missing.name}`;
  const before = graph.cards.get(id);
  const ports = [...(before?.ports ?? []), ...(row && !before?.ports.some((known) => known.id === row.id) ? [row] : [])];
  const namedBy = [...(before?.ghost?.namedBy ?? []), namedAt].slice(0, mostNamedBy);
  graph.addCard({
    id,
    lane,
    shape: 'ghost',
    object: { apiVersion, kind, namespace, name: missing.name },
    title: missing.name,
    namespace,
    ports,
    containers: [],
    source: null,
    ghost: {
      says: namedBy.length === 1 ? `${says}, and no file here declares it.` : `${namedBy.length} places name it, and no file here declares it.`,
      namedBy,
    },
  });
  return id;
}

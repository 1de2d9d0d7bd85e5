/** Cards of Ingresses and their edges to Services, with a ghost for a Service that no file declares. */
import { known, textOf } from '../base/opaque';
import type { IngressBackend, Resource } from '../model/resources';
import type { PortRow } from '../protocol/topology';
import { addGhost } from './ghosts';
import { sourceOf, type GraphBuilder } from './graph';
import { addInternet, internetId, servicePortId } from './services';

export function addEntries(graph: GraphBuilder): void {
  for (const ingress of graph.index.ofKind('Ingress')) {
    if (ingress.metadata.name === '') continue;
    const id = graph.idOf(ingress);
    graph.addCard({
      ...graph.base(ingress),
      id,
      lane: 'ingress',
      shape: 'card',
      endpoint: id.replace(/#\d+$/, ''),
      note: textOf(ingress.spec.className) ?? 'Ingress',
      ports: hostRows(ingress),
      containers: [],
    });
    addInternet(graph);
    graph.addEdge({ from: { card: internetId }, to: { card: id }, kind: 'enters', certain: true, because: sourceOf(ingress, []) });
    if (ingress.spec.defaultBackend) route(graph, ingress, id, defaultRow, ingress.spec.defaultBackend);
    for (const rule of ingress.spec.rules)
      for (const path of rule.paths) if (path.backend) route(graph, ingress, id, textOf(rule.host) ?? anyHost, path.backend);
  }
}

const anyHost = '*';
const defaultRow = 'default backend';

/** A row for each host, in the order of the text. */
function hostRows(ingress: Resource<'Ingress'>): readonly PortRow[] {
  const rows = new Map<string, PortRow>();
  const tls = new Set(ingress.spec.tls.flatMap((entry) => entry.hosts.map((host) => textOf(host) ?? '')));
  for (const rule of ingress.spec.rules) {
    const host = textOf(rule.host) ?? anyHost;
    if (!rows.has(host))
      rows.set(host, {
        id: host,
        number: null,
        name: host === anyHost ? 'any host' : host,
        protocol: tls.has(host) ? 'HTTPS' : 'HTTP',
        source: sourceOf(ingress, rule.path),
      });
  }
  if (ingress.spec.defaultBackend)
    rows.set(defaultRow, { id: defaultRow, number: null, name: defaultRow, protocol: 'HTTP', source: sourceOf(ingress, ingress.spec.defaultBackend.path) });
  return [...rows.values()];
}

function route(graph: GraphBuilder, ingress: Resource<'Ingress'>, id: string, row: string, backend: IngressBackend): void {
  const name = known(backend.service);
  if (name === undefined || backend.resource) return;
  const namespace = graph.index.namespaceOf(ingress);
  const because = sourceOf(ingress, backend.path);
  const wanted = known(backend.portNumber) ?? known(backend.portName);
  const answer = graph.index.get('Service', namespace, name);
  if (answer.state !== 'found') {
    if (graph.index.mayBeMade('Service', namespace, name)) return;
    addGhost(
      graph,
      { name, namespace },
      typeof wanted === 'number' ? wanted : undefined,
      { card: id, port: row },
      `${ingress.metadata.name} routes to it`,
      because,
      'routes',
    );
    return;
  }
  const target = graph.serviceCards.get(answer.value);
  if (target === undefined) return;
  const port = servicePortId(graph.cards.get(target), wanted);
  graph.addEdge({ from: { card: id, port: row }, to: port === undefined ? { card: target } : { card: target, port }, kind: 'routes', certain: true, because });
}

/** Ghosts: Services that something names and that no file of the context declares. */
import type { MissingService } from '../cluster/serviceCalls';
import type { SourceRef } from '../protocol/source';
import type { PortRow, TopologyEdge } from '../protocol/topology';
import type { GraphBuilder } from './graph';

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
  const namespace = graph.namespaceName(service.namespace);
  const id = `ghost:service/${namespace}/${service.name}`;
  const before = graph.cards.get(id);
  const row: PortRow | undefined = port === undefined ? undefined : { id: String(port), number: port, protocol: 'TCP', source: namedAt };
  const ports = [...(before?.ports ?? []), ...(row && !before?.ports.some((known) => known.id === row.id) ? [row] : [])];
  const namedBy = [...(before?.ghost?.namedBy ?? []), namedAt].slice(0, mostNamedBy);
  graph.addCard({
    id,
    lane: 'service',
    shape: 'ghost',
    object: { apiVersion: 'v1', kind: 'Service', namespace, name: service.name },
    title: service.name,
    namespace,
    ports,
    containers: [],
    source: null,
    ghost: {
      says: namedBy.length === 1 ? `${says}, and no file here declares it.` : `${namedBy.length} places name it, and no file here declares it.`,
      namedBy,
    },
  });
  graph.addEdge({ from, to: row ? { card: id, port: row.id } : { card: id }, kind, certain: true, because: namedAt });
}

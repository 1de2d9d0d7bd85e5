/** Cards of pods and of what makes them. */
import { known, textOf } from '../base/opaque';
import type { PodSet } from '../cluster/clusterIndex';
import type { Container } from '../model/pod';
import type { Resource } from '../model/resources';
import type { PortRow, TopologyCard, TopologyEdge } from '../protocol/topology';
import { labelTexts, sourceOf, type GraphBuilder } from './graph';

export function addWorkloads(graph: GraphBuilder): void {
  for (const podSet of graph.podSets) {
    const id = graph.idOf(podSet.resource);
    graph.workloadCards.set(podSet.key, id);
    graph.addCard(cardOf(graph, podSet, id));
  }
}

/** As they were made last: whatever the manifest says does not change with the rest of the context. */
const cards = new WeakMap<Resource, TopologyCard>();

function cardOf(graph: GraphBuilder, podSet: PodSet, id: string): TopologyCard {
  const { resource } = podSet;
  const base = graph.base(resource);
  const kept = cards.get(resource);
  if (kept?.id === id && kept.namespace === base.namespace) return kept;
  const made: TopologyCard = {
    ...base,
    id,
    lane: 'workload',
    shape: 'card',
    endpoint: id.replace(/#\d+$/, ''),
    labels: labelTexts(podSet.labels),
    note: resource.kind,
    ports: [...new Map(portsOf(podSet).map((port) => [port.id, port])).values()],
    containers: podSet.template.containers.flatMap((container) => containerOf(podSet, container)),
    ...(podSet.replicas === undefined || resource.type === 'Pod' ? {} : { replicas: podSet.replicas }),
  };
  cards.set(resource, made);
  return made;
}

/** The row of a container port, so that Services find the one to which they lead. */
export function portId(container: Container, number: number, protocol: string): string {
  return `${container.name}:${number}/${protocol}`;
}

/**
 * Rows of a workload in the order in which its Services list the ports that lead to them, so that edges do not cross; rows to which none
 * leads come after. To be called when all Services have their edges.
 */
export function orderPortRows(graph: GraphBuilder): void {
  const ranks = new Map<string, Map<string, number>>();
  const leading = [...graph.edges.values()].filter((edge) => edge.kind === 'selects').sort((a, b) => before(graph, a, b));
  for (const { to } of leading) {
    if (to.port === undefined) continue;
    const rows = ranks.get(to.card) ?? new Map<string, number>();
    if (!rows.has(to.port)) ranks.set(to.card, rows.set(to.port, rows.size));
  }
  for (const [id, rows] of ranks) {
    const card = graph.cards.get(id);
    const rank = (row: PortRow): number => rows.get(row.id) ?? rows.size;
    if (card && card.ports.length > 1) graph.addCard({ ...card, ports: [...card.ports].sort((a, b) => rank(a) - rank(b)) });
  }
}

/** As the view stacks them: ways in from outside first, then Services by id, each in the order of its ports. */
function before(graph: GraphBuilder, a: TopologyEdge, b: TopologyEdge): number {
  const lane = ({ from }: TopologyEdge): number => Number(graph.cards.get(from.card)?.lane === 'service');
  if (lane(a) !== lane(b)) return lane(a) - lane(b);
  if (a.from.card !== b.from.card) return a.from.card < b.from.card ? -1 : 1;
  return Number(a.from.port ?? 0) - Number(b.from.port ?? 0);
}

/** App containers, then sidecars. An ordinary init container has ended before a Service leads to the pod. */
function portsOf(podSet: PodSet): readonly PortRow[] {
  const { containers } = podSet.template;
  return [...containers.filter(({ role }) => role === 'container'), ...containers.filter(({ role }) => role === 'sidecar')].flatMap((container) =>
    rowsOf(podSet, container),
  );
}

function rowsOf(podSet: PodSet, container: Container): readonly PortRow[] {
  return container.ports.flatMap((port) => {
    const number = known(port.containerPort);
    if (number === undefined) return [];
    const protocol = known(port.protocol) ?? 'TCP';
    const name = textOf(port.name);
    return [
      {
        id: portId(container, number, protocol),
        number,
        protocol,
        container: container.name,
        source: sourceOf(podSet.resource, port.path),
        ...(name === undefined ? {} : { name }),
      },
    ];
  });
}

function containerOf(podSet: PodSet, container: Container): TopologyCard['containers'] {
  if (container.role === 'ephemeral') return [];
  const image = textOf(container.image);
  return [
    {
      name: container.name,
      role: container.role,
      ports: rowsOf(podSet, container),
      source: sourceOf(podSet.resource, container.path),
      ...(image === undefined ? {} : { image }),
    },
  ];
}

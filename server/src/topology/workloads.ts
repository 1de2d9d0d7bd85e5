/** Cards of pods and of what makes them. */
import { known, textOf } from '../base/opaque';
import type { PodSet } from '../cluster/clusterIndex';
import type { Container } from '../model/pod';
import type { PortRow, TopologyCard } from '../protocol/topology';
import { labelTexts, sourceOf, type GraphBuilder } from './graph';

export function addWorkloads(graph: GraphBuilder): void {
  for (const podSet of graph.podSets) {
    const id = graph.idOf(podSet.resource);
    const ports = portsOf(podSet);
    graph.workloadCards.set(podSet.key, id);
    graph.addCard({
      ...graph.base(podSet.resource),
      id,
      lane: 'workload',
      shape: 'card',
      endpoint: id.replace(/#\d+$/, ''),
      labels: labelTexts(podSet.labels),
      note: podSet.resource.kind,
      ports: [...new Map(ports.map((port) => [port.id, port])).values()],
      containers: podSet.template.containers.flatMap((container) => containerOf(podSet, container)),
      ...(podSet.replicas === undefined || podSet.resource.type === 'Pod' ? {} : { replicas: podSet.replicas }),
    });
  }
}

/** The row of a container port, so that Services find the one to which they lead. */
export function portId(container: Container, number: number, protocol: string): string {
  return `${container.name}:${number}/${protocol}`;
}

/** Containers that serve: app containers and sidecars. An ordinary init container has ended before a Service leads to the pod. */
function portsOf(podSet: PodSet): readonly PortRow[] {
  return podSet.template.containers
    .filter((container) => container.role === 'container' || container.role === 'sidecar')
    .flatMap((container) => rowsOf(podSet, container));
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

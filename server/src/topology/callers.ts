/** Pills of workloads that call Services, and their edges. */
import { ContextIndex } from '../cluster/createClusterIndex';
import { callsOf, rememberedCallsOf, type ServiceCall } from '../cluster/serviceCalls';
import type { PodSet } from '../cluster/clusterIndex';
import { addGhost } from './ghosts';
import type { GraphBuilder } from './graph';
import { servicePortId } from './services';

export function addCallers(graph: GraphBuilder): void {
  const { index } = graph;
  const callsBy = (podSet: PodSet): readonly ServiceCall[] => (index instanceof ContextIndex ? rememberedCallsOf(podSet, index) : callsOf(podSet, index));
  for (const podSet of graph.podSets) {
    const workload = graph.cards.get(graph.workloadCards.get(podSet.key) ?? '');
    const calls = workload ? callsBy(podSet) : [];
    if (!workload || calls.length === 0) continue;
    const id = `caller:${workload.id}`;
    const { object, title, namespace, source, note, endpoint } = workload;
    graph.addCard({
      object,
      title,
      namespace,
      source,
      id,
      lane: 'outside',
      shape: 'caller',
      ports: [],
      containers: [],
      ...(note === undefined ? {} : { note }),
      ...(endpoint === undefined ? {} : { endpoint }),
    });
    for (const { target, port, at } of calls) {
      if ('type' in target) {
        const service = graph.serviceCards.get(target);
        if (service === undefined) continue;
        const row = servicePortId(graph.cards.get(service), port);
        graph.addEdge({
          from: { card: id },
          to: row === undefined ? { card: service } : { card: service, port: row },
          kind: 'calls',
          certain: true,
          because: at,
        });
      } else addGhost(graph, target, port, { card: id }, `${podSet.name} calls it by this name`, at, 'calls');
    }
  }
}

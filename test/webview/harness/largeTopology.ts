/** A graph of any size: each workload with a Service, a few namespaces, calls that are pseudo-random and the same every time. */
import type { SourceRef } from '../../../server/src/protocol/source';
import type { Topology, TopologyCard, TopologyEdge } from '../../../server/src/protocol/topology';

export function largeTopology(workloads: number): Topology {
  const source: SourceRef = { uri: 'file:///large/all.yaml', document: 0, path: [] };
  const cards: TopologyCard[] = [];
  const edges: TopologyEdge[] = [];
  const namespaces = ['billing', 'search', 'shop', 'stock'];
  let seed = 7;
  const next = (limit: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % limit;
  };
  const namespaceOf = (index: number): string => namespaces[index % namespaces.length] ?? 'shop';
  const join = (from: string, to: string, kind: TopologyEdge['kind']): void => {
    const id = `${from} > ${to}`;
    if (edges.every((edge) => edge.id !== id))
      edges.push({ id, from: { card: from, ...(kind === 'selects' ? { port: '0' } : {}) }, to: { card: to, port: '0' }, kind, certain: true, because: source });
  };
  for (let index = 0; index < workloads; index++) {
    const name = `part-${String(index).padStart(4, '0')}`;
    const namespace = namespaceOf(index);
    const base = { namespace, title: name, containers: [], source, shape: 'card' as const };
    const ports = [{ id: '0', number: 8000 + (index % 100), protocol: 'TCP', source }];
    cards.push({ ...base, id: `service/${namespace}/${name}`, lane: 'service', object: { apiVersion: 'v1', kind: 'Service', namespace, name }, ports });
    cards.push({
      ...base,
      id: `deployment/${namespace}/${name}`,
      lane: 'workload',
      object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name },
      ports,
      replicas: 1,
    });
    join(`service/${namespace}/${name}`, `deployment/${namespace}/${name}`, 'selects');
    const caller = `caller:deployment/${namespace}/${name}`;
    cards.push({ ...base, id: caller, lane: 'outside', shape: 'caller', object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name }, ports: [] });
    for (let count = 0; count < 2; count++) {
      const other = next(workloads);
      join(caller, `service/${namespaceOf(other)}/part-${String(other).padStart(4, '0')}`, 'calls');
    }
  }
  return {
    context: { id: 'large', label: 'large', open: true, resources: cards.length },
    namespaces,
    cards,
    edges,
    gates: [],
    policies: [],
    dns: { label: 'Cluster DNS', says: '', assumed: true },
  };
}

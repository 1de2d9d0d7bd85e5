/** The graph of one context: cards in lanes, edges that land on ports, gates where policies decide. */
import type { ClusterIndex } from '../cluster/clusterIndex';
import type { Topology, TopologyCard, TopologyEdge } from '../protocol/topology';
import { addCallers } from './callers';
import { addEgress } from './egress';
import { addEntries } from './entries';
import { addGateways, servicesOfRoutes } from './gateways';
import { describeNodes } from './nodes';
import { buildGates, describeDns, describePolicies } from './gates';
import { addGoverningGhosts } from './ghosts';
import { PeerGroups } from './peerGroups';
import { addServices } from './services';
import { GraphBuilder } from './graph';
import { addWorkloads, orderPortRows } from './workloads';

export type BuildTopology = (index: ClusterIndex, options: { readonly enforced: boolean }) => Topology;

/**
 * The graph of all members of the index's context. `enforced`: the network plugin enforces NetworkPolicy. Cards and edges come in a
 * stable order, by id. A namespace that no file says is shown as `default`, which is where `kubectl` would put it.
 */
export const buildTopology: BuildTopology = (index, { enforced }) => {
  const graph = new GraphBuilder(index);
  const { context } = index;
  addWorkloads(graph);
  addServices(graph, servicesOfRoutes(graph));
  orderPortRows(graph);
  addEntries(graph);
  addGateways(graph);
  addCallers(graph);
  addGoverningGhosts(graph);
  const groups = new PeerGroups(graph);
  addEgress(graph, groups, enforced);
  const cards = [...graph.cards.values()].sort(byId);
  return {
    context: { id: context.id, label: context.label, open: !context.closed, resources: context.members.length },
    namespaces: [...new Set(cards.filter((card) => card.lane !== 'outside').map((card) => card.namespace))].sort(),
    cards,
    edges: [...graph.edges.values()].sort(byId),
    gates: buildGates(graph, groups, enforced),
    policies: describePolicies(graph),
    nodes: describeNodes(graph),
    dns: describeDns(graph),
  };
};

function byId(a: TopologyCard | TopologyEdge, b: TopologyCard | TopologyEdge): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

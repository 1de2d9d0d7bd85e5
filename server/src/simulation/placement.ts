/** On which node a pod of the trace runs: what manifests say, then the question, then an assumption. */
import type { PlannedNode } from '../cluster/addressPlan';
import { hash } from '../cluster/stableHash';
import type { PodSet } from '../cluster/clusterIndex';
import { known } from '../base/opaque';
import type { Container } from '../model/pod';
import type { PodPlace } from './walk';
import type { World } from './world';

/** The node of the plan with this name, or one of the plan under this name. */
export function nodeNamed(world: World, name: string, except?: PlannedNode): PlannedNode {
  const { nodes } = world.plan;
  const planned = nodes.find((node) => node.name === name);
  if (planned) return planned;
  const free = nodes.filter((node) => node !== except && node.address !== except?.address);
  const pool = free.length > 0 ? free : nodes;
  const base = pool[hash(name) % pool.length] ?? firstNode(world);
  const { podRange, address } = base;
  return { name, podRange, address, assumed: true };
}

export function firstNode(world: World): PlannedNode {
  const [first] = world.plan.nodes;
  return first ?? { name: 'node-1', address: '192.168.0.11', podRange: '10.244.0.0/24', assumed: true };
}

/** The client's pod: on its own node, else on the first. */
export function placeSender(world: World, podSet: PodSet, container?: Container, replica = 0): PodPlace {
  const name = known(podSet.template.nodeName);
  const node = name === undefined ? firstNode(world) : nodeNamed(world, name);
  return { podSet, replica, node, address: world.plan.podAddress(podSet, replica, node), ...(container && { container }) };
}

/** How many pods run at a time; one where it cannot be known. */
export function podCount(world: World, podSet: PodSet): number {
  if (podSet.resource.type === 'DaemonSet') return world.plan.nodes.length;
  return Math.max(0, Math.min(podSet.replicas ?? 1, 100_000));
}

/**
 * The nodes on which replicas 0, 1, 2, … of a set run, seen from a node: `any` spreads them, the other nodes first;
 * from outside (no node) it spreads them over all.
 */
export function nodesFor(world: World, podSet: PodSet, from: PlannedNode | undefined): readonly PlannedNode[] {
  const name = known(podSet.template.nodeName);
  if (name !== undefined) return [nodeNamed(world, name, from)];
  const { nodes } = world.plan;
  if (podSet.resource.type === 'DaemonSet' || !from) return nodes;
  const others = nodes.filter((node) => node.name !== from.name);
  if (world.placement === 'same-node' || others.length === 0) return [from];
  return world.placement === 'other-node' ? others : [...others, from];
}

export function placeAt(world: World, podSet: PodSet, replica: number, nodes: readonly PlannedNode[]): PodPlace {
  const node = nodes[replica % nodes.length] ?? firstNode(world);
  return { podSet, replica, node, address: world.plan.podAddress(podSet, replica, node) };
}

/** The machines that the files describe, for the rail under the lanes. */
import { textOf } from '../base/opaque';
import type { TopologyNode } from '../protocol/topology';
import { sourceOf, type GraphBuilder } from './graph';

export function describeNodes(graph: GraphBuilder): readonly TopologyNode[] {
  return graph.index
    .ofKind('Node')
    .filter((node) => node.metadata.name !== '')
    .map((node) => {
      const addresses = node.spec.addresses.flatMap(({ address }) => textOf(address) ?? []);
      const ranges = node.spec.podCIDRs.flatMap(({ cidr }) => textOf(cidr) ?? []);
      const says = [addresses.join(', '), ranges.length > 0 ? `pods ${ranges.join(', ')}` : ''].filter(Boolean).join(' · ');
      return { name: node.metadata.name, says, source: sourceOf(node, []) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

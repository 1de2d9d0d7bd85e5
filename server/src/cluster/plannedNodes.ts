/** The nodes that a trace shows: those of manifests, and assumed ones until there are two. */
import { type Address, type Cidr, cidrSize, type Family, formatAddress, formatCidr, parseAddress, parseCidr } from '../base/addresses';
import { known } from '../base/opaque';
import type { Resource } from '../model/resources';
import type { PlannedNode } from './addressPlan';
import type { ClusterIndex } from './clusterIndex';
import { cidrOf, defaultRanges, nodeRanges, podRanges, textAt } from './plannedRanges';

export function planNodes(index: ClusterIndex, family: Family): readonly PlannedNode[] {
  const written = [...index.ofKind('Node')].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0)).slice(0, 64);
  const podRange = podRanges(index).find((range) => range.family === family) ?? cidrOf(defaultRanges.pod[family]);
  const nodeRange = nodeRanges(index).find((range) => range.family === family) ?? cidrOf(defaultRanges.node[family]);
  const names = new Set(written.map((node) => node.metadata.name));
  const count = Math.max(written.length, index.context.closed && written.length > 0 ? written.length : 2);
  const ranges = written.map((node) => node.spec.podCIDRs.map(({ cidr }) => parseCidr(known(cidr) ?? '')).find((cidr) => cidr?.family === family) ?? undefined);
  const addresses = written.map((node) => nodeAddress(node, family));
  const usedRanges = new Set(ranges.flatMap((range) => (range ? [formatCidr(range)] : [])));
  const usedAddresses = new Set(addresses.flatMap((address) => (address ? [formatAddress(address)] : [])));
  const freeRange = freshBlocks(podRange, family, usedRanges);
  let nextAddress = 11n;
  const nodes: PlannedNode[] = [];
  for (let position = 0; position < count; position++) {
    const resource = written[position];
    const knownAddress = addresses[position];
    let address = knownAddress ? formatAddress(knownAddress) : undefined;
    while (address === undefined) {
      const candidate = textAt(nodeRange, nextAddress % cidrSize(nodeRange));
      nextAddress++;
      if (!usedAddresses.has(candidate) || nextAddress > 400n) address = candidate;
    }
    const own = ranges[position];
    nodes.push({
      name: resource?.metadata.name ?? freshName(names, position),
      address,
      podRange: own ? formatCidr(own) : freeRange(),
      assumed: !resource || !knownAddress || !own,
      ...(knownAddress && { knownAddress }),
      ...(resource && { resource }),
    });
  }
  return nodes;
}

function nodeAddress(node: Resource<'Node'>, family: Family): Address | undefined {
  const internal = node.spec.addresses.filter((address) => known(address.type) === 'InternalIP');
  return internal.map(({ address }) => parseAddress(known(address) ?? '')).find((address) => address?.family === family) ?? undefined;
}

/** Node blocks as the controller manager cuts them: /24, /64. */
function freshBlocks(range: Cidr, family: Family, used: ReadonlySet<string>): () => string {
  const width = family === 4 ? 32 : 128;
  const prefix = Math.min(width, Math.max(family === 4 ? 24 : 64, Math.min(range.prefix + 1, width)));
  const size = 1n << BigInt(width - prefix);
  let next = range.first;
  return () => {
    for (let step = 0; step < 512; step++) {
      if (next + size - 1n > range.last) next = range.first;
      const text = `${formatAddress({ family, value: next })}/${prefix}`;
      next += size;
      if (!used.has(text)) return text;
    }
    return formatCidr(range);
  };
}

function freshName(taken: Set<string>, position: number): string {
  for (let number = position + 1; ; number++) {
    const name = `node-${number}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

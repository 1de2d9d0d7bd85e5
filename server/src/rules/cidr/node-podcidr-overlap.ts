/** Two Nodes whose pod ranges meet. */
import { cidrsOverlap, parseCidr, type Cidr } from '../../base/addresses';
import { known } from '../../base/opaque';
import type { Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';
import { contextRule } from '../rule';
import { sharedRange } from '../shared/clusterRanges';

export const nodePodcidrOverlap = contextRule({
  meta: {
    id: 'cidr/node-podcidr-overlap',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'Two Nodes hand out pod addresses from the same range.',
    why: 'Each node gives its pods addresses from its own block, and the other nodes route that block to it. When two nodes own the same addresses, a packet for a pod goes to whichever route was written last, and two pods may even have the same address. Connections then fail for some pods on some nodes, which looks like a flaky network. The API server checks the range of one Node alone, so nothing refuses the second one.',
    remedy:
      'Give every Node a block of its own. Normally kube-controller-manager assigns them; a range that was set by hand, or a Node object that was copied, is the usual cause. `podCIDRs` cannot be changed once it is set: the Node has to be removed and joined again.',
    references: [
      '`pkg/apis/core/validation/validation.go` (ValidateNode)',
      '`pkg/controller/nodeipam/ipam/range_allocator.go`',
      '[Cluster networking](https://kubernetes.io/docs/concepts/cluster-administration/networking/)',
    ],
    messages: {
      overlap: 'Nodes {first} and {second} both own {range}. Packets for these pods go to whichever route was written last.',
    },
    fixable: false,
  },
  kinds: ['Node'],
  *check(node, index) {
    const own = blocksOfNode(node);
    if (own.length === 0) return;
    const told = new Set<Block>();
    for (const earlier of index.ofKind('Node')) {
      if (earlier === node) return;
      // Two versions of one Node are alternatives, not two Nodes.
      if (earlier.metadata.name === node.metadata.name || !earlier.metadata.nameKnown || !node.metadata.nameKnown) continue;
      for (const theirs of blocksOfNode(earlier)) {
        for (const block of own) {
          if (told.has(block) || !cidrsOverlap(block.cidr, theirs.cidr)) continue;
          told.add(block);
          yield {
            at: { resource: node, path: block.path },
            message: 'overlap',
            data: { first: earlier.metadata.name, second: node.metadata.name, range: sharedRange(block.cidr, theirs.cidr) },
            related: [{ mark: { resource: earlier, path: theirs.path }, message: `The range of Node ${earlier.metadata.name}.` }],
          };
        }
      }
    }
  },
});

interface Block {
  readonly path: Path;
  readonly cidr: Cidr;
}

/** Kept with the Node, because every later one asks again. */
const parsed = new WeakMap<Resource, readonly Block[]>();

function blocksOfNode(node: Resource<'Node'>): readonly Block[] {
  const before = parsed.get(node);
  if (before) return before;
  const blocks = node.spec.podCIDRs.flatMap(({ path, cidr }) => {
    const block = parseCidr(known(cidr) ?? '');
    return block ? [{ path, cidr: block }] : [];
  });
  parsed.set(node, blocks);
  return blocks;
}

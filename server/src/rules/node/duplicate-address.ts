/** Two nodes with one internal address. */
import { formatAddress, parseAddress } from '../../base/addresses';
import { known } from '../../base/opaque';
import type { Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';
import { contextRule } from '../rule';
import { compareByFile } from '../shared/fileOrder';

export const duplicateAddress = contextRule({
  meta: {
    id: 'node/duplicate-address',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'Two nodes have the same internal address.',
    why: 'Routes to the pods of a node, tunnels between nodes, node ports and the connection of the API server to the kubelet all lead to the `InternalIP` of a node. When two nodes carry the same one, what is meant for the pods of one arrives at the other and is dropped there, and which of the two answers can change from moment to moment. A copied virtual machine, or a node that was renamed and registered a second time, is the usual cause.',
    remedy: 'Give each machine an address of its own (`--node-ip` of the kubelet chooses among several), and delete the Node object of a machine that is gone.',
    references: [
      '[Nodes: addresses](https://kubernetes.io/docs/reference/node/node-status/#addresses)',
      '[The Kubernetes network model](https://kubernetes.io/docs/concepts/services-networking/)',
    ],
    messages: {
      taken: '{address} is also the address of node {node}.',
    },
    fixable: false,
  },
  kinds: ['Node'],
  *check(node, index) {
    const owners = ownersOf(index.ofKind('Node'));
    for (const own of internalAddresses(node)) {
      const others = (owners.get(own.text) ?? []).filter(
        (other) => other.resource.metadata.name !== node.metadata.name && compareByFile(other, { resource: node, path: own.path }, index.context) < 0,
      );
      const [first] = others.sort((a, b) => compareByFile(a, b, index.context));
      if (!first) continue;
      yield {
        at: { resource: node, path: own.path },
        message: 'taken',
        data: { address: own.text, node: first.resource.metadata.name },
        related: [{ mark: first, message: `Node ${first.resource.metadata.name} has it first.` }],
      };
    }
  },
});

interface NodeAddress {
  readonly resource: Resource<'Node'>;
  readonly path: Path;
  /** Canonical. */
  readonly text: string;
}

/** Kept with the list of Nodes, because every Node asks. */
const ownersByList = new WeakMap<readonly Resource<'Node'>[], ReadonlyMap<string, readonly NodeAddress[]>>();

function ownersOf(nodes: readonly Resource<'Node'>[]): ReadonlyMap<string, readonly NodeAddress[]> {
  const kept = ownersByList.get(nodes);
  if (kept) return kept;
  const owners = new Map<string, NodeAddress[]>();
  for (const address of nodes.flatMap(internalAddresses)) {
    const list = owners.get(address.text);
    if (list) list.push(address);
    else owners.set(address.text, [address]);
  }
  ownersByList.set(nodes, owners);
  return owners;
}

/** Other types of addresses may be shared: host names, and public ones behind which several machines stand. */
function internalAddresses(node: Resource<'Node'>): readonly NodeAddress[] {
  if (!node.metadata.nameKnown) return [];
  return node.spec.addresses.flatMap(({ path, type, address }) => {
    const parsed = known(type) === 'InternalIP' ? parseAddress(known(address) ?? '') : null;
    return parsed ? [{ resource: node, path: [...path, 'address'], text: formatAddress(parsed) }] : [];
  });
}

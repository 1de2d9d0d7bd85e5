/** Does an address block of a policy hold the other end? `ipBlock` of a NetworkPolicy, and `networks` of the admin tiers. */
import { type Address, type Cidr, cidrContains, type Family, parseAddress, parseCidr } from '../base/addresses';
import { isOpaque, type Value } from '../base/opaque';
import type { ClusterIndex, PodSet } from './clusterIndex';
import { outsideBlocks, privateAddresses } from './outsideAddresses';
import { isFinished, type Judged, type PolicyModes, type PolicyPeerEnd } from './policyEnds';
import { rememberedPodRanges } from './policyMemo';

/** Addresses of one family from first to last; a block is one. */
export interface AddressRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** A block as policies write it: `except` of `ipBlock`, none for `networks`. */
export interface WrittenBlock {
  readonly cidr?: Value<string>;
  readonly except: readonly Value<string>[];
}

interface ReadBlock {
  readonly cidr: Cidr;
  readonly except: readonly Cidr[];
  /** A placeholder among the excepts. */
  readonly uncertain: boolean;
}

/** Reading is kept with the block, for it is asked about every pair. */
const read = new WeakMap<WrittenBlock, ReadBlock | Judged>();

/** The block as numbers, masked; or why it matches nobody, or nobody knows whom. */
export function readBlock(block: WrittenBlock): ReadBlock | Judged {
  const kept = read.get(block);
  if (kept) return kept;
  const made = reading(block);
  read.set(block, made);
  return made;
}

function reading(block: WrittenBlock): ReadBlock | Judged {
  if (block.cidr === undefined) return { match: 'no', reason: 'the block has no cidr' };
  if (isOpaque(block.cidr)) return { match: 'unknown', reason: 'the block is a placeholder' };
  const cidr = parseCidr(block.cidr);
  if (!cidr) return { match: 'no', reason: `${block.cidr} is no CIDR block` };
  return { cidr, except: block.except.flatMap((text) => (isOpaque(text) ? [] : (parseCidr(text) ?? []))), uncertain: block.except.some(isOpaque) };
}

/**
 * A block is evaluated masked, families are separate, and `except` only takes out of this block. A pod is matched by its address where a
 * manifest shows it, else by a block over the whole pod range; with `never` no pod is matched at all. `asNode`: the pod is in its node's network.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-ipblock-selectors
 */
export function matchBlock(index: ClusterIndex, written: WrittenBlock, end: PolicyPeerEnd, modes: PolicyModes, asNode: boolean): Judged {
  const block = readBlock(written);
  if ('match' in block) return block;
  const judged = matchEnd(index, block, end, modes, asNode);
  return block.uncertain && judged.match === 'yes' ? { match: 'unknown', reason: 'a placeholder stands in except' } : judged;
}

function matchEnd(index: ClusterIndex, block: ReadBlock, end: PolicyPeerEnd, modes: PolicyModes, asNode: boolean): Judged {
  const { cidr, except } = block;
  switch (end.kind) {
    case 'address':
      if (modes.ipBlockMatchesPods === 'never' && rememberedPodRanges(index).some((range) => cidrContains(range, end.address))) return neverPods;
      return matchAddress(block, end.address);
    case 'outside':
      if (cidr.family !== (end.family ?? 4)) return { match: 'no', reason: 'the block is of the other address family' };
      return end.range
        ? matchScope(cidr, except, [{ family: cidr.family, ...end.range }], 'these addresses')
        : matchScope(cidr, except, outsideBlocks(end.scope), 'every address outside that this may be');
    case 'node':
      return end.address ? matchAddress(block, end.address) : matchAssumedNode(index, block);
    case 'unknown-pod':
      return matchAssumedPod(index, block, modes);
    case 'pods':
      if (isFinished(end.podSet)) return { match: 'no', reason: 'the pod has finished and holds no address' };
      return asNode ? matchNodePod(index, block, end.podSet) : matchPod(index, block, end.podSet, modes);
  }
}

const neverPods: Judged = { match: 'no', reason: 'with this plugin an ipBlock never matches a pod' };

function matchPod(index: ClusterIndex, block: ReadBlock, podSet: PodSet, modes: PolicyModes): Judged {
  if (modes.ipBlockMatchesPods === 'never') return neverPods;
  return matchWritten(block, podSet) ?? matchAssumedPod(index, block, modes);
}

/** A pod in the network of its node: the address that a manifest shows is the node's. */
function matchNodePod(index: ClusterIndex, block: ReadBlock, podSet: PodSet): Judged {
  return matchWritten(block, podSet) ?? matchAssumedNode(index, block);
}

/** By `status.podIP(s)`; undefined where no manifest shows them. */
function matchWritten(block: ReadBlock, podSet: PodSet): Judged | undefined {
  const known = podSet.resource.type === 'Pod' ? podSet.resource.spec.podIPs.flatMap((text) => parseAddress(text) ?? []) : [];
  if (known.length === 0) return undefined;
  const hit = known.some((address) => matchAddress(block, address).match === 'yes');
  return hit ? { match: 'yes', reason: 'the pod’s address lies in the block' } : { match: 'no', reason: 'the pod’s address is not in the block' };
}

/** An assumed address never decides: only a block that holds the whole pod range matches, and no other. */
function matchAssumedPod(index: ClusterIndex, { cidr, except }: ReadBlock, modes: PolicyModes): Judged {
  if (modes.ipBlockMatchesPods === 'never') return neverPods;
  const ranges = rememberedPodRanges(index).filter((range) => range.family === cidr.family);
  const whole = ranges.length > 0 && ranges.every((range) => within(range, cidr) && !except.some((cut) => overlap(cut, range)));
  return whole
    ? { match: 'yes', reason: 'the block holds the whole pod range' }
    : { match: 'no', reason: 'the block does not hold the whole pod range, and the pod’s address is in no manifest' };
}

/** A node without a known address has one of the configured range, else some private one. */
function matchAssumedNode(index: ClusterIndex, { cidr, except }: ReadBlock): Judged {
  const configured = (index.context.cluster?.nodeCidr ?? []).flatMap((text) => parseCidr(text) ?? []);
  return matchScope(cidr, except, configured.length > 0 ? configured : privateAddresses, 'a node, whose address is a private one');
}

function matchAddress({ cidr, except }: ReadBlock, address: Address): Judged {
  if (!cidrContains(cidr, address)) return { match: 'no', reason: 'the address is not in the block' };
  if (except.some((cut) => cidrContains(cut, address))) return { match: 'no', reason: 'the address lies in an except of the block' };
  return { match: 'yes', reason: 'the address lies in the block' };
}

/** Does a block hold all, none or some of the addresses that somebody may have? */
export function matchScope(cidr: AddressRange, except: readonly AddressRange[], scope: readonly AddressRange[], who: string): Judged {
  const same = scope.filter((range) => range.family === cidr.family);
  const touched = same.filter((range) => overlap(range, cidr));
  if (touched.length === 0) return { match: 'no', reason: `the block does not hold ${who}` };
  if (same.every((range) => within(range, cidr)) && !except.some((cut) => same.some((range) => overlap(cut, range))))
    return { match: 'yes', reason: `the block holds ${who}` };
  const cutAway = touched.every((range) => except.some((cut) => within(range, cut) || (within(cidr, range) && within(cidr, cut))));
  return cutAway
    ? { match: 'no', reason: 'the addresses lie in an except of the block' }
    : { match: 'unknown', reason: 'the block holds some of the addresses that this may have, and which one it has is in no manifest' };
}

function overlap(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

function within(inner: AddressRange, outer: AddressRange): boolean {
  return inner.family === outer.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** Calico's IP pools: ranges that overlap, blocks that do not fit, encapsulations that exclude each other, and pools outside the cluster's pod range. */
import { cidrsOverlap, cidrWithin, formatCidr, parseCidr, type Cidr } from '../../base/addresses';
import { isOpaque, known } from '../../base/opaque';
import type { ClusterIndex, RangeFact } from '../../cluster/clusterIndex';
import type { Finding } from '../../model/finding';
import { valueAt, type Resource } from '../../model/resources';
import { contextRule } from '../rule';
import { relatedRange, sharedRange } from '../shared/clusterRanges';
import { compareByFile } from '../shared/fileOrder';

type Message = 'overlap' | 'blockSize' | 'blockTooLarge' | 'ipip6' | 'modes' | 'outside';

export const ippoolOverlap = contextRule<'IPPool', Message>({
  meta: {
    id: 'cidr/ippool-overlap',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'Calico IP pools overlap, or one cannot be used as it is written.',
    why: 'Calico gives out the addresses of pods from its IP pools. Two pools that share addresses could give one address to two pods, so Calico refuses the second, and a disabled pool counts too, because its addresses may still be in use. A pool is cut into blocks, so it must be at least as large as one block (`blockSize`, /26 for IPv4 and /122 for IPv6 when it is not written). IP-in-IP exists for IPv4 only, and a pool is encapsulated in one way, never in two. A pool outside of the pod range that kubeadm was given works inside Calico, but kube-proxy and everything else that is told the pod range take its pods for outsiders.',
    remedy:
      'Give every pool a range of its own inside the pod range of the cluster. Block size and range of a pool cannot be changed later: make a new pool, disable the old one and move the pods over.',
    references: [
      '[Calico: IP pool](https://docs.tigera.io/calico/latest/reference/resources/ippool)',
      '`libcalico-go/lib/clientv3/ippool.go` and `libcalico-go/lib/validator/v3/validator.go` (validateIPPoolSpec) in projectcalico/calico',
    ],
    messages: {
      overlap: 'IPPools {first} and {name} share {range}; Calico refuses the second.',
      blockSize: 'A `blockSize` of {size} is refused: it is between {least} and {most} for IPv{family}.',
      blockTooLarge: 'The pool {cidr} is smaller than one of its blocks (/{size}), so it is refused.',
      ipip6: '`ipipMode: {mode}` is refused for an IPv6 pool: IP-in-IP carries IPv4 only.',
      modes: '`ipipMode: {ipip}` and `vxlanMode: {vxlan}` exclude each other; one of them has to be Never.',
      outside: 'IPPool {name} ({cidr}) is not inside the pod range {range} of the cluster.',
    },
    fixable: false,
  },
  kinds: ['IPPool'],
  *check(pool, index) {
    if (pool.partial) return;
    const cidr = cidrOf(pool);
    yield* checkModes(pool, cidr);
    if (!cidr) return;
    yield* checkBlock(pool, cidr);
    const earlier = earlierPool(pool, cidr, index);
    if (earlier) {
      yield {
        at: { resource: pool, path: ['spec', 'cidr'] },
        message: 'overlap',
        data: { first: earlier.pool.metadata.name, name: pool.metadata.name, range: sharedRange(earlier.cidr, cidr) },
        related: [
          { mark: { resource: earlier.pool, path: ['spec', 'cidr'] }, message: `IPPool ${earlier.pool.metadata.name} has ${formatCidr(earlier.cidr)}.` },
        ],
      };
    }
    yield* checkInside(pool, cidr, index);
  },
});

function cidrOf(pool: Resource<'IPPool'>): Cidr | undefined {
  return parseCidr(known(pool.spec.cidr) ?? '') ?? undefined;
}

interface KnownPool {
  readonly pool: Resource<'IPPool'>;
  readonly cidr: Cidr;
}

/** Kept with the list, because every pool asks. */
const poolsByList = new WeakMap<readonly Resource<'IPPool'>[], readonly KnownPool[]>();

function poolsOf(pools: readonly Resource<'IPPool'>[]): readonly KnownPool[] {
  const kept = poolsByList.get(pools);
  if (kept) return kept;
  const made = pools
    .flatMap((pool) => {
      const cidr = pool.partial || !pool.metadata.nameKnown ? undefined : cidrOf(pool);
      return cidr ? [{ pool, cidr }] : [];
    })
    .sort((a, b) => (a.cidr.first < b.cidr.first ? -1 : a.cidr.first > b.cidr.first ? 1 : 0));
  poolsByList.set(pools, made);
  return made;
}

/** The first in file order. Another manifest of the same pool is no second pool. */
function earlierPool(pool: Resource<'IPPool'>, cidr: Cidr, index: ClusterIndex): KnownPool | undefined {
  if (!pool.metadata.nameKnown) return undefined;
  const place = (resource: Resource<'IPPool'>): { resource: Resource; path: string[] } => ({ resource, path: ['spec', 'cidr'] });
  let first: KnownPool | undefined;
  for (const other of poolsOf(index.ofKind('IPPool'))) {
    if (other.cidr.first > cidr.last) break;
    if (other.pool.metadata.name === pool.metadata.name || !cidrsOverlap(other.cidr, cidr)) continue;
    if (compareByFile(place(other.pool), place(pool), index.context) >= 0) continue;
    if (!first || compareByFile(place(other.pool), place(first.pool), index.context) < 0) first = other;
  }
  return first;
}

const blockSizes = { 4: { least: 20, most: 32, usual: 26 }, 6: { least: 116, most: 128, usual: 122 } } as const;

function* checkBlock(pool: Resource<'IPPool'>, cidr: Cidr): Iterable<Finding<Message>> {
  const { blockSize } = pool.spec;
  if (isOpaque(blockSize)) return;
  const { least, most, usual } = blockSizes[cidr.family];
  const size = blockSize ?? usual;
  if (blockSize !== undefined && blockSize !== 0 && (blockSize < least || blockSize > most)) {
    yield { at: { resource: pool, path: ['spec', 'blockSize'] }, message: 'blockSize', data: { size, least, most, family: cidr.family } };
    return;
  }
  if (cidr.prefix <= (size === 0 ? usual : size)) return;
  const path = ['spec', blockSize === undefined ? 'cidr' : 'blockSize'];
  yield { at: { resource: pool, path }, message: 'blockTooLarge', data: { cidr: formatCidr(cidr), size: size === 0 ? usual : size } };
}

function* checkModes(pool: Resource<'IPPool'>, cidr: Cidr | undefined): Iterable<Finding<Message>> {
  const [ipip, vxlan] = [modeOf(known(pool.spec.ipipMode)), modeOf(known(pool.spec.vxlanMode))];
  if (ipip !== undefined && cidr?.family === 6) yield { at: { resource: pool, path: ['spec', 'ipipMode'] }, message: 'ipip6', data: { mode: ipip } };
  if (ipip === undefined || vxlan === undefined) return;
  yield {
    at: { resource: pool, path: ['spec', 'vxlanMode'] },
    message: 'modes',
    data: { ipip, vxlan },
    related: [{ mark: { resource: pool, path: ['spec', 'ipipMode'] }, message: 'The other encapsulation.' }],
  };
}

/** Undefined for none. */
function modeOf(mode: string | undefined): string | undefined {
  return mode === 'Always' || mode === 'CrossSubnet' ? mode : undefined;
}

/** Only against the one range of its family that kubeadm, kind or a setting gives; a pool that is not for pods, or not in use, may be anywhere. */
function* checkInside(pool: Resource<'IPPool'>, cidr: Cidr, index: ClusterIndex): Iterable<Finding<Message>> {
  if (pool.spec.disabled || !isForPods(pool)) return;
  const ranges = index.ranges.pod.filter((range) => range.origin !== 'node' && range.cidr.family === cidr.family);
  const files = new Set(ranges.map((range: RangeFact) => range.resource?.source.uri));
  const [first] = ranges;
  if (!first || files.size > 1 || ranges.some((range) => cidrWithin(cidr, range.cidr))) return;
  yield {
    at: { resource: pool, path: ['spec', 'cidr'] },
    message: 'outside',
    data: { name: pool.metadata.name, cidr: formatCidr(cidr), range: first.text },
    severity: 'warning',
    related: relatedRange(first, 'The pod range.'),
  };
}

function isForPods(pool: Resource<'IPPool'>): boolean {
  const uses = valueAt(pool, ['spec', 'allowedUses']);
  return !Array.isArray(uses) || uses.length === 0 || uses.includes('Workload');
}

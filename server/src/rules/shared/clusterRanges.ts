/** The cluster's own ranges: which of them may be compared, where they stand, and what is free. */
import { cidrSize, cidrsOverlap, formatCidr, type Cidr } from '../../base/addresses';
import type { ClusterIndex, ClusterRanges, RangeFact } from '../../cluster/clusterIndex';
import type { Mark, Related } from '../../model/finding';
import type { Resource } from '../../model/resources';

/** A range that stands in a manifest. */
export type WrittenFact = RangeFact & { readonly resource: Resource; readonly path: NonNullable<RangeFact['path']> };

export function isWritten(fact: RangeFact): fact is WrittenFact {
  return fact.resource !== undefined && fact.path !== undefined;
}

export function markOfRange(fact: WrittenFact): Mark {
  return { resource: fact.resource, path: fact.path, ...(fact.span ? { span: fact.span } : {}) };
}

export function relatedRange(fact: RangeFact, message: string): Related[] {
  return isWritten(fact) ? [{ mark: markOfRange(fact), message }] : [];
}

/**
 * True when two ranges surely belong to one cluster. Two kubeadm or kind files describe two clusters, and beside two of them nobody knows
 * to which one a Node or a ServiceCIDR belongs.
 */
export function sameCluster(a: RangeFact, b: RangeFact, index: ClusterIndex): boolean {
  if (a.resource !== undefined && a.resource === b.resource) return true;
  const files = clusterFiles(index);
  if (isConfiguration(a) && isConfiguration(b)) return a.resource?.source.uri === b.resource?.source.uri;
  return files.size <= 1;
}

/** Kept with the ranges, because every pair of them asks. */
const filesOfRanges = new WeakMap<ClusterRanges, ReadonlySet<string>>();

/** The files that configure a cluster, by their ranges. */
function clusterFiles({ ranges }: ClusterIndex): ReadonlySet<string> {
  const before = filesOfRanges.get(ranges);
  if (before) return before;
  const files = new Set([...ranges.pod, ...ranges.service].flatMap((fact) => (isConfiguration(fact) && fact.resource ? [fact.resource.source.uri] : [])));
  filesOfRanges.set(ranges, files);
  return files;
}

function isConfiguration(fact: RangeFact): boolean {
  return fact.origin === 'kubeadm' || fact.origin === 'kind';
}

/** The overlap of two blocks, which is the smaller one. */
export function sharedRange(a: Cidr, b: Cidr): string {
  return formatCidr(cidrSize(a) <= cidrSize(b) ? a : b);
}

const privateFirst = 10n << 24n;
const privateLast = privateFirst + (1n << 24n) - 1n;

/** A block of the same size in 10.0.0.0/8 that meets no known range, searched from 10.244.0.0 on; undefined when there is none. */
export function freeRange(like: Cidr, index: ClusterIndex): string | undefined {
  if (like.family !== 4 || like.prefix < 9) return undefined;
  const taken = [...index.ranges.pod, ...index.ranges.service].map((fact) => fact.cidr).filter((cidr) => cidr.family === 4);
  const size = 1n << BigInt(32 - like.prefix);
  const usual = privateFirst + (244n << 16n);
  const start = usual - (usual % size);
  return search(start, privateLast, size, like.prefix, taken) ?? search(privateFirst, start - 1n, size, like.prefix, taken);
}

/** Steps over each taken range that is in the way, so the number of steps is that of the ranges. */
function search(from: bigint, last: bigint, size: bigint, prefix: number, taken: readonly Cidr[]): string | undefined {
  let first = from;
  while (first + size - 1n <= last) {
    const block: Cidr = { family: 4, prefix, address: { family: 4, value: first }, first, last: first + size - 1n, hostBits: false };
    const inTheWay = taken.find((cidr) => cidrsOverlap(cidr, block));
    if (!inTheWay) return formatCidr(block);
    const next = inTheWay.last + 1n;
    first = next % size === 0n ? next : next + (size - (next % size));
  }
  return undefined;
}

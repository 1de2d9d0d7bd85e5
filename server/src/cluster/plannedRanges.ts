/** The cluster's ranges as a trace takes them: known ones, else assumed. */
import { type Address, addressAt, type Cidr, cidrSize, type Family, formatAddress, parseCidr } from '../base/addresses';
import type { ClusterIndex } from './clusterIndex';

/** Defaults for what no manifest and no setting says. */
export const defaultRanges = {
  pod: { 4: '10.244.0.0/16', 6: 'fd00:10:244::/56' },
  service: { 4: '10.96.0.0/12', 6: 'fd00:10:96::/112' },
  node: { 4: '192.168.0.0/24', 6: 'fd00:192:168::/64' },
  /** Documentation blocks (RFC 5737, RFC 3849): assumed addresses outside can be nobody's. */
  client: { 4: '203.0.113.0/24', 6: '2001:db8:1::/64' },
  loadBalancer: { 4: '198.51.100.0/24', 6: '2001:db8:2::/64' },
  host: { 4: '192.0.2.0/24', 6: '2001:db8:3::/64' },
} as const;

/**
 * The pod ranges of the cluster: what kubeadm, kind or settings say, else what the network plugin is given, else those of the nodes, else
 * the assumed ones.
 */
export function podRanges(index: ClusterIndex): readonly Cidr[] {
  const facts = index.ranges.pod;
  const whole = facts.filter((fact) => fact.origin !== 'node');
  const plugin = index.ranges.plugin ?? [];
  const chosen = (whole.length > 0 ? whole : plugin.length > 0 ? plugin : facts).map((fact) => fact.cidr);
  return chosen.length > 0 ? chosen : [cidrOf(defaultRanges.pod[4])];
}

/** The Service ranges of the cluster: known, else assumed. */
export function serviceRanges(index: ClusterIndex): readonly Cidr[] {
  const chosen = index.ranges.service.map((fact) => fact.cidr);
  return chosen.length > 0 ? chosen : [cidrOf(defaultRanges.service[4])];
}

/** The node range: from the settings, else assumed. */
export function nodeRanges(index: ClusterIndex): readonly Cidr[] {
  const set = (index.context.cluster?.nodeCidr ?? []).flatMap((text) => parseCidr(text) ?? []);
  return set.length > 0 ? set : [cidrOf(defaultRanges.node[4])];
}

/** For texts that this floor wrote itself: defaults, and what `formatCidr` gave. */
export function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(`not a block: ${text}`);
  return cidr;
}

export function textAt(range: Cidr, position: bigint): string {
  return formatAddress(addressOf(range, position));
}

function addressOf(range: Cidr, position: bigint): Address {
  return addressAt(range, position % cidrSize(range));
}

export type { Family };

/** Does one peer or one port entry of a NetworkPolicy match? Three answers, each with its reason. */
import { type Address, type Cidr, type Family, cidrContains, cidrsOverlap, cidrWithin, parseAddress, parseCidr } from '../base/addresses';
import { isOpaque, known, type Ternary, textOf, type Value } from '../base/opaque';
import { type LabelSelector, isEmptySelector, matches, meets } from '../model/labels';
import { concurrentContainers } from '../model/pod';
import type { IpBlock, NetworkPolicyPeer, NetworkPolicyPort } from '../model/resources';
import type { Path } from '../protocol/source';
import type { TransportProtocol } from '../protocol/trace';
import type { ClusterIndex, Namespace, PodSet } from './clusterIndex';
import { podRanges } from './addressPlan';
import { type OutsideScope, outsideBlocks, privateAddresses } from './outsideAddresses';

/** The other end of the connection, as a policy sees it. */
export type PolicyPeerEnd =
  | { readonly kind: 'pods'; readonly podSet: PodSet }
  /** An address that is known. One inside the pod ranges may be a pod of any labels. */
  | { readonly kind: 'address'; readonly address: Address }
  /** A node, or a process in its network. Without an address it is only known to be some node. */
  | { readonly kind: 'node'; readonly address?: Address; readonly ownNode: Ternary }
  /** Somebody outside the cluster whose address is assumed. */
  | { readonly kind: 'outside'; readonly scope: OutsideScope; readonly family?: Family }
  /** A pod that no manifest shows, such as an ingress controller's. */
  | { readonly kind: 'unknown-pod' };

/** How plugins differ; the defaults are Kubernetes' own reading. */
export interface PolicyModes {
  /** Does an `ipBlock` match pod addresses? Cilium: never. */
  readonly ipBlockMatchesPods?: 'spec' | 'never';
  readonly hostNetworkPolicies?: 'ignored' | 'applied';
  /** Where manifests write no namespace. Undefined: it stays unspecified. */
  readonly namespace?: string;
}

export interface PeerMatch {
  readonly path: Path;
  /** The place inside the peer that decides: the label that differs, the block. */
  readonly point: Path;
  readonly match: Ternary;
  /** The peer in words: `app: cartservice`. */
  readonly words: string;
  readonly reason: string;
}

export interface PortMatch {
  readonly path: Path;
  readonly match: Ternary;
  readonly words: string;
  readonly reason: string;
}

/** Are two namespaces the same, with unspecified ones placed where the modes say? */
export function placedSameNamespace(index: ClusterIndex, a: Namespace, b: Namespace, modes: PolicyModes): Ternary {
  return index.sameNamespace(a ?? modes.namespace, b ?? modes.namespace);
}

/**
 * One item of `from` or `to`. Selectors in one item are AND-ed; a podSelector alone means the policy's own namespace.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors
 */
export function matchPeer(index: ClusterIndex, policyNamespace: Namespace, peer: NetworkPolicyPeer, end: PolicyPeerEnd, modes: PolicyModes): PeerMatch {
  const base = { path: peer.path, words: describePeer(peer) };
  if (peer.ipBlock) {
    if (peer.podSelector || peer.namespaceSelector)
      return { ...base, point: peer.path, match: 'no', reason: 'an ipBlock beside a selector is refused by the API' };
    const match = matchIpBlock(index, peer.ipBlock, end, modes);
    return { ...base, point: [...peer.ipBlock.path, 'cidr'], ...match };
  }
  if (!peer.podSelector && !peer.namespaceSelector)
    return { ...base, point: peer.path, match: 'no', reason: 'a peer without any member is refused by the API' };
  return { ...base, ...matchSelectors(index, policyNamespace, peer, end, modes) };
}

interface Judged {
  readonly match: Ternary;
  readonly reason: string;
}

function matchSelectors(
  index: ClusterIndex,
  policyNamespace: Namespace,
  peer: NetworkPolicyPeer,
  end: PolicyPeerEnd,
  modes: PolicyModes,
): Judged & { readonly point: Path } {
  const point = labelPoint(peer, undefined);
  switch (end.kind) {
    case 'node':
      return { point, match: 'no', reason: 'selectors match pods, and this is a node' };
    case 'outside':
      return { point, match: 'no', reason: 'selectors match pods, and this is outside the cluster' };
    case 'address':
      if (!podRanges(index).some((range) => cidrContains(range, end.address)))
        return { point, match: 'no', reason: 'selectors match pods, and this address is no pod’s' };
      return { point, match: 'unknown', reason: 'the address lies in the pod range, and no manifest says which pod has it' };
    case 'unknown-pod':
      if (peer.namespaceSelector && isEmptySelector(peer.namespaceSelector) && (!peer.podSelector || isEmptySelector(peer.podSelector))) {
        return { point, match: 'yes', reason: 'every pod of every namespace matches' };
      }
      return { point, match: 'unknown', reason: 'labels and namespace of that pod are in no manifest' };
    case 'pods':
      return matchPods(index, policyNamespace, peer, end.podSet, modes);
  }
}

function matchPods(
  index: ClusterIndex,
  policyNamespace: Namespace,
  peer: NetworkPolicyPeer,
  podSet: PodSet,
  modes: PolicyModes,
): Judged & { readonly point: Path } {
  if (podSet.template.hostNetwork && modes.hostNetworkPolicies !== 'applied') {
    return { point: labelPoint(peer, undefined), match: 'no', reason: 'a hostNetwork pod counts as its node, no selector matches it' };
  }
  if (isFinished(podSet)) return { point: peer.path, match: 'no', reason: 'the pod has finished' };
  const namespace = peer.namespaceSelector
    ? matches(peer.namespaceSelector, index.namespaceLabels(podSet.namespace ?? modes.namespace))
    : placedSameNamespace(index, policyNamespace, podSet.namespace, modes);
  const pods = peer.podSelector ? matches(peer.podSelector, podSet.labels) : 'yes';
  if (namespace === 'no') {
    return {
      point: peer.namespaceSelector ? selectorPoint([...peer.path, 'namespaceSelector'], peer.namespaceSelector) : labelPoint(peer, podSet),
      match: 'no',
      reason: peer.namespaceSelector
        ? 'the labels of its namespace do not match'
        : 'it is in another namespace, and a podSelector alone means the policy’s own',
    };
  }
  const point = labelPoint(peer, podSet);
  if (pods === 'no') return { point, match: 'no', reason: 'its labels do not match' };
  if (namespace === 'unknown')
    return { point, match: 'unknown', reason: peer.namespaceSelector ? 'the labels of its namespace are not known' : 'its namespace is not known' };
  if (pods === 'unknown') return { point, match: 'unknown', reason: 'its labels are not all known' };
  return { point, match: 'yes', reason: 'its labels match' };
}

function matchIpBlock(index: ClusterIndex, block: IpBlock, end: PolicyPeerEnd, modes: PolicyModes): Judged {
  if (block.cidr === undefined) return { match: 'no', reason: 'the block has no cidr' };
  if (isOpaque(block.cidr)) return { match: 'unknown', reason: 'the block is a placeholder' };
  const cidr = parseCidr(block.cidr);
  if (!cidr) return { match: 'no', reason: `${block.cidr} is no CIDR block` };
  const placeholder = block.except.some(isOpaque);
  const except = block.except.flatMap((text) => (isOpaque(text) ? [] : (parseCidr(text) ?? [])));
  const certain = (judged: Judged): Judged => (placeholder && judged.match === 'yes' ? { match: 'unknown', reason: 'a placeholder stands in except' } : judged);
  switch (end.kind) {
    case 'address':
      if (modes.ipBlockMatchesPods === 'never' && podRanges(index).some((range) => cidrContains(range, end.address))) {
        return { match: 'no', reason: 'with this plugin an ipBlock never matches a pod' };
      }
      return certain(matchAddress(cidr, except, end.address));
    case 'outside':
      if (cidr.family !== (end.family ?? 4)) return { match: 'no', reason: 'the block is of the other address family' };
      return certain(matchScope(cidr, except, outsideBlocks(end.scope), 'every address outside that this may be'));
    case 'node':
      if (end.address) return certain(matchAddress(cidr, except, end.address));
      return certain(matchAssumedNode(index, cidr, except));
    case 'unknown-pod':
      return certain(matchAssumedPod(index, cidr, except, modes));
    case 'pods':
      if (end.podSet.template.hostNetwork && modes.hostNetworkPolicies !== 'applied') {
        return certain(matchAssumedNode(index, cidr, except));
      }
      return certain(matchPodAddress(index, cidr, except, end.podSet, modes));
  }
}

function matchPodAddress(index: ClusterIndex, cidr: Cidr, except: readonly Cidr[], podSet: PodSet, modes: PolicyModes): Judged {
  if (modes.ipBlockMatchesPods === 'never') return { match: 'no', reason: 'with this plugin an ipBlock never matches a pod' };
  const known = podSet.resource.type === 'Pod' ? podSet.resource.spec.podIPs.flatMap((text) => parseAddress(text) ?? []) : [];
  if (known.length === 0) return matchAssumedPod(index, cidr, except, modes);
  const hit = known.find((address) => matchAddress(cidr, except, address).match === 'yes');
  return hit ? { match: 'yes', reason: 'the pod’s address lies in the block' } : { match: 'no', reason: 'the pod’s address is not in the block' };
}

/** An assumed address never decides: only a block that holds the whole pod range matches, and no other. */
function matchAssumedPod(index: ClusterIndex, cidr: Cidr, except: readonly Cidr[], modes: PolicyModes): Judged {
  if (modes.ipBlockMatchesPods === 'never') return { match: 'no', reason: 'with this plugin an ipBlock never matches a pod' };
  const ranges = podRanges(index).filter((range) => range.family === cidr.family);
  const whole = ranges.length > 0 && ranges.every((range) => cidrWithin(range, cidr) && !except.some((cut) => cidrsOverlap(cut, range)));
  return whole
    ? { match: 'yes', reason: 'the block holds the whole pod range' }
    : { match: 'no', reason: 'the block does not hold the whole pod range, and the pod’s address is in no manifest' };
}

/** A node without a known address has one of the configured range, else some private one. */
function matchAssumedNode(index: ClusterIndex, cidr: Cidr, except: readonly Cidr[]): Judged {
  const configured = (index.context.cluster?.nodeCidr ?? []).flatMap((text) => parseCidr(text) ?? []);
  return matchScope(cidr, except, configured.length > 0 ? configured : privateAddresses, 'a node, whose address is a private one');
}

function matchAddress(cidr: Cidr, except: readonly Cidr[], address: Address): Judged {
  if (!cidrContains(cidr, address)) return { match: 'no', reason: 'the address is not in the block' };
  if (except.some((cut) => cidrContains(cut, address))) return { match: 'no', reason: 'the address lies in an except of the block' };
  return { match: 'yes', reason: 'the address lies in the block' };
}

/** Does a block hold all, none or some of the addresses that somebody may have? */
export function matchScope(cidr: Cidr, except: readonly Cidr[], scope: readonly Cidr[], who: string): Judged {
  const same = scope.filter((range) => range.family === cidr.family);
  const within = same.filter((range) => cidrsOverlap(range, cidr));
  if (within.length === 0) return { match: 'no', reason: `the block does not hold ${who}` };
  if (same.every((range) => cidrWithin(range, cidr)) && !except.some((cut) => same.some((range) => cidrsOverlap(cut, range))))
    return { match: 'yes', reason: `the block holds ${who}` };
  const cutAway = within.every((range) => except.some((cut) => cidrWithin(range, cut) || (cidrWithin(cidr, range) && cidrWithin(cidr, cut))));
  return cutAway
    ? { match: 'no', reason: 'the addresses lie in an except of the block' }
    : { match: 'unknown', reason: 'the block holds some of the addresses that this may have, and which one it has is in no manifest' };
}

/**
 * One item of `ports`. A name is looked up on the destination pod by name and protocol, ordinary init containers left out; an end
 * without a pod cannot match a name. `destination` is 'unknown' for a pod that no manifest shows.
 */
export function matchPort(entry: NetworkPolicyPort, protocol: TransportProtocol, port: number, destination: PodSet | 'unknown' | undefined): PortMatch {
  const base = { path: entry.path, words: describePort(entry) };
  const wanted = entry.protocol ?? 'TCP';
  if (isOpaque(wanted)) return { ...base, match: 'unknown', reason: 'the protocol is a placeholder' };
  if (wanted !== protocol) return { ...base, match: 'no', reason: `it is for ${wanted}, not ${protocol}` };
  if (entry.port === undefined) return { ...base, match: 'yes', reason: `every ${protocol} port` };
  if (isOpaque(entry.port)) return { ...base, match: 'unknown', reason: 'the port is a placeholder' };
  if (typeof entry.port === 'string') return { ...base, ...matchNamedPort(entry.port, protocol, port, destination) };
  if (isOpaque(entry.endPort) && port > entry.port) return { ...base, match: 'unknown', reason: 'the end of the port range is a placeholder' };
  const last = entry.endPort === undefined || isOpaque(entry.endPort) ? entry.port : entry.endPort;
  return entry.port <= port && port <= last ? { ...base, match: 'yes', reason: 'the port matches' } : { ...base, match: 'no', reason: 'it is another port' };
}

function matchNamedPort(name: string, protocol: TransportProtocol, port: number, destination: PodSet | 'unknown' | undefined): Judged {
  if (destination === undefined) return { match: 'no', reason: `the name ${name} means a container port, and the destination is no pod` };
  if (destination === 'unknown') return { match: 'unknown', reason: `no manifest shows which port the name ${name} has there` };
  let open = false;
  for (const container of concurrentContainers(destination.template)) {
    for (const candidate of container.ports) {
      if (isOpaque(candidate.name) || isOpaque(candidate.protocol) || (candidate.name === name && isOpaque(candidate.containerPort))) {
        open = true;
        continue;
      }
      if (candidate.name !== name || (candidate.protocol ?? 'TCP') !== protocol) continue;
      return candidate.containerPort === port
        ? { match: 'yes', reason: `${name} is port ${port} of ${destination.name}` }
        : { match: 'no', reason: `${name} is port ${known(candidate.containerPort) ?? 'unknown'} of ${destination.name}, not ${port}` };
    }
  }
  return open
    ? { match: 'unknown', reason: `a placeholder may be the port named ${name}` }
    : { match: 'no', reason: `${destination.name} has no ${protocol} port named ${name}` };
}

/** A finished pod holds no address: it is neither subject nor peer. */
export function isFinished(podSet: PodSet): boolean {
  if (podSet.resource.type !== 'Pod') return false;
  const phase = podSet.resource.spec.phase;
  return phase === 'Succeeded' || phase === 'Failed';
}

/** `app: cartservice`, `namespaces with team: a`, `10.0.0.0/8 except 10.1.0.0/16`. */
export function describePeer(peer: NetworkPolicyPeer): string {
  if (peer.ipBlock) {
    const except = peer.ipBlock.except.slice(0, 3).map((text) => textOf(text) ?? '');
    const more = peer.ipBlock.except.length > 3 ? ' …' : '';
    return `${textOf(peer.ipBlock.cidr) ?? '?'}${except.length > 0 ? ` except ${except.join(', ')}${more}` : ''}`;
  }
  const pods = peer.podSelector && !isEmptySelector(peer.podSelector) ? describeSelector(peer.podSelector) : undefined;
  if (!peer.namespaceSelector) return pods ?? 'every pod of this namespace';
  if (isEmptySelector(peer.namespaceSelector)) return pods === undefined ? 'every pod of every namespace' : `${pods} in every namespace`;
  const name = peer.namespaceSelector.matchLabels.get('kubernetes.io/metadata.name');
  const namespaces =
    typeof name === 'string' && peer.namespaceSelector.matchLabels.size === 1 && peer.namespaceSelector.matchExpressions.length === 0
      ? `namespace ${name}`
      : `namespaces with ${describeSelector(peer.namespaceSelector)}`;
  return pods === undefined ? `every pod of ${namespaces}` : `${pods} in ${namespaces}`;
}

/** `app: web, tier In (a, b)`; cut after four requirements. */
export function describeSelector(selector: LabelSelector): string {
  const parts = [...selector.matchLabels].map(([key, value]) => `${key}: ${textOf(value) ?? ''}`);
  for (const { key, operator, values } of selector.matchExpressions) {
    const list =
      values.length > 0
        ? ` (${values
            .slice(0, 4)
            .map((value) => textOf(value))
            .join(', ')}${values.length > 4 ? ', …' : ''})`
        : '';
    parts.push(`${textOf(key) ?? ''} ${textOf(operator) ?? ''}${list}`);
  }
  if (parts.length > 4) parts.splice(4, parts.length, '…');
  return parts.length > 0 ? parts.join(', ') : 'everything';
}

function describePort(entry: NetworkPolicyPort): string {
  const protocol = textOf(entry.protocol) ?? 'TCP';
  if (entry.port === undefined) return `every ${protocol} port`;
  const port = textNumber(entry.port);
  return `${port}${entry.endPort === undefined ? '' : `-${textNumber(entry.endPort)}`}/${protocol}`;
}

function textNumber(value: Value<number | string>): string {
  return isOpaque(value) ? value.text : String(value);
}

/** The label of the peer that a reader should look at: the first that does not match, else the last one. */
function labelPoint(peer: NetworkPolicyPeer, podSet: PodSet | undefined): Path {
  if (peer.podSelector && !isEmptySelector(peer.podSelector)) return selectorPoint([...peer.path, 'podSelector'], peer.podSelector, podSet);
  if (peer.namespaceSelector && !isEmptySelector(peer.namespaceSelector)) return selectorPoint([...peer.path, 'namespaceSelector'], peer.namespaceSelector);
  return peer.path;
}

function selectorPoint(path: Path, selector: LabelSelector, podSet?: PodSet): Path {
  let last: Path = path;
  for (const [key, value] of selector.matchLabels) {
    last = [...path, 'matchLabels', key];
    const actual = podSet?.labels.entries.get(key);
    if (podSet && !isOpaque(actual) && !isOpaque(value) && actual !== value) return last;
  }
  for (const [position, requirement] of selector.matchExpressions.entries()) {
    if (podSet && meets(requirement, podSet.labels) === 'no') return [...path, 'matchExpressions', position];
  }
  return last;
}

/** Does one peer of a NetworkPolicy match? Three answers, each with its reason. */
import { isEmptySelector } from '../model/labels';
import type { NetworkPolicyPeer } from '../model/resources';
import type { Path } from '../protocol/source';
import type { ClusterIndex, Namespace, PodSet } from './clusterIndex';
import { matchBlock } from './policyAddress';
import { countsAsNode, type Judged, type PolicyModes, type PolicyPeerEnd } from './policyEnds';
import { matchNamespaces, matchSelectors, selectorPoint, type WantedPods } from './policySelectors';
import { describePeer } from './policyWords';

export { matchScope } from './policyAddress';
export { placedSameNamespace, type PolicyModes, type PolicyPeerEnd } from './policyEnds';
export type { PortMatch } from './policyPortMatch';

export interface PeerMatch extends Judged {
  readonly path: Path;
  /** The place inside the peer that decides: the label that differs, the block. */
  readonly point: Path;
  /** The peer in words: `app: cartservice`. */
  readonly words: string;
}

/**
 * One item of `from` or `to`. Selectors in one item are AND-ed; a podSelector alone means the policy's own namespace; an `ipBlock` beside a
 * selector and an item without any member are refused by the API.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors
 */
export function judgePeer(index: ClusterIndex, policyNamespace: Namespace, peer: NetworkPolicyPeer, end: PolicyPeerEnd, modes: PolicyModes): Judged {
  const { ipBlock, podSelector, namespaceSelector } = peer;
  if (ipBlock) {
    if (podSelector || namespaceSelector) return blockBesideSelector;
    return matchBlock(index, ipBlock, end, modes, end.kind === 'pods' && countsAsNode(end.podSet, modes));
  }
  if (!podSelector && !namespaceSelector) return emptyPeer;
  return matchSelectors(index, wantedPods(policyNamespace, peer), end, modes, (podSet) => countsAsNode(podSet, modes));
}

const blockBesideSelector: Judged = { match: 'no', reason: 'an ipBlock beside a selector is refused by the API' };
const emptyPeer: Judged = { match: 'no', reason: 'a peer without any member is refused by the API' };

function wantedPods(policyNamespace: Namespace, { podSelector, namespaceSelector }: NetworkPolicyPeer): WantedPods {
  return { namespaces: namespaceSelector ?? { sameAs: policyNamespace }, pods: podSelector };
}

/** The same with the peer in words, and the place in it that decides. */
export function matchPeer(index: ClusterIndex, policyNamespace: Namespace, peer: NetworkPolicyPeer, end: PolicyPeerEnd, modes: PolicyModes): PeerMatch {
  const judged = judgePeer(index, policyNamespace, peer, end, modes);
  return { ...judged, path: peer.path, words: describePeer(peer), point: peerPoint(index, policyNamespace, peer, end, modes) };
}

function peerPoint(index: ClusterIndex, policyNamespace: Namespace, peer: NetworkPolicyPeer, end: PolicyPeerEnd, modes: PolicyModes): Path {
  const { ipBlock, podSelector, namespaceSelector } = peer;
  if (ipBlock) return podSelector || namespaceSelector ? peer.path : [...ipBlock.path, 'cidr'];
  const podSet = end.kind === 'pods' && !countsAsNode(end.podSet, modes) ? end.podSet : undefined;
  if (podSet && namespaceSelector && matchNamespaces(index, wantedPods(policyNamespace, peer).namespaces, podSet, modes) === 'no')
    return selectorPoint([...peer.path, 'namespaceSelector'], namespaceSelector);
  return labelPoint(peer, podSet);
}

/** The label of the peer that a reader should look at: the first that does not match, else the last one. */
function labelPoint(peer: NetworkPolicyPeer, podSet: PodSet | undefined): Path {
  if (peer.podSelector && !isEmptySelector(peer.podSelector)) return selectorPoint([...peer.path, 'podSelector'], peer.podSelector, podSet);
  if (peer.namespaceSelector && !isEmptySelector(peer.namespaceSelector)) return selectorPoint([...peer.path, 'namespaceSelector'], peer.namespaceSelector);
  return peer.path;
}

/** The rule of a policy that decides, or comes nearest, in the fewest words: what stands where there is no room for a sentence. */
import { textOf } from '../base/opaque';
import type { PodSet } from '../cluster/clusterIndex';
import { nearestRule } from '../cluster/policyExplain';
import { rulesOf } from '../cluster/policyRules';
import type { AdminRuleMatch, PolicyMatch, PolicyPeerEnd, RuleMatch } from '../cluster/policyVerdict';
import { type LabelSelector, matches } from '../model/labels';
import type { NetworkPolicyPeer, PolicyDirection } from '../model/resources';
import type { PolicyRuleWords } from '../protocol/trace';
import { listed } from './words';

interface OtherEnd {
  readonly direction: PolicyDirection;
  readonly peer: PolicyPeerEnd;
  /** The other end in words. */
  readonly other: string;
}

const mostPeers = 3;
const mostPorts = 4;
const mostKeys = 2;

/** Nothing for a policy without rules: it lets nobody through. */
export function ruleWordsOf(match: PolicyMatch, end: OtherEnd): { readonly rule?: PolicyRuleWords } {
  const rule = match.rules.find((candidate) => candidate.allows === 'yes') ?? nearestRule([match])?.rule;
  if (!rule) return {};
  const written = rulesOf(match.policy, end.direction)[match.rules.indexOf(rule)]?.peers ?? [];
  return { rule: wordsOf(rule, otherWords(written, end)) };
}

export function adminRuleWords(rule: AdminRuleMatch, end: OtherEnd): PolicyRuleWords {
  return wordsOf(rule, otherWords([], end));
}

function wordsOf({ peers, ports, peer, port, peerMatches, portMatches }: RuleMatch | AdminRuleMatch, other: string): PolicyRuleWords {
  const who = peers === 'yes' ? (peer?.words ?? '') : listed([...new Set(peerMatches.map(({ words }) => words))], mostPeers);
  const where = ports === 'yes' ? (port?.words ?? '') : listed([...new Set(portMatches.map(({ words }) => words))], mostPorts);
  return {
    ...(who !== '' && { peers: who }),
    ...(where !== '' && { ports: where }),
    peersMatch: peers,
    portsMatch: ports,
    ...(other !== '' && { other }),
  };
}

/** Of a pod the labels that the peers speak of; its namespace where the labels are not what differs; of others their name. */
function otherWords(peers: readonly NetworkPolicyPeer[], { peer, other }: OtherEnd): string {
  if (peer.kind !== 'pods' || !peers.some(({ podSelector, namespaceSelector }) => podSelector ?? namespaceSelector)) return other;
  const selectors = peers.flatMap(({ podSelector }) => (podSelector ? [podSelector] : []));
  const keys = [...new Set(selectors.flatMap(keysOf))];
  const labelsFit = selectors.some((selector) => matches(selector, peer.podSet.labels) !== 'no');
  const { namespace } = peer.podSet;
  if (labelsFit || keys.length === 0) return namespace === undefined ? other : `namespace ${namespace}`;
  return keys
    .slice(0, mostKeys)
    .map((key) => labelText(peer.podSet, key))
    .join(', ');
}

function keysOf(selector: LabelSelector): readonly string[] {
  return [...selector.matchLabels.keys(), ...selector.matchExpressions.flatMap(({ key }) => textOf(key) ?? [])];
}

function labelText({ labels }: PodSet, key: string): string {
  const value = labels.entries.get(key);
  return value === undefined ? `without ${key}` : `${key}: ${textOf(value) ?? ''}`;
}

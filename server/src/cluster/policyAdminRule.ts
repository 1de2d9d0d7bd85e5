/** What one rule of an admin policy matches: its action, its peers, its ports. */
import { type Address, cidrContains, formatAddress, parseAddress, parseCidr } from '../base/addresses';
import { isOpaque, known, type Ternary, type Value } from '../base/opaque';
import type { AdminPeer, AdminPort, AdminRule } from '../model/adminPolicy';
import { isEmptySelector, type Labels, type LabelSelector, matches, noLabels } from '../model/labels';
import type { PolicyDirection, Resource } from '../model/resources';
import type { Path } from '../protocol/source';
import { protocols } from '../protocol/trace';
import type { ClusterIndex, PodSet } from './clusterIndex';
import { privateAddresses } from './outsideAddresses';
import type { AdminKind } from './policyAdmin';
import { matchBlock, type WrittenBlock } from './policyAddress';
import { isFinished, type Judged, type PolicyModes, type PolicyPeerEnd } from './policyEnds';
import { listPorts, matchesNoPort, namedPorts, perhaps, type PortAnswer, type PortDestination, rangePorts, surely } from './policyPortMatch';
import { matchSelectors } from './policySelectors';
import type { RuleEffect } from './policyTiers';
import { everyPort, noPorts, portsOf, unitePorts } from './portSet';

/** A rule that the API refuses has no effect. */
export type AdminEffect = RuleEffect | 'refused';

/** Allow and Accept are one. Each kind has its own words, and BaselineAdminNetworkPolicy no Pass. */
export function effectOf(policy: Resource<AdminKind>, rule: AdminRule): AdminEffect {
  const { action } = rule;
  if (isOpaque(action)) return 'unknown';
  switch (action) {
    case 'Allow':
      return policy.type === 'ClusterNetworkPolicy' ? 'refused' : 'Allow';
    case 'Accept':
      return policy.type === 'ClusterNetworkPolicy' ? 'Allow' : 'refused';
    case 'Deny':
      return 'Deny';
    case 'Pass':
      return policy.type === 'BaselineAdminNetworkPolicy' ? 'refused' : 'Pass';
    default:
      return 'refused';
  }
}

/**
 * True when a one-of of the rule has no member that this version of the API knows. Then it fails closed: an Allow rule matches nothing, a Deny or
 * Pass rule denies all.
 */
export function failsClosed(rule: AdminRule, direction: PolicyDirection): boolean {
  return rule.peers.some((peer) => isUnknownPeer(peer, direction)) || (rule.ports ?? []).some((port) => port.unknownMember);
}

/** Nodes, networks and names are members of egress peers alone. */
function isUnknownPeer(peer: AdminPeer, direction: PolicyDirection): boolean {
  return !peer.placeholder && (peer.unknownMember || (direction === 'Ingress' && !peer.namespaces && !peer.pods));
}

/** The items of `from` or `to` are OR-ed; an empty list is refused by the API and matches nobody. */
export function judgeAdminPeer(index: ClusterIndex, peer: AdminPeer, effect: AdminEffect, end: PolicyPeerEnd, modes: PolicyModes): Judged {
  const members = [peer.namespaces, peer.pods, peer.nodes, peer.networks, peer.domainNames].filter((member) => member !== undefined);
  if (members.length > 1) return { match: 'no', reason: 'a peer of two kinds is refused by the API' };
  const leavesOut = (podSet: PodSet): boolean => podSet.template.hostNetwork;
  if (peer.placeholder) return { match: 'unknown', reason: 'the peer is a placeholder' };
  if (peer.namespaces) return matchSelectors(index, { namespaces: peer.namespaces }, end, modes, leavesOut);
  if (peer.pods) return matchSelectors(index, { namespaces: peer.pods.namespaceSelector ?? everything, pods: peer.pods.podSelector }, end, modes, leavesOut);
  if (peer.nodes) return matchNodes(index, peer.nodes, end);
  if (peer.networks) return best(blocksOf(peer.networks).map((block) => matchBlock(index, block, end, modes, end.kind === 'pods' && leavesOut(end.podSet))));
  if (peer.domainNames) return effect === 'Deny' || effect === 'Pass' ? namesOnlyAllow : matchNames(peer.domainNames, end);
  return { match: 'no', reason: 'the peer is of a kind that is not known' };
}

const everything: LabelSelector = { matchLabels: new Map(), matchExpressions: [], open: false };
const namesOnlyAllow: Judged = { match: 'no', reason: 'domain names in a rule that does not allow are refused by the API' };

/** The ports of a rule; a missing or empty list is every port of every protocol. */
export function adminPorts(rule: AdminRule, destination: PortDestination): PortAnswer {
  return listPorts(rule.ports, (entry) => adminEntryPorts(entry, destination));
}

/** A named port is looked up on the destination pod, whatever its protocol. */
export function adminEntryPorts(entry: AdminPort, destination: PortDestination): PortAnswer {
  const { named, protocol } = entry;
  if (entry.placeholder) return perhaps(everyPort);
  if (named !== undefined) {
    if (isOpaque(named)) return destination === undefined ? matchesNoPort : perhaps(everyPort);
    return protocols
      .map((one) => namedPorts(named, one, destination))
      .reduce((all, one) => ({ yes: unitePorts(all.yes, one.yes), may: unitePorts(all.may, one.may) }), matchesNoPort);
  }
  if (isOpaque(protocol))
    return perhaps(
      protocols.reduce(
        (all, one) => unitePorts(all, entry.first === undefined ? portsOf(one) : rangePorts(one, entry.first, entry.last ?? entry.first).may),
        noPorts,
      ),
    );
  const wanted = protocols.find((candidate) => candidate === protocol);
  if (!wanted) return matchesNoPort;
  return entry.first === undefined ? surely(portsOf(wanted)) : rangePorts(wanted, entry.first, entry.last ?? entry.first);
}

/** By the labels of Node objects; the addresses that are matched are those of `status.addresses`. */
function matchNodes(index: ClusterIndex, selector: LabelSelector, end: PolicyPeerEnd): Judged {
  switch (end.kind) {
    case 'outside':
      return { match: 'no', reason: 'this is no node of the cluster' };
    case 'unknown-pod':
      return { match: 'no', reason: 'nodes are wanted, and this is a pod' };
    case 'pods':
      if (!end.podSet.template.hostNetwork) return { match: 'no', reason: 'nodes are wanted, and this is a pod with an address of its own' };
      return isFinished(end.podSet) ? { match: 'no', reason: 'the pod has finished' } : nodeLabelsMatch(selector, nodeOf(index, end.podSet));
    case 'node':
      return nodeLabelsMatch(selector, end.labels ?? (end.address && nodeAt(index, end.address)));
    case 'address': {
      const labels = nodeAt(index, end.address);
      if (labels) return nodeLabelsMatch(selector, labels);
      return mayBeNode(index, end.address)
        ? { match: 'unknown', reason: 'no manifest says whether a node has this address' }
        : { match: 'no', reason: 'the address is no node’s' };
    }
  }
}

function nodeLabelsMatch(selector: LabelSelector, labels: Labels | undefined): Judged {
  const match: Ternary = matches(selector, labels ?? { ...noLabels, open: true });
  if (match === 'yes') return { match, reason: isEmptySelector(selector) ? 'every node matches' : 'the labels of the node match' };
  return { match, reason: match === 'no' ? 'the labels of the node do not match' : 'the labels of the node are not known' };
}

function nodeOf(index: ClusterIndex, podSet: PodSet): Labels | undefined {
  const name = known(podSet.template.nodeName);
  return name === undefined ? undefined : index.ofKind('Node').find((node) => node.metadata.name === name)?.metadata.labels;
}

function nodeAt(index: ClusterIndex, address: Address): Labels | undefined {
  const text = formatAddress(address);
  const has = ({ address: written }: { readonly address?: Value<string> }): boolean => {
    const parsed = typeof written === 'string' ? parseAddress(written) : null;
    return parsed !== null && formatAddress(parsed) === text;
  };
  return index.ofKind('Node').find((node) => node.spec.addresses.some(has))?.metadata.labels;
}

function mayBeNode(index: ClusterIndex, address: Address): boolean {
  const configured = (index.context.cluster?.nodeCidr ?? []).flatMap((text) => parseCidr(text) ?? []);
  return (configured.length > 0 ? configured : privateAddresses).some((range) => cidrContains(range, address));
}

/** Blocks are kept with the list: what is read of each is kept with the block. */
const blocksByList = new WeakMap<readonly Value<string>[], readonly WrittenBlock[]>();

function blocksOf(networks: readonly Value<string>[]): readonly WrittenBlock[] {
  const kept = blocksByList.get(networks);
  if (kept) return kept;
  const made = networks.map((cidr): WrittenBlock => ({ cidr, except: [] }));
  blocksByList.set(networks, made);
  return made;
}

/** `*.example.com` is one or more labels before it, and not `example.com` itself. A name may end in a dot and be written in any case. */
function matchNames(names: readonly Value<string>[], end: PolicyPeerEnd): Judged {
  if (end.kind !== 'outside' && end.kind !== 'address') return { match: 'no', reason: 'a domain name means somebody outside the cluster' };
  const { hostname } = end;
  if (hostname === undefined) return { match: 'unknown', reason: 'which addresses a domain name has is in no manifest' };
  const asked = plainName(hostname);
  const hit = names.some((name) => !isOpaque(name) && nameMatches(plainName(name), asked));
  if (hit) return { match: 'yes', reason: `${hostname} is among the names` };
  return names.some(isOpaque) ? { match: 'unknown', reason: 'a name is a placeholder' } : { match: 'no', reason: `${hostname} is not among the names` };
}

function nameMatches(pattern: string, name: string): boolean {
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) && name.length > pattern.length - 1 : pattern === name;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function best(answers: readonly Judged[]): Judged {
  return (
    answers.find(({ match }) => match === 'yes') ??
    answers.find(({ match }) => match === 'unknown') ??
    answers[0] ?? { match: 'no', reason: 'there is no network in the list' }
  );
}

/** The place in a peer that a reader should look at. */
export function adminPeerPoint(peer: AdminPeer): Path {
  const member = (['namespaces', 'pods', 'nodes', 'networks', 'domainNames'] as const).find((key) => peer[key] !== undefined);
  return member === undefined ? peer.path : [...peer.path, member];
}

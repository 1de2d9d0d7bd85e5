/** Peers, selectors and ports of policies in words. */
import { isOpaque, textOf, type Value } from '../base/opaque';
import type { AdminPeer, AdminPods, AdminPort } from '../model/adminPolicy';
import { isEmptySelector, type LabelSelector } from '../model/labels';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '../model/resources';

/** `app: cartservice`, `namespaces with team: a`, `10.0.0.0/8 except 10.1.0.0/16`. */
export function describePeer(peer: NetworkPolicyPeer): string {
  if (peer.ipBlock) {
    const { except } = peer.ipBlock;
    return `${textOf(peer.ipBlock.cidr) ?? '?'}${except.length > 0 ? ` except ${listOf(except, 3)}` : ''}`;
  }
  const pods = peer.podSelector && !isEmptySelector(peer.podSelector) ? describeSelector(peer.podSelector) : undefined;
  if (!peer.namespaceSelector) return pods ?? 'every pod of this namespace';
  return podsOf(pods, peer.namespaceSelector);
}

export function describeAdminPeer(peer: AdminPeer): string {
  if (peer.namespaces) return podsOf(undefined, peer.namespaces);
  if (peer.pods) return describeAdminPods(peer.pods);
  if (peer.nodes) return isEmptySelector(peer.nodes) ? 'every node' : `nodes with ${describeSelector(peer.nodes)}`;
  if (peer.networks) return listOf(peer.networks, 4) || 'no network';
  if (peer.domainNames) return listOf(peer.domainNames, 4) || 'no name';
  return 'a peer of a kind that is not known';
}

function describeAdminPods({ namespaceSelector, podSelector }: AdminPods): string {
  return podsOf(podSelector && !isEmptySelector(podSelector) ? describeSelector(podSelector) : undefined, namespaceSelector);
}

function podsOf(pods: string | undefined, namespaces: LabelSelector | undefined): string {
  if (!namespaces || isEmptySelector(namespaces)) return pods === undefined ? 'every pod of every namespace' : `${pods} in every namespace`;
  const name = namespaces.matchLabels.get('kubernetes.io/metadata.name');
  const words =
    typeof name === 'string' && namespaces.matchLabels.size === 1 && namespaces.matchExpressions.length === 0
      ? `namespace ${name}`
      : `namespaces with ${describeSelector(namespaces)}`;
  return pods === undefined ? `every pod of ${words}` : `${pods} in ${words}`;
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

/** `8080/TCP`, `8000-8010/TCP`, `every UDP port`. */
export function describePort(entry: NetworkPolicyPort): string {
  const protocol = textOf(entry.protocol) ?? 'TCP';
  if (entry.port === undefined) return `every ${protocol} port`;
  return `${textNumber(entry.port)}${entry.endPort === undefined ? '' : `-${textNumber(entry.endPort)}`}/${protocol}`;
}

export function describeAdminPort(entry: AdminPort): string {
  if (entry.named !== undefined) return `the port named ${textOf(entry.named) ?? ''}`;
  const protocol = textOf(entry.protocol);
  if (protocol === undefined) return 'a port of a kind that is not known';
  if (entry.first === undefined) return `every ${protocol} port`;
  const last = entry.last === undefined || entry.last === entry.first ? '' : `-${textNumber(entry.last)}`;
  return `${textNumber(entry.first)}${last}/${protocol}`;
}

function listOf(values: readonly Value<string>[], most: number): string {
  return `${values
    .slice(0, most)
    .map((text) => textOf(text) ?? '')
    .join(', ')}${values.length > most ? ' …' : ''}`;
}

function textNumber(value: Value<number | string>): string {
  return isOpaque(value) ? value.text : String(value);
}

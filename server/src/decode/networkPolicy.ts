/** NetworkPolicy. */
import { isOpaque, Opaque } from '../base/opaque';
import type { NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicyRule, NetworkPolicySpec } from '../model/resources';
import type { Path } from '../protocol/source';
import type { Fields } from './fields';
import { itemsOf } from './placeholderItems';
import { optional } from './podTemplate';

/** https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/ */
export function decodeNetworkPolicy(root: Fields): NetworkPolicySpec {
  const spec = root.fields('spec');
  const policyTypes = spec.strings('policyTypes');
  const ingress = itemsOf(spec, 'ingress', unknownRule('from'), (rule) => decodeRule(rule, 'from')) ?? [];
  const egress = itemsOf(spec, 'egress', unknownRule('to'), (rule) => decodeRule(rule, 'to')) ?? [];
  return {
    podSelector: spec.selector('podSelector') ?? { matchLabels: new Map(), matchExpressions: [], open: false },
    hasPodSelector: spec.has('podSelector') && spec.raw('podSelector') !== null,
    ...optional('policyTypes', policyTypes.length > 0 ? policyTypes : undefined),
    ingress,
    egress,
  };
}

const unknownRule =
  (peers: 'from' | 'to') =>
  (path: Path): NetworkPolicyRule => ({ path, peers: [unknownPeer([...path, peers])], ports: [unknownPort([...path, 'ports'])] });
/** A block that is a placeholder may hold anybody. */
const unknownPeer = (path: Path): NetworkPolicyPeer => ({ path, ipBlock: { path, cidr: new Opaque(''), except: [] } });
const unknownPort = (path: Path): NetworkPolicyPort => ({ path, port: new Opaque(''), protocol: new Opaque('') });

function decodeRule(rule: Fields, peersKey: 'from' | 'to'): NetworkPolicyRule {
  return {
    path: rule.path,
    ...optional('peers', itemsOf(rule, peersKey, unknownPeer, decodePeer)),
    ...optional('ports', itemsOf(rule, 'ports', unknownPort, decodePort)),
  };
}

function decodePort(port: Fields): NetworkPolicyPort {
  return {
    path: port.path,
    ...optional('port', port.numberOrName('port')),
    ...optional('endPort', port.integer('endPort')),
    ...optional('protocol', port.string('protocol')),
  };
}

/** Where a template may add a member, a peer without any may be anybody, and one with a selector may have another. */
function decodePeer(peer: Fields): NetworkPolicyPeer {
  const block = peer.fields('ipBlock');
  const written = peer.has('podSelector') || peer.has('namespaceSelector') || peer.has('ipBlock');
  if (!written && isOpaque(peer.raw('ipBlock'))) return unknownPeer(peer.path);
  return {
    path: peer.path,
    ...optional('podSelector', peer.has('ipBlock') && !peer.has('podSelector') ? undefined : peer.selector('podSelector')),
    ...optional('namespaceSelector', peer.has('ipBlock') && !peer.has('namespaceSelector') ? undefined : peer.selector('namespaceSelector')),
    ...optional(
      'ipBlock',
      block.present || (block.unknown && peer.has('ipBlock'))
        ? { path: block.path, ...optional('cidr', block.string('cidr')), except: block.strings('except') }
        : undefined,
    ),
  };
}

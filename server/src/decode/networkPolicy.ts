/** NetworkPolicy. */
import type { NetworkPolicyPeer, NetworkPolicyRule, NetworkPolicySpec } from '../model/resources';
import type { Fields } from './fields';
import { optional } from './podTemplate';

/** https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/ */
export function decodeNetworkPolicy(root: Fields): NetworkPolicySpec {
  const spec = root.fields('spec');
  const policyTypes = spec.strings('policyTypes');
  const ingress = spec.list('ingress').map((rule) => decodeRule(rule, 'from'));
  const egress = spec.list('egress').map((rule) => decodeRule(rule, 'to'));
  return {
    podSelector: spec.selector('podSelector') ?? { matchLabels: new Map(), matchExpressions: [], open: false },
    hasPodSelector: spec.has('podSelector') && spec.raw('podSelector') !== null,
    ...optional('policyTypes', policyTypes.length > 0 ? policyTypes : undefined),
    ingress,
    egress,
  };
}

function decodeRule(rule: Fields, peersKey: 'from' | 'to'): NetworkPolicyRule {
  return {
    path: rule.path,
    ...optional('peers', Array.isArray(rule.raw(peersKey)) ? rule.list(peersKey).map(decodePeer) : undefined),
    ...optional(
      'ports',
      Array.isArray(rule.raw('ports'))
        ? rule.list('ports').map((port) => ({
            path: port.path,
            ...optional('port', port.numberOrName('port')),
            ...optional('endPort', port.integer('endPort')),
            ...optional('protocol', port.string('protocol')),
          }))
        : undefined,
    ),
  };
}

function decodePeer(peer: Fields): NetworkPolicyPeer {
  const block = peer.fields('ipBlock');
  return {
    path: peer.path,
    ...optional('podSelector', peer.selector('podSelector')),
    ...optional('namespaceSelector', peer.selector('namespaceSelector')),
    ...optional('ipBlock', block.present ? { path: block.path, ...optional('cidr', block.string('cidr')), except: block.strings('except') } : undefined),
  };
}

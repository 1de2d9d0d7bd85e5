/** A peer of a NetworkPolicy that names nobody. */
import { isOpaque, missingKey } from '../../base/opaque';
import type { Fix } from '../../model/finding';
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { peersKey, policyDirections, policyRules, removePeerFix, type NetworkPolicy, type PolicyBlock } from '../shared/cidrs';

const members = ['podSelector', 'namespaceSelector', 'ipBlock'];

export const peerEmpty = documentRule({
  meta: {
    id: 'policy/peer-empty',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A peer has neither a selector nor an ipBlock.',
    why: 'Every item of `from` and `to` names somebody: pods by a `podSelector`, namespaces by a `namespaceSelector`, or addresses by an `ipBlock`. The API server refuses an item without any of them ("must specify a peer"), and with it the whole policy. A key without a value, `podSelector:`, is null and counts as missing; `podSelector: {}` is an empty selector and means every pod of the namespace.',
    remedy:
      'Write `podSelector: {}` for every pod of the policy’s namespace, or `namespaceSelector: {}` for every pod of the cluster. To allow everybody, also from outside, leave out `from` or `to` altogether. To allow nobody, remove the rule.',
    references: [
      '[Behavior of to and from selectors](https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors)',
      '`pkg/apis/networking/validation/validation.go` (ValidateNetworkPolicyPeer)',
    ],
    messages: {
      empty: 'A peer needs a selector or an ipBlock. Without one the API server refuses the policy.',
      null: '`{key}` without a value is no selector, and a peer needs one. Without it the API server refuses the policy; `{key}: {}` would select everything.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    if (policy.partial) return;
    for (const direction of policyDirections) {
      for (const rule of policyRules(policy, direction)) {
        for (const peer of rule.rule.peers ?? []) {
          const written = valueAt(policy, peer.path);
          const key = emptyMember(written);
          if (key === undefined) continue;
          const selector = key === 'namespaceSelector' ? key : 'podSelector';
          const block: PolicyBlock = { ...rule, peerIndex: 0, peer, path: peer.path, cidr: undefined, except: [] };
          const remove = removePeerFix(
            block,
            (rule.rule.peers ?? []).length > 1 ? 'Remove the peer' : `Remove the rule, whose \`${peersKey(direction)}\` names nobody`,
          );
          const fixes: Fix[] = [selectorFix(policy, peer.path, selector, key === selector), ...(remove ? [remove] : [])];
          yield {
            at: { resource: policy, path: peer.path, part: 'item' as const },
            message: key === '' ? ('empty' as const) : ('null' as const),
            ...(key === '' ? {} : { data: { key } }),
            fixes,
          };
        }
      }
    }
  },
});

/** The key that stands there without a value, '' where there is none; undefined for an item that names somebody, or may do so. */
function emptyMember(written: unknown): string | undefined {
  if (written === null) return '';
  if (typeof written !== 'object' || isOpaque(written) || Array.isArray(written) || missingKey(written) !== undefined) return undefined;
  const entries = Object.entries(written);
  // A key that no peer has is a mistake of its own.
  if (entries.some(([key, value]) => value !== null || !members.includes(key))) return undefined;
  return entries[0]?.[0] ?? '';
}

function selectorFix(policy: NetworkPolicy, path: readonly (string | number)[], selector: 'podSelector' | 'namespaceSelector', exists: boolean): Fix {
  const title = selector === 'podSelector' ? 'Select every pod of the namespace' : 'Select every namespace';
  const edit = exists
    ? ({ kind: 'replace', resource: policy, path: [...path, selector], value: {} } as const)
    : ({ kind: 'replace', resource: policy, path, value: { [selector]: {} } } as const);
  return { title, preferred: true, edits: [edit] };
}

/** An ipBlock and a selector in one peer. */
import { isOpaque } from '../../base/opaque';
import type { Fix } from '../../model/finding';
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { peersKey, policyDirections, policyRules, type PolicyRule } from '../shared/cidrs';
import { mayHoldMore } from '../shared/templated';

export const peerMixedIpblock = documentRule({
  meta: {
    id: 'policy/peer-mixed-ipblock',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A peer has an ipBlock and a selector.',
    why: 'A peer is either a range of addresses or a choice of pods. The API server refuses an item of `from` or `to` that has an `ipBlock` beside a `podSelector` or a `namespaceSelector` ("may not specify both ipBlock and another peer"), and with it the whole policy. What is meant are usually two peers: these pods, or those addresses.',
    remedy: 'Make two items of it, each with its own dash. Items of one list are alternatives.',
    references: [
      '[Behavior of to and from selectors](https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors)',
      '`pkg/apis/networking/validation/validation.go` (ValidateNetworkPolicyPeer)',
    ],
    messages: {
      mixed: 'An ipBlock cannot stand beside {selectors} in one item: the API server refuses the policy.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    for (const direction of policyDirections) {
      for (const rule of policyRules(policy, direction)) {
        for (const [position, peer] of (rule.rule.peers ?? []).entries()) {
          const beside = (['podSelector', 'namespaceSelector'] as const).filter((key) => isWritten(valueAt(policy, [...peer.path, key])));
          const block = valueAt(policy, [...peer.path, 'ipBlock']);
          if (beside.length === 0 || !isWritten(block)) continue;
          const fix = splitFix(rule, position, block);
          yield {
            at: { resource: policy, path: peer.path, part: 'item' as const },
            message: 'mixed' as const,
            data: { selectors: beside.map((key) => `a ${key}`).join(' or ') },
            fixes: fix ? [fix] : [],
          };
        }
      }
    }
  },
});

/** A placeholder may still become null. */
function isWritten(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !isOpaque(value);
}

function splitFix({ policy, rule, direction }: PolicyRule, position: number, block: unknown): Fix | undefined {
  if (mayHoldMore(block)) return undefined;
  const list = [...rule.path, peersKey(direction)];
  // The new item goes to the side on which it does not touch the lines that leave.
  const item = valueAt(policy, [...list, position]);
  const isFirst = typeof item === 'object' && item !== null && Object.keys(item)[0] === 'ipBlock';
  return {
    title: 'Split into two peers',
    preferred: true,
    edits: [
      { kind: 'remove', resource: policy, path: [...list, position, 'ipBlock'] },
      { kind: 'insert', resource: policy, path: list, key: isFirst ? position + 1 : position, value: { ipBlock: block } },
    ],
  };
}

/** Excepts that together take away their whole block. */
import { documentRule } from '../rule';
import { addressesOf, blocksOfPolicy, removePeerFix } from '../shared/cidrs';

export const exceptCoversAll = documentRule({
  meta: {
    id: 'cidr/except-covers-all',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'The excepts of a peer together take away its whole `cidr`.',
    why: 'Each `except` is valid by itself, so the API server accepts the policy, but together they leave no address of the block. The peer then matches nothing: connections that the policy seems to allow are dropped, and a rule whose only peer this is allows nobody. It usually comes from splitting a range into halves, or from adding one `except` too many.',
    remedy: 'Remove the peer if nothing should be allowed by it, or the `except` that goes too far.',
    references: [
      '[Network Policies: ipBlock](https://kubernetes.io/docs/concepts/services-networking/network-policies/)',
      '`staging/src/k8s.io/api/networking/v1/types.go` (IPBlock)',
    ],
    messages: {
      nothing: 'The excepts together remove all of `{cidr}`; this peer matches no address.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    for (const block of blocksOfPolicy(policy)) {
      if (!block.cidr || addressesOf(block)?.isEmpty !== true) continue;
      const removePeer = removePeerFix(block, 'Remove the peer');
      yield {
        at: { resource: policy, path: [...block.path, 'except'] },
        message: 'nothing',
        data: { cidr: block.cidr.text },
        related: [{ mark: { resource: policy, path: block.cidr.path }, message: 'The block that nothing is left of.' }],
        fixes: removePeer ? [removePeer] : [],
      };
    }
  },
});

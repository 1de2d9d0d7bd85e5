/** An `except` that is the whole block. */
import { formatCidr } from '../../base/addresses';
import { documentRule } from '../rule';
import { blocksOfPolicy, removePeerFix } from '../shared/cidrs';

export const exceptEqualsCidr = documentRule({
  meta: {
    id: 'cidr/except-equals-cidr',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'An `except` takes away its whole `cidr`.',
    why: 'A peer whose `except` equals its `cidr` would allow no address at all. The API server does not accept that: an `except` has to be strictly smaller than the block, and one that is not makes it refuse the whole policy. Ranges are compared after masking, so `10.0.0.0/8` and `10.1.2.3/8` are equal.',
    remedy: 'Remove the `except` if the block should be allowed, remove the peer if it should not, or write the smaller range that was meant.',
    references: [
      '[Network Policies: ipBlock](https://kubernetes.io/docs/concepts/services-networking/network-policies/)',
      '`pkg/apis/networking/validation/validation.go` (ValidateIPBlock)',
    ],
    messages: {
      equals: '`except` removes the whole block `{cidr}`, so this peer would match nothing. The API server refuses it.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    for (const block of blocksOfPolicy(policy)) {
      const outer = block.cidr;
      if (!outer?.cidr) continue;
      for (const item of block.except) {
        if (!item?.cidr || formatCidr(item.cidr) !== formatCidr(outer.cidr)) continue;
        const removePeer = removePeerFix(block, 'Remove the peer');
        yield {
          at: { resource: policy, path: item.path },
          message: 'equals',
          data: { cidr: outer.text },
          related: [{ mark: { resource: policy, path: outer.path }, message: 'The block that is taken away.' }],
          fixes: [
            { title: 'Remove the except', edits: [{ kind: 'remove', resource: policy, path: item.path, pruneEmpty: true }] },
            ...(removePeer ? [removePeer] : []),
          ],
        };
      }
    }
  },
});

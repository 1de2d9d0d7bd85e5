/** An `except` that does not lie inside its block. */
import { cidrWithin, formatCidr, type Cidr } from '../../base/addresses';
import type { Fix } from '../../model/finding';
import { documentRule } from '../rule';
import { blocksOfPolicy, cutsInside, familyName, removePeerFix, type PolicyBlock, type WrittenRange } from '../shared/cidrs';

export const exceptOutside = documentRule({
  meta: {
    id: 'cidr/except-outside',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'An `except` is not inside the `cidr` that it should be cut out of.',
    why: 'An `except` takes a smaller range out of the `cidr` of its own `ipBlock`, and nothing else. The API server checks that each one lies inside that block and is smaller, and refuses the whole policy otherwise, so none of its rules come into force. Besides, such an `except` would do nothing: addresses outside the block are not allowed by this peer in the first place.',
    remedy:
      'If the range should be denied and lies outside, drop the `except`: it is not allowed by this peer anyway. If it was mistyped, correct it so that it lies inside the `cidr`, in the same address family.',
    references: [
      '[Network Policies: ipBlock](https://kubernetes.io/docs/concepts/services-networking/network-policies/)',
      '`pkg/apis/networking/validation/validation.go` (ValidateIPBlock)',
    ],
    messages: {
      outside: '`{except}` is not inside `{cidr}`; `except` can only cut a smaller range out of `cidr`.',
      larger: '`{except}` is larger than `{cidr}` and contains all of it; `except` can only cut a smaller range out of `cidr`.',
      family: '`{except}` is {exceptFamily} and `{cidr}` is {cidrFamily}, so it cannot lie inside; `except` can only cut a smaller range out of `cidr`.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    for (const block of blocksOfPolicy(policy)) {
      const outer = block.cidr;
      if (!outer?.cidr) continue;
      for (const item of block.except) {
        if (!item?.cidr || cutsInside(item.cidr, outer.cidr) || formatCidr(item.cidr) === formatCidr(outer.cidr)) continue;
        const message = messageFor(item.cidr, outer.cidr);
        yield {
          at: { resource: policy, path: item.path },
          message,
          data: { except: item.text, cidr: outer.text, exceptFamily: familyName(item.cidr), cidrFamily: familyName(outer.cidr) },
          related: [{ mark: { resource: policy, path: outer.path }, message: 'The block that it should lie in.' }],
          fixes: fixes(block, item, message === 'larger'),
        };
      }
    }
  },
});

function messageFor(except: Cidr, outer: Cidr): 'outside' | 'larger' | 'family' {
  if (except.family !== outer.family) return 'family';
  return cidrWithin(outer, except) ? 'larger' : 'outside';
}

/** One that swallows the block says that nothing of it was meant to be allowed. */
function fixes(block: PolicyBlock, item: WrittenRange, swallows: boolean): Fix[] {
  const removeExcept: Fix = {
    title: 'Remove this except',
    preferred: !swallows,
    edits: [{ kind: 'remove', resource: block.policy, path: item.path, pruneEmpty: true }],
  };
  const removePeer = swallows ? removePeerFix(block, 'Remove the whole peer') : undefined;
  return removePeer ? [removeExcept, removePeer] : [removeExcept];
}

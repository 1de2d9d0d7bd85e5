/** A peer whose addresses another peer of the same rule already allows. */
import { cidrWithin, formatCidr, type AddressSet } from '../../base/addresses';
import { documentRule } from '../rule';
import { addressesOf, blocksOf, policyDirections, policyRules, type PolicyBlock } from '../shared/cidrs';

export const peerShadowed = documentRule({
  meta: {
    id: 'cidr/peer-shadowed',
    severity: 'information',
    default: 'information',
    tier: 'A',
    summary: 'A peer adds nothing, because a wider one stands in the same rule.',
    why: 'The peers of a rule are alternatives: a connection passes if any of them matches. A range that lies inside another peer of the same rule therefore changes nothing, neither now nor when it is removed. It does harm only to readers, who take it for a restriction: narrowing the small range does not narrow what is allowed.',
    remedy: 'Remove the narrower peer, or the wider one if only the narrower was meant.',
    references: [
      '[Network Policies: behavior of to and from selectors](https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors)',
      '`staging/src/k8s.io/api/networking/v1/types.go` (NetworkPolicyIngressRule.From)',
    ],
    messages: {
      shadowed: '`{inner}` adds nothing: `{outer}` in the same rule already allows it.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    for (const direction of policyDirections) {
      for (const rule of policyRules(policy, direction)) {
        const shadows = shadowsOf(blocksOf(rule));
        for (const [inner, outer] of [...shadows].sort(([a], [b]) => a.peerIndex - b.peerIndex)) {
          if (!inner.cidr || !outer.cidr) continue;
          yield {
            at: { resource: policy, path: inner.cidr.path },
            message: 'shadowed',
            data: { inner: inner.cidr.text, outer: outer.cidr.text },
            related: [{ mark: { resource: policy, path: outer.cidr.path }, message: 'The wider peer.' }],
            fixes: [{ title: `Remove ${inner.cidr.text}`, preferred: true, edits: [{ kind: 'remove', resource: policy, path: inner.peer.path }] }],
            tag: 'unnecessary',
          };
        }
      }
    }
  },
});

interface Member {
  readonly block: PolicyBlock;
  readonly set: AddressSet;
  /** How many addresses: only a larger set can contain another one strictly. */
  readonly size: bigint;
  readonly key: string;
}

/** Blocks nest or are disjoint, so sorted by address each one need only be compared with those that still enclose it. */
function shadowsOf(blocks: readonly PolicyBlock[]): Map<PolicyBlock, PolicyBlock> {
  const members = blocks.flatMap((block): Member[] => {
    const set = addressesOf(block);
    return set && !set.isEmpty ? [{ block, set, size: sizeOf(set), key: set.toCidrs().join() }] : [];
  });
  const sorted = members.sort((a, b) => compare(a.block, b.block));
  const shadows = new Map<PolicyBlock, PolicyBlock>();
  let enclosing: Member[] = [];
  for (const member of sorted) {
    enclosing = enclosing.filter((outer) => isWithin(member.block, outer.block));
    for (const outer of enclosing) {
      if (outer.size > member.size && !shadows.has(member.block) && outer.set.contains(member.set)) shadows.set(member.block, outer.block);
      else if (outer.size < member.size && !shadows.has(outer.block) && member.set.contains(outer.set)) shadows.set(outer.block, member.block);
    }
    if (!enclosing.some((outer) => outer.key === member.key)) enclosing.push(member);
  }
  return shadows;
}

function isWithin(inner: PolicyBlock, outer: PolicyBlock): boolean {
  const [left, right] = [inner.cidr?.cidr, outer.cidr?.cidr];
  return !!left && !!right && cidrWithin(left, right);
}

function compare(a: PolicyBlock, b: PolicyBlock): number {
  const [left, right] = [a.cidr?.cidr, b.cidr?.cidr];
  if (!left || !right) return 0;
  if (left.family !== right.family) return left.family - right.family;
  if (left.first !== right.first) return left.first < right.first ? -1 : 1;
  return left.prefix - right.prefix || a.peerIndex - b.peerIndex || formatCidr(left).localeCompare(formatCidr(right));
}

function sizeOf(set: AddressSet): bigint {
  return [...set.four, ...set.six].reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}

/** Address ranges as policies and other manifests write them, for the rules of the `cidr` family. */
import { AddressSet, cidrWithin, parseCidr, type Cidr } from '../../base/addresses';
import { known } from '../../base/opaque';
import type { Path } from '../../protocol/source';
import type { Fix, Mark, ScalarSpan } from '../../model/finding';
import { isolates } from '../../model/policyTypes';
import { valueAt, type NetworkPolicyPeer, type NetworkPolicyRule, type PolicyDirection, type Resource } from '../../model/resources';

export type NetworkPolicy = Resource<'NetworkPolicy'>;

/** One range as it is written. `cidr` is null when the text is no CIDR. */
export interface WrittenRange {
  readonly path: Path;
  readonly span?: ScalarSpan;
  readonly text: string;
  readonly cidr: Cidr | null;
}

/** One rule of a policy with its number in the file, counted from 0. */
export interface PolicyRule {
  readonly policy: NetworkPolicy;
  readonly direction: PolicyDirection;
  readonly index: number;
  readonly rule: NetworkPolicyRule;
}

/** One `ipBlock` peer. `except` holds an undefined where the text of an item cannot be known. */
export interface PolicyBlock extends PolicyRule {
  readonly peerIndex: number;
  readonly peer: NetworkPolicyPeer;
  readonly path: Path;
  readonly cidr: WrittenRange | undefined;
  readonly except: readonly (WrittenRange | undefined)[];
}

export const policyDirections: readonly PolicyDirection[] = ['Ingress', 'Egress'];

/** The rules of one direction, also those that `policyTypes` leaves without effect. */
export function policyRules(policy: NetworkPolicy, direction: PolicyDirection): PolicyRule[] {
  const rules = direction === 'Ingress' ? policy.spec.ingress : policy.spec.egress;
  return rules.map((rule, index) => ({ policy, direction, index, rule }));
}

/** The `ipBlock` peers of one rule, in file order. */
export function blocksOf(rule: PolicyRule): PolicyBlock[] {
  return (rule.rule.peers ?? []).flatMap((peer, peerIndex) => {
    if (!peer.ipBlock) return [];
    const { path, cidr, except } = peer.ipBlock;
    const text = known(cidr);
    return [
      {
        ...rule,
        peerIndex,
        peer,
        path,
        cidr: text === undefined ? undefined : { path: [...path, 'cidr'], text, cidr: parseCidr(text) },
        except: except.map((item, index) => {
          const written = known(item);
          return written === undefined ? undefined : { path: [...path, 'except', index], text: written, cidr: parseCidr(written) };
        }),
      },
    ];
  });
}

/** The `ipBlock` peers of a policy, both directions. */
export function blocksOfPolicy(policy: NetworkPolicy): PolicyBlock[] {
  return policyDirections.flatMap((direction) => policyRules(policy, direction).flatMap(blocksOf));
}

/**
 * The addresses of a peer: its block without every `except`. Undefined when they cannot be known, or when the API server refuses the peer,
 * because then a finding of its own speaks of it. https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
 */
export function addressesOf(block: PolicyBlock): AddressSet | undefined {
  const outer = block.cidr?.cidr;
  if (!outer || block.peer.podSelector || block.peer.namespaceSelector) return undefined;
  const cuts: Cidr[] = [];
  for (const item of block.except) {
    if (!item?.cidr || !cutsInside(item.cidr, outer)) return undefined;
    cuts.push(item.cidr);
  }
  return AddressSet.of([outer]).without(AddressSet.of(cuts));
}

/** What the API server asks of an `except`: it lies in the block and is smaller (ValidateIPBlock). */
export function cutsInside(except: Cidr, outer: Cidr): boolean {
  return cidrWithin(except, outer) && except.prefix > outer.prefix;
}

export function peersKey(direction: PolicyDirection): 'from' | 'to' {
  return direction === 'Ingress' ? 'from' : 'to';
}

/** True for a rule without peers: it allows everyone. False when `from` or `to` cannot be read. */
export function allowsEveryone(rule: PolicyRule): boolean {
  const written = valueAt(rule.policy, [...rule.rule.path, peersKey(rule.direction)]);
  return written === undefined || written === null || (Array.isArray(written) && written.length === 0);
}

/** The first key of a rule: the line that a person sees as its beginning. */
export function startOfRule(rule: PolicyRule): Mark {
  const written = valueAt(rule.policy, rule.rule.path);
  const first = typeof written === 'object' && written !== null ? Object.keys(written)[0] : undefined;
  if (first === undefined) return { resource: rule.policy, path: rule.rule.path, part: 'item' };
  return { resource: rule.policy, path: [...rule.rule.path, first], part: 'key' };
}

/**
 * Removes one peer so that nothing more becomes allowed: a rule left without peers would allow everyone, so it goes whole, and its
 * list stays as an empty one. None where that would end the isolation itself (egress rules that alone make a policy one of egress).
 */
export function removePeerFix(block: PolicyBlock, title: string): Fix | undefined {
  const { policy, rule, peer, direction } = block;
  if ((rule.peers?.length ?? 0) > 1) return { title, edits: [{ kind: 'remove', resource: policy, path: peer.path }] };
  const siblings = direction === 'Ingress' ? policy.spec.ingress : policy.spec.egress;
  if (siblings.length === 1 && direction === 'Egress' && policy.spec.policyTypes === undefined) return undefined;
  return isolates(policy.spec, direction) === 'yes' ? { title, edits: [{ kind: 'remove', resource: policy, path: rule.path }] } : undefined;
}

/** The words for a family. */
export function familyName(cidr: { readonly family: 4 | 6 }): string {
  return cidr.family === 4 ? 'IPv4' : 'IPv6';
}

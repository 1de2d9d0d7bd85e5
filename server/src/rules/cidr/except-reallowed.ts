/** An `except` whose addresses another peer, rule or policy allows again. */
import { AddressSet, cidrsOverlap, type Cidr } from '../../base/addresses';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { Finding, Fix, Mark } from '../../model/finding';
import type { LabelSelector } from '../../model/labels';
import { isolates } from '../../model/policyTypes';
import type { PolicyDirection } from '../../model/resources';
import { contextRule } from '../rule';
import {
  addressesOf,
  allowsEveryone,
  blocksOf,
  cutsInside,
  policyDirections,
  policyRules,
  removePeerFix,
  startOfRule,
  type NetworkPolicy,
  type PolicyBlock,
  type PolicyRule,
  type WrittenRange,
} from '../shared/cidrs';
import { portsContain, portsMeet, portsOfRule, withResolvedNames, type PolicyPortSet } from '../shared/policyPorts';
import { wordList } from '../shared/words';

type Message = 'peer' | 'rule' | 'policy' | 'somePorts';

export const exceptReallowed = contextRule({
  meta: {
    id: 'cidr/except-reallowed',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'What an `except` cuts out is allowed again elsewhere.',
    why: 'NetworkPolicies only add up; there is no deny. An `except` takes addresses out of its own peer and does not forbid them: when another peer of the rule, another rule, or another policy for the same pods allows them on the same ports, the connection passes. People write `except` to keep a range out, such as the metadata address of a cloud or an internal network, and read a protection into it that is not there.',
    remedy:
      'Cut the same range out of the other peer as well, or narrow that one. If the range may pass after all, remove the `except`, so that the policy says what happens.',
    references: [
      '[Network Policies](https://kubernetes.io/docs/concepts/services-networking/network-policies/)',
      '`staging/src/k8s.io/api/networking/v1/types.go` (IPBlock)',
    ],
    messages: {
      peer: '`{except}` is cut out here, but `{other}` in the same rule allows {back} again. Policies only add up: an `except` does not deny.',
      rule: '`{except}` is cut out here, but rule {number} allows {back} again. Policies only add up: an `except` does not deny.',
      policy: '`{except}` is cut out here, but policy {policy} allows {back} again for the same pods. Policies only add up: an `except` does not deny.',
      somePorts: '`{except}` is cut out here, but {where} allows {back} again on some of these ports. Policies only add up: an `except` does not deny.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy, index) {
    for (const direction of policyDirections) {
      if (isolates(policy.spec, direction) !== 'yes') continue;
      const cutting = policyRules(policy, direction)
        .flatMap(blocksOf)
        .filter((block) => block.except.length > 0 && addressesOf(block));
      if (cutting.length === 0) continue;
      const allowances = allowancesFor(policy, direction, index);
      const together = new Map<NetworkPolicy, boolean>([[policy, true]]);
      // Pods are looked at last, and only for a policy that allows such addresses at all.
      const concerns = ({ rule }: Allowance): boolean => {
        const before = together.get(rule.policy);
        if (before !== undefined) return before;
        const answer = selectTogether(policy, rule.policy, index);
        together.set(rule.policy, answer);
        return answer;
      };
      for (const block of cutting) {
        const ports = portsFor(block, portsOfRule(block), index);
        for (const except of block.except) {
          if (!except?.cidr || !block.cidr?.cidr || !cutsInside(except.cidr, block.cidr.cidr)) continue;
          const back = firstBack(block, except, ports, allowances, concerns, (allowance) => portsFor(allowance.rule, allowance.ports, index));
          if (back) yield finding(block, except, back);
        }
      }
    }
  },
});

/** A peer that allows addresses, or a rule that allows everyone. */
interface Allowance {
  readonly rule: PolicyRule;
  readonly block: PolicyBlock | undefined;
  readonly addresses: AddressSet;
  readonly ports: PolicyPortSet;
}

interface Back {
  readonly allowance: Allowance;
  readonly addresses: AddressSet;
  /** On every port of the peer that cuts the range out. */
  readonly wholly: boolean;
}

/** Of the policy itself, and of the others of its namespace, whichever pods they select. */
function allowancesFor(policy: NetworkPolicy, direction: PolicyDirection, index: ClusterIndex): Allowance[] {
  const namespace = index.namespaceOf(policy);
  const others = index
    .inNamespace('NetworkPolicy', namespace)
    .filter((other) => other !== policy && index.sameNamespace(index.namespaceOf(other), namespace) === 'yes' && other.metadata.name !== policy.metadata.name)
    .filter((other) => isolates(other.spec, direction) === 'yes');
  return [policy, ...others].flatMap((source) => allowancesOf(source, direction));
}

/** Kept with the policy, because every other one asks. Named ports are still without their numbers. */
const keptAllowances = new WeakMap<NetworkPolicy, Map<PolicyDirection, readonly Allowance[]>>();

function allowancesOf(policy: NetworkPolicy, direction: PolicyDirection): readonly Allowance[] {
  const ofPolicy = keptAllowances.get(policy) ?? new Map<PolicyDirection, readonly Allowance[]>();
  keptAllowances.set(policy, ofPolicy);
  const before = ofPolicy.get(direction);
  if (before) return before;
  const allowances = policyRules(policy, direction).flatMap((rule): Allowance[] => {
    const ports = portsOfRule(rule);
    if (allowsEveryone(rule)) return [{ rule, block: undefined, addresses: AddressSet.all, ports }];
    return blocksOf(rule).flatMap((block) => {
      const addresses = addressesOf(block);
      return addresses && !addresses.isEmpty ? [{ rule, block, addresses, ports }] : [];
    });
  });
  ofPolicy.set(direction, allowances);
  return allowances;
}

/** A named port is one of the destination, which is the selected pod for ingress and outside the cluster for egress. */
function portsFor(rule: PolicyRule, ports: PolicyPortSet, index: ClusterIndex): PolicyPortSet {
  if (rule.direction === 'Egress' || ports.names.size === 0) return ports;
  const { yes } = index.select(index.namespaceOf(rule.policy), rule.policy.spec.podSelector);
  return withResolvedNames(
    ports,
    yes.map((podSet) => podSet.template),
  );
}

/** True when a known pod is selected by both, or, where neither selects a known pod, both have the same selector. */
function selectTogether(a: NetworkPolicy, b: NetworkPolicy, index: ClusterIndex): boolean {
  const namespace = index.namespaceOf(a);
  const ofA = index.select(namespace, a.spec.podSelector);
  const ofB = index.select(namespace, b.spec.podSelector);
  if (ofA.yes.some((podSet) => ofB.yes.includes(podSet))) return true;
  const someKnown = [ofA, ofB].some(({ yes, maybe }) => yes.length + maybe.length > 0);
  return !someKnown && selectorKey(a.spec.podSelector) !== undefined && selectorKey(a.spec.podSelector) === selectorKey(b.spec.podSelector);
}

/** Undefined when a part of the selector cannot be known. */
function selectorKey(selector: LabelSelector): string | undefined {
  if (selector.open) return undefined;
  const labels = [...selector.matchLabels].sort(([a], [b]) => (a < b ? -1 : 1));
  const words = [labels, selector.matchExpressions.map(({ key, operator, values }) => [key, operator, values])];
  let isKnown = true;
  const text = JSON.stringify(words, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) isKnown = false;
    return value;
  });
  return isKnown ? text : undefined;
}

/** What comes back on every port before what comes back on some, the nearest first. */
function firstBack(
  block: PolicyBlock,
  except: WrittenRange,
  ports: PolicyPortSet,
  allowances: readonly Allowance[],
  concerns: (allowance: Allowance) => boolean,
  resolve: (allowance: Allowance) => PolicyPortSet,
): Back | undefined {
  if (!except.cidr) return undefined;
  const cut = AddressSet.of([except.cidr]);
  let onSomePorts: Back | undefined;
  for (const allowance of inOrder(block, allowances)) {
    if (!mayTouch(allowance, except.cidr)) continue;
    const theirs = resolve(allowance);
    if (!portsMeet(theirs, ports)) continue;
    const addresses = allowance.addresses.and(cut);
    if (addresses.isEmpty || !concerns(allowance)) continue;
    const wholly = portsContain(theirs, ports);
    if (wholly) return { allowance, addresses, wholly };
    onSomePorts ??= { allowance, addresses, wholly };
  }
  return onSomePorts;
}

/** Cheap: most blocks are elsewhere. */
function mayTouch({ block }: Allowance, cut: Cidr): boolean {
  return !block?.cidr?.cidr || cidrsOverlap(block.cidr.cidr, cut);
}

/** Its own rule, then the other rules of the policy, then other policies; never the peer itself. */
function inOrder(block: PolicyBlock, allowances: readonly Allowance[]): Allowance[] {
  const own = allowances.filter(({ rule }) => rule.policy === block.policy);
  const sameRule = own.filter((allowance) => allowance.rule.index === block.index && allowance.block?.peerIndex !== block.peerIndex);
  return [...sameRule, ...own.filter(({ rule }) => rule.index !== block.index), ...allowances.filter(({ rule }) => rule.policy !== block.policy)];
}

function finding(block: PolicyBlock, except: WrittenRange, back: Back): Finding<Message> {
  const { allowance, wholly } = back;
  const { rule } = allowance;
  const message = rule.policy !== block.policy ? 'policy' : rule.index !== block.index ? 'rule' : 'peer';
  const where = message === 'policy' ? `policy ${rule.policy.metadata.name}` : `rule ${rule.index + 1}`;
  return {
    at: { resource: block.policy, path: except.path },
    message: wholly ? message : 'somePorts',
    severity: wholly ? 'warning' : 'information',
    data: {
      except: except.text,
      back: wordList(back.addresses.toCidrs()),
      other: allowance.block?.cidr?.text ?? '',
      number: rule.index + 1,
      policy: rule.policy.metadata.name,
      where,
    },
    related: [{ mark: markOf(allowance), message: 'Allowed again here.' }],
    fixes: fixes(block, except, back),
  };
}

function markOf({ block, rule }: Allowance): Mark {
  return block?.cidr ? { resource: rule.policy, path: block.cidr.path } : startOfRule(rule);
}

function fixes(block: PolicyBlock, except: WrittenRange, { allowance, addresses, wholly }: Back): Fix[] {
  const result: Fix[] = [];
  const other = allowance.block;
  const inner = except.cidr;
  const otherText = other?.cidr?.text ?? '';
  if (other?.cidr?.cidr && inner && cutsInside(inner, other.cidr.cidr)) {
    const { path, policy } = other;
    const edit =
      other.except.length > 0
        ? ({ kind: 'insert', resource: policy, path: [...path, 'except'], key: other.except.length, value: except.text } as const)
        : ({ kind: 'insert', resource: policy, path, key: 'except', value: [except.text] } as const);
    result.push({ title: `Cut ${except.text} out of ${otherText} too`, preferred: true, edits: [edit] });
  } else if (other) {
    const remove = removePeerFix(other, `Remove ${otherText}`);
    if (remove) result.push(remove);
  }
  // Only where it changes nothing: all of the range passes already.
  if (wholly && inner && addresses.contains(AddressSet.of([inner]))) {
    result.push({ title: 'Remove this except', edits: [{ kind: 'remove', resource: block.policy, path: except.path, pruneEmpty: true }] });
  }
  return result;
}

/** Which connections are open in one of two contexts and not in the other, and what made the difference. */
import type { Address } from '../base/addresses';
import { type Interval, normalize } from '../base/intervals';
import { isNoPort, type PortSet } from '../cluster/portSet';
import { adminKinds } from '../cluster/policyAdmin';
import type { Context } from '../model/context';
import type { PolicyDirection, Resource } from '../model/resources';
import { type AddressClass, namesSix } from './addressClasses';
import { type BothMaps, type Cause, causesOf, type EndSides } from './causes';
import { ConnectivityMap, connectivityIndex, type ConnectivityOptions } from './connectivity';
import { compareFirst, type External } from './externals';
import { compareText, controllerPeer, externalPeer, type Peer, type Workload } from './peers';
import { type Answer, PortTable } from './portTable';

export interface Difference {
  readonly change: 'added' | 'removed' | 'changed';
  readonly from: Peer;
  readonly to: Peer;
  /** Null where nothing was allowed, or an end did not exist. */
  readonly before: PortSet | null;
  readonly after: PortSet | null;
  readonly because: readonly Cause[];
  /** The ends as each side knows them: address space may be divided otherwise. */
  readonly sides: { readonly from: EndSides; readonly to: EndSides };
}

export interface Comparison extends BothMaps {
  readonly differences: readonly Difference[];
}

/** A context that one side does not have is empty there. Workloads are the same by kind, namespace and name. */
export function compareContexts(
  contexts: { readonly before?: Context; readonly after?: Context },
  options: (context: Context) => ConnectivityOptions,
): Comparison | undefined {
  const [first, second] = [contexts.before ?? emptied(contexts.after), contexts.after ?? emptied(contexts.before)];
  if (!first || !second) return undefined;
  const indexes = [connectivityIndex(first), connectivityIndex(second)] as const;
  const six = (direction: PolicyDirection): boolean => indexes.some((index) => namesSix(index, direction));
  const shared = { table: new PortTable(), six: { Ingress: six('Ingress'), Egress: six('Egress') } };
  const before = new ConnectivityMap(first, { ...options(contexts.before ?? second), ...shared }, indexes[0]);
  const after = new ConnectivityMap(second, { ...options(contexts.after ?? first), ...shared }, indexes[1]);
  const maps: BothMaps = {
    before,
    after,
    withNewPolicies: once(() => new ConnectivityMap(mixed(first, second), { ...options(first), ...shared })),
    withOldPolicies: once(() => new ConnectivityMap(mixed(second, first), { ...options(second), ...shared })),
  };
  return { ...maps, differences: [...differencesOf(maps)] };
}

/** One context with the policies of the other. */
function mixed(context: Context, policies: Context): Context {
  return { ...context, members: [...context.members.filter((resource) => !isPolicy(resource)), ...policies.members.filter(isPolicy)] };
}

function isPolicy({ type }: Resource): boolean {
  return type === 'NetworkPolicy' || adminKinds.some((kind) => kind === type);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function emptied(context: Context | undefined): Context | undefined {
  return context && { ...context, members: [], files: [] };
}

function* differencesOf(maps: BothMaps): Generator<Difference> {
  const { before, after } = maps;
  const pairs = pairedWorkloads(before, after);
  const { nothing } = before.table;
  const make = (from: Sides, to: Sides, old: Answer, now: Answer): Difference => {
    const ends = { from, to };
    return {
      change: isNoPort(old.allowed) ? 'added' : isNoPort(now.allowed) ? 'removed' : 'changed',
      from: from.peer,
      to: to.peer,
      before: isNoPort(old.allowed) ? null : old.allowed,
      after: isNoPort(now.allowed) ? null : now.allowed,
      because: causesOf(maps, ends, old.allowed, now.allowed),
      sides: ends,
    };
  };
  const sources = pairedAddresses(before.sources, after.sources, pairs, nothing);
  const destinations = pairedAddresses(before.destinations, after.destinations, pairs, nothing);
  for (const from of pairs) {
    for (const to of pairs) {
      if (from === to) continue;
      const old = from.old && to.old ? before.between(from.old, to.old) : nothing;
      const now = from.now && to.now ? after.between(from.now, to.now) : nothing;
      if (old.allowed !== now.allowed) yield make(from, to, old, now);
    }
    for (const to of destinations) {
      const [old, now] = to.answers(from);
      if (old.allowed !== now.allowed) yield make(from, to, old, now);
    }
  }
  for (const from of sources)
    for (const to of pairs) {
      const [old, now] = from.answers(to);
      if (old.allowed !== now.allowed) yield make(from, to, old, now);
    }
  const controller: Sides = { peer: controllerPeer, before: controllerPeer, after: controllerPeer };
  for (const to of pairs) {
    const old = to.old ? before.fromController(to.old) : nothing;
    const now = to.now ? after.fromController(to.now) : nothing;
    if (old.allowed !== now.allowed) yield make(controller, to, old, now);
  }
}

/** One end as each side knows it. */
interface Sides extends EndSides {
  readonly peer: Peer;
}

interface WorkloadPair extends Sides {
  readonly old: Workload | undefined;
  readonly now: Workload | undefined;
}

function pairedWorkloads(before: ConnectivityMap, after: ConnectivityMap): readonly WorkloadPair[] {
  const peers = new Map([...before.workloads, ...after.workloads].map(({ peer }) => [peer.id, peer]));
  return [...peers.values()]
    .sort((a, b) => compareText(a.id, b.id))
    .map((peer) => {
      const [old, now] = [before.workload(peer), after.workload(peer)];
      return { peer, old, now, before: old?.peer, after: now?.peer };
    });
}

interface AddressPair extends Sides {
  answers(workload: WorkloadPair): readonly [Answer, Answer];
}

/** Addresses that change alike for every workload are one peer. */
function pairedAddresses(before: readonly External[], after: readonly External[], pairs: readonly WorkloadPair[], nothing: Answer): readonly AddressPair[] {
  const merged = new Map<string, { readonly old: External; readonly now: External; readonly four: Interval<bigint>[]; readonly six: Interval<bigint>[] }>();
  for (const { old, now, family, intervals } of overlaps(before, after)) {
    const changes = pairs.map((pair) => {
      const [was, is] = answersOf(old, now, pair, nothing);
      return was.allowed === is.allowed ? '' : `${was.number},${is.number}`;
    });
    if (changes.every((change) => change === '')) continue;
    const key = changes.join(';');
    let together = merged.get(key);
    if (!together) merged.set(key, (together = { old, now, four: [], six: [] }));
    (family === 4 ? together.four : together.six).push(...intervals);
  }
  return [...merged.values()]
    .map(({ old, now, four, six }) => ({
      old,
      now,
      addresses: { four: normalize(four), six: normalize(six), sample: old.addresses.sample } satisfies AddressClass,
    }))
    .sort((a, b) => compareFirst(a.addresses, b.addresses))
    .map(({ old, now, addresses }) => ({
      peer: externalPeer(addresses),
      before: old.peer,
      after: now.peer,
      address: firstAddress(addresses),
      answers: (pair) => answersOf(old, now, pair, nothing),
    }));
}

function firstAddress({ four, six }: AddressClass): Address {
  const [first] = four;
  return first ? { family: 4, value: first.first } : { family: 6, value: six[0]?.first ?? 0n };
}

function answersOf(old: External, now: External, pair: WorkloadPair, nothing: Answer): readonly [Answer, Answer] {
  return [(pair.old && old.answers.get(pair.old)) ?? nothing, (pair.now && now.answers.get(pair.now)) ?? nothing];
}

/** Two divisions of the same addresses, laid upon each other. */
function overlaps(
  before: readonly External[],
  after: readonly External[],
): readonly { readonly old: External; readonly now: External; readonly family: 4 | 6; readonly intervals: Interval<bigint>[] }[] {
  const found = new Map<External, Map<External, { old: External; now: External; family: 4 | 6; intervals: Interval<bigint>[] }[]>>();
  for (const family of [4, 6] as const) {
    const [left, right] = [pieces(before, family), pieces(after, family)];
    for (let a = 0, b = 0; a < left.length && b < right.length;) {
      const [one, other] = [left[a], right[b]];
      if (!one || !other) break;
      const first = one.first > other.first ? one.first : other.first;
      const last = one.last < other.last ? one.last : other.last;
      if (first <= last) {
        const row = found.get(one.of) ?? new Map<External, { old: External; now: External; family: 4 | 6; intervals: Interval<bigint>[] }[]>();
        found.set(one.of, row);
        const list = row.get(other.of) ?? [];
        row.set(other.of, list);
        const same = list.find((entry) => entry.family === family);
        if (same) same.intervals.push({ first, last });
        else list.push({ old: one.of, now: other.of, family, intervals: [{ first, last }] });
      }
      if (one.last <= last) a++;
      if (other.last <= last) b++;
    }
  }
  return [...found.values()].flatMap((row) => [...row.values()].flat());
}

/** The intervals of all, ascending, each with whose it is. */
function pieces(externals: readonly External[], family: 4 | 6): readonly (Interval<bigint> & { readonly of: External })[] {
  return externals
    .flatMap((of) => (family === 4 ? of.addresses.four : of.addresses.six).map(({ first, last }) => ({ first, last, of })))
    .sort((a, b) => (a.first < b.first ? -1 : 1));
}

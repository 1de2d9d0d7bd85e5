/** Sets of ports for each transport protocol, and the few operations on them that policies need. */
import { containsAll, intersect, type Interval, normalize, subtract } from '../base/intervals';
import { protocols, type TransportProtocol } from '../protocol/trace';

/** Sorted, disjoint intervals of 1-65535 for each protocol. Empty and full sets are always `noPorts` and `everyPort` themselves. */
export type PortSet = Readonly<Record<TransportProtocol, readonly Interval<number>[]>>;

export const lastPort = 65535;
const whole: readonly Interval<number>[] = [{ first: 1, last: lastPort }];
const none: readonly Interval<number>[] = [];

export const everyPort: PortSet = { TCP: whole, UDP: whole, SCTP: whole };
export const noPorts: PortSet = { TCP: none, UDP: none, SCTP: none };

/** Sets that were made, by what they hold: equal ones are the same object, so that operations on them can be remembered. */
const made = new Map<string, PortSet>();
const mostKept = 8192;
const longestKept = 64;

/** All ports of one protocol, or those from `first` to `last`; nothing beyond 1-65535. */
export function portsOf(protocol: TransportProtocol, first = 1, last = lastPort): PortSet {
  const [from, to] = [Math.max(first, 1), Math.min(last, lastPort)];
  if (from > to) return noPorts;
  return kept({ ...noPorts, [protocol]: from === 1 && to === lastPort ? whole : [{ first: from, last: to }] });
}

export function unitePorts(a: PortSet, b: PortSet): PortSet {
  if (a === b || b === noPorts || a === everyPort) return a;
  if (a === noPorts || b === everyPort) return b;
  return remembered(united, a, b, (left, right) => (left.length === 0 ? right : right.length === 0 ? left : normalize([...left, ...right])));
}

/** The union of many sets, worked out at once. */
export function uniteAllPorts(sets: readonly PortSet[]): PortSet {
  const [one, ...others] = sets.filter((set) => set !== noPorts);
  if (!one || others.length === 0) return one ?? noPorts;
  if (sets.includes(everyPort)) return everyPort;
  if (others.length === 1) return unitePorts(one, others[0] ?? noPorts);
  const all = (protocol: TransportProtocol): readonly Interval<number>[] => normalize(sets.flatMap((set) => set[protocol]));
  return kept({ TCP: all('TCP'), UDP: all('UDP'), SCTP: all('SCTP') });
}

export function commonPorts(a: PortSet, b: PortSet): PortSet {
  if (a === b || b === everyPort || a === noPorts) return a;
  if (a === everyPort || b === noPorts) return b;
  return remembered(common, a, b, (left, right) => (left.length === 0 || right.length === 0 ? none : intersect(left, right)));
}

export function withoutPorts(a: PortSet, b: PortSet): PortSet {
  if (a === noPorts || b === noPorts) return a;
  if (a === b || b === everyPort) return noPorts;
  return remembered(without, a, b, (left, right) => (left.length === 0 || right.length === 0 ? left : subtract(left, right)));
}

export function hasPort(set: PortSet, protocol: TransportProtocol, port: number): boolean {
  return set[protocol].some(({ first, last }) => first <= port && port <= last);
}

export function isNoPort(set: PortSet): boolean {
  return set === noPorts;
}

export function isEveryPort(set: PortSet): boolean {
  return set === everyPort;
}

export function samePorts(a: PortSet, b: PortSet): boolean {
  return a === b || protocols.every((protocol) => containsAll(a[protocol], b[protocol]) && containsAll(b[protocol], a[protocol]));
}

type Operation = (left: readonly Interval<number>[], right: readonly Interval<number>[]) => readonly Interval<number>[];
type Results = WeakMap<PortSet, WeakMap<PortSet, PortSet>>;

/** The same few sets meet again for every pair of pods. */
const united: Results = new WeakMap();
const common: Results = new WeakMap();
const without: Results = new WeakMap();

function remembered(results: Results, a: PortSet, b: PortSet, operation: Operation): PortSet {
  let ofA = results.get(a);
  if (!ofA) results.set(a, (ofA = new WeakMap()));
  const before = ofA.get(b);
  if (before) return before;
  const result = kept({ TCP: operation(a.TCP, b.TCP), UDP: operation(a.UDP, b.UDP), SCTP: operation(a.SCTP, b.SCTP) });
  ofA.set(b, result);
  return result;
}

function kept(set: PortSet): PortSet {
  if (protocols.every((protocol) => set[protocol].length === 0)) return noPorts;
  if (protocols.every((protocol) => isWhole(set[protocol]))) return everyPort;
  if (protocols.some((protocol) => set[protocol].length > longestKept)) return set;
  const key = protocols.map((protocol) => set[protocol].map(({ first, last }) => `${first}-${last}`).join()).join(' ');
  const before = made.get(key);
  if (before) return before;
  if (made.size >= mostKept) made.clear();
  made.set(key, set);
  return set;
}

function isWhole(intervals: readonly Interval<number>[]): boolean {
  const [only] = intervals;
  return intervals.length === 1 && only?.first === 1 && only.last === lastPort;
}

/** Sets of ports and intervals against sets of single numbers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Interval, intersect, normalize, subtract } from '../../server/src/base/intervals';
import { commonPorts, everyPort, hasPort, noPorts, portsOf, samePorts, uniteAllPorts, unitePorts, withoutPorts } from '../../server/src/cluster/portSet';

const interval = fc
  .tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: -1, max: 6 }))
  .map(([first, more]): Interval<number> => ({ first, last: first + more }));
const intervals = fc.array(interval, { maxLength: 6 });

function members(list: readonly Interval<number>[]): readonly number[] {
  return Array.from({ length: 41 }, (_, number) => number).filter((number) => list.some(({ first, last }) => first <= number && number <= last));
}

test('subtract and intersect say what sets of numbers say, in normal form, for numbers and for big integers', () => {
  const big = (list: readonly Interval<number>[]): Interval<bigint>[] => list.map(({ first, last }) => ({ first: BigInt(first), last: BigInt(last) }));
  fc.assert(
    fc.property(intervals, intervals, (a, b) => {
      const [inA, inB] = [new Set(members(a)), new Set(members(b))];
      expect(members(subtract(a, b))).toEqual([...inA].filter((number) => !inB.has(number)));
      expect(members(intersect(a, b))).toEqual([...inA].filter((number) => inB.has(number)));
      for (const result of [subtract(a, b), intersect(a, b)]) expect(normalize(result)).toEqual(result);
      expect(subtract(big(a), big(b))).toEqual(big(subtract(a, b)));
      expect(intersect(big(a), big(b))).toEqual(big(intersect(a, b)));
    }),
    { numRuns: 300 },
  );
});

test('operations on ports keep protocols apart, and full and empty sets are the two constants', () => {
  const [low, high] = [portsOf('TCP', 1, 1023), portsOf('TCP', 1024)];
  expect(portsOf('TCP', 70_000, 80_000)).toBe(noPorts);
  expect(portsOf('UDP', -5, 99_999)).toBe(portsOf('UDP'));
  expect(uniteAllPorts([low, high, portsOf('UDP'), portsOf('SCTP')])).toBe(everyPort);
  expect(unitePorts(low, high)).toBe(portsOf('TCP'));
  expect(commonPorts(low, portsOf('UDP'))).toBe(noPorts);
  expect(withoutPorts(everyPort, everyPort)).toBe(noPorts);
  const rest = withoutPorts(everyPort, low);
  expect([hasPort(rest, 'TCP', 1023), hasPort(rest, 'TCP', 1024), hasPort(rest, 'UDP', 1)]).toEqual([false, true, true]);
  expect(samePorts(unitePorts(rest, low), everyPort)).toBe(true);
});

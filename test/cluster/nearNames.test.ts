/** Looking for slips among many names and labels finds what looking at each one finds. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearMissesIn } from '../../server/src/cluster/nearMiss';
import { isSlip, NearNames } from '../../server/src/cluster/nearNames';
import { NamespaceShard } from '../../server/src/cluster/namespaceShard';
import { workspaceOf } from '../support/workspaceOf';

const word = fc.stringMatching(/^[a-cA-C0-2._-]{1,7}$/);

describe('NearNames', () => {
  test('finds the slips, in order', () => {
    expect(new NearNames(['frontend', 'backend', 'front-end', 'frontned', 'database']).near('frontend')).toEqual(['front-end', 'frontned']);
  });

  test('leaves names that differ in digits alone', () => {
    expect(new NearNames(['app-1', 'app-12', 'apq-2']).near('app-2')).toEqual(['apq-2']);
  });

  test('finds exactly the names that are slips', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), word, (names, name) => {
        expect(new NearNames(names).near(name)).toEqual([...new Set(names)].filter((other) => isSlip(name, other)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('near misses of labels', () => {
  const key = fc.constantFrom('app', 'name', 'tier', 'component', 'x');
  const value = fc.constantFrom('web', 'webb', 'web-ui', 'api', 'apii', 'store', 'stor', 'a', 'b');
  const labels = fc.dictionary(key, value, { minKeys: 1, maxKeys: 3 });

  test('are those that looking at every pod finds', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ name: value, labels }), { maxLength: 12 }), labels, (pods, wanted) => {
        const text = pods
          .map(
            (pod, index) =>
              `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${pod.name}${index % 3 === 0 ? '' : `-${index}`}\n  labels: ${JSON.stringify(pod.labels)}\nspec: {containers: [{name: c}]}\n`,
          )
          .join('---\n');
        const [context] = workspaceOf({ 'all.yaml': text }).snapshot().contexts;
        const shard = new NamespaceShard(undefined, context?.members ?? []);
        const everyPod = Object.create(shard, { almostSelected: { value: () => shard.podSets } }) as NamespaceShard;
        const pairs = new Map(Object.entries(wanted));
        expect(nearMissesIn(shard, pairs)).toEqual(nearMissesIn(everyPod, pairs));
      }),
      { numRuns: 500 },
    );
  });
});

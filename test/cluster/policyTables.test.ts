/** The tables of Kubernetes' end-to-end suite, the policy recipes, and the conformance cases of the admin tiers, in our own words. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type CaseResult, readCase, runConnections, runTables } from './policyCase';

const counted = new Map<string, number>();
const folders: readonly (readonly [string, string, (text: string) => CaseResult])[] = [
  ['e2e', 'test/e2e/network/netpol of Kubernetes', runTables],
  ['recipes', 'kubernetes-network-policy-recipes', runConnections],
  ['admin', 'conformance of network-policy-api, and what its types say', runConnections],
];

for (const [folder, from, run] of folders) {
  describe(`${folder}: ${from}`, () => {
    const path = join(import.meta.dirname, folder);
    const files = readdirSync(path).sort();
    test('has its cases', () => {
      expect(files.length).toBeGreaterThanOrEqual({ e2e: 48, recipes: 14, admin: 12 }[folder] ?? 1);
    });
    test.each(files.map((file) => [readCase(readFileSync(join(path, file), 'utf8')).title, file] as const))('%s (%s)', (_title, file) => {
      const { expected, actual, verdicts } = run(readFileSync(join(path, file), 'utf8'));
      counted.set(folder, (counted.get(folder) ?? 0) + verdicts);
      expect(verdicts).toBeGreaterThan(0);
      expect(actual).toBe(expected);
    });
  });
}

afterAll(() => {
  const all = [...counted.values()].reduce((sum, count) => sum + count, 0);
  console.log(`policy verdicts compared: ${all} (${[...counted].map(([folder, count]) => `${folder} ${count}`).join(', ')})`);
});

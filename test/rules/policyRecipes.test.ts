/** Sets of policies that work together: no rule of the family may find anything wrong with any of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readFixture, snapshotOfFixture } from '../support/fixture';
import { uriOf } from '../support/workspaceOf';

const family = join(dirname(fileURLToPath(import.meta.url)), 'policy');
const recipes = readdirSync(family).flatMap((rule) =>
  readdirSync(join(family, rule))
    .filter((file) => file.startsWith('silent-recipe-'))
    .map((file) => join(rule, file)),
);

describe('policies that work together', () => {
  it('there are some', () => expect(recipes.length).toBeGreaterThan(8));

  for (const recipe of recipes) {
    it(recipe, () => {
      const { files, options } = readFixture(readFileSync(join(family, recipe), 'utf8'));
      const snapshot = snapshotOfFixture(files, options);
      const found = files.flatMap(({ path }) => snapshot.findings(uriOf(path)));
      const wrong = found.filter(({ ruleId, severity }) => /^(policy|selector)\//.test(ruleId) && (severity === 'error' || severity === 'warning'));
      expect(wrong.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
    });
  }
});

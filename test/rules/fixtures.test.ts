/** Runs every marked fixture: what fires, where, with which message; what stays silent; and the text after each fix. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { applyFix, findingsOfRule, type FixtureFile, joinFiles, markOf, readFixture, snapshotOfFixture, writeFixture } from '../support/fixture';

const here = dirname(fileURLToPath(import.meta.url));
const update = process.env['PACKETPATH_UPDATE'] === '1';
const most = 30;

const folders = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

for (const family of folders(here)) {
  for (const name of folders(join(here, family))) {
    const ruleId = `${family}/${name}`;
    const folder = join(here, family, name);
    describe(ruleId, () => {
      const fixtures = readdirSync(folder).filter((file) => /^(fires|silent)-.*\.yaml$/.test(file) && !/\.(fixed|fix-\d+)\.yaml$/.test(file));
      for (const file of fixtures) {
        it(file, () => {
          const path = join(folder, file);
          const fixture = readFixture(readFileSync(path, 'utf8'));
          const snapshot = snapshotOfFixture(fixture.files, fixture.options);
          const findings = findingsOfRule(snapshot, fixture.files, ruleId);
          if (update) writeFileSync(path, writeFixture(fixture.files, snapshot, findings));
          else expect(findings.map((finding) => markOf(snapshot, fixture.files, finding)).sort()).toEqual([...fixture.marks].sort());
          if (file.startsWith('silent-')) expect(findings).toEqual([]);
          else expect(findings.length).toBeGreaterThan(0);
        });
        it(`${file}: fixes`, () => {
          const fixture = readFixture(readFileSync(join(folder, file), 'utf8'));
          const first = findingsOfRule(snapshotOfFixture(fixture.files, fixture.options), fixture.files, ruleId)[0];
          if (!first) return;
          if (first.fixes.length > 0) check(join(folder, file.replace(/\.yaml$/, '.fixed.yaml')), fixAll(fixture.files, ruleId, fixture.options));
          for (let which = 1; which < first.fixes.length; which++) {
            const expected = join(folder, file.replace(/\.yaml$/, `.fix-${which + 1}.yaml`));
            const snapshot = snapshotOfFixture(fixture.files, fixture.options);
            const fixed = applyFix(snapshot, fixture.files, first, which);
            expect(fixed).not.toBeNull();
            if (!fixed) continue;
            const again = findingsOfRule(snapshotOfFixture(fixed, fixture.options), fixed, ruleId);
            expect(again.map((finding) => finding.fingerprint + finding.message)).not.toContain(first.fingerprint + first.message);
            expectReadable(fixed);
            if (existsSync(expected)) check(expected, joinFiles(fixed));
          }
        });
      }
    });
  }
}

/** The meant fix of each finding, one after the other, until the rule is silent or nothing that is left can be fixed. */
function fixAll(files: readonly FixtureFile[], ruleId: string, options: Parameters<typeof snapshotOfFixture>[1]): string {
  let current = files;
  for (let round = 0; round < most; round++) {
    const snapshot = snapshotOfFixture(current, options);
    const finding = findingsOfRule(snapshot, current, ruleId).find((candidate) => candidate.fixes.length > 0);
    if (!finding) return joinFiles(current);
    const fixed = applyFix(snapshot, current, finding, 'meant');
    if (!fixed) throw new Error(`no fix for ${finding.message}`);
    expectReadable(fixed);
    current = fixed;
  }
  throw new Error(`${ruleId} is not silent after ${most} fixes`);
}

/** A fix never breaks a document. */
function expectReadable(files: readonly FixtureFile[]): void {
  const snapshot = snapshotOfFixture(files, {});
  for (const file of snapshot.files.values()) expect(file.yaml.documents.every((document) => document.ok)).toBe(true);
}

function check(path: string, text: string): void {
  if (update) writeFileSync(path, text);
  else expect(text).toBe(readFileSync(path, 'utf8'));
}

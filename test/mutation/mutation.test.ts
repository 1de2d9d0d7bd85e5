/** Known-good applications with one thing broken: every break of what a rule of tier A is for is reported, at the right place. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from '../../server/src/rules/rules';
import { snapshotOf } from '../support/workspaceOf';
import { Application, type Break } from './application';
import { cidrBreaks } from './breaks/cidr';
import { envBreaks } from './breaks/env';
import { otherBreaks } from './breaks/others';
import { policyBreaks } from './breaks/policy';
import { portBreaks } from './breaks/port';
import { selectorBreaks } from './breaks/selector';

const good = join(import.meta.dirname, 'good');
const applications = ['store', 'edge', 'machines'].map((name) => Application.read(good, name));
const families = [cidrBreaks, portBreaks, selectorBreaks, envBreaks, policyBreaks, otherBreaks];
const broken = applications.flatMap((application) => families.flatMap((breaksOf) => [...breaksOf(application)].map((one) => ({ application, one }))));

/** Rules that no value of a manifest can break: their breaks are text. */
const byText = new Set(['schema/duplicate-key']);

interface Reported {
  readonly rule: string;
  readonly at: string;
  readonly severity: string;
  readonly message: string;
}

function check(application: Application, closed: boolean): Reported[] {
  const snapshot = snapshotOf(application.files(), { closed });
  return [...snapshot.files.values()].flatMap((file) =>
    snapshot.findings(file.uri).map((finding) => ({
      rule: finding.ruleId,
      at: `${finding.object?.kind ?? ''}/${finding.object?.name ?? ''} ${finding.path.join('.')}`,
      severity: finding.severity,
      message: finding.message,
    })),
  );
}

function expected({ at }: Break): string {
  return `${at.kind}/${at.name} ${at.path.join('.')}`;
}

describe('the applications', () => {
  test.each(applications)('$name is good', (application) => {
    expect(check(application, false)).toEqual([]);
    expect(check(application, true).filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual([]);
  });
});

describe('every break is reported at its place', () => {
  const ids = [...new Set(broken.map(({ one }) => one.rule))].sort();
  test.each(ids)('%s', (id) => {
    const missed: string[] = [];
    for (const { application, one } of broken.filter(({ one: candidate }) => candidate.rule === id && candidate.silent === undefined)) {
      const copy = application.copy();
      one.change(copy);
      const found = check(copy, one.closed ?? false);
      if (!found.some((finding) => finding.rule === id && finding.at === expected(one)))
        missed.push(`${application.name}, ${one.what}: nothing at ${expected(one)}, but ${JSON.stringify(found.map(({ rule, at }) => `${rule} at ${at}`))}`);
    }
    expect(missed).toEqual([]);
  });

  test('those that are silent by design', () => {
    const said: string[] = [];
    const silent = broken.filter(({ one }) => one.silent !== undefined);
    for (const { application, one } of silent) {
      const copy = application.copy();
      one.change(copy);
      const wrong = check(copy, one.closed ?? false).filter(({ rule, severity }) => rule === one.rule && (severity === 'error' || severity === 'warning'));
      if (wrong.length > 0) said.push(`${application.name}, ${one.what}: ${wrong.map(({ message }) => message).join(' ')}`);
    }
    expect(said).toEqual([]);
    const reasons = [...new Set(silent.map(({ one }) => `${one.rule}: ${one.silent ?? ''}`))].sort();
    console.log(`${broken.length - silent.length} breaks reported, ${silent.length} silent by design:\n  ${reasons.join('\n  ')}`);
  });

  test('a key that stands twice, in every manifest', () => {
    for (const application of applications) {
      for (const [file, text] of Object.entries(application.files())) {
        const snapshot = snapshotOf({ [file]: text.replace(/^(kind: .*)$/m, '$1\n$1') });
        const found = [...snapshot.files.keys()].flatMap((uri) => snapshot.findings(uri)).filter(({ ruleId }) => ruleId === 'schema/duplicate-key');
        expect(found.length).toBe(1);
      }
    }
  });

  test('there are breaks for every rule of tier A, hundreds in all', () => {
    const tierA = rules.filter(({ meta }) => meta.tier === 'A').map(({ meta }) => meta.id);
    expect(tierA.filter((id) => !byText.has(id) && !ids.includes(id))).toEqual([]);
    expect(broken.filter(({ one }) => one.silent === undefined).length).toBeGreaterThan(300);
  });
});

/** `packetpath check`: findings in the given paths. */
import { writeFileSync } from 'node:fs';
import { nearest } from '../../base/editDistance';
import { textOfLines } from '../../features/toLsp';
import { isSecret } from '../../features/traces';
import { type RuleLevel, severities, type Severity } from '../../protocol/source';
import { checkGithub } from '../../report/checkGithub';
import { type CheckReport, checkReport, type ReportedFinding } from '../../report/checkReport';
import { checkSarif } from '../../report/checkSarif';
import { checkText } from '../../report/checkText';
import { rules } from '../../rules/rules';
import type { FileState } from '../../workspace/fileState';
import type { Snapshot } from '../../workspace/snapshot';
import { readBaseline } from '../baseline';
import { reasonOf } from '../manifestFiles';
import type { Command } from './command';
import { commonUsage } from './command';
import { contextNamed, oneOf, parseCommand, renderOption } from './commonOptions';
import { CommandFailure } from './failure';
import { json, writeAnswer } from './output';
import { openWorkspace } from './readWorkspace';
import { version } from './version';

const failOn = ['error', 'warning', 'information', 'never'] as const;

export const check: Command = {
  name: 'check',
  summary: 'findings in the given paths',
  usage: `packetpath check [path…] [--format text|json|sarif|github] [--fail-on ${failOn.join('|')}]
                 [--rule ID=off|hint|information|warning|error]… [--baseline FILE] [--write-baseline FILE]
                 [--render helm,kustomize]
${commonUsage}`,
  run(args, streams) {
    const { values, paths } = parseCommand(args, {
      ...renderOption,
      'fail-on': { type: 'string' },
      rule: { type: 'string', multiple: true },
      baseline: { type: 'string' },
      'write-baseline': { type: 'string' },
    });
    const format = oneOf('format', values.format, ['text', 'json', 'sarif', 'github']);
    const limit = oneOf('fail-on', values['fail-on'], failOn);
    const { snapshot, uris } = openWorkspace(streams, {
      values,
      paths,
      folderIsWorkspace: false,
      ruleLevels: ruleLevels(values.rule ?? []),
      ownBaseline: values.baseline !== undefined || values['write-baseline'] !== undefined,
    });
    const { context } = values;
    if (context !== undefined) contextNamed(snapshot, context);
    const old = values.baseline === undefined ? new Set<string>() : baselineOption(values.baseline);
    const inContext = (finding: ReportedFinding): boolean => context === undefined || finding.contexts.length === 0 || finding.contexts.includes(context);
    const report = checkReport(snapshot, uris, (finding) => !old.has(finding.fingerprint) && inContext(finding));
    if (values['write-baseline'] !== undefined) writeBaseline(values['write-baseline'], checkReport(snapshot, uris, inContext).findings);
    const colour = streams.colour && values.output === undefined;
    writeAnswer(streams, values.output, render(format, report, snapshot, { colour, quiet: values.quiet === true }));
    return values['write-baseline'] === undefined && fails(report, limit) ? 1 : 0;
  },
};

function render(
  format: 'text' | 'json' | 'sarif' | 'github',
  report: CheckReport,
  snapshot: Snapshot,
  look: { readonly colour: boolean; readonly quiet: boolean },
): string {
  switch (format) {
    case 'json':
      return json(report);
    case 'sarif':
      return json(checkSarif(report, { rules, version }));
    case 'github':
      return checkGithub(report);
    case 'text': {
      const byPath = new Map([...snapshot.files.values()].map((file) => [file.path, file]));
      return checkText(report, {
        ...look,
        lineOf: (path, line) => {
          const file = byPath.get(path);
          return file && !inSecret(file, line) ? textOfLines(file, line - 1, line)[0] : undefined;
        },
      });
    }
  }
}

/** `line` from 1. The text of a Secret is never shown. */
function inSecret(file: FileState, line: number): boolean {
  const offset = file.lines().offsetAt({ line: line - 1, column: 0 });
  const document = file.yaml.documents.findLastIndex((candidate) => candidate.start <= offset);
  return isSecret(file, document);
}

function fails(report: CheckReport, limit: (typeof failOn)[number]): boolean {
  if (limit === 'never') return false;
  const counted: readonly Severity[] = severities.slice(0, severities.indexOf(limit) + 1);
  return counted.some((severity) => report.summary[severity] > 0);
}

function ruleLevels(given: readonly string[]): Record<string, RuleLevel> {
  const levels: Record<string, RuleLevel> = {};
  for (const text of given) {
    const equals = text.indexOf('=');
    if (equals < 0) throw new CommandFailure(`--rule ${text}: expected ID=${ruleWords.join('|')}`);
    const id = text.slice(0, equals);
    if (!rules.some((rule) => rule.meta.id === id)) throw new CommandFailure(`--rule ${text}: there is no rule ${id}; ${nearestRule(id)}`);
    levels[id] = oneOf(`rule ${id}`, text.slice(equals + 1), ruleWords);
  }
  return levels;
}

const ruleWords = ['off', 'hint', 'information', 'warning', 'error'] as const;

function nearestRule(id: string): string {
  const near = nearest(
    id,
    rules.map((rule) => rule.meta.id),
    4,
  );
  return near === undefined ? '`packetpath rules` lists them' : `did you mean ${near}?`;
}

function baselineOption(file: string): ReadonlySet<string> {
  const baseline = readBaseline(file);
  if (!baseline.ok) throw new CommandFailure(`${file}: ${baseline.reason}`);
  return baseline.fingerprints;
}

function writeBaseline(file: string, findings: readonly ReportedFinding[]): void {
  try {
    writeFileSync(file, json({ schemaVersion: 1, fingerprints: [...new Set(findings.map((finding) => finding.fingerprint))].sort() }));
  } catch (error) {
    throw new CommandFailure(`${file}: ${reasonOf(error)}`);
  }
}

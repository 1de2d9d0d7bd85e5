/** Findings of one file: rules of its documents and of its contexts, merged, suppressed and placed in text. */
import type { Problem, TextRange } from '../base/problem';
import type { Mark } from '../model/finding';
import { originalOf } from '../model/origins';
import { objectRef, type Resource } from '../model/resources';
import type { RuleLevel, Severity } from '../protocol/source';
import { fillMessage, type ProblemRule, type Rule } from '../rules/rule';
import { locateNearest } from '../syntax/locate';
import type { FileState } from './fileState';
import { FileFindings } from './fileFindings';
import { canBeMade } from './fixes';
import { placeOfMark, rangeOfPlace } from './places';
import { problemFixes } from './problemFixes';
import { levelOf, type RuleLevelSources } from './ruleLevels';
import type { RuleFinding } from './ruleRunner';
import type { Snapshot } from './snapshot';
import { applySuppressions } from './suppressions';
import type { LocatedRelated, WorkspaceFinding } from './workspaceFinding';

export function findingsOf(snapshot: Snapshot, uri: string): readonly WorkspaceFinding[] {
  const file = snapshot.file(uri);
  if (!file) return [];
  const levels = new LevelTable(snapshot, file.path);
  const found: WorkspaceFinding[] = problemFindings(snapshot, file, levels);
  const contexts = snapshot.contextsOf(uri);
  const everywhere = contexts.map((context) => context.id);
  const judged = new FileFindings(snapshot, file, contexts);
  for (const { finding, contexts: ids, everywhere: holds } of judged.all())
    push(found, snapshot, file, levels, finding, holds ? everywhere : ids, holds ? undefined : labels(snapshot, ids));
  const kept = applySuppressions(snapshot, file, found, (id) => levels.of(id) === 'off', judged.usedAnnotations);
  for (const problem of kept.unused) found.push(...problemFinding(snapshot, file, levels, problem));
  const baseline = snapshot.parts.configurations.nearest(file.path)?.baseline;
  const reported = [...kept.findings, ...found.slice(kept.considered)].filter((finding) => !baseline?.has(finding.fingerprint));
  return reported.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end || compare(a.ruleId, b.ruleId) || compare(a.message, b.message));
}

/** The level of each rule for one file, worked out once. */
class LevelTable {
  private readonly chosen = new Map<string, { readonly level: RuleLevel; readonly explicit: boolean }>();
  private readonly sources: RuleLevelSources;
  private readonly rules: ReadonlyMap<string, Rule>;

  constructor(
    snapshot: Snapshot,
    private readonly path: string,
  ) {
    const { options } = snapshot.parts;
    const configuration = snapshot.parts.configurations.nearest(path);
    this.sources = {
      commandLine: options.commandLineRules,
      configuration: configuration?.configuration,
      configurationFolder: configuration?.folder ?? '.',
      settings: options.settingsRules,
    };
    this.rules = rulesById(options.rules);
  }

  of(id: string): RuleLevel {
    return this.choose(id).level;
  }

  severity(rule: Rule, own: Severity | undefined): Severity | undefined {
    const { level, explicit } = this.choose(rule.meta.id);
    if (level === 'off') return undefined;
    return explicit ? level : (own ?? rule.meta.severity);
  }

  private choose(id: string): { readonly level: RuleLevel; readonly explicit: boolean } {
    const kept = this.chosen.get(id);
    if (kept) return kept;
    const rule = this.rules.get(id);
    const made = rule ? levelOf(rule, this.path, this.sources) : { level: 'off' as const, explicit: false };
    this.chosen.set(id, made);
    return made;
  }
}

const byId = new WeakMap<readonly Rule[], ReadonlyMap<string, Rule>>();

function rulesById(rules: readonly Rule[]): ReadonlyMap<string, Rule> {
  const kept = byId.get(rules);
  if (kept) return kept;
  const made = new Map(rules.map((rule) => [rule.meta.id, rule]));
  byId.set(rules, made);
  return made;
}

function push(
  into: WorkspaceFinding[],
  snapshot: Snapshot,
  file: FileState,
  levels: LevelTable,
  { rule, finding }: RuleFinding,
  contexts: readonly string[],
  only?: string,
): void {
  const severity = levels.severity(rule, finding.severity);
  if (!severity) return;
  const { resource, path } = finding.at;
  const place = placeOfMark(finding.at);
  const fixes = finding.fixes ?? [];
  into.push({
    ruleId: rule.meta.id,
    severity,
    message: fillMessage(rule, finding) + (only === undefined ? '' : ` (in ${only})`),
    uri: file.uri,
    range: rangeOfPlace(place, file),
    contexts,
    object: objectRef(resource),
    path: place.at.path,
    related: (finding.related ?? []).flatMap(({ mark, message }) => related(snapshot, mark, message)),
    fixes: resource.origins ? fixes.filter(canBeMade) : fixes,
    ...(finding.tag ? { tag: finding.tag } : {}),
    fingerprint: fingerprint(rule.meta.id, resource, path, finding.at.span),
  });
}

function related(snapshot: Snapshot, mark: Mark, message: string): LocatedRelated[] {
  const place = placeOfMark(mark);
  const file = snapshot.file(place.at.uri);
  return file ? [{ message, uri: file.uri, range: rangeOfPlace(place, file) }] : [];
}

function fingerprint(
  ruleId: string,
  resource: Resource,
  path: readonly (string | number)[],
  span: { readonly start: number; readonly end: number } | undefined,
): string {
  const { apiVersion, kind, metadata } = originalOf(resource);
  return [ruleId, apiVersion, kind, metadata.namespace ?? '', metadata.name, path.join('.') + (span ? `@${span.start}` : '')].join('|');
}

function problemFindings(snapshot: Snapshot, file: FileState, levels: LevelTable): WorkspaceFinding[] {
  const problems = snapshot.configurationFile(file.uri)?.problems ?? file.problems;
  return problems.flatMap((problem) => problemFinding(snapshot, file, levels, problem));
}

function problemFinding(snapshot: Snapshot, file: FileState, levels: LevelTable, problem: Problem): WorkspaceFinding[] {
  const rule = snapshot.parts.options.rules.find(
    (candidate): candidate is ProblemRule => candidate.scope === 'problem' && candidate.problems.includes(problem.code),
  );
  const severity = rule && levels.severity(rule, problem.severity);
  if (!rule || !severity) return [];
  const resource = file.resources.find((candidate) => candidate.source.document === problem.document);
  const range = rangeOf(file, problem.document, problem.at);
  const path = 'path' in problem.at ? problem.at.path : [];
  return [
    {
      ruleId: rule.meta.id,
      severity,
      message: fillMessage(rule, problem),
      uri: file.uri,
      range,
      contexts: [],
      object: resource ? objectRef(resource) : null,
      path,
      related: problem.related ? [{ message: problem.related.message, uri: file.uri, range: rangeOf(file, problem.document, problem.related.at) }] : [],
      fixes: problemFixes(file, rule, problem),
      fingerprint: [rule.meta.id, file.path, String(problem.document), problem.message, JSON.stringify(problem.data ?? {})].join('|'),
    },
  ];
}

function rangeOf(file: FileState, document: number, at: Problem['at']): TextRange {
  if ('start' in at) return at;
  const found = file.yaml.documents[document];
  return found ? locateNearest(found, at.path, at.part ?? 'value') : { start: 0, end: 0 };
}

function labels(snapshot: Snapshot, ids: readonly string[]): string {
  return ids.map((id) => snapshot.context(id)?.label ?? id).join(', ');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

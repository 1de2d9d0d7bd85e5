/** Findings for people: place, severity, message, rule, and the line with a mark under it. */
import type { Severity } from '../protocol/source';
import type { CheckReport, ReportedFinding } from './checkReport';
import { type Colour, oneLine, type Paint, painter } from './paint';

const colours: Readonly<Record<Severity, Colour>> = { error: 'red', warning: 'yellow', information: 'blue', hint: 'grey' };

export interface CheckTextOptions {
  readonly colour: boolean;
  /** Only the findings, no closing line. */
  readonly quiet: boolean;
  /** The text of a line of a file, counted from 1. */
  readonly lineOf: (uri: string, line: number) => string | undefined;
}

export function checkText(report: CheckReport, options: CheckTextOptions): string {
  const paint = painter(options.colour);
  const parts = report.findings.map((finding) => findingText(finding, options, paint));
  if (!options.quiet) parts.push(closing(report));
  return parts.join('\n\n') + (parts.length > 0 ? '\n' : '');
}

function findingText(finding: ReportedFinding, options: CheckTextOptions, paint: Paint): string {
  const { uri, range, severity, message, ruleId } = finding;
  const place = `${oneLine(uri)}:${range.start.line}:${range.start.column}`;
  const lines = [
    `${paint('bold', place)}  ${paint(colours[severity], severity)}  ${oneLine(message)}  ${paint('grey', ruleId)}`,
    ...frame(finding, options, paint),
  ];
  for (const other of finding.related)
    lines.push(paint('grey', `  ${oneLine(other.uri)}:${other.range.start.line}:${other.range.start.column}  ${oneLine(other.message)}`));
  const fix = finding.fixes.find((candidate) => candidate.preferred) ?? finding.fixes[0];
  if (fix) lines.push(paint('grey', `  fix: ${oneLine(fix.title)}`));
  return lines.join('\n');
}

const widest = 160;

function frame({ uri, range }: ReportedFinding, { lineOf }: CheckTextOptions, paint: Paint): string[] {
  const text = lineOf(uri, range.start.line);
  if (text === undefined) return [];
  const number = String(range.start.line).padStart(5);
  const shown = oneLine(text.length > widest ? `${text.slice(0, widest)}…` : text);
  if (range.start.column > widest) return [`${paint('grey', `${number} |`)} ${shown}`];
  const last = Math.min(range.end.line === range.start.line ? range.end.column : text.length + 1, widest + 1);
  // What is shown of a control character is longer than the character.
  const before = oneLine(text.slice(0, range.start.column - 1)).length;
  const length = Math.max(1, oneLine(text.slice(range.start.column - 1, last - 1)).length);
  return [`${paint('grey', `${number} |`)} ${shown}`, `${paint('grey', '      |')} ${' '.repeat(before)}${paint('red', '^'.repeat(length))}`];
}

function closing({ summary }: CheckReport): string {
  const counts = (['error', 'warning', 'information', 'hint'] as const)
    .filter((severity) => summary[severity] > 0)
    .map((severity) => plural(summary[severity], severity));
  const found = counts.length > 0 ? counts.join(', ') : 'no findings';
  return `${plural(summary.documents, 'document')} in ${plural(summary.files, 'file')}, ${plural(summary.contexts, 'context')}: ${found}`;
}

function plural(count: number, word: string): string {
  if (word === 'information') return `${count} information`;
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** What an edit opens and closes, for people: a line for every connection, and why. */
import { portsText } from './connectivityReport';
import { peerText } from './connectivityReport';
import { reasonText } from './connectivityText';
import type { DiffReport, ReportedCause, ReportedChange } from './diffReport';
import { type Colour, oneLine, painter } from './paint';

/** Ends with a line break. */
export function diffText(report: DiffReport, { colour }: { readonly colour: boolean }): string {
  const paint = painter(colour);
  if (report.changes.length === 0) return 'no connection opens, closes or changes\n';
  const lines: string[] = [];
  let context: string | undefined;
  for (const change of report.changes) {
    if (change.context !== context) {
      if (context !== undefined) lines.push('');
      context = change.context;
      lines.push(paint('bold', oneLine(`${context}  (${summary(report.changes.filter((one) => one.context === context))})`)));
    }
    const { sign, colour: shade } = signs[change.change];
    lines.push(`  ${paint(shade, `${sign} ${oneLine(`${peerText(change.from)} → ${peerText(change.to)}`)}`)}  ${changeText(change)}`);
    for (const cause of change.because) lines.push(`      ${causeText(cause)}`);
    for (const side of ['before', 'after'] as const) for (const reason of change.explained?.[side] ?? []) lines.push(`        ${side}: ${reasonText(reason)}`);
  }
  return `${lines.join('\n')}\n`;
}

const signs: Readonly<Record<ReportedChange['change'], { readonly sign: string; readonly colour: Colour }>> = {
  added: { sign: '+', colour: 'green' },
  removed: { sign: '-', colour: 'red' },
  changed: { sign: '~', colour: 'yellow' },
};

/** `3 opened, 1 closed, 2 changed` */
export function summary(changes: readonly ReportedChange[]): string {
  const count = (kind: ReportedChange['change']): number => changes.filter(({ change }) => change === kind).length;
  const parts = [`${count('added')} opened`, `${count('removed')} closed`, `${count('changed')} changed`];
  return parts.filter((part) => !part.startsWith('0 ')).join(', ');
}

export function changeText({ change, before, after }: ReportedChange): string {
  return change === 'added' ? portsText(after) : change === 'removed' ? portsText(before) : `${portsText(before)} ⇒ ${portsText(after)}`;
}

/** `NetworkPolicy web was changed: app: client <policy.yaml:12>`; a place on the old side says so. */
export function causeText({ reason, uri, range, side }: ReportedCause): string {
  const place = uri === undefined ? '' : ` <${side === 'before' ? 'before: ' : ''}${uri}${range ? `:${range.start.line}` : ''}>`;
  return oneLine(`${reason}${place}`);
}

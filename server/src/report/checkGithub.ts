/** Findings as annotations of a GitHub workflow: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
import { severities, type Severity } from '../protocol/source';
import type { CheckReport } from './checkReport';
import { printable } from './paint';

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', information: 'notice', hint: 'notice' };

/** Worst first, because GitHub shows only the first ten of each kind; a summary line at the end. */
export function checkGithub(report: CheckReport): string {
  const sorted = [...report.findings].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const lines = sorted.map(({ severity, uri, range, ruleId, message }) => {
    const place = `file=${property(uri)},line=${range.start.line},endLine=${range.end.line},col=${range.start.column},endColumn=${range.end.column}`;
    return `::${commands[severity]} ${place},title=${property(ruleId)}::${data(message)}`;
  });
  const { error, warning, information, hint, files } = report.summary;
  return [...lines, `Packetpath: ${error} errors, ${warning} warnings, ${information} information, ${hint} hints in ${files} files`, ''].join('\n');
}

function data(text: string): string {
  return printable(text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A'));
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}

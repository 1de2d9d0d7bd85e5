/** The one place where offsets become LSP ranges and findings become diagnostics. */
import type { TextRange } from '../base/problem';
import type { Severity, TextSpan } from '../protocol/source';
import { type Diagnostic, DiagnosticSeverity, DiagnosticTag, type Position, type Range, type TextEdit } from 'vscode-languageserver-types';
import type { FileState } from '../workspace/fileState';
import type { Snapshot } from '../workspace/snapshot';
import type { WorkspaceFinding } from '../workspace/workspaceFinding';

export function toRange(file: FileState, range: TextRange): Range {
  const at = (offset: number): Position => {
    const { line, column } = file.lines().positionAt(offset);
    return { line, character: column };
  };
  return { start: at(range.start), end: at(range.end) };
}

/** The text of lines, counted from 0, `end` exclusive, without their line ends. */
export function textOfLines(file: FileState, start: number, end: number): string[] {
  const lines = file.lines();
  const result: string[] = [];
  for (let line = start; line < Math.min(end, lines.lineCount); line++) result.push(file.text.slice(lines.lineStart(line), lines.lineEnd(line)));
  return result;
}

/** Lines and columns from 1, as people and the command line count. */
export function toTextSpan(file: FileState, range: TextRange): TextSpan {
  const { start, end } = toRange(file, range);
  return { start: { line: start.line + 1, column: start.character + 1 }, end: { line: end.line + 1, column: end.character + 1 } };
}

export function toOffset(file: FileState, position: { readonly line: number; readonly character: number }): number {
  return file.lines().offsetAt({ line: position.line, column: position.character });
}

const severityNumber: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** What a diagnostic carries so that its code actions find the finding again. */
export interface DiagnosticData {
  readonly fingerprint: string;
}

export function toDiagnostic(snapshot: Snapshot, file: FileState, finding: WorkspaceFinding, documentation: string | undefined): Diagnostic {
  const diagnostic: Diagnostic = {
    range: toRange(file, finding.range),
    severity: severityNumber[finding.severity],
    source: 'packetpath',
    code: finding.ruleId,
    ...(documentation === undefined ? {} : { codeDescription: { href: documentation } }),
    message: finding.message,
    data: { fingerprint: finding.fingerprint } satisfies DiagnosticData,
  };
  if (finding.tag) diagnostic.tags = [finding.tag === 'deprecated' ? DiagnosticTag.Deprecated : DiagnosticTag.Unnecessary];
  const related = finding.related.flatMap(({ uri, range, message }) => {
    const other = snapshot.file(uri);
    return other ? [{ location: { uri, range: toRange(other, range) }, message }] : [];
  });
  if (related.length > 0) diagnostic.relatedInformation = related;
  return diagnostic;
}

export function toTextEdit(file: FileState, edit: TextRange & { readonly newText: string }): TextEdit {
  return { range: toRange(file, edit), newText: edit.newText };
}

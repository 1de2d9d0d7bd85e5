/** The light bulb: fixes, suppressions, "trace from here", and all safe fixes of a file at once. */
import { type CodeAction, CodeActionKind, type CodeActionContext, type Diagnostic, type Range, type WorkspaceEdit } from 'vscode-languageserver-types';
import type { Fix } from '../model/finding';
import type { TraceFromHereArgument } from '../protocol/commands';
import type { FileState } from '../workspace/fileState';
import type { FileEdits } from '../workspace/fixes';
import type { Snapshot } from '../workspace/snapshot';
import type { WorkspaceFinding } from '../workspace/workspaceFinding';
import { placeAt } from './placeAt';
import type { DiagnosticData } from './toLsp';
import { textOfLines, toTextEdit } from './toLsp';

export const fixAllKind = `${CodeActionKind.SourceFixAll}.packetpath`;

/** Nothing is analysed again: the findings of the snapshot carry their fixes. */
export function codeActions(snapshot: Snapshot, uri: string, range: Range, context: CodeActionContext): CodeAction[] {
  const file = snapshot.file(uri);
  if (!file) return [];
  const wants = (kind: string): boolean => !context.only || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    const findings = snapshot.findings(uri);
    for (const diagnostic of context.diagnostics) {
      const finding = findings.find((candidate) => isThat(diagnostic, candidate));
      if (finding) actions.push(...fixActions(snapshot, finding, diagnostic), ...suppressions(file, finding, diagnostic));
    }
    actions.push(...traceActions(snapshot, uri, range));
  }
  if (context.only?.some((only) => fixAllKind === only || fixAllKind.startsWith(`${only}.`))) actions.push(...fixAll(snapshot, uri));
  return actions;
}

function isThat(diagnostic: Diagnostic, finding: WorkspaceFinding): boolean {
  const data = diagnostic.data as Partial<DiagnosticData> | undefined;
  return (
    diagnostic.code === finding.ruleId &&
    (data?.fingerprint === undefined || data.fingerprint === finding.fingerprint) &&
    diagnostic.message === finding.message
  );
}

function fixActions(snapshot: Snapshot, finding: WorkspaceFinding, diagnostic: Diagnostic): CodeAction[] {
  return finding.fixes.flatMap((fix) => {
    const edit = workspaceEdit(snapshot, fix);
    return edit ? [{ title: fix.title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], edit, ...(fix.preferred ? { isPreferred: true } : {}) }] : [];
  });
}

function workspaceEdit(snapshot: Snapshot, fix: Fix): WorkspaceEdit | null {
  const edits = snapshot.editsOf(fix);
  return edits && toWorkspaceEdit(snapshot, edits);
}

function toWorkspaceEdit(snapshot: Snapshot, edits: FileEdits): WorkspaceEdit {
  const changes: NonNullable<WorkspaceEdit['changes']> = {};
  for (const [uri, list] of edits) {
    const file = snapshot.file(uri);
    if (file) changes[uri] = list.map((edit) => toTextEdit(file, edit));
  }
  return { changes };
}

/** Never preferred: a suppression is the last resort. JSON has no comments. */
function suppressions(file: FileState, finding: WorkspaceFinding, diagnostic: Diagnostic): CodeAction[] {
  if (file.path.endsWith('.json')) return [];
  const { line } = file.lines().positionAt(finding.range.start);
  const [text = ''] = textOfLines(file, line, line + 1);
  const indentation = /^[ ]*/.exec(text)?.[0] ?? '';
  const newline = file.text.includes('\r\n') ? '\r\n' : '\n';
  const insert = (title: string, at: number, newText: string): CodeAction => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    edit: { changes: { [file.uri]: [{ range: { start: { line: at, character: 0 }, end: { line: at, character: 0 } }, newText: `${newText}${newline}` }] } },
  });
  return [
    insert(`Suppress ${finding.ruleId} on this line`, line, `${indentation}# packetpath-disable-next-line ${finding.ruleId}`),
    insert(`Suppress ${finding.ruleId} in this file`, 0, `# packetpath-disable-file ${finding.ruleId}`),
  ];
}

function traceActions(snapshot: Snapshot, uri: string, range: Range): CodeAction[] {
  const place = placeAt(snapshot, uri, range.start);
  const endpoint = place?.endpoint ?? null;
  if (!place || endpoint === null) return [];
  const argument: TraceFromHereArgument = { context: place.context, endpoint, label: place.label };
  const title = `Trace from here: ${place.label}`;
  return [{ title, kind: CodeActionKind.QuickFix, command: { title, command: 'packetpath.traceFromHere', arguments: [argument] } }];
}

/** Fixes that are marked safe, as far as their edits do not touch each other. */
function fixAll(snapshot: Snapshot, uri: string): CodeAction[] {
  const taken: { readonly start: number; readonly end: number; readonly newText: string }[] = [];
  for (const finding of snapshot.findings(uri)) {
    const fix = finding.fixes.find((candidate) => candidate.safe);
    const edits = fix && snapshot.editsOf(fix);
    if (edits?.size !== 1) continue;
    const own = edits.get(uri) ?? [];
    if (own.some((edit) => taken.some((other) => edit.start <= other.end && other.start <= edit.end))) continue;
    taken.push(...own);
  }
  if (taken.length === 0) return [];
  return [{ title: 'Fix all safe problems', kind: fixAllKind, edit: toWorkspaceEdit(snapshot, new Map([[uri, taken]])) }];
}

/** The light bulb: fixes, suppressions, "trace from here", and all safe fixes of a file at once. */
import { type CodeAction, CodeActionKind, type CodeActionContext, type Diagnostic, type Range, type WorkspaceEdit } from 'vscode-languageserver-types';
import type { Fix } from '../model/finding';
import type { TraceFromHereArgument } from '../protocol/commands';
import { applyEdits } from '../syntax/applyEdits';
import { directives } from '../syntax/directives';
import { parseYaml } from '../syntax/parse';
import { parseTemplate } from '../syntax/parseTemplate';
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
      if (finding)
        actions.push(...fixActions(snapshot, finding, diagnostic), ...suppressions(file, finding, diagnostic), ...switchOff(snapshot, finding, diagnostic));
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

/** Never preferred: a suppression is the last resort. JSON has no comments, and in a block of text a comment would be text. */
function suppressions(file: FileState, finding: WorkspaceFinding, diagnostic: Diagnostic): CodeAction[] {
  if (/\.jsonc?$/i.test(file.path)) return [];
  const { line } = file.lines().positionAt(finding.range.start);
  const [text = ''] = textOfLines(file, line, line + 1);
  const indentation = /^[ ]*/.exec(text)?.[0] ?? '';
  const newline = file.text.includes('\r\n') ? '\r\n' : '\n';
  const insert = (title: string, at: number, comment: string): CodeAction[] => {
    const newText = `${comment}${newline}`;
    if (!isComment(file, at, newText)) return [];
    const place = { line: at, character: 0 };
    return [
      {
        title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        edit: { changes: { [file.uri]: [{ range: { start: place, end: place }, newText }] } },
      },
    ];
  };
  return [
    ...insert(`Suppress ${finding.ruleId} on this line`, line, `${indentation}# packetpath-disable-next-line ${finding.ruleId}`),
    ...insert(`Suppress ${finding.ruleId} in this file`, 0, `# packetpath-disable-file ${finding.ruleId}`),
  ];
}

/** In the configuration that holds for the file, where there is one. A mistake in the configuration itself is not switched off there. */
function switchOff(snapshot: Snapshot, { ruleId, uri }: WorkspaceFinding, diagnostic: Diagnostic): CodeAction[] {
  const configuration = snapshot.parts.configurations.nearest(snapshot.file(uri)?.path ?? '.');
  if (!configuration) return [];
  if (uri === configuration.uri) return [];
  const { file } = configuration;
  const inside = { kind: 'insert', document: 0, path: ['rules'], key: ruleId, value: 'off' } as const;
  const whole = { kind: 'insert', document: 0, path: [], key: 'rules', value: { [ruleId]: 'off' } } as const;
  const changed = { kind: 'replace', document: 0, path: ['rules', ruleId], value: 'off' } as const;
  const request = Object.hasOwn(configuration.configuration.rules, ruleId)
    ? changed
    : Object.keys(configuration.configuration.rules).length > 0
      ? inside
      : whole;
  const edits = applyEdits(file.yaml, [request]);
  if (!edits) return [];
  const title = `Switch ${ruleId} off in ${file.path}`;
  return [{ title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], edit: { changes: { [file.uri]: edits.map((edit) => toTextEdit(file, edit)) } } }];
}

/** True when the line, put before another, is read as a directive there. */
function isComment(file: FileState, line: number, newText: string): boolean {
  const at = file.lines().lineStart(line);
  const { documents } = (file.template ? parseTemplate : parseYaml)(file.text.slice(0, at) + newText + file.text.slice(at), file.yaml);
  return documents.some((document) => directives(document).some(({ range }) => range.start >= at && range.end <= at + newText.length));
}

function traceActions(snapshot: Snapshot, uri: string, range: Range): CodeAction[] {
  const place = placeAt(snapshot, uri, range.start);
  const endpoint = place?.endpoint ?? null;
  if (!place || endpoint === null) return [];
  const argument: TraceFromHereArgument = { context: place.context, endpoint, label: place.label };
  const title = `Trace from here: ${place.label}`;
  return [{ title, kind: CodeActionKind.QuickFix, command: { title, command: 'packetpath.traceFromHere', arguments: [argument] } }];
}

const mostFixes = 200;

/** Fixes that are marked safe, as far as they can be made together: each edit knows of the others, so that a list which loses all its items goes as well. */
function fixAll(snapshot: Snapshot, uri: string): CodeAction[] {
  const safe = snapshot.findings(uri).flatMap(({ fixes }) => fixes.find((fix) => fix.safe) ?? []);
  const edits = editsTogether(snapshot, uri, safe.slice(0, mostFixes));
  return edits ? [{ title: 'Fix all safe problems', kind: fixAllKind, edit: toWorkspaceEdit(snapshot, edits) }] : [];
}

function editsTogether(snapshot: Snapshot, uri: string, fixes: readonly Fix[]): FileEdits | undefined {
  const made = (chosen: readonly Fix[]): FileEdits | undefined => {
    const edits = snapshot.editsOf({ title: '', edits: chosen.flatMap((fix) => fix.edits) });
    return edits?.size === 1 && edits.has(uri) ? edits : undefined;
  };
  const all = made(fixes);
  if (all) return all;
  let chosen: readonly Fix[] = [];
  let result: FileEdits | undefined;
  for (const fix of fixes) {
    const edits = made([...chosen, fix]);
    if (!edits) continue;
    chosen = [...chosen, fix];
    result = edits;
  }
  return result;
}

/** Marked fixtures: manifests with comment lines that say what is found under them. */
import type { RuleLevel } from '../../server/src/protocol/source';
import type { WorkspaceOptions } from '../../server/src/workspace/options';
import type { Snapshot } from '../../server/src/workspace/snapshot';
import type { WorkspaceFinding } from '../../server/src/workspace/workspaceFinding';
import { snapshotOf, uriOf } from './workspaceOf';

/** One file of a fixture without its marks. */
export interface FixtureFile {
  readonly path: string;
  readonly text: string;
}

/** `path:line:column-line:column id severity: message`, counted from 1 in the text without marks. */
export type Mark = string;

export interface Fixture {
  readonly files: readonly FixtureFile[];
  readonly marks: readonly Mark[];
  readonly options: Partial<WorkspaceOptions>;
}

const fileLine = /^#=== (\S+)\s*$/;
const caretLine = /^#( *)(\^+) ([a-z]+\/[a-z0-9-]+ (?:error|warning|information|hint): .*)$/;
const placeLine = /^#@ (\d+:\d+-\d+:\d+) ([a-z]+\/[a-z0-9-]+ (?:error|warning|information|hint): .*)$/;

/** Directives in the first lines: `# closed`, `# kubernetes: 1.33`, `# unresolved: warning`, `# namespace: shop`. */
export function readFixture(text: string): Fixture {
  const files: { path: string; lines: string[] }[] = [{ path: 'main.yaml', lines: [] }];
  const marks: Mark[] = [];
  for (const line of text.split('\n')) {
    const current = files[files.length - 1];
    if (!current) continue;
    const next = fileLine.exec(line);
    const caret = caretLine.exec(line);
    const place = placeLine.exec(line);
    if (next?.[1] !== undefined) files.push({ path: next[1], lines: [] });
    else if (caret) {
      const start = 1 + (caret[1] ?? '').length + 1;
      marks.push(`${current.path}:${current.lines.length}:${start}-${current.lines.length}:${start + (caret[2] ?? '').length} ${caret[3] ?? ''}`);
    } else if (place) marks.push(`${current.path}:${place[1] ?? ''} ${place[2] ?? ''}`);
    else current.lines.push(line);
  }
  const used = files.filter((file, index) => index > 0 || file.lines.some((line) => line.trim() !== '' && !line.startsWith('#')) || files.length === 1);
  return { files: used.map(({ path, lines }) => ({ path, text: lines.join('\n') })), marks, options: readOptions(text) };
}

function readOptions(text: string): Partial<WorkspaceOptions> {
  const head = text.split('\n', 8).filter((line) => line.startsWith('# '));
  const value = (name: string): string | undefined =>
    head.map((line) => new RegExp(`^# ${name}: (\\S+)\\s*$`).exec(line)?.[1]).find((found) => found !== undefined);
  const kubernetes = value('kubernetes');
  const unresolved = value('unresolved');
  const namespace = value('namespace');
  return {
    ...(head.some((line) => /^# closed\s*$/.test(line)) ? { closed: true } : {}),
    ...(kubernetes === undefined ? {} : { kubernetesVersion: kubernetes }),
    ...(unresolved === undefined ? {} : { unresolvedReferences: unresolved as RuleLevel }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

export function snapshotOfFixture(files: readonly FixtureFile[], options: Partial<WorkspaceOptions>): Snapshot {
  return snapshotOf(Object.fromEntries(files.map((file) => [file.path, file.text])), options);
}

export function findingsOfRule(snapshot: Snapshot, files: readonly FixtureFile[], ruleId: string): WorkspaceFinding[] {
  return files.flatMap((file) => snapshot.findings(uriOf(file.path)).filter((finding) => finding.ruleId === ruleId));
}

export function markOf(snapshot: Snapshot, files: readonly FixtureFile[], finding: WorkspaceFinding): Mark {
  const { path, start, end } = placeOf(snapshot, files, finding);
  return `${path}:${start.line + 1}:${start.column + 1}-${end.line + 1}:${end.column + 1} ${finding.ruleId} ${finding.severity}: ${finding.message}`;
}

function placeOf(
  snapshot: Snapshot,
  files: readonly FixtureFile[],
  finding: WorkspaceFinding,
): { path: string; start: { line: number; column: number }; end: { line: number; column: number } } {
  const state = snapshot.file(finding.uri);
  const file = files.find((candidate) => uriOf(candidate.path) === finding.uri);
  if (!state || !file) throw new Error(`no file ${finding.uri}`);
  const lines = state.lines();
  return { path: file.path, start: lines.positionAt(finding.range.start), end: lines.positionAt(finding.range.end) };
}

/** The fixture's text with its marks written anew; what an update writes. */
export function writeFixture(files: readonly FixtureFile[], snapshot: Snapshot, findings: readonly WorkspaceFinding[]): string {
  return files
    .map((file, index) => {
      const lines = file.text.split('\n');
      const after = new Map<number, string[]>();
      for (const finding of findings.filter((candidate) => candidate.uri === uriOf(file.path))) {
        const { start, end } = placeOf(snapshot, files, finding);
        const says = `${finding.ruleId} ${finding.severity}: ${finding.message}`;
        const caret = start.line === end.line && start.column > 0 && end.column > start.column;
        const mark = caret
          ? `#${' '.repeat(start.column - 1)}${'^'.repeat(end.column - start.column)} ${says}`
          : `#@ ${start.line + 1}:${start.column + 1}-${end.line + 1}:${end.column + 1} ${says}`;
        after.set(start.line, [...(after.get(start.line) ?? []), mark]);
      }
      const text = lines.flatMap((line, number) => [line, ...(after.get(number) ?? [])]).join('\n');
      return index === 0 && file.path === 'main.yaml' ? text : `#=== ${file.path}\n${text}`;
    })
    .join('\n');
}

/** The files after one fix of a finding; null when the finding has no such fix or it cannot be made. */
export function applyFix(snapshot: Snapshot, files: readonly FixtureFile[], finding: WorkspaceFinding, which: number | 'meant'): FixtureFile[] | null {
  const fix = which === 'meant' ? (finding.fixes.find((candidate) => candidate.preferred) ?? finding.fixes[0]) : finding.fixes[which];
  if (!fix) return null;
  const edits = snapshot.editsOf(fix);
  if (!edits) throw new Error(`the fix "${fix.title}" of ${finding.ruleId} cannot be made`);
  return files.map((file) => {
    let text = file.text;
    for (const edit of [...(edits.get(uriOf(file.path)) ?? [])].sort((a, b) => b.start - a.start))
      text = text.slice(0, edit.start) + edit.newText + text.slice(edit.end);
    return { path: file.path, text };
  });
}

/** Files as one text, without marks. */
export function joinFiles(files: readonly FixtureFile[]): string {
  return files.map((file, index) => (index === 0 && file.path === 'main.yaml' ? file.text : `#=== ${file.path}\n${file.text}`)).join('\n');
}

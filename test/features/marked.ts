/** Manifests with `‸` where the cursor stands. */
import type { LspPosition } from '../../server/src/protocol/requests';
import type { Snapshot } from '../../server/src/workspace/snapshot';
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver-types';
import { snapshotOf, uriOf } from '../support/workspaceOf';

export const main = uriOf('main.yaml');

/** The text without its mark, and the position of the mark. */
export function cursorIn(marked: string): { readonly text: string; readonly position: LspPosition } {
  const at = marked.indexOf('‸');
  if (at < 0) throw new Error('no cursor in this text');
  const before = marked.slice(0, at).split('\n');
  return { text: marked.replace('‸', ''), position: { line: before.length - 1, character: (before.at(-1) ?? '').length } };
}

/** The text of a file after the edits that an action brings. */
export function edited(snapshot: Snapshot, edit: WorkspaceEdit | undefined, uri = main): string {
  const file = snapshot.file(uri);
  if (!file || !edit?.changes?.[uri]) throw new Error('no edit of this file');
  const offset = ({ line, character }: LspPosition): number => file.lines().offsetAt({ line, column: character });
  const edits: TextEdit[] = [...edit.changes[uri]].sort((a, b) => offset(b.range.start) - offset(a.range.start));
  return edits.reduce((text, { range, newText }) => text.slice(0, offset(range.start)) + newText + text.slice(offset(range.end)), file.text);
}

/** Rule ids that fire in the text alone. */
export function idsIn(text: string): readonly string[] {
  return snapshotOf(text)
    .findings(main)
    .map(({ ruleId }) => ruleId);
}

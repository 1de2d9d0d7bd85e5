/** The workspace as it would be with the edits that a remedy proposes: to trace again before anything is changed. */
import type { TextPoint } from '../protocol/source';
import type { RemedyEdit } from '../protocol/trace';
import type { Snapshot } from '../workspace/snapshot';
import { Workspace } from '../workspace/workspace';

/** Undefined when an edit has no exact change, or its file is gone. All files are read anew, so this is for an answer that a person waits for. */
export function withEdits(snapshot: Snapshot, edits: readonly RemedyEdit[]): Snapshot | undefined {
  const texts = new Map<string, string>();
  // From the end of a file to its beginning, so that a change moves none of those to come.
  const inOrder = [...edits].sort((a, b) => place(b) - place(a));
  for (const { uri, change } of inOrder) {
    const file = uri === undefined ? undefined : snapshot.file(uri);
    if (uri === undefined || !file || !change) return undefined;
    const before = texts.get(uri) ?? file.text;
    texts.set(uri, before.slice(0, offsetOf(file.text, change.range.start)) + change.newText + before.slice(offsetOf(file.text, change.range.end)));
  }
  const workspace = new Workspace(snapshot.parts.options);
  const files = [...snapshot.parts.configurations.all.map(({ file }) => file), ...snapshot.files.values()];
  for (const { uri, path, text } of files) workspace.setFile(uri, path, texts.get(uri) ?? text);
  return workspace.snapshot();
}

function place({ change }: RemedyEdit): number {
  return change ? change.range.start.line * 1e6 + change.range.start.column : 0;
}

/** Lines and columns count from 1. */
function offsetOf(text: string, { line, column }: TextPoint): number {
  let start = 0;
  for (let count = 1; count < line; count++) {
    const next = text.indexOf('\n', start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  return Math.min(text.length, start + column - 1);
}

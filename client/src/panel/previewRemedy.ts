/** Shows what a remedy would change in VS Code's own preview, where a person accepts or discards it. */
import { l10n, Position, Range, Uri, workspace, WorkspaceEdit, type TextDocument } from 'vscode';
import type { TextSpan } from '../../../server/src/protocol/source';
import type { Remedy, RemedyEdit } from '../../../server/src/protocol/trace';
import type { PacketpathServer } from '../languageClient';

/** Opens the preview. False when the remedy proposes no edit, or its place is gone from the text. */
export async function previewRemedy(server: PacketpathServer, remedy: Remedy): Promise<boolean> {
  const workspaceEdit = new WorkspaceEdit();
  const metadata = { label: l10n.t('Packetpath'), description: remedy.what, needsConfirmation: false };
  for (const edit of remedy.edits ?? []) {
    if (edit.uri !== undefined && edit.change !== undefined) {
      workspaceEdit.replace(Uri.parse(edit.uri), rangeOfSpan(edit.change.range), edit.change.newText, metadata);
      continue;
    }
    const place = await placeOf(server, edit);
    if (place === null) return false;
    const document = await workspace.openTextDocument(place.uri);
    const { position, text } = insertion(document, place.line, edit.insert);
    workspaceEdit.insert(place.uri, position, text, metadata);
  }
  const [file] = workspaceEdit.entries().map(([uri]) => uri);
  if (file === undefined) return false;
  askForPreview(workspaceEdit, file);
  return workspace.applyEdit(workspaceEdit);
}

/**
 * VS Code previews an edit only if a part of it needs confirmation, and such a part starts unticked: "Apply" would do nothing.
 * So the part that asks for the preview is one that changes nothing and is not listed, and the real changes start ticked.
 */
function askForPreview(workspaceEdit: WorkspaceEdit, existing: Uri): void {
  workspaceEdit.createFile(existing, { ignoreIfExists: true }, { label: l10n.t('Packetpath'), needsConfirmation: true });
}

/** `line` counts from 0: the text goes in before it. */
async function placeOf(server: PacketpathServer, edit: RemedyEdit): Promise<{ readonly uri: Uri; readonly line: number } | null> {
  if (edit.uri !== undefined && edit.afterLine !== undefined) return { uri: Uri.parse(edit.uri), line: edit.afterLine };
  const place = await server.request('packetpath/locate', { at: edit.at });
  return place === null ? null : { uri: Uri.parse(place.uri), line: place.range.end.line + 1 };
}

/** Lines and columns of the span count from 1. */
function rangeOfSpan({ start, end }: TextSpan): Range {
  return new Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1);
}

function insertion(document: TextDocument, line: number, insert: string): { readonly position: Position; readonly text: string } {
  const lines = insert.endsWith('\n') ? insert : `${insert}\n`;
  if (line < document.lineCount) return { position: new Position(line, 0), text: lines };
  // The last line has no line break of its own.
  return { position: document.lineAt(document.lineCount - 1).range.end, text: `\n${lines}` };
}

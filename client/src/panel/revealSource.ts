/** Opens the file that a place lies in and shows where it is. */
import { Range, TextEditorRevealType, ThemeColor, Uri, ViewColumn, window, type Disposable, type TextEditor } from 'vscode';
import type { SourceRef } from '../../../server/src/protocol/source';
import type { LspRange } from '../../../server/src/protocol/requests';
import { toRange } from '../ranges';
import type { PacketpathServer } from '../languageClient';

const markedMilliseconds = 3000;

/**
 * Selects the range of `at`, or marks its lines where it has several; without one (the place is gone from the text) nothing happens.
 * `avoid` is the column of the page that asked: the text opens beside it and not in its stead.
 */
export async function revealSource(server: PacketpathServer, at: SourceRef, avoid: ViewColumn | undefined, preserveFocus: boolean): Promise<void> {
  const place = await server.request('packetpath/locate', { at });
  if (place === null) return;
  await showRange(place.uri, place.range, avoid, preserveFocus);
}

async function showRange(uri: string, range: LspRange, avoid: ViewColumn | undefined, preserveFocus: boolean): Promise<void> {
  const place = toRange(range);
  // A whole resource is not selected: the focus goes to the text, and the next key would replace it.
  const selection = place.isSingleLine ? place : new Range(place.start, place.start);
  const editor = await window.showTextDocument(Uri.parse(uri), { selection, preserveFocus, viewColumn: columnFor(uri, avoid) });
  editor.revealRange(place, TextEditorRevealType.InCenterIfOutsideViewport);
  if (!place.isSingleLine) markLines(editor, place);
}

/** The lines stay marked until the cursor goes elsewhere, or for a moment. */
function markLines(editor: TextEditor, range: Range): void {
  const decoration = window.createTextEditorDecorationType({ backgroundColor: new ThemeColor('editor.rangeHighlightBackground'), isWholeLine: true });
  editor.setDecorations(decoration, [range]);
  const subscriptions: Disposable[] = [decoration];
  const end = (): void => {
    clearTimeout(timer);
    for (const subscription of subscriptions) subscription.dispose();
  };
  const timer = setTimeout(end, markedMilliseconds);
  subscriptions.push(
    window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
      if (textEditor === editor && selections[0]?.start.isEqual(range.start) !== true) end();
    }),
  );
}

function columnFor(uri: string, avoid: ViewColumn | undefined): ViewColumn {
  const editors = window.visibleTextEditors.filter((editor) => editor.viewColumn !== undefined && editor.viewColumn !== avoid);
  const chosen = editors.find((editor) => editor.document.uri.toString() === uri) ?? editors[0];
  if (chosen?.viewColumn !== undefined) return chosen.viewColumn;
  return avoid === ViewColumn.One ? ViewColumn.Beside : ViewColumn.One;
}

/** Opens the file that a place lies in and selects its range. */
import { Uri, ViewColumn, window } from 'vscode';
import type { SourceRef } from '../../../server/src/protocol/source';
import type { LspRange } from '../../../server/src/protocol/requests';
import { toRange } from '../ranges';
import type { PacketpathServer } from '../languageClient';

/**
 * Selects the range of `at`; without one (the place is gone from the text) nothing happens.
 * `avoid` is the column of the page that asked: the text opens beside it and not in its stead.
 */
export async function revealSource(server: PacketpathServer, at: SourceRef, avoid: ViewColumn | undefined, preserveFocus: boolean): Promise<void> {
  const place = await server.request('packetpath/locate', { at });
  if (place === null) return;
  await showRange(place.uri, place.range, avoid, preserveFocus);
}

async function showRange(uri: string, range: LspRange, avoid: ViewColumn | undefined, preserveFocus: boolean): Promise<void> {
  await window.showTextDocument(Uri.parse(uri), { selection: toRange(range), preserveFocus, viewColumn: columnFor(uri, avoid) });
}

function columnFor(uri: string, avoid: ViewColumn | undefined): ViewColumn {
  const editors = window.visibleTextEditors.filter((editor) => editor.viewColumn !== undefined && editor.viewColumn !== avoid);
  const chosen = editors.find((editor) => editor.document.uri.toString() === uri) ?? editors[0];
  if (chosen?.viewColumn !== undefined) return chosen.viewColumn;
  return avoid === ViewColumn.One ? ViewColumn.Beside : ViewColumn.One;
}

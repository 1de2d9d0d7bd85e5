/** What the tests in VS Code share: the extension's inside, waiting for something to become true, the sample's files. */
import { commands, extensions, languages, Range, Uri, window, workspace, type Diagnostic, type Position, type TextDocument, type TextEditor } from 'vscode';
import type { PacketpathApi } from '../../../client/src/extension';

const usual = 30_000;
const pause = 50;

/** What `activate` gave back; activates the extension where nothing has done so. */
export async function packetpath(): Promise<PacketpathApi> {
  const extension = extensions.getExtension<PacketpathApi>('packetpath.packetpath');
  if (extension === undefined) throw new Error('The extension is not installed.');
  return extension.activate();
}

/** Waits until `look` gives something else than undefined or false. Fails with what was waited for. */
export async function until<Result>(
  what: string,
  look: () => Result | undefined | false | Promise<Result | undefined | false>,
  milliseconds = usual,
): Promise<Result> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const result = await look();
    if (result !== undefined && result !== false) return result;
    if (Date.now() > deadline) throw new Error(`Waited ${String(milliseconds / 1000)} s for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

export function fileUri(name: string): Uri {
  const folder = workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('No folder is open.');
  return Uri.joinPath(folder.uri, name);
}

export async function openFile(name: string): Promise<TextEditor> {
  return window.showTextDocument(await workspace.openTextDocument(fileUri(name)));
}

/** Diagnostics of ours on a file. */
export function findings(uri: Uri): Diagnostic[] {
  return languages.getDiagnostics(uri).filter((diagnostic) => diagnostic.source === 'packetpath');
}

/** The rule's id. */
export function ruleOf(diagnostic: Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : code);
}

/** Where `text` stands for the `occurrence`th time, counted from 1. */
export function positionOf(document: TextDocument, text: string, occurrence = 1): Position {
  let at = -1;
  for (let count = 0; count < occurrence; count += 1) at = document.getText().indexOf(text, at + 1);
  if (at < 0) throw new Error(`"${text}" is not in ${document.fileName}.`);
  return document.positionAt(at);
}

/** Replaces the text as a person would: select, type one character after the other. */
export async function typeInstead(editor: TextEditor, old: string, text: string): Promise<void> {
  const start = positionOf(editor.document, old);
  const offset = editor.document.offsetAt(start);
  await editor.edit((edit) => {
    edit.delete(new Range(start, editor.document.positionAt(offset + old.length)));
  });
  for (let index = 0; index < text.length; index += 1)
    await editor.edit((edit) => {
      edit.insert(editor.document.positionAt(offset + index), text.charAt(index));
    });
}

/** Takes the file back to what is on disk. */
export async function revert(editor: TextEditor): Promise<void> {
  await window.showTextDocument(editor.document);
  await commands.executeCommand('workbench.action.files.revert');
  await until('the file to be as on disk', () => !editor.document.isDirty);
}

/** What the page offers where it has nothing to draw: a folder, an example, the server again, its log. */
import { commands, ViewColumn, window, workspace } from 'vscode';
import type { HelpWanted } from '../../../server/src/protocol/panel';
import { exampleManifest } from './exampleManifest';

export async function help(what: HelpWanted): Promise<void> {
  switch (what) {
    case 'open-folder':
      await commands.executeCommand('workbench.action.files.openFolder');
      return;
    case 'example': {
      const document = await workspace.openTextDocument({ language: 'yaml', content: exampleManifest });
      await window.showTextDocument(document, { viewColumn: ViewColumn.One, preview: false });
      return;
    }
    case 'restart':
      await commands.executeCommand('packetpath.restartServer');
      return;
    case 'log':
      await commands.executeCommand('packetpath.showLog');
      return;
  }
}

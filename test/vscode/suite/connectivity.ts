/** Who may talk to whom, as a document that follows the text. */
import { ok } from 'node:assert/strict';
import { commands, ViewColumn, window, workspace } from 'vscode';
import { openFile, packetpath, revert, typeInstead, until } from './support';

export function connectivitySuite(): void {
  describe('connectivity', () => {
    it('opens as a document and follows the text', async () => {
      await packetpath();
      const editor = await openFile('shop.yaml');
      await until('the matrix', async () => {
        await commands.executeCommand('packetpath.showConnectivity');
        return window.activeTextEditor?.document.uri.scheme === 'packetpath-report';
      });
      const document = window.activeTextEditor?.document;
      ok(document?.getText().includes('| web '), document?.getText());
      const beside = await window.showTextDocument(editor.document, { viewColumn: ViewColumn.Two });
      await typeInstead(beside, 'name: web', 'name: shopfront');
      await until('the new name in the matrix', () =>
        workspace.textDocuments.some((candidate) => candidate.uri.scheme === 'packetpath-report' && candidate.getText().includes('shopfront')),
      );
      await revert(beside);
    });
  });
}

/** A mistake is underlined as it is typed, and its fix takes it away. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { CodeActionKind, commands, workspace, type CodeAction, type TextEditor } from 'vscode';
import { findings, openFile, revert, ruleOf, typeInstead, until } from './support';

const rule = 'port/container-port-collision';

export function typingSuite(): void {
  describe('typing', () => {
    let editor: TextEditor;

    before(async () => {
      editor = await openFile('shop.yaml');
    });

    after(async () => {
      await revert(editor);
    });

    it('underlines the second container on a port', async () => {
      deepEqual(findings(editor.document.uri).map(ruleOf), []);
      await typeInstead(editor, '9090', '8080');
      await until(rule, () => findings(editor.document.uri).some((diagnostic) => ruleOf(diagnostic) === rule));
    });

    it('has it fixed by the light bulb', async () => {
      const diagnostic = await until(rule, () => findings(editor.document.uri).find((candidate) => ruleOf(candidate) === rule));
      const actions = await commands.executeCommand<CodeAction[]>(
        'vscode.executeCodeActionProvider',
        editor.document.uri,
        diagnostic.range,
        CodeActionKind.QuickFix.value,
      );
      const fix = actions.find((action) => action.edit !== undefined && !action.title.startsWith('Suppress'));
      ok(fix?.edit, actions.map(({ title }) => title).join('; '));
      equal(await workspace.applyEdit(fix.edit), true);
      await until('no findings', () => findings(editor.document.uri).length === 0);
    });
  });
}

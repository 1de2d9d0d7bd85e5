/** What the panel's page asks of VS Code: show the text, copy, preview an edit; and the panel follows the text. */
import { equal, ok } from 'node:assert/strict';
import { commands, env, window, workspace } from 'vscode';
import type { ToPanel } from '../../../server/src/protocol/panel';
import type { TopologyCard } from '../../../server/src/protocol/topology';
import type { Trace } from '../../../server/src/protocol/trace';
import { openFile, packetpath, revert, typeInstead, until } from './support';

export function panelSuite(): void {
  describe('the panel', () => {
    it('follows the text while it is typed', async () => {
      const editor = await openFile('shop.yaml');
      await commands.executeCommand('packetpath.openTopologyToSide');
      await until('the card', async () => portsOf(await card('deployment/shop/api')).includes(9090));
      await typeInstead(await openFile('shop.yaml'), '9090', '9191');
      await until('the port that was typed', async () => portsOf(await card('deployment/shop/api')).includes(9191));
      await revert(editor);
      await until('the port on disk', async () => portsOf(await card('deployment/shop/api')).includes(9090));
    });

    it('shows the text of a card, and selects nothing that the next key would replace', async () => {
      await openFile('shop.yaml');
      const at = (await card('deployment/shop/vault'))?.source;
      ok(at);
      const { fromPanel } = await packetpath();
      await fromPanel({ type: 'reveal', revision: 1, at });
      const editor = await until('the file', () => window.activeTextEditor?.document.fileName.endsWith('vault.yaml') === true && window.activeTextEditor);
      equal(editor.selection.isEmpty, true);
      equal(editor.document.lineAt(editor.selection.active.line).text, 'apiVersion: apps/v1');
    });

    it('copies the command that asks the same question', async () => {
      const { fromPanel } = await packetpath();
      await fromPanel({ type: 'ask', revision: 1, question: { from: 'deployment/shop/web', to: 'service/shop/api' } });
      equal((await shownTrace())?.branches[0]?.hops[0]?.kind, 'dns-query');
      await fromPanel({ type: 'copy', revision: 2, what: 'command' });
      const text = await until('the text', async () => {
        const copied = await env.clipboard.readText();
        return copied.includes('packetpath') && copied;
      });
      equal(text.trim(), 'packetpath trace --from deployment/shop/web --to api --port 80');
    });

    it('keeps an edit that is tried while other text changes, and lets it go when asked to', async () => {
      const { fromPanel } = await packetpath();
      await fromPanel({ type: 'ask', revision: 1, question: { from: 'deployment/shop/web', to: 'deployment/shop/vault', port: 8200 } });
      const remedy = (await shownTrace())?.remedies.findIndex(({ edits }) => edits !== undefined && edits.length > 0) ?? -1;
      await fromPanel({ type: 'try', revision: 2, remedy });
      equal((await shownTrace())?.outcome, 'delivered');
      const editor = await openFile('shop.yaml');
      await typeInstead(editor, '9090', '9191');
      await until('the port that was typed', async () => portsOf(await card('deployment/shop/api')).includes(9191));
      ok((await sent()).trace?.tried);
      equal((await shownTrace())?.outcome, 'delivered');
      await revert(editor);
      await fromPanel({ type: 'try', revision: 3, remedy: null });
      equal((await sent()).trace?.tried, undefined);
      equal((await shownTrace())?.outcome, 'dropped-policy-ingress');
    });

    it('opens an example for who has no manifests at hand, and draws it', async () => {
      const { fromPanel } = await packetpath();
      await fromPanel({ type: 'help', revision: 1, what: 'example' });
      equal(window.activeTextEditor?.document.isUntitled, true);
      await until('the example in the drawing', async () => (await card('deployment/default/reports')) !== undefined);
      await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await until('the example to be gone', () => !workspace.textDocuments.some(({ isUntitled, isClosed }) => isUntitled && !isClosed));
    });

    it('previews what would have to change, applies it, and traces again', async () => {
      const { fromPanel } = await packetpath();
      await fromPanel({ type: 'ask', revision: 1, question: { from: 'deployment/shop/web', to: 'deployment/shop/vault', port: 8200 } });
      const trace = await shownTrace();
      equal(trace?.outcome, 'dropped-policy-ingress');
      const remedy = trace.remedies.findIndex(({ helps, edits }) => helps && edits !== undefined && edits.length > 0);
      const editor = await openFile('vault.yaml');
      const before = editor.document.getText();

      const applied = fromPanel({ type: 'preview', revision: 2, remedy });
      await until('the edit', async () => {
        // The preview may not be there yet, then nothing is applied.
        await commands.executeCommand('refactorPreview.apply');
        return editor.document.getText() !== before;
      });
      await applied;
      const added = '        - podSelector:\n            matchLabels:\n              app: web\n';
      equal(editor.document.getText(), before.replace('      ports:\n        - port: 8200', `${added}      ports:\n        - port: 8200`));
      await until('the packet to arrive', async () => (await shownTrace())?.outcome === 'delivered');
      await revert(editor);
      await until('the packet to be dropped', async () => (await shownTrace())?.outcome === 'dropped-policy-ingress');
    });
  });
}

async function sent(): Promise<{ readonly [Type in ToPanel['type']]?: Extract<ToPanel, { readonly type: Type }> }> {
  const { panelState } = await packetpath();
  return panelState().sent;
}

async function card(id: string): Promise<TopologyCard | undefined> {
  return (await sent()).topology?.topology?.cards.find((candidate) => candidate.id === id);
}

function portsOf(shown: TopologyCard | undefined): readonly (number | null)[] {
  return shown?.ports.map(({ number }) => number) ?? [];
}

async function shownTrace(): Promise<Trace | null | undefined> {
  return (await sent()).trace?.trace;
}

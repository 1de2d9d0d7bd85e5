/** "Trace from here" asks where to, opens the panel, and the page draws the path. */
import { equal, ok } from 'node:assert/strict';
import { commands, Range, type CodeAction } from 'vscode';
import type { TraceFromHereArgument } from '../../../server/src/protocol/commands';
import { openFile, packetpath, positionOf, until } from './support';

export function tracingSuite(): void {
  describe('trace from here', () => {
    it('leads from the light bulb to a drawn path', async () => {
      const editor = await openFile('shop.yaml');
      const at = positionOf(editor.document, 'name: web');
      const action = await until('the code action', async () => {
        const actions = await commands.executeCommand<CodeAction[]>('vscode.executeCodeActionProvider', editor.document.uri, new Range(at, at));
        return actions.find((candidate) => candidate.command?.command === 'packetpath.traceFromHere');
      });
      const argument = action.command?.arguments?.[0] as TraceFromHereArgument;
      equal(argument.endpoint, 'deployment/shop/web');

      const running = commands.executeCommand('packetpath.traceFromHere', argument);
      const { panelState } = await packetpath();
      const sent = await until('a trace', async () => {
        // The first destination: its list may not be there yet, then nothing is accepted.
        if (panelState().sent.trace === undefined) await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        return panelState().sent.trace;
      });
      await running;
      equal(sent.question?.from, 'deployment/shop/web');
      // The Service that its environment names is the nearest.
      ok(sent.question.to.includes('api'), sent.question.to);
      equal(sent.trace?.outcome, 'delivered', sent.error);

      const rendered = await until('the drawn path', () => panelState().drawn.find(({ view, marks }) => view === 'trace' && marks > 0));
      ok(rendered.marks >= (sent.trace.branches[0]?.hops.length ?? 0) / 2, String(rendered.marks));
    });

    it('shows the topology beside the text', async () => {
      await openFile('shop.yaml');
      await commands.executeCommand('packetpath.openTopologyToSide');
      const { panelState } = await packetpath();
      const sent = await until('the topology', () => panelState().sent.topology?.topology ?? undefined);
      const titles = sent.cards.map((card) => card.title);
      ok(titles.includes('api') && titles.includes('web'), titles.join());
      await until('the drawn topology', () => panelState().drawn.some(({ view, marks }) => view === 'topology' && marks > 0));
    });
  });
}

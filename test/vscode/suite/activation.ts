/** The extension starts by itself when a manifest is opened, and says nothing against a clean one. */
import { deepEqual, equal } from 'node:assert/strict';
import { commands, extensions } from 'vscode';
import { commandRows } from '../../../server/src/protocol/commands';
import { fileUri, findings, openFile, packetpath, ruleOf, until } from './support';

export function activationSuite(): void {
  describe('activation', () => {
    it('comes with the first manifest', async () => {
      await openFile('shop.yaml');
      await until('the extension to activate', () => extensions.getExtension('packetpath.packetpath')?.isActive);
      const { started, serverState } = await packetpath();
      await started;
      equal(serverState().state, 'running');
    });

    it('registers every command of the table', async () => {
      const registered = new Set(await commands.getCommands(true));
      deepEqual(
        commandRows.map(({ id }) => id).filter((id) => !registered.has(id)),
        [],
      );
    });

    it('finds a mistake that is in a file nobody opened, and nothing in a clean file', async () => {
      await openFile('shop.yaml');
      const found = await until('findings in mistake.yaml', () => {
        const list = findings(fileUri('mistake.yaml'));
        return list.length > 0 && list;
      });
      equal(found.map(ruleOf).includes('port/container-port-collision'), true, found.map(ruleOf).join());
      deepEqual(findings(fileUri('shop.yaml')).map(ruleOf), []);
    });
  });
}

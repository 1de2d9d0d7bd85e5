/** A language server that dies is started again and goes on where it stopped. */
import { equal, notEqual, ok } from 'node:assert/strict';
import { findings, openFile, packetpath, revert, ruleOf, typeInstead, until } from './support';

export function crashSuite(): void {
  describe('a crash of the server', () => {
    it('is followed by a new server that still finds mistakes', async () => {
      const editor = await openFile('shop.yaml');
      const { serverState } = await packetpath();
      const before = serverState();
      ok(before.processId);
      equal(before.crashes, 0);
      process.kill(before.processId, 'SIGKILL');

      const after = await until('the new server', () => {
        const now = serverState();
        return now.crashes === 1 && now.state === 'running' && now;
      });
      notEqual(after.processId, before.processId);
      await typeInstead(editor, '9090', '8080');
      await until('the finding', () => findings(editor.document.uri).some((diagnostic) => ruleOf(diagnostic) === 'port/container-port-collision'));
      await revert(editor);
      await until('no findings', () => findings(editor.document.uri).length === 0);
    });
  });
}

/** The picture of the README that shows a whole VS Code: a mistake with its quick fixes, and the topology beside the text. */
import { join } from 'node:path';
import { look } from '../vscode/look.mts';
import { repository } from './harness/bundle.ts';

/** Wants `packetpath.vsix` (`npm run package`) and the VS Code host that `npm run test:vscode` installs. */
export async function editorPicture(file: string): Promise<void> {
  await look({ folder: join(repository, 'examples', 'shop'), theme: 'dark', width: 1420, height: 660 }, async (window) => {
    const { page } = window;
    await window.open('40-cache.yaml', 8, 13);
    await window.command('View: Close Primary Side Bar');
    await window.command('Packetpath: Open Topology to the Side');
    await window.panel();
    await page.waitForTimeout(2500);
    await window.open('40-cache.yaml', 8, 13);
    await page.waitForTimeout(1500);
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget').first().waitFor();
    await page.waitForTimeout(500);
    await window.picture(file);
  });
}

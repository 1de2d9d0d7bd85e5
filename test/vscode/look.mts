/**
 * To look at the real thing: VS Code of the host with the packaged extension, as a person sees it, with pictures.
 * From a script: `await look({ folder, theme }, async (window) => { await window.open('api.yaml'); await window.picture('editor.png'); })`.
 * From the command line: `tsx test/vscode/look.mts FOLDER FILE[:LINE] [OUTPUT FOLDER]` takes editor, topology and trace in dark, light and high contrast.
 */
import { mkdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { openChromium, startCodeServer } from './host/codeServer.mts';

export const themes = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
} as const;
export type Theme = keyof typeof themes;

export interface LookOptions {
  readonly folder: string;
  readonly theme?: Theme;
  /** The packaged extension; `packetpath.vsix` of the repository by default. */
  readonly vsix?: string;
  readonly width?: number;
  readonly height?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** What a person does in the window. */
export interface LookWindow {
  readonly page: Page;
  /** Opens a file of the folder, with the cursor at `line` (from 1) and `column`. */
  open(file: string, line?: number, column?: number): Promise<void>;
  /** Runs a command by its title in the palette. */
  command(title: string): Promise<void>;
  /** The page inside the panel's webview, once it is there. */
  panel(): Promise<Frame>;
  picture(file: string): Promise<void>;
  /** Messages of problems in the active editor's file, as the problems view lists them. */
  problems(): Promise<string[]>;
}

const root = resolve(import.meta.dirname, '../..');

/** Opens the folder, lets `act` do things, closes everything. Gives back what `act` gives. */
export async function look<Result>(options: LookOptions, act: (window: LookWindow) => Promise<Result>): Promise<Result> {
  const server = await startCodeServer({
    extensions: [options.vsix ?? join(root, 'packetpath.vsix')],
    settings: {
      'workbench.colorTheme': themes[options.theme ?? 'dark'],
      'window.autoDetectColorScheme': false,
      'editor.minimap.enabled': false,
      'workbench.tips.enabled': false,
      'workbench.secondarySideBar.defaultVisibility': 'hidden',
      'files.autoSave': 'off',
      ...options.settings,
    },
  });
  const browser = await openChromium();
  try {
    const context = await browser.newContext({ viewport: { width: options.width ?? 1500, height: options.height ?? 950 } });
    const page = await context.newPage();
    await page.goto(server.address(resolve(options.folder)));
    await page.waitForSelector('.monaco-workbench .part.editor', { timeout: 60_000 });
    try {
      return await act(windowOf(page));
    } catch (error) {
      // What was on the screen says most.
      mkdirSync(join(root, 'test/output'), { recursive: true });
      await page.screenshot({ path: join(root, 'test/output/look-failed.png') });
      throw error;
    }
  } finally {
    await browser.close();
    server.stop();
  }
}

function windowOf(page: Page): LookWindow {
  const quickInput = page.locator('.quick-input-widget .quick-input-box input');
  const rows = page.locator('.quick-input-widget .monaco-list-row');
  const ask = async (key: string, text: string): Promise<void> => {
    await page.keyboard.press(key);
    await quickInput.waitFor({ state: 'visible' });
    await quickInput.fill(text);
    // The list follows the text after a while; Enter takes the row that is marked then.
    await rows.first().waitFor();
    await page.waitForTimeout(700);
    await page.keyboard.press('Enter');
  };
  return {
    page,
    async open(file, line = 1, column = 1) {
      await ask('Control+p', `${file}:${String(line)}:${String(column)}`);
      await page
        .locator('.tab', { hasText: basename(file) })
        .first()
        .waitFor();
      await page.waitForTimeout(300);
    },
    async command(title) {
      await ask('F1', `>${title}`);
    },
    async panel() {
      const deadline = Date.now() + 30_000;
      while (Date.now() < deadline) {
        for (const frame of page.frames()) {
          if (frame.url().includes('fake.html') && (await frame.locator('body > *').count()) > 0 && (await frame.title()) === 'Packetpath') return frame;
        }
        await page.waitForTimeout(200);
      }
      throw new Error('The panel did not appear within 30 seconds.');
    },
    async picture(file) {
      mkdirSync(dirname(file), { recursive: true });
      await page.screenshot({ path: file });
      console.log(file);
    },
    async problems() {
      await page.keyboard.press('Control+Shift+m');
      await page.waitForTimeout(800);
      return page.locator('.markers-panel .monaco-list-row').allInnerTexts();
    },
  };
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const [folder, place = '', output = join(root, 'test/output/look')] = process.argv.slice(2);
  const [file = '', line = '1'] = place.split(':');
  if (folder === undefined || file === '') throw new Error('Wanted: FOLDER FILE[:LINE] [OUTPUT FOLDER]');
  for (const theme of ['dark', 'light', 'high-contrast'] as const) {
    await look({ folder, theme }, async (window) => {
      await window.open(file, Number(line));
      await window.page.waitForTimeout(4000);
      await window.picture(join(output, `editor-${theme}.png`));
      await window.command('Packetpath: Open Topology to the Side');
      await window.panel();
      await window.page.waitForTimeout(2000);
      await window.picture(join(output, `topology-${theme}.png`));
      await window.command('Packetpath: Trace from Here');
      await window.page.waitForTimeout(1500);
      await window.picture(join(output, `destinations-${theme}.png`));
      await window.page.keyboard.press('Enter');
      await window.page.waitForTimeout(2500);
      await window.picture(join(output, `trace-${theme}.png`));
    });
  }
}

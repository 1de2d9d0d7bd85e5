/** The page of the panel in Chromium: the same skeleton and content security policy as in the editor, a stand-in for its API, a theme. */
import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { isFromPanel, type FromPanel, type ToPanel } from '../../../server/src/protocol/panel';
import { bundleFolder, repository } from './bundle';
import { themes, type ThemeName } from './themes';

export interface PanelOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** What `getState` answers. */
  readonly state?: unknown;
  readonly reducedMotion?: boolean;
  /** For pictures, a font as narrow as those of most systems; without it what the machine has, which is wide on a bare Linux. */
  readonly font?: 'Inter';
}

export interface PanelPage {
  readonly page: Page;
  /** Everything that the page said wrong: errors, and violations of the content security policy. */
  readonly complaints: readonly string[];
  send(message: ToPanel): Promise<void>;
  /** Messages of the page so far; each has the shape that the extension demands. */
  sent(): Promise<readonly FromPanel[]>;
  /** What the page saved last. */
  saved(): Promise<unknown>;
  close(): Promise<void>;
}

export interface PanelBrowser {
  open(options?: PanelOptions): Promise<PanelPage>;
  close(): Promise<void>;
}

const chromiumFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `bundleWebview` must have run. */
export async function startPanelBrowser(): Promise<PanelBrowser> {
  const pages = new Map<string, PanelOptions>();
  const server = await serve(pages);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const browser: Browser = await chromium.launch({ executablePath: process.env['PACKETPATH_CHROMIUM'] ?? '/usr/bin/chromium', args: chromiumFlags });
  let count = 0;
  return {
    async open(options = {}) {
      const id = `page-${count++}`;
      pages.set(id, options);
      const context = await browser.newContext({
        viewport: { width: options.width ?? 900, height: options.height ?? 980 },
        reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if ((message.type() === 'error' || message.type() === 'warning') && !isToolkitProbe(message.text())) complaints.push(message.text());
      });
      await page.goto(`http://127.0.0.1:${port}/${id}`);
      if (options.font)
        await page.evaluate(
          loadFonts,
          interFaces.map(({ face }) => face),
        );
      const sent = async (): Promise<readonly FromPanel[]> => {
        const all = await page.evaluate(() => (globalThis as unknown as { sent: unknown[] }).sent);
        return all.map((message) => {
          if (!isFromPanel(message)) throw new Error(`not a message of the panel: ${JSON.stringify(message)}`);
          return message;
        });
      };
      return {
        page,
        complaints,
        sent,
        send: async (message) => {
          await page.evaluate((data) => window.postMessage(data, '*'), message);
          await page.evaluate(() => new Promise((done) => setTimeout(done, 60)));
        },
        saved: () => page.evaluate(() => (globalThis as unknown as { saved: unknown }).saved),
        close: () => context.close(),
      };
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** Run in the page: the widths of texts are asked of fonts that are there, as in the editor. */
async function loadFonts(faces: readonly string[]): Promise<void> {
  await Promise.all(faces.map((face) => document.fonts.load(face)));
  document.body.setAttribute('data-vscode-theme-id', 'with-fonts');
  await new Promise((done) => requestAnimationFrame(done));
}

const interFolder = join(repository, 'node_modules', '@fontsource', 'inter', 'files');
const interFaces = [
  { file: 'inter-latin-400-normal.woff2', face: '400 13px Inter', weight: 400, style: 'normal' },
  { file: 'inter-latin-600-normal.woff2', face: '600 13px Inter', weight: 600, style: 'normal' },
  { file: 'inter-latin-600-italic.woff2', face: 'italic 600 13px Inter', weight: 600, style: 'italic' },
] as const;

function fontSheet(): string {
  return interFaces
    .map(
      ({ file, weight, style }) => `@font-face { font-family: Inter; font-weight: ${weight}; font-style: ${style}; src: url(/fonts/${file}) format('woff2'); }`,
    )
    .join('\n');
}

/** On its first use the toolkit tries an empty style element to learn of `:focus-visible`; the policy refuses it by the hash of nothing, and the toolkit goes on. */
function isToolkitProbe(text: string): boolean {
  return text.includes('inline style') && text.includes('sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
}

async function serve(pages: ReadonlyMap<string, PanelOptions>): Promise<Server> {
  const files: Readonly<Record<string, string>> = { '/panel.js': 'text/javascript', '/panel.css': 'text/css' };
  const fonts: ReadonlySet<string> = new Set(interFaces.map(({ file }) => `/fonts/${file}`));
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const type = files[path];
    const options = pages.get(path.slice(1));
    if (type !== undefined) {
      void readFile(join(bundleFolder, path.slice(1))).then(
        (content) => response.writeHead(200, { 'content-type': type }).end(content),
        () => response.writeHead(404).end(),
      );
    } else if (path === '/fonts.css') response.writeHead(200, { 'content-type': 'text/css' }).end(fontSheet());
    else if (fonts.has(path)) {
      void readFile(join(interFolder, path.slice('/fonts/'.length))).then((content) => response.writeHead(200, { 'content-type': 'font/woff2' }).end(content));
    } else if (options) response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(skeleton(options));
    else response.writeHead(204).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

/** The theme's variables and the stand-in come in by scripts with the nonce, as the editor puts its own. */
function skeleton(options: PanelOptions): string {
  const nonce = randomBytes(16).toString('hex');
  const theme = themes[options.theme ?? 'dark'];
  const quoted = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').replaceAll('<', '\\u003c');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src 'self'; font-src 'self'; img-src 'self' blob: data:" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    <link rel="stylesheet" href="panel.css" />${options.font ? '\n    <link rel="stylesheet" href="fonts.css" />' : ''}
    <title>Packetpath</title>
  </head>
  <body class="${theme.bodyClass}">
    <script nonce="${nonce}">
      for (const [name, value] of Object.entries(${quoted(theme.variables)})) document.documentElement.style.setProperty(name, value);
      globalThis.sent = [];
      globalThis.saved = ${quoted(options.state)};
      globalThis.acquireVsCodeApi = () => ({
        postMessage: (message) => globalThis.sent.push(structuredClone(message)),
        getState: () => globalThis.saved,
        setState: (state) => (globalThis.saved = structuredClone(state)),
      });
    </script>
    <script nonce="${nonce}" src="panel.js"></script>
  </body>
</html>`;
}

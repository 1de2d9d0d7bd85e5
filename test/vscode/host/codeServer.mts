/** Starts the VS Code server of the host and opens Chromium on it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { installHost } from './installHost.mts';

export interface CodeServerOptions {
  /** Settings of the person, by key. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** `.vsix` files or extension ids to install before the start. */
  readonly extensions?: readonly string[];
  /** The driver of VS Code's own tests; it also suppresses notifications, so not for pictures. */
  readonly smokeTestDriver?: boolean;
  readonly port?: number;
  readonly environment?: NodeJS.ProcessEnv;
  /** Told each step that takes long. */
  readonly announce?: (step: string) => void;
  /** What the server prints. */
  readonly log?: (text: string) => void;
}

export interface CodeServer {
  readonly port: number;
  /** The address that opens `folder`, with VS Code's own start parameters. */
  address(folder: string, payload?: readonly (readonly [string, string])[]): string;
  /** How a path on disk is named to the page. */
  remote(path: string): string;
  stop(): void;
}

const startTimeout = 60_000;

/** Starts the server with data folders of its own, which are removed by `stop`. */
export async function startCodeServer(options: CodeServerOptions = {}): Promise<CodeServer> {
  const host = installHost(options.announce);
  options.announce?.('Starting the VS Code server …');
  const data = mkdtempSync(join(tmpdir(), 'packetpath-vscode-'));
  const folders = { server: join(data, 'server'), user: join(data, 'user'), extensions: join(data, 'extensions') };
  mkdirSync(join(folders.user, 'User'), { recursive: true });
  mkdirSync(folders.extensions, { recursive: true });
  // Without this file the development extension is sometimes lost.
  writeFileSync(join(folders.extensions, 'extensions.json'), '[]');
  const settings = {
    'workbench.startupEditor': 'none',
    // VS Code in a browser saves by itself; on a desktop it does not, and nobody expects an example to change under their hands.
    'files.autoSave': 'off',
    'git.openRepositoryInParentFolders': 'never',
    'security.workspace.trust.enabled': false,
    'extensions.autoUpdate': false,
    'extensions.ignoreRecommendations': true,
    'chat.disableAIFeatures': true,
    ...options.settings,
  };
  for (const folder of [join(folders.user, 'User'), join(folders.server, 'data', 'User'), join(folders.server, 'data', 'Machine')]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings, null, 2));
  }
  const common = [
    '--server-data-dir',
    folders.server,
    '--user-data-dir',
    folders.user,
    '--extensions-dir',
    folders.extensions,
    '--accept-server-license-terms',
    '--telemetry-level',
    'off',
  ];

  for (const extension of options.extensions ?? [])
    await runToEnd(host.node, [host.serverMain, ...common, '--install-extension', extension, '--force'], options);
  const child = spawn(
    host.node,
    [
      host.serverMain,
      ...common,
      '--host',
      '127.0.0.1',
      '--port',
      String(options.port ?? 0),
      '--without-connection-token',
      '--disable-workspace-trust',
      ...(options.smokeTestDriver === true ? ['--enable-smoke-test-driver'] : []),
    ],
    // A group of its own: the extension hosts that it starts are ended with it.
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: options.environment ?? process.env },
  );
  const stop = (): void => {
    killGroup(child);
    rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    const port = await portOf(child, options);
    return {
      port,
      remote: (path) => `vscode-remote://127.0.0.1:${String(port)}${path}`,
      address(folder, payload = []) {
        const query = new URLSearchParams({ folder });
        if (payload.length > 0) query.set('payload', JSON.stringify(payload));
        return `http://127.0.0.1:${String(port)}/?${query.toString()}`;
      },
      stop,
    };
  } catch (error) {
    stop();
    throw error;
  }
}

/** Debian's Chromium, or that of `PACKETPATH_CHROMIUM`. */
export async function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['PACKETPATH_CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function portOf(child: ChildProcess, options: CodeServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('The VS Code server did not print its port within a minute.'));
    }, startTimeout);
    let printed = '';
    const read = (chunk: Buffer): void => {
      const text = chunk.toString();
      options.log?.(text);
      printed += text;
      const port = /Extension host agent listening on (\d+)/.exec(printed)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The VS Code server ended with ${String(code)}:\n${printed}`));
    });
  });
}

function runToEnd(command: string, parameters: readonly string[], options: CodeServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      options.log?.(chunk.toString());
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${parameters.slice(-3).join(' ')} ended with ${String(code)}:\n${printed}`));
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

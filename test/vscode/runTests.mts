/** `npm run test:vscode`: runs the suite in a real VS Code, downloaded on a desktop, the host's where there is none. Ends with a line of counts. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { installHost } from './host/installHost.mts';

const root = resolve(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'packetpath-suite-'));
const result = join(work, 'result.txt');
const workspace = join(work, 'workspace');
// The suite edits and saves: on a copy.
cpSync(join(import.meta.dirname, 'workspace'), workspace, { recursive: true });

let failed = false;
try {
  build();
  await runTests({
    ...(inHost() ? { vscodeExecutablePath: host() } : {}),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'out/vscode-suite/index.js'),
    extensionTestsEnv: { PACKETPATH_SUITE_RESULT: result },
    launchArgs: [workspace, '--disable-extensions'],
  });
} catch (error) {
  failed = true;
  console.error(error instanceof Error ? error.message : error);
}
const counts = existsSync(result) ? readFileSync(result, 'utf8').trim() : '0 passed, 1 failed, 0 skipped';
rmSync(work, { recursive: true, force: true });
console.log(counts);
process.exit(failed ? 1 : 0);

function build(): void {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/tsx/dist/cli.mjs'), 'scripts/build.mts', '--suite'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The build failed.');
}

/** PACKETPATH_VSCODE_HOST=1 and =0 decide; else the host runs where no desktop is: on Linux without a display, and in CI on Linux. */
function inHost(): boolean {
  const wish = process.env['PACKETPATH_VSCODE_HOST'];
  if (wish !== undefined && wish !== '') return wish !== '0';
  if (process.platform !== 'linux') return false;
  return process.env['CI'] !== undefined || (process.env['DISPLAY'] === undefined && process.env['WAYLAND_DISPLAY'] === undefined);
}

function host(): string {
  installHost();
  return join(import.meta.dirname, 'host', 'code');
}

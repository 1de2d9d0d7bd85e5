/** `npm start`: builds, and opens the example workspace in VS Code with this extension: on the desktop, else in the browser. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, relative, resolve } from 'node:path';
import { startCodeServer } from '../test/vscode/host/codeServer.mts';

const root = resolve(import.meta.dirname, '..');
const folder = resolve(process.argv[2] ?? join(root, 'examples/shop'));
const desktop = process.env['PACKETPATH_VSCODE_HOST'] === '1' ? undefined : onPath(process.platform === 'win32' ? ['code.cmd', 'code.exe'] : ['code']);

if (!existsSync(folder)) throw new Error(`${folder} does not exist.`);
say('Building client, server, command line and panel …');
run(process.execPath, [join(root, 'node_modules/tsx/dist/cli.mjs'), join(root, 'scripts/build.mts')]);
if (desktop === undefined) await openInBrowser();
else openOnDesktop(desktop);

function openOnDesktop(code: string): void {
  say(`Opening ${relative(process.cwd(), folder)} in ${code} …`);
  run(code, [`--extensionDevelopmentPath=${root}`, '--disable-workspace-trust', folder]);
  say('Open 40-cache.yaml, then run "Packetpath: Open Topology to the Side" from the command palette.');
}

async function openInBrowser(): Promise<void> {
  say('There is no `code` on the PATH, so VS Code runs as a server on this machine and is shown in a browser.');
  const server = await startCodeServer({ announce: say, port: Number(process.env['PORT'] ?? 0) });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      server.stop();
      process.exit(0);
    });
  say('VS Code is running. Open this address in a browser (Ctrl+C ends it):');
  console.log(`\n  ${server.address(folder, [['extensionDevelopmentPath', server.remote(root)]])}\n`);
}

function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((one) => names.map((name) => join(one, name))).find((file) => existsSync(file));
}

function run(command: string, parameters: readonly string[]): void {
  // A `.cmd` file runs through a shell only.
  const shell = command.endsWith('.cmd');
  const { status, error } = spawnSync(shell ? `"${command}"` : command, shell ? parameters.map((parameter) => `"${parameter}"`) : parameters, {
    cwd: root,
    stdio: 'inherit',
    shell,
  });
  if (status === 0) return;
  console.error(error?.message ?? `${command} ended with ${String(status)}.`);
  process.exit(status ?? 1);
}

function say(step: string): void {
  console.log(`packetpath: ${step}`);
}

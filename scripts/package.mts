/** `npm run package`: makes `packetpath.vsix` and prints its size and what it holds. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const vsix = 'packetpath.vsix';
const vsce = join(root, 'node_modules/@vscode/vsce/vsce');

run('ls', '--no-dependencies');
// The bundles hold their dependencies. Links of the README stay relative: the repository they would be made from has no address of its own.
run('package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', vsix);
console.log(`${vsix}: ${(statSync(join(root, vsix)).size / 1024).toFixed(1)} kB`);

function run(...parameters: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [vsce, ...parameters], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

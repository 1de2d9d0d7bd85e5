/**
 * Bundles the bench as the extension is bundled, and runs it: what is measured is what ships. The panel's page comes last, in Chromium:
 * `npm run bench -- panel` measures it alone. Each of the two prints one JSON document.
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const root = resolve(import.meta.dirname, '../..');
const outfile = join(root, 'dist/bench.js');
const wanted = process.argv.slice(2);
const [part] = wanted;

if (part !== 'panel') {
  buildSync({
    entryPoints: [join(import.meta.dirname, 'bench.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  const { status } = spawnSync(process.execPath, ['--expose-gc', '--max-old-space-size=8192', outfile, ...wanted], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
if (part === undefined || part === 'panel') await import('./panel.mts');

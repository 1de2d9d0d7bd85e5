/** The built product for tests that start it as a process: bundled anew into a folder of the test, so that it is never stale. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { buildOptions, productBundles } from '../../scripts/bundles';

const root = resolve(import.meta.dirname, '../..');

/** `outfile` as in the list of bundles: `dist/cli.js`. The path of what was built from the same options. */
export async function builtBundle(outfile: string): Promise<string> {
  const bundle = productBundles.find((candidate) => candidate.outfile === outfile);
  if (!bundle) throw new Error(`no bundle is written to ${outfile}`);
  const file = join(mkdtempSync(join(tmpdir(), 'packetpath-built-')), outfile);
  await build({ ...buildOptions(bundle, root, false), outfile: file });
  return file;
}

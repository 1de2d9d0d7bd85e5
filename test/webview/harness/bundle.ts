/** Bundles the page as the extension's build does: one script, one style sheet. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const repository = fileURLToPath(new URL('../../..', import.meta.url));
/** A folder of this process, so that a build that runs at the same time does not change the page under test. */
export const bundleFolder = join(tmpdir(), `packetpath-webview-${process.pid}`);

export async function bundleWebview(): Promise<void> {
  await build({
    entryPoints: { panel: join(repository, 'webview', 'src', 'main.ts') },
    outdir: bundleFolder,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: false,
    logLevel: 'error',
  });
}

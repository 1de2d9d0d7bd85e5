/** Bundles the page as the extension's build does: one script, one style sheet. */
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export const repository = fileURLToPath(new URL('../../..', import.meta.url));
export const bundleFolder = join(repository, 'dist', 'webview');

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

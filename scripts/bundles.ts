/** The bundles of the product and of its suite in VS Code: one explicit list for build, watch and tests. */
import type { BuildOptions } from 'esbuild';

export interface Bundle {
  readonly entry: string;
  readonly outfile: string;
  /** What esbuild writes beside the bundle and the product needs as well. */
  readonly alsoWrites?: readonly string[];
  readonly options: BuildOptions;
}

/** The lowest VS Code that we support (`engines.vscode`) runs Node 20 and Chromium 122. */
const node: BuildOptions = { platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'] };
const browser: BuildOptions = { platform: 'browser', format: 'iife', target: 'chrome122' };

export const productBundles: readonly Bundle[] = [
  { entry: 'client/src/extension.ts', outfile: 'dist/client.js', options: { ...node, external: ['vscode'] } },
  { entry: 'server/src/main/server.ts', outfile: 'dist/server.js', options: node },
  { entry: 'server/src/main/cli.ts', outfile: 'dist/cli.js', options: { ...node, banner: { js: '#!/usr/bin/env node' } } },
  { entry: 'webview/src/main.ts', outfile: 'dist/webview/panel.js', alsoWrites: ['dist/webview/panel.css'], options: browser },
];

export const suiteBundles: readonly Bundle[] = [
  { entry: 'test/vscode/suite/index.ts', outfile: 'out/vscode-suite/index.js', options: { ...node, external: ['vscode', 'mocha'] } },
];

/** What esbuild is called with. A release is minified and has no source maps; a development build has them beside the bundles. */
export function buildOptions(bundle: Bundle, root: string, release: boolean): BuildOptions {
  return {
    ...bundle.options,
    absWorkingDir: root,
    entryPoints: [bundle.entry],
    outfile: bundle.outfile,
    bundle: true,
    minify: release,
    sourcemap: release ? false : 'linked',
    sourcesContent: false,
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': release ? '"production"' : '"development"' },
    loader: { '.svg': 'text', '.ttf': 'dataurl' },
    logLevel: 'warning',
  };
}

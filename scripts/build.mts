/** Bundles client, server, command line and webview into `dist/`. `--release` minifies, `--watch` stays, `--suite` adds the suite for VS Code. */
import { chmodSync, existsSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, context } from 'esbuild';
import { buildOptions, productBundles, suiteBundles, type Bundle } from './bundles';

const root = resolve(import.meta.dirname, '..');
const flags = new Set(process.argv.slice(2));
const release = flags.has('--release');
const bundles = flags.has('--suite') ? [...productBundles, ...suiteBundles] : productBundles;

const missing = bundles.filter((bundle) => !existsSync(join(root, bundle.entry)));
const present = bundles.filter((bundle) => !missing.includes(bundle));

if (flags.has('--watch')) await watch(present);
else await buildOnce(present);

for (const bundle of missing) console.error(`build: ${bundle.entry} does not exist, so ${bundle.outfile} was not built.`);
if (missing.length > 0) process.exitCode = 1;

async function buildOnce(chosen: readonly Bundle[]): Promise<void> {
  // A map of an earlier development build must not stay beside a release.
  if (release) rmSync(join(root, 'dist'), { recursive: true, force: true });
  for (const bundle of chosen) {
    try {
      await build(buildOptions(bundle, root, release));
    } catch {
      // esbuild has said why; the others are built all the same.
      console.error(`build: ${bundle.outfile} was not built.`);
      process.exitCode = 1;
      continue;
    }
    for (const file of [bundle.outfile, ...(bundle.alsoWrites ?? [])]) report(file);
  }
  const commandLine = join(root, 'dist/cli.js');
  if (existsSync(commandLine)) chmodSync(commandLine, 0o755);
}

async function watch(chosen: readonly Bundle[]): Promise<void> {
  const contexts = await Promise.all(chosen.map((bundle) => context({ ...buildOptions(bundle, root, release), logLevel: 'info' })));
  await Promise.all(contexts.map((one) => one.watch()));
}

function report(file: string): void {
  const path = join(root, file);
  if (!existsSync(path)) {
    console.error(`build: ${file} was not written.`);
    process.exitCode = 1;
    return;
  }
  console.log(`${file.padEnd(28)} ${(statSync(path).size / 1024).toFixed(1).padStart(9)} kB`);
}

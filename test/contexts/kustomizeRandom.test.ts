/** Random kustomizations, held against `kubectl kustomize`; skipped where it is not at hand. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildRoot } from '../../server/src/contexts/kustomizeBuild';
import { readKustomizations } from '../../server/src/contexts/kustomizeRoots';
import { readFile } from '../../server/src/workspace/fileState';
import { comparable, generatedNames, kubectl, kustomizeOutput } from './kustomizeOutput';
import { type Files, randomKustomizations } from './randomKustomizations';

if (kubectl === undefined) console.log('skipped: kubectl is not here');

function ours(files: Files): ReturnType<typeof buildRoot>['members'] {
  const states = Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => readFile(`file:///${path}`, path, text, { podTemplatePaths: new Map() }));
  const graph = readKustomizations(states);
  const root = graph.byFolder.get('overlay');
  if (!root) throw new Error('no overlay');
  return buildRoot(graph, root, { podTemplatePaths: () => new Map() }).members;
}

test.skipIf(kubectl === undefined)('what kubectl builds of them is what we build', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'packetpath-kustomize-'));
  let built = 0;
  try {
    fc.sample(randomKustomizations, { seed: Number(process.env['PACKETPATH_SEED'] ?? 7), numRuns: Number(process.env['PACKETPATH_RUNS'] ?? 60) }).forEach(
      (files, run) => {
        const root = join(folder, String(run));
        for (const [path, text] of Object.entries(files)) {
          mkdirSync(dirname(join(root, path)), { recursive: true });
          writeFileSync(join(root, path), text);
        }
        const output = kustomizeOutput(join(root, 'overlay'));
        const members = ours(files);
        if (!output) return;
        built++;
        const generated = generatedNames(members);
        expect({ run, files, members: comparable(members, generated) }).toEqual({ run, files, members: comparable(output, generated) });
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  expect(built).toBeGreaterThan(10);
});

/** Kustomizations of real repositories, held against `kubectl kustomize`; skipped where either is not at hand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isHelmTemplate, isNeverIndexed } from '../../server/src/contexts/ignored';
import { readKustomizations } from '../../server/src/contexts/kustomizeRoots';
import { buildRoot } from '../../server/src/contexts/kustomizeBuild';
import { type FileState, readFile } from '../../server/src/workspace/fileState';
import { comparable, generatedNames, kubectl, kustomizeOutput } from './kustomizeOutput';

const corpus = process.env['PACKETPATH_CORPUS'] ?? resolve(import.meta.dirname, '../../../shared/corpus');
const isHere = existsSync(corpus) && kubectl !== undefined;
if (!isHere) console.log(`skipped: ${kubectl === undefined ? 'kubectl' : 'the corpus of real manifests (PACKETPATH_CORPUS)'} is not here`);

function filesOf(repository: string): readonly FileState[] {
  const root = join(corpus, repository);
  const paths = (readdirSync(root, { recursive: true }) as string[])
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.(ya?ml|json)$|(^|\/)Kustomization$/.test(path) && !isNeverIndexed(path));
  const charts = new Set(paths.filter((path) => /(^|\/)Chart\.yaml$/.test(path)).map((path) => dirname(path)));
  return paths
    .filter((path) => !isHelmTemplate(path, charts))
    .sort()
    .map((path) => readFile(`file:///${path}`, path, readFileSync(join(root, path), 'utf8'), { podTemplatePaths: new Map() }));
}

describe.skipIf(!isHere)('kubectl kustomize', () => {
  test('makes of every kustomization of the corpus that it builds what we make of it', { timeout: 600_000 }, () => {
    const counts = { equal: 0, notBuilt: 0, apart: 0 };
    const different: string[] = [];
    const repositories = readdirSync(corpus, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name: repository } of repositories) {
      const files = filesOf(repository);
      const graph = readKustomizations(files);
      for (const kustomization of graph.byFolder.values()) {
        const output = kustomizeOutput(join(corpus, repository, kustomization.folder));
        if (!output) {
          counts.notBuilt++;
          continue;
        }
        const built = buildRoot(graph, kustomization, { podTemplatePaths: () => new Map() });
        if (built.missing.length > 0) {
          counts.apart++;
          console.log(`apart: ${repository}/${kustomization.path}: ${built.missing.join('; ')}`);
          continue;
        }
        const generated = generatedNames(built.members);
        const [ours, theirs] = [comparable(built.members, generated), comparable(output, generated)];
        if (JSON.stringify(ours) === JSON.stringify(theirs)) counts.equal++;
        else {
          different.push(`${repository}/${kustomization.path}`);
          if (process.env['PACKETPATH_SHOW_DIFFERENCES'])
            console.log(kustomization.path, { ours: ours.filter((one) => !theirs.includes(one)), theirs: theirs.filter((one) => !ours.includes(one)) });
        }
      }
    }
    console.log(`${counts.equal} equal, ${counts.apart} apart, ${counts.notBuilt} that kubectl does not build`);
    expect(different).toEqual([]);
    expect(counts.equal).toBeGreaterThan(25);
  });
});

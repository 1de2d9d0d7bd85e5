/** What is generated from metadata is fresh, and nothing stands beside it that nobody generates. */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { currentText, generatedFiles } from '../../scripts/generatedFiles';

const root = resolve(import.meta.dirname, '../..');
const files = generatedFiles(root);
const remedy = 'Run `npm run generate` and commit what it writes.';

describe('generated files', () => {
  it('are fresh', () => {
    const stale = [...files].filter(([path, text]) => currentText(root, path) !== text).map(([path]) => path);
    expect(stale, remedy).toEqual([]);
  });

  it('are the only ones in docs/rules', () => {
    const folder = join(root, 'docs/rules');
    const there = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()) : [];
    const paths = there.map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
    expect(
      paths.filter((path) => !files.has(path)),
      remedy,
    ).toEqual([]);
  });
});

/** Holds the floors: every import of every source file goes down only, and to packages that its floor may know. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { floors, plannedFolders, type Floor } from './floors';

const root = resolve(import.meta.dirname, '../..');

describe('floors', () => {
  it.each(floors.map((floor) => [floor.folder, floor] as const))('%s imports only what its floor may know', (_folder, floor) => {
    const files = sourceFiles(floor.folder);
    expect(files.length, `${floor.folder} holds no TypeScript file: is it gone or renamed?`).toBeGreaterThan(0);
    expect(files.flatMap((file) => wrongImports(file, floor))).toEqual([]);
  });

  it('names every folder of server/src', () => {
    const there = readdirSync(join(root, 'server/src'), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [`server/src/${entry.name}`] : []));
    expect(there.filter((folder) => !floors.some((floor) => floor.folder === folder))).toEqual([]);
  });

  it('names only folders that exist', () => {
    const named = floors.flatMap((floor) => floor.folders).filter((folder) => !plannedFolders.has(folder));
    expect([...new Set(named)].filter((folder) => !existsSync(join(root, 'server/src', folder)))).toEqual([]);
  });

  it('names only files that import what is reserved for them', () => {
    const reserved = floors.flatMap((floor) => floor.packages.flatMap(({ name, onlyIn }) => (onlyIn === undefined ? [] : [{ name, onlyIn }])));
    expect(reserved.filter(({ name, onlyIn }) => !existsSync(join(root, onlyIn)) || !importsOf(onlyIn).some((specifier) => isOf(specifier, name)))).toEqual([]);
  });

  it('finds an import that goes up', () => {
    const floor = floors.find(({ folder }) => folder === 'server/src/rules');
    expect(floor && wrongImport('server/src/rules/port/example.ts', '../../workspace/snapshot', floor)).toMatch(/workspace/);
    expect(floor && wrongImport('server/src/rules/port/example.ts', 'yaml', floor)).toMatch(/yaml/);
    expect(floor && wrongImport('server/src/rules/port/example.ts', 'node:fs', floor)).toMatch(/node:fs/);
    expect(floor && wrongImport('server/src/rules/port/example.ts', '../shared/words', floor)).toBeUndefined();
    expect(floor && wrongImport('server/src/rules/port/example.ts', '../../cluster/clusterIndex', floor)).toBeUndefined();
  });
});

/** Paths from the root, with `/`. */
function sourceFiles(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function importsOf(file: string): string[] {
  return ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true).importedFiles.map((imported) => imported.fileName);
}

function wrongImports(file: string, floor: Floor): string[] {
  return importsOf(file).flatMap((specifier) => wrongImport(file, specifier, floor) ?? []);
}

/** What is wrong with the import, or undefined. */
function wrongImport(file: string, specifier: string, floor: Floor): string | undefined {
  if (!specifier.startsWith('.')) {
    const allowed = floor.packages.some(({ name, onlyIn }) => isOf(specifier, name) && (onlyIn === undefined || onlyIn === file));
    return allowed ? undefined : `${file} imports the package ${specifier}`;
  }
  const target = posix.normalize(posix.join(dirname(file), specifier));
  if (target.startsWith(`${floor.folder}/`) || floor.rootFiles?.includes(target) === true) return undefined;
  const folder = /^server\/src\/([^/]+)\//.exec(target)?.[1];
  return folder !== undefined && floor.folders.includes(folder) ? undefined : `${file} imports ${target}`;
}

function isOf(specifier: string, name: string): boolean {
  if (name === 'node:*') return specifier.startsWith('node:') || builtinModules.includes(specifier);
  return specifier === name || specifier.startsWith(`${name}/`);
}

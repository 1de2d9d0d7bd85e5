/** Inputs made to exhaust: alias bombs, deep nesting, long lines; and files that go away or turn into something else while they are read. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FolderIndex } from '../../server/src/main/folderIndex';
import { findManifestFiles, readManifest } from '../../server/src/main/manifestFiles';
import { toFileUri } from '../../server/src/main/fileUri';
import { folderOf, packetpath, packetpathJson, web, webService, wrongService } from '../cli/commandLine';
import { testOptions } from '../support/workspaceOf';
import { askEverything } from './everything';
import { randomOf } from './inputs';

const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';

describe('bounded', () => {
  test.each([
    [
      'an alias bomb',
      `${head}data:\n  a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghijklmnopqrstu'
        .split('')
        .map(
          (name, place) =>
            `  ${name}: &${name} [${Array(9)
              .fill(`*${'abcdefghijklmnopqrstu'[place] ?? 'a'}`)
              .join(', ')}]\n`,
        )
        .join('')}`,
    ],
    [
      'an alias bomb of merge keys',
      `${head}a: &a {k0: v}\n${'bcdefghijklmnopqrstu'
        .split('')
        .map((name, place) => `${name}: &${name} {${Array.from({ length: 9 }, (_, key) => `k${key}: *${'abcdefghijklmnopqrstu'[place] ?? 'a'}`).join(', ')}}\n`)
        .join('')}spec: {<<: *u}\n`,
    ],
    ['an alias to itself', `${head}spec: &a\n  ports: *a\n  selector: &b {x: *b}\n`],
    ['10,000 flow sequences inside each other', `${head}spec: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`],
    ['10,000 that are never closed', `${head}spec: ${'[{a: '.repeat(5_000)}`],
    ['10,000 block mappings inside each other', `${head}spec:\n${Array.from({ length: 10_000 }, (_, depth) => `${' '.repeat(depth + 1)}a:\n`).join('')}`],
    ['a line of a million characters', `${head}data:\n  a: "${'x $(B) '.repeat(150_000)}"\n`],
    ['100,000 documents', `${head}${'---\n'.repeat(100_000)}`],
    ['100,000 keys', `${head}data:\n${Array.from({ length: 100_000 }, (_, place) => `  k${place}: v\n`).join('')}`],
  ])('%s', (_, text) => {
    expect(() => askEverything({ 'main.yaml': text, 'web.yaml': web, 'service.yaml': webService }, randomOf(1))).not.toThrow();
  });

  test('10,000 objects inside each other in JSON', () => {
    const text = `{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`;
    expect(() =>
      askEverything(
        {
          'main.json': text,
          'kustomization.yaml': `kind: Kustomization\nresources: ${'['.repeat(10_000)}`,
          '.packetpath.yaml': `rules: ${'{a: '.repeat(10_000)}`,
        },
        randomOf(1),
      ),
    ).not.toThrow();
  });

  test('costs the others nothing: their findings stay', () => {
    const folder = folderOf({ 'bomb.yaml': `${head}spec: ${'['.repeat(10_000)}`, 'web.yaml': web, 'service.yaml': wrongService });
    const { json } = packetpathJson(['check', folder]);
    expect((json as { findings: { uri: string }[] }).findings.filter(({ uri }) => uri === 'service.yaml')).toHaveLength(1);
  });
});

describe('files that change while they are read', () => {
  const options = { maxSize: 10_000_000, exclude: [] };
  const many = (count: number): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, place) => [`f${String(place).padStart(3, '0')}.yaml`, webService.replace('name: web', `name: web${place}`)]),
    );

  test('deleted between walking and reading: the others are there, nothing is said of what is gone', async () => {
    const folder = folderOf(many(120));
    const index = new FolderIndex(folder, testOptions, () => options);
    await index.indexAll((done) => {
      if (done === 50) for (let place = 50; place < 100; place++) rmSync(join(folder, `f0${place}.yaml`));
      return Promise.resolve();
    });
    expect(index.snapshot().files.size).toBe(70);
    expect(index.leftOut()).toEqual([]);
  });

  test('turned into a folder, or grown too large, is left out with the reason', async () => {
    const folder = folderOf(many(60));
    const index = new FolderIndex(folder, testOptions, () => ({ ...options, maxSize: 1000 }));
    await index.indexAll(() => {
      rmSync(join(folder, 'f055.yaml'));
      mkdirSync(join(folder, 'f055.yaml'));
      writeFileSync(join(folder, 'f056.yaml'), 'x'.repeat(2000));
      return Promise.resolve();
    });
    expect(index.snapshot().files.size).toBe(58);
    expect(index.leftOut()).toEqual([
      { path: 'f055.yaml', reason: 'it is a folder' },
      { path: 'f056.yaml', reason: 'larger than 0.001 MB (packetpath.maxFileSize)' },
    ]);
    rmSync(join(folder, 'f055.yaml'), { recursive: true });
    index.fileChanged(toFileUri(join(folder, 'f055.yaml')));
    expect(index.leftOut().map(({ path }) => path)).toEqual(['f056.yaml']);
  });

  test('a folder that is gone, a file that is gone', () => {
    const folder = folderOf({});
    expect(findManifestFiles(join(folder, 'gone'), options)).toEqual({ files: [], leftOut: [{ path: '.', reason: 'it does not exist' }] });
    expect(readManifest(join(folder, 'gone.yaml'))).toEqual({ ok: false, reason: 'it does not exist' });
  });

  test('50 MB are left out of a check with the reason, and read when they are named', () => {
    const folder = folderOf({ 'web.yaml': web, 'service.yaml': wrongService });
    writeFileSync(
      join(folder, 'huge.yaml'),
      `${'# a comment that fills a file which nobody should have to read as a manifest\n'.repeat(650_000)}${webService.replace('name: web', 'name: huge')}`,
    );
    const { status, warnings, json } = packetpathJson(['check', folder]);
    expect(status).toBe(0);
    expect(warnings).toEqual(['huge.yaml: left out, larger than 10 MB (packetpath.maxFileSize)']);
    expect(json).toMatchObject({ summary: { files: 2, warning: 1 } });
    expect(packetpath(['check', join(folder, 'huge.yaml')]).out).toContain('1 document in 1 file');
  });
});

/** Every list holds exactly what its folder holds, and every rule has its fixtures: nothing registers itself, and nothing is forgotten. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { features } from '../../server/src/features/features';
import { commands } from '../../server/src/main/cli/commands';
import { commandRows } from '../../server/src/protocol/commands';
import { rules } from '../../server/src/rules/rules';
import { findingsOfRule, readFixture, snapshotOfFixture } from '../support/fixture';

const root = resolve(import.meta.dirname, '../..');

/** Files below a folder, from it, with `/` and without their ending. */
function sources(folder: string, { deep = false } = {}): readonly string[] {
  return readdirSync(join(root, folder), { recursive: deep, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(join(root, folder), join(entry.parentPath, entry.name)).split(sep).join('/').replace(/\.ts$/, ''))
    .sort();
}

/** What a file imports of its own folder and below, each as `sources` writes it. */
function imported(file: string): readonly string[] {
  return ts
    .preProcessFile(readFileSync(join(root, file), 'utf8'), true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('./'))
    .map((name) => name.slice(2));
}

function text(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

describe('rules', () => {
  const files = sources('server/src/rules', { deep: true }).filter((file) => file.includes('/') && !file.startsWith('shared/'));
  test('the list is the folder, and an id is the path of its file', () => {
    expect(rules.map(({ meta }) => meta.id).sort()).toEqual(files);
    expect([...imported('server/src/rules/rules.ts')].filter((name) => name !== 'rule').sort()).toEqual(files);
    for (const { meta } of rules) expect(text(`server/src/rules/${meta.id}.ts`), meta.id).toContain(`id: '${meta.id}'`);
  });

  test('every folder of fixtures is one of a rule', () => {
    const folders = readdirSync(join(root, 'test/rules'), { withFileTypes: true })
      .filter((family) => family.isDirectory())
      .flatMap((family) => readdirSync(join(root, 'test/rules', family.name)).map((name) => `${family.name}/${name}`));
    expect(folders.filter((folder) => !files.includes(folder))).toEqual([]);
  });

  // Rules of problems speak of text that is no manifest: tests of reading and of the configuration hold them.
  describe.each(rules.flatMap((rule) => (rule.scope === 'problem' ? [] : [[rule.meta.id, rule] as const])))('%s', (id, rule) => {
    const folder = join(root, 'test/rules', id);
    const fixtures = existsSync(folder)
      ? readdirSync(folder).filter((file) => /^(fires|silent)-.*\.yaml$/.test(file) && !/\.(fixed|fix-\d+)\.yaml$/.test(file))
      : [];
    test('has a fixture that fires and one that is silent', () => {
      expect(fixtures.filter((file) => file.startsWith('fires-')).length).toBeGreaterThan(0);
      expect(fixtures.filter((file) => file.startsWith('silent-')).length).toBeGreaterThan(0);
    });

    test('says each of its messages in a fixture, and no other', () => {
      const said = new Set<string>();
      for (const file of fixtures) {
        const { files: parts, options } = readFixture(readFileSync(join(folder, file), 'utf8'));
        const snapshot = snapshotOfFixture(parts, options);
        for (const resource of parts.flatMap(({ path }) => snapshot.resourcesOf(`file:///workspace/${path}`))) {
          for (const one of snapshot.parts.runner.document(resource)) if (one.rule.meta.id === id) said.add(one.finding.message);
          for (const context of snapshot.contextsOf(resource.source.uri))
            for (const one of snapshot.parts.runner.context(resource, snapshot.index(context))) if (one.rule.meta.id === id) said.add(one.finding.message);
        }
        if (file.startsWith('silent-')) expect(findingsOfRule(snapshot, parts, id), file).toEqual([]);
      }
      expect([...said].sort()).toEqual(Object.keys(rule.meta.messages).sort());
    });

    test('is fixable exactly when a finding of a fixture brings a fix', () => {
      const brings = fixtures.some((file) => {
        const { files: parts, options } = readFixture(readFileSync(join(folder, file), 'utf8'));
        return findingsOfRule(snapshotOfFixture(parts, options), parts, id).some(({ fixes }) => fixes.length > 0);
      });
      expect(brings).toBe(rule.meta.fixable);
    });
  });
});

describe('lists', () => {
  test('commands of the command line', () => {
    const names = commands.map(({ name }) => name);
    expect(names).toEqual(['check', 'trace', 'connectivity', 'diff', 'contexts', 'rules']);
    const files = sources('server/src/main/cli').filter((file) => text(`server/src/main/cli/${file}.ts`).includes(': Command = {'));
    expect(files).toEqual([...names].sort());
    expect(
      imported('server/src/main/cli/commands.ts')
        .filter((name) => name !== 'command')
        .sort(),
    ).toEqual(files);
  });

  test('features: each module that answers is asked by the list or by another of them, each method once', () => {
    const methods = features.map(({ method }) => method);
    expect(new Set(methods).size).toBe(methods.length);
    const requests = [...text('server/src/protocol/requests.ts').matchAll(/^ {2}'(packetpath\/\w+)': \{\s*params/gm)].map((match) => match[1]);
    expect(methods.filter((method) => method.startsWith('packetpath/')).sort()).toEqual([...requests].sort());
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const next of imported(`server/src/features/${file}.ts`)) visit(next);
    };
    visit('features');
    // Diagnostics are pushed, not asked for.
    visit('diagnostics');
    expect([...reached].sort()).toEqual(sources('server/src/features'));
  });

  test('formats of reports: each is offered by a command or by the panel', () => {
    const users = [
      ...sources('server/src/main/cli').map((file) => `server/src/main/cli/${file}.ts`),
      ...sources('server/src/features').map((file) => `server/src/features/${file}.ts`),
      ...sources('server/src/report').map((file) => `server/src/report/${file}.ts`),
    ]
      .map(text)
      .join('\n');
    for (const file of sources('server/src/report')) expect(users, file).toMatch(new RegExp(`from '[./a-z]*/${file}'`));
  });

  test('kinds: each module of a kind is in the list of kinds or used by one that is', () => {
    const reached = new Set<string>(['kinds', 'decodeDocument']);
    const visit = (file: string): void => {
      reached.add(file);
      for (const next of imported(`server/src/decode/${file}.ts`)) if (!reached.has(next)) visit(next);
    };
    visit('kinds');
    visit('decodeDocument');
    expect([...reached].sort()).toEqual(sources('server/src/decode'));
  });

  test('stages of the simulation: each is in the list or used by one that is', () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const next of imported(`server/src/simulation/stages/${file}.ts`)) visit(next);
    };
    const listed = imported('server/src/simulation/stages.ts').flatMap((name) => (name.startsWith('stages/') ? [name.slice('stages/'.length)] : []));
    expect(listed.length).toBeGreaterThan(5);
    for (const file of listed) visit(file);
    expect([...reached].sort()).toEqual(sources('server/src/simulation/stages'));
  });

  test('commands of the extension: the table, the modules and the manifest agree', () => {
    const list = 'client/src/commands/commands.ts';
    const ids = commandRows.map(({ id }) => id);
    for (const id of ids) expect(text(list), id).toContain(`'${id}'`);
    const reached = new Set(['commands', ...imported(list)]);
    for (const file of [...reached]) for (const next of file === 'commands' ? [] : imported(`client/src/commands/${file}.ts`)) reached.add(next);
    expect([...reached].sort()).toEqual(sources('client/src/commands'));
    const { contributes } = JSON.parse(text('package.json')) as { contributes: { commands: { command: string }[] } };
    expect(contributes.commands.map(({ command }) => command).sort()).toEqual([...ids].sort());
  });
});

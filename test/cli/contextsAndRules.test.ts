/** `packetpath contexts` and `packetpath rules`. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from '../../server/src/rules/rules';
import { client, folderOf, packetpath, packetpathJson, web, webService } from './commandLine';

describe('contexts', () => {
  test('json has exactly the fields of schema version 1', () => {
    const folder = folderOf({
      'web.yaml': web.replace('  name: web\n', '  name: web\n  namespace: shop\n  labels: {tier: front}\n'),
      'service.yaml': webService,
    });
    const { status, json } = packetpathJson(['contexts', folder]);
    expect(status).toBe(0);
    expect(json).toEqual({
      schemaVersion: 1,
      contexts: [
        {
          id: 'folder:.',
          kind: 'folder',
          label: 'workspace',
          root: '.',
          open: true,
          because: expect.stringMatching(/./) as string,
          missing: [],
          files: ['service.yaml', 'web.yaml'],
          resources: [
            { apiVersion: 'v1', kind: 'Service', namespace: null, name: 'web', uri: 'service.yaml', line: 2 },
            { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', labels: { tier: 'front' }, uri: 'web.yaml', line: 2 },
          ],
        },
      ],
    });
  });

  test('closed, named, standard input, one context', () => {
    const folder = folderOf({
      'a/web.yaml': web,
      'b/web.yaml': web,
      '.packetpath.yaml': 'contexts:\n  - name: first\n    include: ["a/**"]\n    closed: true\n',
    });
    const ids = (args: readonly string[], input = ''): unknown =>
      (packetpathJson(['contexts', ...args], { input }).json as { contexts: { id: string; label: string; open: boolean }[] }).contexts.map(
        ({ id, label, open }) => [id, label, open],
      );
    expect(ids([folder])).toEqual([
      ['config:first', 'first', false],
      ['folder:.', 'workspace', true],
    ]);
    expect(ids([folder, '--closed'])).toMatchObject([['config:first', 'first', false], { 2: false }]);
    expect(ids([folder, '--context', 'config:first'])).toEqual([['config:first', 'first', false]]);
    expect(ids(['-'], web)).toEqual([['stdin', 'standard input', true]]);
    expect(packetpath(['contexts', folder, '--context', 'config:frist'])).toMatchObject({
      status: 2,
      warnings: [expect.stringContaining('did you mean config:first?')],
    });
  });

  test('text says which files and why; nothing found is said', () => {
    const folder = folderOf({ 'web.yaml': web, 'client.yaml': client });
    expect(packetpath(['contexts', folder]).out).toMatch(
      /^folder:\. {2}\(open, 2 resources in 2 files\)\n {2}why .*\n {2}holds {4}2 Deployment\n {2}file {5}client\.yaml\n {2}file {5}web\.yaml\n$/,
    );
    expect(packetpath(['contexts', folderOf({})])).toMatchObject({ status: 0, out: expect.stringContaining('no contexts') as string });
  });

  test('names with control characters stay on their line', () => {
    const folder = folderOf({ 'web\u001b[2J\n.yaml': web });
    const { out } = packetpath(['contexts', folder]);
    expect(out).toContain('\\x1b[2J');
    expect(out.split('\n')).toHaveLength(5);
  });

  test('a mistake in a configuration that was found is said', () => {
    const folder = folderOf({ 'a/web.yaml': web, '.packetpath.yaml': 'contexts: 5\n' }, { git: true });
    const { status, warnings } = packetpath(['contexts', join(folder, 'a'), '--root', folder]);
    expect(status).toBe(0);
    expect(warnings).toEqual([expect.stringMatching(/^\.packetpath\.yaml:1:\d+: contexts/)]);
  });
});

describe('rules', () => {
  test('json lists every rule with its fields', () => {
    const { status, json } = packetpathJson(['rules']);
    expect(status).toBe(0);
    const answer = json as { schemaVersion: number; rules: Record<string, unknown>[] };
    expect(answer.schemaVersion).toBe(1);
    expect(answer.rules.map(({ id }) => id)).toEqual(rules.map(({ meta }) => meta.id));
    for (const rule of answer.rules) {
      expect(Object.keys(rule)).toEqual(['id', 'severity', 'default', 'tier', 'summary', 'fixable', 'documentation']);
      expect(rule['severity']).toMatch(/^(error|warning|information|hint)$/);
      expect(rule['default']).toMatch(/^(on|off)$/);
      expect(rule['tier']).toMatch(/^[ABC]$/);
      expect(rule['documentation']).toBe(`docs/rules/${String(rule['id'])}.md`);
    }
  });

  test('text has a line a rule; it takes no paths and no other format', () => {
    expect(packetpath(['rules']).out.trimEnd().split('\n')).toHaveLength(rules.length);
    expect(packetpath(['rules', 'port'])).toMatchObject({ status: 2 });
    expect(packetpath(['rules', '--format', 'sarif'])).toMatchObject({ status: 2 });
  });
});

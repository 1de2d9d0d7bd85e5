/** Several configurations: of each file the nearest one counts. */
import { describe, expect, test } from 'vitest';
import { snapshotOf, uriOf, workspaceOf } from '../support/workspaceOf';

const bad = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {ports: [{port: 99999}]}\n`;
const rule = 'port/out-of-range';
const severities = (files: Readonly<Record<string, string>>): Readonly<Record<string, string | undefined>> => {
  const snapshot = snapshotOf(files);
  const paths = Object.keys(files).filter((path) => !path.endsWith('.packetpath.yaml'));
  return Object.fromEntries(paths.map((path) => [path, snapshot.findings(uriOf(path))[0]?.severity]));
};

describe('the nearest configuration', () => {
  test('says how rules speak in the files below it, and no other does', () => {
    expect(
      severities({
        '.packetpath.yaml': `rules: {${rule}: hint}\noverrides: [{files: ['**/c.yaml'], rules: {${rule}: "off"}}]\n`,
        'team/.packetpath.yaml': `overrides: [{files: ['deep/**'], rules: {${rule}: warning}}]\n`,
        'team/x/.packetpath.yaml': `rules: {${rule}: information}\n`,
        'a.yaml': bad('a'),
        'c.yaml': bad('c'),
        'team/b.yaml': bad('b'),
        'team/c.yaml': bad('c2'),
        'team/deep/d.yaml': bad('d'),
        'team/x/y/e.yaml': bad('e'),
      }),
    ).toEqual({
      'a.yaml': 'hint',
      'c.yaml': undefined,
      'team/b.yaml': 'error',
      'team/c.yaml': 'error',
      'team/deep/d.yaml': 'warning',
      'team/x/y/e.yaml': 'information',
    });
  });

  test('makes contexts of its folder; deeper ones take their files first', () => {
    const { contexts } = snapshotOf({
      '.packetpath.yaml': 'contexts: [{name: all, include: ["**"]}]\n',
      'team/.packetpath.yaml': 'contexts: [{name: all, include: ["*.yaml"]}]\n',
      'a.yaml': bad('a'),
      'team/b.yaml': bad('b'),
      'team/deep/c.yaml': bad('c'),
    });
    expect(contexts.map(({ id, files }) => [id, files.map((uri) => uri.replace(uriOf(''), ''))])).toEqual([
      ['config:all', ['a.yaml', 'team/deep/c.yaml']],
      ['config:team/all', ['team/b.yaml']],
    ]);
  });

  test('says what the cluster is of contexts below it', () => {
    const { contexts } = snapshotOf({
      '.packetpath.yaml': 'cluster: {dnsDomain: one.local, proxyMode: ipvs}\n',
      'team/.packetpath.yaml': 'cluster: {dnsDomain: two.local}\n',
      'kustomization.yaml': 'resources: [a.yaml]\n',
      'a.yaml': bad('a'),
      'team/kustomization.yaml': 'resources: [b.yaml]\n',
      'team/b.yaml': bad('b'),
    });
    expect(contexts.map(({ id, cluster }) => [id, cluster?.dnsDomain, cluster?.proxyMode])).toEqual([
      ['kustomize:.', 'one.local', 'ipvs'],
      ['kustomize:team', 'two.local', undefined],
    ]);
  });

  test('says where custom kinds keep their pods', () => {
    const custom = (name: string, key: string): string =>
      `apiVersion: example.com/v1\nkind: App\nmetadata: {name: ${name}}\nspec: {${key}: {metadata: {labels: {app: x}}, spec: {containers: [{name: c}]}}}\n`;
    const { contexts } = snapshotOf({
      '.packetpath.yaml': 'podTemplatePaths: {"example.com/App": spec.one}\n',
      'team/.packetpath.yaml': 'podTemplatePaths: {"example.com/App": spec.two}\n',
      'a.yaml': custom('a', 'one'),
      'b.yaml': custom('b', 'two'),
      'team/a.yaml': custom('c', 'one'),
      'team/b.yaml': custom('d', 'two'),
    });
    const members = contexts.flatMap((context) => context.members);
    expect(members.map(({ metadata, spec }) => [metadata.name, 'template' in spec])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
      ['d', true],
    ]);
  });

  test('names a baseline for its files', () => {
    const files = { 'a.yaml': bad('a'), 'team/b.yaml': bad('b') };
    const fingerprints = new Set(
      Object.keys(files).flatMap((path) =>
        snapshotOf(files)
          .findings(uriOf(path))
          .map(({ fingerprint }) => fingerprint),
      ),
    );
    const asked: string[] = [];
    const readBaseline = (path: string): ReadonlySet<string> => {
      asked.push(path);
      return fingerprints;
    };
    const workspace = workspaceOf({ 'team/.packetpath.yaml': 'baseline: known.json\n', ...files }, { readBaseline });
    expect(Object.keys(files).map((path) => workspace.snapshot().findings(uriOf(path)).length)).toEqual([1, 0]);
    expect(asked).toEqual(['team/known.json']);
  });

  test('comes and goes', () => {
    const workspace = workspaceOf({ '.packetpath.yaml': `rules: {${rule}: hint}\n`, 'team/b.yaml': bad('b') });
    const severity = (): string | undefined => workspace.snapshot().findings(uriOf('team/b.yaml'))[0]?.severity;
    expect(severity()).toBe('hint');
    workspace.setFile(uriOf('team/.packetpath.yaml'), 'team/.packetpath.yaml', `rules: {${rule}: warning}\n`);
    expect(severity()).toBe('warning');
    workspace.removeFile(uriOf('team/.packetpath.yaml'));
    expect(severity()).toBe('hint');
  });

  test('is held against the files below it alone', () => {
    const snapshot = snapshotOf({ 'team/.packetpath.yaml': 'contexts: [{name: x, include: [a.yaml, b.yaml]}]\n', 'a.yaml': bad('a'), 'team/b.yaml': bad('b') });
    expect(snapshot.findings(uriOf('team/.packetpath.yaml')).map(({ path }) => path)).toEqual([['contexts', 0, 'include', 0]]);
  });
});

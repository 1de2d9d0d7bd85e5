/** `--render`: what `helm` and `kustomize` write in place of what is read, with programs that stand in for them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { render, renderNow } from '../../server/src/main/renderProgram';
import { snapshotOf, uriOf, workspaceOf } from '../support/workspaceOf';
import { folderOf, packetpath, packetpathJson, web, wrongService, writeFiles } from './commandLine';
import { chart, programs, renderedChart, writeProgram, writes } from './standIn';

interface Finding {
  readonly ruleId: string;
  readonly uri: string;
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly column: number } };
  readonly fixes: readonly unknown[];
}

interface ContextsAnswer {
  readonly contexts: readonly {
    readonly because: string;
    readonly open: boolean;
    readonly missing: readonly string[];
    readonly resources: readonly { readonly kind: string; readonly name: string; readonly uri: string; readonly line: number }[];
  }[];
}

const wrongPort = 'port/target-port-name-missing';

function findings(args: readonly string[]): readonly Finding[] {
  return (packetpathJson(['check', ...args, '--fail-on', 'never']).json as { readonly findings: readonly Finding[] }).findings;
}

function contextOf(args: readonly string[]): ContextsAnswer['contexts'][number] {
  const [context] = (packetpathJson(['contexts', ...args]).json as ContextsAnswer).contexts;
  if (!context) throw new Error('no context');
  return context;
}

const target = { context: 'helm:charts/shop', kind: 'helm', root: 'charts/shop', namespace: 'default', files: [] } as const;

describe('helm', () => {
  test('what it writes is checked, at the places of the templates, and nothing is fixed where the text is another one', () => {
    const { calls } = programs({ helm: writes(renderedChart) });
    const folder = folderOf(chart);
    expect(findings([folder]).filter(({ ruleId }) => ruleId === wrongPort)).toEqual([]);
    expect(readFileSync(calls, 'utf8')).toBe('');
    const [finding, ...others] = findings([folder, '--render', 'helm']).filter(({ ruleId }) => ruleId === wrongPort);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ uri: 'charts/shop/templates/service.yaml', range: { start: { line: 11, column: 19 } }, fixes: [] });
    expect(finding?.message).toContain('htpp');
    expect(JSON.parse(readFileSync(calls, 'utf8'))).toEqual([
      'helm',
      'template',
      'shop',
      join(folder, 'charts/shop'),
      '--namespace',
      'default',
      '--include-crds',
    ]);
  });

  test('contexts says who rendered it, names are whole and positions true', () => {
    programs({ helm: writes(renderedChart) });
    const folder = folderOf(chart);
    const { because, missing, resources } = contextOf([folder, '--render', 'helm,kustomize']);
    expect(because).toBe('the chart of charts/shop/Chart.yaml; rendered by helm');
    expect(missing).toEqual(['what other values than those of values.yaml would write: helm rendered it with these']);
    expect(resources).toMatchObject([
      { kind: 'Service', namespace: null, name: 'shop-web', uri: 'charts/shop/templates/service.yaml', line: 3 },
      { kind: 'Deployment', namespace: null, name: 'shop-web', uri: 'charts/shop/templates/web.yaml', line: 2 },
    ]);
    expect(contextOf([folder, '--render', 'helm', '--closed']).open).toBe(false);
  });

  test('a fix is offered where the template says the very value', () => {
    programs({ helm: writes(renderedChart) });
    const service = chart['charts/shop/templates/service.yaml'].replace('{{ .Values.port }}', 'htpp');
    const [finding] = findings([folderOf({ ...chart, 'charts/shop/templates/service.yaml': service }), '--render', 'helm']).filter(
      ({ ruleId }) => ruleId === wrongPort,
    );
    expect(finding?.fixes).not.toEqual([]);
  });

  test.each([
    ['it is not there', undefined, 'what helm would write: helm is not on the PATH'],
    [
      'it fails',
      "console.error('WARNING: old\\nError: no values \\u001b[31m for port'); process.exit(3);",
      'what helm would write: it ended with 3: Error: no values  [31m for port',
    ],
    ['it says nothing', 'process.exit(1);', 'what helm would write: it ended with 1'],
    ['what it writes is no YAML', writes('<html>: [ {{ \n\0'), 'what helm would write: what it wrote is no manifest'],
    ['what it writes is no manifest', writes('kind of: text\n'), 'what helm would write: what it wrote is no manifest'],
    [
      'a manifest in it is broken',
      writes(`${renderedChart}---\n# Source: shop/templates/x.yaml\nkind: [\n`),
      'what helm would write: what it wrote is no manifest',
    ],
  ])('the masked templates count when %s', (_, body, missing) => {
    programs(body === undefined ? {} : { helm: body });
    const folder = folderOf(chart);
    const context = contextOf([folder, '--render', 'helm']);
    expect(context.missing).toContain(missing);
    expect(context.because).not.toContain('rendered');
    expect(context.resources.map(({ name }) => name)).toEqual(['{{ .Release.Name }}-web', '{{ .Release.Name }}-web']);
  });

  test('a chart whose values switch everything off installs nothing', () => {
    programs({ helm: writes('---\n# Source: shop/templates/service.yaml\n\n') });
    expect(contextOf([folderOf(chart), '--render', 'helm'])).toMatchObject({ resources: [] });
  });

  test('what names files elsewhere, strange keys and unknown templates is placed at the chart', () => {
    const strange = `# Source: shop/../../../etc/passwd
apiVersion: v1
kind: Service
metadata: {name: a, labels: {__proto__: x, "<img src=x>": "1"}}
spec: {ports: [{port: 99999}]}
---
apiVersion: v1
kind: List
items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: [1]}}, {apiVersion: v1, kind: Service, metadata: {name: b}}]
`;
    programs({ helm: writes(strange) });
    const folder = folderOf(chart);
    expect(contextOf([folder, '--render', 'helm']).resources.map(({ kind, uri, line }) => [kind, uri, line])).toEqual([
      ['Service', 'charts/shop/Chart.yaml', 1],
      ['ConfigMap', 'charts/shop/Chart.yaml', 1],
      ['Service', 'charts/shop/Chart.yaml', 1],
    ]);
    expect(packetpath(['check', folder, '--render', 'helm']).warnings).toEqual([]);
  });

  test('output that is as deep as somebody likes throws nothing', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const item = `${'{a: '.repeat(3000)}1${'}'.repeat(3000)}`;
    programs({ helm: writes(renderedChart.replace('- port: 80', `- {name: x, deep: ${item}}\n    - port: 80`)) });
    expect(contextOf([folderOf(chart), '--render', 'helm']).resources).toHaveLength(2);
    programs({ helm: writes(renderedChart.replace('targetPort: htpp', `targetPort: ${deep}`)) });
    expect(contextOf([folderOf(chart), '--render', 'helm']).resources).toHaveLength(2);
  });

  test('time and output have an end', async () => {
    const { folder: bin } = programs({ helm: 'setInterval(() => undefined, 1000);' });
    const folder = folderOf(chart);
    const limits = { time: 300, output: 1_000_000 };
    const late = { ok: false, program: 'helm', reason: 'it did not end within 0.3 s' };
    expect(renderNow(folder, target, limits)).toEqual(late);
    expect(await render(folder, target, new AbortController().signal, limits)).toEqual(late);
    writeProgram(join(bin, 'helm'), join(bin, 'calls'), 'helm', "for (;;) require('node:fs').writeSync(1, 'x'.repeat(65536));");
    const huge = { ok: false, program: 'helm', reason: 'it wrote more than 1 MB' };
    expect(renderNow(folder, target, { ...limits, time: 10_000 })).toEqual(huge);
    expect(await render(folder, target, new AbortController().signal, { ...limits, time: 10_000 })).toEqual(huge);
  });

  test('a program of the workspace itself is never run, nor is a shell', () => {
    const folder = folderOf({ ...chart, 'bin/none': '' });
    const { calls } = programs({ helm: writes(renderedChart) });
    writeProgram(join(folder, 'bin/helm'), calls, 'hostile', '');
    process.env['PATH'] = [join(folder, 'bin'), '.', '', String(process.env['PATH'])].join(':');
    const place = "charts/--post-renderer=$(touch hacked);'a' b";
    writeFiles(folder, { [`${place}/Chart.yaml`]: 'name: a\n' });
    expect(renderNow(folder, { ...target, root: place })).toMatchObject({ ok: true });
    const release = 'post-renderer-touch-hacked-a-b';
    expect(readFileSync(calls, 'utf8')).toBe(
      `${JSON.stringify(['helm', 'template', release, join(folder, place), '--namespace', 'default', '--include-crds'])}\n`,
    );
  });

  test('the environment of a program holds no PATH and no cluster', () => {
    programs({ helm: 'process.stdout.write(JSON.stringify(process.env));' });
    process.env['PACKETPATH_SECRET_OF_TEST'] = 'secret';
    const answer = renderNow(folderOf(chart), target);
    delete process.env['PACKETPATH_SECRET_OF_TEST'];
    const env = JSON.parse(answer.ok ? answer.text : '{}') as Readonly<Record<string, string>>;
    expect(env).toMatchObject({ PATH: '', HELM_NO_PLUGINS: '1' });
    expect(env['PACKETPATH_SECRET_OF_TEST']).toBeUndefined();
  });
});

describe('kustomize', () => {
  const overlay = {
    'base/kustomization.yaml': 'resources: [web.yaml, service.yaml]\n',
    'base/web.yaml': web,
    'base/service.yaml': wrongService,
    'overlay/kustomization.yaml': 'namePrefix: dev-\nnamespace: dev\nresources: [../base]\nconfigMapGenerator:\n  - name: settings\n    literals: [a=b]\n',
  };
  const built = `${wrongService.replace('name: web', 'name: dev-web\n  namespace: dev').replace('htpp', 'gone')}---\n${web.replace(
    'name: web',
    'name: dev-web\n  namespace: dev',
  )}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: dev-settings-8mbdf7882g, namespace: dev}\n`;

  test('what it writes is checked, at the places of the base; a fix would need the same value there', () => {
    const { calls } = programs({ kustomize: writes(built) });
    const folder = folderOf(overlay);
    const [finding, ...others] = findings([folder, '--render', 'kustomize']).filter(({ ruleId }) => ruleId === wrongPort);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ uri: 'base/service.yaml', range: { start: { line: 9, column: 19 } }, fixes: [] });
    expect(finding?.message).toContain('gone');
    expect(JSON.parse(readFileSync(calls, 'utf8'))).toEqual(['kustomize', 'build', join(folder, 'overlay')]);
    const { because, resources } = contextOf([folder, '--render', 'kustomize']);
    expect(because).toMatch(/; rendered by kustomize$/);
    expect(resources.map(({ name, uri }) => [name, uri])).toEqual([
      ['dev-web', 'base/service.yaml'],
      ['dev-web', 'base/web.yaml'],
      ['dev-settings-8mbdf7882g', 'overlay/kustomization.yaml'],
    ]);
  });

  test('the same value in the base can be fixed there', () => {
    programs({ kustomize: writes(built.replace('gone', 'htpp')) });
    const [finding] = findings([folderOf(overlay), '--render', 'kustomize']).filter(({ ruleId }) => ruleId === wrongPort);
    expect(finding?.fixes).not.toEqual([]);
  });

  test('kubectl does it where kustomize is not there', () => {
    const { calls } = programs({ kubectl: writes(built) });
    const folder = folderOf(overlay);
    expect(contextOf([folder, '--render', 'kustomize']).because).toMatch(/; rendered by kubectl kustomize$/);
    expect(JSON.parse(readFileSync(calls, 'utf8'))).toEqual(['kubectl', 'kustomize', join(folder, 'overlay')]);
  });

  test('a component alone is not built', () => {
    const { calls } = programs({ kustomize: writes(built) });
    const component = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [web.yaml]\n';
    findings([folderOf({ 'c/kustomization.yaml': component, 'c/web.yaml': web }), '--render', 'kustomize']);
    expect(readFileSync(calls, 'utf8')).toBe('');
  });

  const kubectl = ['/usr/local/bin', '/usr/bin'].find((folder) => existsSync(join(folder, 'kubectl')));
  test.skipIf(kubectl === undefined)(`the real kubectl agrees${kubectl === undefined ? ' (skipped: there is no kubectl)' : ''}`, () => {
    programs({}, kubectl === undefined ? [] : [kubectl]);
    const folder = folderOf(overlay);
    const context = contextOf([folder, '--render', 'kustomize']);
    expect(context.because).toMatch(/; rendered by kubectl kustomize$/);
    expect(context.resources.map(({ kind, name, uri }) => [kind, name, uri])).toEqual([
      ['ConfigMap', expect.stringMatching(/^dev-settings-[a-z0-9]{10}$/), 'overlay/kustomization.yaml'],
      ['Service', 'dev-web', 'base/service.yaml'],
      ['Deployment', 'dev-web', 'base/web.yaml'],
    ]);
    const [finding] = findings([folder, '--render', 'kustomize']).filter(({ ruleId }) => ruleId === wrongPort);
    expect(finding).toMatchObject({ uri: 'base/service.yaml', range: { start: { line: 9 } } });
    expect(finding?.fixes).not.toEqual([]);
    writeFiles(folder, { 'overlay/kustomization.yaml': "resources: ['https://example.invalid/a/b?ref=v1', ../base]\n" });
    expect(contextOf([folder, '--render', 'kustomize']).missing.at(-1)).toMatch(/^what kubectl kustomize would write: it ended with 1: (?!E\d{4})\w/);
  });
});

describe('in the workspace', () => {
  test('an edit of a template keeps what is rendered, at its new place; what is no longer rendered is masked again', () => {
    const workspace = workspaceOf(Object.fromEntries(Object.entries(chart)));
    workspace.setRendered('helm', 'charts/shop', { ok: true, program: 'helm', text: renderedChart, namespace: 'default' });
    const uri = uriOf('charts/shop/templates/service.yaml');
    const placeOf = (): number | undefined =>
      workspace
        .snapshot()
        .findings(uri)
        .find(({ ruleId }) => ruleId === wrongPort)?.range.start;
    const before = placeOf();
    const [context] = workspace.snapshot().contexts;
    expect(workspace.snapshot().contexts[0]).toBe(context);
    workspace.setFile(uri, 'charts/shop/templates/service.yaml', `# more\n${chart['charts/shop/templates/service.yaml']}`);
    expect(placeOf()).toBe((before ?? 0) + '# more\n'.length);
    workspace.setRendered('helm', 'charts/shop', undefined);
    expect(placeOf()).toBeUndefined();
    const fresh = snapshotOf({ ...chart, 'charts/shop/templates/service.yaml': `# more\n${chart['charts/shop/templates/service.yaml']}` });
    expect(workspace.snapshot().contexts).toEqual(fresh.contexts);
  });
});

test.each([['docker'], [''], ['helm,'], ['__proto__']])('--render %j is a mistake', (given) => {
  const { status, warnings } = packetpath(['check', folderOf(chart), '--render', given]);
  expect(status).toBe(2);
  expect(warnings.join('\n')).toContain('expected helm, kustomize, or both with a comma');
});

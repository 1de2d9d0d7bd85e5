/** Rendering in the editor: never without trust and a setting; after a rest, the newest wins, and at most two at a time. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { toFileUri } from '../../server/src/main/fileUri';
import { RenderQueue, RenderSlots } from '../../server/src/main/renderQueue';
import { defaultSettings, settingRows, trustedSettings } from '../../server/src/protocol/settings';
import type { RenderAnswer, RenderTarget } from '../../server/src/workspace/rendered';
import { folderOf, writeFiles } from '../cli/commandLine';
import { chart, programs, renderedChart, writes } from '../cli/standIn';
import { builtBundle } from '../support/bundle';
import { Session } from './session';

let server = '';
beforeAll(async () => {
  server = await builtBundle('dist/server.js');
});

const wrongPort = 'port/target-port-name-missing';
const allowed = { settings: { ...defaultSettings, diagnosticsScope: 'workspace', 'render.helm': true }, workspaceTrusted: true };

describe('a session', () => {
  test('renders where it is trusted and a setting says so, again after a file has changed, and no more when trust is gone', async () => {
    const { calls } = programs({
      helm: `const values = require('node:fs').readFileSync(process.argv[4] + '/values.yaml', 'utf8');
process.stdout.write(${JSON.stringify(renderedChart)}.replace('htpp', values.includes('port: http') ? 'htpp' : 'http'));`,
    });
    const folder = folderOf(chart);
    const uri = toFileUri(join(folder, 'charts/shop/templates/service.yaml'));
    const session = new Session(server);
    await session.start({ folders: [folder], initialization: allowed });
    await session.until(() => session.codes(uri).includes(wrongPort));
    const [context] = await session.request('packetpath/contextsOf', { uri });
    expect(context).toMatchObject({ rendered: 'helm', because: 'the chart of charts/shop/Chart.yaml; rendered by helm', resources: 2 });
    writeFiles(folder, { 'charts/shop/values.yaml': 'port: other\n' });
    await session.watched([{ uri: toFileUri(join(folder, 'charts/shop/values.yaml')), type: 2 }]);
    await session.until(() => !session.codes(uri).includes(wrongPort));
    expect(readFileSync(calls, 'utf8').trim().split('\n')).toHaveLength(2);
    await session.configure({ ...allowed, workspaceTrusted: false });
    const [masked] = await session.request('packetpath/contextsOf', { uri });
    expect(masked?.rendered).toBeUndefined();
    await session.watched([{ uri: toFileUri(join(folder, 'charts/shop/values.yaml')), type: 2 }]);
    await after(800);
    expect(readFileSync(calls, 'utf8').trim().split('\n')).toHaveLength(2);
  });

  test.each([
    ['without trust', { ...allowed, workspaceTrusted: false }],
    ['when the client does not say that it is trusted', { settings: allowed.settings }],
    ['when trust is no truth value', { ...allowed, workspaceTrusted: 'yes' }],
    ['with the setting off', { settings: defaultSettings, workspaceTrusted: true }],
    ['with a setting of the wrong shape', { settings: { ...allowed.settings, 'render.helm': 'true' }, workspaceTrusted: true }],
    ['with only the other setting on', { settings: { ...defaultSettings, 'render.kustomize': true }, workspaceTrusted: true }],
  ])('runs nothing %s', async (_, initialization) => {
    const { calls } = programs({ helm: writes(renderedChart), kustomize: '', kubectl: '' });
    const folder = folderOf(chart);
    const session = new Session(server);
    await session.start({ folders: [folder], initialization });
    await after(800);
    expect(readFileSync(calls, 'utf8')).toBe('');
  });

  test('renders when trust is granted', async () => {
    programs({ helm: writes(renderedChart) });
    const folder = folderOf(chart);
    const uri = toFileUri(join(folder, 'charts/shop/templates/service.yaml'));
    const session = new Session(server);
    await session.start({ folders: [folder], initialization: { ...allowed, workspaceTrusted: false } });
    await session.configure(allowed);
    await session.until(() => session.codes(uri).includes(wrongPort));
  });
});

test('what may start a program is set by a person or in a trusted workspace alone, and off', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly capabilities: { readonly untrustedWorkspaces: unknown };
    readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, unknown>> } };
  };
  expect(trustedSettings).toEqual(['packetpath.render.helm', 'packetpath.render.kustomize']);
  expect(settingRows.filter(({ key }) => key.startsWith('render.')).map(({ key }) => `packetpath.${key}`)).toEqual(trustedSettings);
  expect(manifest.capabilities.untrustedWorkspaces).toMatchObject({ supported: 'limited', restrictedConfigurations: trustedSettings });
  for (const key of trustedSettings) {
    expect(manifest.contributes.configuration.properties[key]).toMatchObject({ type: 'boolean', default: false, scope: 'machine-overridable' });
  }
});

describe('the queue', () => {
  const targetOf = (root: string): RenderTarget => ({ context: `helm:${root}`, kind: 'helm', root, namespace: 'default', files: [`file:///${root}/far.yaml`] });

  interface Run {
    readonly root: string;
    readonly signal: AbortSignal;
    readonly end: (text: string) => void;
  }

  function queueOf(targets: RenderTarget[]) {
    const runs: Run[] = [];
    const set: [string, string | undefined][] = [];
    const queue = new RenderQueue(
      {
        targets: () => targets,
        render: ({ root }, signal) =>
          new Promise<RenderAnswer>((resolve) => {
            runs.push({
              root,
              signal,
              end: (text) => {
                resolve({ ok: true, program: 'helm', text, namespace: 'default' });
              },
            });
          }),
        set: (_, root, answer) => set.push([root, answer?.ok ? answer.text : undefined]),
        changed: () => undefined,
      },
      new RenderSlots(),
      10,
    );
    return { queue, runs, set };
  }

  test('runs two at a time', async () => {
    const { queue, runs, set } = queueOf(['a', 'b', 'c'].map(targetOf));
    queue.allow(new Set(['helm']));
    await after(50);
    expect(runs.map(({ root }) => root)).toEqual(['a', 'b']);
    runs[0]?.end('A');
    await after(20);
    expect(runs.map(({ root }) => root)).toEqual(['a', 'b', 'c']);
    expect(set).toEqual([['a', 'A']]);
  });

  test('puts changes together, and an answer that is late says nothing', async () => {
    const { queue, runs, set } = queueOf([targetOf('a')]);
    queue.allow(new Set(['helm']));
    await after(50);
    for (let count = 0; count < 5; count++) queue.fileChanged('file:///x/a/values.yaml', 'a/values.yaml');
    queue.fileChanged('file:///x/ab/values.yaml', 'ab/values.yaml');
    expect(runs[0]?.signal.aborted).toBe(true);
    await after(50);
    expect(runs).toHaveLength(2);
    runs[0]?.end('old');
    runs[1]?.end('new');
    await after(20);
    expect(set).toEqual([['a', 'new']]);
    queue.fileChanged('file:///a/far.yaml', 'elsewhere/far.yaml');
    queue.fileChanged('file:///b/values.yaml', 'b/values.yaml');
    await after(50);
    expect(runs).toHaveLength(3);
  });

  test('stops and forgets what is gone or no longer allowed', async () => {
    const targets = [targetOf('a'), targetOf('b')];
    const { queue, runs, set } = queueOf(targets);
    queue.allow(new Set(['helm']));
    await after(50);
    targets.pop();
    queue.refresh();
    expect(runs[1]?.signal.aborted).toBe(true);
    queue.allow(new Set());
    expect(runs[0]?.signal.aborted).toBe(true);
    expect(set).toEqual([
      ['b', undefined],
      ['a', undefined],
    ]);
    runs[0]?.end('late');
    queue.fileChanged('file:///x/a/values.yaml', 'a/values.yaml');
    await after(50);
    expect(set).toHaveLength(2);
    expect(runs).toHaveLength(2);
  });
});

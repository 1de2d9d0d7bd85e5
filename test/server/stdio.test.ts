/** Sessions with the built server over stdio: start, edit, fix, watch, configure, fold, break, end. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { toFileUri } from '../../server/src/main/fileUri';
import { folderOf, web, webService, wrongService } from '../cli/commandLine';
import { builtBundle } from '../support/bundle';
import { Session, type SessionOptions } from './session';

let server = '';
beforeAll(async () => {
  server = await builtBundle('dist/server.js');
});

async function started(folders: readonly string[], initialization?: SessionOptions['initialization']): Promise<Session> {
  const session = new Session(server);
  await session.start({ folders, ...(initialization ? { initialization } : {}) });
  return session;
}

const code = 'port/target-port-name-missing';
const uriIn = (folder: string, path: string): string => toFileUri(join(folder, path));

describe('a session', () => {
  test('says what it can, indexes, and tells what it found', async () => {
    const folder = folderOf({ 'web.yaml': web, 'service.yaml': webService, 'notes.yaml': 'just: text\n' });
    const session = new Session(server);
    const result = await session.start({ folders: [folder] });
    expect(result.capabilities).toMatchObject({
      textDocumentSync: { openClose: true, change: 2 },
      codeActionProvider: { codeActionKinds: ['quickfix', 'source.fixAll.packetpath'] },
    });
    expect(session.statuses.at(-1)).toEqual({ state: 'ready', files: 3, documents: 2, contexts: 1, leftOut: [] });
    expect(session.statuses[0]?.state).toBe('indexing');
  });

  test('a mistake that is typed is underlined, its fix takes it away', async () => {
    const folder = folderOf({ 'web.yaml': web, 'service.yaml': webService });
    const session = await started([folder]);
    const uri = uriIn(folder, 'service.yaml');
    await session.open(uri, webService);
    await session.edit(uri, wrongService);
    await session.until(() => session.codes(uri).includes(code));
    const [diagnostic] = session.diagnostics.get(uri) ?? [];
    if (!diagnostic) throw new Error('no diagnostic');
    expect(diagnostic).toMatchObject({ source: 'packetpath', severity: 2, range: { start: { line: 8, character: 18 }, end: { line: 8, character: 22 } } });
    const [fix] = await session.codeActions(uri, diagnostic);
    expect(fix).toMatchObject({ isPreferred: true, kind: 'quickfix', edit: { changes: { [uri]: [{ newText: 'http' }] } } });
    await session.edit(uri, wrongService.replace('htpp', 'http'));
    await session.until(() => session.codes(uri).length === 0);
  });

  test('of a burst of edits the newest is answered, not each', async () => {
    const folder = folderOf({ 'web.yaml': web, 'service.yaml': webService });
    const session = await started([folder]);
    const uri = uriIn(folder, 'service.yaml');
    await session.open(uri, webService);
    const texts = Array.from({ length: 200 }, (_, place) => wrongService.replace('htpp', `wrong-${place}`));
    await Promise.all(texts.map((text) => session.edit(uri, text)));
    await session.until(() => JSON.stringify(session.diagnostics.get(uri) ?? []).includes('wrong-199'));
    expect(session.sent.filter((one) => one.uri === uri).length).toBeLessThan(100);
  });

  test('a file beside an open one is told of, and cleared when the open one is closed', async () => {
    const folder = folderOf({ 'web.yaml': web, 'service.yaml': wrongService });
    const session = await started([folder]);
    await session.open(uriIn(folder, 'web.yaml'), web);
    await session.until(() => session.codes(uriIn(folder, 'service.yaml')).includes(code));
    await session.close(uriIn(folder, 'web.yaml'));
    await session.until(() => session.diagnostics.size === 0);
  });

  test('an open buffer wins over disk, and the disk over a buffer that was closed', async () => {
    const folder = folderOf({ 'web.yaml': web, 'service.yaml': webService });
    const session = await started([folder], { settings: { diagnosticsScope: 'workspace' } });
    const uri = uriIn(folder, 'service.yaml');
    await session.open(uri, wrongService);
    await session.until(() => session.codes(uri).includes(code));
    await session.watched([{ uri, type: 2 }]);
    expect((await session.request('packetpath/contextsOf', { uri }))[0]?.resources).toBe(2);
    expect(session.codes(uri)).toContain(code);
    await session.close(uri);
    await session.until(() => session.codes(uri).length === 0);
  });
});

describe('watched files', () => {
  const scope = { settings: { diagnosticsScope: 'workspace' } };
  test('one that is made, renamed and deleted', async () => {
    const folder = folderOf({ 'web.yaml': web });
    const session = await started([folder], scope);
    const [first, second] = [uriIn(folder, 'a.yaml'), uriIn(folder, 'b.yaml')];
    writeFileSync(join(folder, 'a.yaml'), wrongService);
    await session.watched([{ uri: first, type: 1 }]);
    await session.until(() => session.codes(first).includes(code));
    renameSync(join(folder, 'a.yaml'), join(folder, 'b.yaml'));
    await session.watched([
      { uri: first, type: 3 },
      { uri: second, type: 1 },
    ]);
    await session.until(() => session.codes(first).length === 0 && session.codes(second).includes(code));
    rmSync(join(folder, 'b.yaml'));
    await session.watched([{ uri: second, type: 3 }]);
    await session.until(() => session.diagnostics.size === 0);
    expect((await session.request('packetpath/contextsOf', { uri: uriIn(folder, 'web.yaml') }))[0]?.resources).toBe(1);
  });

  test('a folder that is made or deleted brings and takes its files', async () => {
    const folder = folderOf({ 'web.yaml': web });
    const session = await started([folder], scope);
    mkdirSync(join(folder, 'sub/deep'), { recursive: true });
    writeFileSync(join(folder, 'sub/deep/s.yaml'), wrongService);
    await session.watched([{ uri: uriIn(folder, 'sub'), type: 1 }]);
    await session.until(() => session.codes(uriIn(folder, 'sub/deep/s.yaml')).includes(code));
    rmSync(join(folder, 'sub'), { recursive: true });
    await session.watched([{ uri: uriIn(folder, 'sub'), type: 3 }]);
    await session.until(() => session.diagnostics.size === 0);
  });

  test('what walking passes by stays out when it changes: ignored, excluded, vendored', async () => {
    const left = ['ignored/s.yaml', 'out/s.yaml', 'node_modules/x/s.yaml'];
    const folder = folderOf({
      'web.yaml': web,
      '.packetpathignore': 'ignored/\n',
      ...Object.fromEntries(left.map((path) => [path, wrongService])),
    });
    const session = await started([folder], { ...scope, exclude: ['**/out'] });
    await session.watched(left.map((path) => ({ uri: uriIn(folder, path), type: 2 as const })));
    for (const path of left) await session.open(uriIn(folder, path), wrongService);
    for (const path of left) expect(await session.request('packetpath/contextsOf', { uri: uriIn(folder, path) })).toEqual([]);
    expect(session.diagnostics.size).toBe(0);
  });

  test('a name that uris may spell in several ways is one file', async () => {
    const path = 'a@b (1)+c, ä & d=e/x!y*z.yaml';
    const folder = folderOf({ [path]: web, 'service.yaml': webService });
    const session = await started([folder], scope);
    // As VS Code writes it.
    const uri = `${toFileUri(folder)}/a%40b%20%281%29%2Bc%2C%20%C3%A4%20%26%20d%3De/x%21y%2Az.yaml`;
    expect(uri).toBe(uriIn(folder, path));
    await session.open(uri, web);
    expect(await session.request('packetpath/contextsOf', { uri })).toMatchObject([{ id: 'folder:.', resources: 2 }]);
  });
});

describe('settings', () => {
  test('a rule is switched off and on again', async () => {
    const folder = folderOf({ 'web.yaml': web, 'service.yaml': wrongService });
    const session = await started([folder], { settings: { rules: { [code]: 'off' }, diagnosticsScope: 'workspace' } });
    const uri = uriIn(folder, 'service.yaml');
    await session.configure({ settings: { rules: { [code]: 'error' }, diagnosticsScope: 'workspace' } });
    await session.until(() => session.diagnostics.get(uri)?.[0]?.severity === 1);
    await session.configure({ settings: { rules: { [code]: 'off' }, diagnosticsScope: 'workspace' } });
    await session.until(() => session.diagnostics.size === 0);
    expect(session.sent.map(({ diagnostics }) => diagnostics.length)).toEqual([1, 0]);
  });

  test('of any shape leave what does not fit at its default', async () => {
    const folder = folderOf({ 'web.yaml': web, 'service.yaml': wrongService });
    const wrong = {
      rules: 5,
      unresolvedReferences: 'loud',
      kubernetesVersion: 7,
      cluster: { podCidr: 'x', nodePortRange: [], cni: 'weave', ['__proto__']: 1 },
      maxFileSize: 'big',
      diagnosticsScope: null,
      yamlProblems: {},
    };
    const session = await started([folder], { settings: wrong, exclude: 'all', yamlExtensionActive: 'perhaps' });
    const uri = uriIn(folder, 'service.yaml');
    await session.open(uri, wrongService);
    await session.until(() => session.codes(uri).includes(code));
    for (const settings of [null, 5, [], { settings: [] }, { settings: { rules: { [code]: 'never' }, cluster: null } }]) await session.configure(settings);
    expect(await session.request('packetpath/contextsOf', { uri })).toHaveLength(1);
    expect(session.codes(uri)).toContain(code);
  });

  test('excluded globs and the largest size take files out and bring them back', async () => {
    const folder = folderOf({ 'web.yaml': web, 'sub/service.yaml': wrongService, 'large.yaml': `${web.replaceAll('web', 'large')}# ${'x'.repeat(60_000)}\n` });
    const session = await started([folder]);
    expect(session.statuses.at(-1)).toMatchObject({ files: 3, leftOut: [] });
    await session.configure({ settings: { maxFileSize: 0.05 }, exclude: ['sub'] });
    await session.until(() => session.statuses.at(-1)?.files === 1);
    expect(session.statuses.at(-1)?.leftOut).toEqual([{ uri: uriIn(folder, 'large.yaml'), reason: 'larger than 0.05 MB (packetpath.maxFileSize)' }]);
    await session.configure({ settings: {}, exclude: [] });
    await session.until(() => session.statuses.at(-1)?.files === 3 && session.statuses.at(-1)?.state === 'ready');
  });
});

describe('folders', () => {
  test('two are a workspace each, one more may come and go', async () => {
    const [one, two] = [
      folderOf({ 'web.yaml': web, 'service.yaml': wrongService }),
      folderOf({ 'web.yaml': web.replaceAll('http', 'htpp'), 'service.yaml': wrongService }),
    ];
    const session = await started([one], { settings: { diagnosticsScope: 'workspace' } });
    await session.until(() => session.diagnostics.size === 1);
    await session.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [{ uri: toFileUri(two), name: 'two' }], removed: [] } });
    await session.until(() => session.statuses.at(-1)?.contexts === 2 && session.statuses.at(-1)?.state === 'ready');
    expect([...session.diagnostics.keys()]).toEqual([uriIn(one, 'service.yaml')]);
    // Both have a context of this name: the file says which is meant.
    const flow = { from: 'deployment/web', to: 'service/web' };
    const outcome = async (folder: string): Promise<unknown> => {
      const answer = await session.request('packetpath/trace', { uri: uriIn(folder, 'web.yaml'), context: 'folder:.', flow });
      return answer.ok ? answer.traces.map((trace) => trace.outcome) : answer.error;
    };
    expect(await outcome(one)).toEqual(['refused-no-endpoints']);
    expect(await outcome(two)).toEqual(['delivered']);
    await session.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [], removed: [{ uri: toFileUri(one), name: 'one' }] } });
    await session.until(() => session.diagnostics.size === 0 && session.statuses.at(-1)?.contexts === 1);
  });

  test('without one, a file stands alone', async () => {
    const session = await started([]);
    const uri = 'untitled:Untitled-1';
    await session.open(uri, `${web}---\n${wrongService}`);
    await session.until(() => session.codes(uri).includes(code));
    for (const odd of ['file:///%zz', 'file://host/%2f', 'weird:%', 'file:', '']) await session.open(odd, web);
    expect(await session.request('packetpath/contextsOf', { uri })).toMatchObject([{ open: true }]);
  });
});

describe('requests', () => {
  test('topology, place, destinations, trace, locate, render', async () => {
    const folder = folderOf({ 'web.yaml': web, 'service.yaml': webService });
    const session = await started([folder]);
    const uri = uriIn(folder, 'web.yaml');
    const { topology, contexts, endpoints } = await session.request('packetpath/topology', { uri });
    expect(contexts).toEqual([{ id: 'folder:.', label: 'workspace' }]);
    expect(topology?.cards.map(({ id }) => id)).toEqual(expect.arrayContaining(['service/default/web', 'deployment/default/web']));
    expect(endpoints.map(({ endpoint }) => endpoint)).toEqual(['deployment/default/web', 'service/default/web', 'internet']);
    const place = await session.request('packetpath/placeAt', { uri, position: { line: 3, character: 9 } });
    expect(place).toMatchObject({ context: 'folder:.', endpoint: 'deployment/default/web' });
    const destinations = await session.request('packetpath/destinations', { uri, context: 'folder:.', from: 'deployment/default/web' });
    expect(destinations.map(({ to, outcome }) => [to, outcome])).toEqual([
      ['service/default/web', 'delivered'],
      ['internet', 'delivered'],
    ]);
    const answer = await session.request('packetpath/trace', { uri, flow: { from: 'deployment/default/web', to: 'service/default/web' } });
    if (!answer.ok) throw new Error(answer.error);
    const [trace] = answer.traces;
    const [evidence] = trace?.branches.flatMap(({ hops }) => hops.flatMap(({ because }) => because)) ?? [];
    if (!trace || !evidence) throw new Error('no trace');
    expect(await session.request('packetpath/locate', { at: evidence.at })).toMatchObject({ uri: evidence.uri });
    expect(await session.request('packetpath/render', { trace, format: 'command' })).toBe('packetpath trace --from deployment/default/web --to web --port 80');
    expect(await session.request('packetpath/render', { trace, format: 'mermaid' })).toContain('flowchart');
    expect(await session.request('packetpath/render', { trace, format: 'markdown' })).toContain('|');
  });

  test('the topology of a large context does not wait for its rules; when they have run it is to be asked for again', async () => {
    const many = Array.from({ length: 400 }, (_, number) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: filler-${number} }\n`).join('---\n');
    const asNamed = web.replace('name: http', 'name: htpp');
    const folder = folderOf({ 'web.yaml': asNamed, 'service.yaml': wrongService, 'filler.yaml': many });
    const session = await started([folder]);
    const uri = uriIn(folder, 'web.yaml');
    const findingOfService = async (): Promise<unknown> => {
      const { topology } = await session.request('packetpath/topology', { uri });
      return topology?.cards.find(({ id }) => id === 'service/default/web')?.finding;
    };
    await session.open(uri, asNamed);
    await session.until(() => session.changes > 0);
    expect(await findingOfService()).toBeUndefined();
    // The Service stands in another file than the port that is renamed.
    await session.edit(uri, web);
    // Asked only when the server says so, as the panel does: if it said too little, the time limit of the test would end this.
    for (;;) {
      const told = session.changes;
      const finding = await findingOfService();
      if (finding !== undefined) {
        expect(finding).toMatchObject({ count: 1 });
        break;
      }
      await session.until(() => session.changes > told);
    }
  });

  test('a question that cannot be answered is an error in words, one of another shape an error of the request; the server lives on', async () => {
    const folder = folderOf({ 'web.yaml': web });
    const session = await started([folder]);
    const uri = uriIn(folder, 'web.yaml');
    expect(await session.request('packetpath/trace', { uri, flow: { from: 'deployment/wbe', to: 'internet' } })).toMatchObject({
      ok: false,
      error: expect.stringContaining('Nearest: deployment/default/web') as string,
    });
    for (const method of [
      'packetpath/trace',
      'packetpath/topology',
      'packetpath/destinations',
      'packetpath/placeAt',
      'packetpath/locate',
      'packetpath/contextsOf',
      'packetpath/render',
      'textDocument/codeAction',
      'packetpath/none',
    ])
      for (const params of [undefined, null, [], {}, { uri: 5, flow: [], at: {}, position: null, context: {} }])
        await session.connection.sendRequest(method, params).catch(() => undefined);
    expect(await session.request('packetpath/contextsOf', { uri })).toHaveLength(1);
    expect(session.process.exitCode).toBeNull();
  });
});

describe('the end', () => {
  test('shutdown and exit end it with status 0', async () => {
    const session = await started([folderOf({ 'web.yaml': web })]);
    await session.connection.sendRequest('shutdown');
    await session.connection.sendNotification('exit');
    await session.until(() => session.process.exitCode !== null);
    expect(session.process.exitCode).toBe(0);
  });

  test('exit without shutdown ends it with status 1', async () => {
    const session = await started([]);
    await session.connection.sendNotification('exit');
    await session.until(() => session.process.exitCode !== null);
    expect(session.process.exitCode).toBe(1);
  });

  test('garbage between messages does not', async () => {
    const folder = folderOf({ 'web.yaml': web, 'service.yaml': wrongService });
    const session = await started([folder]);
    for (const body of [
      '{',
      'null',
      '[]',
      '5',
      '{"jsonrpc":"2.0"}',
      '{"jsonrpc":"2.0","method":5}',
      '{"jsonrpc":"2.0","id":{},"method":"textDocument/codeAction","params":7}',
    ])
      session.process.stdin?.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
    const uri = uriIn(folder, 'service.yaml');
    await session.open(uri, wrongService);
    await session.until(() => session.codes(uri).includes(code));
    expect(session.process.exitCode).toBeNull();
  });
});

describe('large files', () => {
  test('50 MB are left out and said, and the others are answered meanwhile', async () => {
    const folder = folderOf({ 'web.yaml': web, 'service.yaml': wrongService });
    const line = '# a comment that goes on and on until the file is as large as it is said to be\n';
    writeFileSync(join(folder, 'huge.yaml'), web + line.repeat(Math.ceil(50_000_000 / line.length)));
    const session = await started([folder]);
    const huge = uriIn(folder, 'huge.yaml');
    expect(session.statuses.at(-1)).toMatchObject({ files: 2, leftOut: [{ uri: huge, reason: 'larger than 10 MB (packetpath.maxFileSize)' }] });
    await session.watched([{ uri: huge, type: 2 }]);
    await session.open(huge, web + line.repeat(200_000));
    const uri = uriIn(folder, 'service.yaml');
    await session.open(uri, wrongService);
    await session.until(() => session.codes(uri).includes(code));
    expect(await session.request('packetpath/contextsOf', { uri: huge })).toEqual([]);
    expect(session.statuses.at(-1)?.leftOut).toHaveLength(1);
  });
});

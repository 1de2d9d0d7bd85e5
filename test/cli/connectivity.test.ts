/** `packetpath connectivity`: the contract of its JSON, its formats, options and exit status. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { client, folderOf, packetpath, packetpathJson, web } from './commandLine';

const guard = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
    - from: [{podSelector: {matchLabels: {app: client}}}]
      ports: [{port: http}, {port: 53, protocol: UDP}]
`;
const shop = { 'client.yaml': client, 'web.yaml': web, 'guard.yaml': guard };

interface Answer {
  readonly schemaVersion: number;
  readonly contexts: readonly {
    readonly id: string;
    readonly root: string;
    readonly peers: readonly { readonly id: string; readonly kind: string; readonly ranges?: readonly string[] }[];
    readonly connections: readonly {
      readonly from: string;
      readonly to: string;
      readonly allowed: unknown;
      readonly because?: readonly Record<string, unknown>[];
    }[];
  }[];
}

function ask(args: readonly string[], input?: string): Answer & { readonly status: number; readonly warnings: readonly string[] } {
  const ran = packetpathJson(['connectivity', ...args], input === undefined ? {} : { input });
  if (ran.json === undefined) throw new Error(ran.warnings.join('\n'));
  return { ...(ran.json as Answer), status: ran.status, warnings: ran.warnings };
}

describe('json', () => {
  test('is the contract, word by word', () => {
    const { json, status, warnings } = packetpathJson(['connectivity', folderOf(shop)]);
    expect(status).toBe(0);
    expect(warnings).toEqual(['folder:.: 2 workloads have no namespace written: default is assumed']);
    expect(json).toEqual({
      schemaVersion: 1,
      contexts: [
        {
          id: 'folder:.',
          label: 'workspace',
          root: '.',
          peers: [
            { id: 'deployment/default/client', kind: 'workload', namespace: 'default', workloadKind: 'Deployment', name: 'client' },
            { id: 'deployment/default/web', kind: 'workload', namespace: 'default', workloadKind: 'Deployment', name: 'web' },
            { id: 'external:0.0.0.0-255.255.255.255', kind: 'external', ranges: ['0.0.0.0-255.255.255.255'] },
          ],
          connections: [
            {
              from: 'deployment/default/client',
              to: 'deployment/default/web',
              allowed: [
                { protocol: 'TCP', ports: '8080' },
                { protocol: 'UDP', ports: '53' },
              ],
            },
            { from: 'deployment/default/client', to: 'external:0.0.0.0-255.255.255.255', allowed: 'all' },
            { from: 'deployment/default/web', to: 'deployment/default/client', allowed: 'all' },
            { from: 'deployment/default/web', to: 'external:0.0.0.0-255.255.255.255', allowed: 'all' },
            { from: 'external:0.0.0.0-255.255.255.255', to: 'deployment/default/client', allowed: 'all' },
          ],
        },
      ],
    });
  });

  test('--explain adds the deciding policies, with places, also for pairs on which nothing is allowed', () => {
    const [context] = ask([folderOf(shop), '--explain']).contexts;
    for (const { because } of context?.connections ?? []) expect(because?.length).toBeGreaterThan(0);
    expect(context?.connections[0]?.because).toContainEqual(
      expect.objectContaining({
        direction: 'ingress',
        effect: 'allows',
        uri: 'guard.yaml',
        policy: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'default', name: 'web' },
      }),
    );
    expect(context).toMatchObject({ notAllowed: [{ from: 'external:0.0.0.0-255.255.255.255', to: 'deployment/default/web' }], unknown: [] });
  });
});

describe('what is read', () => {
  test('all contexts, or the one of --context; an id that is not there is an error', () => {
    const folder = folderOf({ 'dev/web.yaml': web, 'prod/web.yaml': web, 'prod/client.yaml': client });
    expect(ask([folder]).contexts.map(({ id }) => id)).toEqual(['environment:dev', 'environment:prod']);
    expect(ask([folder, '--context', 'environment:prod']).contexts.map(({ id }) => id)).toEqual(['environment:prod']);
    expect(packetpath(['connectivity', folder, '--context', 'environment:pord'])).toMatchObject({
      status: 2,
      warnings: [expect.stringContaining('did you mean environment:prod?')],
    });
  });

  test('a folder that is given alone is the workspace; of a file its context', () => {
    const folder = folderOf({ 'a/web.yaml': web, 'b/client.yaml': client }, { git: true });
    expect(ask([join(folder, 'a')]).contexts).toMatchObject([{ id: 'folder:.', root: '.' }]);
    expect(ask([join(folder, 'a'), join(folder, 'b')]).contexts).toHaveLength(1);
  });

  test('standard input', () => {
    expect(ask(['-'], [client, web, guard].join('---\n')).contexts).toMatchObject([{ id: 'stdin' }]);
  });

  test('nothing: no contexts, and no error', () => {
    expect(ask([folderOf({})]).contexts).toEqual([]);
    expect(packetpath(['connectivity', folderOf({})])).toMatchObject({ status: 0, out: 'no contexts: no Kubernetes manifests were found\n' });
  });

  test('--separate: every folder is a workspace of its own, told apart by root', () => {
    const folder = folderOf({ 'a/web.yaml': web, 'b/web.yaml': web, 'b/client.yaml': client, 'b/guard.yaml': guard });
    const { contexts, status } = ask([join(folder, 'a'), `${join(folder, 'b')}/`, '--separate']);
    expect(status).toBe(0);
    expect(contexts.map(({ id, root, peers }) => [id, root, peers.length])).toEqual([
      ['folder:.', join(folder, 'a'), 2],
      ['folder:.', join(folder, 'b'), 3],
    ]);
  });

  test('--separate: contexts of the same id are told apart in every format', () => {
    const folder = folderOf({ 'a/web.yaml': web, 'b/web.yaml': web });
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    const out = (format: string, ...paths: readonly string[]): string =>
      packetpath(['connectivity', ...paths, '--separate', '--quiet', '--format', format]).out;
    expect(
      out('csv', a, b)
        .split('\r\n')
        .map((row) => row.split(',')[0]),
    ).toEqual(['context', ...[a, a, b, b].map((one) => `${one}: folder:.`), '']);
    for (const format of ['text', 'dot', 'mermaid']) for (const one of [a, b]) expect(out(format, a, b)).toContain(`${one}: folder:.`);
    expect(out('csv', a)).not.toContain(a);
  });

  test('a document that cannot be parsed is named, stops nothing and changes no status', () => {
    const folder = folderOf({ ...shop, 'broken.yaml': `${web.replaceAll('web', 'other')}---\napiVersion: v1\nkind: Service\nspec: [1\n` });
    const { out, status, warnings } = packetpath(['connectivity', folder]);
    expect(status).toBe(0);
    expect(out).toContain('deployment/default/other');
    expect(warnings.filter((line) => line.startsWith('broken.yaml:'))).toHaveLength(1);
    expect(packetpath(['connectivity', folder, '--quiet']).warnings).toEqual([]);
  });

  test('many files that cannot be parsed: ten by name, the others counted', () => {
    const broken = 'apiVersion: v1\nkind: Service\nspec: [1\n';
    const folder = folderOf({ ...shop, ...Object.fromEntries(Array.from({ length: 13 }, (_, at) => [`broken${at}.yaml`, broken])) });
    const { warnings } = packetpath(['connectivity', folder]);
    expect(warnings.filter((line) => line.startsWith('broken'))).toHaveLength(10);
    expect(warnings).toContain('3 more files cannot be parsed; packetpath check lists them all');
  });

  test('--namespace places what writes none', () => {
    const { contexts, warnings } = ask([folderOf(shop), '--namespace', 'shop']);
    expect(contexts[0]?.peers[0]?.id).toBe('deployment/shop/client');
    expect(warnings).toEqual([]);
  });

  test('a configuration names its contexts, and its plugin decides about blocks', () => {
    const files = {
      ...shop,
      'guard.yaml': guard.replace('{podSelector: {matchLabels: {app: client}}}', '{ipBlock: {cidr: 10.0.0.0/8}}'),
      '.packetpath.yaml': 'contexts:\n  - name: production\n    include: ["*.yaml"]\n    cluster: {cni: cilium}\n',
    };
    const pairs = (args: readonly string[]): readonly string[] =>
      ask([folderOf(files), ...args]).contexts[0]?.connections.map(({ from, to }) => `${from} ${to}`) ?? [];
    expect(ask([folderOf(files)]).contexts).toMatchObject([{ id: 'config:production', label: 'production' }]);
    expect(pairs([])).not.toContain('deployment/default/client deployment/default/web');
    expect(pairs(['--ip-block-matches-pods', 'spec'])).toContain('deployment/default/client deployment/default/web');
    expect(pairs(['--cni', 'calico'])).toContain('deployment/default/client deployment/default/web');
  });
});

describe('formats', () => {
  test('text', () => {
    expect(packetpath(['connectivity', folderOf(shop), '--quiet']).out).toBe(`folder:.  (2 workloads, 5 connections)
  deployment/default/client
    → deployment/default/web     TCP 8080; UDP 53
    → 0.0.0.0-255.255.255.255    all
  deployment/default/web
    → deployment/default/client  all
    → 0.0.0.0-255.255.255.255    all
  0.0.0.0-255.255.255.255
    → deployment/default/client  all
`);
  });

  test('a workload that may reach all others on all ports says so in one line', () => {
    const files = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.yaml`, web.replaceAll('web', name)]));
    expect(packetpath(['connectivity', folderOf(files), '--quiet']).out).toContain(`  deployment/default/a
    → every other workload (3)  all
    → 0.0.0.0-255.255.255.255   all
  deployment/default/b
`);
  });

  test('csv', () => {
    expect(packetpath(['connectivity', folderOf(shop), '--format', 'csv']).out.split('\r\n')).toEqual([
      'context,from,to,allowed',
      'folder:.,deployment/default/client,deployment/default/web,TCP 8080; UDP 53',
      'folder:.,deployment/default/client,0.0.0.0-255.255.255.255,all',
      'folder:.,deployment/default/web,deployment/default/client,all',
      'folder:.,deployment/default/web,0.0.0.0-255.255.255.255,all',
      'folder:.,0.0.0.0-255.255.255.255,deployment/default/client,all',
      '',
    ]);
  });

  test('dot and mermaid', () => {
    const dot = packetpath(['connectivity', folderOf(shop), '--format', 'dot']).out;
    expect(dot).toMatch(/^digraph connectivity \{\n/);
    expect(dot).toContain('p0_0 -> p0_1 [label="TCP 8080; UDP 53"];');
    const mermaid = packetpath(['connectivity', folderOf(shop), '--format', 'mermaid']).out;
    expect(mermaid).toMatch(/^flowchart LR\n/);
    expect(mermaid).toContain('p0n0 -->|"TCP 8080#59; UDP 53"| p0n1');
  });

  test('hostile names break none of them', () => {
    const folder = folderOf({ 'a.yaml': web.replace('  name: web\n', '  name: "a\\"];\\n<b>,=1\\u001b[31m"\n'), 'b.yaml': client });
    for (const format of ['text', 'csv', 'dot', 'mermaid']) {
      const { out, status } = packetpath(['connectivity', folder, '--format', format]);
      expect(status).toBe(0);
      if (format !== 'csv') expect(out).not.toContain('\u001b');
    }
    expect(packetpath(['connectivity', folder, '--format', 'dot']).out).toContain('a\\"]; <b>,=1');
    expect(packetpath(['connectivity', folder, '--format', 'mermaid']).out).not.toMatch(/<b>|"\];/);
  });

  test('--output, and colour on a terminal alone', () => {
    const folder = folderOf(shop);
    expect(packetpath(['connectivity', folder, '--output', join(folder, 'out')], { colour: true }).out).toBe('');
    expect(packetpath(['connectivity', folder], { colour: true }).out).toContain('\u001b[');
  });
});

describe('errors', () => {
  test.each([
    [['--format', 'sarif'], /--format sarif: expected one of text, json, csv, dot, mermaid/],
    [['--cni', 'weave'], /--cni weave: expected one of/],
    [['--ip-block-matches-pods', 'maybe'], /--ip-block-matches-pods maybe: expected one of spec, never/],
    [['--host-network-policies', 'x'], /--host-network-policies x: expected one of ignored, applied/],
    [['--explian'], /did you mean --explain\?/],
    [['nowhere'], /nowhere: no such file or folder/],
  ])('%j is 2 with one line', (args, line) => {
    const { status, out, warnings } = packetpath(['connectivity', ...(args[0] === 'nowhere' ? [] : [folderOf(shop)]), ...args]);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(warnings).toEqual([expect.stringMatching(line)]);
  });

  test('--separate takes folders alone', () => {
    expect(packetpath(['connectivity', '-', '--separate'])).toMatchObject({ status: 2 });
    expect(packetpath(['connectivity', join(folderOf(shop), 'web.yaml'), '--separate'])).toMatchObject({ status: 2 });
    expect(packetpath(['connectivity', '--separate'])).toMatchObject({ status: 2, warnings: ['--separate needs folders'] });
  });

  test('a broken file is named by check, and stops nobody', () => {
    const { status, contexts } = ask([folderOf({ ...shop, 'broken.yaml': 'kind: Deployment\napiVersion: apps/v1\n a: [\n' })]);
    expect(status).toBe(0);
    expect(contexts[0]?.connections).toHaveLength(5);
  });
});

/** `packetpath diff`: folders and git revisions, what opens and closes, and why. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { client, folderOf, packetpath, packetpathJson, web, webService, writeFiles } from './commandLine';

const guard = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
    - from: [{podSelector: {matchLabels: {app: client}}}]
      ports: [{port: http}]
`;
const open = { 'client.yaml': client, 'web.yaml': web };
const shop = { ...open, 'guard.yaml': guard };

interface Change {
  readonly context: string;
  readonly change: string;
  readonly from: { readonly id: string };
  readonly to: { readonly id: string };
  readonly before: unknown;
  readonly after: unknown;
  readonly because: readonly {
    readonly kind: string;
    readonly change: string;
    readonly reason: string;
    readonly uri?: string;
    readonly object: { readonly name: string } | null;
  }[];
}

function ask(before: string, after: string, ...more: readonly string[]): readonly Change[] {
  const ran = packetpathJson(['diff', before, after, ...more]);
  if (ran.json === undefined) throw new Error(ran.warnings.join('\n'));
  expect(ran.json).toMatchObject({ schemaVersion: 1 });
  return (ran.json as { readonly changes: readonly Change[] }).changes;
}

/** One line a change, without the namespace. */
function told(changes: readonly Change[]): readonly string[] {
  const short = (id: string): string => id.replace('deployment/default/', '').replace('external:0.0.0.0-255.255.255.255', 'world');
  const ports = (value: unknown): string =>
    typeof value === 'string'
      ? value
      : value === null
        ? '-'
        : (value as { protocol: string; ports: string }[]).map((one) => `${one.protocol} ${one.ports}`).join(' ');
  return changes.map(
    ({ change, from, to, before, after, because }) =>
      `${change} ${short(from.id)} → ${short(to.id)}: ${ports(before)} ⇒ ${ports(after)}; ${because.map((cause) => `${cause.kind} ${cause.object?.name ?? ''} ${cause.change}`).join(', ')}`,
  );
}

function folders(after: Readonly<Record<string, string>>, before: Readonly<Record<string, string>> = shop): readonly [string, string] {
  return [folderOf(before), folderOf(after)];
}

describe('what opens and closes', () => {
  test('nothing', () => {
    expect(ask(...folders(shop))).toEqual([]);
    expect(packetpath(['diff', ...folders(shop), '--quiet'])).toMatchObject({ status: 0, out: 'no connection opens, closes or changes\n', warnings: [] });
  });

  test('a policy that is gone', () => {
    expect(told(ask(...folders(open)))).toEqual(['changed client → web: TCP 8080 ⇒ all; policy web removed', 'added world → web: - ⇒ all; policy web removed']);
    expect(told(ask(...folders(shop, open)))).toEqual([
      'changed client → web: all ⇒ TCP 8080; policy web added',
      'removed world → web: all ⇒ -; policy web added',
    ]);
  });

  test('a policy that changed, with its line', () => {
    const changes = ask(...folders({ ...shop, 'guard.yaml': guard.replace('port: http', 'port: 9090') }));
    expect(told(changes)).toEqual(['changed client → web: TCP 8080 ⇒ TCP 9090; policy web changed']);
    expect(changes[0]?.because).toMatchObject([{ side: 'after', uri: 'guard.yaml', range: { start: { line: 8 } }, direction: 'ingress' }]);
  });

  test('a label of the sender', () => {
    const changes = ask(...folders({ ...shop, 'client.yaml': client.replace('labels: {app: client}', 'labels: {app: other}') }));
    expect(told(changes)).toEqual(['removed client → web: TCP 8080 ⇒ -; label client changed']);
    expect(changes[0]?.because[0]).toMatchObject({ reason: 'label app of deployment/default/client changed from client to other', uri: 'client.yaml' });
  });

  test('a label of the receiver that takes it out of its policy', () => {
    expect(told(ask(...folders({ ...shop, 'web.yaml': web.replace('labels: {app: web}', 'labels: {app: free}') })))).toEqual([
      'changed client → web: TCP 8080 ⇒ all; label web changed',
      'added world → web: - ⇒ all; label web changed',
    ]);
  });

  test('a label of a namespace', () => {
    const namespaced = guard.replace('podSelector: {matchLabels: {app: client}}', 'namespaceSelector: {matchLabels: {trusted: "yes"}}');
    const namespace = (labels: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {${labels}}}\n`;
    const changes = ask(
      ...folders(
        { ...shop, 'guard.yaml': namespaced, 'ns.yaml': namespace('trusted: "yes"') },
        { ...shop, 'guard.yaml': namespaced, 'ns.yaml': namespace('') },
      ),
    );
    expect(told(changes)).toEqual(['added client → web: - ⇒ TCP 8080; label default added']);
  });

  test('the number of a named port', () => {
    const changes = ask(...folders({ ...shop, 'web.yaml': web.replace('containerPort: 8080', 'containerPort: 8081') }));
    expect(told(changes)).toEqual(['changed client → web: TCP 8080 ⇒ TCP 8081; port web changed']);
    expect(changes[0]?.because[0]?.reason).toBe('port http of deployment/default/web changed from 8080/TCP to 8081/TCP');
  });

  test('a policy and a label that only together make the difference are both named', () => {
    const before = {
      ...shop,
      'client.yaml': client.replace('labels: {app: client}', 'labels: {app: old}'),
      'guard.yaml': guard.replace('app: client', 'app: nobody'),
    };
    const causes = ask(
      ...folders(
        { ...shop, 'client.yaml': client.replace('labels: {app: client}', 'labels: {app: new}'), 'guard.yaml': guard.replace('app: client', 'app: new') },
        before,
      ),
    );
    expect(told(causes)).toEqual(['added client → web: - ⇒ TCP 8080; policy web changed, label client changed']);
  });

  test('a change that decides nothing is not named', () => {
    const after = {
      ...shop,
      'guard.yaml': guard.replace(
        '[{podSelector: {matchLabels: {app: client}}}]',
        '[{podSelector: {matchLabels: {app: client}}}, {podSelector: {matchLabels: {app: nobody}}}]',
      ),
      'web.yaml': web.replace('8080', '8081'),
    };
    expect(told(ask(...folders(after)))).toEqual(['changed client → web: TCP 8080 ⇒ TCP 8081; port web changed']);
  });

  test('a workload that is new: all of its connections', () => {
    expect(told(ask(...folders(shop, { 'web.yaml': web, 'guard.yaml': guard })))).toEqual([
      'added client → web: - ⇒ TCP 8080; workload client added',
      'added client → world: - ⇒ all; workload client added',
      'added web → client: - ⇒ all; workload client added',
      'added world → client: - ⇒ all; workload client added',
    ]);
  });

  test('addresses: only the pieces that change', () => {
    const block = (except: string): string => guard.replace('podSelector: {matchLabels: {app: client}}', `ipBlock: {cidr: 10.0.0.0/8, except: [${except}]}`);
    const changes = ask(...folders({ ...shop, 'guard.yaml': block('10.2.0.0/16') }, { ...shop, 'guard.yaml': block('10.1.0.0/16') }));
    expect(told(changes)).toEqual([
      'added external:10.1.0.0-10.1.255.255 → web: - ⇒ TCP 8080; policy web changed',
      'removed external:10.2.0.0-10.2.255.255 → web: TCP 8080 ⇒ -; policy web changed',
    ]);
  });

  test('an Ingress that leads there', () => {
    const ingress =
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: shop}\nspec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n';
    const before = { ...open, 'service.yaml': webService };
    expect(told(ask(...folders({ ...before, 'ingress.yaml': ingress }, before)))).toEqual(['added ingress-controller → web: - ⇒ TCP 8080; route shop added']);
  });

  test('contexts are paired by id, and one that only one side has is compared with nothing', () => {
    const before = { 'dev/web.yaml': web, 'prod/web.yaml': web };
    const changes = ask(...folders({ 'dev/web.yaml': web, 'prod/web.yaml': web, 'prod/guard.yaml': guard, 'test/web.yaml': web }, before));
    expect(changes.map(({ context, change }) => `${context} ${change}`)).toEqual([
      'environment:prod removed',
      'environment:test added',
      'environment:test added',
    ]);
    expect(ask(...folders({ 'dev/web.yaml': web, 'prod/guard.yaml': guard, 'prod/web.yaml': web }, before), '--context', 'environment:dev')).toEqual([]);
  });
});

describe('formats and exit status', () => {
  const [before, after] = [shop, { ...shop, 'guard.yaml': guard.replace('port: http', 'port: 9090') }];
  test('text, csv, mermaid', () => {
    expect(packetpath(['diff', ...folders(after, before)]).out).toBe(`folder:.  (1 changed)
  ~ deployment/default/client → deployment/default/web  TCP 8080 ⇒ TCP 9090
      NetworkPolicy web was changed; it allows app: client <guard.yaml:8>
`);
    expect(packetpath(['diff', ...folders(after, before), '--format', 'csv']).out.split('\r\n')[1]).toBe(
      'folder:.,changed,deployment/default/client,deployment/default/web,TCP 8080,TCP 9090,NetworkPolicy web was changed; it allows app: client <guard.yaml:8>',
    );
    expect(packetpath(['diff', ...folders(after, before), '--format', 'mermaid']).out).toContain('p0n0 -->|"changes: TCP 8080 ⇒ TCP 9090"| p0n1');
  });

  test('--explain says what decided before and after', () => {
    const { out } = packetpath(['diff', ...folders(after, before), '--explain']);
    expect(out).toMatch(/before: ingress +NetworkPolicy default\/web allows TCP 8080/);
    expect(out).toMatch(/after: ingress +NetworkPolicy default\/web allows TCP 9090/);
  });

  test('a document that cannot be parsed is named, with its side', () => {
    const broken = `${guard}---\napiVersion: v1\nkind: Service\nspec: [1\n`;
    const ran = packetpath(['diff', ...folders({ ...shop, 'guard.yaml': broken })]);
    expect(ran.status).toBe(0);
    expect(ran.warnings.filter((line) => line.startsWith('after, guard.yaml:'))).toHaveLength(1);
    expect(ran.warnings.filter((line) => line.startsWith('before, guard.yaml'))).toEqual([]);
  });

  test('a difference is 1 under --fail-on-change alone', () => {
    expect(packetpath(['diff', ...folders(after, before)]).status).toBe(0);
    expect(packetpath(['diff', ...folders(after, before), '--fail-on-change']).status).toBe(1);
    expect(packetpath(['diff', ...folders(before, before), '--fail-on-change']).status).toBe(0);
  });

  test.each([
    [[], /diff needs BEFORE and AFTER/],
    [['nowhere', '.'], /nowhere: no such folder/],
    [['.', '-'], /-: expected a folder/],
    [['.', '.', '.'], /diff needs BEFORE and AFTER/],
    [['.', 'package.json'], /package\.json: expected a folder/],
    [['.', '.', '--format', 'dot'], /--format dot: expected one of text, json, csv, mermaid/],
  ])('%j is 2 with one line', (args, line) => {
    const { status, out, warnings } = packetpath(['diff', ...args, '--quiet']);
    expect({ status, out, warnings }).toEqual({ status: 2, out: '', warnings: [expect.stringMatching(line)] });
  });
});

describe('git', () => {
  /** A repository whose one commit has the files. */
  function repository(files: Readonly<Record<string, string>>): string {
    const folder = folderOf(files);
    const git = (...args: readonly string[]): void => {
      execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false', ...args], { cwd: folder, stdio: 'pipe' });
    };
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'first');
    return folder;
  }

  test('a revision against the working tree, whole and by folder', () => {
    const folder = repository({ 'k8s/client.yaml': client, 'k8s/web.yaml': web, 'other/web.yaml': web });
    writeFiles(folder, { 'k8s/guard.yaml': guard });
    const expected = ['changed client → web: all ⇒ TCP 8080; policy web added', 'removed world → web: all ⇒ -; policy web added'];
    expect(told(ask('git:HEAD:k8s', join(folder, 'k8s')))).toEqual(expected);
    expect(told(ask('git:HEAD:k8s/', join(folder, 'k8s')))).toEqual(expected);
    expect(ask('git:HEAD', 'git:HEAD', '--root', folder)).toEqual([]);
    expect(told(ask(join(folder, 'k8s'), 'git:HEAD:k8s')).length).toBe(2);
  });

  test('reads as the folder is read: configuration, kustomization, ignored files, charts, links', () => {
    const files = {
      'app/client.yaml': client,
      'app/web.yaml': web,
      'app/guard.yaml': guard,
      'ignored/web.yaml': web.replaceAll('web', 'ignored'),
      'node_modules/web.yaml': web.replaceAll('web', 'module'),
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\n',
      'chart/templates/web.yaml': web.replaceAll('web', 'templated'),
      '.packetpathignore': 'ignored/\n',
      '.packetpath.yaml': 'contexts:\n  - name: all\n    include: ["**/*.yaml"]\n',
    };
    const folder = repository(files);
    expect(ask('git:HEAD', folder)).toEqual([]);
    expect(ask(folder, 'git:HEAD')).toEqual([]);
  });

  test.each([
    ['git:', /git:: no revision/],
    ['git:--output=x', /git:--output=x: no revision/],
    ['git:-x:k8s', /no revision/],
    ['git:HEAD\nx', /no revision/],
    ['git:no-such', /git:no-such: there is no such revision/],
    ['git:HEAD:nowhere', /git:HEAD:nowhere: there is no such folder in that revision/],
    ['git:HEAD:k8s/web.yaml', /there is no such folder/],
    ['git:HEAD:../..', /there is no such folder/],
    ['git:HEAD:--help', /there is no such folder/],
    ['git:$(touch x)', /there is no such revision/],
    ['git:HEAD^{/`touch x`}', /there is no such revision/],
  ])('%j is 2 with one line', (place, line) => {
    const folder = repository({ 'k8s/web.yaml': web });
    const { status, out, warnings } = packetpath(['diff', place, folder, '--quiet']);
    expect({ status, out, warnings }).toEqual({ status: 2, out: '', warnings: [expect.stringMatching(line)] });
    expect(warnings[0]).not.toContain('\n');
  });

  test('where there is no repository', () => {
    expect(packetpath(['diff', 'git:HEAD', 'git:HEAD', '--root', folderOf(shop)])).toMatchObject({
      status: 2,
      warnings: [expect.stringContaining('is in no git repository')],
    });
  });

  test('names of files in the tree are only names', () => {
    const folder = repository({ 'k8s/--help.yaml': web, 'k8s/a b\tc.yaml': client, 'k8s/$(touch x).yaml': guard });
    expect(ask('git:HEAD', folder)).toEqual([]);
    expect(ask('git:HEAD:k8s', folder, '--context', 'folder:.').length).toBe(0);
  });
});

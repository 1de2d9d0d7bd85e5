/** `packetpath check`: what it reads, its formats, its exit status, its options. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from '../../server/src/rules/rules';
import { folderOf, packetpath, packetpathJson, web, webService, wrongService, writeFiles } from './commandLine';

interface Report {
  schemaVersion: number;
  findings: { ruleId: string; severity: string; message: string; uri: string; contexts: string[]; fingerprint: string; object: unknown; range: unknown }[];
  summary: Record<string, number>;
}

const rule = 'port/target-port-name-missing';
const check = (args: readonly string[], streams: { readonly input?: string } = {}): Report & { status: number; warnings: readonly string[] } => {
  const ran = packetpathJson(['check', ...args], streams);
  return { ...(ran.json as Report), status: ran.status, warnings: ran.warnings };
};

describe('json', () => {
  test('has exactly the fields of schema version 1', () => {
    const folder = folderOf({ 'a.yaml': web, 'b.yaml': wrongService });
    const { status, json } = packetpathJson(['check', folder]);
    expect(status).toBe(0);
    expect(json).toEqual({
      schemaVersion: 1,
      findings: [
        {
          ruleId: rule,
          severity: 'warning',
          message: expect.stringContaining('htpp') as string,
          uri: 'b.yaml',
          range: { start: { line: 9, column: 19 }, end: { line: 9, column: 23 } },
          contexts: ['folder:.'],
          object: { apiVersion: 'v1', kind: 'Service', namespace: null, name: 'web' },
          path: ['spec', 'ports', 0, 'targetPort'],
          fingerprint: expect.stringContaining(rule) as string,
          related: [{ message: expect.any(String) as string, uri: 'a.yaml', range: { start: { line: 17, column: 30 }, end: { line: 17, column: 34 } } }],
          fixes: [{ title: 'Set targetPort to http', preferred: true }],
        },
      ],
      summary: { files: 2, documents: 2, contexts: 1, error: 0, warning: 1, information: 0, hint: 0 },
    });
  });

  test('a finding of a file without an object has null, not a missing field', () => {
    const { findings, status } = check([folderOf({ '.packetpath.yaml': 'rules: 5\n' })]);
    expect(status).toBe(1);
    expect(findings).toMatchObject([{ ruleId: 'schema/configuration-invalid', severity: 'error', object: null, contexts: [], related: [], fixes: [] }]);
  });

  test('fingerprints stay when lines move', () => {
    const folder = folderOf({ 'a.yaml': web, 'b.yaml': wrongService });
    const [before] = check([folder]).findings;
    writeFiles(folder, { 'b.yaml': `# a comment\n\n${wrongService}` });
    const [after] = check([folder]).findings;
    expect(after?.range).not.toEqual(before?.range);
    expect(after?.fingerprint).toBe(before?.fingerprint);
  });
});

describe('text', () => {
  test('is file:line:column, severity, message, rule id and a code frame', () => {
    const { out } = packetpath(['check', folderOf({ 'a.yaml': web, 'b.yaml': wrongService })]);
    const [first, frame, mark] = out.split('\n');
    expect(first).toMatch(/^b\.yaml:9:19 {2}warning {2}.*htpp.* {2}port\/target-port-name-missing$/);
    expect(frame).toBe('    9 |       targetPort: htpp');
    expect(mark).toBe('      |                   ^^^^');
    expect(out).toContain('2 documents in 2 files, 1 context: 1 warning\n');
  });

  test('a clean folder says so, and nothing under --quiet', () => {
    const folder = folderOf({ 'a.yaml': web, 'b.yaml': webService });
    expect(packetpath(['check', folder])).toEqual({ status: 0, out: '2 documents in 2 files, 1 context: no findings\n', warnings: [] });
    expect(packetpath(['check', folder, '--quiet']).out).toBe('');
  });

  test('has colour on a terminal alone, and none in a file', () => {
    const folder = folderOf({ 'a.yaml': web, 'b.yaml': wrongService });
    expect(packetpath(['check', folder]).out).not.toContain('\u001b[');
    expect(packetpath(['check', folder], { colour: true }).out).toContain('\u001b[33mwarning\u001b[0m');
    const file = join(folder, 'out.txt');
    packetpath(['check', folder, '--output', file], { colour: true });
    expect(readFileSync(file, 'utf8')).not.toContain('\u001b[');
  });

  test('shows control characters and marks of direction instead of sending them', () => {
    const evil = wrongService.replace('htpp', '"h\\e[31mt\\x07\\u202ep\\np"');
    const folder = folderOf({ 'a.yaml': web, 'b\u001b[2J.yaml': evil });
    for (const format of ['text', 'github']) {
      const { out } = packetpath(['check', folder, '--format', format]);
      expect(out).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/u);
      expect(out).toContain('\\x1b[2J');
    }
  });
});

describe('github', () => {
  test('is annotations, worst first, then a summary line', () => {
    const folder = folderOf({ 'a.yaml': wrongService, 'b, c:d.yaml': web, 'z.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: web\n' });
    const lines = packetpath(['check', folder, '--format', 'github']).out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^::error file=z\.yaml,line=\d+,endLine=\d+,col=\d+,endColumn=\d+,title=schema\/yaml-parse::/);
    expect(lines[1]).toMatch(/^::warning file=a\.yaml,line=9,endLine=9,col=19,endColumn=23,title=port\/target-port-name-missing::/);
    expect(lines.at(-1)).toMatch(/1 error.*1 warning/);
    expect(lines).toHaveLength(3);
  });

  test('escapes what would end a property or a message', () => {
    const folder = folderOf({ 'a.yaml': web, '100%, b:c.yaml': wrongService.replace('htpp', '"h%t\\np"') });
    const [line] = packetpath(['check', folder, '--format', 'github']).out.split('\n');
    expect(line).toContain('file=100%25%2C b%3Ac.yaml,');
    expect(line).toContain('h%25t%0Ap');
  });
});

describe('sarif', () => {
  interface Sarif {
    $schema: string;
    version: string;
    runs: {
      tool: {
        driver: {
          name: string;
          version: string;
          rules: {
            id: string;
            shortDescription: { text: string };
            help: { text: string; markdown: string };
            defaultConfiguration: { level: string };
          }[];
        };
      };
      columnKind: string;
      originalUriBaseIds: Record<string, unknown>;
      results: {
        ruleId: string;
        ruleIndex: number;
        level: string;
        message: { text: string };
        locations: { physicalLocation: { artifactLocation: { uri: string; uriBaseId: string }; region: Record<string, number> } }[];
        relatedLocations?: { id: number; message: { text: string }; physicalLocation: { artifactLocation: { uri: string } } }[];
        partialFingerprints: Record<string, string>;
      }[];
    }[];
  }

  test('holds what version 2.1.0 demands: rules with help, results that point to them, relative URIs, fingerprints', () => {
    const folder = folderOf({ 'a.yaml': web, 'sub dir/b#1.yaml': wrongService });
    const ran = packetpath(['check', folder, '--format', 'sarif']);
    const sarif = JSON.parse(ran.out) as Sarif;
    expect(sarif.version).toBe('2.1.0');
    expect(sarif.$schema).toContain('sarif-2.1.0');
    expect(sarif.runs).toHaveLength(1);
    const [run] = sarif.runs;
    if (!run) throw new Error('no run');
    expect(run.tool.driver.name).toBe('Packetpath');
    expect(run.columnKind).toBe('utf16CodeUnits');
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(rules.map(({ meta }) => meta.id));
    for (const described of run.tool.driver.rules) {
      expect(described.help.text.length, described.id).toBeGreaterThan(20);
      expect(described.help.markdown.length, described.id).toBeGreaterThan(20);
      expect(described.shortDescription.text, described.id).not.toBe('');
      expect(['none', 'note', 'warning', 'error']).toContain(described.defaultConfiguration.level);
    }
    expect(run.results).toHaveLength(1);
    for (const result of run.results) {
      expect(run.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      expect(result.level).toBe('warning');
      expect(result.message.text).not.toBe('');
      for (const { physicalLocation } of result.locations) {
        expect(physicalLocation.artifactLocation.uri).toBe('sub%20dir/b%231.yaml');
        expect(run.originalUriBaseIds).toHaveProperty(physicalLocation.artifactLocation.uriBaseId);
        expect(physicalLocation.region).toEqual({ startLine: 9, startColumn: 19, endLine: 9, endColumn: 23 });
      }
      expect(result.relatedLocations?.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri)).toEqual(['a.yaml']);
      expect(Object.values(result.partialFingerprints)).toEqual([expect.stringMatching(/^port\/target-port-name-missing\|.*spec\.ports\.0\.targetPort$/)]);
    }
  });
});

describe('exit status', () => {
  const folder = (): string => folderOf({ 'a.yaml': web, 'b.yaml': wrongService });
  test.each([
    [[], 0],
    [['--fail-on', 'error'], 0],
    [['--fail-on', 'warning'], 1],
    [['--fail-on', 'information'], 1],
    [['--fail-on', 'never'], 0],
    [['--rule', `${rule}=error`], 1],
    [['--rule', `${rule}=error`, '--fail-on', 'never'], 0],
    [['--rule', `${rule}=hint`, '--fail-on', 'information'], 0],
    [['--rule', `${rule}=off`, '--fail-on', 'information'], 0],
  ])('%j is %i', (args, status) => {
    expect(packetpath(['check', folder(), ...args]).status).toBe(status);
  });

  test.each([
    [['check', '/no/such/folder'], /\/no\/such\/folder: no such file or folder/],
    [['check', '--fail-on', 'sometimes'], /--fail-on sometimes: expected one of error, warning, information, never/],
    [['check', '--format', 'xml'], /--format xml: expected one of text, json, sarif, github/],
    [['check', '--rule', rule], /expected ID=/],
    [['check', '--rule', `${rule}=loud`], /loud: expected one of/],
    [['check', '--rule', 'port/target-port-name-mising=off'], /did you mean port\/target-port-name-missing\?/],
    [['check', '--fial-on', 'never'], /no option --fial-on; did you mean --fail-on\?/],
    [['check', '--format'], /--format/],
    [['check', '--kubernetes-version', 'new'], /--kubernetes-version new: expected 1\.N/],
    [['check', '--config', '/no/such.yaml'], /\/no\/such\.yaml: it does not exist/],
    [['check', '--baseline', '/no/such.json'], /\/no\/such\.json: it does not exist/],
    [['check', '--root', '/no/such'], /--root \/no\/such/],
    [['check', '-', 'more'], /- reads standard input and stands alone/],
    [['check', '--from', 'x'], /no option --from/],
    [['chekc'], /no command chekc; did you mean check\?/],
    [['something-else'], /no command something-else/],
    [[], /a command is missing/],
  ])('%j is 2, with one line that says why', (args, line) => {
    const { status, out, warnings } = packetpath(args);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(warnings).toEqual([expect.stringMatching(line)]);
    expect(warnings[0]).not.toContain('\n');
  });

  test('a folder that cannot be written to, a context that is not there, a baseline that is none', () => {
    const path = folder();
    expect(packetpath(['check', path, '--output', path])).toMatchObject({ status: 2, out: '' });
    expect(packetpath(['check', path, '--context', 'folder:x'])).toMatchObject({ status: 2, warnings: [expect.stringContaining('did you mean folder:.?')] });
    expect(packetpath(['check', path, '--baseline', join(path, 'a.yaml')])).toMatchObject({ status: 2 });
  });
});

describe('what is read', () => {
  test('the git root is the workspace, and findings of the given paths are reported', () => {
    const folder = folderOf(
      { 'shop/a.yaml': web, 'shop/b.yaml': wrongService, 'other/c.yaml': wrongService.replaceAll('web', 'api'), 'other/d.yaml': web.replaceAll('web', 'api') },
      { git: true },
    );
    expect(check([join(folder, 'shop/b.yaml')]).findings.map(({ uri }) => uri)).toEqual(['shop/b.yaml']);
    expect(check([join(folder, 'shop')]).findings.map(({ uri }) => uri)).toEqual(['shop/b.yaml']);
    expect(check([folder]).findings.map(({ uri }) => uri)).toEqual(['other/c.yaml', 'shop/b.yaml']);
    expect(check([join(folder, 'shop/b.yaml'), join(folder, 'other/c.yaml')]).findings.map(({ uri }) => uri)).toEqual(['other/c.yaml', 'shop/b.yaml']);
    // Alone, nothing is known of the pods: so the root was read.
    expect(check([join(folder, 'shop/b.yaml'), '--root', join(folder, 'shop')]).findings.map(({ uri }) => uri)).toEqual(['b.yaml']);
  });

  test('without git the common folder is the workspace', () => {
    const folder = folderOf({ 'x/shop/a.yaml': web, 'x/pay/b.yaml': wrongService });
    expect(check([join(folder, 'x/shop'), join(folder, 'x/pay')]).findings.map(({ uri }) => uri)).toEqual(['pay/b.yaml']);
  });

  test('a path outside of --root is an error', () => {
    const folder = folderOf({ 'a/x.yaml': web, 'b/y.yaml': web });
    expect(packetpath(['check', join(folder, 'a'), '--root', join(folder, 'b')]).status).toBe(2);
  });

  test('what is named counts also where walking passes it by', () => {
    const folder = folderOf(
      { 'vendor/shop/a.yaml': web, 'vendor/shop/b.yaml': wrongService, 'notes.txt': `${web}---\n${wrongService}`, 'c.yaml': webService },
      { git: true },
    );
    expect(check([folder]).findings).toEqual([]);
    expect(check([join(folder, 'vendor/shop')]).findings.map(({ uri }) => uri)).toEqual(['vendor/shop/b.yaml']);
    expect(check([join(folder, 'notes.txt')]).findings.map(({ uri }) => uri)).toContain('notes.txt');
  });

  test('standard input is one context, stdin', () => {
    const answer = check(['-'], { input: `${web}---\n${wrongService}` });
    expect(answer.findings).toMatchObject([{ ruleId: rule, uri: 'stdin.yaml', contexts: ['stdin'] }]);
    expect(check(['-', '--stdin-filename', 'rendered/all.yaml'], { input: `${web}---\n${wrongService}` }).findings).toMatchObject([
      { uri: 'rendered/all.yaml', contexts: ['stdin'] },
    ]);
    expect(check(['-'], { input: '' })).toMatchObject({ status: 0, findings: [], summary: { files: 0, documents: 0, contexts: 0 } });
    expect(check(['-'], { input: '\ufeff' + wrongService + '---\n' + web }).findings).toHaveLength(1);
  });

  test('a file found by walking that cannot be read is named, and costs neither the others nor the status', () => {
    const folder = folderOf({ 'a.yaml': web, 'b.yaml': wrongService });
    symlinkSync(join(folder, 'gone'), join(folder, 'broken.yaml'));
    const answer = check([folder]);
    expect(answer.status).toBe(0);
    expect(answer.warnings).toEqual(['broken.yaml: left out, it does not exist']);
    expect(answer.findings).toHaveLength(1);
    expect(check([folder, '--quiet']).warnings).toEqual([]);
    expect(packetpath(['check', join(folder, 'broken.yaml')]).status).toBe(2);
  });

  test('a loop of links and a folder with the name of a manifest hang nobody', () => {
    const folder = folderOf({ 'a.yaml': web });
    symlinkSync(folder, join(folder, 'loop'));
    symlinkSync(join(folder, 'self.yaml'), join(folder, 'self.yaml'));
    mkdirSync(join(folder, 'folder.yaml'));
    expect(check([folder])).toMatchObject({ status: 0, summary: { files: 1 }, warnings: [expect.stringMatching(/^self\.yaml: left out/)] });
  });
});

describe('configuration', () => {
  const files = { 'a.yaml': web, 'b.yaml': wrongService };
  test('the .packetpath.yaml of the given folder, its globs relative to it, its contexts by name', () => {
    const folder = folderOf(
      {
        'sub/a.yaml': web,
        'sub/b.yaml': wrongService,
        'sub/.packetpath.yaml': `contexts:\n  - name: mine\n    include: ["*.yaml"]\noverrides:\n  - files: ["b.yaml"]\n    rules: {${rule}: error}\n`,
      },
      { git: true },
    );
    const answer = check([join(folder, 'sub')]);
    expect(answer.findings).toMatchObject([{ severity: 'error', contexts: ['config:mine'], uri: 'sub/b.yaml' }]);
    expect(answer.status).toBe(1);
  });

  test('of each file the nearest, whatever paths are given', () => {
    const folder = folderOf(
      {
        'team/x/a.yaml': web,
        'team/x/b.yaml': wrongService,
        'other/a.yaml': web,
        'other/b.yaml': wrongService,
        'team/.packetpath.yaml': `rules: {${rule}: "off"}\n`,
        '.packetpath.yaml': `rules: {${rule}: error}\n`,
      },
      { git: true },
    );
    expect(check([join(folder, 'team/x')]).findings).toEqual([]);
    expect(check([join(folder, 'other')]).findings).toMatchObject([{ severity: 'error' }]);
    expect(check([folder]).findings).toMatchObject([{ severity: 'error', uri: 'other/b.yaml' }]);
  });

  test('--config goes before it, --rule before both', () => {
    const folder = folderOf({ ...files, '.packetpath.yaml': `rules: {${rule}: error}\n` });
    const other = join(folderOf({ 'ci.yaml': `rules: {${rule}: hint}\n` }), 'ci.yaml');
    expect(check([folder]).findings).toMatchObject([{ severity: 'error' }]);
    expect(check([folder, '--config', other]).findings).toMatchObject([{ severity: 'hint' }]);
    expect(check([folder, '--config', other, '--rule', `${rule}=information`]).findings).toMatchObject([{ severity: 'information' }]);
  });

  test('a mistake in --config is 2 with its place; in one that was found it is a finding', () => {
    const folder = folderOf({ ...files, '.packetpath.yaml': 'rules:\n  no/such: error\n' });
    const answer = check([folder]);
    expect(answer.status).toBe(1);
    expect(answer.findings.map(({ ruleId, uri }) => `${uri} ${ruleId}`)).toEqual(['.packetpath.yaml schema/configuration-invalid', `b.yaml ${rule}`]);
    const other = join(folderOf({ 'ci.yaml': 'rules:\n  no/such: error\n' }), 'ci.yaml');
    expect(packetpath(['check', folder, '--config', other])).toMatchObject({ status: 2, out: '', warnings: [expect.stringMatching(/ci\.yaml:2:\d+: /)] });
    const broken = join(folderOf({ 'ci.yaml': 'rules: {a: [\n' }), 'ci.yaml');
    expect(packetpath(['check', folder, '--config', broken])).toMatchObject({ status: 2, out: '' });
  });
});

describe('options', () => {
  test('--context leaves out findings of other contexts', () => {
    const folder = folderOf({ 'dev/a.yaml': web, 'dev/b.yaml': wrongService, 'prod/a.yaml': web, 'prod/b.yaml': wrongService });
    const all = check([folder]).findings;
    expect(all.map(({ contexts }) => contexts)).toEqual([['environment:dev'], ['environment:prod']]);
    expect(check([folder, '--context', 'environment:prod']).findings.map(({ uri }) => uri)).toEqual(['prod/b.yaml']);
  });

  test('--closed and --namespace reach the rules', () => {
    const lonely = folderOf({ 'a.yaml': webService });
    expect(check([lonely]).findings).toEqual([]);
    expect(check([lonely, '--closed']).findings.map(({ ruleId }) => ruleId)).toEqual(['selector/service-matches-nothing']);
    const elsewhere = folderOf({ 'a.yaml': webService, 'b.yaml': web.replace('  name: web\n', '  name: web\n  namespace: shop\n') });
    expect(check([elsewhere, '--closed']).findings).toEqual([]);
    expect(check([elsewhere, '--namespace', 'pay', '--closed']).findings).not.toEqual([]);
    expect(check([elsewhere, '--namespace', 'shop', '--closed']).findings).toEqual([]);
  });

  test('--baseline leaves out what --write-baseline saw, and keeps what was in it when both are given', () => {
    const folder = folderOf({ 'a.yaml': web, 'b.yaml': wrongService });
    const baseline = join(folderOf({}), 'baseline.json');
    const fail = ['--fail-on', 'warning'];
    expect(packetpath(['check', folder, '--write-baseline', baseline, ...fail]).status).toBe(0);
    expect(JSON.parse(readFileSync(baseline, 'utf8'))).toEqual({ schemaVersion: 1, fingerprints: [expect.stringContaining(rule)] });
    expect(check([folder, '--baseline', baseline, ...fail])).toMatchObject({ status: 0, findings: [] });
    writeFileSync(join(folder, 'c.yaml'), wrongService.replace('name: web', 'name: more'));
    expect(check([folder, '--baseline', baseline, ...fail])).toMatchObject({ status: 1, findings: [{ uri: 'c.yaml' }] });
    packetpath(['check', folder, '--baseline', baseline, '--write-baseline', baseline]);
    expect(check([folder, '--baseline', baseline, ...fail])).toMatchObject({ status: 0, findings: [] });
  });

  test('the baseline of the configuration counts, relative to it; one of the command line goes before it', () => {
    const folder = folderOf({ 'a.yaml': web, 'b.yaml': wrongService, '.packetpath.yaml': 'baseline: ci/known.json\n' });
    mkdirSync(join(folder, 'ci'));
    expect(check([folder]).findings).toHaveLength(1);
    expect(packetpath(['check', folder, '--write-baseline', join(folder, 'ci/known.json')]).status).toBe(0);
    expect(check([folder]).findings).toEqual([]);
    writeFileSync(join(folder, 'ci/none.json'), '{"schemaVersion": 1, "fingerprints": []}');
    expect(check([folder, '--baseline', join(folder, 'ci/none.json')]).findings).toHaveLength(1);
  });

  test('--output writes the answer to a file and nothing else', () => {
    const folder = folderOf({ 'a.yaml': web, 'b.yaml': wrongService });
    const file = join(folderOf({}), 'out.json');
    const ran = packetpath(['check', folder, '--format', 'json', '--output', file]);
    expect(ran.out).toBe('');
    expect((JSON.parse(readFileSync(file, 'utf8')) as Report).findings).toHaveLength(1);
  });

  test('--kubernetes-version reaches the rules', () => {
    const folder = folderOf({ 'a.yaml': web });
    for (const version of ['1.20', '1.33', 'v1.33', '1.33.2']) expect(packetpath(['check', folder, '--kubernetes-version', version]).status).toBe(0);
  });
});

describe('--help and --version', () => {
  test.each(['check', 'trace', 'contexts', 'rules'])('%s', (command) => {
    const help = packetpath([command, '--help']);
    expect(help.status).toBe(0);
    expect(help.out).toContain(`packetpath ${command}`);
    expect(packetpath([command, '-h']).out).toBe(help.out);
    expect(packetpath(['help', command]).out).toBe(help.out);
    expect(packetpath([command, '--version'])).toMatchObject({ status: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
  });

  test('without a command', () => {
    expect(packetpath(['--help']).out).toContain('packetpath contexts');
    expect(packetpath(['--version']).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

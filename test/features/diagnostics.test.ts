/** Findings as diagnostics: severity, place, related places, tags, documentation; suppressions, configuration, several contexts. */
import { describe, expect, test } from 'vitest';
import { diagnosticsOf } from '../../server/src/features/diagnostics';
import { web, webService, wrongService } from '../cli/commandLine';
import { snapshotOf, uriOf } from '../support/workspaceOf';
import { idsIn, main } from './marked';

const rule = 'port/target-port-name-missing';
const mistaken = `${web}---\n${wrongService}`;

describe('a diagnostic', () => {
  test('has what an editor shows', () => {
    const snapshot = snapshotOf({ 'web.yaml': web, 'main.yaml': wrongService });
    expect(diagnosticsOf(snapshot, main, { yamlProblems: true, documentation: (id) => `file:///rules/${id}.md` })).toEqual([
      {
        range: { start: { line: 8, character: 18 }, end: { line: 8, character: 22 } },
        severity: 2,
        source: 'packetpath',
        code: rule,
        codeDescription: { href: `file:///rules/${rule}.md` },
        message: expect.stringContaining('htpp') as string,
        data: { fingerprint: expect.stringContaining(rule) as string },
        relatedInformation: [
          {
            location: { uri: uriOf('web.yaml'), range: { start: { line: 16, character: 29 }, end: { line: 16, character: 33 } } },
            message: expect.any(String) as string,
          },
        ],
      },
    ]);
  });

  test('of something without effect is tagged', () => {
    const policy =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec:\n  podSelector: {}\n  ingress:\n    - from:\n        - ipBlock: {cidr: 10.0.0.0/8}\n        - ipBlock: {cidr: 10.1.0.0/16}\n';
    expect(diagnosticsOf(snapshotOf(policy), main, { yamlProblems: true })).toMatchObject([{ code: 'cidr/peer-shadowed', tags: [1] }]);
  });

  test('of YAML itself is left to another extension where that is wanted', () => {
    const broken = snapshotOf(`${web}---\napiVersion: v1\nkind: Service\nmetadata: {name: a\n`);
    expect(diagnosticsOf(broken, main, { yamlProblems: true }).map(({ code }) => code)).toEqual(['schema/yaml-parse']);
    expect(diagnosticsOf(broken, main, { yamlProblems: false })).toEqual([]);
  });

  test('columns count UTF-16 code units', () => {
    const snapshot = snapshotOf(
      `${web}---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{name: "😀é", port: 80, targetPort: htpp}]}\n`,
    );
    const found = diagnosticsOf(snapshot, main, { yamlProblems: true }).find(({ code }) => code === rule);
    const line = (snapshot.file(main)?.text ?? '').split('\n')[found?.range.start.line ?? 0] ?? '';
    expect(line.slice(found?.range.start.character, found?.range.end.character)).toBe('htpp');
  });

  test('a file that is not here has none', () => {
    expect(diagnosticsOf(snapshotOf(web), uriOf('none.yaml'), { yamlProblems: true })).toEqual([]);
  });
});

describe('suppressions', () => {
  const withLine = (line: string): string => mistaken.replace('      targetPort: htpp', `${line}\n      targetPort: htpp`);
  const unused = 'schema/suppression-unused';
  test.each([
    ['the next line', withLine(`      # packetpath-disable-next-line ${rule}`), []],
    ['with a reason', withLine(`      # packetpath-disable-next-line ${rule} -- the chart renames it`), []],
    ['all rules', withLine('      # packetpath-disable-next-line'), []],
    ['over other comments', withLine(`      # packetpath-disable-next-line ${rule}\n      # more\n`), []],
    ['the file, from its first line', `# packetpath-disable-file ${rule}\n${mistaken}`, []],
    ['the file, from another document', `${mistaken}---\n# packetpath-disable-file ${rule}\n${webService.replace('name: web', 'name: x')}`, []],
    ['another rule', withLine('      # packetpath-disable-next-line port/out-of-range'), [unused, rule]],
    ['one that does not exist', withLine(`      # packetpath-disable-next-line ${rule} port/out-of-rage`), [unused]],
    [
      'another line',
      mistaken.replace('spec:\n  selector: {app: web}', `# packetpath-disable-next-line ${rule}\nspec:\n  selector: {app: web}`),
      [unused, rule],
    ],
    ['the annotation', mistaken.replace('kind: Service\nmetadata:\n', `kind: Service\nmetadata:\n  annotations: {packetpath.dev/ignore: "${rule}"}\n`), []],
    [
      'an annotation of another resource',
      mistaken.replace('kind: Deployment\nmetadata:\n', `kind: Deployment\nmetadata:\n  annotations: {packetpath.dev/ignore: "${rule}"}\n`),
      [unused, rule],
    ],
  ])('%s', (_, text, expected) => {
    expect([...idsIn(text)].sort()).toEqual([...expected].sort());
  });

  test('one of a rule that is switched off is nobody’s mistake; a misspelt one names the nearest', () => {
    const text = `# packetpath-disable-file ${rule}\n${web}`;
    expect(snapshotOf(text, { settingsRules: { [rule]: 'off' } }).findings(main)).toEqual([]);
    expect(snapshotOf(text).findings(main)).toMatchObject([{ ruleId: unused, severity: 'hint' }]);
    expect(snapshotOf('# packetpath-disable-file port/out-of-rage\n' + web).findings(main)).toMatchObject([
      { message: 'There is no rule `port/out-of-rage`. Did you mean `port/out-of-range`?' },
    ]);
  });
});

describe('configuration', () => {
  const severities = (configuration: string, options = {}): readonly string[] =>
    snapshotOf({ 'shop/main.yaml': mistaken, '.packetpath.yaml': configuration }, options)
      .findings(uriOf('shop/main.yaml'))
      .map(({ severity }) => severity);
  test('rules, overrides by glob (the last that matches), then settings, and the command line before all', () => {
    expect(severities('rules: {}\n')).toEqual(['warning']);
    expect(severities(`rules: {${rule}: error}\n`)).toEqual(['error']);
    expect(severities(`rules: {${rule}: error}\noverrides:\n  - files: ["shop/**"]\n    rules: {${rule}: hint}\n`)).toEqual(['hint']);
    expect(severities(`overrides:\n  - files: ["shop/**"]\n    rules: {${rule}: hint}\n  - files: ["**/main.yaml"]\n    rules: {${rule}: "off"}\n`)).toEqual(
      [],
    );
    expect(severities(`overrides:\n  - files: ["pay/**"]\n    rules: {${rule}: hint}\n`)).toEqual(['warning']);
    expect(severities('rules: {}\n', { settingsRules: { [rule]: 'information' } })).toEqual(['information']);
    expect(severities(`rules: {${rule}: error}\n`, { settingsRules: { [rule]: 'information' } })).toEqual(['error']);
    expect(severities(`rules: {${rule}: error}\n`, { commandLineRules: { [rule]: 'off' } })).toEqual([]);
  });

  test('a mistake in it is marked where it stands', () => {
    const text = 'rules:\n  port/out-of-rage: error\n';
    const [finding] = snapshotOf({ '.packetpath.yaml': text }).findings(uriOf('.packetpath.yaml'));
    expect(finding).toMatchObject({ ruleId: 'schema/configuration-invalid', severity: 'error' });
    expect(text.slice(finding?.range.start, finding?.range.end)).toContain('port/out-of-rage');
  });
});

describe('a file of several contexts', () => {
  const kustomization = (resources: string): string => `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [${resources}]\n`;

  test('a finding of some says in which, one of all does not', () => {
    const shared = {
      'base/web.yaml': web,
      'common/service.yaml': wrongService,
      'dev/kustomization.yaml': kustomization('../base/web.yaml, ../common/service.yaml'),
      'prod/kustomization.yaml': kustomization('../base/web.yaml, ../common/service.yaml'),
    };
    const everywhere = snapshotOf(shared).findings(uriOf('common/service.yaml'));
    expect(everywhere).toMatchObject([{ ruleId: rule, contexts: ['kustomize:dev', 'kustomize:prod'] }]);
    expect(everywhere[0]?.message).not.toContain('(in ');
    const some = {
      ...shared,
      'prod/web.yaml': web.replace('name: http', 'name: htpp'),
      'prod/kustomization.yaml': kustomization('web.yaml, ../common/service.yaml'),
    };
    const found = snapshotOf(some).findings(uriOf('common/service.yaml'));
    expect(found).toMatchObject([{ ruleId: rule, contexts: ['kustomize:dev'], message: expect.stringMatching(/ \(in dev\)$/) as string }]);
  });
});

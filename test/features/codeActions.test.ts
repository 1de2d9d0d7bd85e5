/** The light bulb: fixes, suppressions and what they do, all safe fixes, trace from here. */
import type { CodeAction } from 'vscode-languageserver-types';
import { describe, expect, test } from 'vitest';
import { codeActions, fixAllKind } from '../../server/src/features/codeActions';
import { diagnosticsOf } from '../../server/src/features/diagnostics';
import type { Snapshot } from '../../server/src/workspace/snapshot';
import { web, webService, wrongService } from '../cli/commandLine';
import { snapshotOf, uriOf } from '../support/workspaceOf';
import { cursorIn, edited, idsIn, main } from './marked';

const rule = 'port/target-port-name-missing';
const mistaken = `${web}---\n${wrongService}`;

function actionsFor(snapshot: Snapshot, ruleId: string, uri = main): CodeAction[] {
  const diagnostic = diagnosticsOf(snapshot, uri, { yamlProblems: true }).find(({ code }) => code === ruleId);
  if (!diagnostic) throw new Error(`${ruleId} does not fire`);
  return codeActions(snapshot, uri, diagnostic.range, { diagnostics: [diagnostic] });
}

describe('fixes', () => {
  test('the one that is meant is preferred and takes the finding away', () => {
    const snapshot = snapshotOf(mistaken);
    const [fix, ...others] = actionsFor(snapshot, rule);
    expect(fix).toMatchObject({ title: 'Set targetPort to http', kind: 'quickfix', isPreferred: true, diagnostics: [{ code: rule }] });
    expect(others.some(({ isPreferred }) => isPreferred)).toBe(false);
    expect(idsIn(edited(snapshot, fix?.edit))).toEqual([]);
  });

  test('a diagnostic of another extension, or of a text that has changed since, has none', () => {
    const snapshot = snapshotOf(mistaken);
    const [diagnostic] = diagnosticsOf(snapshot, main, { yamlProblems: true });
    if (!diagnostic) throw new Error('no diagnostic');
    const titles = (given: object): readonly string[] =>
      codeActions(snapshot, main, diagnostic.range, { diagnostics: [{ ...diagnostic, ...given }] }).map(({ title }) => title);
    expect(titles({}).length).toBeGreaterThan(1);
    for (const given of [{ code: 'other' }, { message: 'another' }, { data: { fingerprint: 'x' } }])
      expect(titles(given)).toEqual(['Trace from here: Service web']);
  });

  test('only what is asked for', () => {
    const snapshot = snapshotOf(mistaken);
    const diagnostics = diagnosticsOf(snapshot, main, { yamlProblems: true });
    const range = diagnostics[0]?.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    expect(codeActions(snapshot, main, range, { diagnostics, only: ['refactor'] })).toEqual([]);
    expect(codeActions(snapshot, main, range, { diagnostics, only: ['quickfix'] }).length).toBeGreaterThan(2);
    expect(codeActions(snapshot, uriOf('none.yaml'), range, { diagnostics })).toEqual([]);
  });
});

describe('suppressions', () => {
  const chosen = (snapshot: Snapshot, ruleId: string, title: RegExp): CodeAction | undefined =>
    actionsFor(snapshot, ruleId).find((action) => title.test(action.title));

  test.each([/on this line/, /in this file/])('%s silences the finding and no other, and is used', (title) => {
    const text = `${mistaken}---\n${wrongService.replace('name: web', 'name: second')}`;
    const snapshot = snapshotOf(text);
    expect(idsIn(text)).toEqual([rule, rule]);
    const after = edited(snapshot, chosen(snapshot, rule, title)?.edit);
    expect(idsIn(after)).toEqual(title.source.includes('line') ? [rule] : []);
  });

  test('two on one line, one after the other', () => {
    const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: x\n      image: x:1\n      ports: [{containerPort: 70000, name: Not_Valid}]\n`;
    let current = text;
    const ids = [...new Set(idsIn(text))];
    expect(ids.length).toBeGreaterThan(1);
    for (const id of ids) {
      const snapshot = snapshotOf(current);
      current = edited(snapshot, chosen(snapshot, id, /on this line/)?.edit);
    }
    expect(idsIn(current)).toEqual([]);
  });

  test('keep CRLF line breaks and the indentation', () => {
    const snapshot = snapshotOf(mistaken.replaceAll('\n', '\r\n'));
    const after = edited(snapshot, chosen(snapshot, rule, /on this line/)?.edit);
    expect(after).toContain(`\r\n      # packetpath-disable-next-line ${rule}\r\n      targetPort: htpp\r\n`);
    expect(idsIn(after)).toEqual([]);
  });

  test('are never offered where a comment would become text, nor in JSON', () => {
    const json = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: { containers: [{ name: 'x', image: 'x', ports: [{ containerPort: 70000 }] }] },
    });
    for (const path of ['main.json', 'main.jsonc']) {
      const titles = actionsFor(snapshotOf({ [path]: json }), 'port/out-of-range', uriOf(path)).map(({ title }) => title);
      expect(titles.filter((title) => title.startsWith('Suppress'))).toEqual([]);
    }
    const inBlock = `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: x\n      image: x:1\n      env:\n        - name: A\n          value: |\n            first\n            $(LATER)\n        - name: LATER\n          value: x\n`;
    const snapshot = snapshotOf(inBlock);
    for (const action of actionsFor(snapshot, 'env/forward-reference').filter(({ title }) => title.startsWith('Suppress'))) {
      const after = snapshotOf(edited(snapshot, action.edit));
      expect(after.findings(main)).toEqual([]);
      const values = (text: Snapshot): unknown => text.resourcesOf(main).map(({ raw }) => raw);
      expect(values(after)).toEqual(values(snapshot));
    }
  });
});

describe('switched off in the configuration', () => {
  test.each([
    ['where it has rules', 'rules:\n  port/out-of-range: error\n', 'rules:\n  port/out-of-range: error\n  port/target-port-name-missing: "off"\n'],
    ['where it has others', 'cluster:\n  cni: bridge\n', 'cluster:\n  cni: bridge\nrules:\n  port/target-port-name-missing: "off"\n'],
    ['where it has a level', 'rules:\n  port/target-port-name-missing: error\n', 'rules:\n  port/target-port-name-missing: off\n'],
  ])('%s', (_, configuration, after) => {
    const snapshot = snapshotOf({ 'main.yaml': mistaken, '.packetpath.yaml': configuration });
    const action = actionsFor(snapshot, rule).find(({ title }) => title.startsWith('Switch'));
    const text = edited(snapshot, action?.edit, uriOf('.packetpath.yaml'));
    expect(text.replaceAll('"', '')).toBe(after.replaceAll('"', ''));
    expect(snapshotOf({ 'main.yaml': mistaken, '.packetpath.yaml': text }).findings(main)).toEqual([]);
  });

  test('not offered without one', () => {
    expect(actionsFor(snapshotOf(mistaken), rule).filter(({ title }) => title.startsWith('Switch'))).toEqual([]);
  });
});

describe('all safe fixes', () => {
  test('of a file at once, when it is asked for', () => {
    const policy = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\nspec:\n  podSelector: {}\n  ingress:\n    - from:\n        - ipBlock:\n            cidr: 10.1.2.3/16\n        - ipBlock:\n            cidr: 10.9.2.3/16\n`;
    const snapshot = snapshotOf(policy);
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    expect(idsIn(policy)).toEqual(['cidr/host-bits-set', 'cidr/host-bits-set']);
    const safe = snapshot.findings(main).filter(({ fixes }) => fixes.some((fix) => fix.safe)).length;
    for (const only of ['source.fixAll', fixAllKind]) {
      const actions = codeActions(snapshot, main, range, { diagnostics: [], only: [only] });
      expect(actions).toHaveLength(safe > 0 ? 1 : 0);
      if (actions[0]) expect(idsIn(edited(snapshot, actions[0].edit))).toHaveLength(2 - safe);
    }
    expect(codeActions(snapshot, main, range, { diagnostics: [] }).filter(({ kind }) => kind === fixAllKind)).toEqual([]);
    expect(codeActions(snapshotOf(webService), main, range, { diagnostics: [], only: [fixAllKind] })).toEqual([]);
  });

  test('leave the text readable whatever they do together', () => {
    const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: x\n      image: x:1\n      ports:\n        - {containerPort: "80"}\n        - {containerPort: "81"}\n      env:\n        - {name: A, value: 1}\n        - {name: B, value: true}\n        - {name: C, value: "x"}\n        - {name: C, value: "x"}\n`;
    const snapshot = snapshotOf(pod);
    const [action] = codeActions(snapshot, main, { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, { diagnostics: [], only: [fixAllKind] });
    if (!action) throw new Error('nothing is safe here');
    const after = snapshotOf(edited(snapshot, action.edit));
    expect(after.file(main)?.yaml.documents.every(({ ok }) => ok)).toBe(true);
    expect(after.findings(main).length).toBeLessThan(snapshot.findings(main).length);
  });
});

describe('trace from here', () => {
  const ingress =
    'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: we‸b\nspec:\n  defaultBackend:\n    service: {name: web, port: {number: 80}}\n';
  test.each([
    ['a workload', web.replace('name: web', 'name: we‸b'), 'deployment/default/web'],
    ['a container port of the only container', web.replace('containerPort', 'contain‸erPort'), 'deployment/default/web'],
    ['a Service', webService.replace('targetPort', 'target‸Port'), 'service/default/web'],
    ['an Ingress', ingress, 'ingress/default/web'],
    ['a Pod', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: shop\nspec:\n  contain‸ers:\n    - {name: x, image: x}\n', 'pod/shop/a'],
    [
      'a container port of one of two',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - {name: main, image: x}\n    - name: side\n      ports:\n        - containerPort: 8‸0\n',
      'pod/default/a/side',
    ],
  ])('%s', (_, marked, endpoint) => {
    const { text, position } = cursorIn(marked);
    const [action] = codeActions(snapshotOf(text), main, { start: position, end: position }, { diagnostics: [] });
    expect(action?.command).toMatchObject({ command: 'packetpath.traceFromHere', arguments: [{ context: 'folder:.', endpoint }] });
  });

  test.each([
    ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a‸}\n'],
    ['text that is no manifest', 'a: ‸b\n'],
  ])('not from %s', (_, marked) => {
    const { text, position } = cursorIn(marked);
    expect(codeActions(snapshotOf(text), main, { start: position, end: position }, { diagnostics: [] })).toEqual([]);
  });
});

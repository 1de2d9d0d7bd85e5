/** Findings, fixes, traces and edits where a kustomization stands between a file and the cluster. */
import { describe, expect, test } from 'vitest';
import { placeAt } from '../../server/src/features/placeAt';
import type { Snapshot } from '../../server/src/workspace/snapshot';
import { snapshotOf, testOptions, uriOf, workspaceOf } from '../support/workspaceOf';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: main
          image: main:1
          ports:
            - name: http
              containerPort: 8080
`;
const service = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - name: http
      port: 80
      targetPort: http
`;
const base = {
  'base/kustomization.yaml': 'resources: [web.yaml, service.yaml]\n',
  'base/web.yaml': deployment,
  'base/service.yaml': service,
};

/** `path:line:text-under-the-range id: message` of errors and warnings. */
function found(snapshot: Snapshot): string[] {
  return [...snapshot.files.keys()].sort().flatMap((uri) =>
    snapshot
      .findings(uri)
      .filter(({ severity }) => severity === 'error' || severity === 'warning')
      .map(({ range, ruleId, message }) => {
        const file = snapshot.file(uri);
        if (!file) throw new Error(uri);
        return `${file.path}:${file.lines().positionAt(range.start).line + 1}:${file.text.slice(range.start, range.end)} ${ruleId}: ${message}`;
      }),
  );
}

const badPatch = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 80
      targetPort: htpp
`;

describe('findings', () => {
  test('a mistake of a patch is reported in the patch file', () => {
    const files = { ...base, 'prod/kustomization.yaml': 'resources: [../base]\npatches: [{path: port.yaml}]\n', 'prod/port.yaml': badPatch };
    expect(found(snapshotOf(files))).toEqual([expect.stringMatching(/^prod\/port.yaml:8:htpp port\/target-port-name-missing: /)]);
  });

  test('a mistake of an inline patch is reported where its text stands', () => {
    const patch = badPatch.replace(/^/gm, '      ').trimEnd();
    const files = { ...base, 'prod/kustomization.yaml': `resources: [../base]\npatches:\n  - patch: |-\n${patch}\n` };
    expect(found(snapshotOf(files))).toEqual([expect.stringMatching(/^prod\/kustomization.yaml:11:htpp port\/target-port-name-missing: /)]);
  });

  test('a mistake of a JSON patch is reported there, though its file is no manifest', () => {
    const files = {
      ...base,
      'prod/kustomization.yaml': 'resources: [../base]\npatches: [{path: ops.yaml, target: {kind: Service}}]\n',
      'prod/ops.yaml': '- op: replace\n  path: /spec/ports/0/targetPort\n  value: htpp\n',
    };
    expect(found(snapshotOf(files))).toEqual([expect.stringMatching(/^prod\/ops.yaml:3:htpp port\/target-port-name-missing: /)]);
  });

  test('a mistake that one overlay brings to light stands in the base, and says where it holds', () => {
    const files = {
      ...base,
      'dev/kustomization.yaml': 'resources: [../base]\n',
      'prod/kustomization.yaml':
        'resources: [../base]\npatches: [{patch: "[{op: replace, path: /spec/template/spec/containers/0/ports/0/name, value: web}]", target: {kind: Deployment}}]\n',
    };
    expect(found(snapshotOf(files))).toEqual([expect.stringMatching(/^base\/service.yaml:11:http port\/target-port-name-missing: .* \(in prod\)$/)]);
  });

  test('a mistake of the base that every overlay puts right is none', () => {
    const files = {
      ...base,
      'base/service.yaml': service.replace('targetPort: http', 'targetPort: htpp'),
      'prod/kustomization.yaml': `resources: [../base]\npatches: [{path: port.yaml}]\n`,
      'prod/port.yaml': badPatch.replace('htpp', 'http'),
    };
    expect(found(snapshotOf(files))).toEqual([]);
  });

  test('names are those of the cluster', () => {
    const files = {
      ...base,
      'base/service.yaml': service.replace('targetPort: http', 'targetPort: htpp'),
      'prod/kustomization.yaml': 'namePrefix: prod-\nresources: [../base]\n',
    };
    expect(found(snapshotOf(files))).toEqual([expect.stringMatching(/^base\/service.yaml:11:htpp port\/target-port-name-missing: .*prod-web/)]);
  });

  test('references follow the names, so nothing is missing', () => {
    const files = {
      ...base,
      'base/kustomization.yaml': 'resources: [web.yaml, service.yaml, ingress.yaml]\n',
      'base/ingress.yaml':
        'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: front}\nspec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}\n',
      'prod/kustomization.yaml': 'namespace: shop\nnamePrefix: prod-\ncommonLabels: {env: prod}\nresources: [../base]\n',
    };
    expect(found(snapshotOf(files, { closed: true }))).toEqual([]);
    const [context] = snapshotOf(files).contexts;
    expect(context?.members.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(['shop/prod-web', 'shop/prod-web', 'shop/prod-front']);
  });

  test('rules of one document run on what patches make of it', () => {
    const files = {
      ...base,
      'prod/kustomization.yaml': 'resources: [../base]\npatches: [{path: port.yaml}]\n',
      'prod/port.yaml': badPatch.replace('port: 80\n      targetPort: htpp', 'name: http\n      port: 81\n      targetPort: 8080'),
    };
    const all = found(snapshotOf(files));
    expect(all.length).toBeGreaterThan(0);
    expect(all.join('\n')).toMatch(/duplicate|same name|twice|already/i);
  });

  test('the annotation of a resource holds for what Kustomize makes of it', () => {
    const ignored = service
      .replace('  name: web\n', '  name: web\n  annotations:\n    packetpath.dev/ignore: port/target-port-name-missing\n')
      .replace('targetPort: http', 'targetPort: htpp');
    const files = { ...base, 'base/service.yaml': ignored, 'prod/kustomization.yaml': 'namePrefix: prod-\nresources: [../base]\n' };
    const snapshot = snapshotOf(files);
    expect(snapshot.findings(uriOf('base/service.yaml'))).toEqual([]);
  });
});

describe('fixes', () => {
  function fixed(files: Readonly<Record<string, string>>, path: string): Readonly<Record<string, string>> | undefined {
    const snapshot = snapshotOf(files);
    const [finding] = snapshot.findings(uriOf(path)).filter(({ ruleId }) => ruleId === 'port/target-port-name-missing');
    const fix = finding?.fixes.find(({ preferred }) => preferred);
    const edits = fix && snapshot.editsOf(fix);
    if (!edits) return undefined;
    const result: Record<string, string> = { ...files };
    for (const [uri, list] of edits) {
      const file = snapshot.file(uri);
      if (!file) continue;
      let { text } = file;
      for (const { start, end, newText } of [...list].sort((a, b) => b.start - a.start)) text = text.slice(0, start) + newText + text.slice(end);
      result[file.path] = text;
    }
    return result;
  }

  test('are made in the file that says the value', () => {
    const files = { ...base, 'prod/kustomization.yaml': 'resources: [../base]\npatches: [{path: port.yaml}]\n', 'prod/port.yaml': badPatch };
    const after = fixed(files, 'prod/port.yaml');
    expect(after?.['prod/port.yaml']).toBe(badPatch.replace('htpp', 'http'));
    expect(after && found(snapshotOf(after))).toEqual([]);
  });

  test('are not offered inside of a scalar', () => {
    const files = {
      ...base,
      'prod/kustomization.yaml': `resources: [../base]\npatches:\n  - target: {kind: Service}\n    patch: '[{op: replace, path: /spec/ports/0/targetPort, value: htpp}]'\n`,
    };
    const [finding] = snapshotOf(files).findings(uriOf('prod/kustomization.yaml'));
    expect([finding?.ruleId, finding?.fixes.flatMap(({ edits }) => edits).filter(({ kind }) => kind === 'replace')]).toEqual([
      'port/target-port-name-missing',
      [],
    ]);
  });
});

describe('a session', () => {
  const files: Record<string, string> = {
    ...base,
    'prod/kustomization.yaml': 'namePrefix: p-\nresources: [../base]\npatches: [{path: port.yaml}]\n',
    'prod/port.yaml': badPatch,
  };

  test('an edit of a patch, of the base, of the kustomization: as a new workspace would say', () => {
    const workspace = workspaceOf(files, testOptions);
    const now: Record<string, string> = { ...files };
    const set = (path: string, text: string): void => {
      now[path] = text;
      workspace.setFile(uriOf(path), path, text);
      expect(found(workspace.snapshot())).toEqual(found(snapshotOf(now)));
    };
    expect(found(workspace.snapshot()).length).toBe(1);
    set('prod/port.yaml', badPatch.replace('htpp', 'http'));
    expect(found(workspace.snapshot())).toEqual([]);
    set('base/web.yaml', deployment.replace('name: http', 'name: web'));
    expect(found(workspace.snapshot()).length).toBe(1);
    set('prod/kustomization.yaml', 'resources: [../base]\n');
    set('base/web.yaml', deployment);
    expect(found(workspace.snapshot())).toEqual([]);
    set('prod/kustomization.yaml', files['prod/kustomization.yaml'] ?? '');
    set('prod/port.yaml', badPatch);
    workspace.removeFile(uriOf('prod/kustomization.yaml'));
    delete now['prod/kustomization.yaml'];
    expect(found(workspace.snapshot())).toEqual(found(snapshotOf(now)));
  });

  test('an edit of the base makes only that resource anew', () => {
    const workspace = workspaceOf({ ...base, 'prod/kustomization.yaml': 'namePrefix: p-\nresources: [../base]\n' });
    const before = workspace.snapshot().contexts[0]?.members ?? [];
    workspace.setFile(uriOf('base/service.yaml'), 'base/service.yaml', service.replace('port: 80', 'port: 81'));
    const after = workspace.snapshot().contexts[0]?.members ?? [];
    expect(after.map((member, index) => member === before[index])).toEqual([true, false]);
  });
});

test('a place in the base or in the patch is traced under the name of the cluster', () => {
  const snapshot = snapshotOf({
    ...base,
    'prod/kustomization.yaml': 'namespace: shop\nnamePrefix: p-\nresources: [../base]\npatches: [{path: port.yaml}]\n',
    'prod/port.yaml': badPatch,
  });
  expect(placeAt(snapshot, uriOf('base/service.yaml'), { line: 3, character: 4 })?.endpoint).toContain('shop/p-web');
  expect(placeAt(snapshot, uriOf('prod/port.yaml'), { line: 7, character: 8 })?.endpoint).toContain('shop/p-web');
});

/** GitOps pointers: a context says who deploys it, to which cluster and into which namespace. */
import { describe, expect, test } from 'vitest';
import type { Context } from '../../server/src/model/context';
import { folderOf, packetpath } from '../cli/commandLine';
import { snapshotOf, uriOf, workspaceOf } from '../support/workspaceOf';

const service = (name: string, namespace?: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}${namespace === undefined ? '' : `, namespace: ${namespace}`}}\nspec: {ports: [{port: 80}]}\n`;

function application(name: string, spec: unknown): string {
  return JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name, namespace: 'argocd' }, spec });
}

function flux(name: string, spec: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace: 'flux-system' },
    spec: { sourceRef: { kind: 'GitRepository', name: 'repo' }, ...spec },
  });
}

const overlay = { 'apps/web/kustomization.yaml': 'resources: [web.yaml]\n', 'apps/web/web.yaml': service('web') };
const destination = { server: 'https://prod.example:6443', namespace: 'shop' };

function contextAt(files: Readonly<Record<string, string>>, id = 'kustomize:apps/web'): Context | undefined {
  return snapshotOf(files).context(id);
}

describe('Argo CD', () => {
  test('names the cluster and the namespace of what stands at its path', () => {
    const context = contextAt({ ...overlay, 'argo/web.json': application('web', { source: { path: './apps/web/' }, destination }) });
    expect(context?.target).toEqual({ by: ['Argo CD Application web'], clusters: ['https://prod.example:6443'], namespace: 'shop' });
    expect(context?.namespace).toBe('shop');
    expect(context?.because).toBe(
      'apps/web/kustomization.yaml, which no other kustomization refers to; Argo CD Application web deploys it into namespace shop to cluster https://prod.example:6443',
    );
  });

  test('one of several sources, a cluster by its name, the namespace that it gives to Kustomize', () => {
    const sources = [{ chart: 'redis' }, { path: 'apps/web', kustomize: { namespace: 'own' } }];
    expect(
      contextAt({ ...overlay, 'a.json': application('web', { source: { path: 'other' }, sources, destination: { name: 'prod', namespace: 'shop' } }) })?.target,
    ).toEqual({
      by: ['Argo CD Application web'],
      clusters: ['prod'],
      namespace: 'own',
    });
  });

  test('of a chart', () => {
    const files = {
      'charts/shop/Chart.yaml': 'name: shop\n',
      'charts/shop/templates/web.yaml': service('{{ .Release.Name }}'),
      'a.json': application('web', { source: { path: 'charts/shop' }, destination }),
    };
    expect(contextAt(files, 'helm:charts/shop')?.namespace).toBe('shop');
  });

  test('a namespace that is written or that Kustomize gives goes before it', () => {
    const pointer = { 'argo/web.json': application('web', { source: { path: 'apps/web' }, destination }) };
    const snapshot = snapshotOf({ ...overlay, ...pointer, 'apps/web/web.yaml': service('web', 'written') });
    const context = snapshot.context('kustomize:apps/web');
    const [member] = context?.members ?? [];
    expect(context && member && snapshot.index(context).namespaceOf(member)).toBe('written');
    const given = snapshotOf({ ...overlay, ...pointer, 'apps/web/kustomization.yaml': 'namespace: given\nresources: [web.yaml]\n' });
    const [inner] = given.context('kustomize:apps/web')?.members ?? [];
    expect(inner && given.index(given.context('kustomize:apps/web')!).namespaceOf(inner)).toBe('given');
  });

  test('an ApplicationSet, and a path that a template fills in, are left alone', () => {
    const set = application('web', { template: { spec: { source: { path: 'apps/web' }, destination } } }).replace('"Application"', '"ApplicationSet"');
    const templated = application('web', { source: { path: '{{path}}' }, destination });
    for (const pointer of [set, templated]) expect(contextAt({ ...overlay, 'argo/web.json': pointer })?.target).toBeUndefined();
  });

  test('plain manifests only where all of the context stands at the path', () => {
    const pointer = (path: string): string => application('web', { source: { path }, destination });
    const files = { 'a/x.yaml': service('x'), 'a/deep/y.yaml': service('y') };
    expect(contextAt({ ...files, 'argo.json': pointer('a') }, 'folder:.')?.target).toBeUndefined();
    expect(contextAt({ ...files, 'argo.json': pointer('.') }, 'folder:.')?.namespace).toBe('shop');
  });
});

describe('Flux', () => {
  test('is told from a kustomization by its apiVersion', () => {
    const { contexts } = snapshotOf({ ...overlay, 'clusters/prod/kustomization.yaml': flux('apps', { path: './apps/web', targetNamespace: 'shop' }) });
    const context = contexts.find(({ id }) => id === 'kustomize:apps/web');
    expect(context?.target).toEqual({ by: ['Flux Kustomization apps'], clusters: [], namespace: 'shop' });
    expect(contexts.map(({ id }) => id)).toEqual(['folder:.', 'kustomize:apps/web']);
  });

  test('another cluster is named by its kubeconfig', () => {
    const pointer = flux('apps', { path: '/apps/web', kubeConfig: { secretRef: { name: 'prod' } } });
    expect(contextAt({ ...overlay, 'f.json': pointer })?.because).toContain('Flux Kustomization apps deploys it to cluster of kubeconfig prod');
  });
});

describe('several pointers at one path', () => {
  const two = (one: string, other: string): Readonly<Record<string, string>> => ({
    ...overlay,
    'a.json': application('web-a', { source: { path: 'apps/web' }, destination: { server: 'https://a.example', namespace: one } }),
    'b.json': application('web-b', { source: { path: 'apps/web' }, destination: { server: 'https://b.example', namespace: other } }),
  });

  test('that agree about the namespace give it', () => {
    expect(contextAt(two('shop', 'shop'))?.target).toEqual({
      by: ['Argo CD Application web-a', 'Argo CD Application web-b'],
      clusters: ['https://a.example', 'https://b.example'],
      namespace: 'shop',
    });
  });

  test('that do not, leave it unknown and say so', () => {
    const context = contextAt(two('east', 'west'));
    expect([context?.namespace, context?.missing]).toEqual([
      undefined,
      ['the namespace: Argo CD Application web-a, Argo CD Application web-b name east, west, and more than one fits'],
    ]);
  });
});

test('an edit of a pointer regroups at once', () => {
  const workspace = workspaceOf({ ...overlay, 'argo.json': application('web', { source: { path: 'apps/web' }, destination }) });
  const namespace = (): string | undefined => workspace.snapshot().context('kustomize:apps/web')?.namespace;
  expect(namespace()).toBe('shop');
  workspace.setFile(uriOf('argo.json'), 'argo.json', application('web', { source: { path: 'apps/web' }, destination: { namespace: 'other' } }));
  expect(namespace()).toBe('other');
  workspace.setFile(uriOf('argo.json'), 'argo.json', application('web', { source: { path: 'elsewhere' }, destination }));
  expect(namespace()).toBeUndefined();
});

test('pointers of any shape', () => {
  for (const spec of [
    null,
    7,
    [],
    { source: 3 },
    { sources: [null, { path: 5 }] },
    { source: { path: '../..' } },
    { source: { path: 'apps/web' }, destination: [] },
  ])
    expect(contextAt({ ...overlay, 'a.json': application('web', spec) })?.namespace).toBeUndefined();
});

test('packetpath contexts shows them', () => {
  const { out } = packetpath([
    'contexts',
    folderOf({ ...overlay, 'argo.json': application('web', { source: { path: 'apps/web' }, destination }) }, { git: true }),
  ]);
  expect(out).toContain('Argo CD Application web deploys it into namespace shop to cluster https://prod.example:6443');
});

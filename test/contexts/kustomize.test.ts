/** Contexts of Kustomize: roots, membership, claims, and what is noted as missing. */
import { describe, expect, test } from 'vitest';
import { asText, contextsOf, filesOf, lines } from './tree';
import { patchPaths } from '../../server/src/contexts/kustomizeRoots';

const table: readonly [string, string, string][] = [
  [
    'a base is in the context of every overlay and has none of its own',
    `base/kustomization.yaml: {"resources":["web.yaml"]}
     base/web.yaml: Deployment/web
     overlays/dev/kustomization.yaml: {"resources":["../../base"]}
     overlays/prod/kustomization.yaml: {"bases":["../../base/"],"resources":["policy.yaml"]}
     overlays/prod/policy.yaml: NetworkPolicy/deny`,
    `kustomize:overlays/dev: base/web.yaml, overlays/dev/kustomization.yaml, base/kustomization.yaml
     kustomize:overlays/prod: overlays/prod/policy.yaml, base/web.yaml, overlays/prod/kustomization.yaml, base/kustomization.yaml`,
  ],
  [
    'what a kustomization does not take in is left to the folders',
    'k/kustomization.yaml: {"resources":["a.yaml"]}\nk/a.yaml: Deployment/web\nk/b.yaml: Deployment/web\nother.yaml: Service/web',
    'folder:.: k/b.yaml, other.yaml\nkustomize:k: k/a.yaml, k/kustomization.yaml',
  ],
  [
    'patches belong to what they change, other sources to no context',
    `kustomization.yaml: {"resources":["web.yaml"],"patches":[{"path":"p1.yaml"}],"patchesStrategicMerge":["./p2.yaml"],"patchesJson6902":[{"path":"p3.yaml"}],"transformers":["t.yaml"],"configMapGenerator":[{"name":"c","files":["key=g.yaml"]}]}
     web.yaml: Deployment/web
     p1.yaml: Deployment/web
     p2.yaml: Deployment/web
     p3.yaml: Deployment/web
     t.yaml: LabelTransformer/x
     g.yaml: Deployment/web`,
    'kustomize:.: web.yaml, kustomization.yaml, p2.yaml, p1.yaml, p3.yaml',
  ],
  [
    'components come after resources',
    `kustomization.yaml: {"components":["components/tls"],"resources":["web.yaml"]}
     components/tls/kustomization.yaml: {"kind":"Component","resources":["secret.yaml"]}
     components/tls/secret.yaml: Secret/tls
     web.yaml: Deployment/web`,
    'kustomize:.: web.yaml, components/tls/secret.yaml, kustomization.yaml, components/tls/kustomization.yaml',
  ],
  [
    'a circle ends, and its first is the root',
    'a/kustomization.yaml: {"resources":["../b","x.yaml"]}\na/x.yaml: Service/x\nb/kustomization.yaml: {"resources":["../a","y.yaml"]}\nb/y.yaml: Service/y',
    'kustomize:a: b/y.yaml, a/x.yaml, a/kustomization.yaml, b/kustomization.yaml',
  ],
  ['one that refers to itself', 'a/kustomization.yaml: {"resources":[".","x.yaml"]}\na/x.yaml: Service/x', 'kustomize:a: a/x.yaml, a/kustomization.yaml'],
  [
    'an example that uses the base does not take its context away',
    'base/kustomization.yaml: {"resources":["x.yaml"]}\nbase/x.yaml: Service/x\nexamples/one/kustomization.yaml: {"resources":["../../base"]}',
    'kustomize:base: base/x.yaml, base/kustomization.yaml\nkustomize:examples/one: base/x.yaml, examples/one/kustomization.yaml, base/kustomization.yaml',
  ],
  [
    'names of the file, in the order in which Kustomize tries them',
    'k/Kustomization: {"resources":["a.yaml"]}\nk/kustomization.yml: {"resources":["b.yaml"]}\nk/a.yaml: Service/a\nk/b.yaml: Service/b',
    'folder:.: k/a.yaml\nkustomize:k: k/b.yaml, k/kustomization.yml',
  ],
  [
    'wrong shapes are passed over',
    'kustomization.yaml: {"resources":[1,null,{"a":1},["x"],"web.yaml"],"patches":"x","components":7,"configMapGenerator":[null,{"name":4}],"namespace":[]}\nweb.yaml: Service/web',
    'kustomize:.: web.yaml, kustomization.yaml',
  ],
  [
    'a file that is named twice is there once',
    'kustomization.yaml: {"resources":["a.yaml","./a.yaml","../w/a.yaml"]}\na.yaml: Service/a',
    'kustomize:.: a.yaml, kustomization.yaml',
  ],
];

function only(kustomization: object, files = 'web.yaml: Deployment/web'): ReturnType<typeof contextsOf>[number] {
  const context = contextsOf(`kustomization.yaml: ${JSON.stringify({ resources: ['web.yaml'], ...kustomization })}\n${files}`).find(
    ({ kind }) => kind === 'kustomize',
  );
  if (!context) throw new Error('no context');
  return context;
}

describe('Kustomize', () => {
  test.each(table)('%s', (_, tree, expected) => {
    expect(asText(contextsOf(tree))).toBe(lines(expected));
  });

  test('says why', () => {
    expect(contextsOf('kustomize/kustomization.yaml: {"resources":["a.yaml"]}\nkustomize/a.yaml: Service/a')[0]?.because).toBe(
      'kustomize/kustomization.yaml, which no other kustomization refers to',
    );
  });

  test('nothing is missing where nothing is', () => {
    expect(only({ images: [{ name: 'a', newTag: 'b' }], commonAnnotations: { a: 'b' } }).missing).toEqual([]);
  });

  test.each<[object, string]>([
    [{ patches: [{ path: 'p.yaml' }] }, 'p.yaml, which kustomization.yaml names as a patch, is not here'],
    [{ patchesStrategicMerge: ['../p.yaml'] }, '../p.yaml, which kustomization.yaml names as a patch, is not here'],
    [{ patches: [{ patch: '- op: remove' }] }, 'a patch of kustomization.yaml that cannot be read'],
    [{ patches: [{ patch: '- {op: remove, path: /spec}', target: { name: '(' } }] }, 'the patch target "(" of kustomization.yaml, which cannot be read'],
    [
      { patches: [{ patch: '- {op: remove, path: /spec}', target: { name: '(a+)+' } }] },
      'the patch target "(a+)+" of kustomization.yaml, which cannot be read',
    ],
    [{ replacements: [{ source: {} }], vars: [] }, 'replacements of kustomization.yaml, which is not followed'],
    [{ transformers: ['a.yaml'], crds: ['b.yaml'] }, 'transformers, crds of kustomization.yaml, which are not followed'],
    [{ helmCharts: [{ name: 'x' }] }, 'Helm charts that kustomization.yaml renders'],
    [{ components: ['https://github.com/example/app//base?ref=v1'] }, 'remote base https://github.com/example/app//base?ref=v1 (kustomization.yaml)'],
    [{ components: ['github.com/example/app/base'] }, 'remote base github.com/example/app/base (kustomization.yaml)'],
    [{ components: ['git@github.com:example/app.git'] }, 'remote base git@github.com:example/app.git (kustomization.yaml)'],
    [{ bases: ['../elsewhere'] }, '../elsewhere, which kustomization.yaml names, is outside of the workspace'],
    [{ bases: ['gone.yaml'] }, 'gone.yaml, which kustomization.yaml names, is not here'],
    [{ bases: ['plain'] }, 'plain, which kustomization.yaml names, has no kustomization file'],
  ])('notes %j', (kustomization, note) => {
    expect(only(kustomization, 'web.yaml: Deployment/web\nplain/x.yaml: Service/x').missing).toEqual([note]);
  });

  test('a namespace is that of every manifest, whatever it writes', () => {
    expect(only({ namespace: 'shop' })).toMatchObject({ namespace: 'shop', missing: [] });
    expect(only({ namespace: 'shop' }, 'web.yaml: Deployment/web@shop')).toMatchObject({ namespace: 'shop', missing: [] });
    const other = only({ namespace: 'shop' }, 'web.yaml: Deployment/web@other Service/web');
    expect(other).toMatchObject({ namespace: 'shop', missing: [] });
    expect(other.members.map(({ metadata }) => metadata.namespace)).toEqual(['shop', 'shop']);
  });

  test('the outermost namespace wins, and that of a base holds where it is the only one', () => {
    const base = 'base/kustomization.yaml: {"namespace":"inner","resources":["web.yaml"]}\nbase/web.yaml: Deployment/web';
    expect(contextsOf(`kustomization.yaml: {"namespace":"outer","resources":["base"]}\n${base}`)[0]?.namespace).toBe('outer');
    expect(contextsOf(`kustomization.yaml: {"resources":["base"]}\n${base}`)[0]?.namespace).toBe('inner');
    const mixed = contextsOf(`kustomization.yaml: {"resources":["base","x.yaml"]}\nx.yaml: Service/x\n${base}`)[0];
    expect(mixed?.namespace).toBeUndefined();
    expect(mixed?.members.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
      ['Deployment', 'inner'],
      ['Service', undefined],
    ]);
  });

  test('what a generator makes is a member with its keys, open where an env file may have more', () => {
    const context = only({
      configMapGenerator: [
        { name: 'settings', literals: ['A=1', 'B=x=y'], files: ['conf/app.ini', 'key=path/file'] },
        { name: 'env', envs: ['.env'], literals: ['A=1'] },
      ],
      secretGenerator: [{ name: 'token', literals: ['t=secret'] }],
    });
    const made = context.members.flatMap((member) =>
      member.type === 'ConfigMap' ? [[member.metadata.name, [...member.spec.data.keys()], member.spec.open]] : [],
    );
    expect(made).toEqual([
      ['settings', ['A', 'B', 'app.ini', 'key'], false],
      ['env', ['A'], true],
    ]);
    const secret = context.members.find((member) => member.type === 'Secret');
    expect([secret?.metadata.name, secret?.type === 'Secret' && secret.spec.keys, JSON.stringify(secret?.raw).includes('secret')]).toEqual([
      'token',
      ['t'],
      false,
    ]);
    expect(context.missing).toEqual([]);
  });

  test('kinds decide the order, unless the kustomization wants the order of its files', () => {
    expect(only({}).applyOrder).toBe('kinds');
    expect(only({ sortOptions: { order: 'fifo' } }).applyOrder).toBe('unknown');
  });

  test('a component that nobody refers to is open whatever is asked, and says what it lacks', () => {
    const [context] = contextsOf('c/kustomization.yaml: {"kind":"Component","resources":["p.yaml"]}\nc/p.yaml: NetworkPolicy/p', { closed: true });
    expect(context).toMatchObject({ id: 'kustomize:c', closed: false, missing: ['the kustomization that this component becomes a part of'] });
  });

  test('the Kustomization of Flux is told apart by its apiVersion', () => {
    const tree =
      'flux/kustomization.yaml: {"apiVersion":"kustomize.toolkit.fluxcd.io/v1","kind":"Kustomization","spec":{"path":"./app"},"resources":["../app/web.yaml"]}\napp/web.yaml: Service/web';
    expect(asText(contextsOf(tree))).toBe('folder:.: app/web.yaml');
  });

  test('a chain of 5,000 overlays ends', () => {
    const chain = Array.from({ length: 5000 }, (_, index) => `k${index}/kustomization.yaml: {"resources":["../k${index + 1}"]}`).join('\n');
    const contexts = contextsOf(`${chain}\nk5000/kustomization.yaml: {"resources":["x.yaml"]}\nk5000/x.yaml: Service/x`);
    expect(contexts.map(({ id }) => id)).toEqual(['kustomize:k0']);
  });

  test('a kustomization with a million references ends, and its notes are a list that people can read', () => {
    const references = Array.from({ length: 1_000_000 }, (_, index) => (index % 2 ? '.' : `gone${index % 1000}.yaml`));
    const context = only({ resources: ['web.yaml', ...references] });
    expect(context.missing.length).toBe(50);
    expect(context.missing.at(-1)).toBe('451 more');
  });

  test('patch files are told', () => {
    const files = filesOf('o/kustomization.yaml: {"patches":[{"path":"../p/a.yaml"},{"patch":"x"}],"patchesStrategicMerge":["b.yaml","kind: Service\\nx: y"]}');
    expect([...patchPaths(files)]).toEqual(['p/a.yaml', 'o/b.yaml']);
  });
});

/** Contexts of large and of hostile workspaces: formed at all, and never more contexts than files. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextKeyOf, formContexts } from '../../server/src/contexts/formContexts';
import { identityOf } from '../../server/src/contexts/identity';
import type { Context } from '../../server/src/model/context';
import { filesOf } from './tree';

function contextsOf(tree: string): readonly Context[] {
  return formContexts({ files: filesOf(tree), closed: false, settings: {} });
}

const count = 10_000;
const each = (line: (index: number) => string): string => Array.from({ length: count }, (_, index) => line(index)).join('\n');

// What is quadratic runs into the time limit of a test; how long it takes is measured by the benchmark.
describe('10,000 files with 30,000 documents', () => {
  test.each<[string, string, number]>([
    ['nothing collides', each((i) => `team${i % 97}/app${i % 1009}/f${i}.yaml: Deployment/d${i} Service/s${i} ConfigMap/c${i}`), 1],
    ['ten environments', each((i) => `env${i % 10}/f${i}.yaml: Deployment/d${i - (i % 10)} Service/s${i - (i % 10)} ConfigMap/c${i}`), 10],
    [
      'every service with two environments',
      each((i) => `svc${i >> 1}/${i % 2 ? 'dev' : 'prod'}/f.yaml: Deployment/d${i >> 1} Service/s${i >> 1} ConfigMap/c${i}`),
      2,
    ],
    ['all are variants of one', each((i) => `f${i}.yaml: Deployment/d Service/s ConfigMap/c`), count],
    ['all in pairs without a common name', each((i) => `s${i >> 1}/f${i}.yaml: Deployment/d${i >> 1} Service/s${i} ConfigMap/c${i}`), count],
    [
      'half are variants, half are common',
      each((i) => (i % 2 ? `v${i}.yaml: Deployment/d Service/s ConfigMap/c` : `common/f${i}.yaml: Deployment/x${i} Service/s${i} ConfigMap/c${i}`)),
      count / 2 + 1,
    ],
    [
      'one holds all the others',
      `all.yaml: ${Array.from({ length: count }, (_, index) => `Service/s${index}`).join(' ')}\n${each((i) => `f${i}.yaml: Service/s${i} ConfigMap/a${i} ConfigMap/b${i}`)}`,
      2,
    ],
  ])('%s', (_, tree, contexts) => {
    expect(contextsOf(tree).length).toBe(contexts);
  });

  test('a chain of folders, each with two alternatives', () => {
    const tree = Array.from({ length: 300 }, (_, depth) => ['a', 'b'].map((name) => `${'d/'.repeat(depth)}${name}.yaml: Service/s${depth}`).join('\n')).join(
      '\n',
    );
    expect(contextsOf(tree).length).toBe(2);
  });
});

const file = fc.record({
  folders: fc.array(fc.constantFrom('a', 'b', 'c', 'dev', 'prod', 'examples'), { maxLength: 3 }),
  name: fc.constantFrom('x', 'y', 'z', 'all'),
  resources: fc.array(fc.constantFrom('Service/a', 'Service/b', 'Service/c', 'Deployment/a', 'Deployment/a@n', 'Service/{{x}}'), { maxLength: 3 }),
});

describe('any plain workspace', () => {
  const workspaces = fc
    .uniqueArray(file, { maxLength: 12, selector: ({ folders, name }) => [...folders, name].join('/') })
    .map((files) => files.map(({ folders, name, resources }) => `${[...folders, name].join('/')}.yaml: ${resources.join(' ')}`).join('\n'));

  test('no context holds one object in two files, every manifest is in one, ids differ, and there are no more contexts than files', () => {
    fc.assert(
      fc.property(workspaces, (tree) => {
        const files = filesOf(tree).filter(({ resources }) => resources.length > 0);
        const contexts = formContexts({ files, closed: false, settings: {} });
        const reached = new Set<string>();
        for (const context of contexts) {
          const seen = new Map<string, string>();
          for (const uri of context.files) reached.add(uri);
          for (const member of context.members) {
            const identity = identityOf(member);
            if (identity === undefined) continue;
            expect(seen.get(identity) ?? member.source.uri).toBe(member.source.uri);
            seen.set(identity, member.source.uri);
          }
        }
        expect(reached.size).toBe(files.length);
        expect(new Set(contexts.map(({ id }) => id)).size).toBe(contexts.length);
        expect(contexts.length).toBeLessThanOrEqual(files.length);
      }),
      { numRuns: 3000 },
    );
  });

  test('no context is a part of another', () => {
    fc.assert(
      fc.property(workspaces, (tree) => {
        const contexts = formContexts({ files: filesOf(tree), closed: false, settings: {} });
        for (const one of contexts) for (const other of contexts) if (one !== other) expect(one.files.every((uri) => other.files.includes(uri))).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the key of a file', () => {
  const keyOf = (line: string): string => contextKeyOf(filesOf(line)[0] ?? { path: '', resources: [], brokenDocuments: 0 });

  test.each([
    ['a name', 'a.yaml: Service/b'],
    ['a namespace', 'a.yaml: Service/a@n'],
    ['a kind', 'a.yaml: ConfigMap/a'],
    ['one more', 'a.yaml: Service/a Service/b'],
    ['one that cannot be read', 'a.yaml: Service/a !'],
    ['a part', 'a.yaml: Service/a?'],
    ['a path', 'b.yaml: Service/a'],
    ['a kustomization', 'a.yaml: {"resources":["x"]}'],
  ])('changes with %s', (_, line) => {
    expect(keyOf(line)).not.toBe(keyOf('a.yaml: Service/a'));
  });

  test('stays with anything else', () => {
    expect(keyOf('a.yaml: Service/a')).toBe(keyOf('a.yaml: Service/a'));
    expect(keyOf('a.yaml: {"resources":["x"],"images":[{"name":"a"}]}')).toBe(keyOf('a.yaml: {"resources":["x"],"images":[{"name":"b"}]}'));
  });

  test('is made of any value', () => {
    let deep: unknown = 10n;
    for (let depth = 0; depth < 20_000; depth++) deep = { resources: [deep], patches: deep };
    expect(contextKeyOf({ path: 'k', resources: [], brokenDocuments: 0, kustomization: deep })).toContain('"resources":[]');
  });
});

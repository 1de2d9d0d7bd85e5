import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, editedText, type PathRequest } from '../../server/src/syntax/applyEdits';
import { directives } from '../../server/src/syntax/directives';
import { locate, locateNearest, locateSpan, pathAt } from '../../server/src/syntax/locate';
import { LineIndex } from '../../server/src/syntax/lineIndex';
import { parseYaml } from '../../server/src/syntax/parse';
import { toPlain } from '../../server/src/syntax/plain';
import { isSamePlain, plainAfter } from '../../server/src/syntax/plainAfter';
import { renderBlock, renderFlow } from '../../server/src/syntax/render';
import { keyText } from '../../server/src/syntax/scalars';
import type { YamlFile, YamlNode } from '../../server/src/syntax/tree';
import type { Path } from '../../server/src/protocol/source';

const seed = 20_260_117;

const manifest = `# a head
apiVersion: v1
kind: Service
metadata: {name: "web", labels: &labels {app: web}}
spec:
  selector:
    <<: *labels
    tier: 'front'
  ports:
  - port: 80   # http
    targetPort: "{{ port }}"
  - {port: 0x1F, name: x}
---
kind: ConfigMap
data:
  text: |
    one $(X)
      two
  folded: >-
    a
    b
  plain: one
    two
  list: [a, "b", [c]]
...
--- {"kind": "List", "items": [{"a": null}, *x]}
`;

/** Everything that this floor does with a file; only that nothing throws and ranges stay inside of the text. */
function exercise(file: YamlFile): number {
  let nodes = 0;
  const lines = new LineIndex(file.text);
  for (const document of file.documents) {
    expect(document.text).toBe(file.text.slice(document.start, document.end));
    toPlain(document);
    directives(document);
    for (const problem of document.problems) {
      const range = 'path' in problem.at ? locateNearest(document, problem.at.path) : problem.at;
      expect(range.start).toBeGreaterThanOrEqual(0);
      expect(range.end).toBeLessThanOrEqual(file.text.length + 1);
      lines.positionAt(range.start);
    }
    for (const { node, path } of walk(document.root, [])) {
      nodes++;
      for (const part of ['value', 'key', 'item'] as const) {
        const range = locate(document, path, part);
        if (range) expect(range.start >= document.start && range.end <= document.end && range.start <= range.end).toBe(true);
      }
      if (node?.type === 'scalar') locateSpan(document, path, { start: 0, end: 2 });
    }
    pathAt(document, document.start + (document.text.length >> 1));
  }
  return nodes;
}

function* walk(node: YamlNode | null, path: Path): Generator<{ node: YamlNode | null; path: Path }> {
  yield { node, path };
  if (node?.type === 'sequence') for (const [index, item] of node.items.entries()) yield* walk(item, [...path, index]);
  if (node?.type === 'mapping') for (const { key, value } of node.pairs) yield* walk(value, [...path, keyText(key)]);
}

const fragments = [
  '\n',
  '\r\n',
  '\r',
  '\t',
  ' ',
  '  ',
  '- ',
  ': ',
  '? ',
  ':',
  '---\n',
  '...\n',
  '--- ',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  "'",
  '|',
  '>',
  '|2+\n',
  '&a ',
  '*a',
  '<<: ',
  '!!int ',
  '!x ',
  '#',
  '#@',
  '{{',
  '}}',
  '${',
  '%YAML 1.1\n',
  '\\',
  '\0',
  '\ud800',
  '\ufeff',
  '\u2028',
  '__proto__: ',
  'a',
  'a: ',
  'kind: ',
  '1',
  'on',
  '@',
  '`',
  '# packetpath-disable-file x',
];

describe('hostile input', () => {
  it('arbitrary text never throws', () => {
    let runs = 0;
    let nodes = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.array(fc.constantFrom(...fragments), { maxLength: 60 }).map((parts) => parts.join('')),
        ),
        (text) => {
          runs++;
          nodes += exercise(parseYaml(text));
        },
      ),
      { seed, numRuns: 4_000 },
    );
    console.log(`syntax: ${runs} arbitrary texts, ${nodes} nodes, none threw`);
    expect(runs).toBe(4_000);
  });
  it('mutated manifests never throw, and reuse of documents changes nothing', () => {
    let runs = 0;
    const before = parseYaml(manifest);
    const cut = fc.tuple(fc.nat(manifest.length), fc.nat(20), fc.constantFrom('', ...fragments));
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 4 }), (cuts) => {
        runs++;
        const text = cuts.reduce((all, [at, length, put]) => all.slice(0, at) + put + all.slice(at + length), manifest);
        const fresh = parseYaml(text);
        exercise(fresh);
        expect(parseYaml(text, before)).toEqual(fresh);
      }),
      { seed, numRuns: 2_500 },
    );
    console.log(`syntax: ${runs} mutated manifests, none threw`);
    expect(runs).toBe(2_500);
  });
});

const word = fc.oneof(
  fc.constantFrom(
    'app',
    'web',
    'on',
    'y',
    '1',
    '017',
    '',
    '~',
    'a b',
    'a: b',
    'a #b',
    '- x',
    '"q"',
    "it's",
    '{x}',
    '[x',
    '10.0.0.0/8',
    'é😀',
    '*a',
    '&b',
    '!t',
    '|',
    '\ttab',
    'two\nlines',
    'x\n\ny\n',
    ' lead',
    'trail ',
    '{{ x }}',
    '${Y}',
    '---',
    'a\\b',
  ),
  fc.string({ maxLength: 12 }),
);
const key = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('app', 'name', 'ports', 'a', 'b', 'c', 'app.kubernetes.io/name') },
  { weight: 1, arbitrary: word },
);
const leaf = fc.oneof(
  { weight: 4, arbitrary: word },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    ),
  },
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, fc.array(tie('tree'), { maxLength: 4 }), fc.dictionary(key, tie('tree'), { maxKeys: 4 })),
}));
const root = fc.dictionary(key, tree, { minKeys: 1, maxKeys: 5 });
const layout = fc.record({
  step: fc.constantFrom(2, 4),
  dash: fc.constantFrom(0, 2),
  eol: fc.constantFrom('\n', '\r\n'),
  json: fc.boolean(),
  flow: fc.boolean(),
  final: fc.boolean(),
  comments: fc.boolean(),
});

function render(value: unknown, how: { step: number; dash: number; eol: string; json: boolean; flow: boolean; final: boolean; comments: boolean }): string {
  const text = how.flow ? renderFlow(value, how) : renderBlock(value, 0, how);
  const commented =
    how.comments && !how.flow
      ? text
          .split(how.eol)
          .map((line, index) => (index % 3 === 0 ? `${/^ */.exec(line)?.[0] ?? ''}# note ${index}${how.eol}${line}` : line))
          .join(how.eol)
      : text;
  return commented + (how.final ? how.eol : '');
}

describe('generated values', () => {
  it('read back as they were written, and locate gives the text of each scalar', () => {
    let scalars = 0;
    fc.assert(
      fc.property(root, layout, (value, how) => {
        const text = render(value, how);
        const [document, ...others] = parseYaml(`x: 1\n---\n${text}`).documents.slice(1);
        if (!document) throw new Error('no document');
        expect(others).toEqual([]);
        expect(document.problems).toEqual([]);
        const shell = { ...document, text: '', root: null };
        expect(isSamePlain(toPlain(document), plainAfter(shell, [{ kind: 'replace', document: 0, path: [], value }])?.value)).toBe(true);
        for (const { node, path } of walk(document.root, [])) {
          if (node?.type !== 'scalar') continue;
          scalars++;
          const range = locate(document, path);
          const source = range && `x: 1\n---\n${text}`.slice(range.start, range.end);
          const alone = parseYaml(`[${String(source)}]`).documents[0];
          expect(alone && isSamePlain(toPlain(alone), [node.value])).toBe(true);
          expect(pathAt(document, range?.start ?? -1)).toEqual(path);
        }
      }),
      { seed, numRuns: 1_000 },
    );
    console.log(`syntax: ${scalars} generated scalars found at their places`);
    expect(scalars).toBeGreaterThan(3_000);
  });

  it('edits do what was asked and leave all else as it was', () => {
    const done: Record<string, number> = {};
    const refused: Record<string, number> = {};
    fc.assert(
      fc.property(root, layout, fc.infiniteStream(fc.nat(1_000)), tree, word, (value, how, numbers, fresh, name) => {
        const text = render(value, how);
        const file = parseYaml(text);
        const [document] = file.documents;
        if (!document) return;
        const places = [...walk(document.root, [])];
        const pick = (bound: number): number => Number(numbers.next().value) % Math.max(1, bound);
        const place = places[pick(places.length)] ?? { node: null, path: [] };
        const request = requestFor(place, fresh, name, pick);
        const edits = applyEdits(file, [request]);
        if (!edits) {
          refused[request.kind] = (refused[request.kind] ?? 0) + 1;
          return;
        }
        done[request.kind] = (done[request.kind] ?? 0) + 1;
        const after = parseYaml(editedText(text, edits));
        const expected = plainAfter(document, [request]);
        expect(after.documents[0]?.problems ?? []).toEqual([]);
        expect(isSamePlain(after.documents[0] ? toPlain(after.documents[0]) : null, expected?.value)).toBe(true);
        if (text.includes('\r\n')) expect(after.text.replaceAll('\r\n', '')).not.toContain('\n');
      }),
      { seed, numRuns: 1_500 },
    );
    console.log(`syntax: edits made ${JSON.stringify(done)}, refused ${JSON.stringify(refused)}`);
    for (const kind of ['replace', 'insert', 'remove', 'move', 'renameKey', 'quote', 'wrap', 'unwrap']) expect(done[kind] ?? 0, kind).toBeGreaterThan(30);
    expect(refused['replace'] ?? 0).toBeLessThan((done['replace'] ?? 0) / 20);
    expect(refused['insert'] ?? 0).toBeLessThan((done['insert'] ?? 0) / 20);
  });
});

/** A request that fits the place, so that few are refused. */
function requestFor(place: { node: YamlNode | null; path: Path }, value: unknown, name: string, pick: (bound: number) => number): PathRequest {
  const { node, path } = place;
  const document = 0;
  const inList = typeof path[path.length - 1] === 'number';
  const kinds: PathRequest['kind'][] = ['replace'];
  if (path.length > 0) kinds.push('remove', inList ? 'move' : 'renameKey');
  if (node?.type === 'mapping') kinds.push('insert', 'wrap', ...(node.pairs.length === 1 ? ['unwrap' as const, 'unwrap' as const, 'unwrap' as const] : []));
  if (node?.type === 'sequence') kinds.push('insert', 'insert');
  if (node?.type === 'scalar') kinds.push('quote');
  const kind = kinds[pick(kinds.length)] ?? 'replace';
  switch (kind) {
    case 'insert':
      return { kind, document, path, key: node?.type === 'sequence' ? pick(node.items.length + 1) : `new-${name}`, value };
    case 'remove':
      return { kind, document, path, pruneEmpty: pick(2) === 1 };
    case 'move':
      return { kind, document, path, to: pick(Number(path[path.length - 1]) + 1) };
    case 'renameKey':
    case 'wrap':
      return { kind, document, path, key: `new-${name}` };
    case 'unwrap':
      return { kind, document, path, key: node?.type === 'mapping' && node.pairs[0] ? keyText(node.pairs[0].key) : '' };
    case 'quote':
      return { kind, document, path };
    case 'replace':
      return path.length === 0 ? { kind, document, path, value: { root: value } } : { kind, document, path, value };
  }
}

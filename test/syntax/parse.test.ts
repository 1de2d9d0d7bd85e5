import { describe, expect, it } from 'vitest';
import { isOpaque } from '../../server/src/base/opaque';
import { locate } from '../../server/src/syntax/locate';
import { parseYaml } from '../../server/src/syntax/parse';
import { toPlain } from '../../server/src/syntax/plain';
import type { YamlFile } from '../../server/src/syntax/tree';

const plain = (text: string): unknown[] =>
  parseYaml(text).documents.map(
    (document) =>
      JSON.parse(
        JSON.stringify(toPlain(document), (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : isOpaque(value) ? { opaque: value.text } : value)),
      ) as unknown,
  );
const reasons = (file: YamlFile): string[] =>
  file.documents.flatMap((document) => document.problems.map((problem) => `${document.ok ? 'ok' : 'broken'} ${problem.code}`));

describe('documents of a file', () => {
  it.each([
    ['a: 1', [{ a: 1 }]],
    ['a: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['---\na: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['--- # first\na: 1\n---   \nb: 2\n...\n', [{ a: 1 }, { b: 2 }]],
    ['--- {a: 1}\n--- |\n  text\n', [{ a: 1 }, 'text\n']],
    ['# licence\n---\na: 1\n', [{ a: 1 }]],
    ['%YAML 1.1\n---\na: 1\n...\n%YAML 1.1\n---\nb: on\n', [{ a: 1 }, { b: true }]],
    ['a: |\n  x\n---\nb: 2\n', [{ a: 'x\n' }, { b: 2 }]],
    ['a: "x\n---\nb: 2\n', [null, { b: 2 }]],
    ['a: ----\nb: ---x\n---x: 3\n', [{ a: '----', b: '---x', '---x': 3 }]],
    ['\ufeffa: 1\n', [{ a: 1 }]],
    ['\ufeff---\na: 1\n', [{ a: 1 }]],
    ['a: 1\r\nb: |\r\n  x\r\n  y\r\n---\r\nc: 3\r\n', [{ a: 1, b: 'x\ny\n' }, { c: 3 }]],
    ['a: 1\rb:\r  - c\r---\rd: 2\r', [{ a: 1, b: ['c'] }, { d: 2 }]],
    ['{\n\t"a": [1, "x"],\n\t"b": {"c": null}\n}\n', [{ a: [1, 'x'], b: { c: null } }]],
    ['', []],
    ['\n\n---\n\n---\n', []],
    ['# only a comment\n', [null]],
  ])('%j', (text, expected) => {
    const read = plain(text);
    expect(read.map((value, index) => (expected[index] === null ? null : value))).toEqual(expected);
  });
  it('gives offsets that cut the file', () => {
    const file = parseYaml('\ufeff---\na: 1\n--- # x\nb: 2');
    expect(file.documents.map((document) => file.text.slice(document.start, document.end))).toEqual(['a: 1\n', 'b: 2']);
    expect(file.documents.map((document) => document.text)).toEqual(['a: 1\n', 'b: 2']);
  });
  it('an error costs its own document alone', () => {
    const file = parseYaml('a: 1\n---\nb: [1\n---\nc: 3\n');
    expect(file.documents.map((document) => document.ok)).toEqual([true, false, true]);
    expect(plain(file.text)[2]).toEqual({ c: 3 });
    const [problem] = file.documents[1]?.problems ?? [];
    expect(problem).toMatchObject({ code: 'yaml-parse', document: 1, message: 'syntax' });
    expect(problem && 'start' in problem.at && problem.at.start).toBeGreaterThanOrEqual(9);
  });
});

describe('an edited file', () => {
  const text = 'a: 1\n---\nb: 2\nb: 3\n---\nc: 3\n';
  const before = parseYaml(text);
  it('keeps trees of documents that did not change', () => {
    const after = parseYaml(text.replace('a: 1', 'a: 100'), before);
    expect(after.documents[0]).not.toBe(before.documents[0]);
    expect(after.documents[1]?.root).toBe(before.documents[1]?.root);
    expect(after.documents[1]?.start).toBe((before.documents[1]?.start ?? 0) + 2);
    expect(after).toEqual(parseYaml(after.text));
  });
  it('keeps whole documents that did not move, and the file when nothing changed', () => {
    const after = parseYaml(text.replace('c: 3', 'c: 4'), before);
    expect(after.documents[1]).toBe(before.documents[1]);
    expect(parseYaml(text, before)).toBe(before);
  });
  it('moves problems with their document', () => {
    const after = parseYaml(`new: 1\n---\n${text}`, before);
    expect(after).toEqual(parseYaml(after.text));
    expect(after.documents[2]?.problems[0]?.document).toBe(2);
  });
});

describe('anchors, aliases and merge keys', () => {
  const text = 'base: &base {a: 1, b: {c: 2}}\nother: &other {b: 9, d: 4}\nuse: *base\nmerged:\n  <<: [*base, *other]\n  a: 5\nlist: [*other]\n';
  const [document] = parseYaml(text).documents;
  it('resolves values', () => {
    expect(plain(text)[0]).toEqual({
      base: { a: 1, b: { c: 2 } },
      other: { b: 9, d: 4 },
      use: { a: 1, b: { c: 2 } },
      merged: { a: 5, b: { c: 2 }, d: 4 },
      list: [{ b: 9, d: 4 }],
    });
  });
  it.each([
    [['use'], '*base'],
    [['use', 'b', 'c'], '*base'],
    [['merged', 'b'], '*base'],
    [['merged', 'b', 'c'], '*base'],
    [['merged', 'd'], '*other'],
    [['merged', 'a'], '5'],
    [['list', 0, 'd'], '*other'],
    [['base', 'b', 'c'], '2'],
  ])('%j stands at %j', (path, expected) => {
    const range = document && locate(document, path);
    expect(range && text.slice(range.start, range.end)).toBe(expected);
  });
  it.each(['a: *nowhere\n', 'a: &a [*a]\n', 'a: {<<: 5}\n', '? [a]\n: 1\n'])('%j is a problem', (broken) => {
    expect(reasons(parseYaml(broken))).toEqual(['broken yaml-parse']);
  });
  it('an anchor may be used before it is set again', () => {
    expect(plain('a: &x 1\nb: *x\nc: &x 2\nd: *x\n')[0]).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });
});

describe('hostile text', () => {
  it('stops at an alias bomb', () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) =>
        `a${level}: &a${level} [${
          level === 0
            ? 'x'
            : Array(10)
                .fill(`*a${level - 1}`)
                .join(', ')
        }]`,
    );
    const file = parseYaml(levels.join('\n'));
    expect(reasons(file)).toEqual(['broken yaml-parse']);
    expect(JSON.stringify(file.documents.map(toPlain)).length).toBeLessThan(10_000_000);
  });
  it('stops at a bomb of merge keys', () => {
    const keys = Array.from({ length: 2000 }, (_, index) => `k${index}: 1`).join(', ');
    const file = parseYaml(`a: &a {${keys}}\n` + Array.from({ length: 2000 }, (_, index) => `m${index}: {<<: *a}\n`).join(''));
    expect(file.documents[0]?.ok).toBe(false);
  });
  it.each([
    ['flow', '['.repeat(10_000)],
    ['flow mapping', '{a: '.repeat(10_000)],
    ['block', Array.from({ length: 3_000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
    ['dashes', '- '.repeat(10_000)],
    ['questions', '? '.repeat(10_000)],
    ['aliases', Array.from({ length: 10_000 }, (_, level) => `- &a${level} [${level === 0 ? '' : `*a${level - 1}`}]`).join('\n')],
  ])('refuses deep nesting: %s', (_, text) => {
    const started = performance.now();
    const file = parseYaml(text);
    expect(reasons(file)).toEqual(['broken yaml-parse']);
    file.documents.forEach(toPlain);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
  it('reads what nests 100 deep', () => {
    const text = Array.from({ length: 100 }, (_, level) => `${'  '.repeat(level)}a:`).join('\n') + ' 1\n';
    expect(reasons(parseYaml(text))).toEqual([]);
    expect(reasons(parseYaml(`${'['.repeat(100)}${']'.repeat(100)}`))).toEqual([]);
  });
  it('is not misled by brackets and indentation inside of text', () => {
    const script = Array.from({ length: 500 }, (_, line) => `  ${' '.repeat(line % 150)}echo "\\033[31m{x"`).join('\n');
    expect(reasons(parseYaml(`a: |\n${script}\n`))).toEqual([]);
  });
  it('a key named __proto__ is a key', () => {
    const [document] = parseYaml('__proto__: {polluted: true}\nconstructor: 1\n').documents;
    const value = document && (toPlain(document) as Record<string, unknown>);
    expect(value && Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('problems', () => {
  it('marks the second of two equal keys and names the first', () => {
    const text = 'x: 1\na:\n  k: 1\n  "k": 2\n';
    const [problem] = parseYaml(text).documents[0]?.problems ?? [];
    const cut = (at: unknown): string =>
      at !== null && typeof at === 'object' && 'start' in at && 'end' in at ? text.slice(Number(at.start), Number(at.end)) : '';
    expect(problem?.code).toBe('duplicate-key');
    expect(cut(problem?.at)).toBe('"k"');
    expect(cut(problem?.related?.at)).toBe('k');
    expect(plain(text)[0]).toEqual({ x: 1, a: { k: 2 } });
  });
  it('finds equal keys among many, and as kubectl reads them', () => {
    const many = Array.from({ length: 40 }, (_, index) => `k${index}: 1\n`).join('');
    expect(reasons(parseYaml(`${many}k3: 2\n`))).toEqual(['ok duplicate-key']);
    expect(reasons(parseYaml('1: a\n"1": b\n'))).toEqual(['ok duplicate-key']);
  });
  it.each([
    'a: 1\n\tb: 2\n',
    'a:\n\t- b\n',
    'a: b: c\n',
    'a: [1, 2\n',
    'a: "x\n',
    "a: 'x\n",
    'a: 1\n b: 2\n',
    '- a\nb: 1\n',
    'a: @x\n',
    'a: `x`\n',
    'a: "\\q"\n',
    'a: |\n   \n  x\nb: 1\n',
    'a\nb: 1\n',
  ])('%j is none of YAML', (text) => {
    const file = parseYaml(text);
    expect(reasons(file)).toEqual(['broken yaml-parse']);
    expect(String(file.documents[0]?.problems[0]?.data?.['reason'])).not.toBe('');
  });
  it.each([
    ['a: "x\ny"\nb: 1\n', { a: 'x y', b: 1 }],
    ["a: 'x\n\n y\nz'\nb: 1\n", { a: 'x\ny z', b: 1 }],
    ['a: "x\\\n  y"\nb: 1\n', { a: 'xy', b: 1 }],
    ['a:\n  b: [1,\n2 # two\n]\n  c: {d: "x\ny"\n}\n', { a: { b: [1, 2], c: { d: 'x y' } } }],
    ['a: "x"#c\nb: 1\n', { a: 'x', b: 1 }],
    ['a: "\\\'"\nb:\t1\n', { a: "'", b: 1 }],
  ])('%j is read as kubectl reads it', (text, expected) => {
    expect(reasons(parseYaml(text))).toEqual([]);
    expect(plain(text)).toEqual([expected]);
  });
  it.each(['a:\n  b: {{ .Values.x }}\n  {{- if .y }}\n  c: 1\n  {{- end }}\n', '{{- range .x }}\na: 1\n{{ end }}'])(
    'a template that does not parse is no mistake: %j',
    (text) => {
      const file = parseYaml(text);
      expect(file.documents.map((document) => document.ok)).toEqual([false]);
      expect(reasons(file)).toEqual([]);
    },
  );
});

describe('values', () => {
  it('placeholders are opaque where they stand', () => {
    expect(plain('a: {{ x }}\nb: "{{ y }}:80"\nc: ${Z}\nd: |\n  x <%= q %>\ne: #@ data.values.e\nf: $(A)\ng:\n- {{ z }}\n')[0]).toEqual({
      a: { opaque: '{{ x }}' },
      b: { opaque: '{{ y }}:80' },
      c: { opaque: '${Z}' },
      d: { opaque: 'x <%= q %>\n' },
      e: { opaque: '#@ data.values.e' },
      f: '$(A)',
      g: [{ opaque: '{{ z }}' }],
    });
  });
  it('tags decide', () => {
    expect(plain('a: !!str 1\nb: !!int "7"\nc: !custom yes\nd: !!float 1\ne: ! 5\n')[0]).toEqual({ a: '1', b: 7, c: 'yes', d: 1, e: '5' });
  });
  it('keys become text as kubectl makes them', () => {
    expect(plain('on: 1\n017: 2\n1.0: 3\n"on": 4\nnull_: 5\n')[0]).toEqual({ true: 1, '15': 2, '1': 3, on: 4, null_: 5 });
  });
  it('missing values are null', () => {
    expect(plain('a:\nb: ~\nc:\n  -\n  - x\n  -\nd: {e, f: }\n')[0]).toEqual({ a: null, b: null, c: [null, 'x', null], d: { e: null, f: null } });
  });
});

describe('trees that were let go', () => {
  it('are made again as they were', () => {
    const { documents } = parseYaml(Array.from({ length: 600 }, (_, index) => `a: [${index}, x]\n`).join('---\n'));
    const before = structuredClone(documents[0]?.root);
    for (const document of documents) document.tree.settle();
    expect(documents[0]?.root).toEqual(before);
    expect(documents[0]?.root).toBe(documents[0]?.root);
    expect(plain('a: 1\n')).toEqual([{ a: 1 }]);
  });
});

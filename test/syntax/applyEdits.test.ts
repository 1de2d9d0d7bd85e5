import { describe, expect, it } from 'vitest';
import { applyEdits, editedText, type PathRequest, type TextEditRequest } from '../../server/src/syntax/applyEdits';
import { parseYaml } from '../../server/src/syntax/parse';

type Bare<R> = R extends unknown ? Omit<R, 'document'> : never;

function edited(text: string, ...requests: Bare<PathRequest>[]): string | null {
  const edits = applyEdits(
    parseYaml(text),
    requests.map((request): TextEditRequest => ({ ...request, document: 0 })),
  );
  return edits && editedText(text, edits);
}

describe('replace', () => {
  it.each<[string, Bare<PathRequest>, string | null]>([
    ['a: 1 # one\nb: 2\n', { kind: 'replace', path: ['a'], value: 8080 }, 'a: 8080 # one\nb: 2\n'],
    ['a: "x"\n', { kind: 'replace', path: ['a'], value: 'y "z"' }, 'a: "y \\"z\\""\n'],
    ["a: 'x'\n", { kind: 'replace', path: ['a'], value: "it's" }, "a: 'it''s'\n"],
    ["a: 'x'\n", { kind: 'replace', path: ['a'], value: 'one\ntwo' }, 'a: "one\\ntwo"\n'],
    ['a: x\n', { kind: 'replace', path: ['a'], value: '80' }, 'a: "80"\n'],
    ['a: x\n', { kind: 'replace', path: ['a'], value: 'yes' }, 'a: "yes"\n'],
    ['a: x\n', { kind: 'replace', path: ['a'], value: '10.0.0.0/16' }, 'a: 10.0.0.0/16\n'],
    ['a: x\n', { kind: 'replace', path: ['a'], value: '2001-01-01' }, 'a: "2001-01-01"\n'],
    ['a: x\n', { kind: 'replace', path: ['a'], value: '' }, 'a: ""\n'],
    ['a: "80"\n', { kind: 'replace', path: ['a'], value: 80 }, 'a: 80\n'],
    ['a:\nb: 1\n', { kind: 'replace', path: ['a'], value: 'x' }, 'a: x\nb: 1\n'],
    ['a: # why\nb: 1\n', { kind: 'replace', path: ['a'], value: { c: 1 } }, 'a: # why\n  c: 1\nb: 1\n'],
    ['a: # why\nb: 1\n', { kind: 'replace', path: ['a'], value: 1 }, 'a: 1 # why\nb: 1\n'],
    ['a: x\nb: 1', { kind: 'replace', path: ['b'], value: { c: [1, { d: 'x', e: [] }] } }, 'a: x\nb:\n  c:\n    - 1\n    - d: x\n      e: []'],
    ['l:\n- 1\na: x\n', { kind: 'replace', path: ['a'], value: [1, [2, 3]] }, 'l:\n- 1\na:\n- 1\n- - 2\n  - 3\n'],
    ['a:\n    b: 1\nc: x\n', { kind: 'replace', path: ['c'], value: { d: { e: 1 } } }, 'a:\n    b: 1\nc:\n    d:\n        e: 1\n'],
    ['a:\n  b: 1\n  c: 2\nd: 3\n', { kind: 'replace', path: ['a'], value: 'x' }, 'a: x\nd: 3\n'],
    ['a:\n  b: 1\n  c: 2\nd: 3\n', { kind: 'replace', path: ['a'], value: { z: 1 } }, 'a:\n  z: 1\nd: 3\n'],
    ['a:\n- b: 1\n  c: 2\n- d\n', { kind: 'replace', path: ['a', 0], value: { z: 1, w: 2 } }, 'a:\n- z: 1\n  w: 2\n- d\n'],
    ['a:\n- b: 1\n- d\n', { kind: 'replace', path: ['a', 1], value: { z: 1, w: 2 } }, 'a:\n- b: 1\n- z: 1\n  w: 2\n'],
    ['a:\n-\n- d\n', { kind: 'replace', path: ['a', 0], value: 'x' }, 'a:\n- x\n- d\n'],
    ['a: {b: 1, c: [x]}\n', { kind: 'replace', path: ['a', 'c', 0], value: 'a, b' }, 'a: {b: 1, c: ["a, b"]}\n'],
    ['a: {b: 1}\n', { kind: 'replace', path: ['a', 'b'], value: { x: [1, 2] } }, 'a: {b: {x: [1, 2]}}\n'],
    ['{"a": {"b": 1}}', { kind: 'replace', path: ['a', 'b'], value: { x: ['y'] } }, '{"a": {"b": {"x": ["y"]}}}'],
    ['a: |\n  one\n  two\nb: 1\n', { kind: 'replace', path: ['a'], value: 'x\n\ny\n' }, 'a: |\n  x\n\n  y\nb: 1\n'],
    ['a: |\n  one\nb: 1\n', { kind: 'replace', path: ['a'], value: 'x' }, 'a: x\nb: 1\n'],
    ['a: |+\n  one\n\n\nb: 1\n', { kind: 'replace', path: ['a'], value: 'x' }, 'a: x\nb: 1\n'],
    ['a: &x 1\nb: *x\n', { kind: 'replace', path: ['b'], value: 2 }, 'a: &x 1\nb: 2\n'],
    ['a: &x 1\nb: *x\n', { kind: 'replace', path: ['a'], value: 2 }, null],
    ['a: &x {c: 1}\nb: *x\n', { kind: 'replace', path: ['b', 'c'], value: 2 }, null],
    ['a: &x {c: 1}\nb:\n  <<: *x\n', { kind: 'replace', path: ['b', 'c'], value: 2 }, null],
    ['a: 1\n', { kind: 'replace', path: ['b'], value: 2 }, null],
    ['a: see $(X) now\n', { kind: 'replace', path: ['a'], value: '$(Y)', span: { start: 4, end: 8 } }, 'a: see $(Y) now\n'],
    ['a: "\\t$(X)"\n', { kind: 'replace', path: ['a'], value: '"', span: { start: 1, end: 5 } }, 'a: "\\t\\""\n'],
    ['a: |\n  one $(X)\n  two\n', { kind: 'replace', path: ['a'], value: '$(YY)', span: { start: 4, end: 8 } }, 'a: |\n  one $(YY)\n  two\n'],
    ['a: b:80\n', { kind: 'replace', path: ['a'], value: '', span: { start: 2, end: 4 } }, 'a: "b:"\n'],
  ])('%j %j', (text, request, expected) => {
    expect(edited(text, request)).toBe(expected);
    const crlf = text.replaceAll('\n', '\r\n');
    expect(edited(crlf, request)).toBe(expected?.replaceAll('\n', '\r\n') ?? null);
  });
});

describe('insert', () => {
  it.each<[string, Bare<PathRequest>, string | null]>([
    ['a:\n  b: 1 # one\nc: 2\n', { kind: 'insert', path: ['a'], key: 'x', value: 'v' }, 'a:\n  b: 1 # one\n  x: v\nc: 2\n'],
    ['a: 1', { kind: 'insert', path: [], key: 'x', value: [1] }, 'a: 1\nx:\n  - 1'],
    ['a:\n- b: 1\n- c: 1\n', { kind: 'insert', path: ['a', 0], key: 'x', value: { w: 1 } }, 'a:\n- b: 1\n  x:\n    w: 1\n- c: 1\n'],
    ['a:\n- b: 1\n# c\n- c: 1\n', { kind: 'insert', path: ['a'], key: 1, value: { w: 1, z: 2 } }, 'a:\n- b: 1\n- w: 1\n  z: 2\n# c\n- c: 1\n'],
    ['a:\n- b\n- c\n', { kind: 'insert', path: ['a'], key: 2, value: 'x' }, 'a:\n- b\n- c\n- x\n'],
    ['a:\n- b\n- c\n', { kind: 'insert', path: ['a'], key: 0, value: 'x' }, 'a:\n- x\n- b\n- c\n'],
    ['a:\n- - b\n- c\n', { kind: 'insert', path: ['a', 0], key: 0, value: 'x' }, 'a:\n- - x\n  - b\n- c\n'],
    ['a: {b: 1}\n', { kind: 'insert', path: ['a'], key: 'x', value: { w: 'z' } }, 'a: {b: 1, x: {w: z}}\n'],
    ['a: [1, 2]\n', { kind: 'insert', path: ['a'], key: 1, value: 9 }, 'a: [1, 9, 2]\n'],
    ['a: []\nb: 1\n', { kind: 'insert', path: ['a'], key: 0, value: { w: 1 } }, 'a:\n  - w: 1\nb: 1\n'],
    ['a: {} # c\nb: 1\n', { kind: 'insert', path: ['a'], key: 'x', value: 1 }, 'a: # c\n  x: 1\nb: 1\n'],
    ['a:\nb: 1\n', { kind: 'insert', path: ['a'], key: 'x', value: 1 }, 'a:\n  x: 1\nb: 1\n'],
    ['{\n  "a": {\n    "b": "c"\n  }\n}\n', { kind: 'insert', path: ['a'], key: 'x', value: ['y'] }, '{\n  "a": {\n    "b": "c",\n    "x": ["y"]\n  }\n}\n'],
    ['a: |+\n  x\n\n', { kind: 'insert', path: [], key: 'b', value: 1 }, 'a: |+\n  x\n\nb: 1\n'],
    ['a: 1\n', { kind: 'insert', path: [], key: 'a', value: 2 }, null],
    ['a: &x {b: 1}\nc: *x\n', { kind: 'insert', path: ['c'], key: 'w', value: 2 }, null],
    ['a: &x {b: 1}\nc:\n  <<: *x\n', { kind: 'insert', path: ['c'], key: 'w', value: 2 }, 'a: &x {b: 1}\nc:\n  <<: *x\n  w: 2\n'],
  ])('%j %j', (text, request, expected) => {
    expect(edited(text, request)).toBe(expected);
    expect(edited(text.replaceAll('\n', '\r\n'), request)).toBe((text.includes('\n') ? expected?.replaceAll('\n', '\r\n') : expected) ?? null);
  });
});

describe('remove', () => {
  it.each<[string, Bare<PathRequest>, string | null]>([
    ['a: 1\nb: 2\nc: 3\n', { kind: 'remove', path: ['b'] }, 'a: 1\nc: 3\n'],
    ['a: 1\n# about b\nb: 2 # x\n# about c\nc: 3\n', { kind: 'remove', path: ['b'] }, 'a: 1\n# about c\nc: 3\n'],
    ['# licence\na: 1\nb: 2\n', { kind: 'remove', path: ['a'] }, '# licence\nb: 2\n'],
    ['a: 1\nb: 2', { kind: 'remove', path: ['b'] }, 'a: 1'],
    ['a:\n- b: 1\n  c: 2\n- d: 1\n', { kind: 'remove', path: ['a', 0, 'b'] }, 'a:\n- c: 2\n- d: 1\n'],
    ['a:\n- b: 1\n  c: 2\n- d: 1\n', { kind: 'remove', path: ['a', 0] }, 'a:\n- d: 1\n'],
    ['a:\n# b\n- b: 1\n  c: 2\n- d: 1\n', { kind: 'remove', path: ['a', 0] }, 'a:\n- d: 1\n'],
    ['a:\n- b\nc: 1\n', { kind: 'remove', path: ['a', 0] }, 'a: []\nc: 1\n'],
    ['a:\n- b\nc: 1\n', { kind: 'remove', path: ['a', 0], pruneEmpty: true }, 'c: 1\n'],
    ['x: 1\na:\n  b:\n    c: 1\n', { kind: 'remove', path: ['a', 'b', 'c'], pruneEmpty: true }, 'x: 1\n'],
    ['a:\n  b:\n    c: 1\n', { kind: 'remove', path: ['a', 'b', 'c'] }, 'a:\n  b: {}\n'],
    ['a:\n- - x\n  - y\n', { kind: 'remove', path: ['a', 0, 0] }, 'a:\n- - y\n'],
    ['a: [1, 2, 3]\n', { kind: 'remove', path: ['a', 1] }, 'a: [1, 3]\n'],
    ['a: [1, 2, 3]\n', { kind: 'remove', path: ['a', 2] }, 'a: [1, 2]\n'],
    ['a: {b: 1}\n', { kind: 'remove', path: ['a', 'b'] }, 'a: {}\n'],
    ['{\n  "a": 1,\n  "b": 2\n}\n', { kind: 'remove', path: ['b'] }, '{\n  "a": 1\n}\n'],
    ['a: |\n  x\n# c\nb: 1\n', { kind: 'remove', path: ['a'] }, '# c\nb: 1\n'],
    ['a: |+\n  x\n\nb: 1\n', { kind: 'remove', path: ['a'] }, 'b: 1\n'],
    ['a: &x 1\nb: *x\nc: 1\n', { kind: 'remove', path: ['a'] }, null],
    ['a: &x 1\nb: *x\nc: 1\n', { kind: 'remove', path: ['b'] }, 'a: &x 1\nc: 1\n'],
    ['a: 1\n', { kind: 'remove', path: ['a'], pruneEmpty: true }, null],
    ['a: 1\n', { kind: 'remove', path: [] }, null],
  ])('%j %j', (text, request, expected) => {
    expect(edited(text, request)).toBe(expected);
    expect(edited(text.replaceAll('\n', '\r\n'), request)).toBe(expected?.replaceAll('\n', '\r\n') ?? null);
  });
  it('many at once', () => {
    const text = 'l:\n- a\n# b\n- b\n- c\n- d\nf: [1, 2, 3]\n';
    const remove = (...path: (string | number)[]): Bare<PathRequest> => ({ kind: 'remove', path, pruneEmpty: true });
    expect(edited(text, remove('l', 1), remove('l', 2), remove('f', 1), remove('f', 2))).toBe('l:\n- a\n- d\nf: [1]\n');
    expect(edited(text, remove('f', 0), remove('f', 1), remove('f', 2))).toBe('l:\n- a\n# b\n- b\n- c\n- d\n');
    expect(edited(text, remove('l', 0), remove('l', 0))).toBe('l:\n# b\n- b\n- c\n- d\nf: [1, 2, 3]\n');
  });
});

describe('move, renameKey, quote, wrap, unwrap', () => {
  it.each<[string, Bare<PathRequest>, string | null]>([
    ['a:\n- x # 1\n# about y\n- y\n- z\nb: 1\n', { kind: 'move', path: ['a', 1], to: 0 }, 'a:\n# about y\n- y\n- x # 1\n- z\nb: 1\n'],
    ['a:\n- x\n- k: 1\n  l: 2\n- z\nb: 1\n', { kind: 'move', path: ['a', 0], to: 2 }, 'a:\n- k: 1\n  l: 2\n- z\n- x\nb: 1\n'],
    ['a:\n- x\n- y', { kind: 'move', path: ['a', 0], to: 1 }, 'a:\n- y\n- x'],
    ['a: [x, {w: 1}, z]\n', { kind: 'move', path: ['a', 2], to: 0 }, 'a: [z, x, {w: 1}]\n'],
    ['a:\n- x\n- y\n', { kind: 'move', path: ['a', 0], to: 0 }, 'a:\n- x\n- y\n'],
    ['a:\n- x\n- y\n', { kind: 'move', path: ['a', 0], to: 5 }, null],
    ['a: {"b": 1}\nc: 2\n', { kind: 'renameKey', path: ['a', 'b'], key: 'd' }, 'a: {"d": 1}\nc: 2\n'],
    ['a:\n  b: 1\n', { kind: 'renameKey', path: ['a'], key: 'on' }, '"on":\n  b: 1\n'],
    ['a: 1\nb: 2\n', { kind: 'renameKey', path: ['a'], key: 'b' }, null],
    ['a: 080\nb: yes # y\n', { kind: 'quote', path: ['a'] }, 'a: "080"\nb: yes # y\n'],
    ['a: 080\nb: yes # y\n', { kind: 'quote', path: ['b'] }, 'a: 080\nb: "yes" # y\n'],
    ['a: "x"\n', { kind: 'quote', path: ['a'] }, 'a: "x"\n'],
    ['a:\n', { kind: 'quote', path: ['a'] }, 'a: ""\n'],
    ['a:\n- 1\n', { kind: 'quote', path: ['a', 0] }, 'a:\n- "1"\n'],
    [
      's:\n  app: x # c\n\n  # tier\n  tier: y\nb: 1\n',
      { kind: 'wrap', path: ['s'], key: 'matchLabels' },
      's:\n  matchLabels:\n    app: x # c\n\n    # tier\n    tier: y\nb: 1\n',
    ],
    ['s:\n- app: x\n  w: |\n    t\n', { kind: 'wrap', path: ['s', 0], key: 'm' }, 's:\n- m:\n    app: x\n    w: |\n      t\n'],
    ['s: {app: x}\n', { kind: 'wrap', path: ['s'], key: 'm' }, 's: {m: {app: x}}\n'],
    ['s:\n  m:\n    app: x # c\n\n    # t\n    tier: y\nb: 1\n', { kind: 'unwrap', path: ['s'], key: 'm' }, 's:\n  app: x # c\n\n  # t\n  tier: y\nb: 1\n'],
    ['s:\n- m:\n    app: x\n    w: 1\n- z\n', { kind: 'unwrap', path: ['s', 0], key: 'm' }, 's:\n- app: x\n  w: 1\n- z\n'],
    ['s:\n  m:\n  - x\n  - y\n', { kind: 'unwrap', path: ['s'], key: 'm' }, 's:\n  - x\n  - y\n'],
    ['s:\n  m: x\n', { kind: 'unwrap', path: ['s'], key: 'm' }, 's: x\n'],
    ['s: {m: {app: x}}\n', { kind: 'unwrap', path: ['s'], key: 'm' }, 's: {app: x}\n'],
    ['s:\n  m: 1\n  n: 2\n', { kind: 'unwrap', path: ['s'], key: 'm' }, null],
  ])('%j %j', (text, request, expected) => {
    expect(edited(text, request)).toBe(expected);
    expect(edited(text.replaceAll('\n', '\r\n'), request)).toBe(expected?.replaceAll('\n', '\r\n') ?? null);
  });
  it('several requests go together', () => {
    const text = 'a:\n  x: 1\n  w: 2\nl: [1, 2]\nb: c\n';
    expect(
      edited(
        text,
        { kind: 'replace', path: ['a', 'x'], value: 5 },
        { kind: 'remove', path: ['a', 'w'] },
        { kind: 'insert', path: ['l'], key: 2, value: 3 },
        { kind: 'insert', path: ['l'], key: 2, value: 4 },
        { kind: 'renameKey', path: ['b'], key: 'd' },
      ),
    ).toBe('a:\n  x: 5\nl: [1, 2, 3, 4]\nd: c\n');
  });
  it('requests that touch each other are refused', () => {
    expect(edited('a:\n  x: 1\n', { kind: 'replace', path: ['a'], value: 1 }, { kind: 'replace', path: ['a', 'x'], value: 2 })).toBeNull();
  });
});

describe('moveDocument', () => {
  const move = (text: string, document: number, before: number): string | null => {
    const edits = applyEdits(parseYaml(text), [{ kind: 'moveDocument', document, before }]);
    return edits && editedText(text, edits);
  };
  it.each<[string, number, number, string | null]>([
    ['a: 1\n---\nb: 2\n---\nc: 3\n', 2, 0, 'c: 3\n---\na: 1\n---\nb: 2\n'],
    ['a: 1\n---\nb: 2\n---\nc: 3', 2, 1, 'a: 1\n---\nc: 3\n---\nb: 2\n'],
    ['a: 1\n---\nb: 2\n---\nc: 3\n', 0, 2, 'b: 2\n---\na: 1\n---\nc: 3\n'],
    ['# licence\n---\na: 1\n--- # second\n# about b\nb: 2\n', 1, 0, '# licence\n---\n# about b\nb: 2\n--- # second\na: 1\n'],
    ['--- {a: 1}\n---\nb: 2\n', 1, 0, '---\nb: 2\n---\n {a: 1}\n'],
    ['a: 1\n---\nb: 2\n', 0, 1, 'a: 1\n---\nb: 2\n'],
    ['a: 1\n', 0, 5, null],
  ])('%j: %i before %i', (text, from, before, expected) => {
    expect(move(text, from, before)).toBe(expected);
  });
});

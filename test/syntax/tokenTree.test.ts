/** The quick reader of YAML and the one by way of the library's nodes give the same trees. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutDocuments } from '../../server/src/syntax/cutDocuments';
import { readTree } from '../../server/src/syntax/parse';
import { tokenTree } from '../../server/src/syntax/tokenTree';

const root = resolve(import.meta.dirname, '../..');
const corpus = process.env['PACKETPATH_CORPUS'] ?? resolve(root, '../shared/corpus');

function documentsBelow(folder: string): string[] {
  const paths = (readdirSync(folder, { recursive: true }) as string[]).filter((path) => /\.(ya?ml|json)$/.test(path)).sort();
  return paths.flatMap((path) => {
    const text = readFileSync(join(folder, path), 'utf8');
    return cutDocuments(text).map(({ start, end }) => text.slice(start, end));
  });
}

const fixtures = [...documentsBelow(join(root, 'test/rules')), ...documentsBelow(join(root, 'examples'))];

/** Both readers on one text. */
function expectSame(text: string): void {
  expect(readTree(text)).toEqual(readTree(text, false));
}

describe('the quick reader', () => {
  test('reads what people mostly write', () => {
    const manifests = fixtures.filter((text) => text.includes('apiVersion'));
    const quick = manifests.filter((text) => tokenTree(text) !== undefined);
    expect(quick.length / manifests.length).toBeGreaterThan(0.95);
  });

  test('gives the tree of the other reader for every fixture', () => {
    for (const text of fixtures) expectSame(text);
  });

  test.each([
    ['an empty value at the end', 'a:\n  b:\n'],
    ['an empty value before a comment', 'a: # nothing\nb: 1\n'],
    ['a list at the column of its key', 'a:\n- b: 1\n  c: 2\n- d\ne: 3\n'],
    ['flow collections over lines', '{"a": {"b": [1, 2,\n  "c"]},\n "d": {}, "e": []}\n'],
    ['a trailing comma', 'a: [1, 2,]\n'],
    ['quotes with escapes', 'a: "\\u00e9\\n\\x41"\nb: \'it\'\'s\'\nc: "two\n  lines"\n'],
    ['plain text over lines', 'a: one\n  two\n\n  three\nb: 1\n'],
    ['block scalars', 'a: |\n  one\n   two\n\nb: >-\n  three\n  four\n\n\nc: |2+\n   x\n\n'],
    ['placeholders', 'a: {{ x }}\nb: "{{ y }}"\nc: ${Z}\n{{ k }}: 1\n'],
    ['carriage returns', 'a: 1\r\nb:\r\n  - c: "x"\r\n'],
    ['tabs', 'a:\t1\n\tb: 2\n'],
    ['anchors and merges', 'a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n'],
    ['tags', 'a: !!str 1\nb: !x {c: 1}\n'],
    ['keys twice', 'a: 1\nb: {c: 1, c: 2}\na: 3\n'],
    ['keys that are no text', '1: a\ntrue: b\n~: c\n? d\n: e\n[f]: g\n'],
    ['mistakes of indentation', 'a:\n   b: 1\n  c: 2\n d: 3\n'],
    ['mappings where a value stands', 'a: b: c\nd: - e\n'],
    ['commas that are missing', 'a: [b c d, e\n'],
    ['a comment without a space', 'a: "b"# c\n'],
    ['words that may not begin a scalar', 'a: @b\nc: `d`\ne: %f\ng: ,h\n'],
    ['a document that is no collection', 'just text\n'],
    ['only comments', '# nothing\n'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expectSame(text);
  });

  test('gives the same tree after any edit of a fixture', () => {
    const pieces = [
      '\n',
      ' ',
      '  ',
      '\t',
      ':',
      ': ',
      '- ',
      '#',
      ' #',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      ',',
      '|',
      '>',
      '&a',
      '*a',
      '!t',
      '?',
      '<<: ',
      '{{ x }}',
      '\r',
      '%',
      'key',
    ];
    const edit = fc.record({ at: fc.nat(), remove: fc.nat({ max: 12 }), insert: fc.oneof(fc.constantFrom(...pieces), fc.constant('')) });
    fc.assert(
      fc.property(fc.constantFrom(...fixtures), fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
        let edited = text;
        for (const { at, remove, insert } of edits) {
          const place = at % (edited.length + 1);
          edited = edited.slice(0, place) + insert + edited.slice(place + remove);
        }
        expectSame(edited);
      }),
      { numRuns: 2000 },
    );
  });

  test.skipIf(!existsSync(corpus))('gives the tree of the other reader for every real manifest (skipped without the corpus)', () => {
    for (const text of documentsBelow(corpus)) expectSame(text);
  });
});

/** Templates masked: every position stays, what remains is YAML, and what the actions would write is not known. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOpaque, missingKey } from '../../server/src/base/opaque';
import { locateNearest } from '../../server/src/syntax/locate';
import { maskTemplate } from '../../server/src/syntax/maskTemplate';
import { parseYaml } from '../../server/src/syntax/parse';
import { parseTemplate } from '../../server/src/syntax/parseTemplate';
import { toPlain } from '../../server/src/syntax/plain';
import { templateActions } from '../../server/src/syntax/templateActions';

/** Each placeholder as `@`, and no spaces at the ends of lines, so that a test can be read. */
function masked(text: string): string {
  return maskTemplate(text)
    .text.replace(/\ufdd0\ufdd1*/g, '@')
    .replace(/[ ]+(?=\r?$)/gm, '');
}

/** Plain values with opaque ones as `?text?`, and `…` for keys that may be missing. */
function readable(value: unknown): unknown {
  if (isOpaque(value)) return `?${value.text}?`;
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [key, readable(inner)]);
  return Object.fromEntries(missingKey(value) ? [...entries, ['…', '?']] : entries);
}

function read(text: string): unknown {
  const { documents } = parseTemplate(text);
  expect(documents.map(({ ok }) => ok)).toEqual(documents.map(() => true));
  expect(documents.flatMap(({ problems }) => problems)).toEqual([]);
  return documents.length === 1 && documents[0] ? readable(toPlain(documents[0])) : documents.map((document) => readable(toPlain(document)));
}

const lines = (...text: readonly string[]): string => text.join('\n');

describe('actions', () => {
  test.each([
    ['{{ .a }}{{ .b }}', ['{{ .a }}', '{{ .b }}']],
    ['a {{ "}}" }} b', ['{{ "}}" }}']],
    ['{{ `}} " {{` }}', ['{{ `}} " {{` }}']],
    ["{{ '}' }}", ["{{ '}' }}"]],
    ['{{ "a\\"}}" }}', ['{{ "a\\"}}" }}']],
    ['{{/* }} {{ */}}x', ['{{/* }} {{ */}}']],
    ['{{- /* it\'s "open */ -}}x', ['{{- /* it\'s "open */ -}}']],
    ['{{ include "x"\n  . }} y', ['{{ include "x"\n  . }}']],
    ['{{ .a\nname: x', ['{{ .a']],
    ['{{ "a\n}} x', ['{{ "a']],
    ['{{ .a {{ .b }}', ['{{ .a {{ .b }}']],
    ['{{ `a\nb: {{ .c }}', ['{{ `a', '{{ .c }}']],
  ])('%j', (text, expected) => {
    expect(templateActions(text).map(({ start, end }) => text.slice(start, end))).toEqual(expected);
  });

  test('what each does', () => {
    const words =
      '{{if .a}}{{- else if .b}}{{else}}{{ range $i, $e := .l -}}{{with .c}}{{end}}{{ $x := 1 }}{{ $x = 2 }}{{/* c */}}{{ $x }}{{ eq .a .b }}{{ .if }}{{ ifx }}{{}}';
    expect(templateActions(words).map(({ kind }) => kind)).toEqual(
      'open else else open open close silent silent silent output output output output silent'.split(' '),
    );
  });
});

describe('masking', () => {
  test.each([
    ['a scalar', 'port: {{ .Values.port }}', 'port: @'],
    ['a part of a scalar', 'image: a/{{ .b }}:{{ .c }} # d', 'image: a/@:@ # d'],
    ['quoted, with quotes inside', '"{{ include "a" . }}-b"', '"@-b"'],
    ['lines of control flow', 'a:\n  {{- if .x }}\n  b: 1\n  {{- end }}', 'a:\n\n  b: 1\n'],
    ['several on one line', '  {{ if .x }}{{ .y }}{{ end }}\nb: 1', '\nb: 1'],
    ['over several lines', 'a: {{ f\n  .b }}\nc: 1', 'a: @\n\nc: 1'],
    ['over several lines, alone', '{{- f\n  .b -}}\nc: 1', '\n\nc: 1'],
    ['a comment behind a value', 'port: 80 {{/* http */}}', 'port: 80'],
    ['control flow that opens behind a value', 'a: 1 {{- if .x }}\nb: 2\n{{- end }}', 'a: 1\nb: 2\n'],
    ['control flow within a value', 'a: {{ if .x }}b{{ else }}c{{ end }}', 'a: @b@c@'],
    ['alone before a comment', 'a:\n  {{ if .x }} # why\n  b: 1\n  {{ end }}', 'a:\n              # why\n  b: 1\n'],
    ['a key', '  {{ $k }}: {{ $v | quote }}', '  @: @'],
    ['a block that nindent begins', 'a:{{ toYaml .b | nindent 2 }}', 'a: @'],
    ['a port behind a colon', 'a: b:{{ .c }}', 'a: b:@'],
    ['a named template', 'a: 1\n{{ define "x" }}\nb: {{ .c }}\n{{ end }}\nd: 2', 'a: 1\n\n\n\nd: 2'],
    ['CRLF', '{{ if .x }}\r\na: 1\r\n{{ end }}\r\n', '\r\na: 1\r\n\r\n'],
    ['text that begins with an action', 'a: |\n    {{ if .x }}\n  b\n', 'a: |\n  @\n  b\n'],
    ['text of an action alone', 'a: |\n{{ .x | indent 4 }}\nb: 1', 'a: |\n @\nb: 1'],
    ['no action', 'a: }} {\n', 'a: }} {\n'],
  ])('%s', (_, text, expected) => {
    expect(masked(text)).toBe(expected);
  });
});

describe('what is read of a template', () => {
  test('a placeholder is opaque, with its text', () => {
    expect(read('a: {{ .x }}\nb: "{{ .y }}Mi"\nc: \'{{ .z }}\'\nd: [1, {{ .w }}]\ne: 8')).toEqual({
      a: '?{{ .x }}?',
      b: '?{{ .y }}Mi?',
      c: '?{{ .z }}?',
      d: [1, '?{{ .w }}?'],
      e: 8,
    });
  });

  test.each([
    [
      'keys are added to the mapping at their column',
      lines('m:', '  labels:', '    a: b', '    {{- include "l" . | nindent 4 }}', '  name: x'),
      { m: { labels: { a: 'b', '…': '?' }, name: 'x' } },
    ],
    [
      'before the first key too',
      lines('m:', '  labels:', '    {{- include "l" . | nindent 4 }}', '    a: b', '  name: x'),
      { m: { labels: { a: 'b', '…': '?' }, name: 'x' } },
    ],
    ['to an outer one', lines('m:', '  labels:', '    a: b', '{{ include "l" . | indent 2 }}'), { m: { labels: { a: 'b' }, '…': '?' } }],
    [
      'a value that is nothing else',
      lines('m:', '  labels:', '    {{- toYaml .l | nindent 4 }}', '  name: x'),
      { m: { labels: '?{{- toYaml .l | nindent 4 }}?', name: 'x' } },
    ],
    [
      'items are added to a list',
      lines('m:', '  ports:', '    - a', '    {{- toYaml .l | nindent 4 }}', '  name: x'),
      { m: { ports: ['a', '?{{- toYaml .l | nindent 4 }}?'], name: 'x' } },
    ],
    [
      'at the column of both the list and its key it may be either',
      lines('m:', '  ports:', '  - a', '  {{- toYaml .l | nindent 2 }}', '  name: x'),
      { m: { ports: ['a', '?{{- toYaml .l | nindent 2 }}?'], name: 'x', '…': '?' } },
    ],
    [
      'keys are added behind the colon, above keys that are written',
      lines('m:', '  labels: {{- include "l" . | nindent 4 }}', '    a: b', '  ports:', '    - c'),
      { m: { labels: { a: 'b', '…': '?' }, ports: ['c'] } },
    ],
    [
      'control flow may stand between them',
      lines('m:', '  labels: {{- include "l" . | nindent 4 }} # all', '', '    {{- if .x }}', '    a: b', '    {{- end }}', '    c: d'),
      { m: { labels: { a: '?b?', c: 'd', '…': '?' } } },
    ],
    [
      'items are added behind the colon; at the column of the key they may be keys',
      lines('l:', '  - ports: {{- toYaml .l | nindent 4 }}', '    - a', '    name: b'),
      { l: [{ ports: ['a', '?{{- toYaml .l | nindent 4 }}?'], name: 'b', '…': '?' }] },
    ],
    [
      'behind the colon and alone',
      lines('m:', '  labels: {{- include "l" . | nindent 4 }}', '  name: x'),
      { m: { labels: '?{{- include "l" . | nindent 4 }}?', name: 'x' } },
    ],
    ['keys are added to an item', lines('l:', '  - a: 1', '    {{- toYaml .x | nindent 4 }}', '  - b: 2'), { l: [{ a: 1, '…': '?' }, { b: 2 }] }],
    ['a key that is a placeholder', lines('m:', '  {{ .k }}: 1', '  b: 2'), { m: { '{{ .k }}': 1, b: 2, '…': '?' } }],
    ['under a condition a key is opaque', lines('m:', '  {{- if .x }}', '  a: 1', '  {{- end }}', '  b: 2'), { m: { a: '?1?', b: 2 } }],
    ['and so is an item', lines('l:', '  {{- range .x }}', '  - a: {{ .y }}', '    b: 2', '  {{- end }}', '  - 3'), { l: ['?{{ … }}?', 3] }],
    ['a key in two branches', lines('m:', '  {{- if .x }}', '  a: 1', '  {{- else }}', '  a: 2', '  {{- end }}', '  b: 2'), { m: { a: '?2?', b: 2 } }],
    ['a condition around all changes nothing in it', lines('{{- if .x }}', 'a: 1', 'b:', '  c: 2', '{{- end }}'), { a: 1, b: { c: 2 } }],
    [
      'of two versions the first',
      lines('{{- if .x }}', 'apiVersion: v1', '{{- else }}', 'apiVersion: v1beta1', '{{- end }}', 'kind: X'),
      { apiVersion: 'v1', kind: 'X' },
    ],
    ['text with actions', lines('a: |', '  {{- if .x }}', '  b', '  {{- end }}', '  c', 'd: |', '  e'), { a: '?{{- if .x }}\nb\n{{- end }}\nc?', d: 'e\n' }],
    [
      'text that an action writes',
      lines('a: |', '{{ .Files.Get "x" | indent 2 }}', 'b: |-', '  c', '  {{- .y | nindent 2 }}', 'd: 1'),
      { a: '?{{ .Files.Get "x" | indent 2 }}?', b: '?c\n{{- .y | nindent 2 }}?', d: 1 },
    ],
    [
      'an item whose key depends on a condition',
      lines('env:', '{{- if .x }}', '- name: A', '{{- else }}', '- name: B', '{{- end }}', '  value: c', '- name: D'),
      { env: ['?{{ … }}?', '?{{ … }}?', { name: 'D' }] },
    ],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test('what cannot be read may hold more everywhere, and is nobody’s mistake', () => {
    const { documents } = parseTemplate('a:\n  b: [1\n  {{ .x }}: ]: ]\nc: {{ .y }}\n---\nd: 1\n');
    expect(documents.map(({ ok, problems }) => [ok, problems])).toEqual([
      [false, []],
      [true, []],
    ]);
    expect(missingKey((documents[0] && toPlain(documents[0])) as object)).toBeDefined();
    expect(missingKey((documents[1] && toPlain(documents[1])) as object)).toBeUndefined();
  });

  test('a document under a condition', () => {
    const { documents } = parseTemplate('{{ if .x }}\na: 1\n---\nb: 1\n{{ end }}\n---\nc: 1\n{{ if .y }}\nd: 1\n{{ end }}\n');
    expect(documents.map(({ conditional }) => conditional)).toEqual([true, true, false]);
  });

  test('places are those of the template', () => {
    const text = '{{- if .x }}\nkind: {{ .k }}\nspec:\n  {{- include "y" . | nindent 2 }}\n  ports:\n    - port: 80\n{{- end }}\n';
    const [document] = parseTemplate(text).documents;
    const at = (path: readonly (string | number)[]): string => {
      const range = document && locateNearest(document, path, 'value');
      return text.slice(range?.start, range?.end);
    };
    expect(at(['kind'])).toBe('{{ .k }}');
    expect(at(['spec', 'ports', 0, 'port'])).toBe('80');
  });

  test('without an action a template is YAML, mistakes included', () => {
    expect(parseTemplate('a: 1\na: 2\n')).toEqual(parseYaml('a: 1\na: 2\n'));
  });

  test('documents that an edit does not touch keep their trees', () => {
    const text = '{{ if .x }}\na: 1\n---\nb: {{ .y }}\n{{ end }}\n---\nc: {{ .z }}\n';
    const before = parseTemplate(text);
    const edited = text.replace('a: 1', 'a: 1\naa: 2');
    const after = parseTemplate(edited, before);
    expect(after.documents.map(({ tree }, index) => tree === before.documents[index]?.tree)).toEqual([false, true, true]);
    expect(after.documents.map(({ start, text: own }) => [edited.indexOf(own), start])).toEqual(after.documents.map(({ start }) => [start, start]));
    const open = parseTemplate(text.replace('{{ if .x }}', '           '), before);
    expect(open.documents.map(({ conditional }) => conditional)).toEqual([false, false, false]);
  });
});

const part = fc.constantFrom(
  ...['{{', '}}', '{{-', '-}}', '{{ if .a }}', '{{ else }}', '{{- end }}', '{{ range .b }}', '{{ define "x" }}', '{{/*', '*/}}', '"', "'", '`', '\n', '\r\n'],
  ...['  ', 'a: ', '- ', 'b', '|\n', '#', '---\n', '{{ .x | nindent 4 }}', '[', ']', '{', '}', ':', '\t', '\ud83d\ude00', '\ufdd0', '&a ', '*a', '<<: '],
);
const anyTemplate = fc.oneof(
  fc.array(part, { maxLength: 60 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);

describe('any text', () => {
  test('keeps its length and its line breaks, and what is no action', () => {
    fc.assert(
      fc.property(anyTemplate, (text) => {
        const { text: after, actions, regions } = maskTemplate(text);
        expect(after.length).toBe(text.length);
        expect([...after.matchAll(/\r|\n/g)].map(({ 0: unit, index }) => [unit, index])).toEqual(
          [...text.matchAll(/\r|\n/g)].map(({ 0: unit, index }) => [unit, index]),
        );
        expect(after).not.toContain('{{');
        expect(actions.every(({ start, end }, index) => start < end && start >= (actions[index - 1]?.end ?? 0))).toBe(true);
        expect(regions.every(({ start, end, parent }) => start <= end && parent < regions.length)).toBe(true);
      }),
      { numRuns: 1000, seed: 11 },
    );
  });

  test('without `{{` stays as it is', () => {
    fc.assert(
      fc.property(anyTemplate, (text) => {
        const plain = text.replaceAll('{{', '{ {').replaceAll('{{', '');
        expect(maskTemplate(plain).text).toBe(plain);
      }),
      { numRuns: 500, seed: 12 },
    );
  });

  test('is read without an exception, the same with and without what was read before', () => {
    fc.assert(
      fc.property(anyTemplate, anyTemplate, (one, other) => {
        const before = parseTemplate(`kind: x\n---\n${one}`);
        const text = `kind: x\n---\n${other}`;
        const strip = (file: ReturnType<typeof parseTemplate>): unknown =>
          file.documents.map(({ start, end, ok, conditional, root }) => ({ start, end, ok, conditional, root }));
        expect(strip(parseTemplate(text, before))).toEqual(strip(parseTemplate(text)));
      }),
      { numRuns: 600, seed: 13 },
    );
  });

  test('takes time by its length', () => {
    for (const piece of [
      '{{ `',
      '{{ "',
      '{{ if .x }}\n',
      '{{ end }}\n',
      'a: {{ .x }}\n---\n',
      '{{ define "x" }}',
      '{{- /* ',
      'a: |\n\n',
      '{{ block "x" . }}{{ if .x }}{{ end }}',
      '  {{- toYaml .x | nindent 2 }}\n  a: b\n',
    ]) {
      const text = piece.repeat(Math.ceil(200_000 / piece.length));
      const began = performance.now();
      parseTemplate(text);
      expect([piece, performance.now() - began < 5000]).toEqual([piece, true]);
    }
  }, 60_000);
});

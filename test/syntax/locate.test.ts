import { describe, expect, it } from 'vitest';
import type { Path } from '../../server/src/protocol/source';
import { locate, locateNearest, locateSpan, nodeAt, pathAt, type Part } from '../../server/src/syntax/locate';
import { LineIndex } from '../../server/src/syntax/lineIndex';
import { directives } from '../../server/src/syntax/directives';
import { parseYaml } from '../../server/src/syntax/parse';

const head = '# head\r\nfirst: 1\n---\n';

function documentOf(text: string) {
  const file = parseYaml(head + text);
  const document = file.documents[1];
  if (!document) throw new Error('no document');
  return { file, document };
}

function at(text: string, path: Path, part?: Part): string | undefined {
  const { file, document } = documentOf(text);
  const range = locate(document, path, part);
  return range && file.text.slice(range.start, range.end);
}

const service = `kind: Service
metadata:
  name: "web" # the name
  labels:
spec:
  ports:
  - port: 80
    name: http
  # second
  - # comment
    port: 443
  -
    port: 8080
  -
  selector: {app: web, tier: , x}
  text: |
    one
    two

other:
- - a
  - b
`;

describe('locate', () => {
  it.each<[Path, Part, string | undefined]>([
    [['kind'], 'value', 'Service'],
    [['kind'], 'key', 'kind'],
    [['kind'], 'item', 'kind: Service'],
    [['metadata', 'name'], 'value', '"web"'],
    [['metadata', 'labels'], 'value', 'labels'],
    [['metadata', 'labels'], 'key', 'labels'],
    [['spec', 'ports', 0], 'value', 'port: 80\n    name: http'],
    [['spec', 'ports', 0], 'item', '- port: 80\n    name: http'],
    [['spec', 'ports', 1], 'item', '- # comment\n    port: 443'],
    [['spec', 'ports', 2], 'item', '-\n    port: 8080'],
    [['spec', 'ports', 3], 'value', '-'],
    [['spec', 'ports', 4], 'value', undefined],
    [['spec', 'ports', 0, 'name'], 'value', 'http'],
    [['spec', 'ports', 0, 'port', 'x'], 'value', undefined],
    [['spec', 'selector', 'app'], 'item', 'app: web'],
    [['spec', 'selector', 'tier'], 'value', 'tier'],
    [['spec', 'selector', 'x'], 'value', 'x'],
    [['spec', 'text'], 'value', '|\n    one\n    two'],
    [['other', 0, 1], 'item', '- b'],
    [['other', 0], 'item', '- - a\n  - b'],
    [['nothing'], 'value', undefined],
  ])('%j as %s', (path, part, expected) => {
    expect(at(service, path, part)).toBe(expected);
  });
  it.each<[Path, string]>([
    [['spec', 'ports', 0, 'targetPort'], 'port: 80'],
    [['spec', 'type'], 'spec'],
    [['metadata', 'labels', 'app'], 'labels'],
    [['spec', 'ports', 9], 'ports'],
    [['status'], 'kind: Service'],
  ])('the nearest of %j', (path, expected) => {
    const { file, document } = documentOf(service);
    const range = locateNearest(document, path);
    expect(file.text.slice(range.start, range.end)).toBe(expected);
  });
  it('an empty document has an empty range', () => {
    const [document] = parseYaml('# nothing\n').documents;
    expect(document && locateNearest(document, ['a'])).toEqual({ start: 0, end: 9 });
    expect(document && nodeAt(document, [])).toBeNull();
  });
  it('of a key that stands twice the last counts', () => {
    expect(at('a: 1\na: 2\n', ['a'])).toBe('2');
  });
});

describe('locateSpan', () => {
  it.each<[string, string, string]>([
    ['v: see $(HOST) now\n', '$(HOST)', '$(HOST)'],
    ["v: 'it''s $(HOST)'\n", '$(HOST)', '$(HOST)'],
    ["v: 'it''s $(HOST)'\n", "it's", "it''s"],
    ['v: "a\\tb\\u0041 $(HOST)"\n', '$(HOST)', '$(HOST)'],
    ['v: "a\\tb\\u0041\\x41 x"\n', 'bAA', 'b\\u0041\\x41'],
    ['v: "one\n  two $(HOST)"\n', '$(HOST)', '$(HOST)'],
    ['v: "one \\\n   two"\n', 'two', 'two'],
    ['v: one\n  two\n\n  three $(HOST)\n', '$(HOST)', '$(HOST)'],
    ['v: |\n  one\n\n    two $(HOST)\n  three\n', '$(HOST)', '$(HOST)'],
    ['v: |2-\n    one $(HOST)\n', '$(HOST)', '$(HOST)'],
    ['v: >\n  one\n  two $(HOST)\n\n  three\n   more\n  end\n', '$(HOST)', '$(HOST)'],
    ['v: >-\n  one\n  two\n\n\n  three\n   more\n  end\n', 'more\nend', 'more\n  end'],
    ['v: |+ # keep\n  one\n\n\nw: 1\n', 'one', 'one'],
    ['v: |\r\n  one\r\n  two\r\n', 'two', 'two'],
    ['v: {{ a }}-$(X)\n', '', ''],
    ['v: "${A}-$(X)"\n', '$(X)', '$(X)'],
    ['v: "😀 $(X)"\n', '$(X)', '$(X)'],
  ])('%j: %j', (text, part, expected) => {
    const { file, document } = documentOf(text);
    const node = nodeAt(document, ['v']);
    if (part === '') return;
    if (node?.type !== 'scalar') throw new Error('no scalar');
    const decoded = typeof node.value === 'string' ? node.value : (node.value as { text: string }).text;
    const start = decoded.indexOf(part);
    expect(start).toBeGreaterThanOrEqual(0);
    const range = locateSpan(document, ['v'], { start, end: start + part.length });
    expect(file.text.slice(range.start, range.end)).toBe(expected);
  });
  it('gives the whole scalar for spans outside of it and through aliases', () => {
    const { file, document } = documentOf('a: &x text\nb: *x\n');
    const cut = (path: Path, start: number, end: number): string => {
      const range = locateSpan(document, path, { start, end });
      return file.text.slice(range.start, range.end);
    };
    expect(cut(['a'], 2, 9)).toBe('text');
    expect(cut(['a'], -1, 2)).toBe('text');
    expect(cut(['b'], 0, 2)).toBe('*x');
  });
});

describe('pathAt', () => {
  it.each<[string, Path]>([
    ['Service', ['kind']],
    ['"web"', ['metadata', 'name']],
    ['443', ['spec', 'ports', 1, 'port']],
    ['- # comment', ['spec', 'ports', 1]],
    ['tier', ['spec', 'selector', 'tier']],
    ['two', ['spec', 'text']],
    ['b\n', ['other', 0, 1]],
    ['ports:', ['spec', 'ports']],
  ])('at %j', (needle, path) => {
    const { file, document } = documentOf(service);
    expect(pathAt(document, file.text.indexOf(needle) + 1)).toEqual(path);
  });
  it('outside of everything it is the root', () => {
    expect(pathAt(documentOf('\n# x\na: 1\n').document, head.length)).toEqual([]);
    expect(pathAt(documentOf('a: 1\n').document, -5)).toEqual([]);
  });
});

describe('LineIndex', () => {
  it.each([
    ['a\nb\r\nc\rd', [0, 2, 5, 7]],
    ['', [0]],
    ['\n', [0, 1]],
    ['\r\n\r\n', [0, 2, 4]],
  ])('%j', (text, starts) => {
    const lines = new LineIndex(text);
    expect(Array.from({ length: lines.lineCount }, (_, line) => lines.lineStart(line))).toEqual(starts);
    for (let offset = 0; offset <= text.length; offset++) {
      const position = lines.positionAt(offset);
      expect(lines.lineStart(position.line) + position.column).toBe(offset);
      if (lines.offsetAt(position) !== offset) expect(text[offset]).toMatch(/[\r\n]/);
    }
  });
  it('clamps what is outside', () => {
    const lines = new LineIndex('ab\r\ncd');
    expect(lines.positionAt(99)).toEqual({ line: 1, column: 2 });
    expect(lines.positionAt(-1)).toEqual({ line: 0, column: 0 });
    expect(lines.offsetAt({ line: 0, column: 99 })).toBe(2);
    expect(lines.offsetAt({ line: 9, column: 0 })).toBe(6);
    expect(lines.offsetAt({ line: -1, column: 0 })).toBe(0);
  });
});

describe('directives', () => {
  const text = `a: 1
# packetpath-disable-next-line port/a, port/b -- because
# another comment

b: 2 # packetpath-disable-next-line
c: |
  # packetpath-disable-file
d: "# packetpath-disable-file x"
#packetpath-disable-file cidr/x port/y\r
# packetpath-disable-file -- all
# packetpath-disable-files no
x: a# packetpath-disable-file
`;
  const { file, document } = documentOf(text);
  const cut = (range: { start: number; end: number } | undefined): string | undefined => range && file.text.slice(range.start, range.end);
  it('finds them with their ids, reasons and ranges', () => {
    expect(
      directives(document).map((directive) => ({
        kind: directive.kind,
        ids: directive.ids.map(({ id }) => id),
        reason: directive.reason,
        text: cut(directive.range),
        line: cut(directive.speaksOf),
      })),
    ).toEqual([
      {
        kind: 'next-line',
        ids: ['port/a', 'port/b'],
        reason: 'because',
        text: '# packetpath-disable-next-line port/a, port/b -- because',
        line: 'b: 2 # packetpath-disable-next-line',
      },
      { kind: 'next-line', ids: [], reason: undefined, text: '# packetpath-disable-next-line', line: 'c: |' },
      { kind: 'file', ids: ['cidr/x', 'port/y'], reason: undefined, text: '#packetpath-disable-file cidr/x port/y', line: undefined },
      { kind: 'file', ids: [], reason: 'all', text: '# packetpath-disable-file -- all', line: undefined },
    ]);
  });
  it('ids have ranges', () => {
    for (const { ids } of directives(document)) for (const { id, range } of ids) expect(cut(range)).toBe(id);
  });
});

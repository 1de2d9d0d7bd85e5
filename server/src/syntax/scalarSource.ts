/** Which characters of the text a decoded scalar came from. */
import type { TextRange } from '../base/problem';
import { Opaque } from '../base/opaque';
import type { YamlScalar } from './tree';

/** A decoded scalar: unit `i` of `text` came from `starts[i]` to `ends[i]` of the source. */
export class Decoded {
  text = '';
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  add(unit: string, start: number, end: number): void {
    this.text += unit;
    while (this.starts.length < this.text.length) {
      this.starts.push(start);
      this.ends.push(end);
    }
  }
}

/**
 * The source of a part of a scalar, through quotes, escapes, indentation and folding. `span` counts UTF-16 units of
 * the decoded text; the answer counts from the start of `text`. Undefined when the two cannot be brought together.
 */
export function sourceOfSpan(text: string, scalar: YamlScalar, span: { readonly start: number; readonly end: number }): TextRange | undefined {
  if (span.start < 0 || span.end < span.start) return undefined;
  const decoded = decodeScalar(text, scalar);
  if (!decoded || span.end > decoded.text.length) return undefined;
  if (span.start === span.end) {
    const at = decoded.starts[span.start] ?? decoded.ends[span.start - 1];
    return at === undefined ? undefined : { start: at, end: at };
  }
  const start = decoded.starts[span.start];
  const end = decoded.ends[span.end - 1];
  return start === undefined || end === undefined || end < start ? undefined : { start, end };
}

/** The decoded text of a scalar whatever its type, and undefined where this reader and the parser differ. */
export function decodeScalar(text: string, scalar: YamlScalar): Decoded | undefined {
  const source = text.slice(scalar.start, scalar.end);
  const expected = typeof scalar.value === 'string' ? scalar.value : scalar.value instanceof Opaque ? scalar.value.text : undefined;
  for (const decoded of readings(source, scalar, text)) {
    if (expected === undefined || decoded.text === expected) return decoded;
  }
  return undefined;
}

/** The decoded text of a plain or quoted scalar, from its source with the quotes. */
export function decodeFlow(source: string, style: 'plain' | 'single' | 'double'): string {
  const quotes = style === 'plain' ? 0 : 1;
  return readFlow(source, 0, quotes, source.length - quotes, style).text;
}

function* readings(source: string, scalar: YamlScalar, text: string): Generator<Decoded> {
  switch (scalar.style) {
    case 'plain':
      yield readFlow(source, scalar.start, 0, source.length, 'plain');
      return;
    case 'single':
    case 'double':
      yield readFlow(source, scalar.start, 1, source.length - 1, scalar.style);
      return;
    case 'literal':
    case 'folded':
      yield* readBlock(text, scalar);
  }
}

function readFlow(source: string, offset: number, from: number, to: number, style: 'plain' | 'single' | 'double'): Decoded {
  const decoded = new Decoded();
  let at = from;
  while (at < to) {
    const code = source.charCodeAt(at);
    if (style === 'double' && code === 92) at = readEscape(source, offset, at, decoded);
    else if (style === 'single' && code === 39) {
      decoded.add("'", offset + at, offset + at + 2);
      at += 2;
    } else if (code === 32 || code === 9 || code === 10 || code === 13) at = readSpace(source, offset, at, to, decoded);
    else {
      decoded.add(source[at] ?? '', offset + at, offset + at + 1);
      at++;
    }
  }
  return decoded;
}

/** White space as it is, or folded when it holds line breaks: one break is a space, each further one a break. */
function readSpace(source: string, offset: number, from: number, to: number, decoded: Decoded): number {
  let at = from;
  let breaks = 0;
  while (at < to && ' \t\r\n'.includes(source[at] ?? '-')) {
    if (source[at] === '\n') breaks++;
    at++;
  }
  if (breaks === 0) for (let index = from; index < at; index++) decoded.add(source[index] ?? '', offset + index, offset + index + 1);
  else decoded.add(breaks === 1 ? ' ' : '\n'.repeat(breaks - 1), offset + from, offset + at);
  return at;
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};
const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function readEscape(source: string, offset: number, at: number, decoded: Decoded): number {
  const next = source[at + 1] ?? '';
  if (next === '\n' || next === '\r') {
    let end = at + 1;
    while (' \t\r\n'.includes(source[end] ?? '-')) end++;
    const breaks = source.slice(at, end).split('\n').length - 2;
    if (breaks > 0) decoded.add('\n'.repeat(breaks), offset + at, offset + end);
    return end;
  }
  const digits = Object.hasOwn(hexLengths, next) ? (hexLengths[next] ?? 0) : 0;
  const end = at + 2 + digits;
  if (digits === 0) decoded.add(Object.hasOwn(escapes, next) ? (escapes[next] ?? '') : next, offset + at, offset + end);
  else {
    const code = Number.parseInt(source.slice(at + 2, end), 16);
    decoded.add(code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '', offset + at, offset + end);
  }
  return end;
}

interface Line {
  readonly start: number;
  /** Before the line break. */
  readonly end: number;
  readonly indent: number;
}

/** Tries the indentations that the header allows; the caller takes the one that gives the known value. */
function* readBlock(text: string, scalar: YamlScalar): Generator<Decoded> {
  const headerEnd = text.indexOf('\n', scalar.start);
  if (headerEnd < 0) return;
  const header = text.slice(scalar.start, headerEnd).replace(/[ \t]#.*$/, '');
  // Trailing blank lines, which `+` keeps, lie behind the node's end and need no place of their own.
  const lines = blockLines(text, headerEnd + 1, scalar.end);
  const first = lines.find((line) => line.indent < line.end - line.start);
  const indents = /\d/.test(header) ? Array.from({ length: (first?.indent ?? 0) + 1 }, (_, column) => column) : [first?.indent ?? 0];
  for (const indent of indents) {
    const decoded = scalar.style === 'literal' ? readLiteral(text, lines, indent) : readFolded(text, lines, indent);
    const wanted = typeof scalar.value === 'string' ? scalar.value : scalar.value instanceof Opaque ? scalar.value.text : '';
    for (let at = decoded.text.length; at < wanted.length && wanted[at] === '\n'; at++) decoded.add('\n', scalar.end, scalar.end);
    yield decoded;
  }
}

function blockLines(text: string, from: number, to: number): Line[] {
  const lines: Line[] = [];
  let start = from;
  while (start < to) {
    const newline = text.indexOf('\n', start);
    const stop = newline < 0 || newline > to ? to : newline;
    const end = stop > start && text.charCodeAt(stop - 1) === 13 ? stop - 1 : stop;
    let indent = 0;
    while (start + indent < end && text.charCodeAt(start + indent) === 32) indent++;
    lines.push({ start, end, indent });
    start = stop + 1;
  }
  return lines;
}

function addLine(decoded: Decoded, text: string, line: Line, indent: number): void {
  for (let at = line.start + Math.min(indent, line.end - line.start); at < line.end; at++) decoded.add(text[at] ?? '', at, at + 1);
}

function readLiteral(text: string, lines: readonly Line[], indent: number): Decoded {
  const decoded = new Decoded();
  lines.forEach((line, index) => {
    if (index > 0) decoded.add('\n', lines[index - 1]?.end ?? 0, line.start);
    addLine(decoded, text, line, indent);
  });
  return decoded;
}

/** Lines of the block's own indentation are joined; blank lines and lines that are indented more keep their breaks. */
function readFolded(text: string, lines: readonly Line[], indent: number): Decoded {
  const decoded = new Decoded();
  const blank = (line: Line): boolean => line.end - line.start <= indent;
  const more = (line: Line): boolean => !blank(line) && ' \t'.includes(text[line.start + indent] ?? '-');
  let before: Line | undefined;
  let breaks = 0;
  for (const line of lines) {
    if (blank(line)) {
      breaks++;
      continue;
    }
    const from = before?.end ?? line.start;
    if (!before) decoded.add('\n'.repeat(breaks), from, line.start);
    else if (more(before) || more(line)) decoded.add('\n'.repeat(breaks + 1), from, line.start);
    else decoded.add(breaks === 0 ? ' ' : '\n'.repeat(breaks), from, line.start);
    addLine(decoded, text, line, indent);
    before = line;
    breaks = 0;
  }
  return decoded;
}

/** Lines and entries around a node, for edits: columns, comments that go with an entry, what lies between siblings. */
import { dashBefore } from './locate';
import type { YamlMapping, YamlNode, YamlPair, YamlSequence } from './tree';

/** Offset of the first character of the line. */
export function lineStartAt(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset behind the last character of the line, before `\r\n` or `\n`. */
export function lineEndAt(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  const end = newline < 0 ? text.length : newline;
  return end > offset && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
}

/** Offset of the first character of the next line, or the end of the text. */
export function nextLineAt(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline + 1;
}

export function columnAt(text: string, offset: number): number {
  return offset - lineStartAt(text, offset);
}

/** True when only white space stands before the offset on its line. */
export function isFirstOnLine(text: string, offset: number): boolean {
  return text.slice(lineStartAt(text, offset), offset).trim() === '';
}

/** The entries of a block collection that stand in it themselves: ranges from key or `-` to the end of the value. */
export function ownEntries(node: YamlMapping | YamlSequence, text: string): { readonly start: number; readonly end: number }[] {
  if (node.type === 'sequence')
    return node.items.map((item) => ({ start: node.flow || !item ? (item?.start ?? 0) : dashBefore(text, item.start), end: item?.end ?? 0 }));
  return node.pairs.filter((pair) => !pair.key.alias).map((pair) => ({ start: pair.key.start, end: pairEnd(pair, text) }));
}

export function pairEnd(pair: YamlPair, text: string): number {
  if (pair.value) return pair.value.end;
  return colonBehind(text, pair.key.end) ?? pair.key.end;
}

/** The offset behind the `:` of a key that ends at `end`, when nothing else stands between. */
export function colonBehind(text: string, end: number): number | undefined {
  let at = end;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
  return text.charCodeAt(at) === 58 ? at + 1 : undefined;
}

/** The start of the lines of an entry that is first on its line, with the comments right above it. */
export function withCommentsAbove(text: string, entryStart: number, floor: number): number {
  const column = columnAt(text, entryStart);
  let start = lineStartAt(text, entryStart);
  while (start > floor) {
    const above = lineStartAt(text, start - 1);
    const line = text.slice(above, start);
    if (above < floor || line.search(/\S/) !== column || line.charCodeAt(column) !== 35) break;
    start = above;
  }
  return start;
}

/** The end of an entry's text on its last line: a block scalar that keeps its blank lines owns them. */
export function blockEnd(text: string, node: YamlNode | null, end: number): number {
  let last = node;
  while (last && last.type !== 'scalar') {
    if (last.alias || last.flow) return end;
    last = last.type === 'sequence' ? (last.items[last.items.length - 1] ?? null) : (last.pairs.filter((pair) => !pair.key.alias).at(-1)?.value ?? null);
  }
  if (!last || last.alias || (last.style !== 'literal' && last.style !== 'folded')) return end;
  const header = text.slice(last.start, lineEndAt(text, last.start));
  if (!/^[|>][0-9]?\+/.test(header)) return end;
  let at = end;
  for (let next = nextLineAt(text, at); next < text.length && text.slice(next, lineEndAt(text, next)).trim() === ''; next = nextLineAt(text, next))
    at = lineEndAt(text, next);
  return at;
}

/** One request of change → edits of the text of its document; offsets count from the start of the document. */
import type { Path } from '../protocol/source';
import { blockEnd, colonBehind, columnAt, isFirstOnLine, lineEndAt, lineStartAt, nextLineAt, ownEntries, withCommentsAbove } from './editLines';
import type { PathRequest, TextEdit } from './editRequest';
import { doubleQuoted, isPlainSafe, renderBehindColon, renderBlock, renderEntry, renderFlow, type RenderStyle, singleQuoted } from './render';
import { decodeScalar, sourceOfSpan } from './scalarSource';
import { hasPlaceholder } from './scalars';
import type { YamlDocument, YamlMapping, YamlNode, YamlScalar, YamlSequence } from './tree';
import { entry, follow, type Place } from './walk';

type Edits = readonly TextEdit[] | null;

/** Null when the change would touch what stands elsewhere (behind an alias or merge key) or the path leads nowhere. */
export function editDocument(document: YamlDocument, request: Exclude<PathRequest, { kind: 'remove' }>, style: RenderStyle): Edits {
  const place = follow(document, request.path);
  if (place.steps !== request.path.length || place.through || place.pair?.key.alias) return null;
  const editor = new Editor(document.text, style);
  switch (request.kind) {
    case 'replace':
      return request.span ? editor.replaceSpan(place, request.span, request.value) : editor.replace(place, request.value);
    case 'insert':
      return editor.insert(place, request.key, request.value);
    case 'move':
      return editor.move(place, request.path, request.to);
    case 'renameKey':
      return editor.renameKey(place, request.key);
    case 'quote':
      return editor.quote(place);
    case 'wrap':
      return editor.wrap(place, request.key);
    case 'unwrap':
      return editor.unwrap(place, request.key);
  }
}

/** Takes the entries with these numbers out of a collection; they are not all of its entries. */
export function removeEntries(text: string, node: YamlMapping | YamlSequence, removed: ReadonlySet<number>, isRoot: boolean): Edits {
  const entries = ownEntries(node, text);
  const edits: TextEdit[] = [];
  for (let first = 0; first < entries.length; first++) {
    if (!removed.has(first)) continue;
    let last = first;
    while (removed.has(last + 1)) last++;
    const edit = removeRun(text, node, entries, first, last, isRoot);
    if (!edit) return null;
    edits.push(edit);
    first = last;
  }
  return edits;
}

function removeRun(
  text: string,
  node: YamlMapping | YamlSequence,
  entries: readonly { start: number; end: number }[],
  first: number,
  last: number,
  isRoot: boolean,
): TextEdit | null {
  const from = entries[first];
  const to = entries[last];
  const before = entries[first - 1];
  const after = entries[last + 1];
  if (!from || !to) return null;
  if (node.flow) {
    if (after) return { start: from.start, end: after.start, newText: '' };
    return before ? { start: before.end, end: to.end, newText: '' } : null;
  }
  const lastNode = node.type === 'sequence' ? (node.items[last] ?? null) : (node.pairs.filter((pair) => !pair.key.alias)[last]?.value ?? null);
  const end = blockEnd(text, lastNode, to.end);
  if (!/^[ \t]*(#.*)?$/.test(text.slice(end, lineEndAt(text, end)))) return null;
  if (!isFirstOnLine(text, from.start)) {
    let next = nextLineAt(text, end);
    while (next < text.length && ' \t\r\n'.includes(text[next] ?? '-')) next++;
    return { start: from.start, end: next, newText: '' };
  }
  const floor = before ? nextLineAt(text, before.end) : isRoot ? lineStartAt(text, from.start) : 0;
  const start = withCommentsAbove(text, from.start, floor);
  const stop = nextLineAt(text, end);
  if (stop < text.length || text.endsWith('\n') || start === 0) return { start, end: stop, newText: '' };
  const lineBreak = text.charCodeAt(start - 2) === 13 ? 2 : 1;
  return { start: start - lineBreak, end: stop, newText: '' };
}

/** Replaces a whole collection by `{}` or `[]`. */
export function emptyCollection(document: YamlDocument, path: Path, style: RenderStyle): Edits {
  const place = follow(document, path);
  if (!place.node || place.node.type === 'scalar' || place.through || place.node.alias) return null;
  return new Editor(document.text, style).replace(place, place.node.type === 'sequence' ? [] : {});
}

class Editor {
  constructor(
    private readonly text: string,
    private readonly style: RenderStyle,
  ) {}

  replace(place: Place, value: unknown): Edits {
    const { node, pair } = place;
    if (!node) return this.fillMissing(place, value);
    if (this.text.startsWith('#', node.start) && node.type === 'scalar' && node.style === 'plain') return null;
    if (node.start === node.end) return [{ start: node.start, end: node.end, newText: this.behindDash(place, node, value) }];
    if (node.alias || this.inFlow(place)) return this.put(node, renderFlow(value, this.style, true));
    if (node.type === 'scalar' && isScalarValue(value)) return this.put(node, this.scalarLike(node, value, place), true);
    const colon = pair && colonBehind(this.text, pair.key.end);
    if (node.type === 'scalar' && !isScalarValue(value) && colon !== undefined && pair) {
      return [{ start: colon, end: this.end(node), newText: renderBehindColon(value, columnAt(this.text, pair.key.start), this.style) }];
    }
    const isBlock = node.type !== 'scalar' && !node.flow;
    if (isBlock && (isScalarValue(value) || isEmpty(value)) && colon !== undefined) {
      return [{ start: colon, end: this.end(node), newText: ` ${renderFlow(value, this.style)}` }];
    }
    if (node.type !== 'scalar' && node.flow && !isScalarValue(value)) return this.put(node, renderFlow(value, this.style, true));
    return this.put(node, renderBlock(value, columnAt(this.text, node.start), this.style), true);
  }

  private put(node: YamlNode, newText: string, block = false): Edits {
    return [{ start: node.start, end: block ? this.end(node) : node.end, newText }];
  }

  /** Blank lines that a block scalar keeps belong to what is replaced, save the last break. */
  private end(node: YamlNode): number {
    return blockEnd(this.text, node, node.end);
  }

  private behindDash(place: Place, node: YamlNode, value: unknown): string {
    const gap = /[ \t]/.test(this.text[node.start - 1] ?? ' ') ? '' : ' ';
    const column = columnAt(this.text, node.start) + gap.length;
    return gap + (this.inFlow(place) ? renderFlow(value, this.style, true) : renderBlock(value, column, this.style));
  }

  private fillMissing(place: Place, value: unknown): Edits {
    const { pair } = place;
    if (!pair) return null;
    const colon = colonBehind(this.text, pair.key.end);
    if (colon === undefined) return null;
    if (this.inFlow(place)) return [{ start: colon, end: colon, newText: ` ${renderFlow(value, this.style, true)}` }];
    const column = columnAt(this.text, pair.key.start);
    const multiline = !isScalarValue(value) && !isEmpty(value);
    // A comment behind the colon stays on the key's line.
    const at = multiline ? lineEndAt(this.text, colon) : colon;
    if (multiline && !/^[ \t]*(#.*)?$/.test(this.text.slice(colon, at))) return null;
    return [{ start: at, end: at, newText: renderBehindColon(value, column, this.style) }];
  }

  private inFlow(place: Place): boolean {
    return place.parent !== null && place.parent.type !== 'scalar' && place.parent.flow;
  }

  /** A scalar in the quotes of the one that it replaces. */
  private scalarLike(node: YamlScalar, value: unknown, place: Place): string {
    if (typeof value !== 'string') return renderFlow(value, this.style);
    if (node.style === 'double') return doubleQuoted(value);
    if (node.style === 'single') return singleQuoted(value) ?? doubleQuoted(value);
    if (node.style === 'literal' && value.includes('\n')) return this.literal(value, place) ?? doubleQuoted(value);
    return renderFlow(value, this.style);
  }

  private literal(value: string, place: Place): string | null {
    if (/[^\n\t\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe]/.test(value) || /^[ \n]/.test(value) || value.endsWith('\n\n') || !place.pair) return null;
    const lines = (value.endsWith('\n') ? value.slice(0, -1) : value).split('\n');
    const indent = ' '.repeat(columnAt(this.text, place.pair.key.start) + this.style.step);
    return [value.endsWith('\n') ? '|' : '|-', ...lines.map((line) => (line === '' ? '' : indent + line))].join(this.style.eol);
  }

  replaceSpan(place: Place, span: { readonly start: number; readonly end: number }, value: unknown): Edits {
    const { node } = place;
    if (node?.type !== 'scalar' || node.alias || typeof value !== 'string') return null;
    const decoded = decodeScalar(this.text, node);
    if (!decoded || span.start < 0 || span.end > decoded.text.length || span.end < span.start) return null;
    const whole = decoded.text.slice(0, span.start) + value + decoded.text.slice(span.end);
    const range = sourceOfSpan(this.text, node, span);
    const part = range && this.partLike(node, value, whole, this.inFlow(place));
    return range && part !== null && part !== undefined ? [{ ...range, newText: part }] : this.replace(place, whole);
  }

  /** Text to stand inside of a scalar of some style, or null when it cannot. */
  private partLike(node: YamlScalar, part: string, whole: string, inFlow: boolean): string | null {
    if (node.style === 'double') return doubleQuoted(part).slice(1, -1);
    if (node.style === 'single') return singleQuoted(part)?.slice(1, -1) ?? null;
    if (node.style === 'plain') return isPlainSafe(whole, inFlow) || (hasPlaceholder(whole) && /^[A-Za-z0-9_/.$-]*$/.test(part)) ? part : null;
    return /^[\u0021-\u007e\u00a1-\u2027]([\u0020-\u007e\u00a0-\u2027]*[\u0021-\u007e\u00a1-\u2027])?$/.test(part) ? part : null;
  }

  insert(place: Place, key: string | number, value: unknown): Edits {
    const { node } = place;
    if (!node || (node.type === 'scalar' && node.value === null)) return this.replace(place, typeof key === 'number' ? [value] : { [key]: value });
    if (node.type === 'scalar' || node.alias) return null;
    if (node.type === 'sequence') return typeof key === 'number' ? this.insertItem(place, node, key, value) : null;
    if (entry(node, String(key))) return null;
    const entries = ownEntries(node, this.text);
    if (node.flow)
      return entries.length === 0
        ? this.fillEmpty(place, node, { [key]: value })
        : this.insertFlow(node, entries, entries.length, this.flowEntry(node, String(key), value));
    const column = columnAt(this.text, node.start);
    return this.insertLine(blockEnd(this.text, node, node.end), column, renderEntry(String(key), value, column, this.style));
  }

  private flowEntry(node: YamlMapping, key: string, value: unknown): string {
    const json = node.pairs.every((pair) => pair.key.style === 'double');
    return renderFlow({ [key]: value }, { ...this.style, json }, true).slice(1, -1);
  }

  /** `{}` and `[]` become blocks where their parent is one. */
  private fillEmpty(place: Place, node: YamlMapping | YamlSequence, value: unknown): Edits {
    const colon = place.pair && !this.inFlow(place) && !this.style.json ? colonBehind(this.text, place.pair.key.end) : undefined;
    if (colon === undefined || !place.pair || this.text.slice(colon, node.start).trim() !== '') return this.put(node, renderFlow(value, this.style, true));
    const behind = lineEndAt(this.text, node.end);
    const comment = this.text.slice(node.end, behind).trimEnd();
    return [{ start: colon, end: behind, newText: comment + renderBehindColon(value, columnAt(this.text, place.pair.key.start), this.style) }];
  }

  private insertLine(end: number, column: number, rendered: string): Edits {
    const at = lineEndAt(this.text, end);
    if (!/^[ \t]*(#.*)?$/.test(this.text.slice(end, at))) return null;
    return [{ start: at, end: at, newText: this.style.eol + ' '.repeat(column) + rendered }];
  }

  private insertItem(place: Place, node: YamlSequence, index: number, value: unknown): Edits {
    const entries = ownEntries(node, this.text);
    const target = Math.max(0, Math.min(index, entries.length));
    if (entries.length === 0) return this.fillEmpty(place, node, [value]);
    if (node.flow) {
      const json = this.style.json || node.items.every((item) => item?.type === 'scalar' && item.style === 'double');
      return this.insertFlow(node, entries, target, renderFlow(value, { ...this.style, json }, true));
    }
    const column = columnAt(this.text, node.start);
    const rendered = `- ${renderBlock(value, column + 2, this.style)}`;
    const before = entries[target];
    if (!before) return this.insertLine(blockEnd(this.text, node, node.end), column, rendered);
    if (!isFirstOnLine(this.text, before.start)) return [{ start: before.start, end: before.start, newText: rendered + this.style.eol + ' '.repeat(column) }];
    const previous = entries[target - 1];
    const start = withCommentsAbove(this.text, before.start, previous ? nextLineAt(this.text, previous.end) : 0);
    return [{ start, end: start, newText: ' '.repeat(column) + rendered + this.style.eol }];
  }

  /** On a line of its own where the neighbours have one. */
  private insertFlow(node: YamlMapping | YamlSequence, entries: readonly { start: number; end: number }[], target: number, rendered: string): Edits {
    const after = entries[target];
    const before = entries[target - 1];
    const neighbour = after ?? before;
    if (!neighbour) return this.put(node, node.type === 'sequence' ? `[${rendered}]` : `{${rendered}}`);
    const gap = isFirstOnLine(this.text, neighbour.start) ? this.style.eol + ' '.repeat(columnAt(this.text, neighbour.start)) : ' ';
    if (after) return [{ start: after.start, end: after.start, newText: `${rendered},${gap}` }];
    return [{ start: neighbour.end, end: neighbour.end, newText: `,${gap}${rendered}` }];
  }

  move(place: Place, path: Path, to: number): Edits {
    const from = path[path.length - 1];
    const sequence = place.parent;
    if (typeof from !== 'number' || sequence?.type !== 'sequence' || sequence.alias || to < 0 || to >= sequence.items.length) return null;
    if (from === to) return [];
    const entries = ownEntries(sequence, this.text);
    const first = Math.min(from, to);
    const last = Math.max(from, to);
    const chunks = sequence.flow ? entries.slice(first, last + 1) : this.itemLines(sequence, entries, first, last);
    if (!chunks) return null;
    const order = chunks.map((_, index) => index + first);
    order.splice(to - first, 0, ...order.splice(from - first, 1));
    const texts = order.map((index) => this.text.slice(chunks[index - first]?.start ?? 0, chunks[index - first]?.end ?? 0));
    return sequence.flow ? chunks.map((chunk, index) => ({ start: chunk.start, end: chunk.end, newText: texts[index] ?? '' })) : this.joinLines(chunks, texts);
  }

  private itemLines(
    sequence: YamlSequence,
    entries: readonly { start: number; end: number }[],
    first: number,
    last: number,
  ): { start: number; end: number }[] | null {
    const starts: number[] = [];
    for (let index = first; index <= last + 1 && index < entries.length; index++) {
      const item = entries[index];
      if (!item || !isFirstOnLine(this.text, item.start)) return null;
      const previous = entries[index - 1];
      starts.push(withCommentsAbove(this.text, item.start, previous ? nextLineAt(this.text, previous.end) : 0));
    }
    const end = last + 1 < entries.length ? (starts.pop() ?? 0) : nextLineAt(this.text, blockEnd(this.text, sequence, sequence.end));
    return starts.map((start, index) => ({ start, end: starts[index + 1] ?? end }));
  }

  private joinLines(chunks: readonly { start: number; end: number }[], texts: readonly string[]): Edits {
    const start = chunks[0]?.start ?? 0;
    const end = chunks[chunks.length - 1]?.end ?? start;
    const joined = texts.map((chunk) => (chunk.endsWith('\n') ? chunk : chunk + this.style.eol)).join('');
    const newText = this.text.slice(start, end).endsWith('\n') ? joined : joined.slice(0, -this.style.eol.length);
    return [{ start, end, newText }];
  }

  renameKey(place: Place, key: string): Edits {
    const { pair, parent } = place;
    if (!pair || !parent || entry(parent, key)) return null;
    const newText =
      pair.key.style === 'double'
        ? doubleQuoted(key)
        : pair.key.style === 'single'
          ? (singleQuoted(key) ?? doubleQuoted(key))
          : isPlainSafe(key, this.inFlow(place))
            ? key
            : doubleQuoted(key);
    return [{ start: pair.key.start, end: pair.key.end, newText }];
  }

  quote(place: Place): Edits {
    const { node } = place;
    if (!node) return this.fillMissing(place, '');
    if (node.type !== 'scalar' || node.alias || this.text.startsWith('#', node.start)) return null;
    if (node.style !== 'plain') return [];
    const source = this.text.slice(node.start, node.end);
    return this.put(node, doubleQuoted(source.includes('\n') ? (decodeScalar(this.text, node)?.text ?? source) : source));
  }

  wrap(place: Place, key: string): Edits {
    const { node } = place;
    if (node?.type !== 'mapping' || node.alias) return null;
    const name = renderFlow(key, this.style, node.flow);
    if (node.flow) {
      return [
        { start: node.start, end: node.start, newText: `{${name}: ` },
        { start: node.end, end: node.end, newText: '}' },
      ];
    }
    const shift = ' '.repeat(this.style.step);
    const head = `${name}:${this.style.eol}${' '.repeat(columnAt(this.text, node.start))}${shift}`;
    return [{ start: node.start, end: node.start, newText: head }, ...this.laterLines(node, (line) => ({ start: line, end: line, newText: shift }))];
  }

  private laterLines(node: YamlNode, edit: (lineStart: number) => TextEdit | null): TextEdit[] {
    const edits: TextEdit[] = [];
    for (let line = nextLineAt(this.text, node.start); line < node.end; line = nextLineAt(this.text, line)) {
      if (this.text.slice(line, lineEndAt(this.text, line)).trim() === '') continue;
      const one = edit(line);
      if (one) edits.push(one);
    }
    return edits;
  }

  unwrap(place: Place, key: string): Edits {
    const { node } = place;
    if (node?.type !== 'mapping' || node.alias || node.pairs.length !== 1) return null;
    const pair = entry(node, key);
    const inner = pair?.value;
    if (!pair || !inner || pair.key.alias) return null;
    if (node.flow) {
      return [
        { start: node.start, end: inner.start, newText: '' },
        { start: inner.end, end: node.end, newText: '' },
      ];
    }
    const colon = place.pair && colonBehind(this.text, place.pair.key.end);
    if (inner.type === 'scalar' || inner.flow || inner.alias) {
      const source = this.text.slice(inner.start, inner.end);
      return [{ start: colon ?? node.start, end: inner.end, newText: colon === undefined ? source : ` ${source}` }];
    }
    const dedent = columnAt(this.text, inner.start) - columnAt(this.text, node.start);
    const head = colonBehind(this.text, pair.key.end);
    if (head === undefined || dedent < 0) return null;
    let firstText = head;
    while (' \t\r\n'.includes(this.text[firstText] ?? '-')) firstText++;
    const shift = (line: number): TextEdit | null => {
      if (line <= firstText) return null;
      const indent = this.text.slice(line, lineEndAt(this.text, line)).search(/[^ ]/);
      return { start: line, end: line + Math.min(dedent, indent), newText: '' };
    };
    return [{ start: node.start, end: firstText, newText: '' }, ...this.laterLines(node, shift)];
  }
}

function isScalarValue(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** From paths to places in the text of the file, and back. */
import type { TextRange } from '../base/problem';
import type { Path, PathSegment } from '../protocol/source';
import { keyText } from './scalars';
import { sourceOfSpan } from './scalarSource';
import type { YamlDocument, YamlNode } from './tree';
import { follow, type Place } from './walk';

export { nodeAt } from './walk';

export type Part = 'value' | 'key' | 'item';

/**
 * The range of the value at a path, of its key, or of the whole entry or list item, in UTF-16 offsets of the file; undefined when
 * the path leads nowhere. A missing value and the key of a list item stand for each other. What comes through an
 * alias or a merge key is at the place of its use.
 */
export function locate(document: YamlDocument, path: Path, part: Part = 'value'): TextRange | undefined {
  const place = follow(document, path);
  return place.steps === path.length ? inFile(document, rangeOf(document, place, part)) : undefined;
}

/** Like `locate`; a path that goes too far gives the key (or item) of its nearest ancestor that exists. */
export function locateNearest(document: YamlDocument, path: Path, part: Part = 'value'): TextRange {
  const place = follow(document, path);
  if (place.steps === path.length) return inFile(document, rangeOf(document, place, part));
  return inFile(document, place.pair ? rangeOf(document, place, 'key') : firstLine(document, rangeOf(document, place, 'value')));
}

/** Part of a scalar, given in UTF-16 offsets of its decoded text; the whole scalar when that cannot be told. */
export function locateSpan(document: YamlDocument, path: Path, span: { readonly start: number; readonly end: number }): TextRange {
  const place = follow(document, path);
  if (place.steps !== path.length || place.through || place.node?.type !== 'scalar' || place.node.alias) return locateNearest(document, path, 'value');
  return inFile(document, sourceOfSpan(document.text, place.node, span) ?? place.node);
}

function rangeOf(document: YamlDocument, place: Place, part: Part): TextRange {
  if (place.through) return place.through;
  const { node, pair, parent } = place;
  if (pair) {
    if (part === 'key' || !node) return part === 'item' && node ? { start: pair.key.start, end: node.end } : pair.key;
    return part === 'item' ? { start: pair.key.start, end: node.end } : node;
  }
  if (!node) return firstLine(document, { start: 0, end: document.text.length });
  const inBlock = parent?.type === 'sequence' && !parent.flow;
  if (inBlock && (part === 'item' || node.start === node.end)) return { start: dashBefore(document.text, node.start), end: node.end };
  return node;
}

/** The `-` of a list item, searched backwards over what may stand between: breaks, comments, anchors and tags. */
export function dashBefore(text: string, start: number): number {
  let lineEnd = start;
  for (;;) {
    const lineStart = lineEnd === 0 ? 0 : text.lastIndexOf('\n', lineEnd - 1) + 1;
    const line = text.slice(lineStart, lineEnd);
    const dash = /^[ \t]*#/.test(line) ? null : lastDash.exec(line);
    if (dash) return lineStart + dash.index;
    if (lineStart === 0) return start;
    lineEnd = lineStart - 1;
  }
}

/** The `-` behind which only white space, anchor, tag or a comment stand. */
const lastDash = /-(?:[ \t]+(?:[&!]\S*[ \t]+)*(?:[&!]\S*|#.*)?)?\r?$/;

/** A long range cut to its first line: for what is missing in a whole document. */
function firstLine(document: YamlDocument, range: TextRange): TextRange {
  const newline = document.text.slice(range.start, range.end).search(/[\r\n]/);
  return newline < 0 ? range : { start: range.start, end: range.start + newline };
}

function inFile(document: YamlDocument, range: TextRange): TextRange {
  return { start: document.start + range.start, end: document.start + range.end };
}

/**
 * The deepest path whose entry, item or value holds an offset of the file; the root's path when none does.
 * White space behind a value belongs to the collection that goes on there.
 */
export function pathAt(document: YamlDocument, fileOffset: number): Path {
  const offset = fileOffset - document.start;
  const path: PathSegment[] = [];
  let node = document.root;
  while (node && node.type !== 'scalar' && !node.alias) {
    const child = childAt(node, offset, document.text);
    if (!child) break;
    path.push(child.segment);
    node = child.node;
  }
  return path;
}

function childAt(node: YamlNode, offset: number, text: string): { readonly segment: PathSegment; readonly node: YamlNode | null } | undefined {
  if (node.type === 'sequence') {
    for (let index = 0; index < node.items.length; index++) {
      const item = node.items[index] ?? null;
      if (!item || offset > item.end) continue;
      const start = node.flow ? item.start : dashBefore(text, item.start);
      return offset >= start ? { segment: index, node: item } : undefined;
    }
    return undefined;
  }
  if (node.type !== 'mapping') return undefined;
  for (const pair of node.pairs) {
    if (pair.key.alias) continue;
    const end = pair.value?.end ?? pair.key.end + 1;
    if (offset >= pair.key.start && offset <= end) return { segment: keyText(pair.key), node: pair.value };
  }
  return undefined;
}

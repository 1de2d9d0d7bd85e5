/** Comments that leave findings unsaid: `# packetpath-disable-next-line …` and `# packetpath-disable-file …`. */
import type { TextRange } from '../base/problem';
import type { YamlDocument, YamlNode } from './tree';

export interface Directive {
  readonly kind: 'next-line' | 'file';
  /** The comment, from its `#`; offsets in the file. */
  readonly range: TextRange;
  /** None: all rules. */
  readonly ids: readonly { readonly id: string; readonly range: TextRange }[];
  /** What stands behind `--`. */
  readonly reason?: string;
  /** The line that `next-line` speaks of: the next one that is neither blank nor a comment; offsets in the file. */
  readonly speaksOf?: TextRange;
}

const shape = /(^|[ \t])#[ \t]*packetpath-disable-(next-line|file)(?=[ \t\r]|$)([^\r\n]*)/gm;

/** The directives of a document in the order of the text. Text of scalars that looks like one is none. */
export function directives(document: YamlDocument): readonly Directive[] {
  const { text } = document;
  if (!text.includes('packetpath-disable-')) return [];
  const found: Directive[] = [];
  for (const match of text.matchAll(shape)) {
    const start = match.index + (match[1] ?? '').length;
    if (insideScalar(document.root, start)) continue;
    found.push(directive(document, start, match[0].slice((match[1] ?? '').length), match[2] === 'file' ? 'file' : 'next-line', match[3] ?? ''));
  }
  return found;
}

function directive(document: YamlDocument, start: number, comment: string, kind: Directive['kind'], rest: string): Directive {
  const range = { start: document.start + start, end: document.start + start + comment.trimEnd().length };
  const dashes = /(?:^|\s)--(?=\s|$)/.exec(rest);
  const list = dashes ? rest.slice(0, dashes.index) : rest;
  const offset = document.start + start + comment.length - rest.length;
  const ids = [...list.matchAll(/[^\s,]+/g)].map((match) => ({
    id: match[0],
    range: { start: offset + match.index, end: offset + match.index + match[0].length },
  }));
  const reason = dashes ? rest.slice(dashes.index + dashes[0].length).trim() : '';
  const next = kind === 'next-line' ? nextLine(document, start) : undefined;
  return { kind, range, ids, ...(reason ? { reason } : {}), ...(next ? { speaksOf: next } : {}) };
}

function nextLine(document: YamlDocument, from: number): TextRange | undefined {
  let newline = document.text.indexOf('\n', from);
  while (newline >= 0) {
    const start = newline + 1;
    newline = document.text.indexOf('\n', start);
    const line = document.text.slice(start, newline < 0 ? document.text.length : newline).trimEnd();
    if (line !== '' && !/^[ \t]*#/.test(line)) return { start: document.start + start, end: document.start + start + line.length };
  }
  return undefined;
}

function insideScalar(node: YamlNode | null, offset: number): boolean {
  if (!node || node.alias || offset < node.start || offset >= node.end) return false;
  if (node.type === 'scalar') return true;
  if (node.type === 'sequence') return node.items.some((item) => insideScalar(item, offset));
  return node.pairs.some((pair) => insideScalar(pair.key, offset) || insideScalar(pair.value, offset));
}

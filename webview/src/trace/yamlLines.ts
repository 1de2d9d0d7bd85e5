/** Lines of YAML as the view shows them: pieces to colour, and an insertion with the line that it goes after. */
import type { Excerpt, RemedyEdit } from '../../../server/src/protocol/trace';

export interface YamlPiece {
  readonly text: string;
  readonly kind: 'plain' | 'key' | 'value' | 'comment';
}

/** A line in pieces that together are the line. It colours, it does not parse: what it does not recognise is a value. */
export function yamlPieces(line: string): readonly YamlPiece[] {
  if (line.length > 500) return [{ text: line, kind: 'plain' }];
  const match = /^(\s*(?:- +)*)([^\s:#'"[{][^:#'"]*|"[^"]*"|'[^']*')?(:(?=\s|$))?(.*)$/.exec(line);
  if (!match) return [{ text: line, kind: 'plain' }];
  const [, lead = '', word = '', colon = '', rest = ''] = match;
  const pieces: YamlPiece[] = [{ text: lead, kind: 'plain' }];
  if (colon === '') pieces.push(...valuePieces(word + rest));
  else pieces.push({ text: word, kind: 'key' }, { text: colon, kind: 'plain' }, ...valuePieces(rest));
  return pieces.filter(({ text }) => text !== '');
}

function valuePieces(text: string): readonly YamlPiece[] {
  const comment = /(^|\s)#/.exec(text);
  if (!comment) return [{ text, kind: 'value' }];
  return [
    { text: text.slice(0, comment.index), kind: 'value' },
    { text: text.slice(comment.index), kind: 'comment' },
  ];
}

/**
 * The lines to insert, after the line before them where the excerpt has it. An edit with an exact change is indented already; of another,
 * items of a list are shown as far to the right as the list that they go into.
 */
export function insertionLines(
  edit: RemedyEdit,
  excerpt: Excerpt | undefined,
): { readonly before?: { readonly number: number; readonly text: string }; readonly added: readonly string[] } {
  const lines = edit.insert.replace(/\n$/, '').split('\n').slice(0, 60);
  const number = edit.afterLine;
  const at = number === undefined || !excerpt ? undefined : number - excerpt.firstLine;
  const text = at === undefined ? undefined : excerpt?.lines[at];
  if (number === undefined || at === undefined || text === undefined) return { added: lines };
  const indent = !edit.change && lines[0]?.startsWith('- ') ? listIndent(excerpt?.lines.slice(0, at + 1) ?? []) : '';
  return { before: { number, text }, added: lines.map((line) => indent + line) };
}

/** The indent of the nearest list item above. */
function listIndent(lines: readonly string[]): string {
  const item = [...lines].reverse().find((line) => /^\s*- /.test(line));
  return /^\s*/.exec(item ?? '')?.[0] ?? '';
}

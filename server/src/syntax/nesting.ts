/** How deep a text nests, told from its look alone, before a recursive parser sees it. */

/** The deepest nesting that is read; kubectl's own reader stops at 10,000, real manifests stay under 30. */
export const deepestNesting = 200;

const deepIndentation = /^[ \t?-]{100,}/m;

/** The offset where the text nests deeper than `deepestNesting`, or -1. Linear; may be late, never early by much. */
export function tooDeepAt(text: string): number {
  const block = deepIndentation.test(text) ? deepBlock(text) : -1;
  return block >= 0 ? block : deepFlow(text);
}

/** Block collections: the stack of columns where content begins; each `- ` or `? ` on a line is one more. */
function deepBlock(text: string): number {
  const columns: number[] = [];
  let line = 0;
  while (line < text.length) {
    let at = line;
    let code = text.charCodeAt(at);
    while (code === 32 || code === 9 || ((code === 45 || code === 63) && isSpace(text.charCodeAt(at + 1)))) {
      if (code === 45 || code === 63) enter(columns, at - line);
      if (columns.length > deepestNesting) return at;
      code = text.charCodeAt(++at);
    }
    if (code !== 10 && code !== 13 && code !== 35 && at < text.length) {
      enter(columns, at - line);
      if (columns.length > deepestNesting) return at;
    }
    const newline = text.indexOf('\n', at);
    if (newline < 0) return -1;
    line = newline + 1;
  }
  return -1;
}

function enter(columns: number[], column: number): void {
  while (columns.length > 0 && (columns[columns.length - 1] ?? 0) > column) columns.pop();
  // A sequence may stand in the column of its parent's key, so the same column can be two levels.
  if (columns[columns.length - 1] !== column) columns.push(column);
}

/** Brackets where a flow collection can begin: after a break, `:`, `,`, `-`, `?` or another bracket. */
function deepFlow(text: string): number {
  let depth = 0;
  let before = 10;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 9) continue;
    if (code === 91 || code === 123) {
      if (mayOpen(before) && ++depth > deepestNesting) return at;
    } else if ((code === 93 || code === 125) && depth > 0) depth--;
    before = code;
  }
  return -1;
}

function mayOpen(before: number): boolean {
  return before === 10 || before === 13 || before === 58 || before === 44 || before === 45 || before === 63 || before === 91 || before === 123;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13 || Number.isNaN(code);
}

/** The actions of a Go template: where each begins and ends, and what it does to the text around it. */

export interface TemplateAction {
  /** UTF-16 offsets of `{{` and behind `}}`; behind the line for an action that is not closed. */
  readonly start: number;
  readonly end: number;
  /** `output` writes text; `open`, `else` and `close` are control flow; `silent` writes nothing (a comment, an assignment). */
  readonly kind: 'output' | 'open' | 'else' | 'close' | 'silent';
  /** Of `open`: `if`, `range`, `with`, `define` or `block`. */
  readonly word: string;
}

/** Longer ones are taken for text in which `{{` is a mistake. */
const longestAction = 20_000;

/**
 * All actions from left to right; never throws. Strings, raw strings and comments are read as the lexer of Go reads them, so that `}}` in them
 * ends nothing (https://pkg.go.dev/text/template, text/template/parse/lex.go). One that is not closed, as while it is being typed, ends with its line.
 */
export function templateActions(text: string): readonly TemplateAction[] {
  const actions: TemplateAction[] = [];
  for (let start = text.indexOf('{{'); start >= 0;) {
    const closed = endOfAction(text, start);
    const end = closed ?? endOfLine(text, start);
    const inside = text.slice(start + 2, Math.min(closed === undefined ? end : end - 2, start + 200)).replace(/^-(?=\s)/, '');
    actions.push({ start, end, ...kindOf(inside.trimStart()) });
    start = text.indexOf('{{', end);
  }
  return actions;
}

function kindOf(inside: string): Pick<TemplateAction, 'kind' | 'word'> {
  if (inside.startsWith('/*')) return { kind: 'silent', word: '' };
  const word = /^[a-z]+(?![\w.])/.exec(inside)?.[0] ?? '';
  switch (word) {
    case 'if':
    case 'range':
    case 'with':
    case 'define':
    case 'block':
      return { kind: 'open', word };
    case 'else':
      return { kind: 'else', word };
    case 'end':
      return { kind: 'close', word };
    case 'break':
    case 'continue':
      return { kind: 'silent', word };
    default:
      return { kind: inside.trim() === '' || /^\$\w*\s*(,\s*\$\w*\s*)?:?=(?!=)/.test(inside) ? 'silent' : 'output', word };
  }
}

/** Behind `}}`; undefined when the action is not closed. */
function endOfAction(text: string, start: number): number | undefined {
  const limit = Math.min(text.length, start + longestAction);
  const comment = /^\{\{(?:-\s)?\s*\/\*/.exec(text.slice(start, start + 20));
  if (comment) {
    const close = text.indexOf('*/', start + comment[0].length);
    if (close < 0 || close > limit) return undefined;
    const after = /^\s*-?\}\}/.exec(text.slice(close + 2, close + 50));
    return after ? close + 2 + after[0].length : undefined;
  }
  for (let at = start + 2; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === 125 && text.charCodeAt(at + 1) === 125) return at + 2;
    if (code === 123 && text.charCodeAt(at + 1) === 123) return undefined;
    if (code === 96) {
      const close = text.indexOf('`', at + 1);
      if (close < 0 || close > limit) return undefined;
      at = close;
    } else if (code === 34 || code === 39) {
      const close = endOfString(text, at, limit);
      if (close === undefined) return undefined;
      at = close;
    }
  }
  return undefined;
}

/** The closing quote of a string or character constant; these end with their line. */
function endOfString(text: string, open: number, limit: number): number | undefined {
  const quote = text.charCodeAt(open);
  for (let at = open + 1; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === 10) return undefined;
    if (code === 92) at++;
  }
  return undefined;
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  if (newline < 0) return text.length;
  return text.charCodeAt(newline - 1) === 13 && newline - 1 > from ? newline - 1 : newline;
}

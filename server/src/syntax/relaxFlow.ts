/** Line breaks inside of quotes and flow collections that kubectl's reader takes and the parser refuses. */

/**
 * The text with the breaks, and comments, of the quoted scalar or flow collection at `start` as spaces: all offsets stay the same and
 * indentation no longer counts. Null when what begins at `start` has no end. kubectl's reader (libyaml's scanner in
 * Go) does not look at indentation there.
 */
export function relaxFlow(text: string, start: number): string | null {
  const first = text[start];
  const end = first === '"' || first === "'" ? quoteEnd(text, start) : flowEnd(text, start);
  if (end === null) return null;
  return text.slice(0, start) + blanked(text, start, end) + text.slice(end);
}

function blanked(text: string, start: number, end: number): string {
  const first = text[start];
  if (first === '"' || first === "'") return text.slice(start, end).replace(/(\\?)(\r?\n)/g, (whole: string) => ' '.repeat(whole.length));
  return text
    .slice(start, end)
    .replace(/"(?:[^"\\]|\\[^])*"|'[^']*'|(?<=\s)#[^\n]*|\r?\n/g, (whole: string) =>
      whole.startsWith('#') ? ' '.repeat(whole.length) : whole.replace(/\\?\r?\n/g, (line) => ' '.repeat(line.length)),
    );
}

function quoteEnd(text: string, start: number): number | null {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (quote === '"' || text[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return null;
}

function flowEnd(text: string, start: number): number | null {
  let depth = 0;
  let fresh = true;
  for (let at = start; at < text.length; at++) {
    const unit = text[at] ?? '';
    if (fresh && (unit === '"' || unit === "'")) {
      const end = quoteEnd(text, at);
      if (end === null) return null;
      at = end - 1;
      fresh = false;
    } else if (unit === '#' && /\s/.test(text[at - 1] ?? '')) {
      const newline = text.indexOf('\n', at);
      if (newline < 0) return null;
      at = newline - 1;
    } else if (unit === '[' || unit === '{') {
      depth++;
      fresh = true;
    } else if (unit === ']' || unit === '}') {
      if (--depth === 0) return at + 1;
    } else if (unit === ',' || unit === ':') fresh = true;
    else if (!/\s/.test(unit)) fresh = false;
  }
  return null;
}

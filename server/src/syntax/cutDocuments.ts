/** Where the YAML documents of a file begin and end, found without parsing it. */

export interface DocumentCut {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts at lines that begin with `---` or `...`, followed by white space or the end; these end even block scalars
 * and quoted text (YAML 1.2, 9.1.4). Offsets are UTF-16. What stands on the line of `---` belongs to the document.
 * Comments and `%` directives before a `---` are part of the document that it opens; blank text makes no document.
 */
export function cutDocuments(text: string): DocumentCut[] {
  const cuts: DocumentCut[] = [];
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let opened = false;
  let line = start;
  const markers = new Markers(text);
  while (line <= text.length) {
    const marker = markers.next(line);
    const end = marker < 0 ? text.length : marker;
    const opens = marker >= 0 && text.charCodeAt(marker) === 45;
    const prelude = !opened && opens && isPrelude(text, start, end);
    if (prelude) {
      if (isBlank(text, start, end)) start = afterMarker(text, marker);
    } else {
      if (!isBlank(text, start, end)) cuts.push({ start, end });
      if (marker < 0) break;
      start = afterMarker(text, marker);
    }
    if (marker < 0) break;
    opened = opens;
    line = marker + 3;
  }
  return cuts;
}

/** Finds markers from left to right, looking at each part of the text once. */
class Markers {
  private dashes = -2;
  private dots = -2;

  constructor(private readonly text: string) {}

  /** The offset of the first marker at or behind `from`, or -1. */
  next(from: number): number {
    const { text } = this;
    if ((from === 0 || (from === 1 && text.charCodeAt(0) === 0xfeff)) && isMarker(text, from)) return from;
    let search = Math.max(0, from - 1);
    for (;;) {
      if (this.dashes !== -1 && this.dashes < search) this.dashes = text.indexOf('\n---', search);
      if (this.dots !== -1 && this.dots < search) this.dots = text.indexOf('\n...', search);
      const newline = this.dashes < 0 ? this.dots : this.dots < 0 ? this.dashes : Math.min(this.dashes, this.dots);
      if (newline < 0) return -1;
      if (isMarker(text, newline + 1)) return newline + 1;
      search = newline + 1;
    }
  }
}

function isMarker(text: string, at: number): boolean {
  const three = text.slice(at, at + 3);
  if (three !== '---' && three !== '...') return false;
  if (at + 3 >= text.length) return true;
  const next = text.charCodeAt(at + 3);
  return next === 32 || next === 9 || next === 10 || next === 13;
}

/** Past the line of the marker when nothing or a comment stands on it, else right behind the marker. */
function afterMarker(text: string, marker: number): number {
  let at = marker + 3;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
  const next = text.charCodeAt(at);
  if (at >= text.length) return text.length;
  if (next !== 10 && next !== 13 && next !== 35 && text.charCodeAt(marker) === 45) return marker + 3;
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline + 1;
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return false;
  }
  return true;
}

/** Blank lines, comments and directives alone. */
function isPrelude(text: string, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const newline = text.indexOf('\n', at);
    const stop = newline < 0 || newline > end ? end : newline;
    let first = at;
    while (first < stop && (text.charCodeAt(first) === 32 || text.charCodeAt(first) === 9 || text.charCodeAt(first) === 13)) first++;
    if (first < stop && text.charCodeAt(first) !== 35 && !(first === at && text.charCodeAt(first) === 37)) return false;
    at = stop + 1;
  }
  return true;
}

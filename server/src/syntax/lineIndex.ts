/** Offsets ↔ lines and columns. */

/** A line and a column, both from 0, the column in UTF-16 code units. */
export interface LinePosition {
  readonly line: number;
  readonly column: number;
}

/** Lines end at `\n`, `\r\n` or a lone `\r`, as editors count them. */
export class LineIndex {
  private readonly starts: readonly number[];

  constructor(private readonly text: string) {
    this.starts = lineStarts(text);
  }

  get lineCount(): number {
    return this.starts.length;
  }

  /** The place of an offset; offsets outside of the text count as its ends. */
  positionAt(offset: number): LinePosition {
    const inside = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= inside) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: inside - (this.starts[low] ?? 0) };
  }

  /** The offset of a place; a column behind the line's end counts as that end, a line outside of the text as its end. */
  offsetAt(position: LinePosition): number {
    if (position.line < 0) return 0;
    const start = this.starts[position.line];
    if (start === undefined) return this.text.length;
    return Math.min(start + Math.max(0, position.column), this.lineEnd(position.line));
  }

  /** The first offset of a line. */
  lineStart(line: number): number {
    return this.starts[line] ?? this.text.length;
  }

  /** The offset behind the last character of a line, before its line break. */
  lineEnd(line: number): number {
    let end = this.starts[line + 1] ?? this.text.length;
    const start = this.lineStart(line);
    if (line + 1 < this.starts.length && end > start && this.text.charCodeAt(end - 1) === 10) end--;
    if (line + 1 < this.starts.length && end > start && this.text.charCodeAt(end - 1) === 13) end--;
    return end;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  return starts;
}

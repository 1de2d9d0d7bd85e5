/** Text of manifests inside Markdown. */

/** On one line, and without anything that Markdown or HTML would read. */
export function markdownText(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>#|~!&]/g, (character) => (character === '<' ? '&lt;' : character === '>' ? '&gt;' : character === '&' ? '&amp;' : `\\${character}`))
    .replace(/[\r\n]+/g, ' ');
}

/** A table whose columns stand below each other also where nobody renders it. Cells are Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.min(60, Math.max(3, ...[title, ...rows.map((row) => row[column] ?? '')].map(({ length }) => length))));
  const line = (cells: readonly string[]): string => `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)];
}

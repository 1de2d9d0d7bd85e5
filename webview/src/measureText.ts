/** The widths of texts as they will be drawn, and names cut to fit. */

export interface Font {
  readonly size: number;
  readonly weight?: 400 | 600;
  readonly mono?: boolean;
  readonly italic?: boolean;
}

export type Measure = (text: string, font: Font) => number;

let context: CanvasRenderingContext2D | null | undefined;
let families: { sans: string; mono: string } | undefined;
const widths = new Map<string, number>();

/** The width in CSS pixels, with the fonts that the editor gives. */
export function measureText(text: string, font: Font): number {
  const key = `${font.size} ${font.weight ?? 400} ${font.mono ? 'm' : 's'}${font.italic ? 'i' : ''} ${text}`;
  const remembered = widths.get(key);
  if (remembered !== undefined) return remembered;
  context ??= document.createElement('canvas').getContext('2d');
  families ??= readFamilies();
  let width = text.length * font.size * 0.6;
  if (context) {
    context.font = `${font.italic ? 'italic ' : ''}${font.weight ?? 400} ${font.size}px ${font.mono ? families.mono : families.sans}`;
    width = context.measureText(text).width;
  }
  if (widths.size > 20_000) widths.clear();
  widths.set(key, width);
  return width;
}

/** To be called when the theme or the fonts change. */
export function forgetMeasures(): void {
  widths.clear();
  families = undefined;
}

/**
 * The text if it fits, else its beginning and end round an ellipsis. The end keeps more than a third: names of Kubernetes often
 * differ there. Surrogate pairs stay whole.
 */
export function cutMiddle(text: string, width: number, font: Font, measure: Measure = measureText): string {
  if (measure(text, font) <= width) return text;
  const characters = Array.from(text);
  let low = 0;
  let high = characters.length - 1;
  const cut = (kept: number): string => {
    const tail = Math.ceil(kept * 0.4);
    return `${characters.slice(0, kept - tail).join('')}…${tail > 0 ? characters.slice(-tail).join('') : ''}`;
  };
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(cut(middle), font) <= width) low = middle;
    else high = middle - 1;
  }
  return cut(low);
}

/** Words set into lines of at most `width`; a word that is longer than a line is cut in its middle. */
export function wrapText(text: string, width: number, font: Font, most: number, measure: Measure = measureText): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (measure(longer, font) <= width) line = longer;
    else {
      if (line !== '') lines.push(line);
      line = cutMiddle(word, width, font, measure);
    }
  }
  if (line !== '') lines.push(line);
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  kept[most - 1] = cutMiddle(lines.slice(most - 1).join(' '), width, font, measure);
  return kept;
}

function readFamilies(): { sans: string; mono: string } {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  return { sans: read('--vscode-font-family', 'sans-serif'), mono: read('--vscode-editor-font-family', 'monospace') };
}

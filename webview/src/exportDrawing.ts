/** A drawing of the page as a file of its own: SVG with its colours written into it, or PNG. */
import { svg } from './dom';

export interface SavedDrawing {
  readonly element: SVGSVGElement;
  /** The file's name without ending. */
  readonly name: string;
  /** Written above the drawing. */
  readonly title: string;
  /** Words that stand beside the drawing on the page, at places of the drawing. */
  readonly words?: readonly { readonly text: string; readonly x: number; readonly y: number; readonly strong?: boolean }[];
}

const title = 34;
/** Words that stand above the drawing, as the heads of lanes. */
const wordsAbove = 16;
const edge = 16;
/** Chromium makes no larger canvas. */
const longestSide = 16_384;

const copied = [
  // Before the colours, which may add to them.
  'fill-opacity',
  'stroke-opacity',
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'paint-order',
  'font-size',
  'font-weight',
  'font-style',
  'font-family',
  'text-decoration-line',
] as const;

/** The text of an SVG, or a PNG in base64 at twice the size; undefined when the browser cannot draw it. */
export async function exportDrawing(drawing: SavedDrawing, format: 'svg' | 'png'): Promise<string | undefined> {
  const { element, width, height } = standing(drawing);
  const text = new XMLSerializer().serializeToString(element);
  return format === 'svg' ? `<?xml version="1.0" encoding="UTF-8"?>\n${text}\n` : toPng(text, width, height);
}

/** A copy that needs no style sheet, on the ground that it has on the page. */
function standing(drawing: SavedDrawing): { readonly element: SVGSVGElement; readonly width: number; readonly height: number } {
  const { element, title: heading, words = [] } = drawing;
  const head = title + (words.some(({ y }) => y < 0) ? wordsAbove : 0);
  const box = element.viewBox.baseVal;
  const width = Math.ceil(box.width) + edge;
  const height = Math.ceil(box.height) + head + edge;
  const style = getComputedStyle(document.body);
  const ground = style.getPropertyValue('--vscode-sideBar-background').trim() || style.getPropertyValue('--vscode-editor-background').trim() || '#ffffff';
  const ink = style.color;
  const family = style.fontFamily;
  const body = svg('g', { transform: `translate(0 ${head})` });
  for (const child of element.children) {
    const copy = child.cloneNode(true);
    if (copy instanceof SVGElement && child instanceof SVGElement) {
      writeStyles(child, copy);
      body.append(copy);
    }
  }
  const root = svg(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}` },
    svg('title', null, heading),
    svg('rect', { width, height, fill: plainColour(ground) }),
    svg('text', { x: edge, y: 21, fill: plainColour(ink), 'font-family': family, 'font-size': 13, 'font-weight': 600 }, heading),
    words.map(({ text, x, y, strong }) =>
      svg('text', { x, y: y + head, fill: plainColour(ink), 'font-family': family, 'font-size': 11, 'font-weight': strong ? 600 : 400 }, text),
    ),
    body,
  );
  return { element: root, width, height };
}

/** Elements of the copy stand in the order of those of the page. */
function writeStyles(from: SVGElement, to: SVGElement): void {
  const originals = [from, ...from.querySelectorAll<SVGElement>('*')];
  const copies = [to, ...to.querySelectorAll<SVGElement>('*')];
  originals.forEach((original, index) => {
    const copy = copies[index];
    if (!copy) return;
    for (const name of ['class', 'style', 'tabindex', 'role', 'data-card', 'data-edge', 'data-gate', 'data-from', 'data-to', 'data-hops'])
      copy.removeAttribute(name);
    const style = getComputedStyle(original);
    if (style.visibility === 'hidden' || style.display === 'none') {
      copy.setAttribute('display', 'none');
      return;
    }
    const isText = original instanceof SVGTextElement || original instanceof SVGTSpanElement;
    for (const name of copied) {
      if (name.startsWith('font') && !isText) continue;
      const value = style.getPropertyValue(name);
      if (value === '' || value === 'normal' || (value === 'none' && name !== 'fill')) continue;
      if (name === 'text-decoration-line') copy.setAttribute('text-decoration', value);
      else if (name === 'fill' || name === 'stroke') writeColour(copy, name, value);
      else copy.setAttribute(name, value);
    }
    if (original instanceof SVGTextElement && original.childElementCount === 0) keepWidth(original, copy);
    const moved = /translate\(([-\d.]+)px,\s*([-\d.]+)px\)/.exec(original.style.transform);
    if (moved) copy.setAttribute('transform', `translate(${moved[1] ?? 0} ${moved[2] ?? 0})`);
  });
}

/** Whoever opens the file may have other fonts: what stands beside a text or round it was placed for the width that it has here. */
function keepWidth(original: SVGTextElement, copy: SVGElement): void {
  const width = original.getComputedTextLength();
  if (width < 4) return;
  copy.setAttribute('textLength', String(Math.round(width * 10) / 10));
  copy.setAttribute('lengthAdjust', 'spacingAndGlyphs');
}

/** Mixed colours come as `color(srgb …)`, which few other programs read. */
function writeColour(element: SVGElement, name: 'fill' | 'stroke', value: string): void {
  const { colour, alpha } = parted(value);
  element.setAttribute(name, colour);
  if (alpha < 1) {
    const before = Number(element.getAttribute(`${name}-opacity`) ?? 1);
    element.setAttribute(`${name}-opacity`, String(Math.round(alpha * before * 1000) / 1000));
  }
}

function plainColour(value: string): string {
  return parted(value).colour;
}

function parted(value: string): { readonly colour: string; readonly alpha: number } {
  const mixed = /^color\(srgb ([-\d.e]+) ([-\d.e]+) ([-\d.e]+)(?: \/ ([\d.e-]+))?\)$/.exec(value);
  if (mixed) {
    const part = (text: string | undefined): number => Math.round(Math.min(1, Math.max(0, Number(text ?? 0))) * 255);
    return { colour: `rgb(${part(mixed[1])}, ${part(mixed[2])}, ${part(mixed[3])})`, alpha: mixed[4] === undefined ? 1 : Number(mixed[4]) };
  }
  const translucent = /^rgba\((\d+), (\d+), (\d+), ([\d.]+)\)$/.exec(value);
  if (translucent) return { colour: `rgb(${translucent[1] ?? 0}, ${translucent[2] ?? 0}, ${translucent[3] ?? 0})`, alpha: Number(translucent[4]) };
  return { colour: value, alpha: 1 };
}

async function toPng(text: string, width: number, height: number): Promise<string | undefined> {
  const scale = Math.min(2, longestSide / Math.max(width, height));
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext('2d');
    if (!context) return undefined;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/png').split(',')[1];
  } catch {
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The whole drawing in small, with a frame where the page looks. */
import { svg } from '../dom';
import type { PlacedCard, TopologyDrawing } from './layout';

const width = 144;
const height = 80;

export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Minimap {
  readonly element: SVGSVGElement;
  update(drawing: TopologyDrawing, own: ReadonlySet<string>): void;
  frame(visible: Frame): void;
}

/** `onGo` gets the point of the drawing that the page shall show in its middle. */
export function createMinimap(onGo: (x: number, y: number) => void): Minimap {
  const cards = svg('g');
  const frame = svg('rect', { class: 'minimap-frame', rx: 2 });
  const element = svg(
    'svg',
    { class: 'minimap', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': 'overview of the drawing' },
    svg('rect', { class: 'minimap-ground', x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 3 }),
    cards,
    frame,
  );
  let scaleX = 1;
  let scaleY = 1;
  const go = (event: PointerEvent): void => {
    const box = element.getBoundingClientRect();
    onGo((event.clientX - box.left - 4) / scaleX, (event.clientY - box.top - 4) / scaleY);
  };
  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    go(event);
  });
  element.addEventListener('pointermove', (event) => {
    if (event.buttons & 1) go(event);
  });
  return {
    element,
    update(drawing, own) {
      scaleX = (width - 8) / drawing.width;
      scaleY = (height - 8) / Math.max(drawing.height, 200);
      cards.replaceChildren(
        // One element for all cards of a colour: thousands of them would cost more than the rest of an edit.
        ...[...byColour(drawing, own)].map(([className, cards]) =>
          svg('path', {
            class: className,
            d: cards
              .map(
                ({ x, y, width: wide, height: high }) =>
                  `M${tenths(4 + x * scaleX)} ${tenths(4 + y * scaleY)}h${tenths(wide * scaleX)}v${tenths(Math.max(1.5, high * scaleY * 0.9))}h${tenths(-wide * scaleX)}Z`,
              )
              .join(''),
          }),
        ),
      );
    },
    frame(visible) {
      const x = Math.max(1, 4 + visible.x * scaleX - 2);
      const y = Math.max(1, 4 + visible.y * scaleY - 2);
      frame.setAttribute('x', String(x));
      frame.setAttribute('y', String(y));
      frame.setAttribute('width', String(Math.max(4, Math.min(width - 1 - x, visible.width * scaleX + 4))));
      frame.setAttribute('height', String(Math.max(4, Math.min(height - 1 - y, visible.height * scaleY + 4))));
    },
  };
}

function byColour(drawing: TopologyDrawing, own: ReadonlySet<string>): ReadonlyMap<string, readonly PlacedCard[]> {
  const colours = new Map<string, PlacedCard[]>([
    ['minimap-card', []],
    ['minimap-card ghost', []],
    ['minimap-card own', []],
  ]);
  for (const placed of drawing.cards.values())
    colours.get(placed.card.shape === 'ghost' ? 'minimap-card ghost' : own.has(placed.card.id) ? 'minimap-card own' : 'minimap-card')?.push(placed);
  return colours;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

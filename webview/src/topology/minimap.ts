/** The whole drawing in small, with a frame where the page looks. */
import { svg } from '../dom';
import type { TopologyDrawing } from './layout';

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
        ...[...drawing.cards.values()].map((placed) =>
          svg('rect', {
            class: own.has(placed.card.id) ? 'minimap-card own' : placed.card.shape === 'ghost' ? 'minimap-card ghost' : 'minimap-card',
            x: 4 + placed.x * scaleX,
            y: 4 + placed.y * scaleY,
            width: placed.width * scaleX,
            height: Math.max(1.5, placed.height * scaleY * 0.9),
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

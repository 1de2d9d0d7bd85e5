/** The containers of a workload in a lane of their own, beside its card. */
import { svg, svgTitle } from '../dom';
import { cutMiddle } from '../measureText';
import type { PlacedCard } from './layout';

export function drawContainers(placed: PlacedCard, x: number, width: number): SVGGElement {
  const rows = Math.max(1, Math.floor(placed.height / 20));
  const { containers } = placed.card;
  const shown = containers.length > rows ? containers.slice(0, rows - 1) : containers;
  return svg(
    'g',
    { class: 'containers' },
    svg('rect', { class: 'card-box', x: x + 0.5, y: placed.y + 0.5, width: width - 1, height: placed.height - 1, rx: 3 }),
    shown.map((container, index) =>
      svg(
        'text',
        { x: x + 10, y: placed.y + 14 + index * 20 },
        cutMiddle(container.role === 'container' ? container.name : `${container.name} (${container.role})`, width - 20, { size: 11 }),
      ),
    ),
    shown.length === 1 &&
      rows > 1 &&
      shown[0]?.image !== undefined &&
      svg('text', { class: 'muted', x: x + 10, y: placed.y + 34 }, cutMiddle(shown[0].image, width - 20, { size: 11 })),
    shown.length < containers.length &&
      svg('text', { class: 'muted', x: x + 10, y: placed.y + 14 + shown.length * 20 }, `${containers.length - shown.length} more`),
    svgTitle(containers.map((container) => `${container.name} (${container.role})${container.image === undefined ? '' : `: ${container.image}`}`).join('\n')),
  );
}

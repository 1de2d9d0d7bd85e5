/** What lies under the cards: strips of lanes without room, names and grounds of namespaces, containers beside their workloads. */
import { svg, svgTitle } from '../dom';
import { cutMiddle, measureText } from '../measureText';
import { drawContainers } from './drawContainers';
import { hasHead } from './lanes';
import type { TopologyDrawing } from './layout';

export interface LaneGround {
  readonly below: readonly SVGElement[];
  /** Words of the strips, which stand above the edges that run through them. */
  readonly above: readonly SVGElement[];
}

/** `height`: down to the end of the ground. `closable`: namespaces that can be closed to a row. */
export function drawLanes({ lanes, titles, labels, cards, hidden }: TopologyDrawing, height: number, closable: ReadonlySet<string>): LaneGround {
  const above: SVGElement[] = [];
  const strips = lanes.order
    .filter((lane) => lane.strip)
    .map((lane) => {
      const isContainers = lane.kind === 'container';
      const count = hidden[lane.kind] ?? 0;
      const words = count > 0 || isContainers ? `${titles[lane.kind]}, ${count}` : hasHead(lane, lanes) ? 'none' : `${titles[lane.kind]}: none`;
      const middle = lane.x + lane.width / 2;
      if (!isContainers && words !== '') {
        const top = Math.max(98, 20 + measureText(words, { size: 11 }));
        above.push(svg('text', { x: 0, y: 0, transform: `translate(${middle + 4} ${top}) rotate(-90)` }, words));
      }
      return svg(
        'g',
        {
          class: isContainers ? 'strip container-strip' : 'strip',
          ...(isContainers ? { role: 'button', tabindex: 0, 'aria-label': `Show the containers, ${count}` } : {}),
        },
        svg('rect', {
          x: lane.x + 0.5,
          y: isContainers ? 0.5 : -4,
          width: lane.width - 1,
          height: height - 1 + (isContainers ? 0 : 4),
          rx: isContainers ? 3 : 0,
        }),
        isContainers && svg('path', { class: 'strip-chevron', d: `M${middle - 3} 11l5 5-5 5` }),
        isContainers && svg('text', { x: 0, y: 0, class: 'muted', transform: `translate(${middle - 4} 32) rotate(90)` }, words),
        isContainers && svgTitle('Show the containers'),
      );
    });
  const containers = lanes.byKind.container;
  const open = containers.strip
    ? []
    : [...cards.values()]
        .filter(({ card }) => card.lane === 'workload' && card.shape === 'card')
        .map((placed) => drawContainers(placed, containers.x, containers.width));
  const below = [
    ...labels.flatMap(({ band }) => (band ? [svg('rect', { class: 'band', ...band, rx: 3 })] : [])),
    ...strips,
    ...open,
    ...labels.flatMap((label) => {
      const room = (label.ruleTo ?? lanes.byKind.outside.x + lanes.byKind.outside.width) - label.x;
      const closes = label.namespace !== undefined && closable.has(label.namespace);
      const words = closes ? `− ${label.text}` : label.text;
      const text = svg(
        'text',
        {
          class: closes ? 'lane-label closes' : 'lane-label',
          x: label.x,
          y: label.y,
          ...(closes ? { 'data-namespace': label.namespace, role: 'button', tabindex: 0, 'aria-label': `Close ${label.text}` } : {}),
        },
        cutMiddle(words, Math.max(20, room), { size: 10.5 }),
        closes && svgTitle('Close the namespace to one row'),
      );
      if (label.ruleTo === undefined) return [text];
      return [
        text,
        svg('line', {
          class: 'lane-rule',
          x1: Math.min(label.ruleTo, label.x + measureText(words, { size: 10.5 }) + 8),
          x2: label.ruleTo,
          y1: label.y - 3.5,
          y2: label.y - 3.5,
        }),
      ];
    }),
  ];
  return { above, below };
}

/** What the signs of the topology mean. */
import { el, svg, type Child } from '../dom';
import { iconAt } from '../icons';
import { gate } from '../marks';
import { measureText } from '../measureText';
import { drawFinding } from './drawCard';

export function drawLegend(): HTMLElement {
  return el(
    'div',
    { class: 'legend', role: 'group', 'aria-label': 'Legend' },
    row(
      sample(
        30,
        svg('path', { class: 'legend-edge', d: 'M6 8h17' }),
        svg('path', { class: 'legend-head', d: 'M30 8l-7-3v6Z' }),
        svg('circle', { class: 'dot', cx: 3, cy: 8, r: 3 }),
      ),
      'traffic, port to port',
    ),
    row(
      sample(30, svg('path', { class: 'legend-edge related', d: 'M0 8h23' }), svg('path', { class: 'legend-head related', d: 'M30 8l-7-3v6Z' })),
      'of the selected resource',
    ),
    row(sample(32, svg('rect', { class: 'legend-ghost', x: 0.5, y: 1.5, width: 31, height: 13, rx: 2 })), 'named, not in these files'),
    row(sample(30, svg('path', { class: 'legend-edge', d: 'M0 8h30' }), gate('open', 15, 8, 17)), 'policy lets some in'),
    row(sample(30, gate('closed', 15, 8, 17)), 'policy lets nobody in'),
    row(sample(30, svg('path', { class: 'legend-edge', d: 'M0 8h30' }), gate('not-enforced', 15, 8, 17)), 'policy not enforced by the CNI'),
    row(
      sample(31, svg('rect', { class: 'legend-pill', x: 0.5, y: 0.5, width: 30, height: 16, rx: 8 }), iconAt('workload', 9.5, 2.5, 12)),
      'caller: same as its workload at right',
    ),
    row(sample(34, drawFinding('warning', 1).element), 'worst finding, and how many'),
    row(sample(30, svg('circle', { class: 'dot', cx: 15, cy: 8, r: 3 })), 'port'),
  );
}

const signWidth = 32;
const signGap = 8;

const threeRows = 3;
const columnGap = 28;

/** Three rows where all columns of them fit; else as many columns side by side as there is room for the longest words. */
export function fitLegend(legend: HTMLElement): void {
  const widths = [...legend.querySelectorAll('.legend-row')].map((row) => measureText(row.textContent, { size: 11 }) + signWidth + signGap + 2);
  const columns = widths
    .filter((_, index) => index % threeRows === 0)
    .map((_, column) => Math.max(...widths.slice(column * threeRows, (column + 1) * threeRows)));
  const needed = columns.reduce((sum, width) => sum + width, columnGap * (columns.length - 1));
  legend.classList.toggle('in-columns', needed > legend.clientWidth);
  legend.style.setProperty('--legend-column', `${Math.ceil(Math.max(0, ...widths))}px`);
}

function sample(width: number, ...children: Child[]): SVGSVGElement {
  return svg('svg', { width, height: 17, viewBox: `0 0 ${width} 17`, 'aria-hidden': 'true' }, ...children);
}

function row(drawing: SVGSVGElement, text: string): HTMLElement {
  return el('div', { class: 'legend-row' }, el('div', { class: 'legend-sample' }, drawing), text);
}

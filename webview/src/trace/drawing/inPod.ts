/** The drawing of a path that stays in one pod: two containers, the network between them, and what else they share. */
import type { Hop } from '../../../../server/src/protocol/trace';
import { svg, svgTitle } from '../../dom';
import { icon, iconAt } from '../../icons';
import { hopNumber, markAt } from '../../marks';
import { cutMiddle, measureText } from '../../measureText';
import type { Journey } from '../journey';
import { hopTitle } from '../words';
import { arrowHeads } from './draw';
import type { TraceDrawing } from './draw';
import { sharedRows, shareArrow, type Lane } from './sharedRows';
import { travelAlong } from './travel';
import type { Point } from './shapes';

const margin = 16;
const widest = 680;
const heldByPause = 'held by pause';
const rowTop = 68;

/** The packet's row comes first, then a row for each channel beside it. */
export function drawInPod(journey: Journey, width: number, onSelect: (index: number) => void): TraceDrawing {
  const { hops, beside } = journey;
  const podWidth = Math.min(Math.max(width - 2 * margin, 440), widest);
  const middleWidth = podWidth < 520 ? 140 : 152;
  const podX = Math.max(margin, (width - podWidth) / 2);
  const side = (podWidth - middleWidth - 4 * margin) / 2;
  const left: Lane = { x: podX + margin, width: side };
  const middle: Lane = { x: left.x + side + margin, width: middleWidth };
  const right: Lane = { x: middle.x + middleWidth + margin, width: side };
  const first = hops[0];
  const last = hops.at(-1);
  const lanes = { left, middle, right };
  let bottom = rowTop + margin + 60;
  const shared = sharedRows(beside).map((row) => {
    const y = bottom + 12;
    bottom = y + row.height;
    return row.draw(y, lanes);
  });
  const podHeight = bottom + 28 - margin;
  const height = bottom + 28 + 12 + margin;
  const center = (lane: Lane): Point => ({ x: lane.x + lane.width / 2, y: rowTop + margin + 30 });
  const laneOf = (hop: Hop, index: number): Lane => (hop.kind === 'loopback' ? middle : index === 0 ? left : right);
  const places = hops.map((hop, index) => center(laneOf(hop, index)));
  const port = last?.after.destination.port;
  const network = hops.find((hop) => hop.shares?.kind === 'network')?.shares;
  const heldBy = network?.kind === 'network' && network.heldBy === 'node' ? 'that of the node' : heldByPause;
  const listening = last?.verdict === 'delivered';

  const numbered = hops.map((hop, index) => {
    const lane = laneOf(hop, index);
    const group = svg(
      'g',
      { class: 'in-pod-hop clickable', onclick: () => onSelect(index) },
      svgTitle(hopTitle(hop)),
      svg('rect', {
        class: lane === middle ? 'station-box' : 'in-pod-cell',
        x: lane === middle ? lane.x : lane.x + 8,
        y: rowTop + margin,
        width: lane === middle ? lane.width : lane.width - 16,
        height: 60,
        rx: 3,
      }),
      hopNumber(String(index + 1), lane.x + 1, rowTop + margin),
      hop.verdict !== 'forwarded' && markAt(hop.verdict, lane.x + lane.width - 10, rowTop + margin + 2, 16),
    );
    return { group, index };
  });
  const links = [
    { toward: 1, from: left.x + left.width - 8, to: middle.x },
    { toward: 2, from: middle.x + middleWidth, to: right.x + 8 },
  ].map((link) => ({
    ...link,
    element: svg(
      'g',
      { class: 'trace-link' },
      svg('path', { class: 'trace-link-line', d: `M${link.from} ${center(left).y}H${link.to - 1}`, 'marker-end': 'url(#trace-arrow)' }),
    ),
  }));

  const element = svg(
    'svg',
    { class: 'trace-drawing in-pod', width: Math.max(width, podWidth + 2 * margin), height, role: 'img', 'aria-label': 'Two containers of one pod' },
    arrowHeads(),
    svg('defs', null, shareArrow()),
    svg('rect', { class: 'node-rect', x: podX, y: margin, width: podWidth, height: podHeight, rx: 6 }),
    iconAt('pod', podX + 12, margin + 8, 14),
    words(podX + 34, margin + 19, podWidth - 180, first?.at.name ?? '', first?.at.node === undefined ? 'pod' : `pod on ${first.at.node}`),
    svg('text', { class: 'mono', x: podX + podWidth - 12, y: margin + 18, 'text-anchor': 'end' }, first?.at.address ?? ''),
    containerBox(left, bottom, first?.device ?? 'container'),
    containerBox(right, bottom, last?.device ?? 'container'),
    numbered.map(({ group }) => group),
    caption(left, rowTop + margin, 'calls', `localhost${portText(first?.before.destination.port)}`),
    networkWords(middle, rowTop + margin, first?.before.destination.address ?? '127.0.0.1', heldBy),
    caption(right, rowTop + margin, listening ? (last.assumed === true ? 'may listen on' : 'listens on') : 'nothing listens on', portText(port)),
    shared,
    links.map((link) => link.element),
    svg('rect', { class: 'unused', x: podX + podWidth / 2 - 52, y: margin + podHeight - 12, width: 104, height: 24, rx: 3 }),
    svg(
      'text',
      { class: 'small', x: podX + podWidth / 2, y: margin + podHeight + 4, 'text-anchor': 'middle' },
      svg('tspan', { class: 'strong' }, 'eth0'),
      '  not used',
    ),
  );
  const packet = svg('circle', { class: 'packet', r: 5, visibility: 'hidden' });
  element.append(packet);
  return {
    element,
    setCurrent(index) {
      for (const { group, index: at } of numbered) {
        group.classList.toggle('current', at === index);
        for (const number of group.querySelectorAll('.hop-number')) number.classList.toggle('current', at === index);
      }
      for (const link of links) link.element.classList.toggle('ahead', link.toward > index);
    },
    travel(index, milliseconds) {
      const from = places[index - 1];
      const to = places[index];
      travelAlong(packet, from && to ? [from, to] : [], milliseconds);
    },
  };
}

function portText(port: number | null | undefined): string {
  return typeof port === 'number' ? `:${port}` : '';
}

function containerBox(lane: Lane, bottom: number, name: string): SVGGElement {
  const top = margin + 34;
  return svg(
    'g',
    null,
    svg('rect', { class: 'pod-rect', x: lane.x, y: top, width: lane.width, height: bottom + 12 - top, rx: 5 }),
    iconAt('container', lane.x + 10, top + 7, 14),
    words(lane.x + 32, top + 18, lane.width - 40, name, 'container'),
  );
}

/** A name and what it is of; where there is no room for both, the name alone. */
function words(x: number, y: number, room: number, name: string, kind: string): SVGElement[] {
  const font = { size: 12, weight: 600 } as const;
  const kindWidth = measureText(kind, { size: 11 }) + 8;
  const both = measureText(name, font) + kindWidth <= room || room - kindWidth > 80;
  const shown = cutMiddle(name, both ? room - kindWidth : room, font);
  return [
    svg('text', { class: 'strong larger', x, y }, shown, shown === name ? undefined : svgTitle(name)),
    ...(both ? [svg('text', { class: 'small', x: x + measureText(shown, font) + 8, y }, kind)] : []),
  ];
}

function caption(lane: Lane, y: number, label: string, value: string): SVGElement {
  return svg(
    'g',
    { class: 'in-pod-words' },
    svg('text', { class: 'small', x: lane.x + 18, y: y + 24 }, label),
    svg('text', { class: 'mono strong', x: lane.x + 18, y: y + 43 }, cutMiddle(value, lane.width - 28, { size: 10.5, mono: true, weight: 600 })),
  );
}

function networkWords(lane: Lane, y: number, address: string, held: string): SVGElement {
  const x = lane.x + lane.width / 2;
  return svg(
    'g',
    { class: 'in-pod-words' },
    svg('text', { class: 'small', x, y: y + 17, 'text-anchor': 'middle' }, 'shared network'),
    svg('text', { x, y: y + 34, 'text-anchor': 'middle' }, svg('tspan', { class: 'strong' }, 'lo'), ' ', svg('tspan', { class: 'mono' }, address)),
    svg('text', { class: 'small', x: x + 8, y: y + 51, 'text-anchor': 'middle' }, held),
    held === heldByPause && lockBefore(x + 8 - measureText(held, { size: 11 }) / 2 - 15, y + 41),
  );
}

function lockBefore(x: number, y: number): SVGElement {
  const element = icon('lock', 12);
  element.setAttribute('x', String(x));
  element.setAttribute('y', String(y));
  return element;
}

/** Puts a layout on the page as SVG, marks where the packet is, and lets it travel. */
import type { Verdict } from '../../../../server/src/protocol/trace';
import { replace, svg, svgTitle } from '../../dom';
import { gate, hopNumber, inkOf, markAt, station, wordsOf } from '../../marks';
import type { GateState, MarkName } from '../../marks';
import { cutMiddle, measureText } from '../../measureText';
import { iconAt } from '../../icons';
import { arriveInDrawing } from '../motion';
import { hopTitle, shareText } from '../words';
import { drawInset, drawNode, drawPod, drawRail, drawRibbon, drawRibbonNotes, small } from './drawBoxes';
import type { DrawWords } from './drawBoxes';
import type { BetweenShape, Drawing, GateShape, LinkShape, StationShape, Step } from './shapes';
import { segmentRows, segmentStep } from './ribbonNotes';
import { noteFont, outsidePadding, padding, titleFont } from './sizes';
import { numbersOf } from './stationWords';
import { pathOf, travelAlong } from './travel';

export interface TraceDrawing {
  readonly element: SVGSVGElement;
  /** Marks the hop and what the packet has passed. */
  setCurrent(index: number): void;
  /** Lets the packet come to the hop within `milliseconds`; a later call ends an earlier one. */
  travel(index: number, milliseconds: number): void;
}

export interface DrawOptions extends DrawWords {
  readonly label: string;
  /** For each hop the part of connections that come to it; absent where there is one path. */
  readonly shares?: readonly number[];
  readonly onSelect: (index: number) => void;
}

export function draw(drawing: Drawing, options: DrawOptions): TraceDrawing {
  const links = drawing.links.map((link) => ({ link, element: drawLink(link, options.shares) }));
  const stations = drawing.stations.map((shape) => ({ shape, element: drawStation(shape, options) }));
  const gates = drawing.gates.map((shape) => ({ shape, element: drawGate(shape, options) }));
  const between = drawing.between.map((shape) => ({ shape, element: drawBetween(shape) }));
  const rail = drawing.rail && drawRail(drawing.rail, options);
  const head = svg('g', { class: 'play-head' });
  const packet = svg('circle', { class: 'packet', r: 5, cx: 0, cy: 0, visibility: 'hidden' });
  const element = svg(
    'svg',
    {
      class: 'trace-drawing',
      width: drawing.width,
      height: drawing.height,
      viewBox: `0 0 ${drawing.width} ${drawing.height}`,
      role: 'img',
      'aria-label': options.label,
    },
    arrowHeads(),
    drawing.nodes.map((node) => drawNode(node)),
    drawing.pods.map((pod) => drawPod(pod)),
    rail?.back,
    drawing.links.filter((link) => link.tunnel).map((link) => svg('path', { class: 'tunnel-casing', d: pathOf(link.points) })),
    drawing.insets.map((inset) => drawInset(inset, options)),
    links.map((entry) => entry.element),
    between.map((entry) => entry.element),
    drawing.ribbon && drawRibbon(drawing.ribbon),
    head,
    drawing.ribbon && drawRibbonNotes(drawing.ribbon),
    stations.map((entry) => entry.element),
    gates.map((entry) => entry.element),
    rail?.front,
    packet,
  );

  const setCurrent = (index: number): void => {
    for (const { link, element: line } of links) line.classList.toggle('ahead', link.reached && link.toward > index);
    for (const { shape, element: box } of stations) markCurrent(box, shape.steps, index);
    for (const { shape, element: posts } of gates) markCurrent(posts, [shape.step], index);
    for (const { shape, element: words } of between) markCurrent(words, shape.step ? [shape.step] : [], index);
    if (rail) markCurrent(rail.front, drawing.rail?.steps ?? [], index);
    replace(head, playHead(drawing, index));
  };
  const travel = (index: number, milliseconds: number): void => {
    arriveInDrawing(element, index, milliseconds);
    const way = links.filter(({ link }) => link.toward === index && link.reached).flatMap(({ link }) => link.points);
    const goal = drawing.places[index];
    const from = drawing.places[index - 1];
    travelAlong(packet, [...(from ? [from] : []), ...way, ...(goal ? [goal] : [])], milliseconds);
  };
  return { element, setCurrent, travel };
}

function markCurrent(element: Element, steps: readonly Step[], index: number): void {
  const current = steps.some((step) => step.reached && step.index === index);
  element.classList.toggle('current', current);
  for (const number of element.querySelectorAll('.hop-number')) number.classList.toggle('current', current);
}

function drawStation(shape: StationShape, options: DrawOptions): SVGGElement {
  const { x, y, width, height, steps } = shape;
  const outside = shape.kind === 'outside';
  const room = width - padding;
  const telling = tellingMark(steps);
  const look = station({
    x,
    y,
    width,
    height,
    title: outside ? '' : cutMiddle(shape.title, room, titleFont),
    ...(shape.note === undefined || outside ? {} : { note: cutMiddle(shape.note, width - 4, noteFont) }),
    ...(steps.length > 0 && shape.reached ? { number: numbersOf(steps) } : {}),
    missed: !shape.reached,
    ...(telling !== undefined && shape.reached ? { mark: telling } : {}),
    ...inkOfStation(shape, telling),
  });
  look.classList.add(`station-${shape.kind}`);
  look.classList.toggle('conditional', steps[0]?.conditional === true);
  if (outside) {
    look.querySelector('.station-title')?.remove();
    const box = look.querySelector('.station-box');
    box?.after(
      iconAt(iconOfOutside(shape), x + 9, y + 7, 14),
      svg('text', { class: 'station-title', x: x + 29, y: y + 18 }, cutMiddle(shape.title, width - outsidePadding, titleFont)),
      ...(shape.note === undefined
        ? []
        : [svg('text', { class: 'mono station-address', x: x + 10, y: y + 36 }, cutMiddle(shape.note, width - 16, { size: 10.5, mono: true }))]),
    );
  }
  return clickable(look, steps, `${shape.title}${shape.note === undefined ? '' : `, ${shape.note}`}${shape.reached ? '' : ' (not reached)'}`, options);
}

function inkOfStation(shape: StationShape, telling: MarkName | undefined): { ink?: 'tunnel' | 'good' | 'bad' | 'warn' } {
  if (!shape.reached) return {};
  if (shape.tunnel) return { ink: 'tunnel' };
  if (telling === 'delivered') return { ink: 'good' };
  if (telling === 'dropped' || telling === 'rejected') return { ink: 'bad' };
  return telling === 'unknown' ? { ink: 'warn' } : {};
}

/** Of the hops at one station the verdict that says most. What would be delivered only under a condition is not known. */
function tellingMark(steps: readonly Step[]): MarkName | undefined {
  const order: readonly Verdict[] = [
    'dropped',
    'rejected',
    'unknown',
    'delivered',
    'encapsulated',
    'decapsulated',
    'translated',
    'not-enforced',
    'allowed',
    'resolved',
  ];
  const telling = order.find((verdict) => steps.some(({ hop }) => hop.verdict === verdict));
  return telling === 'delivered' && steps.some(({ conditional }) => conditional) ? 'unknown' : telling;
}

function iconOfOutside(shape: StationShape): 'internet' | 'loadBalancer' | 'ingress' {
  const kind = shape.steps[0]?.hop.kind;
  if (kind === 'load-balancer') return 'loadBalancer';
  return kind === 'ingress-controller' || kind === 'gateway' ? 'ingress' : 'internet';
}

function drawBetween(shape: BetweenShape): SVGGElement {
  const { x, y, above, below, flat, step } = shape;
  const number = step && hopNumber(String(step.index + 1), x, flat ? y : y - 23);
  if (flat) {
    const words = [above, ...below].filter((word) => word !== undefined).join(' · ');
    return svg('g', { class: 'between' }, words !== '' && svg('text', { class: 'small', x, y: y - 13, 'text-anchor': 'middle' }, words), number);
  }
  return svg(
    'g',
    { class: 'between' },
    above !== undefined && svg('text', { class: `between-name ${inkOf('encapsulated')}`, x, y: y - 38, 'text-anchor': 'middle' }, above),
    below.map((line, index) => svg('text', { class: 'small', x, y: y + 24 + 12 * index, 'text-anchor': 'middle' }, line)),
    number,
  );
}

function drawGate(shape: GateShape, options: DrawOptions): SVGGElement {
  const { x, y, step, word } = shape;
  const { verdict } = step.hop;
  const state: GateState =
    verdict === 'dropped' || verdict === 'rejected' ? 'stops' : verdict === 'not-enforced' || verdict === 'unknown' ? 'not-enforced' : 'open';
  const number = String(step.index + 1);
  const pill = Math.max(16, 8 + 6 * number.length);
  const labelWidth = (step.reached ? pill + 4 : 0) + measureText(word, small);
  const labelX = state === 'stops' ? x - 8 - labelWidth : x - labelWidth / 2;
  const element = svg(
    'g',
    { class: `trace-gate${step.reached ? '' : ' missed'}` },
    svg('rect', { class: 'hit', x: x - 14, y: y - 30, width: 28, height: 62 }),
    gate(step.reached ? state : 'not-enforced', x, y, 32),
    step.reached && state === 'stops' && markAt(verdict, x, y, 22),
    step.reached && (verdict === 'allowed' || verdict === 'unknown') && markAt(verdict, x, y - 27, 16),
    step.reached && hopNumber(number, labelX + pill / 2, y + 29),
    svg('text', { class: 'small gate-word', x: labelX + (step.reached ? pill + 4 : 0), y: y + 33 }, word),
  );
  return clickable(element, [step], `${hopTitle(step.hop)}: ${wordsOf(verdict)}`, options);
}

function clickable(element: SVGGElement, steps: readonly Step[], title: string, options: DrawOptions): SVGGElement {
  element.prepend(svgTitle(title));
  const [first] = steps;
  if (first?.reached) {
    element.classList.add('clickable');
    element.addEventListener('click', () => options.onSelect(first.index));
  }
  return element;
}

/** Where there are several paths a line's width is its share: 9 wide is all, 1.5 the least. */
function drawLink(link: LinkShape, shares: readonly number[] | undefined): SVGGElement {
  const share = shares?.[link.toward];
  const width = share === undefined || !link.reached ? undefined : Math.max(1.5, 9 * share);
  const line = svg('path', {
    class: 'trace-link-line',
    d: pathOf(link.points),
    'stroke-width': width,
    'marker-end': link.arrow && link.reached && (width ?? 0) <= 4 ? 'url(#trace-arrow)' : undefined,
  });
  const state = link.reached ? (link.conditional ? ' conditional' : '') : ' missed';
  return svg('g', { class: `trace-link${state}` }, line, shareLabel(link, share, shares?.[link.toward - 1]));
}

/** Written once where the share becomes less, and where there is room for it. */
function shareLabel(link: LinkShape, share: number | undefined, before: number | undefined): SVGElement | undefined {
  const [a, b] = link.points;
  if (share === undefined || !a || !b || !link.reached || (before !== undefined && Math.abs(before - share) < 0.001)) return undefined;
  const text = shareText(share);
  const room = Math.abs(b.x - a.x);
  return room < measureText(text, small) + 2 ? undefined : svg('text', { class: 'small', x: (a.x + b.x) / 2, y: a.y - 9, 'text-anchor': 'middle' }, text);
}

export function arrowHeads(): SVGDefsElement {
  return svg('defs', null, arrowHead('trace-arrow', 'arrow-path'));
}

function arrowHead(id: string, className: string): SVGMarkerElement {
  return svg(
    'marker',
    { id, class: className, viewBox: '0 0 7 7', refX: 6.5, refY: 3.5, markerWidth: 7, markerHeight: 7, markerUnits: 'userSpaceOnUse', orient: 'auto' },
    svg('path', { d: 'M0 .5 7 3.5 0 6.500Z' }),
  );
}

/** The line from where the packet is to what it wrote on the ribbon. */
function playHead(drawing: Drawing, index: number): SVGElement | undefined {
  const place = drawing.places[index];
  const { ribbon } = drawing;
  if (!ribbon || !place || drawing.rail?.steps.some((step) => step.index === index)) return undefined;
  const written = ribbon.segments.filter((segment) => segment.writtenBy === index);
  const rows = written.map((segment) => ribbon.y + segmentRows.indexOf(segment.row) * segmentStep + 9);
  const stops = index === drawing.places.length - 1 && drawing.gates.some(({ step }) => step.index === index && step.hop.verdict === 'dropped');
  const bottom = Math.max(ribbon.y + 40, ...rows);
  if (rows.length === 0 && !stops) return svg('line', { class: 'play-line faint', x1: place.x, x2: place.x, y1: ribbon.y - 4, y2: ribbon.y + 40 });
  return svg(
    'g',
    { class: stops ? 'play-stop' : '' },
    svg('line', { class: 'play-line', x1: place.x, x2: place.x, y1: place.y + 14, y2: stops ? bottom : Math.max(...rows) }),
    rows.map((y) => svg('circle', { class: 'play-dot', cx: place.x, cy: y, r: 3.5 })),
  );
}

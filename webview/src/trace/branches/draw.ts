/** All paths of a trace in one drawing: widths are shares, the chosen path is opaque and numbered, the others can be clicked. */
import { replace, svg, svgTitle } from '../../dom';
import { iconAt } from '../../icons';
import { gate, hopNumber, markAt, station, wordsOf } from '../../marks';
import type { GateState } from '../../marks';
import { cutMiddle, measureText } from '../../measureText';
import { arrowHeads } from '../drawing/draw';
import type { DrawOptions, TraceDrawing } from '../drawing/draw';
import { drawRail, small } from '../drawing/drawBoxes';
import type { Point, RailShape, Step } from '../drawing/shapes';
import { pathOf, travelAlong } from '../drawing/travel';
import { isLookup } from '../journey';
import type { Journey } from '../journey';
import { arriveInDrawing } from '../motion';
import { shareText } from '../words';
import type { HopPlace, MergedPaths, MergedWay } from './merge';
import { curvePoints, placePaths, podEnd, podStart, shareRoom, travelled } from './place';
import type { BranchDrawing, PlacedBand, PlacedForkGate, PlacedLine, PlacedStop } from './place';

export interface BranchOptions extends Omit<DrawOptions, 'shares'> {
  readonly width: number;
  readonly chosen: number;
  readonly onPath: (index: number) => void;
}

const margin = 16;
const railHeight = 26;

export function drawBranches(paths: MergedPaths, journey: Journey, options: BranchOptions): TraceDrawing {
  const way = paths.ways[options.chosen] ?? { stops: [], edges: [], places: [] };
  const lookups = journey.hops.map((hop, index): Step => ({ hop, index, reached: true, conditional: false })).filter(({ hop }) => isLookup(hop.kind));
  const placed = placePaths(paths, options.width, lookups.length > 0 ? railHeight + 20 : 0, measureText);
  const numbers = numbersOn(way);
  const own = new Set([...way.stops, ...way.edges]);
  const rail = lookups.length === 0 ? undefined : railOf(placed, lookups, way);
  const railDrawn = rail && drawRail(rail, options);
  /** Beside the lines of the look-up, which cross the band of the node that asks. */
  const titleX = (band: PlacedBand): number => {
    const asks = rail?.asks;
    return band.x + (asks && asks.x < band.x + 90 && asks.y > band.y ? 66 : 30);
  };
  const lines = [...placed.lines].sort((a, b) => Number(own.has(a.edge.id)) - Number(own.has(b.edge.id)) || b.width - a.width);
  const lineElements = new Map(lines.map((line) => [line.edge.id, drawLine(line, own.has(line.edge.id), options)]));
  const stopElements = new Map([...placed.stops.values()].map((stop) => [stop.stop.id, drawStop(stop, own, numbers, way, options)]));
  const gateElements = placed.gates.map((each) => ({ each, element: drawForkGate(each, way, numbers, options) }));
  const packet = svg('circle', { class: 'packet', r: 5, cx: 0, cy: 0, visibility: 'hidden' });
  const pills = svg(
    'g',
    { class: 'edge-numbers' },
    way.edges.map((id) => edgeNumber(placed, id, numbers)),
  );
  const element = svg(
    'svg',
    {
      class: 'trace-drawing branches-drawing',
      width: placed.width,
      height: placed.height,
      viewBox: `0 0 ${placed.width} ${placed.height}`,
      role: 'img',
      'aria-label': `${options.label}, ${paths.ways.length} paths`,
    },
    arrowHeads(),
    placed.bands.map((band) =>
      svg(
        'g',
        { class: 'node-box' },
        svg('rect', { class: 'node-rect', x: band.x, y: band.y, width: band.width, height: band.height, rx: 6 }),
        iconAt('node', titleX(band) - 18, band.y + 7, 13),
      ),
    ),
    railDrawn?.back,
    lines.map((line) => lineElements.get(line.edge.id)),
    shareLabels(placed, paths),
    placed.bands.map((band) => bandTitle(band, titleX(band))),
    gateElements.map(({ element: drawn }) => drawn),
    [...stopElements.values()],
    pills,
    railDrawn?.front,
    packet,
  );

  const points = pointsOf(placed, way, rail);
  const setCurrent = (index: number): void => {
    const place = way.places[index];
    for (const [id, drawn] of stopElements) markCurrent(drawn, place?.at === 'stop' && place.stop === id);
    for (const { each, element: drawn } of gateElements)
      drawn.classList.toggle('current', place?.at === 'gate' && each.edges.includes(place.edge) && each.gate.direction === place.direction);
    for (const number of element.querySelectorAll('.hop-number')) {
      const [from, to] = (number.getAttribute('data-hops') ?? '').split('-').map(Number);
      number.classList.toggle('current', from !== undefined && to !== undefined && index >= from && index <= to);
    }
    for (const [id, line] of lineElements) line.classList.toggle('ahead', own.has(id) && arrivalOf(way, id) > index);
    railDrawn?.front.classList.toggle('current', place?.at === 'rail');
    drawInsets(element, placed, way, index);
  };
  const travel = (index: number, milliseconds: number): void => {
    arriveInDrawing(element, index, milliseconds);
    const from = points[index - 1];
    const to = points[index];
    const place = way.places[index];
    const edge = place?.at === 'stop' ? way.edges[way.stops.indexOf(place.stop) - 1] : undefined;
    const line = placed.lines.find((each) => each.edge.id === edge);
    travelAlong(
      packet,
      [...(from ? [from] : []), ...(line && from ? comePoints(line).filter((point) => point.x > from.x) : []), ...(to ? [to] : [])],
      milliseconds,
    );
  };
  return { element, setCurrent, travel };
}

/** Over the lines, some of which cross it. */
function bandTitle(band: PlacedBand, x: number): SVGGElement {
  const y = band.y + 17;
  return svg(
    'g',
    { class: 'band-title' },
    svg('text', { class: 'strong', x, y }, cutMiddle(band.name, band.width - 44, bold)),
    band.address !== undefined && svg('text', { class: 'small', x: x + 8 + measureText(band.name, bold), y }, band.address),
  );
}

const bold = { size: 11, weight: 600 } as const;
const mono = { size: 10.5, mono: true } as const;

function markCurrent(element: Element, current: boolean): void {
  element.classList.toggle('current', current);
}

/** For each stop, edge, gate and inset of the way the first and the last hop that it stands for, as `3-5`. */
function numbersOn(way: MergedWay): ReadonlyMap<string, { readonly first: number; readonly last: number }> {
  const numbers = new Map<string, { first: number; last: number }>();
  way.places.forEach((place, index) => {
    const key = keyOf(place);
    if (key === undefined) return;
    const known = numbers.get(key);
    if (known) known.last = index;
    else numbers.set(key, { first: index, last: index });
  });
  return numbers;
}

function keyOf(place: HopPlace): string | undefined {
  switch (place.at) {
    case 'stop':
      return place.stop;
    case 'snat':
      return `snat ${place.stop}`;
    case 'edge':
      return place.edge;
    case 'gate':
      return `${place.direction} ${place.edge}`;
    case 'rail':
      return undefined;
  }
}

function numberAt(range: { readonly first: number; readonly last: number } | undefined, x: number, y: number): SVGGElement | undefined {
  if (!range) return undefined;
  const { first, last } = range;
  const pill = hopNumber(numberText(range), x, y);
  pill.setAttribute('data-hops', `${first}-${last}`);
  return pill;
}

function numberText({ first, last }: { readonly first: number; readonly last: number }): string {
  return first === last ? String(first + 1) : `${first + 1}–${last + 1}`;
}

function pillWidth(text: string): number {
  return Math.max(16, 8 + 6 * text.length);
}

function drawStop(placed: PlacedStop, own: ReadonlySet<string>, numbers: ReturnType<typeof numbersOn>, way: MergedWay, options: BranchOptions): SVGGElement {
  const { stop, x, y, width, height } = placed;
  const onWay = own.has(stop.id);
  const number = onWay && stop.reached ? numberAt(numbers.get(stop.id), x + 1, y) : undefined;
  const group = stop.role === 'station' ? drawStation(placed) : drawBox(placed);
  group.classList.add('fork-stop', onWay ? 'on-way' : 'off-way');
  if (number) group.append(number);
  if (stop.mark !== undefined && stop.ends) group.append(markAt(stop.mark, x + width, y + height, 15));
  else if (stop.hop.verdict === 'translated' && stop.reached) group.append(markAt('translated', x + width, y, 16));
  group.prepend(svgTitle(`${stop.title}${stop.note === undefined ? '' : `, ${stop.note}`}: ${shareText(stop.share)} of the connections`));
  group.classList.add('clickable');
  group.addEventListener('click', () => {
    const first = numbers.get(stop.id)?.first;
    if (onWay && first !== undefined && way.stops.includes(stop.id)) options.onSelect(first);
    else if (stop.branches[0] !== undefined) options.onPath(stop.branches[0]);
  });
  return group;
}

function drawStation({ stop, x, y, width, height }: PlacedStop): SVGGElement {
  const targets = stop.snat !== undefined || stop.hop.kind === 'service-translation';
  return station({
    x,
    y,
    width,
    height,
    title: cutMiddle(stop.title, width - 8, bold),
    ...(stop.note === undefined ? {} : { note: cutMiddle(stop.note, width - 6, { size: 10 }) }),
    missed: !stop.reached,
    ...(targets ? { ink: 'plain' as const } : {}),
  });
}

function drawBox({ stop, x, y, width, height, plain }: PlacedStop): SVGGElement {
  const icon = stop.role === 'outside' ? iconOf(stop.hop.kind) : 'pod';
  const share = stop.role === 'pod' && stop.ends && stop.reached ? shareText(stop.share) : '';
  const start = plain ? podStart.plain : podStart.signed;
  const room = width - start - podEnd - (share === '' ? 0 : measureText(share, small) + shareRoom);
  return svg(
    'g',
    { class: stop.reached ? 'station' : 'station missed' },
    svg('rect', { class: 'station-box', x, y, width, height, rx: stop.role === 'outside' ? 3 : 5 }),
    !plain && iconAt(icon, x + 8, y + 7, 14),
    svg('text', { class: 'station-title', x: x + start, y: y + 18 }, cutMiddle(stop.title, Math.max(24, room), bold)),
    share !== '' && svg('text', { class: 'small', x: x + width - podEnd, y: y + 18, 'text-anchor': 'end' }, share),
    stop.note !== undefined && svg('text', { class: 'mono station-address', x: x + (plain ? start : 10), y: y + 36 }, addressText(stop.note, width - 18)),
  );
}

/** The port goes before the address is cut; the list carries it. */
function addressText(note: string, room: number): string {
  return measureText(note, mono) <= room ? note : cutMiddle(note.replace(/:\d+$/, ''), room, mono);
}

function iconOf(kind: string): 'loadBalancer' | 'ingress' | 'internet' {
  if (kind === 'load-balancer') return 'loadBalancer';
  return kind === 'ingress-controller' || kind === 'gateway' ? 'ingress' : 'internet';
}

function drawLine(line: PlacedLine, onWay: boolean, options: BranchOptions): SVGGElement {
  const { points, possible, rest: missed } = travelled(line);
  const d = pathOf(points);
  const whole = possible.length > 1 ? pathOf(comePoints(line)) : d;
  const head = reachesEnd(line) ? 'url(#trace-arrow)' : undefined;
  const rest = missed.length > 1 ? svg('path', { class: 'fork-rest', d: pathOf(missed) }) : undefined;
  return svg(
    'g',
    {
      class: `trace-link fork-line ${onWay ? 'on-way' : 'off-way'}`,
      onclick: () => {
        if (!onWay && line.edge.branches[0] !== undefined) options.onPath(line.edge.branches[0]);
      },
    },
    svgTitle(`${shareText(line.edge.share)} of the connections`),
    svg('path', { class: 'fork-hit', d: whole }),
    points.length > 1 && svg('path', { class: 'trace-link-line', d, 'stroke-width': line.width, 'marker-end': possible.length > 1 ? undefined : head }),
    possible.length > 1 && svg('path', { class: 'trace-link-line fork-possible', d: pathOf(possible), 'stroke-width': line.width, 'marker-end': head }),
    rest,
  );
}

/** A head on a broad line would be smaller than the line. */
function reachesEnd(line: PlacedLine): boolean {
  return line.edge.stopsAt === undefined && line.width <= 4;
}

function comePoints(line: PlacedLine): readonly Point[] {
  const { points, possible } = travelled(line);
  return [...points, ...possible];
}

function drawForkGate(
  { gate: from, x, y, height, edges }: PlacedForkGate,
  way: MergedWay,
  numbers: ReturnType<typeof numbersOn>,
  options: BranchOptions,
): SVGGElement {
  const stops = from.verdict === 'dropped' || from.verdict === 'rejected';
  const state: GateState = stops ? 'stops' : from.verdict === 'not-enforced' || from.verdict === 'unknown' ? 'not-enforced' : 'open';
  const mine = edges.find((edge) => way.edges.includes(edge));
  const number = mine === undefined ? undefined : numberAt(numbers.get(`${from.direction} ${mine}`), x, y - height / 2 - 9);
  const group = svg(
    'g',
    { class: 'trace-gate clickable' },
    svgTitle(`${from.direction} policy: ${wordsOf(from.verdict)}`),
    svg('rect', { class: 'hit', x: x - 12, y: y - height / 2 - 4, width: 24, height: height + 8 }),
    gate(state, x, y, height),
    stops && markAt(from.verdict, x, y, 20),
    from.verdict === 'unknown' && markAt('unknown', x, y, 14),
    number,
    number && svg('text', { class: 'small gate-word', x, y: y + height / 2 + 13, 'text-anchor': 'middle' }, from.direction),
  );
  group.addEventListener('click', () => {
    const range = mine === undefined ? undefined : numbers.get(`${from.direction} ${mine}`);
    if (range) options.onSelect(range.first);
  });
  return group;
}

/** What SNAT writes: on the chosen path the addresses, on others in the quiet colour. */
function drawInsets(root: SVGSVGElement, placed: BranchDrawing, way: MergedWay, index: number): void {
  let layer = root.querySelector(':scope > .fork-insets');
  if (!layer) {
    layer = svg('g', { class: 'fork-insets' });
    root.querySelector('.fork-stop')?.before(layer);
  }
  replace(
    layer,
    [...placed.stops.values()].map(({ stop, inset, x, y, width, height }) => {
      if (!inset || !stop.snat) return undefined;
      const at = way.places.findIndex((place) => place.at === 'snat' && place.stop === stop.id);
      const pill = at < 0 ? undefined : numberAt({ first: at, last: at }, inset.x + 1, inset.y);
      if (at === index) pill?.classList.add('current');
      const old = cutMiddle(stop.snat.from, inset.width / 2 - 16, mono);
      const arrowX = inset.x + 12 + measureText(old, mono) + 8;
      return svg(
        'g',
        { class: `inset inset-translation${at < 0 ? ' off-way' : ''}${at === index ? ' current' : ''}` },
        svg('rect', { class: 'inset-rect', x: inset.x, y: inset.y, width: inset.width, height: inset.height, rx: 3 }),
        svg('line', { class: 'inset-anchor', x1: x + width / 2, x2: x + width / 2, y1: y + height, y2: inset.y }),
        svg('text', { class: 'strong inset-name', x: inset.x + 12, y: inset.y + 19 }, snatTitle(inset.width - 20)),
        svg('text', { class: 'mono old', x: inset.x + 12, y: inset.y + 37 }, old),
        svg('text', { class: 'small', x: arrowX, y: inset.y + 37 }, '→'),
        svg(
          'text',
          { class: 'mono strong ink-translation', x: arrowX + 18, y: inset.y + 37 },
          cutMiddle(stop.snat.to, inset.x + inset.width - arrowX - 24, mono),
        ),
        pill,
      );
    }),
  );
}

function snatTitle(room: number): string {
  const whole = 'SNAT: a new sender is written';
  return measureText(whole, bold) <= room ? whole : 'SNAT: new sender';
}

/** Where the share becomes less, and on the first line. */
function shareLabels(placed: BranchDrawing, paths: MergedPaths): SVGElement[] {
  return placed.lines.flatMap((line) => {
    const from = paths.stops.get(line.edge.from);
    const to = paths.stops.get(line.edge.to);
    if (!from || !to || (to.role === 'pod' && to.ends) || to.role === 'rest') return [];
    const text = shareText(line.edge.share);
    const room = line.end.x - line.start.x;
    const parts = Math.abs(from.share - line.edge.share) > 0.001;
    if ((!parts && from.depth > 0) || room < measureText(text, small) + 6) return [];
    const rises = line.end.y < line.start.y - 4;
    const falls = line.end.y > line.start.y + 4;
    const x = rises || falls ? line.start.x + room * 0.36 : (line.start.x + line.end.x) / 2;
    const y = rises ? line.end.y + 4 : falls ? line.end.y + 6 : line.start.y - line.width / 2 - 5;
    return [svg('text', { class: 'small share-label', x, y, 'text-anchor': 'middle' }, text)];
  });
}

/** The hops that have no box stand on the middle of their line. */
function edgeNumber(placed: BranchDrawing, id: string, numbers: ReturnType<typeof numbersOn>): SVGElement | undefined {
  const range = numbers.get(id);
  const line = placed.lines.find((each) => each.edge.id === id);
  if (!range || !line) return undefined;
  const points = curvePoints(line);
  // Beside the mark on the corner of the box that the line leaves.
  const clear = line.start.x + (placed.stops.get(line.edge.from)?.stop.hop.verdict === 'translated' ? 11 : 3) + pillWidth(numberText(range)) / 2;
  const usual = points[Math.abs(line.start.y - line.end.y) < 30 ? 7 : 6] ?? line.start;
  const at = usual.x >= clear ? usual : (points.find((point) => point.x >= clear) ?? usual);
  return numberAt(range, at.x, at.y);
}

function pointsOf(placed: BranchDrawing, way: MergedWay, rail: RailShape | undefined): readonly Point[] {
  return way.places.map((place): Point => {
    if (place.at === 'rail') return { x: (rail?.x ?? 0) + 24, y: (rail?.y ?? 0) + railHeight / 2 };
    if (place.at === 'stop' || place.at === 'snat') {
      const stop = placed.stops.get(place.stop);
      return { x: (stop?.x ?? 0) + (stop?.width ?? 0) / 2, y: (stop?.y ?? 0) + (stop?.height ?? 0) / 2 };
    }
    const line = placed.lines.find((each) => each.edge.id === place.edge);
    if (!line) return { x: 0, y: 0 };
    if (place.at === 'gate') {
      const at = placed.gates.find((each) => each.gate.direction === place.direction && each.edges.includes(place.edge));
      return { x: at?.x ?? line.end.x, y: place.direction === 'egress' ? line.start.y : line.end.y };
    }
    return curvePoints(line)[7] ?? line.end;
  });
}

/** The hop at which the packet is at the end of an edge. */
function arrivalOf(way: MergedWay, edge: string): number {
  const to = way.stops[way.edges.indexOf(edge) + 1];
  const on = way.places.findIndex((place) => 'edge' in place && place.edge === edge);
  if (on >= 0) return on;
  return way.places.findIndex((place) => place.at === 'stop' && place.stop === to);
}

function railOf(placed: BranchDrawing, steps: readonly Step[], way: MergedWay): RailShape {
  const asks = placed.stops.get(way.stops[0] ?? '');
  return {
    x: margin,
    y: margin,
    width: placed.width - 2 * margin,
    height: railHeight,
    steps,
    ...(asks ? { asks: { x: asks.x + 24, y: asks.y } } : {}),
  };
}

/** From a journey to a drawing: every box, gate, line and word with its place. Pure geometry; nothing here touches the page. */
import type { Measure } from '../../measureText';
import type { Journey } from '../journey';
import { placeInsets } from './insets';
import { connect, rowGap, splitInMiddle } from './links';
import type { Spot } from './links';
import { placeNode, stationHeight } from './nodeBlock';
import type { PlacedStop } from './nodeBlock';
import { ribbonOf } from './ribbon';
import { margin, outsideGap, outsideHeight, rowsOf } from './rows';
import type { PlacedRow } from './rows';
import type { BetweenShape, Drawing, GateShape, LinkShape, NodeShape, PodShape, Point, StationShape, Step } from './shapes';
import { estimateText, outsideWidthOf } from './sizes';
import type { Fitting } from './sizes';
import { stationNote, stationTitle } from './stationWords';
import { itineraryOf, stepsOf } from './visits';
import type { Visit } from './visits';
import { tunnelName, tunnelPort } from '../words';

export interface LayoutOptions {
  /** Room in CSS pixels; the drawing is wider only where it cannot be made to fit. */
  readonly width: number;
  readonly proxyMode: string;
  /** How wide texts will be; estimated without it. */
  readonly measure?: Measure;
}

const railHeight = 26;

/** The drawing of a journey. Every hop has a place, also where boxes are shared; the same journey and width always give the same drawing. */
export function layout(journey: Journey, options: LayoutOptions): Drawing {
  const { lookups, visits, left } = itineraryOf(stepsOf(journey));
  const hasRail = lookups.length > 0;
  const fitting = { measure: options.measure ?? estimateText, proxyMode: options.proxyMode };
  const rows = rowsOf(visits, options.width, fitting);
  const canvas = new Canvas(fitting, hasRail);
  let y = hasRail ? margin + railHeight + 18 : margin;
  rows.forEach((row, index) => {
    y = canvas.addRow(row, y, index) + (index < rows.length - 1 ? rowGap : 0);
  });
  canvas.joinSpots(left);
  const width = Math.max(options.width, canvas.right + margin);
  const places = canvas.placesOf(journey.hops.length, hasRail ? { x: margin + 24, y: margin + railHeight / 2 } : undefined);
  const stationBottom = y;
  const ribbon = rows.length === 1 ? ribbonOf(journey, places, stationBottom + margin, width - margin, fitting.measure) : undefined;
  const asks = canvas.stations.find((station) => station.row === 'pod' && station.steps.some(({ index }) => index >= (lookups[0]?.index ?? 0)));
  return {
    width,
    height: (ribbon ? ribbon.end : stationBottom) + margin,
    ...(hasRail
      ? {
          rail: {
            x: margin,
            y: margin,
            width: width - 2 * margin,
            height: railHeight,
            steps: lookups,
            ...(asks ? { asks: { x: asks.x + (rows[0]?.levels.stacked ? 14 : 20), y: asks.y } } : {}),
          },
        }
      : {}),
    nodes: canvas.nodes,
    pods: canvas.pods,
    stations: canvas.stations,
    gates: canvas.gates,
    links: canvas.links,
    between: canvas.between,
    insets: canvas.insets,
    ...(ribbon ? { ribbon: ribbon.ribbon } : {}),
    places,
  };
}

/** Collects the shapes of all rows and remembers the spots in the order of travel. */
class Canvas {
  readonly nodes: NodeShape[] = [];
  readonly pods: PodShape[] = [];
  readonly stations: StationShape[] = [];
  readonly gates: GateShape[] = [];
  readonly links: LinkShape[] = [];
  readonly between: BetweenShape[] = [];
  readonly insets: Drawing['insets'][number][] = [];
  right = 0;
  private readonly spots: Spot[] = [];
  private readonly places = new Map<number, Point>();

  constructor(
    private readonly fitting: Fitting,
    private readonly hasRail: boolean,
  ) {}

  /** Adds a row and gives its lower edge. */
  addRow(row: PlacedRow, top: number, rowIndex: number): number {
    const hasNode = row.visits.some(({ visit }) => visit.place === 'node');
    const bottom = hasNode ? top + row.levels.height : top + outsideHeight + 8;
    row.visits.forEach(({ visit, x, width, ends }, index) => {
      if (visit.place === 'outside') this.addOutside(visit, x, hasNode ? top + row.levels.device - outsideHeight / 2 : top + 6, rowIndex, top);
      else this.addNode(visit, x, top, placeNode(visit, row.levels, ends, width), row.levels.height, rowIndex, rowIndex === 0 && index === 0);
      this.right = Math.max(this.right, x + width);
    });
    return bottom;
  }

  private addOutside(visit: Visit, left: number, top: number, rowIndex: number, rowTop: number): void {
    let x = left;
    for (const stop of visit.stops) {
      const first = stop.steps[0];
      if (!first) continue;
      const width = outsideWidthOf(stop, this.fitting);
      const note = stationNote(first.hop, this.fitting.proxyMode);
      this.stations.push({
        kind: 'outside',
        row: 'outside',
        x,
        y: top,
        width,
        height: outsideHeight,
        title: stationTitle(first.hop),
        ...(note === undefined ? {} : { note }),
        steps: stop.steps,
        reached: first.reached,
        tunnel: false,
      });
      this.addSpot({ x: x + width / 2, y: top + outsideHeight / 2, width, height: outsideHeight, shape: 'station', row: rowIndex, rowTop, visit }, stop.steps);
      x += width + outsideGap;
    }
  }

  private addNode(visit: Visit, left: number, top: number, block: ReturnType<typeof placeNode>, height: number, rowIndex: number, first: boolean): void {
    const reached = visit.stops.some((stop) => stop.steps.some((step) => step.reached));
    const titleX = left + (this.hasRail && first ? 56 : 12);
    this.nodes.push({
      x: left,
      y: top,
      width: block.width,
      height,
      name: visit.name,
      ...(visit.address === undefined ? {} : { address: visit.address }),
      ...(visit.podRange === undefined ? {} : { podRange: visit.podRange }),
      reached,
      titleX,
    });
    for (const pod of block.pods) {
      this.pods.push({
        x: left + pod.x,
        y: top + pod.y,
        width: pod.width,
        height: pod.height,
        name: pod.name,
        reached: pod.stops.some((stop) => stop.steps.some((step) => step.reached)),
        titleX: left + pod.x + (this.hasRail && first && pod === block.pods[0] ? (block.stacked ? 52 : 42) : 8),
      });
    }
    for (const placed of block.placed) this.addPlaced(placed, visit, left, top, rowIndex, reached);
    this.insets.push(...placeInsets(block, left, top));
  }

  private addPlaced(placed: PlacedStop, visit: Visit, left: number, top: number, rowIndex: number, nodeReached: boolean): void {
    const x = left + placed.x;
    const y = top + placed.y;
    const steps = placed.stop?.steps ?? [];
    const [first] = steps;
    this.right = Math.max(this.right, x + placed.width / 2);
    if (placed.shape === 'gate' && first) {
      this.gates.push({ x, y, step: first, word: first.hop.kind === 'policy-egress' ? 'egress' : 'ingress' });
    } else {
      const note = first && stationNote(first.hop, this.fitting.proxyMode);
      this.stations.push({
        kind: placed.shape === 'interface' ? 'interface' : 'station',
        row: placed.row,
        x: x - placed.width / 2,
        y: y - placed.height / 2,
        width: placed.width,
        height: placed.height,
        title: first ? stationTitle(first.hop) : 'eth0',
        ...(note === undefined || placed.height < stationHeight ? {} : { note }),
        steps,
        reached: first ? first.reached : nodeReached,
        tunnel: placed.row === 'tunnel' && placed.shape === 'station',
      });
    }
    this.addSpot(
      {
        x,
        y,
        width: placed.width,
        height: placed.height,
        shape: placed.shape,
        ...(placed.row === 'tunnel' ? { leads: 'up' as const } : {}),
        row: rowIndex,
        rowTop: top,
        visit,
      },
      steps,
    );
  }

  private addSpot(spot: Omit<Spot, 'steps'>, steps: readonly Step[]): void {
    this.spots.push({ ...spot, steps });
    for (const step of steps) this.places.set(step.index, { x: spot.x, y: spot.y });
  }

  /** Draws the lines between neighbours; a network that is crossed stands in the middle of its line. */
  joinSpots(left: readonly Step[]): void {
    for (let at = 1; at < this.spots.length; at += 1) {
      const from = this.spots[at - 1];
      const to = this.spots[at];
      if (!from || !to) continue;
      const step = this.nextStep(at);
      const crossed = from.visit === to.visit ? [] : to.visit.crossed;
      const points = connect(from, to);
      if (!step || points.length < 2) continue;
      const next = {
        toward: step.index,
        reached: step.reached,
        conditional: step.conditional,
        tunnel: step.reached && step.hop.before.encapsulation !== undefined,
      };
      const [over] = crossed;
      if (!over) {
        this.links.push({ points, ...next, arrow: to.shape !== 'gate' });
        continue;
      }
      const [before, middle, after] = splitInMiddle(points);
      const tunnel = over.reached && over.hop.before.encapsulation !== undefined;
      this.links.push(
        { points: before, toward: over.index, reached: over.reached, conditional: over.conditional, arrow: false, tunnel },
        { points: after, ...next, arrow: true },
      );
      for (const each of crossed) this.places.set(each.index, middle);
      this.between.push(betweenOf(over, middle, from.row !== to.row));
    }
    this.leaveLast(left);
  }

  /** The hop that the packet comes to at a spot; at a card of the node that no hop names, the one after it, which may be the network outside. */
  private nextStep(at: number): Step | undefined {
    for (let next = at; next < this.spots.length; next += 1) {
      const spot = this.spots[next];
      const entered = next > at && spot && spot.visit !== this.spots[next - 1]?.visit;
      const step = (entered ? spot.visit.crossed[0] : undefined) ?? spot?.steps[0];
      if (step) return step;
    }
    return undefined;
  }

  /** A path that ends in a network ends beside the last box. */
  private leaveLast(left: readonly Step[]): void {
    const last = this.spots.at(-1);
    const [step] = left;
    if (!last || !step) return;
    const end = { x: last.x + last.width / 2 + 46, y: last.y };
    this.links.push({
      points: [{ x: last.x + last.width / 2, y: last.y }, end],
      toward: step.index,
      reached: step.reached,
      conditional: step.conditional,
      arrow: true,
      tunnel: false,
    });
    for (const each of left) this.places.set(each.index, end);
    this.between.push(betweenOf(step, end, false));
    this.right = Math.max(this.right, end.x + 46);
  }

  /** A hop without a box of its own is where the one before it was. */
  placesOf(count: number, rail: Point | undefined): readonly Point[] {
    const result: Point[] = [];
    for (let index = 0; index < count; index += 1) result.push(this.places.get(index) ?? rail ?? result.at(-1) ?? { x: margin, y: margin });
    return result;
  }
}

function betweenOf(step: Step, at: Point, flat: boolean): BetweenShape {
  const { encapsulation } = step.hop.before;
  return {
    ...at,
    step,
    flat,
    ...(encapsulation ? { above: tunnelName(encapsulation.kind) } : {}),
    below: encapsulation ? [tunnelPort(encapsulation), `+${encapsulation.overhead} bytes`] : [],
  };
}

/** Marks for verdicts, gates and stations: each with a shape and a sign of its own, so that they read without colour. */
import type { Outcome, Verdict } from '../../server/src/protocol/trace';
import { svg, type Child } from './dom';

/** Verdicts, and what the views mark beside them. */
export type MarkName = Verdict | 'no-rule' | 'not-reached';

type Ink = 'plain' | 'path' | 'translation' | 'tunnel' | 'good' | 'bad' | 'warn';

interface MarkDrawing {
  readonly ink: Ink;
  readonly words: string;
  /** Filled with the ink; what lies on it is drawn in the card's colour. */
  readonly solid?: string;
  readonly outline?: string;
  readonly dash?: string;
  /** Stroked sign. */
  readonly sign?: readonly string[];
  /** Filled sign. */
  readonly filledSign?: string;
}

const circle = 'M10 2.500a7.500 7.500 0 1 1 0 15 7.500 7.500 0 0 1 0-15Z';
const disc = 'M10 1.800a8.200 8.200 0 1 1 0 16.400 8.200 8.200 0 0 1 0-16.400Z';
const shield = 'M10 1.800 16.700 4v5.300c0 4-2.600 7-6.700 8.900-4.100-1.900-6.700-4.900-6.700-8.900V4Z';
const square = 'M3 3h14v14H3Z';
const octagon = 'M6.700 1.900h6.600l4.800 4.800v6.600l-4.800 4.800H6.700l-4.800-4.800V6.700Z';
const cross = ['M7.200 7.200l5.600 5.600', 'M12.800 7.200 7.200 12.800'];
const tick = ['M6.500 10.200 9 12.700 13.700 7.500'];

const drawings: Readonly<Record<MarkName, MarkDrawing>> = {
  forwarded: { ink: 'plain', words: 'forwarded', outline: circle, sign: ['M6 10h7.500', 'M10.700 7.200 13.500 10l-2.800 2.800'] },
  resolved: {
    ink: 'path',
    words: 'resolved',
    outline: 'M6 2.500h8A3.500 3.500 0 0 1 17.500 6v8a3.500 3.500 0 0 1-3.500 3.500H6A3.500 3.500 0 0 1 2.500 14V6A3.500 3.500 0 0 1 6 2.500Z',
    sign: ['M6.500 8h7', 'M6.500 12h7'],
  },
  translated: {
    ink: 'translation',
    words: 'translated',
    outline: 'M10 .900 19.100 10 10 19.100.900 10Z',
    sign: ['M5.800 8.300h7.200', 'M11.200 6.500 13 8.300', 'M14.200 11.700H7', 'M8.800 13.500 7 11.700'],
  },
  encapsulated: { ink: 'tunnel', words: 'wrapped', outline: square, filledSign: 'M7 7h6v6H7Z' },
  decapsulated: { ink: 'tunnel', words: 'unwrapped', outline: 'M5.500 4H3v13h14V4h-2.500', sign: ['M10 13V2.500', 'M7 5.500l3-3 3 3'] },
  allowed: { ink: 'good', words: 'allowed', outline: shield, sign: ['M6.900 9.700 9.200 12l4-4.500'] },
  'no-rule': { ink: 'bad', words: 'no rule matches', outline: shield, sign: ['M7.700 7.300l4.600 4.600', 'M12.300 7.300l-4.600 4.600'] },
  'not-enforced': { ink: 'warn', words: 'not enforced', outline: shield, dash: '2.500 2', sign: ['M7 9.600h6'] },
  delivered: { ink: 'good', words: 'delivered', solid: disc, sign: tick },
  dropped: { ink: 'bad', words: 'dropped', solid: octagon, sign: cross },
  rejected: { ink: 'bad', words: 'rejected', outline: octagon, sign: ['M7 8.700h4.300a2.200 2.200 0 0 1 0 4.400H8.500', 'M9 6.500 6.800 8.700 9 10.900'] },
  unknown: {
    ink: 'warn',
    words: 'unknown',
    outline: square,
    dash: '2.200 1.800',
    sign: ['M7.800 7.900a2.200 2.200 0 1 1 3.400 1.900c-.800.500-1.200.900-1.200 1.800', 'M10 13.600v.300'],
  },
  'not-reached': { ink: 'plain', words: 'not reached', outline: circle, dash: '1.500 2' },
};

/** The mark of a verdict, `size` CSS pixels wide. It names itself for screen readers unless text beside it does (`quiet`). */
export function mark(name: MarkName, size = 18, quiet = false): SVGSVGElement {
  const { ink, words, solid, outline, dash, sign = [], filledSign } = drawings[name];
  return svg(
    'svg',
    {
      class: `mark ink-${ink}${solid === undefined ? '' : ' mark-solid'} mark-${name}`,
      width: size,
      height: size,
      viewBox: '0 0 20 20',
      ...(quiet ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': words }),
    },
    solid !== undefined && svg('path', { class: 'mark-body', d: solid }),
    outline !== undefined && svg('path', { class: 'mark-outline', d: outline, 'stroke-dasharray': dash }),
    sign.map((d) => svg('path', { class: 'mark-sign', d })),
    filledSign !== undefined && svg('path', { class: 'mark-filled-sign', d: filledSign }),
  );
}

/** The mark inside a drawing, its middle at x, y. */
export function markAt(name: MarkName, x: number, y: number, size = 16): SVGSVGElement {
  const element = mark(name, size, true);
  element.setAttribute('x', String(x - size / 2));
  element.setAttribute('y', String(y - size / 2));
  return element;
}

export function wordsOf(name: MarkName): string {
  return drawings[name].words;
}

/** The CSS class that gives text and lines the mark's colour. */
export function inkOf(name: MarkName): string {
  return `ink-${drawings[name].ink}`;
}

/** The mark that sums up how a trace ended. */
export function markOfOutcome(outcome: Outcome): MarkName {
  switch (outcome) {
    case 'delivered':
      return 'delivered';
    case 'refused-no-endpoints':
    case 'refused-no-listener':
    case 'port-not-on-service':
    case 'name-not-found':
    case 'grant-missing':
      return 'rejected';
    case 'unknown':
    case 'mixed':
      return 'unknown';
    default:
      return 'dropped';
  }
}

/** `open` and `closed` are a policy's standing answer, `stops` is what it does to the packet that is traced. */
export type GateState = 'open' | 'closed' | 'stops' | 'not-enforced';

/** Two posts, 14 apart, around the point x, y of an edge. */
export function gate(state: GateState, x: number, y: number, height = 20): SVGGElement {
  const top = y - height / 2;
  const bottom = y + height / 2;
  const post = (at: number): SVGElement => svg('line', { class: 'gate-post', x1: at, x2: at, y1: top, y2: bottom });
  const bar = (at: number): SVGElement => svg('line', { class: 'gate-bar', x1: x - 7, x2: x + 7, y1: at, y2: at });
  return svg(
    'g',
    { class: `gate gate-${state}` },
    state === 'stops' && svg('rect', { class: 'gate-body', x: x - 7, y: y - 7, width: 14, height: 14 }),
    post(x - 7),
    post(x + 7),
    state === 'closed' && [bar(y - 3.5), bar(y + 3.5)],
    state === 'stops' && svg('path', { class: 'gate-cross', d: `M${x - 3} ${y - 3}l6 6M${x + 3} ${y - 3}l-6 6` }),
  );
}

/** The number of a hop as a pill, 16 × 14 or wider, its middle at x, y. */
export function hopNumber(text: string, x: number, y: number, current = false): SVGGElement {
  const width = Math.max(16, 8 + 6 * text.length);
  return svg(
    'g',
    { class: current ? 'hop-number current' : 'hop-number' },
    svg('rect', { x: x - width / 2, y: y - 7, width, height: 14, rx: 7 }),
    svg('text', { x, y: y + 3.5, 'text-anchor': 'middle' }, text),
  );
}

export interface StationLook {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly note?: string;
  readonly number?: string;
  readonly current?: boolean;
  /** Dashed and grey: the packet does not come here. */
  readonly missed?: boolean;
  readonly mark?: MarkName;
  /** The colour of its border, where the station does more than forward. */
  readonly ink?: Ink;
}

/** A station: box, name, note, number on the upper left corner and mark on the upper right. */
export function station(look: StationLook, ...children: Child[]): SVGGElement {
  const { x, y, width, height } = look;
  const middle = x + width / 2;
  const classes = ['station', look.current && 'current', look.missed && 'missed', look.ink && `ink-${look.ink}`].filter(Boolean).join(' ');
  return svg(
    'g',
    { class: classes },
    svg('rect', { class: 'station-box', x, y, width, height, rx: 3 }),
    svg('text', { class: 'station-title', x: middle, y: y + (look.note === undefined ? height / 2 + 4 : height / 2 - 2), 'text-anchor': 'middle' }, look.title),
    look.note !== undefined && svg('text', { class: 'station-note', x: middle, y: y + height / 2 + 12, 'text-anchor': 'middle' }, look.note),
    children,
    look.number !== undefined && hopNumber(look.number, x + 1, y, look.current ?? false),
    look.mark !== undefined && look.mark !== 'forwarded' && markAt(look.mark, x + width, y, 16),
  );
}

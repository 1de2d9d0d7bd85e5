/** The quiet parts of a trace drawing: node and pod boxes, insets, the rail of the name look-up, the ribbon. */
import type { EndpointChoice } from '../../../../server/src/protocol/panel';
import type { Flow, Hop, Verdict } from '../../../../server/src/protocol/trace';
import { svg, svgTitle } from '../../dom';
import { iconAt } from '../../icons';
import { hopNumber, inkOf, markAt } from '../../marks';
import { cutMiddle, measureText } from '../../measureText';
import type { Font } from '../../measureText';
import { endText, serviceName } from '../words';

import { insetLines, policyWords } from './policyInset';
import type { InsetPiece } from './policyInset';
import { segmentHeight, segmentRows, segmentStep } from './ribbonNotes';
import { numbersOf } from './stationWords';
import type { InsetShape, NodeShape, PodShape, RailShape, RibbonShape } from './shapes';

export interface DrawWords {
  /** The network plugin, as `flannel:vxlan`. */
  readonly cni: string;
  readonly flow: Flow;
  readonly endpoints: readonly EndpointChoice[];
}

export const small: Font = { size: 11 };
const bold: Font = { size: 11, weight: 600 };
const mono: Font = { size: 10.5, mono: true };
const monoBold: Font = { size: 10.5, mono: true, weight: 600 };
const insetStart = 11;
const insetEdge = 9;
const insetGap = 6;
/** A third line stands closer and makes the inset 4 higher, for which there is room above the gates. */
const insetMostLines = 3;

interface Piece {
  /** Left out where it does not fit as a whole. */
  readonly optional?: boolean;
  readonly text: string;
  /** Said instead where the text does not fit. */
  readonly shorter?: string;
  readonly font: Font;
  readonly className: string;
}

/** Texts one after the other on one line; the last that does not fit is cut in its middle, those after it are left out. */
function line(x: number, y: number, right: number, gap: number, pieces: readonly Piece[]): SVGElement[] {
  const drawn: SVGElement[] = [];
  let at = x;
  for (const { text: whole, shorter, font, className, optional } of pieces) {
    const room = right - at;
    const text = shorter !== undefined && measureText(whole, font) > room ? shorter : whole;
    if (room < 14 || text === '' || (optional && measureText(text, font) > room)) continue;
    const shown = cutMiddle(text, room, font);
    drawn.push(svg('text', { class: className, x: at, y }, shown, shown === text ? undefined : svgTitle(text)));
    at += measureText(shown, font) + gap;
  }
  return drawn;
}

export function drawNode(node: NodeShape): SVGGElement {
  const y = node.y + 16;
  return svg(
    'g',
    { class: node.reached ? 'node-box' : 'node-box missed' },
    svg('rect', { class: 'node-rect', x: node.x, y: node.y, width: node.width, height: node.height, rx: 6 }),
    iconAt('node', node.titleX, node.y + 6, 13),
    line(node.titleX + 18, y, node.x + node.width - 8, 8, [
      { text: node.name || 'node', font: bold, className: 'strong' },
      { text: node.address ?? '', font: small, className: 'small', optional: true },
      { text: node.podRange === undefined ? '' : `pods ${node.podRange}`, font: small, className: 'small', optional: true },
    ]),
  );
}

export function drawPod(pod: PodShape): SVGGElement {
  return svg(
    'g',
    { class: pod.reached ? 'pod-box' : 'pod-box missed' },
    svg('rect', { class: 'pod-rect', x: pod.x, y: pod.y, width: pod.width, height: pod.height, rx: 5 }),
    line(pod.titleX, pod.y + 15, pod.x + pod.width - 6, 5, [
      { text: pod.name, font: bold, className: 'strong' },
      pod.reached
        ? { text: 'pod', font: small, className: 'small', optional: true }
        : { text: 'pod, not reached', shorter: 'not reached', font: small, className: 'small', optional: true },
    ]),
  );
}

export function drawInset(inset: InsetShape, words: DrawWords): SVGGElement {
  const { hop } = inset.step;
  const content = insetContent(hop, words, inset.width - insetEdge - insetStart);
  const x = inset.x + insetStart;
  const right = inset.x + inset.width - insetEdge;
  const close = content.lines.length > 2;
  return svg(
    'g',
    { class: `inset inset-${tone(hop.verdict)}` },
    svgTitle(content.full),
    svg('rect', { class: 'inset-rect', x: inset.x, y: inset.y, width: inset.width, height: inset.height + (close ? 4 : 0), rx: 3 }),
    svg('line', { class: 'inset-anchor', x1: inset.anchor.x, x2: inset.anchor.x, y1: inset.y + inset.height + (close ? 4 : 0), y2: inset.anchor.y }),
    iconAt(content.icon, x, inset.y + 7, 14),
    line(x + 22, inset.y + 18, right, 6, [
      { text: content.name, font: bold, className: 'strong' },
      { ...content.kind, font: small, className: 'small', optional: true },
    ]),
    content.lines.map((pieces, index) => line(x, inset.y + (close ? 37 + 16 * index : 40 + 18 * index), right, insetGap, pieces)),
  );
}

function tone(verdict: Verdict): string {
  if (verdict === 'dropped' || verdict === 'rejected') return 'bad';
  if (verdict === 'not-enforced' || verdict === 'unknown') return 'warn';
  return verdict === 'translated' ? 'translation' : 'good';
}

interface InsetContent {
  readonly icon: 'service' | 'policy' | 'swap';
  readonly name: string;
  readonly kind: { readonly text: string; readonly shorter?: string };
  readonly lines: readonly (readonly Piece[])[];
  /** The tooltip. */
  readonly full: string;
}

function insetContent(hop: Hop, words: DrawWords, width: number): InsetContent {
  const stopped = hop.verdict === 'dropped' || hop.verdict === 'rejected';
  if (hop.kind === 'service-translation') {
    return {
      icon: 'service',
      name: serviceName(hop, words.flow, words.endpoints),
      kind: { text: 'Service' },
      full: hop.plain,
      lines: [
        [{ text: endText(hop.before.destination), font: mono, className: 'mono' }],
        [
          { text: '→', font: small, className: 'small' },
          stopped
            ? { text: 'nobody', font: bold, className: `strong ${inkOf('dropped')}` }
            : { text: endText(hop.after.destination), font: monoBold, className: `mono strong ${inkOf('translated')}` },
        ],
      ],
    };
  }
  if (hop.kind === 'source-translation') {
    return {
      icon: 'swap',
      name: 'SNAT',
      kind: { text: 'a new sender is written', shorter: 'new sender' },
      full: hop.plain,
      lines: [
        [{ text: hop.before.source.address, font: mono, className: 'mono old' }],
        [
          { text: '→', font: small, className: 'small' },
          { text: hop.after.source.address, font: monoBold, className: `mono strong ${inkOf('translated')}` },
        ],
      ],
    };
  }
  const { name, kind, sentences, full } = policyWords(hop, words.cni);
  const lines = insetLines(sentences, width, insetMostLines, { words: small, code: mono, telling: monoBold }, insetGap, measureText);
  return {
    icon: 'policy',
    name,
    kind: { text: kind, shorter: 'policy' },
    full,
    lines: lines.map((pieces) => pieces.map(insetPiece)),
  };
}

function insetPiece({ text, kind, tone: told }: InsetPiece): Piece {
  const ink = told === 'bad' ? ` ${inkOf('dropped')}` : told === 'warn' ? ` ${inkOf('not-enforced')}` : '';
  if (kind === 'words') return { text, font: small, className: `small${ink}` };
  return told === 'bad' ? { text, font: monoBold, className: `mono strong${ink}` } : { text, font: mono, className: `mono${ink}` };
}

export function drawRail(rail: RailShape, words: DrawWords): { readonly back: SVGGElement; readonly front: SVGGElement } {
  const { steps } = rail;
  const last = steps.at(-1)?.hop;
  const first = steps[0]?.hop;
  const asked = first?.before.hostname ?? '';
  const full = steps.flatMap(({ hop }) => [hop.after.hostname, hop.trace?.hops[0]?.before.hostname]).find((name) => name !== undefined && name !== asked) ?? '';
  const resolved = last?.verdict === 'resolved';
  const y = rail.y + rail.height / 2 + 4;
  const asks = rail.asks;
  const back = svg(
    'g',
    { class: 'name-rail' },
    asks && svg('path', { class: 'rail-ask', d: `M${asks.x - 4} ${rail.y + rail.height}V${asks.y - 2}`, 'marker-end': 'url(#trace-arrow)' }),
    asks && resolved && svg('path', { class: 'rail-ask', d: `M${asks.x + 4} ${asks.y}V${rail.y + rail.height + 2}`, 'marker-end': 'url(#trace-arrow)' }),
  );
  const front = svg(
    'g',
    { class: 'name-rail-front' },
    svg('rect', { class: 'name-rail-rect', x: rail.x, y: rail.y, width: rail.width, height: rail.height, rx: rail.height / 2 }),
    last && markAt(last.verdict, rail.x + 24, rail.y + rail.height / 2, 16),
    iconAt('dns', rail.x + 46, rail.y + 6, 14),
    line(rail.x + 68, y, rail.x + rail.width - 14, 10, [
      { text: 'Cluster DNS', font: bold, className: 'strong' },
      { text: asked || words.flow.to, font: mono, className: 'mono' },
      ...(full === '' ? [] : [arrow, { text: full, font: mono, className: 'mono' }]),
      arrow,
      resolved
        ? { text: last.after.destination.address, font: monoBold, className: `mono strong ${inkOf('resolved')}` }
        : { text: last?.verdict === 'dropped' ? 'no answer' : 'no such name', font: bold, className: `strong ${inkOf('dropped')}` },
    ]),
    hopNumber(numbersOf(steps), rail.x, rail.y + rail.height / 2),
  );
  return { back, front };
}

const arrow: Piece = { text: '→', font: small, className: 'small' };

export function drawRibbon(ribbon: RibbonShape): SVGGElement {
  return svg(
    'g',
    { class: 'ribbon' },
    ribbon.segments.map((segment) => {
      const y = ribbon.y + segmentRows.indexOf(segment.row) * segmentStep;
      const fresh = segment.row === 'outer' ? inkOf('encapsulated') : segment.writtenBy === undefined ? '' : inkOf('translated');
      const labelled = 20 + measureText(segment.row, small) + measureText(segment.value, fresh === '' ? mono : monoBold) <= segment.width;
      return svg(
        'g',
        { class: `segment ${fresh}`, 'data-written-by': segment.writtenBy },
        svg('rect', { class: 'segment-rect', x: segment.x, y, width: segment.width, height: segmentHeight, rx: 2 }),
        svgTitle(`${segment.row} ${segment.value}`),
        line(segment.x + 8, y + 13, segment.x + segment.width - 4, 8, [
          // A value that would be cut with its label stands alone: the rows are in the same order everywhere.
          ...(labelled ? [{ text: segment.row, font: small, className: 'small' }] : []),
          { text: segment.value, font: fresh === '' ? mono : monoBold, className: fresh === '' ? 'mono' : `mono strong ${fresh}` },
        ]),
      );
    }),
  );
}

/** Over the play head, which would run through the words. */
export function drawRibbonNotes(ribbon: RibbonShape): SVGGElement {
  return svg(
    'g',
    { class: 'ribbon-notes' },
    ribbon.notes.map(({ x, y, text }) => svg('text', { class: 'small', x, y }, text)),
  );
}

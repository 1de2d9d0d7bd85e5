/** Edges with their arrow heads, gates with their counts, and the dots at which edges end. */
import type { TopologyGate } from '../../../server/src/protocol/topology';
import { svg, svgTitle } from '../dom';
import { gate } from '../marks';
import type { PlacedGate } from './gatePlaces';
import type { PlacedEdge } from './layout';

const dotRadius = 3;
const arrowLength = 7;

/** An edge from dot to dot: a curve, then level through the place of a gate. A caller's pill has no dot. */
export function drawEdge(
  placed: PlacedEdge,
  look: {
    readonly related: boolean;
    readonly ghost: boolean;
    readonly dimmed: boolean;
    readonly dotAtStart: boolean;
    /** Of an edge that stands for several: how many they are, from 0 to 1 where that is the most. */
    readonly weight?: number;
    /** Who does what to whom. */ readonly words: string;
  },
): SVGGElement {
  const { edge, y1, y2 } = placed;
  const tip = placed.x2 - dotRadius;
  const end = tip - arrowLength + 1;
  const start = placed.x1 + (look.dotAtStart ? dotRadius : 0);
  const d = curve(start, y1, Math.min(placed.levelFrom, end), end, y2);
  const line = svg('path', { class: 'edge-line', d });
  if (look.weight !== undefined) line.style.setProperty('--weight', String(Math.round(look.weight * 100) / 100));
  const classes = [
    'edge',
    look.weight !== undefined && 'weighted',
    look.related && 'related',
    look.ghost && 'to-ghost',
    !edge.certain && 'uncertain',
    look.dimmed && 'dimmed',
  ]
    .filter(Boolean)
    .join(' ');
  return svg(
    'g',
    { class: classes, 'data-edge': edge.id, 'data-from': edge.from.card, 'data-to': edge.to.card },
    svg('path', { class: 'edge-target', d }),
    line,
    svgTitle(look.words),
    svg('path', { class: 'edge-head', d: `M${tip} ${y2}l${-arrowLength} -3v6Z` }),
  );
}

/** From x1, y1 with level tangents to x2, y2, and straight on to `end`. */
export function curve(x1: number, y1: number, x2: number, end: number, y2: number): string {
  if (Math.abs(y1 - y2) < 0.5) return `M${x1} ${y1}L${end} ${y2}`;
  const bend = Math.max(16, (x2 - x1) * 0.5);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}L${end} ${y2}`;
}

/** A gate with what it lets in written before it. */
export function drawGate({ gate: from, x, y, height, wordsBelow }: PlacedGate, dimmed: boolean): SVGGElement {
  const words = wordsOf(from);
  return svg(
    'g',
    {
      class: dimmed ? 'gate-place dimmed' : 'gate-place',
      'data-gate': from.workload,
      role: 'img',
      'aria-label': `policy gate of ${from.workload}: ${words.long}`,
    },
    svg('rect', { class: 'gate-target', x: x - 66, y: wordsBelow ? y - 10 : y - 17, width: 77, height: height < 20 ? 20 : 28 }),
    words.short !== '' && svg('text', { class: 'gate-count', x: x - 12, y: wordsBelow ? y + 14 : y - 6, 'text-anchor': 'end' }, words.short),
    gate(from.state, x, y, height),
    svgTitle(`${words.long}\n${from.policies.map((policy) => policy.name).join(', ')}`),
  );
}

function wordsOf({ state, letsIn }: TopologyGate): { readonly short: string; readonly long: string } {
  if (state === 'closed') return { short: '', long: 'lets nobody in' };
  // The short word stands in a narrow column beside the gate.
  if (letsIn === 'others' && state === 'open') return { short: 'others', long: 'lets in only what is in none of these files' };
  const count = `lets in ${letsIn}`;
  return state === 'not-enforced' ? { short: 'not enforced', long: `not enforced by the CNI; would: ${count}` } : { short: count, long: count };
}

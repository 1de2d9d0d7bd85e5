/** The ribbon under a drawing: what is written on the packet, with a new segment at each station that wrote something new. */
import type { Packet } from '../../../../server/src/protocol/trace';
import { isLookup } from '../journey';
import type { Journey } from '../journey';
import { outerText } from '../packetRows';
import { endText } from '../words';
import type { Measure } from '../../measureText';
import { ribbonNotes, segmentHeight, segmentRows, segmentStep } from './ribbonNotes';
import type { Point, RibbonSegment, RibbonShape } from './shapes';

const overhang = 32;
const split = 3;
/** A tunnel device stands a little left of the routes above it. */
const slack = 56;

/** Undefined where the hops do not stand from left to right, since the ribbon has their x. `end` is its lower edge. */
export function ribbonOf(
  journey: Journey,
  places: readonly Point[],
  y: number,
  right: number,
  measure: Measure,
): { readonly ribbon: RibbonShape; readonly end: number } | undefined {
  const walked = journey.hops.map((hop, index) => ({ hop, index, x: places[index]?.x ?? 0 })).filter(({ hop }) => !isLookup(hop.kind));
  const first = walked[0];
  const last = walked.at(-1);
  if (!first || !last || walked.length < 2 || walked.some((step, at) => step.x < (walked[at - 1]?.x ?? 0) - slack)) return undefined;
  const stopped = last.hop.verdict === 'dropped' || last.hop.verdict === 'rejected';
  const start = Math.max(first.x - overhang, 0);
  const end = stopped ? last.x : Math.min(last.x + overhang, right);
  const segments: RibbonSegment[] = [];
  for (const row of segmentRows) {
    let value = valueOf(row, first.hop.before);
    let from = start;
    let writtenBy: number | undefined;
    for (const { hop, index, x } of walked) {
      const next = valueOf(row, hop.after);
      if (next === value) continue;
      if (value !== undefined) segments.push({ row, x: from, width: x - from - split, value, ...(writtenBy === undefined ? {} : { writtenBy }) });
      value = next;
      from = x;
      writtenBy = index;
    }
    if (value !== undefined) segments.push({ row, x: from, width: end - from, value, ...(writtenBy === undefined ? {} : { writtenBy }) });
  }
  const drawn = segments.filter(({ width }) => width > 4);
  const rows = drawn.some(({ row }) => row === 'outer') ? 3 : 2;
  const notes = ribbonNotes(journey.hops, drawn, { y, end, right }, measure);
  return { ribbon: { y, segments: drawn, notes, end }, end: y + (rows - 1) * segmentStep + segmentHeight };
}

function valueOf(row: RibbonSegment['row'], packet: Packet): string | undefined {
  if (row === 'from') return endText(packet.source);
  if (row === 'to') return endText(packet.destination);
  return outerText(packet.encapsulation);
}

/** What stands beside the values of a ribbon: how often a row changed, and what it means that the packet ends. Only where it fits. */
import type { Hop } from '../../../../server/src/protocol/trace';
import { wrapText } from '../../measureText';
import type { Font, Measure } from '../../measureText';
import type { RibbonNote, RibbonSegment } from './shapes';
import { stationTitle } from './stationWords';

export const segmentHeight = 18;
export const segmentStep = 22;
export const segmentRows = ['from', 'to', 'outer'] as const;

const noteFont: Font = { size: 11 };
const valueFont: Font = { size: 10.5, mono: true, weight: 600 };
const inside = 8;
const apart = 16;
const mostLines = 3;
const widestEnd = 320;
const narrowestEnd = 120;
const lineHeight = 15;

export interface NoteRoom {
  /** Upper edge of the ribbon. */
  readonly y: number;
  readonly end: number;
  /** The right edge of the drawing's room. */
  readonly right: number;
}

export function ribbonNotes(hops: readonly Hop[], segments: readonly RibbonSegment[], room: NoteRoom, measure: Measure): readonly RibbonNote[] {
  const last = hops.at(-1);
  if (last?.verdict === 'dropped' || last?.verdict === 'rejected') return endNote(endWords(hops, last), room, measure);
  return segmentRows.flatMap((row) => {
    const own = segments.filter((segment) => segment.row === row);
    const segment = own.at(-1);
    if (!segment) return [];
    const text = rowWords(
      row,
      own.flatMap(({ writtenBy }) => (writtenBy === undefined ? [] : (hops[writtenBy] ?? []))),
    );
    const x = room.end - inside - measure(text, noteFont);
    const taken =
      row === 'outer' && segment.x + segment.width < room.end
        ? segment.x + segment.width
        : segment.x + inside + measure(row, noteFont) + inside + measure(segment.value, valueFont);
    return x < taken + apart ? [] : [{ x, y: room.y + segmentRows.indexOf(row) * segmentStep + 13, text }];
  });
}

function rowWords(row: RibbonSegment['row'], writers: readonly Hop[]): string {
  if (row === 'outer') return 'only inside the tunnel';
  if (writers.length === 0) return row === 'from' ? 'the sender never changes on this path' : 'the receiver never changes on this path';
  const names = [...new Set(writers.map(writerName))];
  if (writers.length === 1) return `changed once, by ${names.join('')}`;
  return writers.length === 2 ? `changed twice, by ${names.join(' and ')}` : `changed ${writers.length} times`;
}

function writerName(hop: Hop): string {
  const title = stationTitle(hop);
  return hop.kind === 'load-balancer' || hop.kind === 'internet-gateway' || hop.kind === 'gateway' ? `the ${title}` : title;
}

function endWords(hops: readonly Hop[], last: Hop): string {
  if (last.verdict === 'rejected')
    return `The packet ends here. An answer says so at once: ${last.before.protocol === 'UDP' ? 'port unreachable' : 'connection refused'}.`;
  const sender = hops.find((hop) => hop.kind === 'container-socket');
  return `The packet ends here. No answer is sent; ${sender?.at.kind === 'pod' ? sender.at.name : 'the client'} waits until its own time-out.`;
}

function endNote(text: string, { y, end, right }: NoteRoom, measure: Measure): readonly RibbonNote[] {
  const x = end + 14;
  const width = Math.min(widestEnd, right - x);
  if (width < narrowestEnd) return [];
  const lines = wrapText(text, width, noteFont, mostLines + 1, measure);
  if (lines.length > mostLines) return [];
  const top = y + (segmentStep + segmentHeight) / 2 - ((lines.length - 1) * lineHeight) / 2 + 4;
  return lines.map((line, index) => ({ x, y: top + index * lineHeight, text: line }));
}

/** What the list writes beside a hop: the addresses on the packet, the old value and the new one where they differ. */
import type { Encapsulation, Hop } from '../../../server/src/protocol/trace';
import { isLookup, samePacket } from './journey';
import { endText } from './words';

/** How a new value is tinted: the colour of what wrote it; `plain` for one that stays. */
export type Tint = 'plain' | 'path' | 'translation' | 'tunnel';

export interface PacketRow {
  readonly label: 'ask' | 'get' | 'from' | 'to' | 'outer';
  /** Struck through. */
  readonly old?: string;
  /** Undefined when the value was taken off and nothing came in its place. */
  readonly value?: string;
  readonly tint: Tint;
}

/** Rows of a hop; a text when there is nothing to write; `always` writes the addresses of a hop that changes nothing (the first and the last of a path). */
export function packetRows(hop: Hop, always: boolean): readonly PacketRow[] | string {
  if (isLookup(hop.kind)) return lookupRows(hop);
  if (hop.verdict === 'dropped') return 'the packet is thrown away';
  if (hop.verdict === 'rejected') return 'the packet is turned back';
  if (samePacket(hop.before, hop.after) && !always) return 'unchanged';
  const rows = [
    changed('from', endText(hop.before.source), endText(hop.after.source), 'translation'),
    changed('to', endText(hop.before.destination), endText(hop.after.destination), 'translation'),
  ];
  const outerBefore = outerText(hop.before.encapsulation);
  const outerAfter = outerText(hop.after.encapsulation);
  if (outerBefore !== undefined || outerAfter !== undefined) rows.push(changed('outer', outerBefore, outerAfter, 'tunnel'));
  return rows;
}

function lookupRows(hop: Hop): readonly PacketRow[] | string {
  const rows: PacketRow[] = [];
  const asked = hop.before.hostname ?? hop.after.hostname;
  if (asked !== undefined) rows.push({ label: 'ask', value: asked, tint: 'plain' });
  if (hop.verdict === 'resolved') rows.push({ label: 'get', value: hop.after.destination.address, tint: 'path' });
  return rows.length > 0 ? rows : 'unchanged';
}

function changed(label: PacketRow['label'], old: string | undefined, value: string | undefined, tint: Tint): PacketRow {
  if (old === value) return value === undefined ? { label, tint: 'plain' } : { label, value, tint: 'plain' };
  return { label, ...(old === undefined ? {} : { old }), ...(value === undefined ? {} : { value }), tint };
}

export function outerText(outer: Encapsulation | undefined): string | undefined {
  return outer && `${outer.source} → ${outer.destination}`;
}

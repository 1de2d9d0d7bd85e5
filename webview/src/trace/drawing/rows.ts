/** Visits set side by side or one below the other, as the width of the drawing allows. */
import { leastWidth, levelsOf } from './nodeBlock';
import type { Ends, Levels } from './nodeBlock';
import { outsideWidthOf } from './sizes';
import type { Fitting } from './sizes';
import type { Visit } from './visits';

export const margin = 16;
export const outsideHeight = 46;
const outsideGap = 48;
const nodeGap = 92;
/** Room beside a row for the card on the node's border and the line to the next row. */
const wrapRoom = 28;

export interface PlacedVisit {
  readonly visit: Visit;
  readonly x: number;
  readonly width: number;
  readonly ends: Ends;
}

export interface PlacedRow {
  readonly visits: readonly PlacedVisit[];
  readonly levels: Levels;
}

/** Rows from top to bottom. A row that cannot be made narrow enough is wider than `width`; the drawing then scrolls. */
export function rowsOf(visits: readonly Visit[], width: number, fitting: Fitting): readonly PlacedRow[] {
  const groups = chooseGroups(visits, width - 2 * margin, fitting);
  return groups.map((group, index) => placeRow(group, visits, width, index > 0, index < groups.length - 1, fitting));
}

interface Group {
  readonly visits: readonly Visit[];
  readonly stacked: boolean;
}

function chooseGroups(visits: readonly Visit[], room: number, fitting: Fitting): readonly Group[] {
  for (const stacked of [false, true]) if (needed(visits, visits, stacked, fitting) <= room) return [{ visits, stacked }];
  const groups: Visit[][] = [];
  for (const visit of visits) {
    const group = groups.at(-1);
    const joins = group !== undefined && group[0]?.place === visit.place && needed([...group, visit], visits, true, fitting) <= room - 2 * wrapRoom;
    if (joins) group.push(visit);
    else groups.push([visit]);
  }
  const wrapped = groups.length > 1 ? 2 * wrapRoom : 0;
  return groups.map((group) => ({ visits: group, stacked: needed(group, visits, false, fitting) > room - wrapped }));
}

function placeRow(group: Group, all: readonly Visit[], width: number, follows: boolean, continues: boolean, fitting: Fitting): PlacedRow {
  const levels = levelsOf(group.visits, group.stacked, fitting);
  const left = margin + (follows ? wrapRoom : 0);
  const room = width - left - margin - (continues ? wrapRoom : 0);
  const nodes = group.visits.filter((visit) => visit.place === 'node');
  const rest = room - needed(group.visits, all, group.stacked, fitting) + nodes.reduce((sum, visit) => sum + leastWidth(visit, levels, endsOf(visit, all)), 0);
  const share = fairShare(
    nodes.map((visit) => leastWidth(visit, levels, endsOf(visit, all))),
    rest,
  );
  let x = left;
  const placed = group.visits.map((visit, index): PlacedVisit => {
    const before = group.visits[index - 1];
    if (before) x += gapBetween(before, visit);
    const own = visit.place === 'node' ? Math.max(leastWidth(visit, levels, endsOf(visit, all)), share) : outsideRun(visit, fitting);
    const result = { visit, x, width: own, ends: endsOf(visit, all) };
    x += own;
    return result;
  });
  return { visits: placed, levels };
}

/** The width that each gets so that together they fill `room`, where some need more than their part. */
function fairShare(least: readonly number[], room: number): number {
  let share = 0;
  const total = (each: number): number => least.reduce((sum, need) => sum + Math.max(need, each), 0);
  while (least.length > 0 && share < room && total(share + 1) <= room) share += 1;
  return share;
}

function needed(group: readonly Visit[], all: readonly Visit[], stacked: boolean, fitting: Fitting): number {
  const levels = levelsOf(group, stacked, fitting);
  return group.reduce((sum, visit, index) => {
    const before = group[index - 1];
    const gap = before ? gapBetween(before, visit) : 0;
    return sum + gap + (visit.place === 'node' ? leastWidth(visit, levels, endsOf(visit, all)) : outsideRun(visit, fitting));
  }, 0);
}

function outsideRun(visit: Visit, fitting: Fitting): number {
  return visit.stops.reduce((sum, stop) => sum + outsideWidthOf(stop, fitting), 0) + (visit.stops.length - 1) * outsideGap;
}

function gapBetween(a: Visit, b: Visit): number {
  return (a.place === 'node' && b.place === 'node') || b.crossed.length > 0 ? nodeGap : outsideGap + 20;
}

function endsOf(visit: Visit, all: readonly Visit[]): Ends {
  const at = all.indexOf(visit);
  return { entered: at > 0, left: at < all.length - 1 };
}

export { outsideGap };

/** How wide a box of a drawing must be for its words: those of our own vocabulary are never cut, names from manifests up to a limit. */
import type { Hop } from '../../../../server/src/protocol/trace';
import type { Font, Measure } from '../../measureText';
import { stationNote, stationTitle } from './stationWords';
import type { Stop } from './visits';

/** What the words of a drawing are measured with, and what one of them depends on. */
export interface Fitting {
  readonly measure: Measure;
  readonly proxyMode: string;
}

export const titleFont: Font = { size: 11, weight: 600 };
export const noteFont: Font = { size: 10.5 };
const smallFont: Font = { size: 11 };

export const stationWidth = 64;
const proxyWidth = 76;
const tunnelWidth = 84;
const outsideWidth = 128;
/** For a name that may be of any length. */
const widestName = 104;
const widestOutside = 156;
const widestPodName = 144;
export const padding = 8;
/** Left of the title of a box outside the nodes stands an icon. */
export const outsidePadding = 36;
const podPadding = 16;

/** For where there is no page to measure on. */
export const estimateText: Measure = (text, font) => text.length * font.size * 0.6;

function isProxy(stop: Stop): boolean {
  return stop.steps.some(({ hop }) => hop.kind === 'service-translation' || hop.kind === 'source-translation');
}

export function stationWidthOf(stop: Stop, { measure, proxyMode }: Fitting): number {
  const hop = stop.steps[0]?.hop;
  const least = isProxy(stop) ? proxyWidth : stop.row === 'tunnel' ? tunnelWidth : stationWidth;
  if (!hop) return least;
  const title = Math.ceil(measure(stationTitle(hop), titleFont)) + padding;
  const note = stationNote(hop, proxyMode) ?? '';
  const noted = Math.ceil(measure(note, noteFont)) + padding - 2;
  return Math.max(least, isNamed(hop) ? Math.min(widestName, title) : title, noteCounts(hop, note) ? Math.min(widestName, noted) : 0);
}

export function outsideWidthOf(stop: Stop, { measure, proxyMode }: Fitting): number {
  const hop = stop.steps[0]?.hop;
  if (!hop) return outsideWidth;
  const title = Math.ceil(measure(stationTitle(hop), titleFont)) + outsidePadding;
  const note = Math.ceil(measure(stationNote(hop, proxyMode) ?? '', { size: 10.5, mono: true })) + 16;
  return Math.max(outsideWidth, isNamed(hop) ? Math.min(widestOutside, title) : title, Math.min(widestOutside, note));
}

/** Room for the title of a pod: its name, and that it is not reached. */
export function podWidthOf(name: string, reached: boolean, stacked: boolean, { measure }: Fitting): number {
  const named = Math.min(widestPodName, Math.ceil(measure(name, titleFont)));
  const rest = reached ? 0 : 5 + Math.ceil(measure(stacked ? 'not reached' : 'pod, not reached', smallFont));
  return named + rest + podPadding;
}

/** The title is a name from a manifest. */
function isNamed(hop: Hop): boolean {
  return hop.kind === 'container-socket' || hop.kind === 'container-port' || hop.kind === 'external-host' || hop.kind === 'ingress-controller';
}

/** Addresses and counts are not cut; the names of devices may be. */
function noteCounts(hop: Hop, note: string): boolean {
  return hop.kind === 'readiness' || /^[\d.:a-f[\]]{7,}$/i.test(note);
}

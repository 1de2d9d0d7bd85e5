/** The bar of the selected resource: what it is joined to, where it is written, and tracing from and to it. */
import { el, replace } from '../dom';
import { icon, iconOfKind } from '../icons';
import { cutMiddle, measureText, type Font } from '../measureText';
import { button, iconButton, link } from '../toolkit';
import { iconOf } from './drawCard';
import type { TopologyHost, TopologyViewState } from './host';
import { placeOf, summaryOf } from './relations';

export interface DetailsSwitch {
  readonly open: boolean;
  toggle(): void;
}

/** Fills `bar` anew. */
export function fillSelectedBar(bar: HTMLElement, state: TopologyViewState, host: TopologyHost, width: number, details: DetailsSwitch): void {
  const { topology, selected, pending } = state;
  const card = topology?.cards.find((candidate) => candidate.id === selected);
  const waiting =
    pending &&
    el(
      'div',
      { class: 'bar-pending', role: 'status' },
      el('span', { class: 'pending-words' }, pending.end === 'from' ? `From ${pending.label}: choose where to.` : `To ${pending.label}: choose where from.`),
      link({ label: 'Cancel', onClick: () => host.cancelPending() }),
    );
  if (!topology || !card) {
    replace(
      bar,
      el('div', { class: 'bar-hint' }, waiting ?? 'Click a resource to see what it is joined to; Ctrl- or Cmd-click a second one to trace between them.'),
    );
    return;
  }
  const place = placeOf(card);
  const source = card.source ?? card.ghost?.namedBy[0];
  const canTrace = card.endpoint !== undefined;
  const more = iconButton({
    label: details.open ? 'Hide the details' : 'Show connections, policies and pods',
    icon: icon('chevronRight', 14),
    onClick: () => details.toggle(),
  });
  more.classList.add('details-toggle');
  more.setAttribute('aria-expanded', String(details.open));
  more.setAttribute('aria-controls', 'topology-details');
  const words = barWords({ title: card.title, summary: summaryOf(topology, card.id), place: place ?? '', canTrace }, width);
  const name = el('div', { class: 'bar-title', title: card.title }, card.title);
  name.style.maxWidth = `${Math.ceil(words.nameWidth)}px`;
  replace(
    bar,
    more,
    el(
      'div',
      { class: card.shape === 'ghost' ? 'bar-icon ghost' : 'bar-icon' },
      icon(card.shape === 'caller' ? iconOfKind(card.object?.kind ?? '') : iconOf(card), 16),
    ),
    name,
    waiting ?? el('div', { class: 'bar-summary' }, summaryOf(topology, card.id)),
    el('div', { class: 'bar-space' }),
    place !== undefined &&
      source &&
      link({ label: cutMiddle(place, words.placeWidth, placeFont), title: `${place}\nShow in the editor`, onClick: () => host.reveal(source) }),
    canTrace && button({ label: words.from, title: 'Trace from here', primary: pending?.end === 'to', onClick: () => host.traceFrom(card) }),
    canTrace && button({ label: words.to, title: 'Trace to here', primary: pending?.end !== 'to', onClick: () => host.traceTo(card) }),
  );
}

const placeFont: Font = { size: 12 };
const long = { from: 'Trace from here', to: 'Trace to here' };
const short = { from: 'From here', to: 'To here' };
/** Of the bar: its padding, the switch of the details, the icon, and the gaps between all parts. */
const fixed = 2 * 16 + 26 + 16 + 7 * 10;
const buttonPadding = 28;
const leastPlace = 90;
const leastName = 60;
/** The summary is set in two lines where it is long, which break between words. */
const mostSummary = 200;
const lineSlack = 30;
const summaryFrom = 720;

interface BarWords {
  readonly from: string;
  readonly to: string;
  readonly nameWidth: number;
  readonly placeWidth: number;
}

/** The place is cut first, then the buttons say less, then the name is cut; the buttons never are. */
function barWords(parts: { readonly title: string; readonly summary: string; readonly place: string; readonly canTrace: boolean }, width: number): BarWords {
  const name = Math.min(measureText(parts.title, { size: 13, weight: 600 }) + 1, width * 0.4);
  const wanted = Math.min(leastPlace, measureText(parts.place, placeFont));
  const summary = width < summaryFrom ? 0 : Math.min(mostSummary, measureText(parts.summary, placeFont) / 2 + lineSlack);
  const roomWith = ({ from, to }: typeof long, nameWidth: number): number => {
    const buttons = parts.canTrace ? [from, to].reduce((sum, label) => sum + measureText(label, { size: 13 }) + buttonPadding, 0) : 0;
    return width - fixed - nameWidth - buttons;
  };
  for (const words of [long, short]) {
    const room = roomWith(words, name);
    if (room >= wanted) return { ...words, nameWidth: name, placeWidth: Math.max(wanted, room - summary) };
  }
  const nameWidth = Math.max(leastName, roomWith(short, 0) - wanted);
  return { ...short, nameWidth, placeWidth: Math.max(leastName / 2, roomWith(short, nameWidth)) };
}

/** The bar of the selected resource: what it is joined to, where it is written, and tracing from and to it. */
import { el, replace } from '../dom';
import { icon, iconOfKind } from '../icons';
import { button, iconButton, link } from '../toolkit';
import { iconOf } from './drawCard';
import type { TopologyHost, TopologyViewState } from './host';
import { placeOf, summaryOf } from './relations';

export interface DetailsSwitch {
  readonly open: boolean;
  toggle(): void;
}

/** Fills `bar` anew. */
export function fillSelectedBar(bar: HTMLElement, state: TopologyViewState, host: TopologyHost, details: DetailsSwitch): void {
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
  replace(
    bar,
    more,
    el('div', { class: 'bar-icon' }, icon(card.shape === 'caller' ? iconOfKind(card.object?.kind ?? '') : iconOf(card), 16)),
    el('div', { class: 'bar-title', title: card.title }, card.title),
    waiting ?? el('div', { class: 'bar-summary' }, summaryOf(topology, card.id)),
    el('div', { class: 'bar-space' }),
    place !== undefined && source && link({ label: place, title: 'Show in the editor', onClick: () => host.reveal(source) }),
    canTrace && button({ label: 'Trace from here', primary: pending?.end === 'to', onClick: () => host.traceFrom(card) }),
    canTrace && button({ label: 'Trace to here', primary: pending?.end !== 'to', onClick: () => host.traceTo(card) }),
  );
}

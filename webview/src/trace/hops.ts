/** The list of hops: what happens, what decides it, what is written on the packet. It is the view for screen readers and the keyboard. */
import type { SourceRef } from '../../../server/src/protocol/source';
import type { Branch, Hop } from '../../../server/src/protocol/trace';
import { el } from '../dom';
import type { Child } from '../dom';
import { icon } from '../icons';
import { mark, wordsOf } from '../marks';
import { link } from '../toolkit';
import { conditionAfter, conditionalMark, conditionalWord, unsureFrom } from './conditional';
import { journeyOf } from './journey';
import type { Journey } from './journey';
import { arriveInRow, bringIntoView, settle } from './motion';
import { packetRows } from './packetRows';
import type { PacketRow } from './packetRows';
import { evidenceLink, evidenceOf, sentence, verdictSpan } from './text';
import { hopPlace, hopTitle, plural, verdictWord } from './words';

export interface HopListOptions {
  readonly branch: Branch;
  readonly journey: Journey;
  /** "What happens", or with the number of the path where there are several. */
  readonly heading: string;
  readonly expert: boolean;
  readonly proxyMode: string;
  readonly onSelect: (index: number) => void;
  readonly reveal: (at: SourceRef) => void;
  readonly openSettings: () => void;
}

export interface HopList {
  readonly element: HTMLElement;
  /** Marks the row. `follow` scrolls it into view; `arriving` is for a path that is played: the milliseconds until the packet is there. */
  setCurrent(index: number, follow: boolean, arriving?: number): void;
}

export function createHopList(options: HopListOptions): HopList {
  const { journey, expert } = options;
  const rows = journey.hops.map((hop, index) => hopRow(hop, index, options));
  const list = el(
    'ol',
    { class: 'hop-list', 'aria-label': 'Hops' },
    rows.map((row, index) => [conditionRow(journey.hops[index - 1]), row]),
  );
  list.addEventListener('keydown', (event) => moveInList(event, rows, journey.hops, options));
  const element = el(
    'section',
    { class: 'hops' },
    el('div', { class: 'hop-heads', 'aria-hidden': 'true' }, el('div', { class: 'hop-head-what' }, options.heading), el('div', null, 'Written on the packet')),
    list,
    journey.notReached.length > 0 &&
      el(
        'div',
        { class: 'hop-foot' },
        el('div', { class: 'hop-mark' }, mark('not-reached')),
        el('div', null, `Not reached: ${listed(journey.notReached.map(hopTitle))}.`),
      ),
    journey.beside.length > 0 && besideRows(journey.beside, options),
    footer(options, expert),
  );
  const setCurrent = (index: number, follow: boolean, arriving?: number): void => {
    rows.forEach((row, at) => {
      row.classList.toggle('current', at === index);
      row.tabIndex = at === index ? 0 : -1;
      if (at === index) row.setAttribute('aria-current', 'step');
      else row.removeAttribute('aria-current');
    });
    settle(list);
    const row = rows[index];
    if (row && follow) bringIntoView(row, arriving !== undefined);
    if (row && arriving !== undefined) arriveInRow(row, arriving);
  };
  return { element, setCurrent };
}

/** Stands before what holds only if a hop that is not known lets the packet through. */
export function conditionRow(before: Hop | undefined): Child {
  const words = conditionAfter(before);
  return words !== undefined && el('li', { class: 'hop-condition' }, words);
}

function hopRow(hop: Hop, index: number, options: HopListOptions): HTMLLIElement {
  const { journey, expert, proxyMode, onSelect } = options;
  const conditional = index > unsureFrom(journey.hops);
  const row = el(
    'li',
    { class: conditional ? 'hop-row conditional' : 'hop-row', tabindex: -1 },
    el('div', { class: 'hop-index' }, String(index + 1)),
    el('div', { class: 'hop-mark' }, mark(conditionalMark(hop.verdict, conditional), 18, true)),
    el(
      'div',
      { class: 'hop-text' },
      el(
        'div',
        { class: 'hop-title' },
        el('strong', null, hopTitle(hop)),
        el('span', { class: 'secondary' }, hopPlace(hop, proxyMode)),
        verdictWords(hop, conditional) ?? el('span', { class: 'unseen' }, wordsOf(hop.verdict)),
      ),
      el(
        'div',
        { class: 'hop-sentence' },
        sentence(expert ? hop.expert : hop.plain),
        showsAssumed(hop) && [' ', el('span', { class: 'assumed', title: 'The manifests do not say it; the simulator assumes it.' }, 'assumed')],
      ),
      linksLine(hop, options),
      hop.trace && ownFlow(hop.trace, options),
    ),
    el('div', { class: 'hop-packet' }, packetCell(packetRows(hop, index === 0 || index === journey.hops.length - 1 || hop.kind === 'container-socket'))),
  );
  row.addEventListener('click', () => onSelect(index));
  return row;
}

/** Under a condition the word has no colour of its own: nothing is settled. */
export function verdictWords(hop: Hop, conditional: boolean): HTMLElement | undefined {
  const words = conditionalWord(hop.verdict, conditional);
  return words === verdictWord(hop.verdict) ? verdictSpan(hop.verdict) : el('span', { class: 'verdict secondary' }, words);
}

function linksLine(hop: Hop, options: HopListOptions): Child {
  const evidence = evidenceOf(hop);
  if (evidence.length === 0) return undefined;
  const [first] = evidence;
  return el(
    'div',
    { class: 'hop-links' },
    evidence.slice(0, 3).map((each, index) => [index > 0 && el('span', { class: 'secondary' }, ' · '), evidenceLink(each, options.reveal)]),
    evidence.length > 3 && el('span', { class: 'secondary' }, ` and ${plural(evidence.length - 3, 'place')} more`),
    first?.note !== undefined && first.note !== '' && evidence.length === 1 && el('span', { class: 'secondary' }, ` · ${first.note}`),
  );
}

/** Nearly every address is assumed, which the last line of the list says once; a hop says it where what it claims rests on it. */
function showsAssumed(hop: Hop): boolean {
  return hop.assumed === true && (hop.kind === 'container-port' || hop.kind === 'external-host' || hop.kind === 'loopback');
}

/** A look-up's own hops, folded away until somebody asks. */
function ownFlow(branch: Branch, options: HopListOptions): HTMLElement {
  const { hops } = journeyOf(branch);
  const details = el(
    'details',
    { class: 'own-flow' },
    el('summary', null, `its own flow: ${plural(hops.length, 'hop')}`),
    el(
      'ol',
      { class: 'own-flow-list' },
      hops.map((hop) =>
        el(
          'li',
          null,
          mark(hop.verdict, 14, true),
          el(
            'div',
            null,
            el('strong', null, hopTitle(hop)),
            ' ',
            el('span', { class: 'secondary' }, hopPlace(hop, options.proxyMode)),
            ' ',
            verdictSpan(hop.verdict),
            el('div', { class: 'hop-sentence' }, sentence(options.expert ? hop.expert : hop.plain)),
            linksLine(hop, options),
          ),
        ),
      ),
    ),
  );
  details.addEventListener('click', (event) => event.stopPropagation());
  return details;
}

export function packetCell(rows: readonly PacketRow[] | string): Child {
  if (typeof rows === 'string') return el('span', { class: 'secondary' }, rows);
  return rows.map((row) =>
    el(
      'div',
      { class: 'packet-row' },
      el('span', { class: 'packet-label' }, row.label),
      el(
        'span',
        { class: 'packet-values' },
        row.old !== undefined && el('del', null, row.old),
        row.old !== undefined && ' ',
        row.value !== undefined && (row.tint === 'plain' ? el('span', null, row.value) : el('ins', { class: `fresh ink-${row.tint}` }, row.value)),
      ),
    ),
  );
}

/** What the two ends share beside the packet's way, and the variables that a Service gives. */
export function besideRows(beside: readonly Hop[], options: HopListOptions): HTMLElement {
  return el(
    'div',
    { class: 'beside' },
    el('div', { class: 'beside-head' }, 'Beside the packet’s way'),
    beside.map((hop) =>
      el(
        'div',
        { class: 'beside-row' },
        icon(hop.kind === 'shared-volume' ? 'volume' : hop.kind === 'ipc' ? 'lock' : 'information'),
        el(
          'div',
          null,
          el('strong', null, hopTitle(hop)),
          ' ',
          el('span', { class: 'secondary' }, hop.kind === 'shared-volume' ? (hop.device ?? '') : ''),
          el('div', { class: 'hop-sentence' }, sentence(options.expert ? hop.expert : hop.plain)),
          linksLine(hop, options),
        ),
      ),
    ),
  );
}

/** How the answer comes back, and what was assumed. */
function footer(options: HopListOptions, expert: boolean): Child {
  const { branch, journey } = options;
  const undone = branch.reply.find((hop) => hop.kind === 'connection-tracking') ?? branch.reply.find((hop) => hop.verdict === 'translated');
  const said = (hop: Hop): string => (expert ? hop.expert : hop.plain);
  const arrives = branch.outcome === 'delivered';
  const assumed = journey.hops.some((hop) => hop.assumed === true);
  if (!arrives && !assumed) return undefined;
  return el(
    'div',
    { class: 'hop-foot' },
    el('div', { class: 'hop-mark' }, icon(arrives ? 'back' : 'information')),
    el(
      'div',
      null,
      arrives &&
        el(
          'div',
          { class: 'foot-answer' },
          el('strong', null, 'The answer'),
          ' takes the same way back. ',
          undone ? [sentence(said(undone)), ' '] : undefined,
          journey.hops.some((hop) => hop.policies) && !/olic(y|ies)/.test(undone ? said(undone) : '') ? 'Policies are not asked again.' : undefined,
        ),
      assumed &&
        el(
          'div',
          { class: 'secondary' },
          'Addresses and nodes are assumed: the manifests name none. Set them in ',
          link({ label: 'packetpath.cluster', onClick: options.openSettings }),
          '.',
        ),
    ),
  );
}

function moveInList(event: KeyboardEvent, rows: readonly HTMLElement[], hops: readonly Hop[], options: HopListOptions): void {
  const at = rows.findIndex((row) => row === event.target);
  if (at < 0) return;
  const to =
    event.key === 'ArrowDown' ? at + 1 : event.key === 'ArrowUp' ? at - 1 : event.key === 'Home' ? 0 : event.key === 'End' ? rows.length - 1 : undefined;
  if (event.key === 'Enter') {
    const evidence = hops[at] && evidenceOf(hops[at])[0];
    if (evidence) options.reveal(evidence.at);
  } else if (to !== undefined && rows[to]) {
    options.onSelect(to);
    rows[to].focus();
  } else if (to === undefined) return;
  event.preventDefault();
}

export function listed(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** The path where there is no room for a drawing: a line from top to bottom, with a box round what happens on one node. */
import type { Hop } from '../../../server/src/protocol/trace';
import { append, el } from '../dom';
import type { Child } from '../dom';
import { icon } from '../icons';
import { mark } from '../marks';
import { conditionalMark, unsureFrom } from './conditional';
import { besideRows, conditionRow, packetCell, verdictWords } from './hops';
import type { HopList, HopListOptions } from './hops';
import { isLookup, joinForwarding, nodeOf } from './journey';
import type { JoinedHops } from './journey';
import { arriveInRow, bringIntoView, settle } from './motion';
import { packetRows } from './packetRows';
import { evidenceLink, evidenceOf, sentence } from './text';
import { hopTitle } from './words';

/** The same surface as the hop list; joined hops are one row ("3–4"). */
export function createTimeline(options: HopListOptions): HopList {
  const { journey, onSelect } = options;
  const rows = joinForwarding(journey.hops);
  const elements = rows.map((row) => timelineRow(row, rows, options));
  const list = el('ol', { class: 'timeline', 'aria-label': 'Hops' });
  let box: HTMLElement | undefined;
  let boxNode: string | undefined;
  rows.forEach((row, index) => {
    const element = elements[index];
    const hop = row.hops[0];
    if (!element || !hop) return;
    const node = isLookup(hop.kind) ? undefined : nodeOf(hop);
    const condition = conditionRow(rows[index - 1]?.hops.at(-1));
    if (node === undefined) {
      box = undefined;
      boxNode = undefined;
      append(list, [condition, element]);
      return;
    }
    if (!box || boxNode !== node) {
      box = el('ol', { class: 'timeline-box-rows' });
      boxNode = node;
      const address = journey.hops.find((other) => other.at.kind === 'node' && other.at.name === node)?.at.address;
      list.append(
        el(
          'li',
          { class: 'timeline-box' },
          el(
            'div',
            { class: hop.before.encapsulation ? 'timeline-node wrapped' : 'timeline-node' },
            el('strong', null, node),
            address !== undefined && ` ${address}`,
          ),
          box,
        ),
      );
    }
    append(box, [condition, element]);
  });
  list.addEventListener('keydown', (event) => {
    const at = elements.findIndex((element) => element === event.target);
    if (at < 0) return;
    const to = event.key === 'ArrowDown' ? at + 1 : event.key === 'ArrowUp' ? at - 1 : undefined;
    const target = to === undefined ? undefined : rows[to];
    if (event.key === 'Enter') {
      const evidence = rows[at]?.hops.flatMap(evidenceOf)[0];
      if (evidence) options.reveal(evidence.at);
    } else if (target && to !== undefined) {
      onSelect(target.first);
      elements[to]?.focus();
    } else return;
    event.preventDefault();
  });
  const element = el(
    'section',
    { class: 'timeline-place' },
    list,
    notReached(options),
    journey.beside.length > 0 && besideRows(journey.beside, options),
    foot(options),
  );
  return {
    element,
    setCurrent(index, follow, arriving) {
      settle(list);
      rows.forEach((row, at) => {
        const current = index >= row.first && index < row.first + row.hops.length;
        const target = elements[at];
        if (!target) return;
        target.classList.toggle('current', current);
        target.tabIndex = current ? 0 : -1;
        target.classList.toggle('ahead', row.first > index);
        if (current && follow) bringIntoView(target, arriving !== undefined);
        if (current && arriving !== undefined && row.first === index) arriveInRow(target, arriving);
      });
    },
  };
}

function timelineRow(row: JoinedHops, rows: readonly JoinedHops[], options: HopListOptions): HTMLLIElement {
  const { first, hops } = row;
  const hop = hops[0];
  if (!hop) return el('li');
  const single = hops.length === 1;
  const conditional = first > unsureFrom(options.journey.hops);
  const wrapped = hop.before.encapsulation !== undefined || hop.after.encapsulation !== undefined;
  const place = row === rows[0] ? ' first' : row === rows.at(-1) ? ' last' : '';
  const element = el(
    'li',
    {
      class: `timeline-row${wrapped ? ' wrapped' : ''}${hop.verdict === 'encapsulated' ? ' wrap-start' : hop.verdict === 'decapsulated' ? ' wrap-end' : ''}${place}${conditional ? ' conditional' : ''}`,
      tabindex: -1,
      onclick: () => options.onSelect(first),
    },
    el('div', { class: 'timeline-mark' }, mark(conditionalMark(hop.verdict, conditional), 18, true)),
    el(
      'div',
      { class: 'timeline-text' },
      el(
        'div',
        { class: 'timeline-title' },
        el('strong', null, hops.map((each) => (single ? hopTitle(each) : shortTitle(each))).join(' → ')),
        verdictWords(hop, conditional),
        el('span', { class: 'timeline-number' }, single ? String(first + 1) : `${first + 1}–${first + hops.length}`),
      ),
      el(
        'div',
        { class: 'hop-sentence' },
        hops.map((each, index) => [index > 0 && ' ', sentence(options.expert ? each.expert : each.plain)]),
      ),
      addresses(hop, first, options),
      evidenceOf(hop).length > 0 &&
        el(
          'div',
          { class: 'hop-links' },
          evidenceOf(hop)
            .slice(0, 2)
            .map((evidence, index) => [index > 0 && ' · ', evidenceLink(evidence, options.reveal)]),
        ),
    ),
  );
  return element;
}

/** In a joined row the long device names go. */
function shortTitle(hop: Hop): string {
  return hop.kind === 'veth' ? 'veth' : hopTitle(hop);
}

/** Only what changes, and both addresses where the program sends. */
function addresses(hop: Hop, index: number, options: HopListOptions): Child {
  const start = hop.kind === 'container-socket' || (index === 0 && !isLookup(hop.kind));
  const rows = packetRows(hop, start);
  if (typeof rows === 'string') return options.journey.hops.length - 1 === index && rows !== 'unchanged' ? el('div', { class: 'secondary' }, rows) : undefined;
  const telling = start ? rows : rows.filter((row) => row.tint !== 'plain');
  return telling.length > 0 && el('div', { class: 'timeline-packet' }, packetCell(telling));
}

function notReached(options: HopListOptions): Child {
  const { notReached: missed } = options.journey;
  return (
    missed.length > 0 &&
    el('div', { class: 'timeline-foot' }, mark('not-reached'), el('div', null, `Not reached: ${missed.map((hop) => shortTitle(hop)).join(', ')}.`))
  );
}

function foot(options: HopListOptions): Child {
  const { branch, journey } = options;
  const parts = [
    branch.outcome === 'delivered'
      ? `The answer takes the same way back${journey.hops.some((hop) => hop.policies) ? '; policies are not asked again' : ''}.`
      : '',
    journey.hops.some((hop) => hop.assumed === true) ? 'Addresses and nodes are assumed.' : '',
  ].filter((part) => part !== '');
  return (
    parts.length > 0 && el('div', { class: 'timeline-foot' }, icon(branch.outcome === 'delivered' ? 'back' : 'information'), el('div', null, parts.join(' ')))
  );
}

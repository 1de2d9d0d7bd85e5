/** The narrow topology: one resource with its neighbours, then all others by kind. */
import type { SourceRef } from '../../../server/src/protocol/source';
import type { Topology, TopologyCard } from '../../../server/src/protocol/topology';
import { el, svg } from '../dom';
import { icon, type IconName } from '../icons';
import { gate } from '../marks';
import { cutMiddle, measureText } from '../measureText';
import { button, link } from '../toolkit';
import { readinessControls } from './details';
import { egressWords } from './egressWords';
import { drawCard, drawFinding, iconOf } from './drawCard';
import type { Filtered, TopologyFilter } from './filter';
import type { TopologyHost, TopologyViewState } from './host';
import { cardHeight, pillHeight } from './layout';
import { downOf, mostSpecific, neighboursOf, placeOf, placeOfPolicy } from './relations';

export interface NarrowContent {
  readonly topology: Topology;
  readonly filtered: Filtered;
  readonly filter: TopologyFilter;
  readonly selected: string | null;
  readonly pending: TopologyViewState['pending'];
  readonly notReady: TopologyViewState['notReady'];
  readonly width: number;
}

const most = 6;
const edge = 16;

export function drawNeighbours(content: NarrowContent, host: TopologyHost): readonly HTMLElement[] {
  const { topology, selected, pending } = content;
  const card = topology.cards.find((candidate) => candidate.id === selected);
  const parts: HTMLElement[] = [];
  if (card) {
    const place = placeOf(card);
    const source = card.source ?? card.ghost?.namedBy[0];
    parts.push(
      el(
        'div',
        { class: 'narrow-head' },
        el('div', { class: 'narrow-title', title: card.title }, card.title),
        el('div', { class: 'narrow-note' }, hasRoomForNote(card.title, place ?? '', content.width) && 'its neighbours'),
        place !== undefined && source && link({ label: place, title: 'Show in the editor', onClick: () => host.reveal(source) }),
      ),
      drawStack(content, card, host),
    );
    if (card.endpoint !== undefined)
      parts.push(
        el(
          'div',
          { class: 'narrow-buttons' },
          button({ label: 'Trace from here', primary: pending?.end === 'to', onClick: () => host.traceFrom(card) }),
          button({ label: 'Trace to here', primary: pending?.end !== 'to', onClick: () => host.traceTo(card) }),
        ),
      );
    const pods = readinessControls(neighboursOf(topology, card.id).workloads, content.notReady, host);
    if (pods.length > 0) parts.push(el('div', { class: 'narrow-pods' }, pods));
  } else parts.push(el('div', { class: 'narrow-hint' }, 'Choose a resource to see who reaches it and what it reaches.'));
  if (pending)
    parts.push(
      el(
        'div',
        { class: 'narrow-hint', role: 'status' },
        pending.end === 'from' ? `From ${pending.label}: choose where to. ` : `To ${pending.label}: choose where from. `,
        link({ label: 'Cancel', onClick: () => host.cancelPending() }),
      ),
    );
  parts.push(...drawLists(content, host));
  return parts;
}

/** The name and the place stand whole before the note does. */
function hasRoomForNote(title: string, place: string, width: number): boolean {
  const text = measureText(title, { size: 13, weight: 600 }) + measureText('its neighbours', { size: 11 }) + measureText(place, { size: 11 });
  return text <= width - 24 - 2 * 7 - 4;
}

/** Callers, the resource's own cards and what it reaches, one below the other. */
function drawStack({ topology, selected, notReady, width }: NarrowContent, card: TopologyCard, host: TopologyHost): HTMLElement {
  const around = neighboursOf(topology, card.id);
  const all = topology.cards.filter((candidate) => candidate.lane === 'workload' && candidate.shape === 'card').length;
  const wide = width - edge - 31;
  const root = svg('svg', { class: 'drawing narrow-drawing', role: 'group', 'aria-label': `${card.title} and its neighbours` });
  const lines = svg('g');
  root.append(lines);
  let y = 14;
  const text = (x: number, words: string, className: string, at = y): void => {
    root.append(svg('text', { class: className, x, y: at }, words));
  };
  // Of a way in and its neighbours, which are no workloads, there is nothing to say how many there might be.
  const ofAll = around.services.some(({ lane, object }) => lane === 'ingress' || object?.kind === 'Gateway') ? '' : ` of ${all}`;
  const heading = (title: string, count: string, x = edge): void => {
    text(x, title, 'card-title');
    text(x + measureText(title, { size: 11, weight: 600 }) + 8, count, 'muted');
  };
  const put = (one: TopologyCard, x: number, own: boolean): number => {
    const height = cardHeight(one);
    const ports = new Set(one.ports.map((port) => port.id));
    const note = [one.lane === 'workload' ? one.object?.kind : one.note, one.replicas === undefined ? undefined : `×${one.replicas}`].filter(Boolean).join(' ');
    const group = drawCard(one, {
      width: wide,
      height,
      selected: own && one.id === card.id,
      own,
      down: one.lane === 'workload' ? downOf(one, notReady) : 0,
      dimmed: false,
      dotsLeft: new Set(),
      dotsRight: own && one.lane !== 'workload' && around.reachedBy.length > 0 ? new Set([...ports].slice(0, 1)) : new Set(),
      ...(note === '' ? {} : { headNote: note }),
    });
    group.style.transform = `translate(${x}px, ${y}px)`;
    group.setAttribute('tabindex', '0');
    root.append(group);
    y += height;
    return y - height;
  };

  const rail = edge + wide + 7;
  const starts: number[] = [];
  if (around.reachedBy.length > 0) {
    heading('Reached by', `${around.reachedBy.length}${ofAll}`);
    y += 8;
    for (const one of around.reachedBy.slice(0, most)) {
      const slim = drawPillRow(one, wide - 4);
      slim.style.transform = `translate(${edge}px, ${y}px)`;
      root.append(slim);
      starts.push(y + pillHeight / 2);
      y += 30;
    }
    y = more(root, around.reachedBy.length, y);
    y += 22;
  }
  let arrowFrom = y;
  if (around.services.length > 0) {
    text(edge, laneWord(around.services[0]), 'muted');
    y += 8;
    let first: number | undefined;
    for (const one of around.services) {
      const top = put(one, edge, true);
      first ??= top;
      y += 8;
    }
    const to = (first ?? y) + 30;
    for (const from of starts) lines.append(svg('path', { class: 'narrow-line', d: `M${edge + wide - 4} ${from}H${rail}V${to}H${edge + wide + 9}` }));
    if (starts.length > 0) lines.append(svg('path', { class: 'narrow-head-mark', d: `M${edge + wide + 3} ${to}l7 -3v6Z` }));
    arrowFrom = y - 8;
  }
  for (const one of around.workloads) {
    const own = topology.gates.find((candidate) => candidate.workload === one.id);
    const room = own ? 58 : 22;
    const x = edge + 24;
    lines.append(
      svg('path', { class: 'narrow-line', d: `M${x} ${arrowFrom - (around.services.length > 0 ? 20 : 0)}V${y - 8 + room - 7}` }),
      svg('path', { class: 'narrow-head-mark', d: `M${x} ${y - 8 + room}l-3 -7h6Z` }),
    );
    if (own) {
      const turned = gate(own.state, 0, 0, 22);
      turned.setAttribute('transform', `translate(${x} ${y + 17}) rotate(90)`);
      root.append(turned);
      const first = mostSpecific(topology, own.policies);
      const says = own.state === 'closed' ? 'lets nobody in' : own.state === 'not-enforced' ? 'not enforced' : `lets in ${own.letsIn}`;
      text(x + 20, cutMiddle(`policy ${first?.name ?? ''} ${says}`, wide - 50, { size: 11 }), '', y + 14);
      if (first) root.append(svgLink(placeOfPolicy(topology, first), x + 20, y + 29, first.source, host));
    }
    y += room - 8;
    arrowFrom = put(one, edge, true) + cardHeight(one);
    y += 8;
  }
  const [only] = around.workloads;
  const sends = around.workloads.length === 1 && only?.egress ? egressWords(only.egress) : undefined;
  if (sends !== undefined) {
    y += 12;
    text(edge + 44, cutMiddle(sends, wide - 50, { size: 11 }), 'muted');
    if (around.reaches.length > 0) y += 4;
    else y += 8;
  }
  if (around.reaches.length > 0) {
    y += 14;
    const x = edge + 24;
    lines.append(
      svg('path', { class: 'narrow-line', d: `M${x} ${arrowFrom - 20}V${y + 8 - 5}` }),
      svg('path', { class: 'narrow-head-mark', d: `M${x} ${y + 10}l-3 -7h6Z` }),
    );
    heading('Reaches', `${around.reaches.length}${ofAll}`, x + 20);
    y += 10;
    for (const one of around.reaches.slice(0, most)) {
      put(one, edge, false);
      y += 8;
    }
    y = more(root, around.reaches.length, y);
  }
  root.setAttribute('width', String(width));
  root.setAttribute('height', String(y));
  root.setAttribute('viewBox', `0 0 ${width} ${y}`);
  const act = (event: Event): void => {
    const id = event.target instanceof Element ? event.target.closest('[data-card]')?.getAttribute('data-card') : undefined;
    const picked = topology.cards.find((candidate) => candidate.id === id);
    if (!picked) return;
    const second = (event instanceof MouseEvent || event instanceof KeyboardEvent) && (event.ctrlKey || event.metaKey);
    if (second && picked.id !== card.id) host.traceBetween(card, picked);
    else if (picked.id === selected && picked.source) host.reveal(picked.source);
    else host.select(picked, true);
  };
  root.addEventListener('click', act);
  root.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') act(event);
  });
  return el('div', { class: 'narrow-stack' }, root);
}

/** A route's kind stands on its card. */
function laneWord(card: TopologyCard | undefined): string {
  const kind = card?.object?.kind ?? 'Service';
  return kind.endsWith('Route') ? 'Route' : kind;
}

function drawPillRow(card: TopologyCard, width: number): SVGGElement {
  const pill = card.lane === 'outside' ? card : { ...card, lane: 'outside' as const };
  const group = drawCard(pill, { width, height: pillHeight, selected: false, dimmed: false, dotsLeft: new Set(), dotsRight: new Set() });
  group.setAttribute('tabindex', '0');
  return group;
}

function more(root: SVGSVGElement, count: number, y: number): number {
  if (count <= most) return y;
  root.append(svg('text', { class: 'muted', x: edge + 10, y: y + 10 }, `and ${count - most} more`));
  return y + 18;
}

function svgLink(words: string, x: number, y: number, at: SourceRef, host: TopologyHost): SVGGElement {
  return svg(
    'g',
    {
      class: 'svg-link',
      role: 'link',
      tabindex: 0,
      onclick: () => host.reveal(at),
      onkeydown: (event) => event instanceof KeyboardEvent && event.key === 'Enter' && host.reveal(at),
    },
    svg('text', { x, y }, words),
  );
}

/** All resources by kind, folded; a filter unfolds what it leaves. */
function drawLists({ topology, filtered, filter, selected }: NarrowContent, host: TopologyHost): readonly HTMLElement[] {
  const lanes: readonly { readonly title: string; readonly icon: IconName; readonly cards: readonly TopologyCard[] }[] = [
    { title: 'Outside', icon: 'internet', cards: inLane('outside').filter((card) => card.shape === 'internet') },
    { title: 'Load balancers', icon: 'loadBalancer', cards: inLane('load-balancer').filter((card) => card.object?.kind !== 'Gateway') },
    { title: 'Gateways', icon: 'ingress', cards: inLane('load-balancer').filter((card) => card.object?.kind === 'Gateway') },
    { title: 'Ingresses', icon: 'ingress', cards: inLane('ingress').filter((card) => card.object?.kind === 'Ingress') },
    { title: 'Routes', icon: 'route', cards: inLane('ingress').filter((card) => card.object?.kind !== 'Ingress') },
    { title: 'Services', icon: 'service', cards: inLane('service') },
    { title: 'Workloads', icon: 'workload', cards: inLane('workload') },
    { title: 'Not in these files', icon: 'warning', cards: filtered.topology.cards.filter((card) => card.shape === 'ghost' && !filtered.dimmed.has(card.id)) },
  ];
  const filtering = filter.text !== '' || filter.namespace !== '' || filter.kind !== '';
  function inLane(lane: TopologyCard['lane']): readonly TopologyCard[] {
    return filtered.topology.cards.filter((card) => card.lane === lane && card.shape !== 'ghost' && !filtered.dimmed.has(card.id));
  }
  const lists = lanes
    .filter((lane) => lane.cards.length > 0)
    .map((lane) => {
      const findings = lane.cards.filter((card) => card.finding);
      const count = findings.reduce((sum, card) => sum + (card.finding?.count ?? 0), 0);
      return fold(
        lane.icon,
        lane.title,
        lane.cards.length,
        filtering,
        count > 0 ? findingBadge(findings, count) : null,
        lane.cards.map((card) =>
          el(
            'button',
            {
              type: 'button',
              class: card.id === selected ? 'list-row current' : 'list-row',
              onclick: (event) => (event instanceof MouseEvent && (event.ctrlKey || event.metaKey) ? between(card) : host.select(card, true)),
            },
            icon(iconOf(card), 14),
            el('span', { class: 'list-name' }, card.title),
            el('span', { class: 'list-note' }, card.namespace),
          ),
        ),
      );
    });
  function between(card: TopologyCard): void {
    const first = topology.cards.find((candidate) => candidate.id === selected);
    if (first && first.id !== card.id) host.traceBetween(first, card);
  }
  if (topology.policies.length > 0 && !filtering)
    lists.push(
      fold(
        'policy',
        'Policies',
        topology.policies.length,
        false,
        null,
        topology.policies.map((policy) =>
          el(
            'button',
            { type: 'button', class: 'list-row', title: policy.says, onclick: () => host.reveal(policy.source) },
            icon('policy', 14),
            el('span', { class: 'list-name' }, policy.name),
            el('span', { class: 'list-note' }, policy.namespace),
          ),
        ),
      ),
    );
  return [el('div', { class: 'narrow-lists' }, lists)];
}

function fold(name: IconName, title: string, count: number, open: boolean, badge: SVGElement | null, rows: readonly HTMLElement[]): HTMLElement {
  return el(
    'details',
    { class: 'fold', open },
    el('summary', null, icon('chevronRight', 14), icon(name, 16), el('span', { class: 'list-name' }, title), badge, el('span', { class: 'list-note' }, count)),
    rows,
  );
}

function findingBadge(cards: readonly TopologyCard[], count: number): SVGSVGElement {
  const order = ['error', 'warning', 'information', 'hint'];
  const worst = order.find((severity) => cards.some((card) => card.finding?.severity === severity)) ?? 'warning';
  const { element, width } = drawFinding(worst, count);
  return svg('svg', { width: Math.ceil(width), height: 17, class: 'fold-badge' }, element);
}

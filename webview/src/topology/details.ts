/** What the selected resource is joined to, as lists of links: every edge, gate and policy of it, for the keyboard and for reading. */
import type { SourceRef } from '../../../server/src/protocol/source';
import type { Topology, TopologyCard, TopologyEdge } from '../../../server/src/protocol/topology';
import type { PodsInState } from '../../../server/src/protocol/trace';
import { el, type Child } from '../dom';
import { icon } from '../icons';
import { cutMiddle } from '../measureText';
import { dropdown, link } from '../toolkit';
import { iconOf } from './drawCard';
import { egressWords } from './egressWords';
import type { TopologyHost, TopologyViewState } from './host';
import { cardsById, downOf, fileAndLine, relatedTo, rowOfRule } from './relations';

const mostRows = 40;
const mostPlaceWidth = 120;

export function drawDetails(state: TopologyViewState, card: TopologyCard, host: TopologyHost): HTMLElement {
  const { topology } = state;
  if (!topology) return el('div');
  const { own } = relatedTo(topology, card.id);
  const coming = topology.edges.filter((edge) => own.has(edge.to.card) && !own.has(edge.from.card));
  const going = topology.edges.filter((edge) => own.has(edge.from.card) && !own.has(edge.to.card));
  const policies = topology.policies.filter((policy) => policy.selects.some((id) => own.has(id)));
  const workloads = topology.cards.filter((each) => own.has(each.id) && each.lane === 'workload');
  return el(
    'div',
    { class: 'details' },
    column('In from', coming.length, rowsOf(coming, 'from', topology, host)),
    column('Out to', going.length, [...sendingRows(workloads), ...rowsOf(going, 'to', topology, host)]),
    column(
      'Policies',
      policies.length,
      policies.slice(0, mostRows).map((policy) => row(icon('policy', 14), policy.name, policy.says, policy.source, host, undefined, policy.range?.start.line)),
    ),
    workloads.length > 0 && column('Pods', undefined, readinessControls(workloads, state.notReady, host)),
  );
}

/** What the policies of the pods themselves let out, whatever is called. */
function sendingRows(workloads: readonly TopologyCard[]): readonly HTMLElement[] {
  return workloads.flatMap(({ title, egress }) =>
    egress
      ? [
          el(
            'div',
            { class: 'details-row' },
            icon('policy', 14),
            el('span', { class: 'details-name', title }, workloads.length > 1 ? title : 'Its pods'),
            el('span', { class: 'details-says', title: egressWords(egress) }, egressWords(egress)),
          ),
        ]
      : [],
  );
}

/** A control for each workload: how many of its pods are not ready, in this panel only. */
export function readinessControls(workloads: readonly TopologyCard[], notReady: readonly PodsInState[], host: TopologyHost): readonly HTMLElement[] {
  return workloads.slice(0, 8).flatMap((card) => {
    const all = card.replicas ?? 1;
    const workload = card.endpoint;
    if (workload === undefined || all < 1) return [];
    const down = downOf(card, notReady);
    const counts = [...new Set([0, 1, all - 1, all, down])].filter((count) => count >= 0 && count <= all).sort((a, b) => a - b);
    const control = dropdown({
      label: `Pods of ${card.title}`,
      labelAt: 'hidden',
      choices: counts.map((count) => ({
        value: String(count),
        label:
          count === 0
            ? all === 1
              ? 'ready'
              : `all ${all} ready`
            : count === all
              ? all === 1
                ? 'not ready'
                : 'none ready'
              : `${all - count} of ${all} ready`,
      })),
      value: String(down),
      onChange: (value) => host.setReadiness(workload, Number(value), all),
    });
    return [
      el(
        'div',
        { class: 'details-row pods-row' },
        icon('workload', 14),
        el('span', { class: 'details-name', title: card.title }, `Pods of ${card.title}`),
        el('div', { class: 'pods-control' }, control.element),
      ),
    ];
  });
}

function column(title: string, count: number | undefined, rows: readonly HTMLElement[]): HTMLElement {
  return el(
    'section',
    { class: 'details-column', 'aria-label': title },
    el('div', { class: 'details-title' }, title, count !== undefined && el('span', { class: 'lane-count' }, count)),
    rows.length > 0 ? rows : el('div', { class: 'details-none' }, 'none'),
    count !== undefined && count > mostRows && el('div', { class: 'details-none' }, `and ${count - mostRows} more`),
  );
}

function rowsOf(edges: readonly TopologyEdge[], end: 'from' | 'to', topology: Topology, host: TopologyHost): readonly HTMLElement[] {
  const cards = cardsById(topology);
  return edges.slice(0, mostRows).flatMap((edge) => {
    const other = cards.get(edge[end].card);
    if (!other) return [];
    const says = `${wordsOf(edge, end, cards)}${edge.certain ? '' : ', perhaps'}`;
    return [row(icon(iconOf(other), 14), other.title, says, edge.because, host, () => host.select(other, false), edge.range?.start.line)];
  });
}

/** `calls :7070`, `routes /api to :80`; of what comes from a listener `routes from :443`. */
function wordsOf(edge: TopologyEdge, end: 'from' | 'to', cards: ReadonlyMap<string, TopologyCard>): string {
  const numberAt = (side: TopologyEdge['from']): string | undefined => {
    const number = cards.get(side.card)?.ports.find(({ id }) => id === side.port)?.number;
    return typeof number === 'number' ? `:${number}` : undefined;
  };
  const [listener, port] = [numberAt(edge.from), numberAt(edge.to)];
  if (edge.kind === 'routes' && end === 'from' && listener !== undefined) return `routes from ${listener}`;
  const rule = rowOfRule(edge, cards.get(edge.from.card));
  return [rule === undefined ? verbs[edge.kind] : `routes ${rule} to`, port].filter(Boolean).join(' ');
}

const verbs: Readonly<Record<TopologyEdge['kind'], string>> = { calls: 'calls', selects: 'selects', routes: 'routes to', enters: 'enters by' };

/** Cut where it is long: the name before it is what a person looks for. */
function placeLink(place: string, onClick: () => void): HTMLElement {
  return link({ label: cutMiddle(place, mostPlaceWidth, { size: 12 }), title: `${place}\nShow in the editor`, onClick });
}

function row(sign: SVGElement, name: string, says: string, source: SourceRef | null, host: TopologyHost, pick?: () => void, line?: number): HTMLElement {
  const title: Child = pick ? link({ label: name, title: 'Select', onClick: pick }) : name;
  return el(
    'div',
    { class: 'details-row' },
    sign,
    el('span', { class: 'details-name' }, title),
    el('span', { class: 'details-says', title: says }, says),
    source && placeLink(fileAndLine(source.uri, line), () => host.reveal(source)),
  );
}

/** Where a trace has several paths: their shares, where they lead, and the sender that the pod sees. One is chosen and drawn. */
import type { Branch, Outcome } from '../../../server/src/protocol/trace';
import { el } from '../dom';
import { mark, markOfOutcome } from '../marks';
import { journeyOf, nodeOf } from './journey';
import { outcomeWord, shareText } from './words';

export interface PathRow {
  readonly label: string;
  readonly share: number;
  readonly entersAt: string;
  readonly pod: string;
  readonly podIsOn: string;
  readonly crosses: string;
  readonly sender: string;
}

export function pathRow(branch: Branch): PathRow {
  const { hops } = journeyOf(branch);
  const last = hops.at(-1);
  const nodes = hops.map(nodeOf).filter((node) => node !== undefined);
  const first = nodes[0] ?? '';
  const arrival = branch.outcome === 'delivered' ? last : (branch.notReached.at(-1) ?? last);
  return {
    label: branch.label,
    share: branch.share,
    entersAt: first,
    pod: arrival?.at.kind === 'node' ? '' : (arrival?.at.name ?? ''),
    podIsOn: arrival ? (nodeOf(arrival) ?? '') : '',
    crosses: new Set(nodes).size > 1 ? 'yes' : 'no',
    sender: branch.outcome === 'delivered' ? (last?.before.source.address ?? '') : '',
  };
}

interface Column {
  readonly title: string;
  readonly key: Exclude<keyof PathRow, 'share'>;
  readonly kind: 'text' | 'address';
}

const columns: readonly Column[] = [
  { title: 'Path', key: 'label', kind: 'text' },
  { title: 'Enters at', key: 'entersAt', kind: 'text' },
  { title: 'Pod', key: 'pod', kind: 'text' },
  { title: 'Pod is on', key: 'podIsOn', kind: 'text' },
  { title: 'Crosses nodes', key: 'crosses', kind: 'text' },
  { title: 'Sender the pod sees', key: 'sender', kind: 'address' },
];

/** The columns that tell something: those that differ, and the sender. The label stands only where the others do not tell the paths apart. */
export function tellingColumns(rows: readonly PathRow[], room: 'narrow' | 'middle' | 'wide'): readonly Column['key'][] {
  const different = (key: Column['key']): boolean => new Set(rows.map((row) => row[key])).size > 1;
  const telling = columns
    .map((column) => column.key)
    .filter(
      (key) => key !== 'label' && !(key === 'crosses' && room === 'middle') && ((key === 'sender' && rows.some((row) => row.sender !== '')) || different(key)),
    );
  const apart = new Set(rows.map((row) => telling.map((key) => row[key]).join('\n'))).size === rows.length;
  if (room === 'narrow') return ['label'];
  return apart ? telling : ['label', ...telling.filter((key) => key === 'sender' || key === 'pod')];
}

/** A path where there is little room: its two ends on one line, and in quiet words where its pod is and how it ends. */
export function briefPath(row: PathRow, outcome: Outcome): readonly [string, string] {
  if (row.entersAt === '' || row.pod === '') return [row.label, outcome === 'delivered' ? '' : outcomeWord(outcome)];
  const place = row.podIsOn === '' ? '' : `on ${row.podIsOn}`;
  return [`${row.entersAt} → ${row.pod}`, [place, outcome === 'delivered' ? '' : outcomeWord(outcome)].filter((words) => words !== '').join(', ')];
}

export interface PathTable {
  readonly element: HTMLElement;
  setSelected(index: number): void;
}

export function createPathTable(branches: readonly Branch[], room: 'narrow' | 'middle' | 'wide', onSelect: (index: number) => void): PathTable {
  const rows = branches.map(pathRow);
  const keys = tellingColumns(rows, room);
  const shown = columns.filter((column) => keys.includes(column.key));
  const bodyRows = branches.map((branch, index) => {
    const row = rows[index];
    return el(
      'tr',
      { class: 'path-row', tabindex: -1, onclick: () => onSelect(index), onkeydown: (event) => onKey(event as KeyboardEvent, index) },
      el(
        'td',
        { class: 'path-share' },
        room === 'narrow' ? [shareWords(branch.share), shareBar(branch.share)] : [shareBar(branch.share), shareWords(branch.share)],
      ),
      shown.map((column) =>
        room === 'narrow' && row
          ? briefCell(row, branch.outcome)
          : el(
              'td',
              { class: column.kind === 'address' ? 'address' : column.key === 'crosses' && row?.crosses === 'no' ? 'secondary' : '' },
              row?.[column.key] ?? '',
            ),
      ),
      el(
        'td',
        null,
        el(
          'div',
          { class: 'path-outcome', title: outcomeWord(branch.outcome) },
          mark(markOfOutcome(branch.outcome), 14, true),
          el('span', { class: room === 'narrow' ? 'unseen' : '' }, outcomeWord(branch.outcome)),
        ),
      ),
    );
  });
  const onKey = (event: KeyboardEvent, index: number): void => {
    const to = event.key === 'ArrowDown' ? index + 1 : event.key === 'ArrowUp' ? index - 1 : undefined;
    const target = to === undefined ? undefined : bodyRows[to];
    if (to !== undefined && target) {
      onSelect(to);
      target.focus();
    } else if (event.key !== 'Enter' && event.key !== ' ') return;
    else onSelect(index);
    event.preventDefault();
  };
  const element = el(
    'section',
    { class: 'paths', 'aria-label': 'Paths' },
    el(
      'table',
      null,
      el(
        'thead',
        null,
        el(
          'tr',
          null,
          el('th', { scope: 'col' }, 'Share'),
          shown.map((column) => el('th', { scope: 'col' }, column.title)),
          el('th', { scope: 'col' }, room === 'narrow' ? el('span', { class: 'unseen' }, 'Outcome') : 'Outcome'),
        ),
      ),
      el('tbody', null, bodyRows),
    ),
  );
  return {
    element,
    setSelected(selected) {
      bodyRows.forEach((row, index) => {
        row.classList.toggle('current', index === selected);
        row.tabIndex = index === selected ? 0 : -1;
        row.setAttribute('aria-selected', String(index === selected));
      });
    },
  };
}

function briefCell(row: PathRow, outcome: Outcome): HTMLElement {
  const [way, rest] = briefPath(row, outcome);
  return el('td', { class: 'path-brief', title: row.label }, el('div', null, way), rest !== '' && el('div', { class: 'secondary' }, rest));
}

function shareWords(share: number): HTMLElement {
  return el('span', { class: 'share-text' }, shareText(share));
}

function shareBar(share: number): HTMLElement {
  const filled = el('span', { class: 'share-filled' });
  filled.style.width = `${Math.min(Math.max(share, 0), 1) * 100}%`;
  return el('span', { class: 'share-bar', 'aria-hidden': 'true' }, filled);
}

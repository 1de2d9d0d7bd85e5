/** Cards, pills and ghosts as SVG. Their places are written by whoever puts them. */
import type { PortRow, TopologyCard } from '../../../server/src/protocol/topology';
import { svg, svgTitle } from '../dom';
import { iconAt, iconOfKind, type IconName } from '../icons';
import { cutMiddle, measureText, type Font } from '../measureText';
import { namespaceOfRow } from './collapse';
import { drawNamespaceRow } from './drawNamespace';
import { headHeight, pillHeight, rowHeight } from './layout';

const titleFont: Font = { size: 11, weight: 600 };
const ghostFont: Font = { ...titleFont, italic: true };
const textFont: Font = { size: 11 };
const monoFont: Font = { size: 10.5, mono: true };

export interface CardLook {
  readonly width: number;
  readonly height: number;
  readonly selected: boolean;
  /** Belongs to what is selected: the pods of a Service, the pill of a workload. */
  readonly own?: boolean;
  /** How many of its pods are switched to not ready. */
  readonly down?: number;
  readonly dimmed: boolean;
  /** Ports at which edges end on the left and begin on the right; `''` is the card's middle. */
  readonly dotsLeft: ReadonlySet<string>;
  readonly dotsRight: ReadonlySet<string>;
  /** In place of `×3`: kind and replicas, where there is room for words. */
  readonly headNote?: string;
}

/** A card with its upper left corner at 0, 0. */
export function drawCard(card: TopologyCard, look: CardLook): SVGGElement {
  const group = svg('g', {
    class: classesOf(card, look),
    'data-card': card.id,
    tabindex: -1,
    role: 'button',
    ...(namespaceOfRow(card.id) === undefined ? { 'aria-pressed': String(look.selected) } : { 'aria-expanded': 'false' }),
  });
  if (card.lane === 'outside') drawPill(group, card, look);
  else if (namespaceOfRow(card.id) !== undefined) drawNamespaceRow(group, card, look);
  else drawBox(group, card, look);
  // Its name is what can be read on it; this says what only its place and its shape tell.
  group.setAttribute('aria-description', spoken(card));
  return group;
}

/** What a screen reader says of a card. */
export function spoken(card: TopologyCard): string {
  if (namespaceOfRow(card.id) !== undefined)
    return [`namespace ${card.title}`, card.note, card.finding && `${card.finding.count} ${card.finding.severity}`, 'collapsed'].filter(Boolean).join(', ');
  const kind =
    card.shape === 'internet'
      ? ''
      : card.shape === 'caller'
        ? `caller, ${card.object?.kind ?? 'workload'}`
        : card.shape === 'ghost'
          ? 'not in these files'
          : (card.object?.kind ?? '');
  const ports = card.ports.map(({ number, name }) => (number === null ? (name ?? 'unknown port') : ['port', number, name].filter(Boolean).join(' ')));
  const finding = card.finding ? `${card.finding.count} ${card.finding.severity}` : '';
  return [card.title, kind, card.namespace && card.shape === 'card' ? `namespace ${card.namespace}` : '', ...ports, finding, card.ghost?.says ?? '']
    .filter(Boolean)
    .join(', ');
}

export function iconOf(card: TopologyCard): IconName {
  if (card.shape === 'internet') return 'internet';
  if (card.shape === 'ghost') return 'warning';
  if (card.entered === true) return 'loadBalancer';
  return iconOfKind(card.object?.kind ?? '');
}

function classesOf(card: TopologyCard, look: CardLook): string {
  return ['card', `card-${card.shape}`, look.selected && 'selected', look.own && !look.selected && 'own', look.dimmed && 'dimmed'].filter(Boolean).join(' ');
}

function drawPill(group: SVGGElement, card: TopologyCard, look: CardLook): void {
  const room = look.width - 22 - 4;
  const shown = cutMiddle(card.title, room, textFont);
  group.append(
    svg('rect', { class: 'card-box', x: 0.5, y: 0.5, width: look.width - 1, height: pillHeight - 1, rx: (pillHeight - 1) / 2 }),
    iconAt(iconOf(card), 6, 5),
    svg('text', { x: 22, y: 16 }, shown),
    svgTitle(
      namespaceOfRow(card.id) !== undefined
        ? `Workloads of namespace ${card.title}; click to open it`
        : card.shape === 'caller'
          ? `${card.object?.kind ?? ''} ${card.title} · ${card.namespace}\nThe same as its workload at right`.trim()
          : card.title,
    ),
  );
}

function drawBox(group: SVGGElement, card: TopologyCard, look: CardLook): void {
  const { width, height } = look;
  group.append(svg('rect', { class: 'card-box', x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 3 }));
  group.append(svg('line', { class: 'card-rule', x1: 1, x2: width - 1, y1: headHeight, y2: headHeight }));
  group.append(iconAt(iconOf(card), 6, 3.5));
  let right = width - 8;
  if (card.finding) {
    const badge = drawFinding(card.finding.severity, card.finding.count);
    right -= badge.width - 3;
    badge.element.setAttribute('transform', `translate(${right} 2)`);
    group.append(badge.element);
    right -= 7;
  }
  const down = look.down ?? 0;
  const all = card.replicas ?? 1;
  const note = down > 0 ? `${all - down}/${all} ready` : (look.headNote ?? (card.replicas === undefined ? undefined : `×${card.replicas}`));
  if (note !== undefined) {
    group.append(svg('text', { class: down > 0 ? 'not-ready' : 'muted', x: right, y: 14, 'text-anchor': 'end' }, note));
    right -= measureText(note, textFont) + 4;
  }
  const shown = cutMiddle(card.title, Math.max(20, right - 25), card.shape === 'ghost' ? ghostFont : titleFont);
  group.append(svg('text', { class: 'card-title', x: 25, y: 14 }, shown));
  group.append(
    svgTitle(
      [
        `${card.object?.kind ?? ''} ${card.title}`.trim(),
        card.namespace,
        card.note,
        ...(card.lane === 'ingress' || card.object?.kind === 'Gateway' ? card.ports.map(rowInWords) : []),
        down > 0 && `${down} of ${all} pods are switched to not ready, in this panel only`,
        card.finding && `${card.finding.count} findings, the worst: ${card.finding.severity}`,
        card.ghost?.says,
      ]
        .filter(Boolean)
        .join('\n'),
    ),
  );
  card.ports.forEach((port, index) => drawPort(group, card, port, index, look));
  if (card.ports.length === 0) {
    group.append(svg('text', { class: 'muted', x: 12, y: headHeight + 14 }, cutMiddle(withoutPorts(card), width - 20, textFont)));
    drawDots(group, '', headHeight + rowHeight / 2, look);
  }
}

/** Hosts, rules and listeners are often too long for their rows. */
function rowInWords({ number, name = '', protocol }: PortRow): string {
  return number === null ? name : `:${number} ${protocol} ${name}`.trim();
}

function withoutPorts(card: TopologyCard): string {
  if (card.shape === 'ghost') return card.note ?? 'not in these files';
  if (card.lane === 'workload') return 'listens on no port';
  return card.note ?? 'no ports';
}

function drawPort(group: SVGGElement, card: TopologyCard, port: PortRow, index: number, look: CardLook): void {
  const y = headHeight + rowHeight * index;
  const baseline = y + 14;
  const isWorkload = card.lane === 'workload';
  // Hosts and paths are words, and longer than a port.
  const isPort = port.number !== null;
  const first = isPort ? `:${port.number}` : (port.name ?? '?');
  const font = isPort ? monoFont : textFont;
  group.append(svg('text', isPort ? { class: 'mono', x: 12, y: baseline } : { x: 12, y: baseline }, cutMiddle(first, look.width - 20, font)));
  const from = 12 + measureText(first, font) + 7;
  let right = look.width - 9;
  const atRight = isWorkload
    ? port.container
    : port.target !== undefined && port.target !== String(port.number) && card.shape === 'card'
      ? `→ ${port.target}`
      : undefined;
  if (atRight !== undefined) {
    const rightFont = isWorkload ? textFont : monoFont;
    const shown = cutMiddle(atRight, Math.max(24, (right - from) * (isWorkload ? 0.75 : 0.6)), rightFont);
    group.append(svg('text', { class: isWorkload ? 'muted' : 'mono muted', x: right, y: baseline, 'text-anchor': 'end' }, shown));
    right -= measureText(shown, rightFont) + 6;
  }
  const words = wordsThatFit(card, port, right - from);
  if (words !== '') group.append(svg('text', { class: 'muted', x: from, y: baseline }, words));
  drawDots(group, port.id, y + rowHeight / 2, look);
}

/** What stands beside the number: the fullest form that fits, else the shortest cut. */
function wordsThatFit(card: TopologyCard, port: PortRow, room: number): string {
  const forms = card.shape === 'ghost' ? ['not in these files', 'not here'] : formsOf(card, port);
  const fitting = forms.find((form) => measureText(form, textFont) <= room);
  if (fitting !== undefined || card.shape === 'ghost') return fitting ?? '';
  // Two letters of a name tell nothing.
  return room > 36 ? cutMiddle(forms.at(-1) ?? '', room, textFont) : '';
}

/** `http`, `dns UDP`; of a listener what is spoken there first: `HTTPS *.example.com`, and the host alone where its port tells the rest. */
function formsOf(card: TopologyCard, { number, name = '', protocol }: PortRow): readonly string[] {
  const join = (...parts: readonly string[]): string => parts.filter(Boolean).join(' ');
  if (card.object?.kind === 'Gateway') return name === '' || !usualPorts.has(`${number} ${protocol}`) ? [join(protocol, name)] : [join(protocol, name), name];
  return [join(number === null ? '' : name, protocol === 'TCP' ? '' : protocol)];
}

const usualPorts: ReadonlySet<string> = new Set(['80 HTTP', '443 HTTPS']);

function drawDots(group: SVGGElement, port: string, y: number, look: CardLook): void {
  if (look.dotsLeft.has(port)) group.append(svg('circle', { class: 'dot', cx: 0, cy: y, r: 3 }));
  if (look.dotsRight.has(port)) group.append(svg('circle', { class: 'dot', cx: look.width, cy: y, r: 3 }));
}

/** The badge of the worst finding and how many there are, its upper left corner at 0, 0. */
export function drawFinding(severity: string, count: number): { readonly element: SVGGElement; readonly width: number } {
  const text = String(count);
  const width = 27 + measureText(text, titleFont);
  const element = svg(
    'g',
    { class: `finding finding-${severity}` },
    svg('rect', { x: 0.5, y: 0.5, width: width - 1, height: 16, rx: 8 }),
    iconAt(severity === 'error' ? 'error' : severity === 'warning' ? 'warning' : 'information', 6, 2.5, 12),
    svg('text', { class: 'card-title', x: 21, y: 12.5 }, text),
  );
  return { element, width };
}

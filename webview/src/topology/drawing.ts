/** The drawing of the topology in its scrolling frame: cards, edges and gates from the layout, culled when there are many. */
import type { TopologyCard, TopologyEdge, TopologyGate } from '../../../server/src/protocol/topology';
import type { SourceRef } from '../../../server/src/protocol/source';
import type { PodsInState } from '../../../server/src/protocol/trace';
import { el, replace, svg, svgTitle } from '../dom';
import { cutMiddle, measureText, wrapText } from '../measureText';
import { link } from '../toolkit';
import { drawCard } from './drawCard';
import { drawContainers } from './drawContainers';
import { drawEdge, drawGate } from './drawEdge';
import { isArrow, nextCard } from './keyboard';
import { hasHead, laneTitles } from './lanes';
import type { PlacedCard, PlacedEdge, PlacedNote, TopologyDrawing } from './layout';
import { downOf, fileAndLine, placeOf, type Related } from './relations';

export interface DrawingContent {
  readonly drawing: TopologyDrawing;
  readonly related: Related;
  readonly dimmed: ReadonlySet<string>;
  readonly selected: string | null;
  readonly zoom: number;
  /** So high is the ground that is free for it: its lanes reach to the end of that. */
  readonly leastHeight: number;
  /** Namespaces that can be closed to a row. */
  readonly closable: ReadonlySet<string>;
  readonly notReady: readonly PodsInState[];
  /** Id of the card that stands for the same thing: a caller's workload, a workload's caller. */
  readonly twin: (id: string) => string | undefined;
}

export interface DrawingHost {
  /** `second`: Ctrl or Cmd was held. */
  pick(card: TopologyCard, second: boolean): void;
  pickGate(gate: TopologyGate): void;
  /** Enter on a card that is selected already. */
  open(card: TopologyCard): void;
  /** An edge was clicked: what in the manifests makes it. */
  reveal(at: SourceRef): void;
  openContainers(): void;
  closeNamespace(name: string): void;
  clear(): void;
}

export interface Drawing {
  readonly element: HTMLElement;
  show(content: DrawingContent): void;
  /** The visible part changed: draws what came into it when the drawing is culled. */
  scrolled(top: number, bottom: number): void;
  focus(card: string): void;
  /** The drawing with everything that lies outside the visible part, too. */
  whole(): SVGSVGElement;
}

/** Above this many cards only those near the visible part are drawn. */
const cullAbove = 300;
const cullMargin = 600;
/** So many edges make a thicket: above, they are faint; above the second, only those of what is pointed at or selected are drawn. */
const faintAbove = 150;
const onDemandAbove = 700;

export function createDrawing(host: DrawingHost): Drawing {
  const lanesLayer = svg('g', { class: 'lanes' });
  const edgesLayer = svg('g', { class: 'edges' });
  /** Above the edges, which may run through an empty lane. */
  const stripWordsLayer = svg('g', { class: 'strip-words' });
  const gatesLayer = svg('g', { class: 'gates' });
  const cardsLayer = svg('g', { class: 'cards' });
  const root = svg(
    'svg',
    { class: 'drawing', role: 'group', 'aria-label': 'Topology: resources from left to right as traffic goes' },
    lanesLayer,
    edgesLayer,
    stripWordsLayer,
    gatesLayer,
    cardsLayer,
  );
  const notesLayer = el('div', { class: 'notes' });
  const element = el('div', { class: 'drawing-frame' }, root, notesLayer);
  const kept = new Map<string, { readonly element: SVGGElement; readonly look: string }>();
  let content: DrawingContent | undefined;
  let window: { top: number; bottom: number } | undefined;
  let focused: string | null = null;
  let drawingAll = false;

  root.addEventListener('click', (event) => {
    const id = cardAt(event);
    const placed = id === undefined ? undefined : content?.drawing.cards.get(id);
    if (placed) {
      focus(placed.card.id);
      host.pick(placed.card, event.ctrlKey || event.metaKey);
      return;
    }
    const workload = ofTarget(event, 'data-gate');
    const gate = content?.drawing.gates.find((candidate) => candidate.gate.workload === workload);
    const edge = ofTarget(event, 'data-edge');
    const because = content?.drawing.edges.find((candidate) => candidate.edge.id === edge)?.edge.because;
    if (gate) host.pickGate(gate.gate);
    else if (because) host.reveal(because);
    else if (ofTarget(event, 'data-namespace') !== undefined) host.closeNamespace(ofTarget(event, 'data-namespace') ?? '');
    else if (event.target instanceof Element && event.target.closest('.container-strip')) host.openContainers();
    else host.clear();
  });
  root.addEventListener('keydown', (event) => {
    const namespace = ofTarget(event, 'data-namespace');
    if (namespace !== undefined && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      host.closeNamespace(namespace);
      return;
    }
    if (event.target instanceof Element && event.target.closest('.container-strip') && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      host.openContainers();
      return;
    }
    const placed = content?.drawing.cards.get(cardAt(event) ?? '');
    if (!placed || !content) return;
    if (isArrow(event.key)) {
      const next = nextCard(content.drawing, placed.card.id, event.key);
      if (next !== undefined) focus(next);
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (content.selected === placed.card.id && !event.ctrlKey && !event.metaKey) host.open(placed.card);
      else host.pick(placed.card, event.ctrlKey || event.metaKey);
    } else if (event.key === 'Escape') host.clear();
    else return;
    event.preventDefault();
  });
  // On the frame: Chromium lets the Tab key stop at an SVG that listens for the focus itself.
  element.addEventListener('focusin', (event) => {
    const id = cardAt(event);
    if (id !== undefined) rove(id);
  });
  root.addEventListener('pointerover', (event) => hover(cardAt(event)));
  root.addEventListener('pointerleave', () => hover(undefined));

  let hovered: string | undefined;
  function hover(id: string | undefined): void {
    if (hovered === id) return;
    hovered = id;
    const twin = id === undefined ? undefined : content?.twin(id);
    for (const [card, { element: group }] of kept) group.classList.toggle('hovered', card === id || card === twin);
    if ((content?.drawing.edges.length ?? 0) > onDemandAbove) drawEdges();
    for (const edge of edgesLayer.children) {
      const ends = [edge.getAttribute('data-from'), edge.getAttribute('data-to')];
      edge.classList.toggle('hovered', id !== undefined && (ends.includes(id) || (twin !== undefined && ends.includes(twin))));
    }
  }

  function rove(id: string | null): void {
    if (focused !== null) kept.get(focused)?.element.setAttribute('tabindex', '-1');
    focused = id;
    if (id !== null) kept.get(id)?.element.setAttribute('tabindex', '0');
  }

  function focus(id: string): void {
    const placed = content?.drawing.cards.get(id);
    if (!placed) return;
    if (!kept.has(id)) {
      window = { top: placed.y - cullMargin, bottom: placed.y + cullMargin };
      draw();
    }
    rove(id);
    kept.get(id)?.element.focus();
  }

  function show(next: DrawingContent): void {
    content = next;
    const { drawing, zoom } = next;
    const height = Math.max(drawing.height, next.leastHeight);
    root.setAttribute('viewBox', `0 0 ${drawing.width} ${height}`);
    root.setAttribute('width', String(Math.round(drawing.width * zoom)));
    root.setAttribute('height', String(Math.round(height * zoom)));
    element.style.width = `${Math.round(drawing.width * zoom)}px`;
    element.style.height = `${Math.round(height * zoom)}px`;
    drawLanes(drawing, height);
    draw();
    drawNotes(drawing, zoom);
  }

  function draw(): void {
    if (!content) return;
    const { drawing, related, dimmed, selected, notReady } = content;
    const all = [...drawing.cards.values()];
    const culled = all.length > cullAbove && !drawingAll;
    const visible = window ?? { top: 0, bottom: 1_500 };
    const inside = (top: number, bottom: number): boolean => !culled || (bottom > visible.top - cullMargin && top < visible.bottom + cullMargin);
    const dots = dotsOf(drawing);
    const seen = new Set<string>();
    for (const placed of all) {
      if (!inside(placed.y, placed.y + placed.height)) continue;
      seen.add(placed.card.id);
      putCard(placed, {
        width: placed.width,
        height: placed.height,
        selected: placed.card.id === selected,
        own: related.own.has(placed.card.id),
        down: placed.card.lane === 'workload' ? downOf(placed.card, notReady) : 0,
        dimmed: dimmed.has(placed.card.id),
        dotsLeft: dots.left.get(placed.card.id) ?? none,
        dotsRight: dots.right.get(placed.card.id) ?? none,
      });
    }
    for (const [id, { element: old }] of kept) {
      if (seen.has(id)) continue;
      old.remove();
      kept.delete(id);
    }
    drawEdges();
    gatesLayer.replaceChildren(
      ...drawing.gates.filter((placed) => inside(placed.y, placed.y)).map((placed) => drawGate(placed, dimmed.has(placed.gate.workload))),
    );
    if (focused === null || !kept.has(focused)) rove(selected !== null && kept.has(selected) ? selected : (all[0]?.card.id ?? null));
  }

  function drawEdges(): void {
    if (!content) return;
    const { drawing, related, dimmed } = content;
    const visible = window ?? { top: 0, bottom: 1_500 };
    const culled = drawing.cards.size > cullAbove && !drawingAll;
    const inside = (top: number, bottom: number): boolean => !culled || (bottom > visible.top - cullMargin && top < visible.bottom + cullMargin);
    const onDemand = drawing.edges.length > onDemandAbove;
    const twin = hovered === undefined ? undefined : content.twin(hovered);
    const asked = ({ edge }: PlacedEdge): boolean =>
      related.edges.has(edge.id) || (hovered !== undefined && [edge.from.card, edge.to.card].some((end) => end === hovered || end === twin));
    const edges = drawing.edges.filter((edge) => inside(Math.min(edge.y1, edge.y2), Math.max(edge.y1, edge.y2)) && (!onDemand || asked(edge)));
    edgesLayer.classList.toggle('many', drawing.edges.length > faintAbove && !onDemand);
    edgesLayer.replaceChildren(
      ...[...edges]
        .sort((a, b) => Number(related.edges.has(a.edge.id)) - Number(related.edges.has(b.edge.id)))
        .map((placed) =>
          drawEdge(placed, {
            related: related.edges.has(placed.edge.id),
            ghost: [placed.edge.from, placed.edge.to].some((end) => drawing.cards.get(end.card)?.card.shape === 'ghost'),
            dimmed: dimmed.has(placed.edge.from.card) && dimmed.has(placed.edge.to.card),
            words: wordsOfEdge(placed.edge, drawing),
            dotAtStart: drawing.cards.get(placed.edge.from.card)?.card.lane !== 'outside',
          }),
        ),
    );
  }

  function putCard(placed: PlacedCard, look: Parameters<typeof drawCard>[1]): void {
    const { card } = placed;
    const key = JSON.stringify([card, look.width, look.height, look.selected, look.own, look.down, look.dimmed, [...look.dotsLeft], [...look.dotsRight]]);
    const old = kept.get(card.id);
    let group = old?.element;
    if (old?.look !== key) {
      const hadFocus = old?.element === document.activeElement;
      group = drawCard(card, look);
      if (old) {
        group.style.transform = old.element.style.transform;
        old.element.replaceWith(group);
      } else {
        group.classList.add('arriving');
        cardsLayer.append(group);
      }
      kept.set(card.id, { element: group, look: key });
      if (card.id === focused) group.setAttribute('tabindex', '0');
      if (hadFocus) group.focus();
      group.getBoundingClientRect();
    }
    if (group) group.style.transform = `translate(${placed.x}px, ${placed.y}px)`;
  }

  function drawLanes({ lanes, labels, cards, hidden }: TopologyDrawing, height: number): void {
    const above: SVGElement[] = [];
    const strips = lanes.order
      .filter((lane) => lane.strip)
      .map((lane) => {
        const isContainers = lane.kind === 'container';
        const count = hidden[lane.kind] ?? 0;
        const words = count > 0 || isContainers ? `${laneTitles[lane.kind]}, ${count}` : hasHead(lane, lanes) ? 'none' : `${laneTitles[lane.kind]}: none`;
        const middle = lane.x + lane.width / 2;
        if (!isContainers && words !== '') {
          const top = Math.max(98, 20 + measureText(words, { size: 11 }));
          above.push(svg('text', { x: 0, y: 0, transform: `translate(${middle + 4} ${top}) rotate(-90)` }, words));
        }
        return svg(
          'g',
          {
            class: isContainers ? 'strip container-strip' : 'strip',
            ...(isContainers ? { role: 'button', tabindex: 0, 'aria-label': `Show the containers, ${count}` } : {}),
          },
          svg('rect', {
            x: lane.x + 0.5,
            y: isContainers ? 0.5 : -4,
            width: lane.width - 1,
            height: height - 1 + (isContainers ? 0 : 4),
            rx: isContainers ? 3 : 0,
          }),
          isContainers && svg('path', { class: 'strip-chevron', d: `M${middle - 3} 11l5 5-5 5` }),
          isContainers && svg('text', { x: 0, y: 0, class: 'muted', transform: `translate(${middle - 4} 32) rotate(90)` }, words),
          isContainers && svgTitle('Show the containers'),
        );
      });
    const containers = lanes.byKind.container;
    const open = containers.strip
      ? []
      : [...cards.values()]
          .filter(({ card }) => card.lane === 'workload' && card.shape === 'card')
          .map((placed) => drawContainers(placed, containers.x, containers.width));
    stripWordsLayer.replaceChildren(...above);
    lanesLayer.replaceChildren(
      ...labels.flatMap(({ band }) => (band ? [svg('rect', { class: 'band', ...band, rx: 3 })] : [])),
      ...strips,
      ...open,
      ...labels.flatMap((label) => {
        const room = (label.ruleTo ?? lanes.byKind.outside.x + lanes.byKind.outside.width) - label.x;
        const closes = label.namespace !== undefined && content?.closable.has(label.namespace) === true;
        const words = closes ? `− ${label.text}` : label.text;
        const text = svg(
          'text',
          {
            class: closes ? 'lane-label closes' : 'lane-label',
            x: label.x,
            y: label.y,
            ...(closes ? { 'data-namespace': label.namespace, role: 'button', tabindex: 0, 'aria-label': `Close ${label.text}` } : {}),
          },
          cutMiddle(words, Math.max(20, room), { size: 10.5 }),
          closes && svgTitle('Close the namespace to one row'),
        );
        if (label.ruleTo === undefined) return [text];
        return [
          text,
          svg('line', {
            class: 'lane-rule',
            x1: Math.min(label.ruleTo, label.x + measureText(words, { size: 10.5 }) + 8),
            x2: label.ruleTo,
            y1: label.y - 3.5,
            y2: label.y - 3.5,
          }),
        ];
      }),
    );
  }

  function drawNotes(drawing: TopologyDrawing, zoom: number): void {
    replace(
      notesLayer,
      drawing.notes.filter((note) => note.width > 90).map((note) => ghostNote(note, zoom)),
    );
  }

  function ghostNote({ card, x, y, width, words }: PlacedNote, zoom: number): HTMLElement {
    const place = placeOf(card);
    const source = card.ghost?.namedBy[0];
    const font = { size: 11 };
    const lines = wrapText(words, Math.min(width, 210), font, 2);
    const note = el(
      'div',
      { class: 'ghost-note' },
      lines.join(' '),
      ' ',
      place !== undefined &&
        source &&
        link({ label: cutMiddle(place, Math.min(width, 210) - 10, font), title: `${place}\nShow in the editor`, onClick: () => host.open(card) }),
    );
    note.style.left = `${x * zoom}px`;
    note.style.top = `${(y + 5) * zoom}px`;
    note.style.width = `${Math.min(width, 214)}px`;
    note.style.transform = `scale(${zoom})`;
    return note;
  }

  return {
    element,
    show,
    focus,
    whole() {
      if (content) show({ ...content, leastHeight: 0 });
      drawingAll = true;
      draw();
      drawingAll = false;
      return root;
    },
    scrolled(top, bottom) {
      const zoom = content?.zoom ?? 1;
      const next = { top: top / zoom, bottom: bottom / zoom };
      if (window && Math.abs(window.top - next.top) < cullMargin / 2 && Math.abs(window.bottom - next.bottom) < cullMargin / 2) return;
      window = next;
      if ((content?.drawing.cards.size ?? 0) > cullAbove) draw();
    },
  };
}

const none: ReadonlySet<string> = new Set();

/** Ports at which edges end and begin; workloads show the dot of each port, Services both, so that one sees where traffic may go. */
function dotsOf(drawing: TopologyDrawing): {
  readonly left: ReadonlyMap<string, ReadonlySet<string>>;
  readonly right: ReadonlyMap<string, ReadonlySet<string>>;
} {
  const left = new Map<string, Set<string>>();
  const right = new Map<string, Set<string>>();
  const add = (map: Map<string, Set<string>>, card: string, port: string): void => {
    const ports = map.get(card);
    if (ports) ports.add(port);
    else map.set(card, new Set([port]));
  };
  for (const { card } of drawing.cards.values()) {
    if (card.lane === 'outside') continue;
    for (const port of card.ports) {
      add(left, card.id, port.id);
      if (card.lane !== 'workload' && card.shape !== 'ghost') add(right, card.id, port.id);
    }
  }
  for (const { edge } of drawing.edges) {
    add(left, edge.to.card, portOr(drawing, edge.to));
    add(right, edge.from.card, portOr(drawing, edge.from));
  }
  return { left, right };
}

function portOr(drawing: TopologyDrawing, end: { readonly card: string; readonly port?: string }): string {
  const placed = drawing.cards.get(end.card);
  if (!placed) return '';
  return end.port !== undefined && placed.ports.has(end.port) ? end.port : (placed.card.ports[0]?.id ?? '');
}

function wordsOfEdge({ kind, from, to, certain, because, range }: TopologyEdge, drawing: TopologyDrawing): string {
  const title = (id: string): string => drawing.cards.get(id)?.card.title ?? id;
  const port = drawing.cards.get(to.card)?.card.ports.find((row) => row.id === to.port)?.number;
  const verb = { calls: 'calls', selects: 'leads to', routes: 'routes to', enters: 'enters by' }[kind];
  return `${title(from.card)} ${verb} ${title(to.card)}${typeof port === 'number' ? `:${port}` : ''}${certain ? '' : ', perhaps'}${because ? `\n${fileAndLine(because.uri, range?.start.line)}` : ''}`;
}

function cardAt(event: Event): string | undefined {
  return ofTarget(event, 'data-card');
}

/** The attribute of what the event hit, or of what that stands in. */
function ofTarget(event: Event, attribute: string): string | undefined {
  const element = event.target instanceof Element ? event.target.closest(`[${attribute}]`) : null;
  return element?.getAttribute(attribute) ?? undefined;
}

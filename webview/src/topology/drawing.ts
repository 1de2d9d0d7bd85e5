/** The drawing of the topology in its scrolling frame: cards, edges and gates from the layout, culled when there are many. */
import type { TopologyCard, TopologyEdge, TopologyGate } from '../../../server/src/protocol/topology';
import type { SourceRef } from '../../../server/src/protocol/source';
import type { PodsInState } from '../../../server/src/protocol/trace';
import { el, replace, svg } from '../dom';
import { drawCard } from './drawCard';
import { drawEdge, drawGate } from './drawEdge';
import { drawLanes } from './drawLanes';
import { drawGhostNote, hasRoom } from './ghostNotes';
import { isArrow, nextCard } from './keyboard';
import type { PlacedCard, PlacedEdge, TopologyDrawing } from './layout';
import { dotsOf } from './portDots';
import { downOf, fileAndLine, rowOfRule, type Related } from './relations';

export interface DrawingContent {
  readonly drawing: TopologyDrawing;
  readonly related: Related;
  readonly dimmed: ReadonlySet<string>;
  readonly selected: string | null;
  readonly zoom: number;
  /** So high is the ground that is free for it: its lanes reach to the end of that. */
  readonly leastHeight: number;
  /** How many edges one between collapsed namespaces stands for. */
  readonly weights: ReadonlyMap<string, number>;
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
    const ground = drawLanes(drawing, height, next.closable);
    stripWordsLayer.replaceChildren(...ground.above);
    lanesLayer.replaceChildren(...ground.below);
    draw();
    replace(
      notesLayer,
      drawing.notes.filter(hasRoom).map((note) => drawGhostNote(note, zoom, (card) => host.open(card))),
    );
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
    const heaviest = Math.max(1, ...content.weights.values());
    const weightOf = ({ id }: TopologyEdge): number | undefined => content?.weights.get(id);
    edgesLayer.classList.toggle('many', drawing.edges.length > faintAbove && !onDemand);
    edgesLayer.replaceChildren(
      ...[...edges]
        .sort((a, b) => Number(related.edges.has(a.edge.id)) - Number(related.edges.has(b.edge.id)))
        .map((placed) =>
          drawEdge(placed, {
            related: related.edges.has(placed.edge.id),
            ghost: [placed.edge.from, placed.edge.to].some((end) => drawing.cards.get(end.card)?.card.shape === 'ghost'),
            dimmed: dimmed.has(placed.edge.from.card) && dimmed.has(placed.edge.to.card),
            words: wordsOfEdge(placed.edge, drawing, weightOf(placed.edge)),
            ...weightIn(weightOf(placed.edge), heaviest),
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

function weightIn(weight: number | undefined, heaviest: number): { readonly weight?: number } {
  return weight === undefined ? {} : { weight: weight / heaviest };
}

function wordsOfEdge(edge: TopologyEdge, drawing: TopologyDrawing, weight: number | undefined): string {
  const { kind, from, to, certain, because, range } = edge;
  if (weight !== undefined && weight > 1) {
    const [start, end] = [from, to].map(({ card }) => drawing.cards.get(card)?.card.title ?? card);
    return `${start ?? ''} → ${end ?? ''}: ${weight} connections`;
  }
  const title = (id: string): string => drawing.cards.get(id)?.card.title ?? id;
  const port = drawing.cards.get(to.card)?.card.ports.find((row) => row.id === to.port)?.number;
  const rule = rowOfRule(edge, drawing.cards.get(from.card)?.card);
  const verb = { calls: 'calls', selects: 'leads to', routes: rule === undefined ? 'routes to' : `routes ${rule} to`, enters: 'enters by' }[kind];
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

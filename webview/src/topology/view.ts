/** The topology view: filter and zoom above, the drawing or the neighbours of one resource, the bar of what is selected. */
import type { Topology } from '../../../server/src/protocol/topology';
import { el, replace } from '../dom';
import { icon } from '../icons';
import { drawAbsence, drawEmpty, noTraffic } from '../emptyState';
import { dropdown, iconButton, link, textField } from '../toolkit';
import { namespaceOfRow } from './collapse';
import { drawDetails } from './details';
import { createDrawing } from './drawing';
import { countContainers, drawnPart } from './drawnPart';
import { applyFilter, kindsOf, noFilter, type Filtered, type TopologyFilter } from './filter';
import { savedNote } from './ghostNotes';
import type { TopologyHost, TopologyView, TopologyViewState } from './host';
import { drawLaneHeads } from './laneHeads';
import { layOut, type TopologyDrawing } from './layout';
import { drawLegend, fitLegend } from './legend';
import { createMinimap } from './minimap';
import { drawNeighbours } from './narrow';
import { panByDragging } from './panByDragging';
import { drawRails } from './rails';
import { fillSelectedBar } from './selectedBar';
import { cardsById, mostSpecific, twinOf } from './relations';
import { standingTrace } from './standing';

const narrowBelow = 480;
const containersFrom = 1200;
const floatMinimapAbove = 50;

export function createTopologyView(host: TopologyHost): TopologyView {
  let state: TopologyViewState = { topology: null, message: '', absence: undefined, selected: null, pending: null, notReady: [], trace: null, endpoints: [] };
  let filter: TopologyFilter = noFilter;
  let zoom = 1;
  let width = 900;
  let containersOpen: boolean | undefined;
  let drawn: TopologyDrawing | undefined;
  let shownSelection: string | null = null;
  let detailsOpen = false;
  /** Large graphs begin round what is selected. */
  let onlyAround = true;
  const openNamespaces = new Set<string>();

  const drawing = createDrawing({
    pick(card, second) {
      const row = namespaceOfRow(card.id);
      if (row !== undefined) {
        setOpen(row, true);
        return;
      }
      const before = state.topology?.cards.find((candidate) => candidate.id === state.selected);
      if (second && before && before.id !== card.id) host.traceBetween(before, card);
      else {
        shownSelection = card.id;
        host.select(card, true);
      }
    },
    pickGate(gate) {
      const first = state.topology && mostSpecific(state.topology, gate.policies);
      if (first) host.reveal(first.source);
    },
    open(card) {
      const at = card.source ?? card.ghost?.namedBy[0];
      if (at) host.reveal(at);
    },
    reveal: (at) => host.reveal(at),
    openContainers() {
      openContainers(true);
      scroller.scrollLeft = scroller.scrollWidth;
    },
    closeNamespace: (name) => setOpen(name, false),
    clear: () => host.select(null, false),
  });
  const minimap = createMinimap((x, y) => scroller.scrollTo({ left: x * zoom - scroller.clientWidth / 2, top: y * zoom - scroller.clientHeight / 2 }));

  const search = textField({
    label: 'Filter',
    labelAt: 'hidden',
    placeholder: 'Filter by name, label or port',
    icon: icon('search'),
    onInput: (text) => setFilter({ ...filter, text }),
  });
  const namespaces = dropdown({
    label: 'Namespace',
    labelAt: 'inside',
    choices: [{ value: '', label: 'all' }],
    value: '',
    onChange: (namespace) => setFilter({ ...filter, namespace }),
  });
  const kinds = dropdown({
    label: 'Kind',
    labelAt: 'inside',
    choices: [{ value: '', label: 'all' }],
    value: '',
    onChange: (kind) => setFilter({ ...filter, kind }),
  });
  const zoomText = el('div', { class: 'zoom-text', 'aria-live': 'polite' }, '100 %');
  const toolbar = el(
    'div',
    { class: 'toolbar' },
    el('div', { class: 'toolbar-search' }, search.element),
    el('div', { class: 'toolbar-namespace' }, namespaces.element),
    el('div', { class: 'toolbar-kind' }, kinds.element),
    el('div', { class: 'bar-space' }),
    el(
      'div',
      { class: 'zoom' },
      iconButton({ label: 'Zoom out', icon: icon('minus'), onClick: () => setZoom(zoom / 1.25) }),
      zoomText,
      iconButton({ label: 'Zoom in', icon: icon('plus'), onClick: () => setZoom(zoom * 1.25) }),
      iconButton({ label: 'Fit to the view', icon: icon('fit'), onClick: fit }),
    ),
  );

  const laneHeads = el('div', { class: 'lane-heads' });
  const railsPlace = el('div', { class: 'rails-place' });
  const minimapPlace = el('div', { class: 'minimap-place' });
  const legend = drawLegend();
  const legendPlace = el('div', { class: 'legend-place' }, legend, minimapPlace);
  const ground = el('div', { class: 'ground' }, drawing.element, railsPlace);
  const scroller = el('div', { class: 'scroller' }, laneHeads, ground, legendPlace);
  const neighbours = el('div', { class: 'neighbours' });
  const message = el('div', { class: 'message', role: 'status' });
  const around = el('div', { class: 'around-bar', hidden: true });
  const standing = el('div', { class: 'standing-place' });
  const details = el('div', { class: 'details-place', id: 'topology-details', hidden: true });
  const bar = el('div', { class: 'selected-bar' });
  const floating = el('div', { class: 'minimap-float', hidden: true });
  const element = el('div', { class: 'topology' }, toolbar, around, message, neighbours, scroller, floating, standing, details, bar);

  scroller.addEventListener('scroll', () => requestAnimationFrame(scrolled), { passive: true });
  scroller.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      setZoom(zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
    },
    { passive: false },
  );
  panByDragging(scroller);

  function openContainers(open: boolean): void {
    containersOpen = open;
    host.changed();
    render();
  }

  function setFilter(next: TopologyFilter): void {
    filter = next;
    host.changed();
    render();
  }

  function setOpen(namespace: string, open: boolean): void {
    if (open) openNamespaces.add(namespace);
    else openNamespaces.delete(namespace);
    host.changed();
    render();
    const first = [...(drawn?.cards.values() ?? [])].find(
      ({ card }) => card.namespace === namespace && (open ? card.lane === 'service' || card.lane === 'workload' : card.lane === 'service'),
    );
    if (first) drawing.focus(first.card.id);
  }

  function setZoom(next: number): void {
    zoom = Math.min(3, Math.max(0.25, Math.round(next * 100) / 100));
    if (Math.abs(zoom - 1) < 0.04) zoom = 1;
    host.changed();
    render();
  }

  function fit(): void {
    if (!drawn) return;
    const wide = scroller.clientWidth / drawn.width;
    const high = (scroller.clientHeight - laneHeads.offsetHeight) / (drawn.height + 8);
    const whole = Math.min(wide, high, 1);
    setZoom(Math.abs(zoom - whole) < 0.02 ? 1 : whole);
    scroller.scrollTo({ left: 0, top: 0 });
  }

  function scrolled(): void {
    const top = Math.max(0, scroller.scrollTop - laneHeads.offsetHeight);
    const bottom = scroller.scrollTop + scroller.clientHeight;
    drawing.scrolled(top, bottom);
    minimap.frame({ x: scroller.scrollLeft / zoom, y: top / zoom, width: scroller.clientWidth / zoom, height: (bottom - top) / zoom });
  }

  function render(): void {
    const { topology } = state;
    const narrow = width < narrowBelow;
    element.classList.toggle('narrow', narrow);
    const nothing = topology === null || topology.cards.length === 0;
    message.hidden = !nothing;
    scroller.hidden = nothing || narrow;
    neighbours.hidden = nothing || !narrow;
    bar.hidden = nothing || narrow;
    toolbar.hidden = topology === null;
    if (nothing || narrow) floating.hidden = true;
    if (nothing || narrow) around.hidden = details.hidden = true;
    replace(standing, nothing ? undefined : standingTrace(state, host));
    if (topology === null || nothing) {
      replace(message, topology === null ? drawAbsence(state.absence, state.message, (what) => host.help(what)) : drawEmpty(noTraffic(topology)));
      return;
    }
    fillChoices(topology);
    const filtered = applyFilter(topology, filter);
    if (narrow)
      replace(
        neighbours,
        drawNeighbours({ topology, filtered, filter, selected: state.selected, pending: state.pending, notReady: state.notReady, width }, host),
      );
    else renderDrawing(topology, filtered);
  }

  function renderDrawing(topology: Topology, filtered: Filtered): void {
    const open = containersOpen ?? width >= containersFrom;
    const part = drawnPart(topology, filtered, {
      selected: state.selected,
      onlyAround,
      openNamespaces: filter.namespace === '' ? openNamespaces : new Set([...openNamespaces, filter.namespace]),
      width,
    });
    showAround(topology, part.around);
    drawn = layOut(part.topology, width, open, { containers: countContainers(part.counted), opened: part.opened });
    renderBelow(topology);
    replace(
      railsPlace,
      drawRails(topology, (at) => host.reveal(at)),
    );
    for (const place of [railsPlace, legendPlace]) place.style.width = `${width}px`;
    const float = drawn.cards.size > floatMinimapAbove;
    floating.hidden = !float;
    minimapPlace.hidden = float;
    (float ? floating : minimapPlace).append(minimap.element);
    minimap.update(drawn, part.related.own);
    // Beside the minimap, and before the drawing: its height is what the legend leaves.
    fitLegend(legend);
    drawing.show({
      drawing: drawn,
      leastHeight: drawn.height * zoom < scroller.clientHeight ? freeHeight() / zoom : 0,
      related: part.related,
      dimmed: filtered.dimmed,
      selected: part.selected,
      zoom,
      weights: part.weights,
      closable: part.open,
      notReady: state.notReady,
      twin: (id) => twinOf(part.joined, id),
    });
    laneHeads.style.minWidth = `${Math.round(drawn.lanes.width * zoom)}px`;
    replace(
      laneHeads,
      drawLaneHeads(part.counted, drawn, zoom, () => openContainers(false)),
    );
    ground.style.minWidth = `${Math.round(drawn.width * zoom)}px`;
    zoomText.textContent = `${Math.round(zoom * 100)} %`;
    if (state.selected !== shownSelection) bringIntoView(state.selected);
    scrolled();
  }

  /** What stands below the drawing comes before it: its height is what they leave. */
  function renderBelow(topology: Topology): void {
    const card = state.selected === null ? undefined : cardsById(topology).get(state.selected);
    details.hidden = !detailsOpen || !card;
    if (card && detailsOpen) replace(details, drawDetails(state, card, host));
    fillSelectedBar(bar, state, host, width, {
      open: detailsOpen,
      toggle() {
        detailsOpen = !detailsOpen;
        host.changed();
        render();
        bar.querySelector<HTMLElement>('.details-toggle')?.focus();
      },
    });
  }

  /** Without the empty ground that only the page fills; the page has it again in the next frame. */
  function wholeDrawing(): SVGSVGElement {
    requestAnimationFrame(render);
    return drawing.whole();
  }

  /** What lane heads, rails and legend leave of the visible part. */
  function freeHeight(): number {
    return scroller.clientHeight - [laneHeads, railsPlace, legendPlace].reduce((sum, part) => sum + part.offsetHeight, 1);
  }

  /** `part`: what is drawn of a large graph; undefined when all of it is, null when it is not large. */
  function showAround(topology: Topology, part: Topology | undefined | null): void {
    around.hidden = part === null;
    if (part === null) return;
    const toggle = (only: boolean): void => {
      onlyAround = only;
      host.changed();
      render();
    };
    const title = cardsById(topology).get(state.selected ?? '')?.title ?? '';
    replace(
      around,
      el(
        'span',
        null,
        part ? `${title} and what it is joined to: ${part.cards.length} of ${topology.cards.length} cards` : `All ${topology.cards.length} cards`,
      ),
      part ? link({ label: 'Show all', onClick: () => toggle(false) }) : link({ label: `Only round ${title}`, onClick: () => toggle(true) }),
    );
  }

  function fillChoices(topology: Topology): void {
    const known = (list: readonly string[], value: string): string => (list.includes(value) ? value : '');
    const all = { value: '', label: 'all' };
    const kindNames = kindsOf(topology);
    filter = { ...filter, namespace: known(topology.namespaces, filter.namespace), kind: known(kindNames, filter.kind) };
    const only = topology.namespaces.length === 1 ? topology.namespaces[0] : undefined;
    namespaces.set(
      only === undefined ? [all, ...topology.namespaces.map((name) => ({ value: name, label: name }))] : [{ value: '', label: only }],
      filter.namespace,
    );
    kinds.set([all, ...kindNames.map((kind) => ({ value: kind, label: kind }))], filter.kind);
  }

  /** A selection that came from elsewhere (the cursor in the text) is scrolled to. */
  function bringIntoView(id: string | null): void {
    shownSelection = id;
    const placed = drawn?.cards.get(id ?? '');
    if (!placed) return;
    const [top, left] = [placed.y * zoom, placed.x * zoom];
    if (left < scroller.scrollLeft || left > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = Math.max(0, left - 16);
    const high = scroller.clientHeight - laneHeads.offsetHeight;
    if (top < scroller.scrollTop || top + placed.height * zoom > scroller.scrollTop + high) scroller.scrollTop = Math.max(0, top - high / 2);
  }

  return {
    element,
    update(next) {
      const card = next.selected === state.selected && state.topology ? undefined : next.topology?.cards.find(({ id }) => id === next.selected);
      if (card) openNamespaces.add(card.namespace);
      state = next;
      render();
    },
    resize(next) {
      width = next;
      render();
    },
    hasDrawing() {
      const card = state.topology?.cards.some(({ id }) => id === state.selected) === true;
      return state.topology !== null && state.topology.cards.length > 0 && (width >= narrowBelow || card);
    },
    drawn() {
      const { topology } = state;
      if (!topology) return undefined;
      if (width < narrowBelow) {
        const stack = neighbours.querySelector<SVGSVGElement>('.narrow-drawing');
        const card = cardsById(topology).get(state.selected ?? '');
        return stack && card ? { element: stack, name: `${card.title}-neighbours`, title: `${card.title}: its neighbours` } : undefined;
      }
      if (!drawn) return undefined;
      const { titles } = drawn;
      return {
        element: wholeDrawing(),
        name: `${topology.context.label}-topology`,
        title: `${topology.context.label}: topology`,
        words: [
          ...drawn.lanes.order.filter((lane) => !lane.strip).map((lane) => ({ text: titles[lane.kind], x: lane.x, y: -2, strong: true })),
          ...drawn.notes.flatMap(savedNote),
        ],
      };
    },
    saveState: () => ({
      filter,
      zoom,
      containersOpen,
      detailsOpen,
      onlyAround,
      openNamespaces: [...openNamespaces],
      left: scroller.scrollLeft,
      top: scroller.scrollTop,
    }),
    restoreState(value) {
      if (typeof value !== 'object' || value === null) return;
      const saved = value as Readonly<Record<string, unknown>>;
      if (typeof saved['zoom'] === 'number' && saved['zoom'] >= 0.25 && saved['zoom'] <= 3) zoom = saved['zoom'];
      if (typeof saved['detailsOpen'] === 'boolean') detailsOpen = saved['detailsOpen'];
      if (typeof saved['onlyAround'] === 'boolean') onlyAround = saved['onlyAround'];
      if (typeof saved['containersOpen'] === 'boolean') containersOpen = saved['containersOpen'];
      if (Array.isArray(saved['openNamespaces']))
        for (const name of saved['openNamespaces'].slice(0, 1_000)) if (typeof name === 'string') openNamespaces.add(name);
      const old = saved['filter'];
      if (typeof old === 'object' && old !== null) {
        const text = (key: string): string => {
          const part = (old as Readonly<Record<string, unknown>>)[key];
          return typeof part === 'string' ? part : '';
        };
        filter = { text: text('text'), namespace: text('namespace'), kind: text('kind') };
        search.set(filter.text);
      }
    },
  };
}

/** The trace view: the question, the path that can be played, how it ends and why, and the list of hops. */
import type { SourceRef } from '../../../server/src/protocol/source';
import type { Branch, Flow, Trace } from '../../../server/src/protocol/trace';
import { el, replace } from '../dom';
import { drawEmpty } from '../emptyState';
import { icon } from '../icons';
import { markOfOutcome } from '../marks';
import { measureText } from '../measureText';
import { link } from '../toolkit';
import type { TraceHost, TraceState, TraceView } from './contract';
import { drawBranches } from './branches/draw';
import { mergePaths } from './branches/merge';
import { draw } from './drawing/draw';
import type { TraceDrawing } from './drawing/draw';
import { drawInPod } from './drawing/inPod';
import { layout } from './drawing/layout';
import { createForm } from './form';
import { createHopList } from './hops';
import type { HopList } from './hops';
import { journeyOf, sharesAlong, staysInPod } from './journey';
import type { Journey } from './journey';
import { drawOutcome } from './outcome';
import { podFoot } from './podFoot';
import { createPathTable } from './paths';
import type { PathTable } from './paths';
import { createPlayer, travelTime } from './player';
import { createTimeline } from './timeline';
import { sentence } from './text';
import { askButton, drawTips } from './tips';
import './trace.css';
import { createTransport } from './transport';
import { drawWhy } from './why';
import { endpointLabel, hopTitle, outcomeTitle, verdictWord } from './words';

const narrowBelow = 480;
const wideFormFrom = 720;
const wideFrom = 1200;
const listWidth = 420;

export function createTraceView(host: TraceHost): TraceView {
  let state: TraceState | undefined;
  let width = host.width();
  let expert = false;
  let chosenPath = 0;
  let current = 0;
  let journey: Journey = { hops: [], beside: [], notReached: [] };
  let drawing: TraceDrawing | undefined;
  let list: HopList | undefined;
  /** What a restored page showed last; used once, by the first trace that comes. */
  let restoredHop: number | undefined;
  let table: PathTable | undefined;

  const form = createForm({
    ask: (question) => host.ask(question),
    copy: (what) => host.copy(what),
    save: (format) => host.save(format),
    wording(next) {
      expert = next;
      drawAnswer();
      host.changed?.();
    },
  });
  const transport = createTransport({ select: (index) => select(index, true), toggle: () => toggle() });
  const player = createPlayer(
    (index) => {
      const time = index > 0 ? travelTime : 0;
      show(index, true, time);
      drawing?.travel(index, time);
    },
    () => showTransport(),
  );
  const spoken = el('div', { class: 'unseen', 'aria-live': 'polite' });
  const answer = el('div', { class: 'answer' });
  const side = el('div', { class: 'answer-side' });
  const main = el('div', { class: 'answer-main' });
  const head = el('div', { class: 'trace-head' }, form.element, transport.element);
  const element = el('div', { class: 'trace' }, head, answer, spoken);
  element.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.key !== ' ' || isControl(event.target)) return;
    event.preventDefault();
    toggle();
  });

  function branch(): Branch | undefined {
    return state?.trace?.branches[chosenPath];
  }
  function toggle(): void {
    if (player.playing()) player.stop();
    else if (journey.hops.length > 0) player.play(current >= journey.hops.length - 1 ? 0 : current, journey.hops.length);
    showTransport();
  }
  /** A step, a scrub or a click: the packet is there at once. */
  function select(index: number, speak: boolean): void {
    player.stop();
    drawing?.travel(index, 0);
    show(index, speak);
  }
  /** `arriving`: the path is played, and the packet needs these milliseconds to come here. */
  function show(index: number, speak: boolean, arriving?: number): void {
    const before = current;
    current = Math.min(Math.max(index, 0), Math.max(journey.hops.length - 1, 0));
    if (before !== current) host.changed?.();
    drawing?.setCurrent(current);
    list?.setCurrent(current, speak && listFollows(), arriving);
    showTransport();
    const hop = journey.hops[current];
    if (speak && hop)
      spoken.textContent = `Hop ${current + 1} of ${journey.hops.length}: ${hopTitle(hop)} ${verdictWord(hop.verdict)}. ${expert ? hop.expert : hop.plain}`;
  }
  /** The list may scroll by itself only where that does not take the drawing away. */
  function listFollows(): boolean {
    if (width < narrowBelow || width >= wideFrom) return true;
    const frame = drawing?.element.getBoundingClientRect();
    return frame === undefined || frame.bottom < head.getBoundingClientRect().bottom + 40;
  }
  function showTransport(): void {
    const path = branch();
    transport.element.hidden = path === undefined;
    if (!path || !state) return;
    transport.update({ hops: journey.hops, current, playing: player.playing(), end: endMark(path), proxyMode: proxyMode(), narrow: width < narrowBelow });
  }
  function proxyMode(): string {
    return state?.trace?.flow.options?.proxyMode ?? state?.defaults.proxyMode ?? 'iptables';
  }

  /** Draws everything that depends on the trace, the chosen path, the wording and the width. */
  function drawAnswer(): void {
    if (!state) return;
    const { trace, error, endpoints } = state;
    const path = branch();
    drawing = undefined;
    list = undefined;
    table = undefined;
    element.classList.toggle('has-list-beside', width >= wideFrom);
    form.setLayout(width < narrowBelow ? 'narrow' : width < wideFormFrom ? 'middle' : 'wide');
    if (!trace || !path) {
      replace(answer, error === undefined ? empty(state, host) : el('div', { class: 'trace-message', role: 'alert' }, icon('error'), el('div', null, error)));
      showTransport();
      return;
    }
    journey = journeyOf(path);
    const narrow = width < narrowBelow;
    const listOptions = {
      branch: path,
      journey,
      heading: trace.branches.length > 1 ? `What happens on path ${chosenPath + 1}` : 'What happens',
      expert,
      proxyMode: proxyMode(),
      onSelect: (index: number) => select(index, false),
      reveal: (at: SourceRef) => host.reveal(at),
      openSettings: () => host.openSettings(),
    };
    list = narrow ? createTimeline(listOptions) : createHopList(listOptions);
    const outcome = drawOutcome(trace, path, endpoints, { narrow, action: narrow ? undefined : askButton(trace, host) });
    const tips = drawTips(trace, host, narrow);
    if (state.tried !== undefined) outcome.prepend(triedBar(state.tried, host));
    const why = drawWhy(trace, path, host);
    if (trace.branches.length > 1) table = createPathTable(trace.branches, narrow ? 'narrow' : width < wideFormFrom ? 'middle' : 'wide', choosePath);
    const foot = podFoot(journey);
    if (narrow) replace(answer, outcome, table?.element, tips, list.element, foot, why);
    else {
      const frame = el('div', { class: 'drawing-ground' });
      drawing = drawPath(trace, path, frame);
      if (width >= wideFrom) {
        replace(main, frame, outcome, table?.element, tips, why);
        replace(side, list.element, foot);
        replace(answer, main, side);
      } else replace(answer, frame, outcome, why, table?.element, tips, list.element, foot);
    }
    answer.classList.toggle('stale', error !== undefined);
    if (error !== undefined) answer.prepend(el('div', { class: 'trace-message', role: 'alert' }, icon('error'), el('div', null, error)));
    table?.setSelected(chosenPath);
    show(current, false);
  }
  function drawPath(trace: Trace, path: Branch, frame: HTMLElement, room = width >= wideFrom ? width - listWidth : width): TraceDrawing {
    const onSelect = (index: number): void => select(index, true);
    const from = endpointLabel(trace.flow.from, state?.endpoints ?? []);
    const to = endpointLabel(trace.flow.to, state?.endpoints ?? []);
    const label = `The path from ${from} to ${to}`;
    const words = { flow: trace.flow, endpoints: state?.endpoints ?? [], cni: trace.flow.options?.cni ?? state?.defaults.cni ?? '' };
    const paths = trace.branches.length > 1 ? mergePaths(trace.branches, chosenPath, { proxyMode: proxyMode(), brief: room < wideFormFrom }) : undefined;
    const made = staysInPod(path)
      ? drawInPod(journey, room, onSelect)
      : paths?.forks
        ? drawBranches(paths, journey, { ...words, label, width: room, chosen: chosenPath, onSelect, onPath: choosePath })
        : draw(layout(journey, { width: room, proxyMode: proxyMode(), measure: measureText }), {
            ...words,
            ...(trace.branches.length > 1 ? { shares: sharesAlong(trace.branches, path) } : {}),
            onSelect,
            label,
          });
    frame.append(made.element);
    if (Number(made.element.getAttribute('width')) > room) {
      frame.tabIndex = 0;
      frame.setAttribute('role', 'group');
      frame.setAttribute('aria-label', 'The drawing of the path, wider than the page');
    }
    return made;
  }
  function choosePath(index: number): void {
    if (index === chosenPath) return;
    player.stop();
    chosenPath = index;
    current = Math.max(journeyOf(branch() ?? emptyBranch).hops.length - 1, 0);
    host.changed?.();
    const focused =
      element.contains(document.activeElement) && document.activeElement instanceof HTMLElement && document.activeElement.classList.contains('path-row');
    drawAnswer();
    if (focused) element.querySelector<HTMLElement>('.path-row.current')?.focus();
  }

  return {
    element,
    update(next) {
      const before = state;
      state = next;
      const same = sameQuestion(before?.trace?.flow, next.trace?.flow);
      if (next.trace !== before?.trace) {
        player.stop();
        const stood = { atEnd: current >= journey.hops.length - 1, kind: journey.hops[current]?.station };
        if (!same && before?.trace) chosenPath = 0;
        chosenPath = Math.min(chosenPath, Math.max((next.trace?.branches.length ?? 1) - 1, 0));
        journey = journeyOf(branch() ?? emptyBranch);
        const again = same && !stood.atEnd ? journey.hops.findIndex((hop) => hop.station === stood.kind) : -1;
        current = again >= 0 ? again : ((before?.trace ? undefined : restoredHop) ?? Math.max(journey.hops.length - 1, 0));
      }
      form.update({
        question: next.question,
        endpoints: next.endpoints,
        defaults: next.defaults,
        inPod: next.trace?.branches.every(staysInPod) === true,
        first: next.suggestions[0]?.flow,
      });
      drawAnswer();
    },
    resize(next) {
      const before = width;
      width = next;
      if (before !== width) drawAnswer();
      transport.fit();
    },
    drawn() {
      const trace = state?.trace;
      const path = branch();
      if (!trace || !path || !state) return undefined;
      const [from, to] = [endpointLabel(trace.flow.from, state.endpoints), endpointLabel(trace.flow.to, state.endpoints)];
      const name = `${from}-to-${to}`.slice(0, 100);
      const title = `${from} → ${to}${trace.flow.port === undefined ? '' : `:${trace.flow.port}`}: ${outcomeTitle(trace)}`;
      if (drawing) return { element: drawing.element, name, title };
      // Where the page is too narrow for the drawing, it is made for the file; it needs the style sheet, so it stands on the page while it is read.
      const frame = el('div', { class: 'drawing-ground unseen', 'aria-hidden': 'true' });
      const made = drawPath(trace, path, frame, 900);
      made.setCurrent(journey.hops.length - 1);
      element.append(frame);
      setTimeout(() => frame.remove(), 0);
      return { element: made.element, name, title };
    },
    saveState: () => ({ expert, path: chosenPath, hop: current }),
    restoreState(saved) {
      if (typeof saved !== 'object' || saved === null) return;
      const values = saved as Readonly<Record<string, unknown>>;
      expert = values['expert'] === true;
      form.setExpert(expert);
      if (isIndex(values['path'])) chosenPath = values['path'];
      if (isIndex(values['hop'])) restoredHop = values['hop'];
    },
  };
}

/** Says that the answer is about an edit that nobody has made. */
function triedBar(what: string, host: TraceHost): HTMLElement {
  return el(
    'div',
    { class: 'tried-bar', role: 'status' },
    icon('edit', 14),
    el('div', null, el('strong', null, 'With an edit that is not made: '), sentence(what)),
    link({ label: 'As the files are', onClick: () => host.tryRemedy(null) }),
  );
}

const emptyBranch: Branch = { label: '', share: 1, hops: [], reply: [], outcome: 'unknown', notReached: [], alternatives: [] };

/** The same two ends and port: the person looks at the same question while the text or an option changes. */
function sameQuestion(a: Flow | undefined, b: Flow | undefined): boolean {
  return a !== undefined && a.from === b?.from && a.to === b.to && a.port === b.port;
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 10_000;
}

function endMark(path: Branch): ReturnType<typeof markOfOutcome> {
  const last = journeyOf(path).hops.at(-1)?.verdict;
  return last === 'dropped' || last === 'rejected' ? last : markOfOutcome(path.outcome);
}

function empty(state: TraceState, host: TraceHost): HTMLElement {
  if (state.question)
    return el('div', { class: 'message', role: 'status' }, drawEmpty({ title: 'Tracing…', text: 'The path is worked out from the manifests.', busy: true }));
  const offers = state.suggestions.map(({ label, flow }) => el('li', null, link({ label, onClick: () => host.ask(flow) })));
  return el(
    'div',
    { class: 'message' },
    drawEmpty({
      title: 'Where does a packet go?',
      text: 'Choose where it starts and where it goes, then press Trace. In a manifest, the light bulb on a workload, a Service or a port offers “Trace from here”.',
      more: offers.length > 0 && el('div', { class: 'empty-offers' }, el('div', { class: 'secondary' }, 'Or begin with one of these'), el('ul', null, offers)),
    }),
  );
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('vscode-button, vscode-dropdown, vscode-link, button, summary, a, input') !== null;
}

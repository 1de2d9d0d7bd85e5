/** The page of the panel: messages in, the store, the two views, messages out. */
import { isToPanel, type FromPanel } from '../../server/src/protocol/panel';
import type { SourceRef } from '../../server/src/protocol/source';
import type { TopologyCard } from '../../server/src/protocol/topology';
import type { Flow } from '../../server/src/protocol/trace';
import { exportDrawing, type SavedDrawing } from './exportDrawing';
import { forgetMeasures } from './measureText';
import { createShell } from './shell';
import { firstState, reduce, restored, saved, withReadiness, type PanelAction, type PanelState } from './store';
import './style.css';
import { suggestions } from './suggestions';
import { createTopologyView } from './topology/view';
import { createTraceView } from './trace/view';
import { without } from './without';

interface VsCodeApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** A message without its revision, which `post` numbers. */
type Outgoing = FromPanel extends infer Message ? (Message extends FromPanel ? Omit<Message, 'revision'> : never) : never;

const vscode = acquireVsCodeApi();
const before = asRecord(vscode.getState());
let state: PanelState = before ? restored(before['panel']) : firstState;
let width = document.documentElement.clientWidth;
let revision = 0;
let saving: ReturnType<typeof setTimeout> | undefined;

/** Messages to the extension are numbered upwards, so that it can drop a question that a newer one overtook. */
function post(message: Outgoing): void {
  vscode.postMessage({ ...message, revision: revision++ });
}

const topologyView = createTopologyView({
  select(card, reveal) {
    const changed = card?.id !== state.selected;
    dispatch({ type: 'select', card: card?.id ?? null });
    if (changed) post({ type: 'selected', card: card?.id ?? null });
    const at = card?.source ?? card?.ghost?.namedBy[0];
    if (reveal && at) revealSource(at);
  },
  reveal: revealSource,
  traceFrom: (card) => chooseEnd('from', card),
  traceTo: (card) => chooseEnd('to', card),
  traceBetween(from, to) {
    if (from.endpoint !== undefined && to.endpoint !== undefined) ask(questionBetween(from.endpoint, to.endpoint));
    else chooseEnd(from.endpoint === undefined ? 'to' : 'from', from.endpoint === undefined ? to : from);
  },
  cancelPending: () => dispatch({ type: 'pending', pending: null }),
  setReadiness,
  help: (what) => post({ type: 'help', what }),
  showTrace: () => dispatch({ type: 'view', view: 'trace' }),
  changed: save,
});

const traceView = createTraceView({
  ask,
  reveal: revealSource,
  copy: (what) => post({ type: 'copy', what }),
  preview: (remedy) => post({ type: 'preview', remedy }),
  tryRemedy: (remedy) => post({ type: 'try', remedy }),
  tryTip: (tip) => post({ type: 'try', remedy: tip, list: 'tips' }),
  openSettings: () => post({ type: 'setting' }),
  save(format) {
    const drawing = traceView.drawn();
    if (drawing) saveDrawing(drawing, format);
  },
  changed: save,
  width: () => width,
});

const shell = createShell(
  {
    view: (view) => dispatch({ type: 'view', view }),
    context(id) {
      dispatch({ type: 'chosen', context: id });
      post({ type: 'context', id });
    },
    follow(on) {
      dispatch({ type: 'follow', on });
      post({ type: 'follow', on });
    },
    settings: () => post({ type: 'setting' }),
    openAnother: () => post({ type: 'open' }),
    hasDrawing: () => (state.view === 'trace' ? state.trace !== null : topologyView.hasDrawing()),
    save(format) {
      const drawing = state.view === 'trace' ? traceView.drawn() : topologyView.drawn();
      if (drawing) saveDrawing(drawing, format);
    },
  },
  { topology: topologyView.element, trace: traceView.element },
);

/** The first end waits for the second; the question goes out when both are there. */
function chooseEnd(end: 'from' | 'to', card: TopologyCard): void {
  if (card.endpoint === undefined) return;
  const first = state.pending;
  if (first && first.end !== end && first.endpoint !== card.endpoint)
    ask(end === 'to' ? questionBetween(first.endpoint, card.endpoint) : questionBetween(card.endpoint, first.endpoint));
  else dispatch({ type: 'pending', pending: { end, endpoint: card.endpoint, label: card.title } });
}

/** What was chosen for the question before (the CNI, pods that are not ready) holds for the next one, too. */
function questionBetween(from: string, to: string): Flow {
  const options = { ...state.question?.options, ...(state.notReady.length > 0 ? { notReady: state.notReady } : {}) };
  return { from, to, ...(Object.keys(options).length > 0 ? { options } : {}) };
}

/** Switches pods of a workload; the question that stands is asked again, and the view stays. */
function setReadiness(workload: string, count: number, all: number): void {
  const notReady = withReadiness(state.notReady, workload, count, all);
  dispatch({ type: 'readiness', notReady });
  if (!state.question) return;
  const options = { ...without(state.question.options ?? {}, 'notReady'), ...(notReady.length > 0 ? { notReady } : {}) };
  const question: Flow = { ...without(state.question, 'options'), ...(Object.keys(options).length > 0 ? { options } : {}) };
  dispatch({ type: 'asked', question, stay: true });
  post({ type: 'ask', question });
}

function ask(question: Flow): void {
  dispatch({ type: 'asked', question });
  post({ type: 'ask', question });
}

function revealSource(at: SourceRef): void {
  post({ type: 'reveal', at });
}

function dispatch(action: PanelAction): void {
  const next = reduce(state, action);
  if (next === state) return;
  const old = state;
  state = next;
  shell.update(state);
  draw(old);
  reportDrawn(old);
  save();
}

/** Tells the extension what stands on the page, when that can have changed: the suite in VS Code waits for it. */
function reportDrawn(old: PanelState): void {
  const { view } = state;
  if (old.view === view && old.topology === state.topology && old.trace === state.trace && old.selected === state.selected) return;
  const marks = shell.element.querySelectorAll(view === 'trace' ? '.hop-row, .timeline-row' : '.card-box').length;
  post({ type: 'rendered', view, marks });
}

/** Only what is seen is drawn; the other view is drawn when it is switched to. */
function draw(old: PanelState | undefined): void {
  const { topology, message, absence, selected, pending, view, notReady, trace, endpoints } = state;
  const switched = old?.view !== view;
  if (
    view === 'topology' &&
    (switched ||
      old.topology !== topology ||
      old.message !== message ||
      old.absence !== absence ||
      old.selected !== selected ||
      old.pending !== pending ||
      old.notReady !== notReady ||
      old.trace !== trace)
  )
    topologyView.update({ topology, message, absence, selected, pending, notReady, trace, endpoints });
  if (
    view === 'trace' &&
    (switched ||
      old.trace !== state.trace ||
      old.question !== state.question ||
      old.traceError !== state.traceError ||
      old.endpoints !== state.endpoints ||
      old.defaults !== state.defaults ||
      old.topology !== topology)
  )
    traceView.update({
      question: state.question,
      trace: state.trace,
      ...(state.traceError === undefined ? {} : { error: state.traceError }),
      ...(state.tried === undefined ? {} : { tried: state.tried }),
      endpoints: state.endpoints,
      defaults: state.defaults,
      topologyLabel: topology ? topology.context.label : '',
      suggestions: state.question ? [] : suggestions(topology),
    });
}

function save(): void {
  clearTimeout(saving);
  saving = setTimeout(() => vscode.setState({ panel: saved(state), topology: topologyView.saveState(), trace: traceView.saveState() }), 150);
}

function resize(): void {
  width = document.documentElement.clientWidth;
  document.body.classList.toggle('narrow', width < 480);
  topologyView.resize(width);
  traceView.resize(width);
}

function saveDrawing(drawing: SavedDrawing, format: 'svg' | 'png'): void {
  void exportDrawing(drawing, format).then((content) => {
    if (content !== undefined) post({ type: 'save', format, name: drawing.name, content });
  });
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}

let resumed = false;
window.addEventListener('message', (event) => {
  if (!isToPanel(event.data)) return;
  const waiting = state.question;
  dispatch({ type: 'message', message: event.data });
  // A page that was restored asks its last question again, unless the extension brings an answer by itself.
  if (event.data.type === 'trace') resumed = true;
  if (event.data.type === 'topology' && event.data.topology && !resumed) {
    resumed = true;
    if (waiting && before) post({ type: 'ask', question: waiting });
  }
});

topologyView.restoreState(before?.['topology']);
traceView.restoreState(before?.['trace']);
document.body.append(shell.element);
new ResizeObserver(() => resize()).observe(document.documentElement);
new MutationObserver(() => {
  forgetMeasures();
  resize();
}).observe(document.body, { attributes: true, attributeFilter: ['data-vscode-theme-id'] });
shell.update(state);
resize();
draw(undefined);
post({ type: 'ready' });
if (state.chosen) post({ type: 'context', id: state.chosen.context });
// The extension begins by following.
if (!state.follow) post({ type: 'follow', on: false });

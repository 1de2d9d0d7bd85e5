/** What the page knows and shows: one state, changed only by the messages and acts that are listed here. */
import { isFlow, type Absence, type ContextChoice, type EndpointChoice, type QuestionDefaults, type ToPanel } from '../../server/src/protocol/panel';
import type { Topology } from '../../server/src/protocol/topology';
import type { Flow, PodsInState, Trace } from '../../server/src/protocol/trace';

export type ViewName = 'topology' | 'trace';

export interface PanelState {
  readonly view: ViewName;
  readonly topology: Topology | null;
  readonly contexts: readonly ContextChoice[];
  readonly endpoints: readonly EndpointChoice[];
  readonly defaults: QuestionDefaults;
  /** In place of the drawing while `topology` is null. */
  readonly message: string;
  readonly absence: Absence | undefined;
  readonly question: Flow | null;
  readonly trace: Trace | null;
  readonly traceError: string | undefined;
  /** What the trace takes as changed while the files are not. */
  readonly tried: string | undefined;
  /** Card id. */
  readonly selected: string | null;
  /** An endpoint that was chosen first; the other end is still to come. */
  readonly pending: { readonly end: 'from' | 'to'; readonly endpoint: string; readonly label: string } | null;
  /** Pods that are taken out of readiness, in this panel only: every trace is asked so. */
  readonly notReady: readonly PodsInState[];
  /** The panel follows the cursor. */
  readonly follow: boolean;
  /** The context that was chosen by hand, until another one is shown; `shown`: its topology has come since. */
  readonly chosen: { readonly context: string; readonly shown: boolean } | null;
  /** Newest revision that came, by type of message. */
  readonly revisions: Readonly<Record<ToPanel['type'], number>>;
}

export type PanelAction =
  | { readonly type: 'message'; readonly message: ToPanel }
  | { readonly type: 'view'; readonly view: ViewName }
  | { readonly type: 'select'; readonly card: string | null }
  | { readonly type: 'chosen'; readonly context: string }
  | { readonly type: 'follow'; readonly on: boolean }
  | { readonly type: 'pending'; readonly pending: PanelState['pending'] }
  /** The question was sent; its answer will come as a message. `stay`: the view that is shown stays. */
  | { readonly type: 'asked'; readonly question: Flow; readonly stay?: boolean }
  | { readonly type: 'readiness'; readonly notReady: readonly PodsInState[] };

export const firstState: PanelState = {
  view: 'topology',
  topology: null,
  contexts: [],
  endpoints: [],
  defaults: { cni: 'bridge', proxyMode: 'iptables', placement: 'any' },
  message: 'Reading manifests…',
  absence: undefined,
  question: null,
  trace: null,
  traceError: undefined,
  tried: undefined,
  selected: null,
  pending: null,
  notReady: [],
  follow: true,
  chosen: null,
  revisions: { topology: -1, trace: -1, select: -1, show: -1 },
};

/** `count` pods of a workload are not ready; 0: all are. A workload that is all down is written without a count. */
export function withReadiness(before: readonly PodsInState[], workload: string, count: number, all: number): readonly PodsInState[] {
  const others = before.filter((each) => each.workload !== workload);
  if (count <= 0) return others;
  return [...others, count >= all ? { workload } : { workload, count }].sort((a, b) => (a.workload < b.workload ? -1 : 1));
}

/** The next state; the same object when nothing changed, as for a message that a newer one overtook. */
export function reduce(state: PanelState, action: PanelAction): PanelState {
  switch (action.type) {
    case 'message':
      return receive(state, action.message);
    case 'view':
      return state.view === action.view ? state : { ...state, view: action.view };
    case 'select':
      return state.selected === action.card ? state : { ...state, selected: action.card };
    case 'chosen':
      return { ...state, chosen: { context: action.context, shown: false } };
    case 'follow':
      return state.follow === action.on ? state : { ...state, follow: action.on };
    case 'pending':
      return { ...state, pending: action.pending };
    case 'asked':
      return {
        ...state,
        question: action.question,
        notReady: action.question.options?.notReady ?? [],
        view: action.stay === true ? state.view : 'trace',
        pending: null,
        traceError: undefined,
      };
    case 'readiness':
      return { ...state, notReady: action.notReady };
  }
}

function receive(state: PanelState, message: ToPanel): PanelState {
  if (message.revision < state.revisions[message.type]) return state;
  const revisions = { ...state.revisions, [message.type]: message.revision };
  switch (message.type) {
    case 'topology': {
      const { topology, contexts, endpoints, defaults } = message;
      return {
        ...state,
        revisions,
        topology,
        contexts,
        endpoints,
        defaults,
        absence: message.absence,
        message: message.message ?? (topology ? '' : 'Open a file with Kubernetes manifests to see its topology.'),
        selected: stillThere(topology, state.selected),
        chosen: stillChosen(topology, state.chosen),
        pending: topology || !state.pending ? state.pending : null,
      };
    }
    case 'trace':
      return {
        ...state,
        revisions,
        question: message.question,
        trace: message.trace,
        traceError: message.error,
        tried: message.tried,
        notReady: message.question?.options?.notReady ?? state.notReady,
      };
    case 'select':
      return { ...state, revisions, selected: state.follow ? message.card : state.selected };
    case 'show':
      return { ...state, revisions, view: message.view };
  }
}

/** A selection survives while its card does; while there is no drawing at all it waits. */
function stillThere(topology: Topology | null, selected: string | null): string | null {
  if (!topology || selected === null) return selected;
  return topology.cards.some((card) => card.id === selected) ? selected : null;
}

/** What came before the answer says nothing yet; after it, another context means that the editor went on to other files. */
function stillChosen(topology: Topology | null, chosen: PanelState['chosen']): PanelState['chosen'] {
  if (!topology || !chosen) return chosen;
  if (topology.context.id === chosen.context) return chosen.shown ? chosen : { ...chosen, shown: true };
  return chosen.shown ? null : chosen;
}

/** What is kept over a reload of the page. */
export interface SavedState {
  readonly view: ViewName;
  readonly selected: string | null;
  readonly follow: boolean;
  readonly question: Flow | null;
  /** Id of the context that was chosen by hand. */
  readonly context: string | null;
}

export function saved(state: PanelState): SavedState {
  return { view: state.view, selected: state.selected, follow: state.follow, question: state.question, context: state.chosen?.context ?? null };
}

/** Reads what `saved` wrote; anything else gives the first state. */
export function restored(value: unknown): PanelState {
  if (typeof value !== 'object' || value === null) return firstState;
  const { view, selected, follow, question, context } = value as Readonly<Record<keyof SavedState, unknown>>;
  return {
    ...firstState,
    view: view === 'trace' ? 'trace' : 'topology',
    selected: typeof selected === 'string' ? selected : null,
    follow: typeof follow === 'boolean' ? follow : true,
    question: isFlow(question) ? question : null,
    chosen: typeof context === 'string' ? { context, shown: false } : null,
    notReady: isFlow(question) ? (question.options?.notReady ?? []) : [],
  };
}

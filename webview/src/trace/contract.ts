/** What the trace view asks of the page around it, and what the page asks of the trace view. */
import type { EndpointChoice, QuestionDefaults } from '../../../server/src/protocol/panel';
import type { SourceRef } from '../../../server/src/protocol/source';
import type { SavedDrawing } from '../exportDrawing';
import type { Suggestion } from '../suggestions';
import type { Flow, Trace } from '../../../server/src/protocol/trace';

export interface TraceHost {
  ask(question: Flow): void;
  reveal(at: SourceRef): void;
  copy(what: 'mermaid' | 'markdown' | 'command'): void;
  /** Shows the remedy of that index of the trace as a change of the text. */
  preview(remedy: number): void;
  /** Traces as if that remedy's edit were made; null: as the files are. */
  tryRemedy(remedy: number | null): void;
  /** Traces as if the edits of that tip were made. */
  tryTip(tip: number): void;
  openSettings(): void;
  /** What is drawn as a file. */
  save(format: 'svg' | 'png'): void;
  /** Wording, path or hop changed: what `saveState` gives is to be kept. */
  changed?(): void;
  /** The width of the page in CSS pixels. */
  readonly width: () => number;
}

export interface TraceState {
  readonly question: Flow | null;
  readonly trace: Trace | null;
  readonly error?: string;
  /** What the trace takes as changed while the files are not. */
  readonly tried?: string;
  readonly endpoints: readonly EndpointChoice[];
  readonly defaults: QuestionDefaults;
  readonly topologyLabel: string;
  /** Offered while there is no question yet. */
  readonly suggestions: readonly Suggestion[];
}

export interface TraceView {
  readonly element: HTMLElement;
  update(state: TraceState): void;
  resize(width: number): void;
  /** What is drawn, for a file; undefined while there is no path. */
  drawn(): SavedDrawing | undefined;
  /** Plain data that `restoreState` of a later page understands. */
  saveState(): unknown;
  /** Anything may come in; what is not understood is left. */
  restoreState(state: unknown): void;
}

/** What the topology view asks of the page around it. */
import type { HelpWanted } from '../../../server/src/protocol/panel';
import type { SourceRef } from '../../../server/src/protocol/source';
import type { Topology, TopologyCard } from '../../../server/src/protocol/topology';
import type { Trace } from '../../../server/src/protocol/trace';
import type { SavedDrawing } from '../exportDrawing';
import type { PanelState } from '../store';

export interface TopologyHost {
  /** `reveal`: show its text in the editor, too. */
  select(card: TopologyCard | null, reveal: boolean): void;
  reveal(at: SourceRef): void;
  traceFrom(card: TopologyCard): void;
  traceTo(card: TopologyCard): void;
  traceBetween(from: TopologyCard, to: TopologyCard): void;
  cancelPending(): void;
  /** `count` of the `all` pods of a workload are not ready. */
  setReadiness(workload: string, count: number, all: number): void;
  showTrace(): void;
  /** What a page without a drawing offers. */
  help(what: HelpWanted): void;
  /** Filter, zoom or an open lane changed: they are to be kept. */
  changed(): void;
}

export interface TopologyViewState {
  readonly topology: Topology | null;
  readonly message: string;
  readonly absence: PanelState['absence'];
  readonly selected: string | null;
  readonly pending: PanelState['pending'];
  readonly notReady: PanelState['notReady'];
  /** The trace that stands: its outcome is told here, too. */
  readonly trace: Trace | null;
  readonly endpoints: PanelState['endpoints'];
}

export interface TopologyView {
  readonly element: HTMLElement;
  update(state: TopologyViewState): void;
  resize(width: number): void;
  saveState(): unknown;
  restoreState(state: unknown): void;
  /** Whether `drawn` would give a drawing; asked often, so it makes none. */
  hasDrawing(): boolean;
  /** What is drawn, for a file; undefined while nothing is. */
  drawn(): SavedDrawing | undefined;
}

/** Messages between the panel's page and the extension. Each has a type and a revision; both sides check them. */
import type { CniMode, Flow, Placement, ProxyMode, Trace } from './trace';
import type { SourceRef } from './source';
import type { Topology } from './topology';

/** An endpoint that the panel offers in its From and To controls. */
export interface EndpointChoice {
  /** As the trace takes it: `deployment/NS/NAME`. */
  readonly endpoint: string;
  readonly label: string;
  /** "Deployment · server", "Service" */
  readonly detail: string;
  readonly ports: readonly { readonly number: number; readonly name?: string; readonly protocol: string }[];
}

/** What the trace form assumes when the person has not chosen. */
export interface QuestionDefaults {
  readonly cni: CniMode;
  readonly proxyMode: ProxyMode;
  readonly placement: Placement;
}

export interface ContextChoice {
  readonly id: string;
  readonly label: string;
}

/** From the extension to the page. */
export type ToPanel =
  | {
      readonly type: 'topology';
      readonly revision: number;
      readonly topology: Topology | null;
      readonly contexts: readonly ContextChoice[];
      readonly endpoints: readonly EndpointChoice[];
      readonly defaults: QuestionDefaults;
      /** Shown in place of the drawing when `topology` is null: "indexing", "open a manifest". */
      readonly message?: string;
    }
  | { readonly type: 'trace'; readonly revision: number; readonly question: Flow | null; readonly trace: Trace | null; readonly error?: string }
  | { readonly type: 'select'; readonly revision: number; readonly card: string | null }
  | { readonly type: 'show'; readonly revision: number; readonly view: 'topology' | 'trace' };

/** From the page to the extension. */
export type FromPanel =
  | { readonly type: 'ready'; readonly revision: number }
  | { readonly type: 'ask'; readonly revision: number; readonly question: Flow }
  | { readonly type: 'reveal'; readonly revision: number; readonly at: SourceRef }
  | { readonly type: 'selected'; readonly revision: number; readonly card: string | null }
  | { readonly type: 'context'; readonly revision: number; readonly id: string }
  | { readonly type: 'follow'; readonly revision: number; readonly on: boolean }
  | { readonly type: 'copy'; readonly revision: number; readonly what: 'mermaid' | 'markdown' | 'command' }
  | { readonly type: 'preview'; readonly revision: number; readonly remedy: number }
  | { readonly type: 'setting'; readonly revision: number }
  /** What the page has drawn: how many cards of the topology, or hops of the path. The suite in VS Code waits for it. */
  | { readonly type: 'rendered'; readonly revision: number; readonly view: 'topology' | 'trace'; readonly marks: number };

const fromPanelTypes: ReadonlySet<string> = new Set<FromPanel['type']>([
  'ready',
  'ask',
  'reveal',
  'selected',
  'context',
  'follow',
  'copy',
  'preview',
  'setting',
  'rendered',
]);
const toPanelTypes: ReadonlySet<string> = new Set<ToPanel['type']>(['topology', 'trace', 'select', 'show']);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSourceRef(value: unknown): value is SourceRef {
  return (
    isRecord(value) &&
    typeof value['uri'] === 'string' &&
    typeof value['document'] === 'number' &&
    Array.isArray(value['path']) &&
    value['path'].every((segment) => typeof segment === 'string' || typeof segment === 'number')
  );
}

function isFlow(value: unknown): value is Flow {
  return (
    isRecord(value) &&
    typeof value['from'] === 'string' &&
    typeof value['to'] === 'string' &&
    (value['port'] === undefined || typeof value['port'] === 'number') &&
    (value['protocol'] === undefined || value['protocol'] === 'TCP' || value['protocol'] === 'UDP' || value['protocol'] === 'SCTP') &&
    (value['options'] === undefined || isRecord(value['options']))
  );
}

/** True when a message from the page is one of ours and has the shape of its type. Anything else is dropped. */
export function isFromPanel(value: unknown): value is FromPanel {
  if (!isRecord(value) || typeof value['type'] !== 'string' || typeof value['revision'] !== 'number') return false;
  if (!fromPanelTypes.has(value['type'])) return false;
  switch (value['type'] as FromPanel['type']) {
    case 'ask':
      return isFlow(value['question']);
    case 'reveal':
      return isSourceRef(value['at']);
    case 'selected':
      return value['card'] === null || typeof value['card'] === 'string';
    case 'context':
      return typeof value['id'] === 'string';
    case 'follow':
      return typeof value['on'] === 'boolean';
    case 'copy':
      return value['what'] === 'mermaid' || value['what'] === 'markdown' || value['what'] === 'command';
    case 'preview':
      return typeof value['remedy'] === 'number';
    case 'rendered':
      return (value['view'] === 'topology' || value['view'] === 'trace') && typeof value['marks'] === 'number';
    case 'ready':
    case 'setting':
      return true;
  }
}

/** True when a message that reached the page comes from the extension's side of this protocol. */
export function isToPanel(value: unknown): value is ToPanel {
  if (!isRecord(value) || typeof value['type'] !== 'string' || typeof value['revision'] !== 'number') return false;
  if (!toPanelTypes.has(value['type'])) return false;
  switch (value['type'] as ToPanel['type']) {
    case 'topology':
      return (
        (value['topology'] === null || isRecord(value['topology'])) &&
        Array.isArray(value['contexts']) &&
        Array.isArray(value['endpoints']) &&
        isRecord(value['defaults'])
      );
    case 'trace':
      return (value['trace'] === null || isRecord(value['trace'])) && (value['question'] === null || isFlow(value['question']));
    case 'select':
      return value['card'] === null || typeof value['card'] === 'string';
    case 'show':
      return value['view'] === 'topology' || value['view'] === 'trace';
  }
}

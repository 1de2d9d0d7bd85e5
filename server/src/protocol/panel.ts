/** Messages between the panel's page and the extension. Each has a type and a revision; both sides check them. */
import { cniModes, placements, proxyModes, type CniMode, type Flow, type Placement, type ProxyMode, type Trace } from './trace';
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
  /** The pods behind it, which can be taken out of readiness: `kind/NS/NAME` and how many there are. */
  readonly pods?: readonly { readonly workload: string; readonly label: string; readonly count: number }[];
}

/** True for an endpoint that only leads to pods (a Service, an Ingress, a Gateway, a route of any kind) and sends nothing of its own. */
export function onlyLeads(endpoint: string): boolean {
  return /^(service|ingress|gateway|[a-z]+route)\//.test(endpoint);
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

/** Why there is no topology: the language server is not there yet or no more, or there are no manifests. */
export const absences = ['starting', 'stopped', 'empty'] as const;
export type Absence = (typeof absences)[number];

/** What a page without a drawing offers to do. */
export const helpsWanted = ['open-folder', 'example', 'restart', 'log'] as const;
export type HelpWanted = (typeof helpsWanted)[number];

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
      readonly absence?: Absence;
    }
  | {
      readonly type: 'trace';
      readonly revision: number;
      readonly question: Flow | null;
      readonly trace: Trace | null;
      readonly error?: string;
      /** What was changed in thought only: the files are as they were. */
      readonly tried?: string;
    }
  | { readonly type: 'select'; readonly revision: number; readonly card: string | null }
  | { readonly type: 'show'; readonly revision: number; readonly view: 'topology' | 'trace' };

/** Where a trace proposes something: the index of a message counts in one of these. */
export const proposalLists = ['remedies', 'tips'] as const;
export type ProposalList = (typeof proposalLists)[number];

/** From the page to the extension. */
export type FromPanel =
  | { readonly type: 'ready'; readonly revision: number }
  | { readonly type: 'ask'; readonly revision: number; readonly question: Flow }
  | { readonly type: 'reveal'; readonly revision: number; readonly at: SourceRef }
  | { readonly type: 'selected'; readonly revision: number; readonly card: string | null }
  | { readonly type: 'context'; readonly revision: number; readonly id: string }
  | { readonly type: 'follow'; readonly revision: number; readonly on: boolean }
  | { readonly type: 'copy'; readonly revision: number; readonly what: 'mermaid' | 'markdown' | 'command' }
  /** A drawing as a file: the text of an SVG, or a PNG in base64. The extension asks where to. */
  | { readonly type: 'save'; readonly revision: number; readonly format: 'svg' | 'png'; readonly name: string; readonly content: string }
  | { readonly type: 'preview'; readonly revision: number; readonly remedy: number }
  /** Traces as if the edits of the remedy were made, or of the tip of that index; null: as the files are. */
  | { readonly type: 'try'; readonly revision: number; readonly remedy: number | null; readonly list?: ProposalList }
  | { readonly type: 'setting'; readonly revision: number }
  | { readonly type: 'help'; readonly revision: number; readonly what: HelpWanted }
  /** One more editor panel, which begins with what this page shows. */
  | { readonly type: 'open'; readonly revision: number }
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
  'save',
  'preview',
  'try',
  'setting',
  'help',
  'open',
  'rendered',
]);
/** Characters of a saved drawing. */
const mostSaved = 40_000_000;

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

/** True for a question in the shape that the simulator takes; what it names need not be there. */
export function isFlow(value: unknown): value is Flow {
  return (
    isRecord(value) &&
    typeof value['from'] === 'string' &&
    typeof value['to'] === 'string' &&
    (value['port'] === undefined || typeof value['port'] === 'number') &&
    (value['protocol'] === undefined || value['protocol'] === 'TCP' || value['protocol'] === 'UDP' || value['protocol'] === 'SCTP') &&
    (value['options'] === undefined || isOptions(value['options']))
  );
}

function isOptions(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const text = (key: string): boolean => value[key] === undefined || typeof value[key] === 'string';
  const pods = (key: string): boolean => {
    const list = value[key];
    return (
      list === undefined ||
      (Array.isArray(list) &&
        list.length <= 1_000 &&
        list.every(
          (each: unknown) => isRecord(each) && typeof each['workload'] === 'string' && (each['count'] === undefined || typeof each['count'] === 'number'),
        ))
    );
  };
  return (
    (value['placement'] === undefined || placements.some((each) => each === value['placement'])) &&
    (value['cni'] === undefined || cniModes.some((each) => each === value['cni'])) &&
    (value['proxyMode'] === undefined || proxyModes.some((each) => each === value['proxyMode'])) &&
    (value['ipFamily'] === undefined || value['ipFamily'] === 4 || value['ipFamily'] === 6) &&
    text('clientAddress') &&
    text('namespace') &&
    pods('notReady') &&
    pods('terminating')
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
    case 'save':
      return (
        (value['format'] === 'svg' || value['format'] === 'png') &&
        typeof value['name'] === 'string' &&
        value['name'].length <= 120 &&
        typeof value['content'] === 'string' &&
        value['content'].length <= mostSaved
      );
    case 'help':
      return helpsWanted.some((each) => each === value['what']);
    case 'preview':
      return typeof value['remedy'] === 'number';
    case 'try':
      return (
        (value['remedy'] === null || typeof value['remedy'] === 'number') &&
        (value['list'] === undefined || proposalLists.some((each) => each === value['list']))
      );
    case 'rendered':
      return (value['view'] === 'topology' || value['view'] === 'trace') && typeof value['marks'] === 'number';
    case 'ready':
    case 'setting':
    case 'open':
      return true;
  }
}

/** The lists that the page walks through are there. */
function isTopology(value: unknown): boolean {
  return isRecord(value) && isRecord(value['context']) && isRecord(value['dns']) && areLists(value, ['namespaces', 'cards', 'edges', 'gates', 'policies']);
}

function isTrace(value: unknown): boolean {
  return (
    isRecord(value) &&
    isFlow(value['flow']) &&
    areLists(value, ['branches', 'warnings', 'unknowns', 'remedies']) &&
    (value['branches'] as readonly unknown[]).every((branch) => isRecord(branch) && areLists(branch, ['hops', 'reply', 'notReached']))
  );
}

function areLists(value: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => Array.isArray(value[name]));
}

/** True when a message that reached the page comes from the extension's side of this protocol. */
export function isToPanel(value: unknown): value is ToPanel {
  if (!isRecord(value) || typeof value['type'] !== 'string' || typeof value['revision'] !== 'number') return false;
  if (!toPanelTypes.has(value['type'])) return false;
  switch (value['type'] as ToPanel['type']) {
    case 'topology':
      return (
        (value['topology'] === null || isTopology(value['topology'])) &&
        (value['absence'] === undefined || absences.some((each) => each === value['absence'])) &&
        Array.isArray(value['contexts']) &&
        Array.isArray(value['endpoints']) &&
        isRecord(value['defaults'])
      );
    case 'trace':
      return (value['trace'] === null || isTrace(value['trace'])) && (value['question'] === null || isFlow(value['question']));
    case 'select':
      return value['card'] === null || typeof value['card'] === 'string';
    case 'show':
      return value['view'] === 'topology' || value['view'] === 'trace';
  }
}

/** Requests and notifications between client and server beside LSP's own. Positions here count from 0 as in LSP. */
import type { EndpointChoice, ContextChoice, QuestionDefaults } from './panel';
import type { SourceRef, TextSpan } from './source';
import type { Settings } from './settings';
import type { Topology } from './topology';
import type { Flow, Outcome, RemedyEdit, Trace } from './trace';

export interface LspPosition {
  readonly line: number;
  readonly character: number;
}
export interface LspRange {
  readonly start: LspPosition;
  readonly end: LspPosition;
}

/** What stands at a place in a file and can be traced. */
export interface PlaceAt {
  readonly context: string;
  /** As a trace takes it; a container port gives its container. Null when nothing there can send or receive. */
  readonly endpoint: string | null;
  readonly label: string;
  /** The card of the topology that stands for the resource. */
  readonly card: string | null;
}

/** A destination of the quick pick, nearest first. */
export interface Destination {
  readonly to: string;
  readonly port?: number;
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  readonly label: string;
  readonly detail: string;
  /** Why it stands here: "named in its environment", "Service of this context", "outside". */
  readonly because: string;
  readonly outcome: Outcome;
}

export interface TopologyAnswer {
  readonly revision: number;
  readonly topology: Topology | null;
  readonly contexts: readonly ContextChoice[];
  readonly endpoints: readonly EndpointChoice[];
  readonly defaults: QuestionDefaults;
  readonly message?: string;
}

export type TraceAnswer =
  | { readonly revision: number; readonly ok: true; readonly traces: readonly Trace[] }
  | { readonly revision: number; readonly ok: false; readonly error: string };

/** What the language status shows of one file. */
export interface ContextAnswer {
  readonly id: string;
  readonly label: string;
  readonly resources: number;
  readonly open: boolean;
  readonly because: string;
  readonly missing: readonly string[];
  /** The program that rendered it. */
  readonly rendered?: string;
}

export interface StatusNotification {
  readonly state: 'indexing' | 'ready';
  readonly files: number;
  readonly documents: number;
  readonly contexts: number;
  /** Files that were left out, with the reason in words. */
  readonly leftOut: readonly { readonly uri: string; readonly reason: string }[];
}

/** A text that the editor shows as a document of its own, in Markdown. */
export type DocumentAnswer = { readonly ok: true; readonly title: string; readonly text: string } | { readonly ok: false; readonly error: string };

/** A file as a commit has it. */
export interface FileAtHead {
  readonly uri: string;
  /** Relative to the workspace folder, `/` between names. */
  readonly path: string;
  /** Null when the commit has no such file. */
  readonly text: string | null;
}

/** Method names with their parameters and results; `client/` and `main/` make typed request objects of these. */
export interface Requests {
  'packetpath/topology': { params: { readonly uri?: string; readonly context?: string }; result: TopologyAnswer };
  /** `edits`: as if these were made. */
  'packetpath/trace': {
    params: { readonly uri?: string; readonly context?: string; readonly flow: Flow; readonly edits?: readonly RemedyEdit[] };
    result: TraceAnswer;
  };
  'packetpath/destinations': { params: { readonly uri?: string; readonly context: string; readonly from: string }; result: readonly Destination[] };
  'packetpath/placeAt': { params: { readonly uri: string; readonly position: LspPosition }; result: PlaceAt | null };
  'packetpath/locate': { params: { readonly at: SourceRef }; result: { readonly uri: string; readonly range: LspRange } | null };
  'packetpath/contextsOf': { params: { readonly uri: string }; result: readonly ContextAnswer[] };
  /** A trace as text to copy. `command` is the `packetpath trace` that asks the same. */
  'packetpath/render': { params: { readonly trace: Trace; readonly format: 'mermaid' | 'markdown' | 'command' }; result: string };
  /** Who may talk to whom in a context, or in that of a file. */
  'packetpath/connectivity': { params: { readonly uri?: string; readonly context?: string }; result: DocumentAnswer };
  /** Which connections the workspace opens and closes against a commit: `files` are those that differ from it, `since` is what it is called. */
  'packetpath/changes': { params: { readonly uri?: string; readonly since: string; readonly files: readonly FileAtHead[] }; result: DocumentAnswer };
}

export interface Notifications {
  /** To the client: what was indexed, what was left out. */
  'packetpath/status': StatusNotification;
  /** To the client: facts changed; whoever shows them asks again. */
  'packetpath/changed': { readonly revision: number };
}

export type RequestName = keyof Requests;
export type NotificationName = keyof Notifications;

/** What the client tells the server at the start, beside LSP's own. */
export interface InitializationOptions {
  readonly settings: Settings;
  /** Globs of `files.exclude` that are on. */
  readonly exclude: readonly string[];
  /** True while Red Hat's YAML extension is active. */
  readonly yamlExtensionActive: boolean;
  /** Only then a program may be run. */
  readonly workspaceTrusted?: boolean;
  /** Uri of the folder with the pages of the rules, which come with the extension. */
  readonly documentation: string;
}

export type { TextSpan };

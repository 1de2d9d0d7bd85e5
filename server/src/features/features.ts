/** The list of what the server answers. Each feature declares its method and, for LSP's own, its capability. */
import type { CodeActionContext, Range } from 'vscode-languageserver-types';
import { CodeActionKind } from 'vscode-languageserver-types';
import type { RequestName, Requests, TraceAnswer } from '../protocol/requests';
import { traceCommand } from '../report/traceCommand';
import { traceMarkdown } from '../report/traceMarkdown';
import { traceMermaid } from '../report/traceMermaid';
import type { Snapshot } from '../workspace/snapshot';
import { calledByName } from './calledByName';
import { codeActions, fixAllKind } from './codeActions';
import { changesDocument, connectivityDocument } from './connectivityDocuments';
import { contextsOfFile } from './contextStatus';
import { destinationsFrom } from './destinations';
import { chooseContext, topologyAnswer } from './panelData';
import { placeAt } from './placeAt';
import { toRange } from './toLsp';
import { traceIn } from './traces';
import { withEdits } from './triedEdits';

/** The snapshot of the workspace folder that a file, or a context, belongs to. */
export interface Snapshots {
  forUri(uri: string): Snapshot | undefined;
  forContext(context: string | undefined, uri: string | undefined): Snapshot | undefined;
  /**
   * True while diagnostics of the last edit are still worked out. Who answers early then does not wait for the rules of a whole context: he who
   * asked is told to ask again when they have run.
   */
  answerEarly?(): boolean;
}

export interface Feature {
  readonly method: string;
  /** What `initialize` answers for it. */
  readonly capability?: Readonly<Record<string, unknown>>;
  handle(snapshots: Snapshots, params: unknown): unknown;
}

function request<M extends RequestName>(method: M, handle: (snapshots: Snapshots, params: Requests[M]['params']) => Requests[M]['result']): Feature {
  return { method, handle: (snapshots, params) => handle(snapshots, params as Requests[M]['params']) };
}

export const features: readonly Feature[] = [
  {
    method: 'textDocument/codeAction',
    capability: { codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind] } },
    handle: (snapshots, params) => {
      const { textDocument, range, context } = params as { textDocument: { uri: string }; range: Range; context: CodeActionContext };
      const snapshot = snapshots.forUri(textDocument.uri);
      return snapshot ? codeActions(snapshot, textDocument.uri, range, context) : [];
    },
  },
  request('packetpath/topology', (snapshots, params) => {
    const snapshot = snapshots.forContext(params.context, params.uri);
    return snapshot
      ? topologyAnswer(snapshot, params, snapshots.answerEarly?.() ?? false)
      : {
          revision: 0,
          topology: null,
          contexts: [],
          endpoints: [],
          defaults: { cni: 'bridge', proxyMode: 'iptables', placement: 'any' },
          message: 'Open a folder with Kubernetes manifests.',
        };
  }),
  request('packetpath/trace', (snapshots, params): TraceAnswer => {
    const now = snapshots.forContext(params.context, params.uri);
    const snapshot = now && params.edits ? withEdits(now, params.edits) : now;
    if (now && !snapshot) return { revision: now.revision, ok: false, error: 'The text has changed since: this edit has no place any more.' };
    const context = snapshot && chooseContext(snapshot, params);
    if (!snapshot || !context) return { revision: snapshot?.revision ?? 0, ok: false, error: 'There is no context to trace in: no manifests are open.' };
    const answer = traceIn(snapshot, context, calledByName(params.flow));
    if (answer.ok) return { revision: snapshot.revision, ok: true, traces: answer.traces };
    const hint = answer.candidates.length > 0 ? ` Nearest: ${answer.candidates.join(', ')}.` : '';
    return { revision: snapshot.revision, ok: false, error: answer.error + hint };
  }),
  request('packetpath/destinations', (snapshots, { context: id, from, uri }) => {
    const snapshot = snapshots.forContext(id, uri);
    const context = snapshot?.context(id);
    return snapshot && context ? destinationsFrom(snapshot, context, from) : [];
  }),
  request('packetpath/placeAt', (snapshots, { uri, position }) => {
    const snapshot = snapshots.forUri(uri);
    return snapshot ? placeAt(snapshot, uri, position) : null;
  }),
  request('packetpath/locate', (snapshots, { at }) => {
    const located = snapshots.forUri(at.uri)?.locate(at);
    return located ? { uri: located.file.uri, range: toRange(located.file, located.range) } : null;
  }),
  request('packetpath/contextsOf', (snapshots, { uri }) => {
    const snapshot = snapshots.forUri(uri);
    return snapshot ? contextsOfFile(snapshot, uri) : [];
  }),
  request('packetpath/render', (_snapshots, { trace, format }) => {
    switch (format) {
      case 'mermaid':
        return traceMermaid(trace);
      case 'markdown':
        return traceMarkdown(trace);
      case 'command':
        return traceCommand(trace.flow);
    }
  }),
  request('packetpath/connectivity', (snapshots, params) => {
    const snapshot = snapshots.forContext(params.context, params.uri);
    return snapshot ? connectivityDocument(snapshot, params) : noFolder;
  }),
  request('packetpath/changes', (snapshots, { uri, files, since }) => {
    const snapshot = snapshots.forContext(undefined, uri);
    return snapshot ? changesDocument(snapshot, files, since) : noFolder;
  }),
];

const noFolder = { ok: false, error: 'Open a folder with Kubernetes manifests.' } as const;

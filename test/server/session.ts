/** A session with the built server over stdio: what an editor sends, and what it would show. */
import { type ChildProcess, spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import {
  type CodeAction,
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { toFileUri } from '../../server/src/main/fileUri';
import type { InitializationOptions, RequestName, Requests, StatusNotification } from '../../server/src/protocol/requests';

export interface SessionOptions {
  readonly folders: readonly string[];
  /** What a client sends, of any shape. */
  readonly initialization?: Partial<InitializationOptions> | Readonly<Record<string, unknown>>;
}

export class Session {
  readonly process: ChildProcess;
  readonly connection: ProtocolConnection;
  readonly diagnostics = new Map<string, readonly Diagnostic[]>();
  /** Every list that was sent, oldest first. */
  readonly sent: { readonly uri: string; readonly diagnostics: readonly Diagnostic[] }[] = [];
  readonly statuses: StatusNotification[] = [];
  readonly logged: string[] = [];
  /** How often the server said that facts changed. */
  changes = 0;
  private readonly waiting = new Set<() => void>();
  private readonly versions = new Map<string, number>();

  constructor(server: string) {
    this.process = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdin, stdout } = this.process;
    if (!stdin || !stdout) throw new Error('no pipes to the server');
    // Writes to a server that has ended are nobody's mistake here.
    stdin.on('error', () => undefined);
    this.connection = createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }: { uri: string; diagnostics: Diagnostic[] }) => {
      this.sent.push({ uri, diagnostics });
      if (diagnostics.length === 0) this.diagnostics.delete(uri);
      else this.diagnostics.set(uri, diagnostics);
      this.changed();
    });
    this.connection.onNotification('packetpath/status', (status: StatusNotification) => {
      this.statuses.push(status);
      this.changed();
    });
    this.connection.onNotification('packetpath/changed', () => {
      this.changes += 1;
      this.changed();
    });
    this.connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      this.logged.push(message);
    });
    this.connection.onClose(() => {
      this.changed();
    });
    this.process.on('exit', () => {
      this.changed();
    });
    this.connection.listen();
    onTestFinished(() => {
      this.connection.dispose();
      this.process.kill();
    });
  }

  async start({ folders, initialization }: SessionOptions): Promise<InitializeResult> {
    const result = await this.connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: { workspace: { workspaceFolders: true } },
      workspaceFolders: folders.map((folder) => ({ uri: toFileUri(folder), name: folder })),
      initializationOptions: initialization,
    });
    await this.connection.sendNotification('initialized', {});
    await this.until(() => this.statuses.at(-1)?.state === 'ready');
    return result;
  }

  async open(uri: string, text: string): Promise<void> {
    this.versions.set(uri, 1);
    await this.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  }

  /** The whole text, as a client may send it. */
  async edit(uri: string, text: string): Promise<void> {
    const version = (this.versions.get(uri) ?? 0) + 1;
    this.versions.set(uri, version);
    await this.connection.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] });
  }

  async close(uri: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  /** 1 made, 2 changed, 3 deleted, as LSP counts. */
  async watched(changes: readonly { readonly uri: string; readonly type: 1 | 2 | 3 }[]): Promise<void> {
    await this.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
  }

  async configure(settings: unknown): Promise<void> {
    await this.connection.sendNotification('workspace/didChangeConfiguration', { settings });
  }

  request<Name extends RequestName>(name: Name, params: Requests[Name]['params']): Promise<Requests[Name]['result']> {
    return this.connection.sendRequest(name, params);
  }

  codeActions(uri: string, diagnostic: Diagnostic): Promise<readonly CodeAction[]> {
    return this.connection.sendRequest('textDocument/codeAction', { textDocument: { uri }, range: diagnostic.range, context: { diagnostics: [diagnostic] } });
  }

  codes(uri: string): readonly string[] {
    return (this.diagnostics.get(uri) ?? []).map(({ code }) => String(code));
  }

  /** Resolves when it holds, asked after everything that the server says. The test's own time limit ends a wait in vain. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
  }

  private changed(): void {
    for (const look of [...this.waiting]) look();
  }
}

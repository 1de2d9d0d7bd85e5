/** Wires a connection to workspace folders: text in, diagnostics and answers out. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { join } from 'node:path';
import { type Connection, type InitializeParams, type InitializeResult, TextDocuments, TextDocumentSyncKind } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { features, type Snapshots } from '../features/features';
import type { InitializationOptions, StatusNotification } from '../protocol/requests';
import { defaultSettings, type Settings } from '../protocol/settings';
import { rules } from '../rules/rules';
import type { WorkspaceOptions } from '../workspace/options';
import { toFilePath, toFileUri } from './fileUri';
import { FolderIndex } from './folderIndex';
import { Publisher } from './publisher';
import { readSettings, textsOf } from './readSettings';
import { type RenderQueue, renderQueueOf, RenderSlots } from './renderQueue';
import { renderKinds } from './renderProgram';

export function serve(connection: Connection): void {
  new Session(connection).listen();
}

class Session implements Snapshots {
  private readonly documents = new TextDocuments(TextDocument);
  private folders: FolderIndex[] = [];
  private readonly alone: FolderIndex;
  private settings: Settings = defaultSettings;
  private exclude: readonly string[] = [];
  private yamlExtensionActive = false;
  private documentation = '';
  private readonly publisher: Publisher;
  private revision = 0;
  private canShowProgress = false;
  private canChangeFolders = false;
  private workspaceTrusted = false;
  private readonly renders = new Map<FolderIndex, RenderQueue>();
  private readonly renderSlots = new RenderSlots();
  /** How many runs of indexing go on. */
  private indexing = 0;

  constructor(private readonly connection: Connection) {
    this.alone = this.indexOf(undefined);
    this.publisher = new Publisher(
      this,
      {
        send: (uri, diagnostics) => void connection.sendDiagnostics({ uri, diagnostics }),
        openUris: () => this.documents.keys(),
        allUris: () => this.folders.flatMap((folder) => folder.workspace.uris()),
        documentation: (ruleId) => (this.documentation === '' ? undefined : `${this.documentation}/${ruleId}.md`),
        scope: () => this.settings.diagnosticsScope,
        yamlProblems: () => (this.settings.yamlProblems === 'auto' ? !this.yamlExtensionActive : this.settings.yamlProblems === 'on'),
        published: () => void connection.sendNotification('packetpath/changed', { revision: ++this.revision }),
        log: (message) => {
          connection.console.error(message);
        },
      },
      { now: () => performance.now(), pause: () => nextTurn() },
    );
  }

  listen(): void {
    this.connection.onInitialize((params) => this.initialize(params));
    this.connection.onInitialized(() => {
      if (this.canChangeFolders) this.connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => this.changeFolders(added, removed));
      this.index();
    });
    this.connection.onDidChangeConfiguration(({ settings }: { readonly settings: unknown }) => {
      this.configure(settings);
    });
    this.connection.onDidChangeWatchedFiles(({ changes }) => {
      if (changes.some(({ uri }) => uri.endsWith('/.packetpathignore') || uri.endsWith('/Chart.yaml'))) this.index();
      for (const { uri } of changes) this.fileChanged(uri);
      this.render();
      this.publisher.publish();
      this.sendStatus();
    });
    this.documents.onDidChangeContent(({ document }) => {
      const folder = this.folderOf(document.uri);
      const before = folder.leftOut().length;
      folder.openBuffer(document.uri, document.getText());
      this.publisher.publish(document.uri);
      if (folder.leftOut().length !== before) this.sendStatus();
    });
    this.documents.onDidClose(({ document }) => {
      this.folderOf(document.uri).closeBuffer(document.uri);
      this.publisher.publish();
    });
    for (const feature of features) this.connection.onRequest(feature.method, (params: unknown) => feature.handle(this, params));
    this.documents.listen(this.connection);
    this.connection.listen();
  }

  forUri(uri: string): ReturnType<FolderIndex['snapshot']> {
    return this.folderOf(uri).snapshot();
  }

  answerEarly(): boolean {
    return this.publisher.answerEarly();
  }

  /** By context id where several folders are open, else by file, else the first folder. */
  forContext(context: string | undefined, uri: string | undefined): ReturnType<FolderIndex['snapshot']> | undefined {
    if (uri !== undefined) {
      const snapshot = this.forUri(uri);
      if (context === undefined || snapshot.context(context)) return snapshot;
    }
    if (context !== undefined) {
      const folder = [...this.folders, this.alone].find((candidate) => candidate.snapshot().context(context));
      if (folder) return folder.snapshot();
    }
    return (this.folders[0] ?? this.alone).snapshot();
  }

  private initialize(params: InitializeParams): InitializeResult {
    this.take(params.initializationOptions);
    this.alone.workspace.configure(this.options());
    this.canShowProgress = params.capabilities.window?.workDoneProgress === true;
    this.canChangeFolders = params.capabilities.workspace?.workspaceFolders === true;
    // Clients that know no workspace folders give the root alone.
    const root = (params as { readonly rootUri?: unknown }).rootUri;
    const uris = params.workspaceFolders?.map((folder) => folder.uri) ?? (typeof root === 'string' ? [root] : []);
    this.folders = uris.flatMap((uri) => this.folder(uri));
    const capabilities: Record<string, unknown> = {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    };
    for (const feature of features) Object.assign(capabilities, feature.capability);
    return { capabilities, serverInfo: { name: 'packetpath' } };
  }

  /** Open buffers move to the folder that now holds them. */
  private changeFolders(added: readonly { readonly uri: string }[], removed: readonly { readonly uri: string }[]): void {
    const gone = new Set(removed.map(({ uri }) => toFilePath(uri)));
    for (const folder of this.folders) {
      if (!gone.has(folder.root)) continue;
      this.renders.get(folder)?.dispose();
      this.renders.delete(folder);
    }
    this.folders = [...this.folders.filter(({ root }) => !gone.has(root)), ...added.flatMap(({ uri }) => this.folder(uri))];
    for (const document of this.documents.all()) {
      const holder = this.folderOf(document.uri);
      for (const folder of [...this.folders, this.alone]) if (folder !== holder) folder.closeBuffer(document.uri);
      holder.openBuffer(document.uri, document.getText());
    }
    this.index();
  }

  /** None for a folder that is not on disk. */
  private folder(uri: string): FolderIndex[] {
    const root = toFilePath(uri);
    if (root === undefined) return [];
    const folder = this.indexOf(root);
    this.renders.set(
      folder,
      renderQueueOf(folder, root, this.renderSlots, () => {
        this.publisher.publish();
        this.sendStatus();
      }),
    );
    return [folder];
  }

  private fileChanged(uri: string): void {
    const folder = this.folderOf(uri);
    folder.fileChanged(uri);
    const path = folder.pathOf(uri);
    if (path !== undefined) this.renders.get(folder)?.fileChanged(uri, path);
  }

  /** Programs are run where a setting says so, and only in a workspace that the client says is trusted. */
  private render(): void {
    const kinds = new Set(renderKinds.filter((kind) => this.workspaceTrusted && this.settings[`render.${kind}`]));
    for (const queue of this.renders.values()) queue.allow(kinds);
  }

  private indexOf(root: string | undefined): FolderIndex {
    return new FolderIndex(root, this.options(), () => ({ maxSize: this.settings.maxFileSize * 1_000_000, exclude: this.exclude }));
  }

  private options(): WorkspaceOptions {
    return {
      rules,
      settingsRules: this.settings.rules,
      commandLineRules: {},
      cluster: this.settings.cluster,
      unresolvedReferences: this.settings.unresolvedReferences,
      kubernetesVersion: this.settings.kubernetesVersion,
      closed: false,
      stdin: false,
      ruleFailed: (ruleId, error) => {
        this.connection.console.error(`rule ${ruleId} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      },
    };
  }

  /** What does not fit is as if it were not there. */
  private take(given: unknown): void {
    const options = (typeof given === 'object' && given !== null ? given : {}) as { readonly [Key in keyof InitializationOptions]?: unknown };
    this.settings = readSettings(options.settings);
    this.exclude = textsOf(options.exclude) ?? this.exclude;
    if (typeof options.documentation === 'string') this.documentation = options.documentation;
    this.workspaceTrusted = options.workspaceTrusted === true;
    if (typeof options.yamlExtensionActive === 'boolean') this.yamlExtensionActive = options.yamlExtensionActive;
  }

  private configure(given: unknown): void {
    const before = this.exclude.join('\n') + String(this.settings.maxFileSize);
    this.take(given);
    for (const folder of [...this.folders, this.alone]) folder.configure(this.options());
    if (this.exclude.join('\n') + String(this.settings.maxFileSize) !== before) {
      for (const document of this.documents.all()) this.folderOf(document.uri).openBuffer(document.uri, document.getText());
      this.index();
    }
    this.render();
    this.publisher.publish();
  }

  /** The folder that holds a file; the longest of nested ones. Files of no folder stand together alone. */
  private folderOf(uri: string): FolderIndex {
    const holding = this.folders.filter((folder) => folder.contains(uri));
    return holding.sort((a, b) => (b.root?.length ?? 0) - (a.root?.length ?? 0))[0] ?? this.alone;
  }

  private index(): void {
    this.indexing++;
    this.sendStatus();
    this.indexAll()
      .catch((error: unknown) => {
        this.connection.console.error(`indexing failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      })
      .finally(() => {
        this.indexing--;
        this.render();
        this.sendStatus();
        this.publisher.publish();
      });
  }

  private async indexAll(): Promise<void> {
    const progress = this.canShowProgress ? await this.connection.window.createWorkDoneProgress() : undefined;
    progress?.begin('Packetpath', 0, 'reading manifests');
    for (const folder of this.folders) {
      await folder.indexAll(async (done, total) => {
        progress?.report(Math.round((100 * done) / total), `${done} of ${total} files`);
        await nextTurn();
      });
    }
    progress?.done();
  }

  private sendStatus(): void {
    const state = this.indexing > 0 ? 'indexing' : 'ready';
    const snapshots = state === 'ready' ? this.folders.map((folder) => folder.snapshot()) : [];
    const status: StatusNotification = {
      state,
      files: snapshots.reduce((sum, snapshot) => sum + snapshot.files.size, 0),
      documents: snapshots.reduce((sum, snapshot) => sum + [...snapshot.files.values()].reduce((count, file) => count + file.yaml.documents.length, 0), 0),
      contexts: snapshots.reduce((sum, snapshot) => sum + snapshot.contexts.length, 0),
      leftOut: this.folders.flatMap((folder) => folder.leftOut().map(({ path, reason }) => ({ uri: toFileUri(join(folder.root ?? '', path)), reason }))),
    };
    void this.connection.sendNotification('packetpath/status', status);
  }
}

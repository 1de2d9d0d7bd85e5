/** The connection to the language server, which runs in a process of its own: typed requests, watched files, restart. */
import { join } from 'node:path';
import {
  EventEmitter,
  extensions,
  Uri,
  workspace,
  type CancellationToken,
  type Disposable,
  type Event,
  type ExtensionContext,
  type LogOutputChannel,
} from 'vscode';
import {
  DidChangeConfigurationNotification,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
  type LanguageClientOptions,
  type ServerOptions,
} from 'vscode-languageclient/node';
import { manifestLanguages } from '../../server/src/protocol/commands';
import type { InitializationOptions, NotificationName, Notifications, RequestName, Requests } from '../../server/src/protocol/requests';
import { restartingErrorHandler } from './errorHandler';
import { excludedGlobs, readSettings } from './settings';

export type ServerState = 'starting' | 'running' | 'stopped';

/** What the rest of the extension knows of the server. */
export interface PacketpathServer extends Disposable {
  readonly state: ServerState;
  /** How often the server died and was started again. */
  readonly crashes: number;
  readonly processId: number | undefined;
  readonly onState: Event<ServerState>;
  readonly onStatus: Event<Notifications['packetpath/status']>;
  readonly onChanged: Event<Notifications['packetpath/changed']>;
  /** Rejects when the server is not running, or when the token is cancelled. */
  request<Name extends RequestName>(name: Name, params: Requests[Name]['params'], token?: CancellationToken): Promise<Requests[Name]['result']>;
  start(): Promise<void>;
  restart(): Promise<void>;
}

const yamlExtension = 'redhat.vscode-yaml';

/** Makes the client; nothing runs before `start`. `onFirstCrash` is called once in the life of the window. */
export function createServer(extension: ExtensionContext, log: LogOutputChannel, onFirstCrash: () => void): PacketpathServer {
  const stateChanged = new EventEmitter<ServerState>();
  const status = new EventEmitter<Notifications['packetpath/status']>();
  const changed = new EventEmitter<Notifications['packetpath/changed']>();
  const errorHandler = restartingErrorHandler(log, onFirstCrash, () => client.state === State.Starting);
  const watchers = ['**/*.{yaml,yml,json,jsonc}', '**/{Kustomization,.packetpathignore,*.tpl}'].map((glob) => workspace.createFileSystemWatcher(glob));

  const client: LanguageClient = new LanguageClient('packetpath', 'Packetpath', serverOptions(extension), {
    documentSelector: manifestLanguages.flatMap((language) => [
      { scheme: 'file', language },
      { scheme: 'untitled', language },
    ]),
    synchronize: { fileEvents: watchers },
    // A function, so that a restarted server gets what holds then.
    initializationOptions: () => initializationOptions(extension.extensionUri),
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    errorHandler,
  } satisfies LanguageClientOptions);

  const onServer = <Name extends NotificationName>(name: Name, emitter: EventEmitter<Notifications[Name]>): Disposable =>
    client.onNotification(name, (params: Notifications[Name]) => {
      emitter.fire(params);
    });

  /** The server gets what it got at the start, whole: the settings, excluded globs, and whether another extension underlines YAML and whether the workspace is trusted. */
  const tellSettings = (): void => {
    if (client.state === State.Running)
      void client.sendNotification(DidChangeConfigurationNotification.type, { settings: initializationOptions(extension.extensionUri) });
  };

  const subscriptions: Disposable[] = [
    ...watchers,
    stateChanged,
    status,
    changed,
    client.onDidChangeState(({ newState }) => {
      stateChanged.fire(stateOf(newState));
    }),
    onServer('packetpath/status', status),
    onServer('packetpath/changed', changed),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('packetpath') || event.affectsConfiguration('files.exclude')) tellSettings();
    }),
    extensions.onDidChange(tellSettings),
    workspace.onDidGrantWorkspaceTrust(tellSettings),
  ];

  const server: PacketpathServer = {
    get state() {
      return stateOf(client.state);
    },
    get crashes() {
      return errorHandler.crashes;
    },
    get processId() {
      return client.serverProcess?.pid;
    },
    onState: stateChanged.event,
    onStatus: status.event,
    onChanged: changed.event,
    request: (name, params, token) => client.sendRequest(name, params, token),
    start: () => client.start(),
    restart: async () => {
      errorHandler.forget();
      await client.restart();
    },
    dispose: () => {
      for (const subscription of subscriptions) subscription.dispose();
      // A server that is still starting cannot be stopped yet; it ends with the channel then.
      void client.dispose().catch((error: unknown) => {
        log.debug(`Stopping the language server: ${String(error)}`);
      });
    },
  };
  return server;
}

function serverOptions(extension: ExtensionContext): ServerOptions {
  const module = join(extension.extensionPath, 'dist', 'server.js');
  return {
    run: { module, transport: TransportKind.ipc },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--enable-source-maps', '--inspect=6010'] } },
  };
}

function initializationOptions(extensionUri: Uri): InitializationOptions {
  return {
    settings: readSettings(),
    exclude: excludedGlobs(),
    yamlExtensionActive: yamlExtensionPresent(),
    workspaceTrusted: workspace.isTrusted,
    documentation: Uri.joinPath(extensionUri, 'docs', 'rules').toString(),
  };
}

/** Installed and switched on: it activates with the first YAML file, as we do, so its being active is only a question of time. */
function yamlExtensionPresent(): boolean {
  return extensions.getExtension(yamlExtension) !== undefined;
}

function stateOf(state: State): ServerState {
  switch (state) {
    case State.Running:
      return 'running';
    case State.Starting:
      return 'starting';
    case State.Stopped:
    case State.StartFailed:
      return 'stopped';
  }
}

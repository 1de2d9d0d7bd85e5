/** Where VS Code starts and stops the extension. */
import { commands, l10n, window, type ExtensionContext } from 'vscode';
import type { FromPanel } from '../../server/src/protocol/panel';
import { followActiveManifest } from './activeManifest';
import { registerCommands } from './commands/commands';
import { createServer, type ServerState } from './languageClient';
import { registerPanelEditors } from './panel/panelEditors';
import { PanelHost, type PanelState } from './panel/panelHost';
import { registerPanelView } from './panel/panelView';
import { createReportDocuments } from './reportDocuments';
import type { Services } from './services';
import { showStatus } from './status';

/** What `activate` gives back. It lets the suite in VS Code look inside; other extensions should not rely on it. */
export interface PacketpathApi {
  /** Resolves when the first start has come to its end, well or not. */
  readonly started: Promise<void>;
  readonly panelState: () => PanelState;
  /** Does what the panel's page would ask with this message. */
  readonly fromPanel: (message: FromPanel) => Promise<void>;
  readonly serverState: () => { readonly state: ServerState; readonly crashes: number; readonly processId: number | undefined };
}

export function activate(extension: ExtensionContext): PacketpathApi {
  const log = window.createOutputChannel('Packetpath', { log: true });
  const server = createServer(extension, log, () => {
    void tellOfCrash();
  });
  const activeManifest = followActiveManifest(server, log);
  const panel = new PanelHost(server, activeManifest, log);
  const panelEditors = registerPanelEditors(extension, log, panel);
  const status = showStatus(server, activeManifest);
  const reports = createReportDocuments(server);
  const services: Services = { extension, log, server, activeManifest, panel, panelEditors, status, reports };
  extension.subscriptions.push(
    log,
    server,
    activeManifest,
    panel,
    panelEditors,
    status,
    reports,
    registerPanelView(extension, log, panel),
    ...registerCommands(services),
    server.onState((state) => void commands.executeCommand('setContext', 'packetpath.ready', state === 'running')),
  );

  const started = server.start().catch((error: unknown) => {
    log.error(`The language server did not start: ${String(error)}`);
  });
  return {
    started,
    panelState: () => panel.state,
    fromPanel: (message) => panel.act(message, undefined),
    serverState: () => ({ state: server.state, crashes: server.crashes, processId: server.processId }),
  };
}

async function tellOfCrash(): Promise<void> {
  const showLog = l10n.t('Show Log');
  const chosen = await window.showWarningMessage(l10n.t('The Packetpath language server stopped unexpectedly and was started again.'), showLog);
  if (chosen === showLog) await commands.executeCommand('packetpath.showLog');
}

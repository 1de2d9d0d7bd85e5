/** The same page as an editor panel beside the text, and its return after a reload of the window. */
import { l10n, Uri, ViewColumn, window, type Disposable, type ExtensionContext, type LogOutputChannel, type WebviewPanel } from 'vscode';
import { connectPage } from './panelPage';
import type { PanelHost } from './panelHost';

export const panelEditorType = 'packetpath.topology';

export interface PanelEditors extends Disposable {
  /** Opens the editor panel beside the text, or shows the one that is there. */
  show(): void;
  /** True while an editor panel exists; traces are then shown there and not in the side bar. */
  readonly open: boolean;
}

/** Registers the serializer and gives back what opens the panel. There is at most one. */
export function registerPanelEditors(extension: ExtensionContext, log: LogOutputChannel, host: PanelHost): PanelEditors {
  let panel: WebviewPanel | undefined;

  const image = (name: string): Uri => Uri.joinPath(extension.extensionUri, 'images', name);

  const adopt = (created: WebviewPanel): void => {
    panel?.dispose();
    panel = created;
    created.iconPath = { light: image('panel.svg'), dark: image('panel-dark.svg') };
    const { send, subscription } = connectPage(created.webview, extension.extensionUri, log, 'editor', (message) => {
      host.receive(page, message);
    });
    const page = { send, column: () => created.viewColumn, visible: () => created.visible };
    const attached = host.attach(page);
    created.onDidChangeViewState(() => {
      host.refresh();
    });
    created.onDidDispose(() => {
      subscription.dispose();
      attached.dispose();
      if (panel === created) panel = undefined;
    });
  };

  const serializer = window.registerWebviewPanelSerializer(panelEditorType, {
    deserializeWebviewPanel(restored) {
      adopt(restored);
      return Promise.resolve();
    },
  });

  return {
    get open() {
      return panel !== undefined;
    },
    show() {
      if (panel !== undefined) panel.reveal(undefined, true);
      else adopt(window.createWebviewPanel(panelEditorType, l10n.t('Topology'), { viewColumn: ViewColumn.Beside, preserveFocus: true }));
    },
    dispose() {
      serializer.dispose();
      panel?.dispose();
    },
  };
}

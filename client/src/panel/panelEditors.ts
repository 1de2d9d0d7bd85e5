/** The same page as an editor panel beside the text, and its return after a reload of the window. */
import { l10n, Uri, ViewColumn, window, type Disposable, type ExtensionContext, type LogOutputChannel, type WebviewPanel } from 'vscode';
import { connectPage } from './panelPage';
import type { PanelHost } from './panelHost';

export const panelEditorType = 'packetpath.topology';

export interface PanelEditors extends Disposable {
  /** Opens an editor panel beside the text, or shows the last one that was. */
  show(): void;
  /** Opens one more. */
  showAnother(): void;
  /** True while an editor panel exists; traces are then shown there and not in the side bar. */
  readonly open: boolean;
}

/** Registers the serializer and gives back what opens editor panels; each has a question of its own. */
export function registerPanelEditors(extension: ExtensionContext, log: LogOutputChannel, host: PanelHost): PanelEditors {
  /** The last one that was in front comes last. */
  let panels: readonly WebviewPanel[] = [];

  const image = (name: string): Uri => Uri.joinPath(extension.extensionUri, 'images', name);

  const adopt = (created: WebviewPanel): void => {
    panels = [...panels, created];
    created.iconPath = { light: image('panel.svg'), dark: image('panel-dark.svg') };
    const { send, subscription } = connectPage(created.webview, extension.extensionUri, log, 'editor', (message) => {
      host.receive(page, message);
    });
    const page = { send, column: () => created.viewColumn, visible: () => created.visible };
    const attached = host.attach(page);
    created.onDidChangeViewState(() => {
      if (created.active) panels = [...panels.filter((other) => other !== created), created];
      host.refresh();
    });
    created.onDidDispose(() => {
      subscription.dispose();
      attached.dispose();
      panels = panels.filter((other) => other !== created);
    });
  };

  const serializer = window.registerWebviewPanelSerializer(panelEditorType, {
    deserializeWebviewPanel(restored) {
      adopt(restored);
      return Promise.resolve();
    },
  });

  const showAnother = (): void => {
    adopt(window.createWebviewPanel(panelEditorType, l10n.t('Topology'), { viewColumn: ViewColumn.Beside, preserveFocus: true }));
  };
  host.openAnother = showAnother;

  return {
    get open() {
      return panels.length > 0;
    },
    show() {
      const last = panels.at(-1);
      if (last !== undefined) last.reveal(undefined, true);
      else showAnother();
    },
    showAnother,
    dispose() {
      serializer.dispose();
      for (const panel of panels) panel.dispose();
    },
  };
}

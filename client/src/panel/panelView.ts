/** The panel as a view of the container "Packetpath". */
import { window, type Disposable, type ExtensionContext, type LogOutputChannel, type WebviewViewProvider } from 'vscode';
import { connectPage } from './panelPage';
import type { PanelHost } from './panelHost';

export const panelViewId = 'packetpath.panel';

/** Registers the view. Its page is made anew whenever the view is shown after having been hidden. */
export function registerPanelView(extension: ExtensionContext, log: LogOutputChannel, host: PanelHost): Disposable {
  const provider: WebviewViewProvider = {
    resolveWebviewView(view) {
      const { send, subscription } = connectPage(view.webview, extension.extensionUri, log, 'side', (message) => {
        host.receive(page, message);
      });
      const page = { send, column: () => undefined, visible: () => view.visible };
      const attached = host.attach(page);
      view.onDidChangeVisibility(() => {
        host.refresh();
      });
      view.onDidDispose(() => {
        subscription.dispose();
        attached.dispose();
      });
    },
  };
  return window.registerWebviewViewProvider(panelViewId, provider);
}

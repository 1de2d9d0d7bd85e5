/** One page that shows the panel: the view in the side bar or an editor panel. Incoming messages are checked here. */
import type { Disposable, LogOutputChannel, Uri, ViewColumn, Webview } from 'vscode';
import { isFromPanel, type FromPanel, type ToPanel } from '../../../server/src/protocol/panel';
import { pageFolder, panelHtml } from './panelHtml';

export interface PanelPage {
  send(message: ToPanel): void;
  /** The editor column that the page takes, so that sources open beside it; undefined in the side bar. */
  column(): ViewColumn | undefined;
  visible(): boolean;
}

/** Sets the page up in its webview. Messages that are not of the panel's protocol are dropped and logged. */
export function connectPage(
  webview: Webview,
  extensionUri: Uri,
  log: LogOutputChannel,
  place: 'side' | 'editor',
  receive: (message: FromPanel) => void,
): { readonly send: (message: ToPanel) => void; readonly subscription: Disposable } {
  webview.options = { enableScripts: true, enableCommandUris: false, enableForms: false, localResourceRoots: [pageFolder(extensionUri)] };
  const subscription = webview.onDidReceiveMessage((message: unknown) => {
    if (isFromPanel(message)) receive(message);
    else log.warn('A message of the panel was dropped: it is none of its protocol.');
  });
  webview.html = panelHtml(webview, extensionUri, place);
  return { send: (message) => void webview.postMessage(message), subscription };
}

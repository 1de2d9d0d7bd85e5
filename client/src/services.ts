/** What commands and views of the extension are given: made once, in `extension.ts`. */
import type { ExtensionContext, LogOutputChannel } from 'vscode';
import type { ActiveManifest } from './activeManifest';
import type { PacketpathServer } from './languageClient';
import type { PanelEditors } from './panel/panelEditors';
import type { PanelHost } from './panel/panelHost';
import type { ReportDocuments } from './reportDocuments';
import type { Status } from './status';

export interface Services {
  readonly extension: ExtensionContext;
  readonly log: LogOutputChannel;
  readonly server: PacketpathServer;
  readonly activeManifest: ActiveManifest;
  readonly panel: PanelHost;
  readonly panelEditors: PanelEditors;
  readonly status: Status;
  readonly reports: ReportDocuments;
}

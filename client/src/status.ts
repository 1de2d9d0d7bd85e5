/** The language status: the context of the file in view, what was indexed, what was left out and why. Never a toast. */
import { l10n, languages, LanguageStatusSeverity, type Disposable, type DocumentFilter, type LanguageStatusItem } from 'vscode';
import { manifestLanguages } from '../../server/src/protocol/commands';
import type { ContextAnswer, StatusNotification } from '../../server/src/protocol/requests';
import type { ActiveManifest, ManifestInView } from './activeManifest';
import type { PacketpathServer } from './languageClient';

export interface Status extends Disposable {
  /** What the server said last of the workspace. */
  readonly workspace: StatusNotification | undefined;
}

const selector: readonly DocumentFilter[] = manifestLanguages.map((language) => ({ language }));

/** Makes both items and keeps them true. */
export function showStatus(server: PacketpathServer, activeManifest: ActiveManifest): Status {
  const ofFile = languages.createLanguageStatusItem('packetpath.context', selector);
  ofFile.name = l10n.t('Packetpath: Context');
  const ofWorkspace = languages.createLanguageStatusItem('packetpath.workspace', selector);
  ofWorkspace.name = l10n.t('Packetpath: Workspace');
  let workspace: StatusNotification | undefined;

  const update = (): void => {
    describeFile(ofFile, activeManifest.current);
    describeWorkspace(ofWorkspace, server, workspace);
  };
  const subscriptions: Disposable[] = [
    ofFile,
    ofWorkspace,
    activeManifest.onChange(update),
    server.onState(update),
    server.onStatus((next) => {
      workspace = next;
      update();
    }),
  ];
  update();
  return {
    get workspace() {
      return workspace;
    },
    dispose: () => {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

function describeFile(item: LanguageStatusItem, manifest: ManifestInView | undefined): void {
  const [first, ...others] = manifest?.contexts ?? [];
  item.command = { command: 'packetpath.showContext', title: l10n.t('Details') };
  if (first === undefined) {
    item.text = l10n.t('Packetpath: no Kubernetes manifest');
    item.detail = '';
    item.severity = LanguageStatusSeverity.Information;
    return;
  }
  item.text =
    others.length === 0 ? l10n.t('Packetpath context: {0}', first.label) : l10n.t('Packetpath contexts: {0} and {1} more', first.label, others.length);
  item.detail = describeContext(first);
  item.severity = LanguageStatusSeverity.Information;
}

/** "12 resources · open · 2 things not read" */
export function describeContext(context: ContextAnswer): string {
  const parts = [counted(context.resources, 'resource'), context.open ? l10n.t('open') : l10n.t('closed')];
  if (context.rendered !== undefined) parts.push(l10n.t('rendered by {0}', context.rendered));
  if (context.missing.length > 0) parts.push(l10n.t('{0} not read', context.missing.length));
  return parts.join(' · ');
}

function describeWorkspace(item: LanguageStatusItem, server: PacketpathServer, workspace: StatusNotification | undefined): void {
  item.busy = server.state === 'starting' || (server.state === 'running' && workspace?.state === 'indexing');
  if (server.state === 'stopped') {
    item.text = l10n.t('Packetpath: language server stopped');
    item.detail = l10n.t('It stopped several times in a row.');
    item.severity = LanguageStatusSeverity.Error;
    item.command = { command: 'packetpath.restartServer', title: l10n.t('Restart') };
    return;
  }
  item.severity = LanguageStatusSeverity.Information;
  item.command = { command: 'packetpath.showLog', title: l10n.t('Show Log') };
  if (workspace === undefined) {
    item.text = l10n.t('Packetpath: starting');
    item.detail = '';
    return;
  }
  // Short: what does not fit pushes the command out of the window.
  const { files, contexts, leftOut } = workspace;
  item.text = l10n.t('Packetpath: {0}, {1}', counted(files, 'file'), counted(contexts, 'context'));
  const details = [leftOut.length > 0 ? l10n.t('{0} left out', leftOut.length) : '', server.crashes > 0 ? counted(server.crashes, 'crash') : ''];
  item.detail = details.filter((detail) => detail !== '').join(' · ');
}

function counted(count: number, what: 'file' | 'context' | 'resource' | 'crash'): string {
  switch (what) {
    case 'file':
      return count === 1 ? l10n.t('1 file') : l10n.t('{0} files', count);
    case 'context':
      return count === 1 ? l10n.t('1 context') : l10n.t('{0} contexts', count);
    case 'resource':
      return count === 1 ? l10n.t('1 resource') : l10n.t('{0} resources', count);
    case 'crash':
      return count === 1 ? l10n.t('1 crash') : l10n.t('{0} crashes', count);
  }
}

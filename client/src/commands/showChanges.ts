/** Opens which connections the working tree opens and closes against the last commit, as a document. */
import type { DocumentAnswer } from '../../../server/src/protocol/requests';
import { l10n, workspace, type Uri } from 'vscode';
import { filesAtHead } from '../gitHead';
import type { Services } from '../services';

export async function showChanges(services: Services): Promise<void> {
  const uri = services.activeManifest.current?.uri ?? workspace.workspaceFolders?.[0]?.uri;
  await services.reports.show('changes', () => changesOf(services, uri));
}

async function changesOf({ server, log }: Services, uri: Uri | undefined): Promise<DocumentAnswer> {
  const head = uri && (await filesAtHead(uri, log));
  if (head === undefined) return { ok: false, error: l10n.t('This folder is in no git repository that VS Code knows.') };
  return server.request('packetpath/changes', { since: head.name, files: head.files, ...(uri === undefined ? {} : { uri: uri.toString() }) });
}

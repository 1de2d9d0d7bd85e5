/** Says which contexts the file in view belongs to, what is missing in them, and which files were left out. */
import { l10n, QuickPickItemKind, Uri, window, workspace, type QuickPickItem } from 'vscode';
import type { Services } from '../services';
import { describeContext } from '../status';

interface ContextItem extends QuickPickItem {
  readonly open?: Uri;
}

export async function showContext({ activeManifest, status }: Services): Promise<void> {
  const manifest = activeManifest.current;
  const items: ContextItem[] = [];
  for (const context of manifest?.contexts ?? []) {
    items.push({ label: `$(layers) ${context.label}`, description: describeContext(context), detail: context.because });
    items.push(...context.missing.map((missing) => ({ label: `$(question) ${missing}`, description: l10n.t('not read') })));
  }
  if (items.length === 0) items.push({ label: l10n.t('This file holds no Kubernetes manifest.') });

  const leftOut = status.workspace?.leftOut ?? [];
  if (leftOut.length > 0) items.push({ label: l10n.t('Left out'), kind: QuickPickItemKind.Separator });
  for (const { uri, reason } of leftOut) {
    const file = Uri.parse(uri);
    items.push({ label: `$(circle-slash) ${workspace.asRelativePath(file)}`, description: reason, open: file });
  }

  const chosen = await window.showQuickPick(items, { title: l10n.t('Packetpath: Context of This File'), matchOnDescription: true, matchOnDetail: true });
  if (chosen?.open !== undefined) await window.showTextDocument(chosen.open);
}

/** Writes a drawing of the page to a file that the person chooses. */
import { l10n, Uri, window, workspace } from 'vscode';
import type { FromPanel } from '../../../server/src/protocol/panel';

/** Nothing happens when the person closes the dialog. The name comes from a page and is only a proposal: what is no letter, digit or dash goes. */
export async function saveDrawing({ format, name, content }: Extract<FromPanel, { readonly type: 'save' }>): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const proposed = `${name.replace(/[^\p{L}\p{N}-]+/gu, '-').replace(/^-+|-+$/g, '') || 'packetpath'}.${format}`;
  const target = await window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder, proposed) }),
    filters: format === 'svg' ? { SVG: ['svg'] } : { PNG: ['png'] },
    saveLabel: l10n.t('Save the drawing'),
  });
  if (target === undefined) return;
  await workspace.fs.writeFile(target, format === 'svg' ? new TextEncoder().encode(content) : Buffer.from(content, 'base64'));
  window.setStatusBarMessage(l10n.t('$(check) The drawing is saved'), 3000);
}

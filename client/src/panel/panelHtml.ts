/** The HTML of the panel's page: one script, one style sheet, and a content security policy that lets in nothing else. */
import { randomBytes } from 'node:crypto';
import { Uri, type Webview } from 'vscode';

/** The folder that the page may load from, and nothing else. */
export function pageFolder(extensionUri: Uri): Uri {
  return Uri.joinPath(extensionUri, 'dist', 'webview');
}

/** The page's HTML with a fresh nonce, for the side bar or an editor: their grounds differ. It holds no text of a manifest: all content comes by messages. */
export function panelHtml(webview: Webview, extensionUri: Uri, place: 'side' | 'editor'): string {
  const nonce = randomBytes(18).toString('base64');
  const source = webview.cspSource;
  const script = webview.asWebviewUri(Uri.joinPath(pageFolder(extensionUri), 'panel.js')).toString();
  const style = webview.asWebviewUri(Uri.joinPath(pageFolder(extensionUri), 'panel.css')).toString();
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${source}; font-src ${source}; img-src ${source} blob: data:`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Packetpath</title>
</head>
<body data-place="${place}">
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

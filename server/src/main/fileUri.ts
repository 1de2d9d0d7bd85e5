/** File uris as the editor spells them, so that a file on disk and its open buffer are one file. */
import { fileURLToPath } from 'node:url';

/**
 * `file:///home/me/a%40b.yaml`: every character but letters, digits, `-._~` and `/` is escaped, a drive letter is small. `pathToFileURL` of
 * Node leaves `@`, `(`, `+` and others as they are, VS Code's `Uri.toString()` does not.
 */
export function toFileUri(path: string): string {
  const slashed =
    process.platform === 'win32'
      ? `/${path.replaceAll('\\', '/')}`.replace(/^\/\/\//, '//').replace(/^\/([A-Za-z]):/, (_, drive: string) => `/${drive.toLowerCase()}:`)
      : path;
  const escaped = slashed
    .split('/')
    .map((segment) =>
      encodeURIComponent(segment.replace(/\p{Cs}/gu, '\ufffd')).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
    )
    .join('/');
  return slashed.startsWith('//') ? `file:${escaped}` : `file://${escaped}`;
}

/** The path of a `file:` uri; undefined for any other, and for one that names no path of this machine. */
export function toFilePath(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

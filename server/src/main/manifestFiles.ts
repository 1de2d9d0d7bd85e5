/** Walks a folder for files that may hold manifests: what is ignored, too large or unreadable is said, never thrown. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FileText } from '../base/disk';
import { excludedBy, IgnoreFile, isNeverIndexed } from '../contexts/ignored';

export interface FoundFile {
  /** Absolute. */
  readonly file: string;
  /** Relative to the folder, `/` between names. */
  readonly path: string;
}

export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

export interface WalkOptions {
  /** Bytes; larger files are left out. */
  readonly maxSize: number;
  /** Globs of `files.exclude`. */
  readonly exclude: readonly string[];
}

const mostFolders = 200_000;

export function isManifestName(name: string): boolean {
  return /\.(ya?ml|json|jsonc)$/i.test(name) || name === 'Kustomization';
}

/** Sorted by path. Links to folders are not followed, so that a loop of them cannot hang anybody. */
export function findManifestFiles(root: string, options: WalkOptions): { readonly files: readonly FoundFile[]; readonly leftOut: readonly LeftOut[] } {
  const files: FoundFile[] = [];
  const leftOut: LeftOut[] = [];
  const excluded = excludedBy(options.exclude);
  const ignoreFile = new IgnoreFile(readText(join(root, '.packetpathignore')));
  const open: string[] = [''];
  for (let visited = 0; open.length > 0 && visited < mostFolders; visited++) {
    const folder = open.pop() ?? '';
    let entries;
    try {
      entries = readdirSync(join(root, folder), { withFileTypes: true });
    } catch (error) {
      leftOut.push({ path: folder === '' ? '.' : folder, reason: reasonOf(error) });
      continue;
    }
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!isNeverIndexed(path) && !excluded(path)) open.push(path);
      } else if (isManifestName(entry.name) && !excluded(path) && !ignoreFile.ignores(path)) {
        const size = sizeOf(join(root, path));
        if (typeof size === 'string') leftOut.push({ path, reason: size });
        else if (size !== undefined && size > options.maxSize) leftOut.push({ path, reason: tooLarge(options.maxSize) });
        else if (size !== undefined) files.push({ file: join(root, path), path });
      }
    }
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  leftOut.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, leftOut };
}

/** True when walking the folder would find the file: for one that an editor or a watcher names. `path` is relative to the folder. */
export function isWalked(root: string, path: string, options: WalkOptions): boolean {
  if (!isManifestName(path.slice(path.lastIndexOf('/') + 1)) || isNeverIndexed(path) || excludedBy(options.exclude)(path)) return false;
  return !new IgnoreFile(readText(join(root, '.packetpathignore'))).ignores(path);
}

/** A file that is gone or may not be read is a value with the reason. */
export function readManifest(file: string): FileText {
  try {
    const bytes = readFileSync(file);
    return { ok: true, text: decodeText(bytes) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** UTF-8 unless a byte order mark says UTF-16; bytes that are neither become U+FFFD. */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString('utf16le');
  return bytes.toString('utf8');
}

export function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'EISDIR') return 'it is a folder';
  return error instanceof Error ? error.message : String(error);
}

function readText(file: string): string {
  const text = readManifest(file);
  return text.ok ? text.text : '';
}

/** Bytes of a file, also through a link; the reason where it cannot be looked at (a link that leads nowhere); undefined for what is no file. */
function sizeOf(file: string): number | string | undefined {
  try {
    const stat = statSync(file);
    return stat.isFile() ? stat.size : undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** `maxSize` in bytes. */
export function tooLarge(maxSize: number): string {
  return `larger than ${maxSize / 1_000_000} MB (packetpath.maxFileSize)`;
}

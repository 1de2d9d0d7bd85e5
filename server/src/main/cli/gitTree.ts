/** Reads the manifests of a git revision with `git` itself: nothing is checked out, and no shell is asked. */
import { spawnSync } from 'node:child_process';
import { posix } from 'node:path';
import { IgnoreFile, isNeverIndexed } from '../../contexts/ignored';
import { oneLine } from '../../report/paint';
import { decodeText, isManifestName, type LeftOut, reasonOf, tooLarge } from '../manifestFiles';
import { CommandFailure } from './failure';

export interface TreeFile {
  /** Relative to the folder that was asked for. */
  readonly path: string;
  readonly text: string;
}

export interface GitTree {
  readonly files: readonly TreeFile[];
  readonly leftOut: readonly LeftOut[];
}

export interface GitPlace {
  readonly revision: string;
  /** As written; undefined for the root of the repository. */
  readonly folder: string | undefined;
}

/** `git:REV[:FOLDER]`; undefined for anything that does not begin so. */
export function gitPlace(text: string): GitPlace | undefined {
  if (!text.startsWith('git:')) return undefined;
  const rest = text.slice('git:'.length);
  const colon = rest.indexOf(':');
  const [revision, folder] = colon < 0 ? [rest, undefined] : [rest.slice(0, colon), rest.slice(colon + 1)];
  return { revision, folder: folder === '' ? undefined : folder };
}

/**
 * The manifests below a folder of a revision, chosen as they are on disk. `folder` is relative to the repository's root; where there is none it is tried
 * from the current folder. Throws a `CommandFailure` where git, the revision or the folder is missing.
 */
export function readGitTree(from: string, { revision, folder }: GitPlace, maxSize: number): GitTree {
  const written = `git:${revision}${folder === undefined ? '' : `:${folder}`}`;
  // What begins with a dash would be an option, and a line break ends an argument of `cat-file --batch`.
  if (revision === '' || revision.startsWith('-') || /[\0\r\n]/.test(revision)) throw new CommandFailure(`${oneLine(written)}: no revision`);
  const top = gitText(from, ['rev-parse', '--show-toplevel'], `${oneLine(written)}: ${from} is in no git repository`);
  const tree = gitText(from, ['rev-parse', '--verify', '--quiet', `${revision}^{tree}`], `${oneLine(written)}: there is no such revision`);
  const root = folder === undefined ? tree : folderTree(from, tree, folder, oneLine(written));
  return readTree(top, root, maxSize);
}

function folderTree(from: string, tree: string, folder: string, written: string): string {
  if (/[\0\r\n]/.test(folder)) throw new CommandFailure(`${written}: no folder`);
  const prefix = gitText(from, ['rev-parse', '--show-prefix'], `${written}: no folder`);
  const fromHere = posix.join(prefix, folder);
  const candidates = (/^\.\.?(\/|$)/.test(folder) ? [fromHere] : [posix.normalize(folder), fromHere]).map((path) => path.replace(/^\/+|\/+$/g, ''));
  for (const path of candidates) {
    if (path === '' || path === '.') return tree;
    if (path === '..' || path.startsWith('../')) continue;
    const found = git(from, ['rev-parse', '--verify', '--quiet', `${tree}:${path}`]);
    const id = found.status === 0 ? found.stdout.toString('utf8').trim() : '';
    if (id !== '' && git(from, ['cat-file', '-t', id]).stdout.toString('utf8').trim() === 'tree') return id;
  }
  throw new CommandFailure(`${written}: there is no such folder in that revision`);
}

interface Entry {
  readonly path: string;
  readonly id: string;
  readonly size: number;
  readonly link: boolean;
}

function readTree(from: string, tree: string, maxSize: number): GitTree {
  const listed = git(from, ['ls-tree', '-r', '-z', '-l', '--full-tree', tree]);
  if (listed.status !== 0) throw new CommandFailure(`git ls-tree: ${firstLine(listed.stderr)}`);
  const all = listed.stdout.toString('utf8').split('\0').flatMap(readEntry);
  const byPath = new Map(all.map((entry) => [entry.path, entry]));
  const ignoreEntry = byPath.get('.packetpathignore');
  const links = readBlobs(from, [...all.filter(({ link }) => link), ...(ignoreEntry ? [ignoreEntry] : [])]);
  const ignored = new IgnoreFile(ignoreEntry ? decodeText(links.get(ignoreEntry.id) ?? Buffer.alloc(0)) : '');
  const chosen: { readonly path: string; readonly blob: Entry }[] = [];
  const leftOut: LeftOut[] = [];
  for (const entry of all) {
    const { path } = entry;
    if (!isManifestName(posix.basename(path)) || isNeverIndexed(path) || ignored.ignores(path)) continue;
    const blob = entry.link ? target(entry, byPath, links) : entry;
    if (!blob) leftOut.push({ path, reason: 'a link that leads to no file of the revision' });
    else if (blob.size > maxSize) leftOut.push({ path, reason: tooLarge(maxSize) });
    else chosen.push({ path, blob });
  }
  const texts = readBlobs(
    from,
    chosen.map(({ blob }) => blob),
  );
  return { files: chosen.map(({ path, blob }) => ({ path, text: decodeText(texts.get(blob.id) ?? Buffer.alloc(0)) })), leftOut };
}

/** `100644 blob ID    SIZE\tPATH`; submodules are left alone. */
function readEntry(line: string): readonly Entry[] {
  const match = /^(\d{6}) blob ([0-9a-f]{40,64}) +(\d+)\t([^]+)$/.exec(line);
  if (!match) return [];
  const [, mode = '', id = '', size = '', path = ''] = match;
  return [{ path, id, size: Number(size), link: mode === '120000' }];
}

const mostLinks = 8;

/** Where a link leads inside the revision. */
function target(entry: Entry, byPath: ReadonlyMap<string, Entry>, links: ReadonlyMap<string, Buffer>): Entry | undefined {
  let at: Entry | undefined = entry;
  for (let step = 0; at?.link && step < mostLinks; step++) {
    const text: string = links.get(at.id)?.toString('utf8') ?? '';
    at = text.startsWith('/') ? undefined : byPath.get(posix.normalize(posix.join(posix.dirname(at.path), text)));
  }
  return at?.link ? undefined : at;
}

function readBlobs(from: string, entries: readonly Entry[]): ReadonlyMap<string, Buffer> {
  const sizes = new Map(entries.map(({ id, size }) => [id, size]));
  const blobs = new Map<string, Buffer>();
  if (sizes.size === 0) return blobs;
  const read = git(from, ['cat-file', '--batch'], `${[...sizes.keys()].join('\n')}\n`);
  if (read.status !== 0) throw new CommandFailure(`git cat-file: ${firstLine(read.stderr)}`);
  for (let at = 0; at < read.stdout.length;) {
    const end = read.stdout.indexOf(0x0a, at);
    if (end < 0) break;
    const [id = '', type = '', size = '0'] = read.stdout.toString('utf8', at, end).split(' ');
    const length = type === 'blob' ? Number(size) : -1;
    if (length >= 0) blobs.set(id, read.stdout.subarray(end + 1, end + 1 + length));
    at = length < 0 ? end + 1 : end + 1 + length + 1;
  }
  return blobs;
}

function gitText(from: string, args: readonly string[], otherwise: string): string {
  const { status, stdout, stderr } = git(from, args);
  if (status === 0) return stdout.toString('utf8').replace(/\r?\n$/, '');
  const said = firstLine(stderr);
  // Git's own words count where it is not about what was asked, for example another owner of the repository.
  throw new CommandFailure(said.includes('dubious ownership') ? `${otherwise} (git: ${said})` : otherwise);
}

const mostOutput = 2 ** 30;

/** Arguments are fixed but for names that were checked. A repository may not make git fetch what it lacks, nor run a program of its own. */
function git(from: string, args: readonly string[], input = ''): { readonly status: number | null; readonly stdout: Buffer; readonly stderr: Buffer } {
  const ran = spawnSync('git', ['-c', 'core.fsmonitor=false', '-c', 'protocol.allow=never', ...args], {
    cwd: from,
    input,
    maxBuffer: mostOutput,
    windowsHide: true,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
  });
  if (ran.error) throw new CommandFailure(`git: ${(ran.error as { code?: unknown }).code === 'ENOENT' ? 'the program is not installed' : reasonOf(ran.error)}`);
  return ran;
}

function firstLine(stderr: Buffer): string {
  return oneLine(stderr.toString('utf8').trim().split('\n')[0] ?? '').slice(0, 300);
}

/** One workspace folder of the server: its workspace, what was read from disk, what is open in the editor. */
import { statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { WorkspaceOptions } from '../workspace/options';
import type { Snapshot } from '../workspace/snapshot';
import { isConfiguration, Workspace } from '../workspace/workspace';
import { toFilePath, toFileUri } from './fileUri';
import { readBaseline } from './baseline';
import { findManifestFiles, isWalked, type LeftOut, readManifest, tooLarge, type WalkOptions } from './manifestFiles';

/** Open buffers win over disk; a file that is closed is read again. */
export class FolderIndex {
  readonly workspace: Workspace;
  private readonly open = new Set<string>();
  private leftOutByPath = new Map<string, string>();

  /** `root`: absolute path of the folder; undefined for files that stand alone. */
  constructor(
    readonly root: string | undefined,
    options: WorkspaceOptions,
    private readonly walk: () => WalkOptions,
  ) {
    this.workspace = new Workspace(this.withBaseline(options));
  }

  /** New settings; the files stay. */
  configure(options: WorkspaceOptions): void {
    this.workspace.configure(this.withBaseline(options));
  }

  contains(uri: string): boolean {
    return this.root === undefined || this.pathOf(uri) !== undefined;
  }

  /** Reads every file from disk, a slice at a time; `progress` gets done and total, and may wait. */
  async indexAll(progress: (done: number, total: number) => Promise<void>): Promise<void> {
    if (this.root === undefined) return;
    const { files, leftOut } = findManifestFiles(this.root, this.walk());
    this.leftOutByPath = new Map(leftOut.map(({ path, reason }) => [path, reason]));
    const gone = new Set(this.workspace.uris());
    let done = 0;
    for (const { file, path } of files) {
      const uri = toFileUri(file);
      gone.delete(uri);
      if (!this.open.has(uri)) this.take(uri, path, file);
      if (++done % 50 === 0) await progress(done, files.length);
    }
    for (const uri of gone) if (!this.open.has(uri)) this.workspace.removeFile(uri);
  }

  /** A buffer counts where its file would: what is ignored, excluded or too large stays left out. */
  openBuffer(uri: string, text: string): void {
    this.open.add(uri);
    const path = this.pathOf(uri) ?? nameOf(uri);
    if (this.root !== undefined && !isConfiguration(path) && !isWalked(this.root, path, this.walk())) this.workspace.removeFile(uri);
    else if (text.length > this.walk().maxSize) this.leave(uri, path, tooLarge(this.walk().maxSize));
    else {
      this.leftOutByPath.delete(path);
      this.workspace.setFile(uri, path, text);
    }
  }

  closeBuffer(uri: string): void {
    this.open.delete(uri);
    this.fileChanged(uri);
  }

  /** A file that was made, changed or deleted on disk; or a folder, with all that lies in it. */
  fileChanged(uri: string): void {
    if (this.open.has(uri)) return;
    const file = toFilePath(uri);
    const path = this.pathOf(uri);
    if (this.root === undefined || file === undefined || path === undefined) {
      this.workspace.removeFile(uri);
      return;
    }
    this.leftOutByPath.delete(path);
    if (isFolder(file)) this.takeFolder(file);
    else if (isWalked(this.root, path, this.walk())) this.take(uri, path, file);
    else {
      this.workspace.removeFile(uri);
      // Of a deleted folder watchers tell nothing but its name.
      for (const inner of this.workspace.uris()) if (inner.startsWith(`${uri}/`) && !this.open.has(inner)) this.fileChanged(inner);
    }
  }

  leftOut(): readonly LeftOut[] {
    return [...this.leftOutByPath].map(([path, reason]) => ({ path, reason }));
  }

  snapshot(): Snapshot {
    return this.workspace.snapshot();
  }

  private takeFolder(folder: string): void {
    for (const { file } of findManifestFiles(folder, this.walk()).files) this.fileChanged(toFileUri(file));
  }

  private withBaseline(options: WorkspaceOptions): WorkspaceOptions {
    const { root } = this;
    if (root === undefined) return options;
    return {
      ...options,
      readBaseline: (path) => {
        const baseline = readBaseline(join(root, path));
        return baseline.ok ? baseline.fingerprints : undefined;
      },
    };
  }

  private take(uri: string, path: string, file: string): void {
    const read = readManifest(file);
    if (read.ok) {
      if (read.text.length > this.walk().maxSize) this.leave(uri, path, tooLarge(this.walk().maxSize));
      else this.workspace.setFile(uri, path, read.text);
    } else this.leave(uri, path, read.reason);
  }

  private leave(uri: string, path: string, reason: string): void {
    this.workspace.removeFile(uri);
    if (reason !== 'it does not exist') this.leftOutByPath.set(path, reason);
  }

  pathOf(uri: string): string | undefined {
    if (this.root === undefined) return nameOf(uri);
    const file = toFilePath(uri);
    const path = file === undefined ? '..' : relative(this.root, file);
    return path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path) ? undefined : path.split(sep).join('/');
  }
}

function nameOf(uri: string): string {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false;
  }
}

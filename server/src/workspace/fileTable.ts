/** Files by uri as an immutable table: a change makes a new one that shares all but the few files that changed lately. */
import type { FileState } from './fileState';

const mostRecent = 64;

export class FileTable implements Iterable<[string, FileState]> {
  static readonly empty = new FileTable(new Map(), new Map());

  /** `recent` goes before `base`; null: removed. */
  private constructor(
    private readonly base: ReadonlyMap<string, FileState>,
    private readonly recent: ReadonlyMap<string, FileState | null>,
  ) {}

  get(uri: string): FileState | undefined {
    const recent = this.recent.get(uri);
    return recent === undefined ? this.base.get(uri) : (recent ?? undefined);
  }

  has(uri: string): boolean {
    return this.get(uri) !== undefined;
  }

  /** The table with these changes; null takes a file out. */
  with(changes: ReadonlyMap<string, FileState | null>): FileTable {
    if (changes.size === 0) return this;
    const recent = new Map([...this.recent, ...changes]);
    if (recent.size <= mostRecent) return new FileTable(this.base, recent);
    const base = new Map(this.base);
    for (const [uri, file] of recent) {
      if (file) base.set(uri, file);
      else base.delete(uri);
    }
    return new FileTable(base, new Map());
  }

  get size(): number {
    let size = this.base.size;
    for (const [uri, file] of this.recent) size += (file ? 1 : 0) - (this.base.has(uri) ? 1 : 0);
    return size;
  }

  *[Symbol.iterator](): IterableIterator<[string, FileState]> {
    for (const [uri, file] of this.base) {
      const recent = this.recent.get(uri);
      if (recent === undefined) yield [uri, file];
      else if (recent) yield [uri, recent];
    }
    for (const [uri, file] of this.recent) if (file && !this.base.has(uri)) yield [uri, file];
  }

  *keys(): IterableIterator<string> {
    for (const [uri] of this) yield uri;
  }

  *values(): IterableIterator<FileState> {
    for (const [, file] of this) yield file;
  }
}

/** All `.packetpath.yaml` of a workspace: for each file the nearest one counts, and no other. */
import { type Configuration, nearestConfiguration } from '../contexts/configuration';
import { compareText, folderOf } from '../contexts/paths';
import type { Problem } from '../base/problem';
import type { Path } from '../protocol/source';
import type { FileState } from './fileState';

export interface ConfigurationFile {
  readonly uri: string;
  /** Relative to the workspace. */
  readonly folder: string;
  readonly configuration: Configuration;
}

/** A configuration file with what is wrong in it. */
export interface ReadConfiguration extends ConfigurationFile {
  readonly problems: readonly Problem[];
  readonly file: FileState;
  readonly podTemplatePaths: ReadonlyMap<string, Path>;
  /** Fingerprints of findings that its baseline holds. */
  readonly baseline: ReadonlySet<string>;
}

/** Immutable. */
export class Configurations<T extends ConfigurationFile = ReadConfiguration> {
  /** Sorted by folder, the workspace's own first. */
  readonly all: readonly T[];
  private readonly nearestByFolder = new Map<string, T | undefined>();

  constructor(configurations: Iterable<T>) {
    this.all = [...configurations].sort((a, b) => depth(a.folder) - depth(b.folder) || compareText(a.folder, b.folder) || compareText(a.uri, b.uri));
  }

  /** Of a file or folder by its path; undefined where none stands in its folder or above. */
  nearest(path: string): T | undefined {
    if (this.all.length === 0) return undefined;
    const folder = folderOf(path);
    const kept = this.nearestByFolder.get(folder);
    if (kept || this.nearestByFolder.has(folder)) return kept;
    const found = nearestConfiguration(this.all, folder);
    this.nearestByFolder.set(folder, found);
    return found;
  }
}

function depth(folder: string): number {
  return folder === '.' ? 0 : folder.split('/').length;
}

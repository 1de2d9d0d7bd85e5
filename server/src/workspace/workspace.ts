/** The one mutable object: files come and go here, and everybody else reads snapshots. */
import type { Problem } from '../base/problem';
import type { ContextIndex } from '../cluster/createClusterIndex';
import { type Configuration, readConfiguration, unmatchedGlobs } from '../contexts/configuration';
import type { Resource } from '../model/resources';
import type { Path } from '../protocol/source';
import { parseYaml } from '../syntax/parse';
import { toPlain } from '../syntax/plain';
import { type FileState, readFile } from './fileState';
import { FileTable } from './fileTable';
import { type ConfigurationFile, type Grouping, groupFiles, renewMembers } from './grouping';
import { IdentityCounts } from './identityCounts';
import { minorOf, type WorkspaceOptions } from './options';
import { RuleRunner } from './ruleRunner';
import { Snapshot } from './snapshot';

export const configurationFileName = '.packetpath.yaml';

/** Indexes that outlive a snapshot, so that the next one builds on them. */
export interface IndexMemo {
  readonly check: Map<string, ContextIndex>;
  readonly trace: Map<string, ContextIndex>;
}

/** A configuration file with what is wrong in it. */
export interface ReadConfiguration extends ConfigurationFile {
  readonly problems: readonly Problem[];
  readonly file: FileState;
}

export class Workspace {
  private files = FileTable.empty;
  /** Changes that no snapshot has seen; null: removed. */
  private readonly pending = new Map<string, FileState | null>();
  private readonly configurations = new Map<string, ReadConfiguration>();
  private readonly memo: IndexMemo = { check: new Map(), trace: new Map() };
  /** Files that changed without a change of grouping, with what they held in the last snapshot. */
  private readonly changed = new Map<string, readonly Resource[]>();
  private grouping: Grouping | undefined;
  private readonly identities = new IdentityCounts();
  private runner: RuleRunner;
  private options: WorkspaceOptions;
  private podTemplatePaths: ReadonlyMap<string, Path> = new Map();
  private revision = 0;
  private lastContexts: readonly string[] = [];
  private unmatched: readonly Problem[] = [];
  /** Fingerprints of findings that the configuration's baseline holds. */
  private baseline: ReadonlySet<string> = new Set();
  private current: Snapshot | undefined;

  constructor(options: WorkspaceOptions) {
    this.options = options;
    this.runner = this.makeRunner();
  }

  /** Replaces all options; everything is checked again, nothing is parsed again. */
  configure(options: WorkspaceOptions): void {
    this.options = options;
    this.runner = this.makeRunner();
    this.memo.check.clear();
    this.memo.trace.clear();
    this.grouping = undefined;
    this.touch();
  }

  /** A file's text, new or changed. `path` is relative to the workspace folder, with `/` between names. Never throws. */
  setFile(uri: string, path: string, text: string): void {
    if (isConfiguration(path)) {
      this.setConfiguration(uri, path, text);
      return;
    }
    const before = this.fileNow(uri);
    if (before?.text === text && before.path === path) return;
    const now = readFile(uri, path, text, { podTemplatePaths: this.podTemplatePaths }, before);
    this.pending.set(uri, now);
    if (!before || !this.identities.keepsGrouping(before, now)) this.grouping = undefined;
    this.identities.replace(before, now);
    if (before && !this.changed.has(uri)) this.changed.set(uri, before.resources);
    this.touch();
  }

  removeFile(uri: string): void {
    if (this.configurations.delete(uri)) this.applyConfiguration();
    const before = this.fileNow(uri);
    if (!before) return;
    this.identities.replace(before, undefined);
    this.pending.set(uri, null);
    this.grouping = undefined;
    this.touch();
  }

  uris(): readonly string[] {
    return [...this.settled().keys(), ...this.configurations.keys()];
  }

  /** What stands now, immutable; the same object until something changes. */
  snapshot(): Snapshot {
    if (this.current) return this.current;
    const configured = this.configuration();
    this.settled();
    if (!this.grouping) {
      this.forgetIndexes();
      this.unmatched = configured ? unmatchedGlobsOf(configured, this.files) : [];
    }
    this.grouping = this.grouping ? renewMembers(this.grouping, this.files, this.changed) : groupFiles(this.files.values(), this.options, configured);
    this.changed.clear();
    this.lastContexts = this.grouping.contexts.map((context) => context.id);
    this.current = new Snapshot({
      revision: this.revision,
      files: this.files,
      configurations: this.configurationsWith(configured, this.unmatched),
      grouping: this.grouping,
      patchFiles: this.grouping.patchFiles,
      options: this.options,
      configuration: configured,
      runner: this.runner,
      baseline: this.baseline,
      memo: this.memo,
    });
    return this.current;
  }

  /** Only the configuration in force is held against the files that there are. */
  private configurationsWith(configured: ReadConfiguration | undefined, unmatched: readonly Problem[]): ReadonlyMap<string, ReadConfiguration> {
    const configurations = new Map(this.configurations);
    if (configured && unmatched.length > 0) configurations.set(configured.uri, { ...configured, problems: [...configured.problems, ...unmatched] });
    return configurations;
  }

  private fileNow(uri: string): FileState | undefined {
    const pending = this.pending.get(uri);
    return pending === undefined ? this.files.get(uri) : (pending ?? undefined);
  }

  private settled(): FileTable {
    this.files = this.files.with(this.pending);
    this.pending.clear();
    return this.files;
  }

  /** Of contexts that a new grouping may not have any more; at most as many are kept as were there last. */
  private forgetIndexes(): void {
    const ids = new Set(this.lastContexts);
    for (const memo of [this.memo.check, this.memo.trace]) for (const id of [...memo.keys()]) if (!ids.has(id)) memo.delete(id);
  }

  private touch(): void {
    this.revision++;
    this.current = undefined;
  }

  private baselineOf(configured: ReadConfiguration | undefined): ReadonlySet<string> {
    const { baseline } = configured?.configuration ?? {};
    if (!configured || baseline === undefined) return new Set();
    return this.options.readBaseline?.(configured.folder === '.' ? baseline : `${configured.folder}/${baseline}`) ?? new Set();
  }

  private makeRunner(): RuleRunner {
    const { rules, kubernetesVersion, commandLineKubernetesVersion, unresolvedReferences, ruleFailed } = this.options;
    const configured = this.configuration()?.configuration.cluster?.kubernetesMinor;
    const kubernetesMinor = commandLineKubernetesVersion === undefined ? (configured ?? minorOf(kubernetesVersion)) : minorOf(commandLineKubernetesVersion);
    return new RuleRunner(rules, { kubernetesMinor, unresolvedReferences }, ruleFailed);
  }

  private setConfiguration(uri: string, path: string, text: string): void {
    const file = readFile(uri, path, text, { podTemplatePaths: new Map() });
    const yaml = parseYaml(text, this.configurations.get(uri)?.file.yaml);
    const [document] = yaml.documents;
    const known = this.options.rules.map((rule) => rule.meta.id);
    const { configuration, problems } = readConfiguration(document ? toPlain(document) : undefined, known);
    const slash = path.lastIndexOf('/');
    const folder = slash < 0 ? '.' : path.slice(0, slash);
    this.configurations.set(uri, { uri, folder, configuration, problems: [...(document?.problems ?? []), ...problems], file: { ...file, yaml } });
    this.applyConfiguration();
  }

  /** The one of the workspace folder, else the one nearest to it. */
  private configuration(): ReadConfiguration | undefined {
    const depth = (folder: string): number => (folder === '.' ? 0 : folder.split('/').length);
    return [...this.configurations.values()].sort((a, b) => depth(a.folder) - depth(b.folder) || (a.folder < b.folder ? -1 : 1))[0];
  }

  private applyConfiguration(): void {
    const configured = this.configuration();
    this.podTemplatePaths = templatePaths(configured?.configuration);
    this.runner = this.makeRunner();
    this.baseline = this.baselineOf(configured);
    for (const [uri, file] of this.settled()) this.pending.set(uri, readFile(uri, file.path, file.text, { podTemplatePaths: this.podTemplatePaths }, file));
    this.grouping = undefined;
    this.touch();
  }
}

export function isConfiguration(path: string): boolean {
  return path === configurationFileName || path.endsWith(`/${configurationFileName}`);
}

/** A glob that matches nothing may only be early: information, no error. */
function unmatchedGlobsOf({ file, folder }: ReadConfiguration, files: FileTable): readonly Problem[] {
  const [document] = file.yaml.documents;
  if (!document) return [];
  const paths = [...files.values()].map(({ path }) => path);
  return unmatchedGlobs(toPlain(document), folder, paths).map((problem) => ({ ...problem, severity: 'information' }));
}

function templatePaths(configuration: Configuration | undefined): ReadonlyMap<string, Path> {
  return new Map(Object.entries(configuration?.podTemplatePaths ?? {}).map(([kind, path]) => [kind, path.split('.')]));
}

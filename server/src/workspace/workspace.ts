/** The one mutable object: files come and go here, and everybody else reads snapshots. */
import type { Problem } from '../base/problem';
import type { ContextIndex } from '../cluster/createClusterIndex';
import { type Configuration, readConfiguration, unmatchedGlobs } from '../contexts/configuration';
import { isChartFile } from '../contexts/helm';
import { isHelmTemplate } from '../contexts/ignored';
import { folderOf } from '../contexts/paths';
import type { Resource } from '../model/resources';
import type { Path } from '../protocol/source';
import { parseYaml } from '../syntax/parse';
import { toPlain } from '../syntax/plain';
import { type FileState, readFile } from './fileState';
import { FileTable } from './fileTable';
import type { KeptCounts } from './findingCounts';
import { Configurations, type ReadConfiguration } from './configurations';
import { type Grouping, groupFiles, renewMembers } from './grouping';
import { IdentityCounts } from './identityCounts';
import { minorOf, type WorkspaceOptions } from './options';
import { readRendered, type RenderAnswer, type Rendered, type RenderKind, renderKey, withRendered } from './rendered';
import { RuleRunner } from './ruleRunner';
import { Snapshot } from './snapshot';

export const configurationFileName = '.packetpath.yaml';

/** What outlives a snapshot, so that the next one builds on it. */
export interface IndexMemo {
  readonly check: Map<string, ContextIndex>;
  readonly trace: Map<string, ContextIndex>;
  /** By uri. */
  readonly counts: Map<string, KeptCounts>;
}

export class Workspace {
  private files = FileTable.empty;
  /** Changes that no snapshot has seen; null: removed. */
  private readonly pending = new Map<string, FileState | null>();
  private readonly configurationFiles = new Map<string, ReadConfiguration>();
  private configurations = new Configurations<ReadConfiguration>([]);
  private readonly memo: IndexMemo = { check: new Map(), trace: new Map(), counts: new Map() };
  /** Files that changed without a change of grouping, with what they held in the last snapshot. */
  private readonly changed = new Map<string, readonly Resource[]>();
  private grouping: Grouping | undefined;
  private readonly rendered = new Map<string, Rendered>();
  private readonly identities = new IdentityCounts();
  /** Folders with a `Chart.yaml`. */
  private readonly charts = new Set<string>();
  /** Every file was read as what these make of it. */
  private chartsKnown = true;
  /** By minor version of Kubernetes, made when first needed. */
  private readonly runners = new Map<number, RuleRunner>();
  private options: WorkspaceOptions;
  private revision = 0;
  private lastContexts: readonly string[] = [];
  /** The configurations held against the files that there are. */
  private checkedConfigurations = this.configurations;
  private current: Snapshot | undefined;

  constructor(options: WorkspaceOptions) {
    this.options = options;
  }

  /** Replaces all options; everything is checked again, nothing is parsed again. */
  configure(options: WorkspaceOptions): void {
    this.options = options;
    this.runners.clear();
    this.memo.check.clear();
    this.memo.trace.clear();
    this.memo.counts.clear();
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
    const now = this.read(uri, path, text, before);
    this.pending.set(uri, now);
    if (!before || !this.identities.keepsGrouping(before, now)) this.grouping = undefined;
    this.identities.replace(before, now);
    if (before && !this.changed.has(uri)) this.changed.set(uri, before.resources);
    if (!before) this.chartsChanged(path, true);
    this.touch();
  }

  removeFile(uri: string): void {
    if (this.configurationFiles.delete(uri)) this.applyConfigurations();
    this.memo.counts.delete(uri);
    const before = this.fileNow(uri);
    if (!before) return;
    this.identities.replace(before, undefined);
    this.pending.set(uri, null);
    this.grouping = undefined;
    this.chartsChanged(before.path, false);
    this.touch();
  }

  /** What a program made of the chart or kustomization in a folder, in place of what was read of it; undefined: as it was read. */
  setRendered(kind: RenderKind, root: string, answer: RenderAnswer | undefined): void {
    const key = renderKey(kind, root);
    if (answer) this.rendered.set(key, readRendered(answer));
    else if (!this.rendered.delete(key)) return;
    this.touch();
  }

  uris(): readonly string[] {
    return [...this.settled().keys(), ...this.configurationFiles.keys()];
  }

  /** What stands now, immutable; the same object until something changes. */
  snapshot(): Snapshot {
    if (this.current) return this.current;
    this.readTemplates();
    this.settled();
    if (!this.grouping) {
      this.forgetIndexes();
      this.checkedConfigurations = new Configurations(this.configurations.all.map((one) => withUnmatchedGlobs(one, this.files)));
    }
    this.grouping = this.grouping
      ? renewMembers(this.grouping, this.files, this.changed)
      : groupFiles(this.files.values(), this.options, this.configurations.all);
    this.changed.clear();
    const grouping = withRendered(this.grouping, {
      rendered: this.rendered,
      files: this.files,
      closed: this.options.closed,
      podTemplatePaths: (path) => this.configurations.nearest(path)?.podTemplatePaths ?? noTemplatePaths,
    });
    this.lastContexts = grouping.contexts.map((context) => context.id);
    this.current = new Snapshot({
      revision: this.revision,
      files: this.files,
      configurations: this.checkedConfigurations,
      grouping,
      patchFiles: grouping.patchFiles,
      options: this.options,
      runner: this.runnerOf('.'),
      runnerOf: (path) => this.runnerOf(path),
      memo: this.memo,
    });
    return this.current;
  }

  private read(uri: string, path: string, text: string, before: FileState | undefined): FileState {
    return readFile(
      uri,
      path,
      text,
      { podTemplatePaths: this.configurations.nearest(path)?.podTemplatePaths ?? noTemplatePaths, template: isHelmTemplate(path, this.charts) },
      before,
    );
  }

  /** A `Chart.yaml` came or went: which files are its templates is looked at when the next snapshot is taken. */
  private chartsChanged(path: string, isThere: boolean): void {
    if (!isChartFile(path)) return;
    this.chartsKnown = false;
    if (isThere) this.charts.add(folderOf(path));
    else this.charts.delete(folderOf(path));
  }

  /** Reads anew what became a template of a chart, or is none any more. */
  private readTemplates(): void {
    if (this.chartsKnown) return;
    this.chartsKnown = true;
    for (const [uri, file] of this.settled()) {
      if ((isHelmTemplate(file.path, this.charts) && file.text.includes('{{')) === (file.template === true)) continue;
      const now = this.read(uri, file.path, file.text, undefined);
      this.identities.replace(file, now);
      this.pending.set(uri, now);
    }
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

  private baselineOf(folder: string, { baseline }: Configuration): ReadonlySet<string> {
    if (baseline === undefined) return new Set();
    return this.options.readBaseline?.(folder === '.' ? baseline : `${folder}/${baseline}`) ?? new Set();
  }

  private runnerOf(path: string): RuleRunner {
    const { rules, kubernetesVersion, commandLineKubernetesVersion, unresolvedReferences, ruleFailed } = this.options;
    const configured = this.configurations.nearest(path)?.configuration.cluster.kubernetesMinor;
    const kubernetesMinor = commandLineKubernetesVersion === undefined ? (configured ?? minorOf(kubernetesVersion)) : minorOf(commandLineKubernetesVersion);
    const kept = this.runners.get(kubernetesMinor);
    if (kept) return kept;
    const made = new RuleRunner(rules, { kubernetesMinor, unresolvedReferences }, ruleFailed);
    this.runners.set(kubernetesMinor, made);
    return made;
  }

  private setConfiguration(uri: string, path: string, text: string): void {
    const file = readFile(uri, path, text, { podTemplatePaths: noTemplatePaths });
    const yaml = parseYaml(text, this.configurationFiles.get(uri)?.file.yaml);
    const [document] = yaml.documents;
    const known = this.options.rules.map((rule) => rule.meta.id);
    const { configuration, problems } = readConfiguration(document ? toPlain(document) : undefined, known);
    const folder = folderOf(path);
    this.configurationFiles.set(uri, {
      uri,
      folder,
      configuration,
      problems: [...(document?.problems ?? []), ...problems],
      file: { ...file, yaml },
      podTemplatePaths: templatePaths(configuration),
      baseline: this.baselineOf(folder, configuration),
    });
    this.applyConfigurations();
  }

  private applyConfigurations(): void {
    this.configurations = new Configurations(this.configurationFiles.values());
    this.runners.clear();
    for (const [uri, file] of this.settled()) this.pending.set(uri, this.read(uri, file.path, file.text, file));
    this.grouping = undefined;
    this.touch();
  }
}

const noTemplatePaths: ReadonlyMap<string, Path> = new Map();

export function isConfiguration(path: string): boolean {
  return path === configurationFileName || path.endsWith(`/${configurationFileName}`);
}

/** A glob that matches nothing may only be early: information, no error. */
function withUnmatchedGlobs(configuration: ReadConfiguration, files: FileTable): ReadConfiguration {
  const { file, folder, problems } = configuration;
  const [document] = file.yaml.documents;
  if (!document) return configuration;
  const paths = [...files.values()].map(({ path }) => path);
  const unmatched = unmatchedGlobs(toPlain(document), folder, paths).map((problem): Problem => ({ ...problem, severity: 'information' }));
  return unmatched.length === 0 ? configuration : { ...configuration, problems: [...problems, ...unmatched] };
}

function templatePaths(configuration: Configuration): ReadonlyMap<string, Path> {
  const paths = Object.entries(configuration.podTemplatePaths);
  return paths.length === 0 ? noTemplatePaths : new Map(paths.map(([kind, path]) => [kind, path.split('.')]));
}

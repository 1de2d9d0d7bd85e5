/** What the workspace was at one moment: files, contexts, their facts, their findings. Immutable; facts are made when first asked for. */
import { Multimap } from '../base/multimap';
import { createClusterIndex, type ContextIndex } from '../cluster/createClusterIndex';
import { isBuilt } from '../contexts/formContexts';
import type { Context } from '../model/context';
import type { Fix } from '../model/finding';
import type { Resource } from '../model/resources';
import type { SourceRef } from '../protocol/source';
import type { RuleRunner } from './ruleRunner';
import type { FileState } from './fileState';
import type { FileTable } from './fileTable';
import { findingCountsOf, type FindingCounts } from './findingCounts';
import { findingsOf } from './findings';
import { textEditsOf, type FileEdits } from './fixes';
import type { Grouping } from './grouping';
import type { WorkspaceOptions } from './options';
import { rangeOfSource } from './places';
import type { Configurations, ReadConfiguration } from './configurations';
import type { IndexMemo } from './workspace';
import type { WorkspaceFinding } from './workspaceFinding';
import type { TextRange } from '../base/problem';

export interface SnapshotParts {
  readonly revision: number;
  readonly files: FileTable;
  readonly configurations: Configurations;
  readonly grouping: Grouping;
  readonly options: WorkspaceOptions;
  /** For files to which no configuration says otherwise. */
  readonly runner: RuleRunner;
  /** Of a file by its path: the nearest configuration may name another version of Kubernetes. */
  readonly runnerOf: (path: string) => RuleRunner;
  readonly memo: IndexMemo;
  /** Files that a kustomization names as patches. */
  readonly patchFiles: ReadonlySet<string>;
}

export class Snapshot {
  readonly revision: number;
  readonly contexts: readonly Context[];
  private readonly indexes = new Map<string, ContextIndex>();
  private readonly traceIndexes = new Map<string, ContextIndex>();

  constructor(readonly parts: SnapshotParts) {
    this.revision = parts.revision;
    this.contexts = parts.grouping.contexts;
  }

  get files(): FileTable {
    return this.parts.files;
  }

  /** A manifest or a configuration file. */
  file(uri: string): FileState | undefined {
    return this.parts.files.get(uri) ?? this.configurationFile(uri)?.file;
  }

  configurationFile(uri: string): ReadConfiguration | undefined {
    return this.parts.configurations.all.find((configuration) => configuration.uri === uri);
  }

  context(id: string): Context | undefined {
    return this.contexts.find((context) => context.id === id);
  }

  contextsOf(uri: string): readonly Context[] {
    return (this.parts.grouping.byFile.get(uri) ?? []).flatMap((place) => this.contexts[place] ?? []);
  }

  /** True where a kustomization may have changed the members, or a program rendered them: then they need not be the resources of the files. */
  isBuilt(context: Context): boolean {
    return isBuilt(context) || context.rendered !== undefined;
  }

  /** Members of a context with a value in the file. */
  membersIn(context: Context, uri: string): readonly Resource[] {
    if (!this.isBuilt(context)) return this.parts.files.get(uri)?.resources ?? [];
    let byFile = membersByFile.get(context.members);
    if (!byFile) membersByFile.set(context.members, (byFile = new Multimap<string, Resource>()));
    if (byFile.size === 0) for (const member of context.members) for (const file of filesOf(member)) byFile.add(file, member);
    return byFile.get(uri);
  }

  /** The facts of a context as rules see them: what is unspecified stays so. */
  index(context: Context): ContextIndex {
    return makeOnce(this.indexes, this.parts.memo.check, context);
  }

  /** The facts as a trace needs them: a manifest that writes no namespace stands in the context's, else in `default`. */
  traceIndex(context: Context): ContextIndex {
    return makeOnce(this.traceIndexes, this.parts.memo.trace, context.namespace === undefined ? placedInDefault(context) : context);
  }

  /** Findings of one file, of every context that it belongs to, suppressions applied; sorted by place. */
  findings(uri: string): readonly WorkspaceFinding[] {
    return findingsOf(this, uri);
  }

  /** How many findings each object of the file has, and the worst: cheaper than the findings themselves where little has changed. */
  findingCounts(uri: string, early = false): FindingCounts {
    return findingCountsOf(this, uri, this.parts.memo.counts, early);
  }

  /** The text edits of a fix; null when one of them cannot be made safely. */
  editsOf(fix: Fix): FileEdits | null {
    return textEditsOf(this, fix);
  }

  /** Where something stands in text; undefined when its file is gone. */
  locate(source: SourceRef): { readonly file: FileState; readonly range: TextRange } | undefined {
    const file = this.file(source.uri);
    return file && { file, range: rangeOfSource(source, file) };
  }

  resourcesOf(uri: string): readonly Resource[] {
    return this.parts.files.get(uri)?.resources ?? [];
  }
}

const membersByFile = new WeakMap<readonly Resource[], Multimap<string, Resource>>();

function filesOf({ origins, source }: Resource): Iterable<string> {
  return origins ? new Set(origins.documents.map(({ uri }) => uri)) : [source.uri];
}

function makeOnce(own: Map<string, ContextIndex>, memo: Map<string, ContextIndex>, context: Context): ContextIndex {
  const kept = own.get(context.id);
  if (kept) return kept;
  const before = memo.get(context.id);
  const index = before?.context === context ? before : createClusterIndex(context, before);
  own.set(context.id, index);
  memo.set(context.id, index);
  return index;
}

/** One object a context, so that the index built on it is found again. */
const placed = new WeakMap<Context, Context>();

function placedInDefault(context: Context): Context {
  const kept = placed.get(context);
  if (kept) return kept;
  const made = { ...context, namespace: 'default' };
  placed.set(context, made);
  return made;
}

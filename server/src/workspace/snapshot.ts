/** What the workspace was at one moment: files, contexts, their facts, their findings. Immutable; facts are made when first asked for. */
import { createClusterIndex, type ContextIndex } from '../cluster/createClusterIndex';
import type { Context } from '../model/context';
import type { Fix } from '../model/finding';
import type { Resource } from '../model/resources';
import type { SourceRef } from '../protocol/source';
import type { RuleRunner } from './ruleRunner';
import type { FileState } from './fileState';
import type { FileTable } from './fileTable';
import { findingsOf } from './findings';
import { textEditsOf, type FileEdits } from './fixes';
import type { Grouping } from './grouping';
import type { WorkspaceOptions } from './options';
import { rangeOfSource } from './places';
import type { IndexMemo, ReadConfiguration } from './workspace';
import type { WorkspaceFinding } from './workspaceFinding';
import type { TextRange } from '../base/problem';

export interface SnapshotParts {
  readonly revision: number;
  readonly files: FileTable;
  readonly configurations: ReadonlyMap<string, ReadConfiguration>;
  readonly grouping: Grouping;
  readonly options: WorkspaceOptions;
  readonly configuration: ReadConfiguration | undefined;
  readonly runner: RuleRunner;
  /** Fingerprints of findings that are not reported. */
  readonly baseline: ReadonlySet<string>;
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
    return this.parts.files.get(uri) ?? this.parts.configurations.get(uri)?.file;
  }

  context(id: string): Context | undefined {
    return this.contexts.find((context) => context.id === id);
  }

  contextsOf(uri: string): readonly Context[] {
    return (this.parts.grouping.byFile.get(uri) ?? []).flatMap((place) => this.contexts[place] ?? []);
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

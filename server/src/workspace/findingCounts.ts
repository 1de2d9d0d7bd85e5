/** How many findings the objects of a file have and how bad the worst is: asked for all files after each edit, so kept while nothing that they rest on changes. */
import { sameItems } from '../cluster/shards';
import type { Resource } from '../model/resources';
import { severities, type Severity } from '../protocol/source';
import type { FileState } from './fileState';
import type { Snapshot } from './snapshot';
import type { WorkspaceFinding } from './workspaceFinding';

export interface FindingCount {
  readonly severity: Severity;
  readonly count: number;
}

/** By `kind/namespace/name`; hints are not counted. */
export type FindingCounts = ReadonlyMap<string, FindingCount>;

export interface KeptCounts {
  readonly basis: readonly unknown[];
  readonly counts: FindingCounts;
}

const none: FindingCounts = new Map();

/**
 * `memo`: by uri, of this and earlier snapshots. `early`: what was counted last is good enough, since somebody runs the rules anyway and asks
 * again when they are done; a file that was never counted is counted now.
 */
export function findingCountsOf(snapshot: Snapshot, uri: string, memo: Map<string, KeptCounts>, early = false): FindingCounts {
  const file = snapshot.file(uri);
  if (!file) return none;
  const last = early ? memo.get(uri) : undefined;
  if (last) return last.counts;
  const basis = basisOf(snapshot, file);
  const kept = memo.get(uri);
  if (kept && sameItems(kept.basis, basis)) return kept.counts;
  const counts = count(snapshot.findings(uri));
  memo.set(uri, { basis, counts });
  return counts;
}

/** Whatever may change what is found in a file. Rules give the same list again as long as no answer that they asked for has changed. */
function basisOf(snapshot: Snapshot, file: FileState): readonly unknown[] {
  const { parts } = snapshot;
  const basis: unknown[] = [file, parts.options, parts.configurations.nearest(file.path), parts.patchFiles.has(file.uri), parts.runnerOf(file.path)];
  for (const context of snapshot.contextsOf(file.uri)) {
    const index = snapshot.index(context);
    basis.push(context.id, context.label, snapshot.isBuilt(context));
    for (const resource of snapshot.membersIn(context, file.uri)) {
      const runner = parts.runnerOf(ownPath(snapshot, resource, file));
      basis.push(resource, runner, runner.context(resource, index));
    }
  }
  return basis;
}

function ownPath(snapshot: Snapshot, { source }: Resource, file: FileState): string {
  return source.uri === file.uri ? file.path : (snapshot.file(source.uri) ?? file).path;
}

function count(findings: readonly WorkspaceFinding[]): FindingCounts {
  const counts = new Map<string, FindingCount>();
  for (const { object, severity } of findings) {
    if (!object || severity === 'hint') continue;
    const key = `${object.kind}/${object.namespace ?? ''}/${object.name}`;
    const known = counts.get(key);
    const worst = known && severities.indexOf(known.severity) <= severities.indexOf(severity) ? known.severity : severity;
    counts.set(key, { severity: worst, count: (known?.count ?? 0) + 1 });
  }
  return counts;
}

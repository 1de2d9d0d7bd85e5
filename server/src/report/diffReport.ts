/** What `packetpath diff` answers, in the shape of its JSON. */
import type { Cause } from '../connectivity/causes';
import { type Comparison, compareContexts, type Difference } from '../connectivity/difference';
import { connectivityOptions, type PolicyReading } from '../connectivity/options';
import type { Peer } from '../connectivity/peers';
import type { Context } from '../model/context';
import type { Path, TextSpan } from '../protocol/source';
import type { Snapshot } from '../workspace/snapshot';
import {
  type Ports,
  placeFinder,
  portsWriter,
  type ReportedObject,
  type ReportedReason,
  reasonWriter,
  reportedObject,
  unknownNotes,
} from './connectivityReport';

export interface DiffReport {
  readonly schemaVersion: 1;
  readonly changes: readonly ReportedChange[];
}

export interface ReportedChange {
  readonly context: string;
  readonly change: Difference['change'];
  readonly from: Peer;
  readonly to: Peer;
  readonly before: Ports | null;
  readonly after: Ports | null;
  readonly because: readonly ReportedCause[];
  /** With explanations: what decided, before and after. */
  readonly explained?: { readonly before: readonly ReportedReason[]; readonly after: readonly ReportedReason[] };
}

export interface ReportedCause {
  readonly kind: Cause['kind'];
  readonly change: Cause['change'];
  readonly direction: 'egress' | 'ingress' | null;
  readonly object: ReportedObject | null;
  readonly reason: string;
  readonly path: Path;
  /** On which side `uri` and `range` are. */
  readonly side: 'before' | 'after';
  readonly uri?: string;
  readonly range?: TextSpan;
}

export interface DiffAnswer {
  readonly report: DiffReport;
  /** For people, a line each. */
  readonly notes: readonly string[];
}

export interface DiffOptions extends PolicyReading {
  readonly explain: boolean;
  /** Only this context. */
  readonly context?: string;
  /** Is called before each pair of contexts. */
  readonly progress?: (context: string) => void;
}

/** Contexts are the same by id; one that only one side has is compared with nothing. */
export function diffReport(before: Snapshot, after: Snapshot, options: DiffOptions): DiffAnswer {
  const ids = [...new Set([...before.contexts, ...after.contexts].map(({ id }) => id))].sort();
  const changes: ReportedChange[] = [];
  const notes: string[] = [];
  for (const id of ids) {
    if (options.context !== undefined && options.context !== id) continue;
    options.progress?.(id);
    const [old, now] = [before.context(id), after.context(id)];
    const comparison = compareContexts({ ...(old ? { before: old } : {}), ...(now ? { after: now } : {}) }, (context: Context) =>
      connectivityOptions(context, options),
    );
    if (!comparison) continue;
    changes.push(...changesOf(id, { before, after }, comparison, options.explain));
    if (old) notes.push(...unknownNotes(`before, ${id}`, comparison.before));
    if (now) notes.push(...unknownNotes(`after, ${id}`, comparison.after));
  }
  return { report: { schemaVersion: 1, changes }, notes };
}

function changesOf(
  context: string,
  snapshots: { readonly before: Snapshot; readonly after: Snapshot },
  comparison: Comparison,
  explain: boolean,
): readonly ReportedChange[] {
  const ports = portsWriter();
  const places = { before: placeFinder(snapshots.before), after: placeFinder(snapshots.after) };
  const because = { before: reasonWriter(snapshots.before, comparison.before, ports), after: reasonWriter(snapshots.after, comparison.after, ports) };
  return comparison.differences.map(({ change, from, to, before, after, because: causes, sides }) => ({
    context,
    change,
    from,
    to,
    before: before && ports(before),
    after: after && ports(after),
    because: causes.map(({ kind, change: how, direction, side, resource, path = [], words }): ReportedCause => ({
      kind,
      change: how,
      direction: direction === undefined ? null : direction === 'Egress' ? 'egress' : 'ingress',
      object: resource ? reportedObject(comparison[side], resource) : null,
      reason: words,
      path,
      side,
      ...(resource ? places[side](resource, path) : {}),
    })),
    ...(explain
      ? {
          explained: {
            before: sides.from.before && sides.to.before ? because.before(sides.from.before, sides.to.before) : [],
            after: sides.from.after && sides.to.after ? because.after(sides.from.after, sides.to.after) : [],
          },
        }
      : {}),
  }));
}

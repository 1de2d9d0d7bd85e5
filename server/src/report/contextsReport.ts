/** What `packetpath contexts` answers: how the files were grouped, and why. */
import { known } from '../base/opaque';
import type { Context } from '../model/context';
import type { Snapshot } from '../workspace/snapshot';
import { spanOf } from './checkReport';
import { oneLine } from './paint';

export interface ContextsReport {
  readonly schemaVersion: 1;
  readonly contexts: readonly ReportedContext[];
}

export interface ReportedContext {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  readonly root: string;
  readonly open: boolean;
  readonly because: string;
  readonly missing: readonly string[];
  readonly files: readonly string[];
  readonly resources: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string | null;
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly uri: string;
    readonly line: number;
  }[];
}

export function contextsReport(snapshot: Snapshot, wanted: (context: Context) => boolean): ContextsReport {
  return { schemaVersion: 1, contexts: snapshot.contexts.filter(wanted).map((context) => reported(snapshot, context)) };
}

function reported(snapshot: Snapshot, context: Context): ReportedContext {
  const index = snapshot.index(context);
  return {
    id: context.id,
    kind: context.kind,
    label: context.label,
    root: context.root,
    open: !context.closed,
    because: context.because,
    missing: context.missing,
    files: context.files.map((uri) => snapshot.file(uri)?.path ?? uri),
    resources: context.members.map((resource) => {
      const { uri, document, path } = resource.source;
      const located = snapshot.locate({ uri, document, path: [...path, 'kind'] });
      const labels = [...resource.metadata.labels.entries].flatMap(([key, value]) => {
        const text = known(value);
        return text === undefined ? [] : [[key, text] as const];
      });
      return {
        apiVersion: resource.apiVersion,
        kind: resource.kind,
        namespace: index.namespaceOf(resource) ?? null,
        name: resource.metadata.name,
        ...(labels.length > 0 ? { labels: Object.fromEntries(labels) } : {}),
        uri: snapshot.file(uri)?.path ?? uri,
        line: located ? spanOf(located.file, located.range).start.line : 1,
      };
    }),
  };
}

export function contextsText(report: ContextsReport): string {
  const parts = report.contexts.map((context) => {
    const kinds = new Map<string, number>();
    for (const { kind } of context.resources) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const counts = [...kinds].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([kind, count]) => `${count} ${kind}`);
    return [
      `${context.id}  (${context.open ? 'open' : 'closed'}, ${context.resources.length} resources in ${context.files.length} files)`,
      `  why      ${context.because}`,
      ...context.missing.map((missing) => `  left out ${missing}`),
      ...(counts.length > 0 ? [`  holds    ${counts.join(', ')}`] : []),
      ...context.files.map((file) => `  file     ${file}`),
    ]
      .map(oneLine)
      .join('\n');
  });
  return parts.length > 0 ? `${parts.join('\n\n')}\n` : 'no contexts: no Kubernetes manifests were found\n';
}

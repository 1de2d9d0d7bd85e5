/** What `packetpath check` answers, in the shape of its JSON; every other format is made of it. */
import type { TextRange } from '../base/problem';
import type { ObjectRef, Path, Severity, TextSpan } from '../protocol/source';
import type { FileState } from '../workspace/fileState';
import type { Snapshot } from '../workspace/snapshot';

export interface ReportedFinding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly message: string;
  /** Relative to the workspace. */
  readonly uri: string;
  readonly range: TextSpan;
  readonly contexts: readonly string[];
  readonly object: { readonly apiVersion: string; readonly kind: string; readonly namespace: string | null; readonly name: string } | null;
  readonly path: Path;
  readonly fingerprint: string;
  readonly related: readonly { readonly message: string; readonly uri: string; readonly range: TextSpan }[];
  readonly fixes: readonly { readonly title: string; readonly preferred: boolean }[];
}

export interface CheckReport {
  readonly schemaVersion: 1;
  readonly findings: readonly ReportedFinding[];
  readonly summary: Readonly<Record<'files' | 'documents' | 'contexts' | Severity, number>>;
}

/** `uris`: the files to report on; the others were only looked at. `keep` leaves out what a baseline holds. */
export function checkReport(snapshot: Snapshot, uris: readonly string[], keep: (finding: ReportedFinding) => boolean = () => true): CheckReport {
  const findings = uris.flatMap((uri) => findingsOfFile(snapshot, uri)).filter(keep);
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const contexts = new Set(uris.flatMap((uri) => snapshot.contextsOf(uri).map((context) => context.id)));
  const manifests = uris
    .flatMap((uri) => snapshot.files.get(uri) ?? [])
    .filter((file) => file.resources.length > 0 || file.kustomization !== undefined || file.brokenDocuments > 0);
  return {
    schemaVersion: 1,
    findings,
    summary: {
      files: manifests.length,
      documents: manifests.reduce((sum, file) => sum + file.yaml.documents.length, 0),
      contexts: contexts.size,
      error: count('error'),
      warning: count('warning'),
      information: count('information'),
      hint: count('hint'),
    },
  };
}

/** Lines and columns from 1. */
export function spanOf(file: FileState, range: TextRange): TextSpan {
  const lines = file.lines();
  const [start, end] = [lines.positionAt(range.start), lines.positionAt(range.end)];
  return { start: { line: start.line + 1, column: start.column + 1 }, end: { line: end.line + 1, column: end.column + 1 } };
}

function findingsOfFile(snapshot: Snapshot, uri: string): ReportedFinding[] {
  const file = snapshot.file(uri);
  if (!file) return [];
  return snapshot.findings(uri).map((finding) => ({
    ruleId: finding.ruleId,
    severity: finding.severity,
    message: finding.message,
    uri: file.path,
    range: spanOf(file, finding.range),
    contexts: finding.contexts,
    object: finding.object && named(finding.object),
    path: finding.path,
    fingerprint: finding.fingerprint,
    related: finding.related.flatMap(({ message, uri: other, range }) => {
      const place = snapshot.file(other);
      return place ? [{ message, uri: place.path, range: spanOf(place, range) }] : [];
    }),
    fixes: finding.fixes.map(({ title, preferred }) => ({ title, preferred: preferred === true })),
  }));
}

function named({ apiVersion, kind, namespace, name }: ObjectRef): NonNullable<ReportedFinding['object']> {
  return { apiVersion, kind, namespace: namespace ?? null, name };
}

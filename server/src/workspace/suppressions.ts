/** What manifests say is to be left unsaid: comments, the annotation, and which of these suppress nothing. */
import type { Problem } from '../base/problem';
import type { Resource } from '../model/resources';
import { nearest } from '../base/editDistance';
import { directives, type Directive } from '../syntax/directives';
import type { FileState } from './fileState';
import type { Snapshot } from './snapshot';
import type { WorkspaceFinding } from './workspaceFinding';

export interface Suppressed {
  readonly findings: readonly WorkspaceFinding[];
  /** How many of the given findings were considered. */
  readonly considered: number;
  /** Ids in directives that suppressed nothing, as problems with the code `suppression-unused`. */
  readonly unused: readonly Problem[];
}

/**
 * `isOff`: rules that do not run in this file; a suppression of such a rule is nobody's mistake. `usedAnnotations`: of resources of this file
 * that have suppressed something already (`annotationUse`).
 */
export function applySuppressions(
  snapshot: Snapshot,
  file: FileState,
  findings: readonly WorkspaceFinding[],
  isOff: (ruleId: string) => boolean,
  usedAnnotations: ReadonlySet<string>,
): Suppressed {
  const written = file.text.includes('packetpath')
    ? file.yaml.documents.flatMap((document, index) => directives(document).map((directive) => ({ directive, document: index })))
    : [];
  const annotated = file.resources.filter((resource) => resource.ignores.length > 0);
  if (written.length === 0 && annotated.length === 0) return { findings, considered: findings.length, unused: [] };
  const used = new Set<string>(usedAnnotations);
  const kept = findings.filter((finding) => {
    const line = file.lines().positionAt(finding.range.start).line;
    let suppressed = false;
    written.forEach(({ directive }, place) => {
      if (!speaksOf(directive, line, file)) return;
      const ids = directive.ids.length === 0 ? [finding.ruleId] : directive.ids.map(({ id }) => id);
      if (!ids.includes(finding.ruleId)) return;
      suppressed = true;
      used.add(`${place} ${finding.ruleId}`);
      if (directive.ids.length === 0) used.add(`${place} *`);
    });
    for (const resource of annotated) {
      if (!belongsTo(finding, resource) || !resource.ignores.includes(finding.ruleId)) continue;
      suppressed = true;
      used.add(annotationUse(resource, finding.ruleId));
    }
    return !suppressed;
  });
  const known = new Set(snapshot.parts.options.rules.map((rule) => rule.meta.id));
  const unused: Problem[] = [];
  written.forEach(({ directive, document }, place) => {
    for (const { id, range } of directive.ids) {
      if (used.has(`${place} ${id}`) || (known.has(id) && isOff(id))) continue;
      unused.push(unusedProblem(id, document, range, known));
    }
  });
  for (const resource of annotated) {
    for (const id of resource.ignores) {
      if (used.has(annotationUse(resource, id)) || (known.has(id) && isOff(id))) continue;
      unused.push(unusedProblem(id, resource.source.document, { path: [...resource.source.path, 'metadata', 'annotations', 'packetpath.dev/ignore'] }, known));
    }
  }
  return { findings: kept, considered: findings.length, unused };
}

/** What the annotation of a resource was used for, as a key. */
export function annotationUse({ kind, metadata, source }: Resource, ruleId: string): string {
  return `${source.document} ${kind}/${metadata.name} ${ruleId}`;
}

function speaksOf(directive: Directive, line: number, file: FileState): boolean {
  if (directive.kind === 'file') return true;
  return directive.speaksOf !== undefined && line === file.lines().positionAt(directive.speaksOf.start).line;
}

function belongsTo({ object }: WorkspaceFinding, { kind, metadata }: Resource): boolean {
  return object !== null && object.name === metadata.name && object.kind === kind && object.namespace === metadata.namespace;
}

function unusedProblem(id: string, document: number, at: Problem['at'], known: ReadonlySet<string>): Problem {
  if (known.has(id)) return { code: 'suppression-unused', document, at, message: 'unused', data: { id } };
  const near = nearest(id, known, 4);
  return near === undefined
    ? { code: 'suppression-unused', document, at, message: 'noSuchRule', data: { id } }
    : { code: 'suppression-unused', document, at, message: 'noSuchRuleNear', data: { id, near } };
}

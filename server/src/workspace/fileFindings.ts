/** What the rules say of one file: of its documents, and of every resource of its contexts that has a value in it. */
import type { Context } from '../model/context';
import { sourceOf } from '../model/origins';
import type { Resource } from '../model/resources';
import { severities, type Severity } from '../protocol/source';
import { fillMessage } from '../rules/rule';
import type { FileState } from './fileState';
import { placeOfMark } from './places';
import type { RuleFinding, RuleRunner } from './ruleRunner';
import type { Snapshot } from './snapshot';
import { annotationUse } from './suppressions';

export interface HeldFinding {
  finding: RuleFinding;
  /** Ids of the contexts in which it holds. */
  readonly contexts: readonly string[];
  /** In every context of the file, or none is asked. */
  readonly everywhere: boolean;
}

interface Merged {
  finding: RuleFinding;
  readonly contexts: Set<string>;
  /** The text says it, whatever the context. */
  readonly always: boolean;
}

/** Findings that agree in rule, place and message are one, at the highest severity. */
export class FileFindings {
  /** Annotations of resources of this file that suppressed a finding of what Kustomize makes of them. */
  readonly usedAnnotations = new Set<string>();
  private readonly merged = new Map<string, Merged>();

  constructor(
    private readonly snapshot: Snapshot,
    private readonly file: FileState,
    private readonly contexts: readonly Context[],
  ) {}

  all(): readonly HeldFinding[] {
    const { contexts, snapshot, file } = this;
    const built = contexts.filter((context) => snapshot.isBuilt(context));
    const written: RuleFinding[] = [];
    for (const resource of file.resources) {
      written.push(...this.document(resource, built));
      for (const context of contexts) {
        if (snapshot.isBuilt(context)) continue;
        for (const one of this.runner(resource).context(resource, snapshot.index(context))) this.note(one, context);
      }
    }
    for (const context of built) {
      for (const member of snapshot.membersIn(context, file.uri)) {
        const { origins } = member;
        if (origins && origins.original?.source.uri !== file.uri) this.transformed(member, context, written);
        for (const one of this.runner(member).context(member, snapshot.index(context))) if (this.isHere(one)) this.note(one, context);
      }
    }
    return [...this.merged.values()].map(({ finding, contexts: ids, always }) => ({
      finding,
      contexts: [...ids],
      everywhere: always || ids.size === contexts.length,
    }));
  }

  /**
   * Rules of one document. What Kustomize makes of it counts where there is such a thing: a patch can bring a mistake in, and put one right.
   * What the text itself says goes by its own words.
   */
  private document(resource: Resource, built: readonly Context[]): readonly RuleFinding[] {
    const { snapshot, file } = this;
    const isPatch = snapshot.parts.patchFiles.has(file.uri);
    const written = this.runner(resource).document(isPatch && !resource.partial ? partOf(resource) : resource);
    const variants = built.flatMap((context) =>
      snapshot.membersIn(context, file.uri).flatMap((member) => (member.origins?.original === resource ? [{ context, member }] : [])),
    );
    const changed = new Set(variants.map(({ context }) => context));
    if (changed.size === 0 || isPatch) for (const one of written) this.merged.set(exactKey(one), { finding: one, contexts: new Set(), always: true });
    else
      for (const context of this.contexts)
        if (!changed.has(context) && (!snapshot.isBuilt(context) || snapshot.membersIn(context, file.uri).includes(resource)))
          for (const one of written) this.note(one, context);
    for (const { context, member } of variants) this.transformed(member, context, written);
    return written;
  }

  private transformed(member: Resource, context: Context, written: readonly RuleFinding[]): void {
    for (const one of this.runner(member).document(member)) {
      if (!this.isHere(one)) continue;
      const said = written.filter((candidate) => looseKey(candidate) === looseKey(one));
      const same = said.find((candidate) => exactKey(candidate) === exactKey(one)) ?? (said.length === 1 ? said[0] : undefined);
      if (!this.isSuppressed(one)) this.note(same ?? one, context);
    }
  }

  private note(one: RuleFinding, context: Context): void {
    if (this.isSuppressed(one)) return;
    const key = exactKey(one);
    const kept = this.merged.get(key);
    if (!kept) {
      this.merged.set(key, { finding: one, contexts: new Set([context.id]), always: false });
      return;
    }
    kept.contexts.add(context.id);
    if (rank(severityOf(one)) < rank(severityOf(kept.finding))) kept.finding = one;
  }

  /** By the annotation of a resource that Kustomize changed: it may be called otherwise than in its file, and speak of another one. */
  private isSuppressed({ rule, finding }: RuleFinding): boolean {
    const { origins, ignores } = finding.at.resource;
    if (!origins || !ignores.includes(rule.meta.id)) return false;
    if (origins.original?.source.uri === this.file.uri) this.usedAnnotations.add(annotationUse(origins.original, rule.meta.id));
    return true;
  }

  private isHere(one: RuleFinding): boolean {
    const { resource, path } = one.finding.at;
    if (sourceOf(resource, path).uri === this.file.uri) return true;
    this.isSuppressed(one);
    return false;
  }

  private runner({ source }: Resource): RuleRunner {
    const { snapshot } = this;
    return snapshot.parts.runnerOf((snapshot.file(source.uri) ?? this.file).path);
  }
}

function exactKey(one: RuleFinding): string {
  return `${looseKey(one)} ${fillMessage(one.rule, one.finding)}`;
}

function looseKey({ rule, finding }: RuleFinding): string {
  const { at, part, span } = placeOfMark(finding.at);
  return JSON.stringify([rule.meta.id, finding.message, at.document, at.path, at.span, span, part]);
}

const parts = new WeakMap<Resource, Resource>();

/** The same resource, known to be a patch: no completeness rules. */
function partOf(resource: Resource): Resource {
  const kept = parts.get(resource);
  if (kept) return kept;
  const made = { ...resource, partial: true } as Resource;
  parts.set(resource, made);
  return made;
}

function severityOf({ rule, finding }: RuleFinding): Severity {
  return finding.severity ?? rule.meta.severity;
}

function rank(severity: Severity): number {
  return severities.indexOf(severity);
}

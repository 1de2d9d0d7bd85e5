/** Runs rules and keeps what they said for as long as what they looked at stays the same. */
import type { ContextIndex, Dependency } from '../cluster/createClusterIndex';
import type { Finding } from '../model/finding';
import type { Kind, Resource } from '../model/resources';
import { isTold } from './templateMarks';
import type { ContextRule, DocumentRule, Rule, RuleSettings } from '../rules/rule';

export interface RuleFinding {
  readonly rule: Rule;
  readonly finding: Finding;
}

interface Kept {
  index: ContextIndex;
  readonly rested: readonly (readonly [Dependency, readonly unknown[]])[];
  readonly findings: readonly RuleFinding[];
}

export type ReportRuleFailure = (ruleId: string, error: unknown) => void;

export class RuleRunner {
  private readonly documentRules = new Map<Kind, DocumentRule[]>();
  private readonly contextRules = new Map<Kind, ContextRule[]>();
  private readonly ofDocument = new WeakMap<Resource, readonly RuleFinding[]>();
  private readonly ofContext = new Map<string, WeakMap<Resource, Kept>>();

  constructor(
    rules: readonly Rule[],
    private readonly settings: RuleSettings,
    private readonly failed: ReportRuleFailure,
  ) {
    for (const rule of rules) {
      if (rule.scope === 'document') for (const kind of rule.kinds) push(this.documentRules, kind, rule);
      else if (rule.scope === 'context') for (const kind of rule.kinds) push(this.contextRules, kind, rule);
    }
  }

  /** Findings that the document alone decides. */
  document(resource: Resource): readonly RuleFinding[] {
    const kept = this.ofDocument.get(resource);
    if (kept) return kept;
    const findings = (this.documentRules.get(resource.type) ?? []).flatMap((rule) => this.guard(rule, () => rule.check(resource, this.settings)));
    this.ofDocument.set(resource, findings);
    return findings;
  }

  /** Findings that need other resources of the context; asked again only when an answer they rested on has changed. */
  context(resource: Resource, index: ContextIndex): readonly RuleFinding[] {
    const rules = this.contextRules.get(resource.type);
    if (!rules) return [];
    const { id } = index.context;
    let memo = this.ofContext.get(id);
    if (!memo) this.ofContext.set(id, (memo = new WeakMap()));
    const kept = memo.get(resource);
    if (kept && (kept.index === index || this.holds(kept, index))) {
      kept.index = index;
      return kept.findings;
    }
    const { index: view, dependencies } = index.tracked();
    const findings = rules.flatMap((rule) => this.guard(rule, () => rule.check(resource, view, this.settings)));
    const rested = [...dependencies].map((dependency) => [dependency, index.fingerprint(dependency)] as const);
    memo.set(resource, { index, rested, findings });
    return findings;
  }

  private holds(kept: Kept, index: ContextIndex): boolean {
    if (kept.index.context.closed !== index.context.closed || kept.index.context.applyOrder !== index.context.applyOrder || !sameShape(kept.index, index))
      return false;
    return kept.rested.every(([dependency, before]) => {
      const now = index.fingerprint(dependency);
      return now === before || (now.length === before.length && now.every((item, place) => item === before[place]));
    });
  }

  /** A rule that throws is reported and costs nobody else. Of a template nothing is said that rendering could make false. */
  private guard(rule: Rule, check: () => Iterable<Finding>): RuleFinding[] {
    try {
      return [...check()].filter(({ at }) => isTold(at)).map((finding) => ({ rule, finding }));
    } catch (error) {
      this.failed(rule.meta.id, error);
      return [];
    }
  }
}

/** Rules read these of the context itself. */
function sameShape(a: ContextIndex, b: ContextIndex): boolean {
  return (
    a.context === b.context ||
    (a.context.cluster === b.context.cluster &&
      a.context.namespace === b.context.namespace &&
      a.context.generatedNames === b.context.generatedNames &&
      a.context.missing.length === b.context.missing.length &&
      sameFiles(a.context.files, b.context.files))
  );
}

/** An edit keeps the list itself; a new grouping may have made an equal one. */
function sameFiles(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((file, place) => file === b[place]));
}

function push<R>(map: Map<Kind, R[]>, kind: Kind, rule: R): void {
  const list = map.get(kind);
  if (list) list.push(rule);
  else map.set(kind, [rule]);
}

/** What a rule is: metadata, messages and a check. One rule, one file; the list is `rules.ts`. */
import type { RuleLevel, Severity } from '../protocol/source';
import type { ClusterIndex } from '../cluster/clusterIndex';
import type { Finding } from '../model/finding';
import type { Kind, Resource } from '../model/resources';

export type RuleTier = 'A' | 'B' | 'C';

export interface RuleMeta<Message extends string = string> {
  /** `family/name`: also the file, the fixture folder, the page and the key of the setting. */
  readonly id: string;
  /** The usual severity; a finding may carry another. */
  readonly severity: Severity;
  readonly default: RuleLevel;
  readonly tier: RuleTier;
  /** One line for lists and settings. */
  readonly summary: string;
  /** Why it matters, in Markdown: what happens in the cluster. */
  readonly why: string;
  /** What to do about it, in Markdown. */
  readonly remedy: string;
  /** Pages or source files that decide it: `[title](url)` or a source path. */
  readonly references: readonly string[];
  /** By id; `{name}` is filled from a finding's data. Plain text, one or two sentences. */
  readonly messages: Readonly<Record<Message, string>>;
  readonly fixable: boolean;
}

/** Reads one resource alone; its findings are kept with the document. */
export interface DocumentRule<K extends Kind = Kind, Message extends string = string> {
  readonly scope: 'document';
  readonly meta: RuleMeta<Message>;
  readonly kinds: readonly K[];
  check(resource: Resource<K>, settings: RuleSettings): Iterable<Finding<Message>>;
}

/** Looks at other resources of the context through the index, and only through it. */
export interface ContextRule<K extends Kind = Kind, Message extends string = string> {
  readonly scope: 'context';
  readonly meta: RuleMeta<Message>;
  readonly kinds: readonly K[];
  check(resource: Resource<K>, index: ClusterIndex, settings: RuleSettings): Iterable<Finding<Message>>;
}

/** Turns problems of reading (`syntax`, `decode`, configuration) into findings. */
export interface ProblemRule<Message extends string = string> {
  readonly scope: 'problem';
  readonly meta: RuleMeta<Message>;
  readonly problems: readonly string[];
  /** What a fix does with the entry of a mapping whose key the problem marks; only where that entry is of a resource. */
  readonly fix?: { readonly kind: 'removeEntry'; readonly title: string };
}

export interface RuleSettings {
  /** Minor version: 36 for Kubernetes 1.36. */
  readonly kubernetesMinor: number;
  /** How to report a reference of which nobody knows whether it leads anywhere; `off` by default. */
  readonly unresolvedReferences: RuleLevel;
}

export type Rule = DocumentRule | ContextRule | ProblemRule;

/** Checks types at the place where a rule is written; at run time it is the rule itself. */
export function documentRule<K extends Kind, Message extends string>(rule: Omit<DocumentRule<K, Message>, 'scope'>): DocumentRule {
  return { ...rule, scope: 'document' } as unknown as DocumentRule;
}

export function contextRule<K extends Kind, Message extends string>(rule: Omit<ContextRule<K, Message>, 'scope'>): ContextRule {
  return { ...rule, scope: 'context' } as unknown as ContextRule;
}

export function problemRule<Message extends string>(rule: Omit<ProblemRule<Message>, 'scope'>): ProblemRule {
  return { ...rule, scope: 'problem' };
}

/** The message of a finding with its data filled in. Unknown placeholders stay as they are. */
export function fillMessage(rule: Rule, finding: Pick<Finding, 'message' | 'data'>): string {
  const template = rule.meta.messages[finding.message] ?? finding.message;
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = finding.data && Object.hasOwn(finding.data, name) ? finding.data[name] : undefined;
    return value === undefined ? whole : String(value);
  });
}

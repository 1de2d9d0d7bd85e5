/** Which resources a patch of a kustomization is for: its `target`. */
import { groupVersionOf } from './fieldSpecs';

/** All texts; the first five are regular expressions for the whole of what they are held against. Empty ones select everything. */
export interface PatchTarget {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly labelSelector: string;
  readonly annotationSelector: string;
}

/** What is asked of a resource. Names are those that it came with and those that it has by now. */
export interface Targeted {
  readonly apiVersion: string;
  readonly kind: string;
  readonly names: readonly string[];
  readonly namespaces: readonly string[];
  labels(): ReadonlyMap<string, string>;
  annotations(): ReadonlyMap<string, string>;
}

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/ ; undefined when an expression cannot be read. */
export function isTargeted(resource: Targeted, target: PatchTarget): boolean | undefined {
  const { group, version } = groupVersionOf(resource.apiVersion);
  const answers = [
    matchesAny(target.namespace, resource.namespaces),
    matchesAny(target.name, resource.names),
    matchesAny(target.group, [group]),
    matchesAny(target.version, [version]),
    matchesAny(target.kind, [resource.kind]),
  ];
  if (answers.includes(undefined)) return undefined;
  if (answers.includes(false)) return false;
  for (const [selector, pairs] of [
    [target.labelSelector, () => resource.labels()],
    [target.annotationSelector, () => resource.annotations()],
  ] as const) {
    if (selector === '') continue;
    const answer = selects(selector, pairs());
    if (answer !== true) return answer;
  }
  return true;
}

function matchesAny(pattern: string, texts: readonly string[]): boolean | undefined {
  if (pattern === '') return true;
  if (texts.includes(pattern) && /^[\w-]+$/.test(pattern)) return true;
  const expression = compiled(pattern);
  // No name of Kubernetes is longer, and an expression from a file may take its time.
  return expression && texts.some((text) => text.length <= 253 && expression.test(text));
}

const expressions = new Map<string, RegExp | undefined>();

/** RE2 needs time in proportion to the text, JavaScript does not: what could take long is not read. */
function compiled(pattern: string): RegExp | undefined {
  if (expressions.has(pattern)) return expressions.get(pattern);
  let expression: RegExp | undefined;
  const flags = pattern.startsWith('(?i)') ? 'i' : '';
  const text = flags === '' ? pattern : pattern.slice(4);
  if (isHarmless(text)) {
    try {
      expression = new RegExp(`^(?:${text})$`, flags);
    } catch {
      expression = undefined;
    }
  }
  if (expressions.size > 1000) expressions.clear();
  expressions.set(pattern, expression);
  return expression;
}

/** At most three repetitions in each alternative, and no repeated group. */
function isHarmless(pattern: string): boolean {
  if (pattern.length > 1000 || /\)[*+{]|\\[1-9k]|\(\?[^:]/.test(pattern)) return false;
  const alternatives = pattern.includes('(') ? [pattern] : pattern.split('|');
  return alternatives.every((one) => (one.match(/[*+{]/g) ?? []).length <= 3);
}

/** `a=b, c!=d, e in (f, g), h notin (i), j, !k`: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
function selects(selector: string, pairs: ReadonlyMap<string, string>): boolean | undefined {
  for (const part of selector.slice(0, 10_000).split(/,(?![^(]*\))/)) {
    const requirement = part.trim();
    if (requirement === '') continue;
    const answer = holds(requirement, pairs);
    if (answer !== true) return answer;
  }
  return true;
}

function holds(requirement: string, pairs: ReadonlyMap<string, string>): boolean | undefined {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(requirement);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    const value = pairs.get(key);
    return (value !== undefined && values.includes(value)) === (operator === 'in');
  }
  const equal = /^([^\s=!]+)\s*(==|=|!=)\s*([^\s=!]*)$/.exec(requirement);
  if (equal) {
    const [, key = '', operator, wanted = ''] = equal;
    return (pairs.get(key) === wanted) === (operator !== '!=');
  }
  const exists = /^(!?)\s*([^\s=!()]+)$/.exec(requirement);
  return exists ? pairs.has(exists[2] ?? '') === (exists[1] !== '!') : undefined;
}

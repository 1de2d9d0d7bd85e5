/** Labels and label selectors, matched with three answers. */
import { isOpaque, type Ternary, type Value } from '../base/opaque';

/** Labels of an object. `open` says that a placeholder may add more than are written. */
export interface Labels {
  readonly entries: ReadonlyMap<string, Value<string>>;
  readonly open: boolean;
}

export const noLabels: Labels = { entries: new Map(), open: false };

export interface SelectorRequirement {
  readonly key: Value<string>;
  /** As written; anything but the four operators is refused by the API. */
  readonly operator: Value<string>;
  readonly values: readonly Value<string>[];
}

/** A LabelSelector. Requirements are AND-ed; no requirement at all matches everything. */
export interface LabelSelector {
  readonly matchLabels: ReadonlyMap<string, Value<string>>;
  readonly matchExpressions: readonly SelectorRequirement[];
  /** A placeholder may add requirements. */
  readonly open: boolean;
}

/** True for `{}`: it selects everything in its scope. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return selector.matchLabels.size === 0 && selector.matchExpressions.length === 0 && !selector.open;
}

/** A selector from a plain map, as Services and ReplicationControllers have. */
export function selectorOf(pairs: ReadonlyMap<string, Value<string>>, open = false): LabelSelector {
  return { matchLabels: pairs, matchExpressions: [], open };
}

/**
 * Does the selector match the labels? NotIn matches when the key is absent.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function matches(selector: LabelSelector, labels: Labels): Ternary {
  let answer: Ternary = selector.open ? 'unknown' : 'yes';
  for (const [key, value] of selector.matchLabels) {
    const one = equals(labels, key, value);
    if (one === 'no') return 'no';
    if (one === 'unknown') answer = 'unknown';
  }
  for (const requirement of selector.matchExpressions) {
    const one = meets(requirement, labels);
    if (one === 'no') return 'no';
    if (one === 'unknown') answer = 'unknown';
  }
  return answer;
}

/** Labels that the control plane adds to pods; whoever selects by them is answered with unknown. */
export function isSuppliedLabel(key: string): boolean {
  return (
    key === 'pod-template-hash' ||
    key === 'controller-revision-hash' ||
    key === 'pod-template-generation' ||
    key === 'statefulset.kubernetes.io/pod-name' ||
    key === 'apps.kubernetes.io/pod-index' ||
    key === 'controller-uid' ||
    key === 'job-name' ||
    key.startsWith('batch.kubernetes.io/')
  );
}

function missing(labels: Labels, key: string): Ternary {
  return labels.open || isSuppliedLabel(key) ? 'unknown' : 'yes';
}

function equals(labels: Labels, key: string, value: Value<string>): Ternary {
  const present = labels.entries.get(key);
  if (present === undefined) return missing(labels, key) === 'unknown' ? 'unknown' : 'no';
  if (isOpaque(present) || isOpaque(value)) return 'unknown';
  return present === value ? 'yes' : 'no';
}

function not(answer: Ternary): Ternary {
  return answer === 'yes' ? 'no' : answer === 'no' ? 'yes' : 'unknown';
}

/** Does one requirement of `matchExpressions` hold? An operator that the API does not know answers `unknown`. */
export function meets(requirement: SelectorRequirement, labels: Labels): Ternary {
  const { key, operator } = requirement;
  if (isOpaque(key) || isOpaque(operator)) return 'unknown';
  const present = labels.entries.get(key);
  const has: Ternary = present !== undefined ? 'yes' : not(missing(labels, key));
  switch (operator) {
    case 'Exists':
      return has;
    case 'DoesNotExist':
      return not(has);
    case 'In':
      return oneOf(requirement.values, present, has);
    case 'NotIn':
      return not(oneOf(requirement.values, present, has));
    default:
      return 'unknown';
  }
}

function oneOf(values: readonly Value<string>[], present: Value<string> | undefined, has: Ternary): Ternary {
  if (present === undefined) return has === 'no' ? 'no' : 'unknown';
  if (isOpaque(present)) return 'unknown';
  if (values.some((value) => value === present)) return 'yes';
  return values.some(isOpaque) ? 'unknown' : 'no';
}

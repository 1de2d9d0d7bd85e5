/** What the selector rules share: words for selectors, near misses that count as evidence, and the fixes that follow from them. */
import { known, textOf, type Value } from '../../base/opaque';
import type { Path } from '../../protocol/source';
import type { ClusterIndex, Namespace, NearMiss, PodSet } from '../../cluster/clusterIndex';
import type { Edit, Fix, Mark, Related } from '../../model/finding';
import { meets, type LabelSelector, type SelectorRequirement } from '../../model/labels';
import { isWorkload, valueAt, type Resource } from '../../model/resources';
import { kindAndName, wordList } from './words';

/** Stands for all namespaces at once. */
export const anywhere: unique symbol = Symbol('anywhere');

/** Nothing else is in the cluster, and everything in the files could be read: what is not here is not there. */
export function isComplete(index: ClusterIndex): boolean {
  return index.context.closed && index.context.missing.length === 0;
}

/** `app=web, tier=front` */
export function pairsText(pairs: ReadonlyMap<string, Value<string>>): string {
  return [...pairs].map(([key, value]) => `${key}=${textOf(value) ?? ''}`).join(', ');
}

/** `app=web, tier in (front, back), !legacy` as kubectl writes selectors. */
export function selectorText(selector: LabelSelector): string {
  return [...(selector.matchLabels.size > 0 ? [pairsText(selector.matchLabels)] : []), ...selector.matchExpressions.map(requirementText)].join(', ');
}

export function requirementText({ key, operator, values }: SelectorRequirement): string {
  const name = textOf(key) ?? '';
  const list = values.map((value) => textOf(value) ?? '').join(', ');
  switch (known(operator)) {
    case 'In':
      return `${name} in (${list})`;
    case 'NotIn':
      return `${name} notin (${list})`;
    case 'Exists':
      return name;
    case 'DoesNotExist':
      return `!${name}`;
    default:
      return `${name} ${textOf(operator) ?? ''} (${list})`;
  }
}

/** `in namespace shop`, or `in the same namespace` where no file says which. */
export function inNamespace(namespace: Namespace): string {
  return namespace === undefined ? 'of the same namespace' : `in namespace \`${namespace}\``;
}

/** True when every part of the selector is known, so that "nothing matches" can be said of it at all. */
export function isKnownSelector(selector: LabelSelector): boolean {
  return (
    !selector.open &&
    [...selector.matchLabels.values()].every((value) => known(value) !== undefined) &&
    selector.matchExpressions.every(
      ({ key, operator, values }) => known(key) !== undefined && known(operator) !== undefined && values.every((value) => known(value) !== undefined),
    )
  );
}

/**
 * The pods that the selector most likely means. Near misses of kind (a) and (b) are evidence anywhere, others only where the context is complete;
 * pods of a namespace that is merely maybe the same, and patches, are none. `anywhere`: in whichever namespace, which costs one question.
 */
export function nearestPods(namespace: Namespace | typeof anywhere, selector: LabelSelector, index: ClusterIndex): NearMiss | undefined {
  const wherever = namespace === anywhere;
  const near = index.nearMiss(wherever ? undefined : namespace, selector.matchLabels);
  if (near === undefined) return undefined;
  const counts = (miss: NearMiss): boolean =>
    (wherever || index.sameNamespace(miss.podSet.namespace, namespace) === 'yes') &&
    !miss.podSet.resource.partial &&
    selector.matchExpressions.every((requirement) => meets(requirement, miss.podSet.labels) === 'yes') &&
    (miss.kind === 'a' || miss.kind === 'b' || isComplete(index));
  const [first, ...rest] = [near, ...near.equals].filter(counts);
  return first && { ...first, equals: rest };
}

/**
 * Pods that a Service selects by its labels and cannot reach, because they are surely in other namespaces.
 * In an open context a Service of the same name that stands beside those pods says that they are its own: this one's pods are not shown.
 */
export function podsElsewhere(service: Resource<'Service'>, selector: LabelSelector, index: ClusterIndex): readonly PodSet[] {
  const elsewhere = index.selectElsewhere(index.namespaceOf(service), selector);
  if (isComplete(index)) return elsewhere;
  return elsewhere.filter((podSet) => index.get('Service', podSet.namespace, service.metadata.name).state !== 'found');
}

/** `Deployment web with app=web-ui`, and the others that are as near. */
export function closestText(near: NearMiss): string {
  const one = (miss: NearMiss): string =>
    `${kindAndName(miss.podSet.resource)}${miss.actualKey === undefined ? '' : ` with ${miss.actualKey}=${miss.actualValue ?? ''}`}`;
  return wordList([near, ...near.equals].map(one));
}

/** The pair that misses where one is known, else the whole selector. */
export function markOfMiss(resource: Resource, pairsPath: Path, wholePath: Path, near: NearMiss | undefined): Mark {
  if (near === undefined || valueAt(resource, [...pairsPath, near.key]) === undefined) return { resource, path: wholePath };
  if (near.kind === 'a') return { resource, path: [...pairsPath, near.key] };
  return near.kind === 'b' ? { resource, path: [...pairsPath, near.key], part: 'key' } : { resource, path: wholePath };
}

/** Where the labels of pods are written. */
export function labelsMark(podSet: PodSet): Mark {
  const { resource, template } = podSet;
  const labels = [...template.path, 'metadata', 'labels'];
  return valueAt(resource, labels) === undefined ? { resource, path: ['metadata', 'name'] } : { resource, path: labels };
}

export function podsRelated(podSets: readonly PodSet[], message: (podSet: PodSet) => string): readonly Related[] {
  return podSets.slice(0, 8).map((podSet) => ({ mark: labelsMark(podSet), message: message(podSet) }));
}

export function nearRelated(near: NearMiss | undefined): readonly Related[] {
  if (near === undefined) return [];
  return [near, ...near.equals].map((miss) => ({
    mark:
      miss.actualKey === undefined
        ? labelsMark(miss.podSet)
        : { resource: miss.podSet.resource, path: [...miss.podSet.template.path, 'metadata', 'labels', miss.actualKey] },
    message: `The pods of ${kindAndName(miss.podSet.resource)} come closest.`,
  }));
}

/**
 * For each of the nearest pods: take over its label into the selector; at last, for a single one, set the label in the template instead.
 * The selector of a workload cannot change once it exists, so that is the second choice, and where the workload selects by this label it changes along.
 */
export function nearFixes(resource: Resource, pairsPath: Path, near: NearMiss | undefined): readonly Fix[] {
  if (near === undefined) return [];
  const several = near.equals.length > 0;
  const fixes: Fix[] = [];
  for (const miss of [near, ...near.equals]) {
    const { key, value, actualKey, actualValue } = miss;
    if (actualKey === undefined || actualValue === undefined) continue;
    const path = [...pairsPath, key];
    const edits: Edit[] = [];
    if (actualKey !== key) edits.push({ kind: 'renameKey', resource, path, key: actualKey });
    if (actualValue !== value) edits.push({ kind: 'replace', resource, path, value: actualValue });
    if (edits.length === 0) continue;
    const title = `Select ${actualKey}=${actualValue}${several ? ` of ${kindAndName(miss.podSet.resource)}` : ''}`;
    fixes.push(several ? { title, edits } : { title, preferred: true, edits });
  }
  const template = several ? undefined : templateFix(near);
  return template === undefined ? fixes : [...fixes, template];
}

function templateFix({ podSet, key, value }: NearMiss): Fix | undefined {
  const { resource, template } = podSet;
  const labels = [...template.path, 'metadata', 'labels'];
  if (typeof valueAt(resource, labels) !== 'object') return undefined;
  const exists = valueAt(resource, [...labels, key]) !== undefined;
  const edits: Edit[] = [exists ? { kind: 'replace', resource, path: [...labels, key], value } : { kind: 'insert', resource, path: labels, key, value }];
  if (exists && isWorkload(resource) && resource.spec.selector) {
    const { selector, selectorPath } = resource.spec;
    if (selector.matchExpressions.some((requirement) => requirement.key === key)) return undefined;
    if (selector.matchLabels.has(key))
      edits.push({ kind: 'replace', resource, path: [...selectorPath, ...(resource.type === 'ReplicationController' ? [] : ['matchLabels']), key], value });
  }
  return { title: `Set ${key}=${value} on the pods of ${kindAndName(resource)}${edits.length > 1 ? ' and in its selector' : ''}`, edits };
}

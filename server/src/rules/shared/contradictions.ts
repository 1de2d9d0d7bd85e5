/** Requirements of one label selector that no set of labels satisfies together. */
import { known } from '../../base/opaque';
import type { Path } from '../../protocol/source';
import type { LabelSelector, SelectorRequirement } from '../../model/labels';
import { requirementText } from './selectors';

/** A requirement and where it stands below its selector. */
export interface PlacedRequirement {
  readonly path: Path;
  readonly text: string;
  readonly requirement: SelectorRequirement;
}

export interface Contradiction {
  /** What already leaves nothing open to `second`, in the order of the selector. */
  readonly first: readonly [PlacedRequirement, ...PlacedRequirement[]];
  readonly second: PlacedRequirement;
}

/**
 * One contradiction a key at most, at the requirement that makes it. Requirements that the API refuses, or that hold a placeholder, do not count.
 * `NotIn` also holds where the key is absent; `In`, `Exists` and a pair of `matchLabels` need it present.
 * apimachinery pkg/labels/selector.go (Requirement.Matches).
 */
export function contradictionsOf(selector: LabelSelector): readonly Contradiction[] {
  const byKey = new Map<string, PlacedRequirement[]>();
  for (const placed of requirementsOf(selector)) {
    const key = known(placed.requirement.key);
    if (key !== undefined && isJudged(placed.requirement)) byKey.set(key, [...(byKey.get(key) ?? []), placed]);
  }
  const contradictions: Contradiction[] = [];
  for (const placed of byKey.values()) {
    for (let count = 2; count <= placed.length; count++) {
      const second = placed[count - 1];
      const before = placed.slice(0, count - 1);
      if (second === undefined || isSatisfiable([...before, second])) continue;
      const single = before.find((candidate) => !isSatisfiable([candidate, second]));
      const [head, ...tail] = single ? [single] : before;
      if (head) contradictions.push({ first: [head, ...tail], second });
      break;
    }
  }
  return contradictions;
}

function requirementsOf(selector: LabelSelector): PlacedRequirement[] {
  const pairs = [...selector.matchLabels].map(([key, value]): PlacedRequirement => ({
    path: ['matchLabels', key],
    text: `${key}=${known(value) ?? ''}`,
    requirement: { key, operator: 'In', values: [value] },
  }));
  return [
    ...pairs,
    ...selector.matchExpressions.map((requirement, index) => ({ path: ['matchExpressions', index], text: requirementText(requirement), requirement })),
  ];
}

function isJudged({ operator, values }: SelectorRequirement): boolean {
  const name = known(operator);
  if (values.some((value) => known(value) === undefined)) return false;
  return name === 'Exists' || name === 'DoesNotExist' ? values.length === 0 : (name === 'In' || name === 'NotIn') && values.length > 0;
}

/** Requirements of one key: satisfied by its absence, or by one of the allowed values, or by any value that is not excluded. */
function isSatisfiable(placed: readonly PlacedRequirement[]): boolean {
  const requirements = placed.map(({ requirement }) => requirement);
  const needsKey = requirements.some(({ operator }) => operator === 'In' || operator === 'Exists');
  const forbidsKey = requirements.some(({ operator }) => operator === 'DoesNotExist');
  if (forbidsKey) return !needsKey;
  if (!needsKey) return true;
  const excluded = new Set(requirements.filter(({ operator }) => operator === 'NotIn').flatMap(({ values }) => values));
  const lists = requirements.filter(({ operator }) => operator === 'In').map(({ values }) => values);
  const [first, ...rest] = lists;
  if (first === undefined) return true;
  return first.some((value) => !excluded.has(value) && rest.every((list) => list.includes(value)));
}

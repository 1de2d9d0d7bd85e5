/** Fixes of what is wrong with the YAML itself. */
import type { Problem } from '../base/problem';
import type { Fix } from '../model/finding';
import type { Resource } from '../model/resources';
import type { Path } from '../protocol/source';
import type { ProblemRule } from '../rules/rule';
import { pathAt } from '../syntax/locate';
import { isSamePlain } from '../syntax/plainAfter';
import { plainValue } from '../syntax/plain';
import { keyText } from '../syntax/scalars';
import type { YamlDocument, YamlMapping } from '../syntax/tree';
import { follow } from '../syntax/walk';
import type { FileState } from './fileState';

/** None where the entry belongs to no resource, or is not the last of its name: a path leads to that one alone. Safe where both say the same. */
export function problemFixes(file: FileState, rule: ProblemRule, problem: Problem): readonly Fix[] {
  const { at } = problem;
  if (!rule.fix || !('start' in at)) return [];
  const document = file.yaml.documents[problem.document];
  const path = document && pathAt(document, at.start);
  const found = document && path && lastEntry(document, path, at.start);
  const resource = path && resourceAt(file, problem.document, path);
  if (!found || !path || !resource) return [];
  const title = rule.fix.title.replace('{key}', String(path[path.length - 1]));
  const own = path.slice(resource.source.path.length);
  const pairs = found.pairs.filter((pair) => !pair.key.alias && keyText(pair.key) === String(path[path.length - 1]));
  const [first, second] = [pairs[0], pairs[pairs.length - 1]];
  const same = first !== undefined && second !== undefined && isSamePlain(plainValue(first.value), plainValue(second.value));
  return [{ title, preferred: true, ...(same ? { safe: true } : {}), edits: [{ kind: 'remove', resource, path: own }] }];
}

/** The mapping whose last entry of that name has its key at the offset. */
function lastEntry(document: YamlDocument, path: Path, start: number): YamlMapping | undefined {
  const { pair, parent, steps } = follow(document, path);
  if (steps !== path.length || !pair || parent?.type !== 'mapping') return undefined;
  return document.start + pair.key.start === start ? parent : undefined;
}

function resourceAt(file: FileState, document: number, path: Path): Resource | undefined {
  return file.resources.find(
    ({ source }) => source.document === document && source.path.length < path.length && source.path.every((segment, position) => path[position] === segment),
  );
}

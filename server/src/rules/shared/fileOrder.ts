/** Which of two claims stands first in the files of a context. */
import type { Claim } from '../../cluster/clusterIndex';
import type { Context } from '../../model/context';
import type { Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';

export type Place = Pick<Claim, 'resource' | 'path'>;

/**
 * Negative when `a` stands before `b`: by the order of the context's files, then documents, then positions in lists,
 * whatever order the index keeps its claims in.
 */
export function compareByFile(a: Place, b: Place, context: Context): number {
  const [left, right] = [a.resource.source, b.resource.source];
  if (left.uri !== right.uri) {
    const byFile = fileNumber(a.resource, context) - fileNumber(b.resource, context);
    return byFile !== 0 ? byFile : left.uri < right.uri ? -1 : 1;
  }
  return left.document - right.document || compareNumbers(left.path, right.path) || compareNumbers(a.path, b.path);
}

const numbers = new WeakMap<Context, ReadonlyMap<string, number>>();

function fileNumber({ source }: Resource, context: Context): number {
  let ofContext = numbers.get(context);
  if (!ofContext) {
    ofContext = new Map(context.files.map((uri, position) => [uri, position]));
    numbers.set(context, ofContext);
  }
  return ofContext.get(source.uri) ?? ofContext.size;
}

/** Fields of one object count as equal: their order says nothing. */
function compareNumbers(a: Path, b: Path): number {
  for (let position = 0; position < Math.min(a.length, b.length); position++) {
    const [left, right] = [a[position], b[position]];
    if (typeof left === 'number' && typeof right === 'number' && left !== right) return left - right;
  }
  return 0;
}

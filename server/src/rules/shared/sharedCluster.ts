/** How sure it is that two resources of a context go to one cluster, for rules of collisions between objects that nothing else connects. */
import type { Context } from '../../model/context';
import type { Resource } from '../../model/resources';

/**
 * False where nothing but a common folder far above says so: lessons and examples in folders beside each other use the same few numbers
 * and are applied one at a time.
 */
export function standTogether(first: Resource, second: Resource, context: Context): boolean {
  if (context.kind !== 'folder' || context.closed) return true;
  const [one, other] = [folderOf(first), folderOf(second)];
  return one.startsWith(other) || other.startsWith(one);
}

/** With the slash at its end. */
function folderOf({ source }: Resource): string {
  return source.uri.slice(0, source.uri.lastIndexOf('/') + 1);
}

/** Resources of a list by their names. */
import type { Resource } from '../../model/resources';

/** Kept with the list, which the index keeps as long as nothing in it changes. */
const kept = new WeakMap<readonly Resource[], ReadonlyMap<string, readonly Resource[]>>();

export function namedIn<R extends Resource>(resources: readonly R[], name: string): readonly R[] {
  let byName = kept.get(resources);
  if (!byName) {
    const made = new Map<string, Resource[]>();
    for (const resource of resources) {
      const list = made.get(resource.metadata.name);
      if (list) list.push(resource);
      else made.set(resource.metadata.name, [resource]);
    }
    byName = made;
    kept.set(resources, byName);
  }
  return (byName.get(name) ?? []) as readonly R[];
}

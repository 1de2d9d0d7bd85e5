/** How findings name things: objects, lists of words, containers. */
import type { Namespace } from '../../cluster/clusterIndex';
import type { Resource } from '../../model/resources';

/** "a, b and c", or "a, b, c and 4 more" when there are more than `most`. */
export function wordList(words: readonly string[], most = 3): string {
  const shown = words.slice(0, most);
  if (words.length > most) return `${shown.join(', ')} and ${words.length - most} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** `shop/web`, or `web` where no namespace is known. */
export function namespacedName(resource: Resource, namespace: Namespace): string {
  return namespace === undefined ? resource.metadata.name : `${namespace}/${resource.metadata.name}`;
}

/** `Deployment web` */
export function kindAndName(resource: Resource): string {
  return `${resource.kind} ${resource.metadata.name}`;
}

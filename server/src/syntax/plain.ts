/** A document as plain values, the way kubectl's JSON would hold it. */
import { moreKeys, Opaque } from '../base/opaque';
import type { YamlDocument, YamlNode } from './tree';
import { keyText } from './scalars';

/**
 * Objects, arrays, strings, numbers, big integers, booleans, null and `Opaque`. Objects have no prototype, so that a key named
 * `__proto__` is a key like others; of a key that stands twice the last one counts. A mapping that
 * a template may add keys to has the symbol `moreKeys`. Bounded, because the tree is:
 * the parser stops where aliases would make it too large.
 */
export function toPlain(document: YamlDocument): unknown {
  return plainValue(document.root);
}

/** The plain value of one node; null for one that is missing. */
export function plainValue(node: YamlNode | null): unknown {
  if (node === null) return null;
  if (node.type === 'scalar') return node.value;
  if (node.type === 'sequence') return node.items.map(plainValue);
  const object = Object.create(null) as Record<string, unknown> & { [moreKeys]?: Opaque };
  if (node.open !== undefined) object[moreKeys] = new Opaque(node.open);
  for (const pair of node.pairs) object[keyText(pair.key)] = plainValue(pair.value);
  return object;
}

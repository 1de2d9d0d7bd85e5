/** Which findings rest on what the text tells, and not on what a placeholder may stand for. */
import { isOpaque, missingKey } from '../base/opaque';
import type { Mark } from '../model/finding';

/**
 * False for a place below a placeholder, and in a template for all that only rendering would tell: a placeholder itself, a key that an action may
 * add, a mapping as a whole that may hold more. A span within a placeholder's text was found in what stands around the placeholder.
 */
export function isTold({ resource, path, span }: Mark): boolean {
  let value: unknown = resource.raw;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null) return true;
    if (isOpaque(value)) return false;
    if (Array.isArray(value)) value = typeof segment === 'number' ? (value as readonly unknown[])[segment] : undefined;
    else if (Object.hasOwn(value, segment)) value = (value as Readonly<Record<string | number, unknown>>)[segment];
    else return missingKey(value) === undefined;
  }
  if (!resource.templated) return true;
  if (isOpaque(value)) return span !== undefined;
  return typeof value !== 'object' || value === null || missingKey(value) === undefined;
}

/** What a template may still bring into a mapping: rules of missing fields ask it before they speak. */
import { isOpaque, missingKey } from '../../base/opaque';

/** True when a placeholder stands somewhere in the value, as a value or in a key: its template may write more fields than can be seen. */
export function mayHoldMore(value: unknown, depth = 0): boolean {
  if (isOpaque(value)) return true;
  if (typeof value !== 'object' || value === null || depth > 40) return false;
  if (missingKey(value)) return true;
  return Object.entries(value).some(([key, child]) => /\{\{|\$\{|<%|#@/.test(key) || mayHoldMore(child, depth + 1));
}

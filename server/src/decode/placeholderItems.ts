/** Lists of policies, in which a missing list and an empty one differ, and a placeholder may stand for an item or for the whole. */
import { isOpaque } from '../base/opaque';
import type { Path } from '../protocol/source';
import { Fields } from './fields';

/** The items of a list. `unknown` makes what stands for a placeholder, which may be anything. Undefined where no list stands. */
export function itemsOf<T>(fields: Fields, key: string, unknown: (path: Path) => T, decode: (item: Fields) => T): readonly T[] | undefined {
  const value = fields.raw(key);
  const path = [...fields.path, key];
  if (isOpaque(value)) return [unknown(path)];
  if (!Array.isArray(value)) return undefined;
  return value.map((item: unknown, position) => (isOpaque(item) ? unknown([...path, position]) : decode(new Fields(item, [...path, position]))));
}

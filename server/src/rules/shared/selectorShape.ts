/** Labels that stand directly in a label selector, where `matchLabels` was forgotten. */
import { editDistance } from '../../base/editDistance';
import { isOpaque } from '../../base/opaque';

/**
 * The keys that are most likely labels: all that a selector does not have, if each of them has a scalar value and none is a slip of a field.
 * Empty when there are none, or when one of them may be something else.
 */
export function misplacedLabels(selector: Readonly<Record<string, unknown>>): readonly string[] {
  const odd = Object.keys(selector).filter((key) => key !== 'matchLabels' && key !== 'matchExpressions');
  return odd.some((key) => isSlipOfField(key) || /[{<$#]/.test(key) || !isScalar(selector[key])) ? [] : odd;
}

function isSlipOfField(key: string): boolean {
  return ['matchlabels', 'matchexpressions'].some((field) => editDistance(key.toLowerCase().replace(/[-_]/g, ''), field, 3) <= 3);
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== 'object' || isOpaque(value);
}

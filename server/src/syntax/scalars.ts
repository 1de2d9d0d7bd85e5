/** Plain scalars as kubectl reads them, which no mode of a YAML library does. */
import { Opaque } from '../base/opaque';
import type { ScalarStyle, ScalarValue, YamlScalar } from './tree';

const words = new Map<string, boolean | null>([
  ['', null],
  ['~', null],
  ...['null', 'Null', 'NULL'].map((word): [string, null] => [word, null]),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word): [string, boolean] => [word, true]),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word): [string, boolean] => [word, false]),
]);

const decimalFloat = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const leadingDotFloat = /^\.[0-9]+([eE][-+]?[0-9]+)?$/;
const wholeNumber = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;

/**
 * The value of a plain scalar. Dates, `1:30` and `.inf`/`.nan` are text: kubectl keeps the first two as text and
 * refuses the others, which the reader of the field then does as well. Whole numbers that a double cannot hold
 * are `bigint`. Source: sigs.k8s.io/yaml, goyaml.v2/resolve.go.
 */
export function resolvePlain(text: string): string | number | bigint | boolean | null {
  if (text.length === 0) return null;
  const first = text.charCodeAt(0);
  // `0`-`9`, `+`, `-`, `.`: the only beginnings of a number.
  if ((first >= 48 && first <= 57) || first === 43 || first === 45) return resolveNumber(text);
  if (first === 46) return (/^\.[0-9]/.test(text) ? resolveFloat(text.replaceAll('_', ''), leadingDotFloat) : undefined) ?? text;
  if (text.length > 5) return text;
  const word = words.get(text);
  return word === undefined ? text : word;
}

function resolveNumber(text: string): string | number | bigint {
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  if (plain.length > 400) return text;
  const whole = wholeNumber.exec(plain);
  if (whole) return wholeValue(whole);
  return resolveFloat(plain, decimalFloat) ?? text;
}

function wholeValue(match: RegExpExecArray): number | bigint {
  const [, sign, hex, binary, octal, decimal] = match;
  const digits = hex !== undefined ? `0x${hex}` : binary !== undefined ? `0b${binary}` : octal !== undefined ? `0o${octal}` : (decimal ?? '0');
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) return sign === '-' ? -BigInt(digits) : BigInt(digits);
  return sign === '-' && value !== 0 ? -value : value;
}

function resolveFloat(text: string, shape: RegExp): number | undefined {
  if (!shape.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const placeholder = /\{\{|\$\{|<%|#@/;

/** True when the text holds what another tool fills in later; `$(NAME)` is Kubernetes' own and no placeholder. */
export function hasPlaceholder(text: string): boolean {
  return placeholder.test(text);
}

/** The value of a scalar from its decoded text. */
export function scalarValue(text: string, style: ScalarStyle): ScalarValue {
  if (hasPlaceholder(text)) return new Opaque(text);
  return style === 'plain' ? resolvePlain(text) : text;
}

/** A mapping key as kubectl makes JSON of it: `on` is `true`, `017` is `15`. Source: sigs.k8s.io/yaml, yaml.go. */
export function keyText(key: YamlScalar): string {
  const value = key.value;
  if (typeof value === 'string') return value;
  return value instanceof Opaque ? value.text : String(value);
}

/** A value that the text does not tell: a placeholder that another tool fills in later. */

/**
 * Equals nothing and differs from nothing. `text` is what stands in the file, placeholders included,
 * for the scanners that read what stands around them.
 */
export class Opaque {
  constructor(readonly text: string) {}
}

/** A value, or one that cannot be known from the text. */
export type Value<T> = T | Opaque;

export function isOpaque(value: unknown): value is Opaque {
  return value instanceof Opaque;
}

/** The value when it is known, else undefined. */
export function known<T>(value: Value<T> | undefined): T | undefined {
  return value instanceof Opaque ? undefined : value;
}

/** The text of a string that may hold placeholders. */
export function textOf(value: Value<string> | undefined): string | undefined {
  return value instanceof Opaque ? value.text : value;
}

/** The third answer. */
export type Ternary = 'yes' | 'no' | 'unknown';

/** On a plain mapping: the text that may add keys which are not written; every other key of it is opaque. */
export const moreKeys = Symbol('keys that the text does not tell');

/** What a mapping without a key may hold there: opaque when keys are missing from the text, else undefined. */
export function missingKey(mapping: object): Opaque | undefined {
  return (mapping as { readonly [moreKeys]?: Opaque })[moreKeys];
}

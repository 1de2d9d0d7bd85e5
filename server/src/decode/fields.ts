/** Reads plain values field by field without ever failing: a wrong type is as good as missing, and rules look at the raw value. */
import { isOpaque, missingKey, Opaque, type Value } from '../base/opaque';
import type { Labels, LabelSelector, SelectorRequirement } from '../model/labels';
import type { Path } from '../protocol/source';

type Plain = Readonly<Record<string, unknown>>;

export function isPlainObject(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Opaque);
}

/**
 * One mapping of a manifest and the path to it. Own keys only. Where a placeholder stands for the mapping, or a template may add keys to it,
 * every key that is not written is opaque: a scalar that cannot be known, a list with one item that cannot be known, and so on.
 */
export class Fields {
  readonly value: Plain;
  readonly present: boolean;
  /** A placeholder stands for the whole mapping. */
  readonly unknown: Opaque | undefined;

  constructor(
    value: unknown,
    readonly path: Path,
  ) {
    this.present = isPlainObject(value);
    this.value = isPlainObject(value) ? value : {};
    this.unknown = isOpaque(value) ? value : undefined;
  }

  raw(key: string): unknown {
    return Object.hasOwn(this.value, key) ? this.value[key] : (this.unknown ?? missingKey(this.value));
  }

  /** True when the key is written. */
  has(key: string): boolean {
    return Object.hasOwn(this.value, key);
  }

  string(key: string): Value<string> | undefined {
    return asString(this.raw(key));
  }

  /** The text of a string, placeholders included; undefined for anything else. */
  text(key: string): string | undefined {
    const value = this.string(key);
    return isOpaque(value) ? value.text : value;
  }

  integer(key: string): Value<number> | undefined {
    const value = this.raw(key);
    return isOpaque(value) || (typeof value === 'number' && Number.isInteger(value)) ? value : undefined;
  }

  /** An IntOrString. */
  numberOrName(key: string): Value<number | string> | undefined {
    return this.integer(key) ?? this.string(key);
  }

  boolean(key: string, otherwise = false): boolean {
    const value = this.raw(key);
    return typeof value === 'boolean' ? value : otherwise;
  }

  /** A nested mapping; an empty one when it is missing. */
  fields(...keys: readonly string[]): Fields {
    let value: unknown = this.unknown ?? this.value;
    for (const key of keys) {
      if (!isOpaque(value)) value = !isPlainObject(value) ? undefined : Object.hasOwn(value, key) ? value[key] : missingKey(value);
    }
    return new Fields(value, [...this.path, ...keys]);
  }

  /** The items of a list as mappings, every position kept: an item of another type is an empty mapping. */
  list(key: string): readonly Fields[] {
    const value = this.raw(key);
    if (isOpaque(value)) return [new Fields(value, [...this.path, key])];
    return Array.isArray(value) ? value.map((item, index) => new Fields(item, [...this.path, key, index])) : [];
  }

  /** The items of a list of strings, every position kept: an item of another type is an opaque one. */
  strings(key: string): readonly Value<string>[] {
    const value = this.raw(key);
    if (isOpaque(value)) return [value];
    return Array.isArray(value) ? value.map((item) => asString(item) ?? notText(item)) : [];
  }

  /** A map of strings. A value of another type counts as not known; `open` says that keys may be missing from the text. */
  map(key: string): { readonly entries: ReadonlyMap<string, Value<string>>; readonly open: boolean } {
    return asMap(this.raw(key));
  }

  labels(key: string): Labels {
    return this.map(key);
  }

  /** A LabelSelector; undefined when it is missing or null. */
  selector(key: string): LabelSelector | undefined {
    const value = this.raw(key);
    if (value === undefined || value === null) return undefined;
    if (!isPlainObject(value)) return { matchLabels: new Map(), matchExpressions: [], open: true };
    const fields = new Fields(value, [...this.path, key]);
    const { entries, open } = fields.map('matchLabels');
    const more = missingKey(value) !== undefined;
    const requirements = fields.raw('matchExpressions');
    const odd = Object.keys(value).some((name) => name !== 'matchLabels' && name !== 'matchExpressions');
    return {
      matchLabels: entries,
      matchExpressions: fields.list('matchExpressions').map(requirement),
      open: open || more || odd || (requirements !== undefined && requirements !== null && !Array.isArray(requirements)),
    };
  }
}

export function asString(value: unknown): Value<string> | undefined {
  return typeof value === 'string' || isOpaque(value) ? value : undefined;
}

/** Stands for a value where text should be: nobody can tell what was meant. */
function notText(item: unknown): Opaque {
  return new Opaque(typeof item === 'number' || typeof item === 'boolean' || typeof item === 'bigint' ? String(item) : '');
}

function asMap(value: unknown): { readonly entries: ReadonlyMap<string, Value<string>>; readonly open: boolean } {
  if (value === undefined || value === null) return { entries: new Map(), open: false };
  if (!isPlainObject(value)) return { entries: new Map(), open: true };
  const entries = new Map<string, Value<string>>();
  let open = missingKey(value) !== undefined;
  for (const [name, item] of Object.entries(value)) {
    if (/\{\{|\$\{|<%|#@/.test(name)) open = true;
    else entries.set(name, item === null ? '' : (asString(item) ?? notText(item)));
  }
  return { entries, open };
}

function requirement(fields: Fields): SelectorRequirement {
  return {
    key: fields.string('key') ?? new Opaque(''),
    operator: fields.string('operator') ?? new Opaque(''),
    values: fields.strings('values'),
  };
}

/** Walks a manifest beside the type of its kind. */
import { isOpaque } from '../../base/opaque';
import type { Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';
import { type FieldType, type ObjectType, objectTypeOf } from './apiFields';

type Mapping = Readonly<Record<string, unknown>>;

export interface WalkedObject {
  readonly path: Path;
  readonly type: ObjectType;
  readonly value: Mapping;
}

/** A value at a field, or an item of a list, whose type is known. */
export interface WalkedValue {
  readonly path: Path;
  readonly type: FieldType;
  readonly value: unknown;
}

export interface Walked {
  readonly objects: readonly WalkedObject[];
  readonly values: readonly WalkedValue[];
}

const nothing: Walked = { objects: [], values: [] };
/** Several rules ask of one resource after the other, so only the last answer is kept. */
let last: { readonly raw: unknown; readonly walked: Walked } = { raw: undefined, walked: nothing };

/** In the order of the text, parents first; nothing for kinds and versions that are not listed, and for patches. */
export function walkFields(resource: Resource): Walked {
  const type = resource.partial ? undefined : objectTypeOf(resource);
  if (!type) return nothing;
  if (last.raw !== resource.raw) last = { raw: resource.raw, walked: walk(resource.raw, type) };
  return last.walked;
}

function walk(raw: unknown, root: ObjectType): Walked {
  const objects: WalkedObject[] = [];
  const values: WalkedValue[] = [];
  const visit = (value: unknown, type: FieldType, path: Path): void => {
    values.push({ path, type, value });
    if (type.is === 'list' && Array.isArray(value)) value.forEach((item, index) => visit(item, type.of, [...path, index]));
    else if (type.is === 'object' && isMapping(value)) visitObject(value, type.object, path);
  };
  const visitObject = (value: Mapping, type: ObjectType, path: Path): void => {
    objects.push({ path, type, value });
    for (const key of Object.keys(value)) {
      const field = type.fields.get(key);
      if (field && field.is !== 'any') visit(value[key], field, [...path, key]);
    }
  };
  if (isMapping(raw)) visitObject(raw, root, []);
  return { objects, values };
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isOpaque(value);
}

/** A key that a template or another tool may make something else of. */
export function isOpaqueKey(key: string): boolean {
  return key === '' || /[{}<>$#%]|__|^x-/.test(key);
}

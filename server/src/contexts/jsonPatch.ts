/** JSON patches (RFC 6902) as Kustomize applies them. */
import { isMissing, plainOf, type At, copyOf, mapAt, scalarAt, type ValueNode } from './provenance';

/** One operation, as it is written; `value` keeps its place. */
export interface JsonOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: ValueNode;
  readonly at: At;
}

/** The operations of a patch; undefined when it is no list of operations. */
export function readOperations(patch: ValueNode): readonly JsonOperation[] | undefined {
  if (patch.type !== 'list') return undefined;
  const operations: JsonOperation[] = [];
  for (const item of patch.items) {
    if (item.type !== 'map') return undefined;
    const [op, path, from] = ['op', 'path', 'from'].map((name) => textAt(item.entries.get(name)));
    if (op === undefined || path === undefined) return undefined;
    const value = item.entries.get('value');
    operations.push({ op, path, at: item.at, ...(from === undefined ? {} : { from }), ...(value ? { value } : {}) });
  }
  return operations;
}

function textAt(node: ValueNode | undefined): string | undefined {
  return node?.type === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

/**
 * Applies the operations in order, in place, as far as they can be: one that fails ends the patch, where Kustomize gives up altogether.
 * As in the library that it uses, `replace` of a missing key adds it, and negative indices count from the end.
 * https://datatracker.ietf.org/doc/html/rfc6902, https://github.com/evanphx/json-patch/tree/v4.12.0
 */
export function applyJsonPatch(root: ValueNode, operations: readonly JsonOperation[]): ValueNode {
  const holder = { root };
  for (const operation of operations) if (!apply(holder, operation)) break;
  return holder.root;
}

interface Holder {
  root: ValueNode;
}

function apply(holder: Holder, { op, path, from, value, at }: JsonOperation): boolean {
  const given = value ? copyOf(value) : scalarAt(null, at);
  switch (op) {
    case 'add':
      return add(holder, path, given);
    case 'replace':
      return replace(holder, path, given);
    case 'remove':
      return remove(holder, path) !== undefined;
    case 'move': {
      const moved = from === undefined ? undefined : remove(holder, from);
      return moved !== undefined && add(holder, path, moved);
    }
    case 'copy': {
      const found = from === undefined ? undefined : get(holder.root, from);
      return found !== undefined && add(holder, path, copyOf(found));
    }
    case 'test': {
      const found = get(holder.root, path);
      if (found === undefined || isMissing(found)) return isMissing(given);
      return same(plainOf(found), plainOf(given));
    }
    default:
      return false;
  }
}

function stepsOf(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function get(root: ValueNode, pointer: string): ValueNode | undefined {
  const steps = stepsOf(pointer);
  if (!steps) return undefined;
  let node: ValueNode | undefined = root;
  for (const step of steps) {
    if (node?.type === 'map') node = node.entries.get(step);
    else if (node?.type === 'list') node = node.items[indexOf(step, node.items.length) ?? -1];
    else return undefined;
  }
  return node;
}

/** What holds the value that a pointer names, and its last step. */
function parentOf(root: ValueNode, pointer: string): { readonly parent: ValueNode; readonly key: string } | undefined {
  const slash = pointer.lastIndexOf('/');
  if (slash < 0) return undefined;
  const parent = get(root, pointer.slice(0, slash));
  const [key] = stepsOf(pointer.slice(slash)) ?? [];
  return parent && key !== undefined ? { parent, key } : undefined;
}

function indexOf(step: string, length: number): number | undefined {
  if (!/^-?\d{1,9}$/.test(step)) return undefined;
  const index = Number(step);
  return index < 0 ? index + length : index;
}

function add(holder: Holder, pointer: string, value: ValueNode): boolean {
  if (pointer === '') {
    holder.root = value;
    return true;
  }
  const place = parentOf(holder.root, pointer);
  if (!place) return false;
  const { parent, key } = place;
  if (parent.type === 'map') {
    parent.entries.set(key, value);
    return true;
  }
  if (parent.type !== 'list') return false;
  if (key === '-') {
    parent.items.push(value);
    return true;
  }
  // A negative index is one of the list as it will be.
  const index = indexOf(key, parent.items.length + 1);
  if (index === undefined || index < 0 || index > parent.items.length) return false;
  parent.items.splice(index, 0, value);
  return true;
}

function replace(holder: Holder, pointer: string, value: ValueNode): boolean {
  if (pointer === '') {
    holder.root = value;
    return true;
  }
  const place = parentOf(holder.root, pointer);
  if (!place) return false;
  const { parent, key } = place;
  if (parent.type === 'map') {
    parent.entries.set(key, value);
    return true;
  }
  if (parent.type !== 'list') return false;
  const index = indexOf(key, parent.items.length);
  if (index === undefined || index < 0 || index >= parent.items.length) return false;
  parent.items[index] = value;
  return true;
}

function remove(holder: Holder, pointer: string): ValueNode | undefined {
  if (pointer === '') {
    const { root } = holder;
    holder.root = mapAt(root.at);
    return root;
  }
  const place = parentOf(holder.root, pointer);
  if (!place) return undefined;
  const { parent, key } = place;
  if (parent.type === 'map') {
    const found = parent.entries.get(key);
    parent.entries.delete(key);
    return found;
  }
  if (parent.type !== 'list') return undefined;
  const index = indexOf(key, parent.items.length);
  if (index === undefined || index < 0 || index >= parent.items.length) return undefined;
  return parent.items.splice(index, 1)[0];
}

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]));
}

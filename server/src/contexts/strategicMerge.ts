/** Strategic merge patches as Kustomize applies them, which is not in every corner as the API server does. */
import type { MergedList, MergeSchema } from './kustomizeMergeKeys';
import { isMissing, type ListNode, type MapNode, scalarAt, scalarText, type ValueNode } from './provenance';

/**
 * The resource with the patch merged into it, in place; undefined when the patch deletes it. New items of a merged list go before the old ones.
 * `patch` is used up: what it adds becomes a part of the result.
 * https://github.com/kubernetes-sigs/kustomize/tree/master/kyaml/yaml/merge2 and .../walk
 */
export function strategicMerge(resource: ValueNode, patch: ValueNode, schema: MergeSchema | undefined): ValueNode | undefined {
  return merged(resource, patch, schema, undefined);
}

/** `list`: set when both are a list that is merged. */
function merged(
  before: ValueNode | undefined,
  patch: ValueNode | undefined,
  schema: MergeSchema | undefined,
  list: MergedList | undefined,
): ValueNode | undefined {
  const shape = [before, patch].find((node) => !isMissing(node))?.type;
  if (shape === 'list') {
    // Another shape under the same name is an error of Kustomize; the patch counts.
    if (before?.type === 'map' || patch?.type === 'map') return patch ?? before;
    return list ? mergedList(before, patch, list) : (patch ?? before);
  }
  if (shape === 'scalar') return patch ?? before;
  if (before?.type === 'list' || patch?.type === 'list') return patch ?? before;
  return mergedMap(before, patch, schema);
}

function mergedMap(before: ValueNode | undefined, patch: ValueNode | undefined, schema: MergeSchema | undefined): ValueNode | undefined {
  let into: ValueNode | undefined;
  if (isMissing(before)) {
    if (directiveOf(patch) === 'delete') return undefined;
    if (patch === undefined) return before;
    into = patch;
  } else {
    if (patch !== undefined && isMissing(patch)) return undefined;
    const directive = directiveOf(patch);
    if (directive === 'delete') return undefined;
    into = directive === 'replace' ? patch : before;
  }
  if (into?.type !== 'map') return into;
  const names = [...into.entries.keys(), ...(patch?.type === 'map' && patch !== into ? patch.entries.keys() : [])];
  for (const name of new Set(names)) {
    const written = into.entries.get(name);
    const said = patch?.type === 'map' ? patch.entries.get(name) : undefined;
    const [field, list] = [fieldOf(schema, name), listOf(schema, name)];
    // Of what the patch does not name only lists can change, those that are merged and hold one key twice.
    if (said === undefined && !field && !list) continue;
    const value = merged(written, said, field, list);
    // An explicit null stays where the patch is silent.
    if (value === undefined || (isMissing(value) && said !== undefined)) into.entries.delete(name);
    else into.entries.set(name, value);
  }
  return into;
}

function fieldOf(schema: MergeSchema | undefined, name: string): MergeSchema | undefined {
  const fields = schema?.fields;
  return fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function listOf(schema: MergeSchema | undefined, name: string): MergedList | undefined {
  const lists = schema?.lists;
  return lists && Object.hasOwn(lists, name) ? lists[name] : undefined;
}

function mergedList(before: ValueNode | undefined, patch: ValueNode | undefined, { keys, items }: MergedList): ValueNode | undefined {
  let into: ValueNode | undefined;
  if (isMissing(before)) into = patch;
  else {
    if (patch !== undefined && isMissing(patch)) return undefined;
    const directive = directiveOf(patch);
    if (directive === 'delete') return undefined;
    into = directive === 'replace' ? patch : before;
  }
  if (into?.type !== 'list') return into;
  const from = patch?.type === 'list' ? patch : undefined;
  if (keys.length === 0) mergePlainItems(into, from);
  else if (!mergeDistinctItems(into, from, keys, items) && into.items.length + (from?.items.length ?? 0) < mostItems) mergeItems(into, from, keys, items);
  return into;
}

/** Lists in which keys are missing or stand twice are merged as there, which takes a time that grows with the square of their length. */
const mostItems = 2000;

/** The usual case: every item is a mapping that has the first key, no other keys, and no key stands twice. False when it is not so. */
function mergeDistinctItems(into: ListNode, patch: ListNode | undefined, keys: readonly string[], schema: MergeSchema | undefined): boolean {
  const [key = '', ...others] = keys;
  const before = byKey(into, key, others);
  const said = patch && byKey(patch, key, others);
  if (!before || (patch && !said)) return false;
  const items: ValueNode[] = [];
  for (const [value, item] of said ?? []) {
    const written = before.get(value);
    const result = mergedItem(written, item, keys, schema);
    // An item that is replaced as a whole is one of the things that do not work there.
    if (result !== undefined && !isMissing(result) && !isEmptyMap(result)) items.push(written ?? result);
  }
  for (const [value, item] of before) {
    if (said?.has(value)) continue;
    merged(item, undefined, schema, undefined);
    items.push(item);
  }
  into.items = items;
  return true;
}

/** The keys that two items have in common stay where they stand: the patch names them only to say which item it means. */
function mergedItem(
  before: ValueNode | undefined,
  patch: ValueNode | undefined,
  keys: readonly string[],
  schema: MergeSchema | undefined,
): ValueNode | undefined {
  const own = keys.map((key) => (before?.type === 'map' ? before.entries.get(key) : undefined));
  const result = merged(before, patch, schema, undefined);
  if (result?.type === 'map' && result === before) {
    keys.forEach((key, place) => {
      const value = own[place];
      if (value && scalarText(value) === scalarText(result.entries.get(key))) result.entries.set(key, value);
    });
  }
  return result;
}

function byKey(list: ListNode, key: string, others: readonly string[]): ReadonlyMap<string, ValueNode> | undefined {
  const items = new Map<string, ValueNode>();
  for (const item of list.items) {
    const value = keyValue(item, key);
    if (item.type !== 'map' || value === '' || items.has(value) || others.some((other) => item.entries.has(other))) return undefined;
    items.set(value, item);
  }
  return items;
}

/** Names, addresses and the like: those of the patch first, each once. */
function mergePlainItems(into: ListNode, patch: ListNode | undefined): void {
  const seen = new Set<string>();
  into.items = [...(patch?.items ?? []), ...into.items].filter((item) => {
    const text = scalarText(item) ?? '';
    return item.type === 'scalar' && !seen.has(text) && seen.add(text);
  });
}

type Values = readonly string[];

function mergeItems(into: ListNode, patch: ListNode | undefined, keys: readonly string[], schema: MergeSchema | undefined): void {
  let values = distinct([...(patch && patch !== into ? patch.items : []), ...into.items].map((item) => keys.map((key) => keyValue(item, key))));
  if (keys.length > 1) values = completed(values);
  const added: ListNode = { type: 'list', at: into.at, items: [] };
  let usedKeys = keys;
  for (const one of values) {
    const used = usable(values, one, keys);
    usedKeys = used.keys;
    const find = usable([used.values], used.values, used.keys);
    const item = mergedItem(itemWith(into, find.keys, find.values), patch && itemWith(patch, find.keys, find.values), keys, schema);
    if (isMissing(item) || isEmptyMap(item)) {
      setItem(into, undefined, used.keys, used.values);
      continue;
    }
    if (item?.type === 'map') {
      used.keys.forEach((key, place) => {
        const value = used.values[place] ?? '';
        if (value !== '' && !item.entries.has(key)) item.entries.set(key, scalarAt(value, item.at));
      });
    }
    setItem(added, item, used.keys, used.values);
  }
  if (values.length > 0) appendItems(added, into, usedKeys);
  into.items = added.items;
}

function keyValue(item: ValueNode, key: string): string {
  return item.type === 'map' ? (scalarText(item.entries.get(key)) ?? '') : '';
}

function distinct(values: readonly Values[]): Values[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const text = JSON.stringify(value);
    return !seen.has(text) && seen.add(text);
  });
}

/** `[80, '']` and `[80, 'TCP']` are the same port: what one leaves out the other says. */
function completed(values: readonly Values[]): Values[] {
  // Quadratic, as there; nobody declares thousands of ports.
  const list = values.slice(0, 2000).map((value) => value);
  for (let i = 0; i < list.length; i++) {
    for (let j = 0; j < list.length; j++) {
      const both = joined(list[i] ?? [], list[j] ?? []);
      if (!both) continue;
      list[i] = both;
      list[j] = both;
    }
  }
  return [...list, ...values.slice(2000)];
}

function joined(a: Values, b: Values): Values | undefined {
  let common = false;
  const result: string[] = [];
  for (let place = 0; place < a.length; place++) {
    const [left = '', right = ''] = [a[place], b[place]];
    if (left === right) common = true;
    else if (left !== '' && right !== '') return undefined;
    result.push(left === '' ? right : left);
  }
  return common ? result : undefined;
}

/** Only keys that some item has; all of them where none has any. */
function usable(values: readonly Values[], one: Values, keys: readonly string[]): { readonly keys: readonly string[]; readonly values: Values } {
  const has = keys.map((_, place) => values.some((value) => (value[place] ?? '') !== ''));
  if (!has.includes(true)) return { keys, values: one };
  return { keys: keys.filter((_, place) => has[place]), values: one.filter((value, place) => value !== '' || has[place]) };
}

function hasField(item: ValueNode, key: string, value: string): boolean {
  if (item.type !== 'map') return false;
  const field = item.entries.get(key);
  return field !== undefined && (value === '' || scalarText(field) === value);
}

function itemWith(list: ListNode, keys: readonly string[], values: Values): ValueNode | undefined {
  return list.items.find((item) => keys.every((key, place) => hasField(item, key, values[place] ?? '')));
}

/** Replaces, appends or (without an item) removes; items without content go on the way. */
function setItem(list: ListNode, item: ValueNode | undefined, keys: readonly string[], values: Values): void {
  const next: ValueNode[] = [];
  let found = false;
  const ofMaps = (keys[0] ?? '') !== '' && (values[0] ?? '') !== '';
  for (const one of list.items) {
    if (isMissing(one) || isEmptyMap(one)) continue;
    if (one.type !== 'map' && ofMaps) {
      next.push(one);
      continue;
    }
    let matches = values.length > 0;
    // A key without a value is as good as the key before it.
    keys.forEach((key, place) => {
      if (matches && place < values.length) matches = hasField(one, key, values[place] ?? '');
    });
    if (!matches) {
      if (values.length > 0) next.push(one);
      continue;
    }
    found = true;
    if (item) next.push(item);
  }
  if (item && !found) next.push(item);
  list.items = next;
}

/** The items of `from` behind those of `into`, except those that `into` has already. */
function appendItems(into: ListNode, from: ListNode, keys: readonly string[]): void {
  for (const item of from.items) {
    const values: string[] = [];
    for (const key of keys) {
      const value = item.type === 'map' ? item.entries.get(key) : undefined;
      if (value === undefined) into.items = [...into.items, item];
      else values.push(scalarText(value) ?? '');
    }
    if (keys.length > 1) setItem(into, undefined, keys, values);
    setItem(into, item, keys, values);
  }
}

function isEmptyMap(node: ValueNode | undefined): boolean {
  return node?.type === 'map' && node.entries.size === 0;
}

const directiveKey = '$patch';

/** `$patch` of a mapping, or the item of a list that says nothing else; it is taken out. */
function directiveOf(patch: ValueNode | undefined): string | undefined {
  if (patch?.type === 'map') {
    const directive = scalarText(patch.entries.get(directiveKey));
    patch.entries.delete(directiveKey);
    return directive;
  }
  if (patch?.type !== 'list') return undefined;
  const item = patch.items.find((one): one is MapNode => one.type === 'map' && one.entries.has(directiveKey));
  if (!item || item.entries.size > 1) return undefined;
  const directive = scalarText(item.entries.get(directiveKey));
  patch.items = patch.items.filter((one) => one !== item);
  return directive;
}

/** A context divided into its namespaces, and renewed after an edit with what the edit did not touch. */
import type { Context } from '../model/context';
import type { Resource } from '../model/resources';
import type { Namespace } from './clusterIndex';
import { NamespaceShard } from './namespaceShard';

/** What is asked of an index while it is made, and of the one before it. */
export interface Divided {
  readonly context: Context;
  readonly shards: ReadonlyMap<Namespace, NamespaceShard>;
  namespaceOf(resource: Resource): Namespace;
}

/** One shard a namespace; those of `previous` whose members are the same are taken over. */
export function allShards(index: Divided, previous: Divided | undefined): ReadonlyMap<Namespace, NamespaceShard> {
  const grouped = new Map<Namespace, Resource[]>();
  for (const resource of index.context.members) {
    const namespace = index.namespaceOf(resource);
    const list = grouped.get(namespace);
    if (list) list.push(resource);
    else grouped.set(namespace, [resource]);
  }
  const shards = new Map<Namespace, NamespaceShard>();
  for (const [namespace, members] of grouped) {
    const before = previous?.shards.get(namespace);
    shards.set(namespace, before && sameItems(before.members, members) ? before : new NamespaceShard(namespace, members));
  }
  return shards;
}

/** After an edit that keeps every resource in its place and namespace, only the shards of the changed ones are made anew; else undefined. */
export function renewedShards(index: Divided, previous: Divided): ReadonlyMap<Namespace, NamespaceShard> | undefined {
  const [before, now] = [previous.context.members, index.context.members];
  if (before.length !== now.length || previous.context.namespace !== index.context.namespace) return undefined;
  const changed = new Map<Resource, Resource>();
  const touched = new Set<Namespace>();
  for (let place = 0; place < now.length; place++) {
    const [old, renewed] = [before[place], now[place]];
    if (old === renewed || !old || !renewed) continue;
    const namespace = index.namespaceOf(renewed);
    if (namespace !== previous.namespaceOf(old) || changed.has(old)) return undefined;
    changed.set(old, renewed);
    touched.add(namespace);
  }
  if (touched.size === 0) return previous.shards;
  const shards = new Map(previous.shards);
  for (const namespace of touched) {
    const members = previous.shards.get(namespace)?.members ?? [];
    shards.set(
      namespace,
      new NamespaceShard(
        namespace,
        members.map((member) => changed.get(member) ?? member),
      ),
    );
  }
  return shards;
}

export function sortedShards(shards: ReadonlyMap<Namespace, NamespaceShard>): readonly NamespaceShard[] {
  return [...shards.values()].sort((a, b) => compareNames(a.namespace, b.namespace));
}

export function sameKeys(a: ReadonlyMap<Namespace, unknown>, b: ReadonlyMap<Namespace, unknown>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const key of a.keys()) if (!b.has(key)) return false;
  return true;
}

export function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a === b || (a.length === b.length && a.every((item, index) => item === b[index]));
}

export function compareNames(a: Namespace, b: Namespace): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return a < b ? -1 : 1;
}

/** A map from one key to many values, in the order in which they came. */

export class Multimap<K, V> {
  private readonly map = new Map<K, V[]>();
  add(key: K, value: V): void {
    const list = this.map.get(key);
    if (list) list.push(value);
    else this.map.set(key, [value]);
  }
  get(key: K): readonly V[] {
    return this.map.get(key) ?? [];
  }
  has(key: K): boolean {
    return this.map.has(key);
  }
  keys(): IterableIterator<K> {
    return this.map.keys();
  }
  entries(): IterableIterator<[K, readonly V[]]> {
    return this.map.entries();
  }
  get size(): number {
    return this.map.size;
  }
}

/** Which keys a mapping already has. */
import type { YamlScalar } from './tree';

/** A list while they are few, as nearly always. */
export class KeySet {
  private readonly names: string[] = [];
  private readonly keys: YamlScalar[] = [];
  private index: Map<string, YamlScalar> | undefined;

  /** The key that already had this name, if any. */
  add(name: string, key: YamlScalar): YamlScalar | undefined {
    if (this.index) {
      const known = this.index.get(name);
      if (!known) this.index.set(name, key);
      return known;
    }
    const known = this.names.indexOf(name);
    if (known >= 0) return this.keys[known];
    this.names.push(name);
    this.keys.push(key);
    if (this.names.length > 16) this.index = new Map(this.names.map((each, position) => [each, this.keys[position] ?? key]));
    return undefined;
  }
}

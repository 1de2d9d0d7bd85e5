/** Many names, asked for one of which another is a slip; most are told apart by their letters alone. */
import { editDistance } from '../base/editDistance';

/**
 * Is `b` most likely a slip of `a`? A distance of at most 2 and a third of the length, or equal but for case or `-_.`.
 * Names that differ only in their digits are two things.
 */
export function isSlip(a: string, b: string): boolean {
  if (a === b) return false;
  if (digitless(a) === digitless(b)) return false;
  if (folded(a) === folded(b)) return true;
  const limit = limitOf(a.length, b.length);
  return limit > 0 && editDistance(a, b, limit) <= limit;
}

/** Immutable; each name once, in the order given. */
export class NearNames {
  private readonly names: readonly string[];
  /** A bit for each letter that a name holds: one edit changes two of them at most. */
  private readonly letters: Int32Array;
  private readonly byFolded = new Map<string, number[]>();
  /** The same number for names that differ only in their digits. */
  private readonly families: Int32Array;
  private readonly familyOf = new Map<string, number>();

  constructor(names: Iterable<string>) {
    this.names = [...new Set(names)];
    this.letters = Int32Array.from(this.names, lettersOf);
    this.families = Int32Array.from(this.names, (name) => {
      const family = digitless(name);
      let number = this.familyOf.get(family);
      if (number === undefined) this.familyOf.set(family, (number = this.familyOf.size));
      return number;
    });
    this.names.forEach((name, index) => {
      const key = folded(name);
      const list = this.byFolded.get(key);
      if (list) list.push(index);
      else this.byFolded.set(key, [index]);
    });
  }

  /** The names that are slips of `name`, in order. */
  near(name: string): readonly string[] {
    const own = lettersOf(name);
    const family = this.familyOf.get(digitless(name)) ?? -1;
    const found = new Set(this.byFolded.get(folded(name)) ?? []);
    for (let index = 0; index < this.names.length; index++) {
      if (this.families[index] === family) continue;
      const other = this.names[index] ?? '';
      const limit = limitOf(name.length, other.length);
      if (Math.abs(name.length - other.length) > limit || bitsOf(own ^ (this.letters[index] ?? 0)) > 2 * limit) continue;
      found.add(index);
    }
    return [...found]
      .sort((a, b) => a - b)
      .flatMap((index) => this.names[index] ?? [])
      .filter((other) => isSlip(name, other));
  }
}

function limitOf(a: number, b: number): number {
  return Math.min(2, Math.floor(Math.max(a, b) / 3));
}

function digitless(text: string): string {
  return text.replace(/\d+/g, '0');
}

function folded(text: string): string {
  return text.toLowerCase().replace(/[-_.]/g, '');
}

function lettersOf(name: string): number {
  let bits = 0;
  for (let at = 0; at < name.length; at++) bits |= 1 << (name.charCodeAt(at) & 31);
  return bits;
}

/** How many bits are set. */
function bitsOf(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

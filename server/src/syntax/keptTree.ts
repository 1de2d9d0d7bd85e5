/** The tree of a document: let go when it has not been asked for lately, and made again from the text when it is. */
import type { TextRange } from '../base/problem';
import type { YamlNode } from './tree';

/** A tree takes some ten times the memory of its text, and after decoding only places in text are asked of it. */
const mostKept = 256;
const recent: (KeptTree | undefined)[] = new Array<KeptTree | undefined>(mostKept);
let next = 0;

export class KeptTree {
  #root: YamlNode | null | undefined;
  #range: TextRange | null | undefined;
  readonly #make: () => YamlNode | null;

  /** `root`: undefined once it was let go. `make` gives the same tree again. */
  constructor(root: YamlNode | null | undefined, make: () => YamlNode | null) {
    this.#root = root;
    this.#range = rangeOf(root);
    this.#make = make;
  }

  /** Where the root stands, which is still known when the tree was let go; null where there is no root. */
  get range(): TextRange | null {
    if (this.#range === undefined) this.get();
    return this.#range ?? null;
  }

  get(): YamlNode | null {
    if (this.#root !== undefined) return this.#root;
    this.#root = this.#make();
    this.#range = rangeOf(this.#root);
    this.settle();
    return this.#root;
  }

  /** From now on the tree is kept only as one of those that were asked for last. */
  settle(): void {
    const oldest = recent[next];
    if (oldest !== this) oldest?.letGo();
    recent[next] = this;
    next = (next + 1) % mostKept;
  }

  private letGo(): void {
    this.#root = undefined;
  }
}

function rangeOf(root: YamlNode | null | undefined): TextRange | null | undefined {
  return root ? { start: root.start, end: root.end } : root;
}

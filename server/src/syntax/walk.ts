/** Steps along a path through a tree. */
import type { TextRange } from '../base/problem';
import type { Path, PathSegment } from '../protocol/source';
import { keyText } from './scalars';
import type { YamlDocument, YamlNode, YamlPair } from './tree';

/** Where a path led. Offsets count from the start of the document. */
export interface Place {
  readonly node: YamlNode | null;
  /** The entry of a mapping whose value this is. */
  readonly pair?: YamlPair;
  readonly parent: YamlNode | null;
  /** Where the alias or merge key stands through which the path led, the outermost if several. */
  readonly through?: TextRange;
  /** How many steps of the path could be taken. */
  readonly steps: number;
}

/** Follows a path as far as it goes: `steps` tells how far that is. */
export function follow(document: YamlDocument, path: Path): Place {
  let place: Place = { node: document.root, parent: null, steps: 0 };
  for (const segment of path) {
    const next = step(place, segment);
    if (!next) return place;
    place = next;
  }
  return place;
}

function step(from: Place, segment: PathSegment): Place | undefined {
  const node = from.node;
  if (!node || node.type === 'scalar') return undefined;
  const outer = from.through ?? (node.alias ? { start: node.start, end: node.end } : undefined);
  if (node.type === 'sequence') {
    if (typeof segment !== 'number') return undefined;
    const item = node.items[segment];
    return item === undefined ? undefined : place(item, undefined, node, outer, from.steps + 1);
  }
  const pair = entry(node, String(segment));
  if (!pair) return undefined;
  const merged = pair.key.alias ? { start: pair.key.start, end: pair.key.end } : undefined;
  return place(pair.value, pair, node, outer ?? merged, from.steps + 1);
}

function place(node: YamlNode | null, pair: YamlPair | undefined, parent: YamlNode, through: TextRange | undefined, steps: number): Place {
  return { node, parent, steps, ...(pair ? { pair } : {}), ...(through ? { through } : {}) };
}

/** The entry of a mapping by its key as kubectl reads it; of two the last, which is the one that counts. */
export function entry(node: YamlNode, key: string): YamlPair | undefined {
  if (node.type !== 'mapping') return undefined;
  for (let index = node.pairs.length - 1; index >= 0; index--) {
    const pair = node.pairs[index];
    if (pair && keyText(pair.key) === key) return pair;
  }
  return undefined;
}

/** The node at a path, or undefined when the path does not lead there; null for a missing value. */
export function nodeAt(document: YamlDocument, path: Path): YamlNode | null | undefined {
  const found = follow(document, path);
  return found.steps === path.length ? found.node : undefined;
}

/** The tree of a masked template, told what the actions mean: placeholders and what stands under control flow are opaque, and what lines add is open. */
import { Opaque } from '../base/opaque';
import { type ControlRegion, hasMask, type Insertion, isPlaceholder, unmask } from './maskTemplate';
import { keyText } from './scalars';
import type { TemplateAction } from './templateActions';
import type { YamlMapping, YamlNode, YamlPair, YamlScalar, YamlSequence } from './tree';

/** One document of a template; all offsets count from its start. */
export interface TemplateText {
  readonly text: string;
  readonly masked: string;
  readonly actions: readonly TemplateAction[];
  readonly regions: readonly ControlRegion[];
  readonly insertions: readonly Insertion[];
}

/** `root`: of the masked text. `ok`: false where that could not be read to its end; then every collection may hold more than was read. */
export function templateTree(root: YamlNode | null, part: TemplateText, ok: boolean): YamlNode | null {
  if (!root) return null;
  const reader = new TemplateReader(part, ok);
  return reader.node(root, reader.startOfWhole(root), part.insertions, 0);
}

/** True when one `if`, `range` or `with` holds the whole document. */
export function isWholly(root: YamlNode | null, regions: readonly ControlRegion[]): boolean {
  return root !== null && regions.some(({ start, end }) => start <= root.start && end >= root.end);
}

/** Stands for more than one line of a template. */
const unread = new Opaque('{{ … }}');
/** Levels of control flow that are looked through before an offset counts as inside. */
const deepest = 1000;

class TemplateReader {
  constructor(
    private readonly part: TemplateText,
    private readonly ok: boolean,
  ) {}

  /** Where the innermost region begins that holds the whole root: it decides whether the document is there, not what is in it. */
  startOfWhole(root: YamlNode): number {
    return this.part.regions.reduce(
      (start, region) => (region.start <= root.start && region.end >= root.end ? Math.max(start, region.start) : start),
      -Infinity,
    );
  }

  /** `from`: control flow that begins behind it decides over parts of the node. `insertions`: lines that are written somewhere in the node. */
  node(node: YamlNode, from: number, insertions: readonly Insertion[], depth: number): YamlNode {
    if (node.type === 'scalar') return this.scalar(node, insertions);
    return node.type === 'mapping' ? this.mapping(node, from, insertions, depth) : this.sequence(node, from, insertions, depth);
  }

  private scalar(node: YamlScalar, insertions: readonly Insertion[]): YamlScalar {
    const inside = this.actionsIn(node.start, node.end);
    if (node.style === 'literal' || node.style === 'folded') {
      const text = inside.length > 0 || insertions.length > 0 ? this.blockText(node, insertions) : undefined;
      return text === undefined ? node : { ...node, value: new Opaque(text) };
    }
    if (insertions.length > 0) return { ...node, value: new Opaque(insertions[0]?.text ?? '') };
    if (typeof node.value !== 'string' || !hasMask(node.value)) return node;
    const written = inside.filter((action) => isPlaceholder(this.part.masked, action)).map(({ start, end }) => this.part.text.slice(start, end));
    return { ...node, value: new Opaque(unmask(node.value, written)) };
  }

  /** The text of a block scalar as the template has it, up to the last line that is written into it. */
  private blockText(node: YamlScalar, insertions: readonly Insertion[]): string {
    const { text } = this.part;
    const header = text.indexOf('\n', node.start);
    const last = insertions.at(-1);
    const lines = header < 0 ? [] : text.slice(header + 1, Math.max(node.end, last ? last.start + last.text.length : 0)).split(/\r?\n/);
    const indent = /^ */.exec(lines.find((line) => line.trim() !== '') ?? '')?.[0].length ?? 0;
    return lines.map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length))).join('\n');
  }

  private mapping(node: YamlMapping, from: number, insertions: readonly Insertion[], depth: number): YamlMapping {
    const isRoot = depth === 0;
    let open = this.ok ? node.open : unread.text;
    const column = this.columnOf(node.start);
    const own = node.pairs.filter((pair) => pair.key.alias !== true);
    const starts = own.map(({ key }) => key);
    const inner = new Map<YamlPair, Insertion[]>();
    for (const insertion of insertions) {
      const before = node.flow ? undefined : own[lastAtOrBefore(starts, insertion.start)];
      // A list may stand at the column of its key.
      const isEither = insertion.column === column && before !== undefined && isListOrNothing(before.value, this.columnOf.bind(this), column);
      if (before && (insertion.column > column || isEither)) push(inner, before, insertion);
      if (!before || insertion.column <= column) open = insertion.text;
    }
    const counts = new Map<string, number>();
    for (const { key } of node.pairs) counts.set(keyText(key), (counts.get(keyText(key)) ?? 0) + 1);
    const met = new Set<string>();
    const pairs: YamlPair[] = [];
    for (const pair of node.pairs) {
      const key = this.scalar(pair.key, []);
      const name = keyText(pair.key);
      if (key.value instanceof Opaque) open = key.value.text;
      const value = this.value(pair, from, inner.get(pair) ?? [], depth);
      // What kind of object it is holds in every branch, as far as names and ports go.
      const isHeader = isRoot && (name === 'apiVersion' || name === 'kind');
      if (isHeader && met.has(name)) continue;
      met.add(name);
      const isUndecided = !isHeader && ((counts.get(name) ?? 0) > 1 || this.isConditional(pair.key.start, from));
      pairs.push({ key, value: isUndecided ? this.opaque(value ?? pair.key) : value });
    }
    return { ...node, pairs, ...(open === undefined ? {} : { open }) };
  }

  private value({ key, value }: YamlPair, from: number, insertions: readonly Insertion[], depth: number): YamlNode | null {
    const [first] = insertions;
    if (value === null)
      return first ? { type: 'scalar', style: 'plain', start: first.start, end: first.start + first.text.length, value: new Opaque(first.text) } : null;
    // A value from a merge key stands elsewhere.
    return this.node(value, key.alias === true || value.alias === true ? from : key.start, insertions, depth + 1);
  }

  private sequence(node: YamlSequence, from: number, insertions: readonly Insertion[], depth: number): YamlSequence {
    const dash = node.flow ? -1 : this.columnOf(node.start);
    const starts = node.items.map((item) => item ?? { start: node.start });
    const inner = new Map<number, Insertion[]>();
    const added: Insertion[] = [];
    for (const insertion of insertions) {
      const before = node.flow || insertion.column <= dash ? -1 : lastAtOrBefore(starts, insertion.start);
      if (before < 0) added.push(insertion);
      else push(inner, before, insertion);
    }
    const items: (YamlNode | null)[] = node.items.map((item, index) => {
      if (item === null) return null;
      const read = this.node(item, item.alias === true ? from : item.start, inner.get(index) ?? [], depth + 1);
      return this.isConditional(item.start, from) ? this.opaque(read) : read;
    });
    for (const { start, text } of added) items.push({ type: 'scalar', style: 'plain', start, end: start + text.length, value: new Opaque(text) });
    if (!this.ok) items.push({ type: 'scalar', style: 'plain', start: node.end, end: node.end, value: unread });
    return { ...node, items };
  }

  /** The place stays, what stands there is not known. */
  private opaque(node: YamlNode): YamlScalar {
    const text = node.type !== 'scalar' ? unread.text : node.value instanceof Opaque ? node.value.text : this.part.text.slice(node.start, node.end);
    const alias = node.alias === true ? { alias: true } : {};
    return { type: 'scalar', style: 'plain', start: node.start, end: node.end, value: new Opaque(text), ...alias };
  }

  /** True when control flow that begins behind `from` decides whether what starts at `at` is written. */
  private isConditional(at: number, from: number): boolean {
    const { regions } = this.part;
    let place = lastAtOrBefore(regions, at);
    for (let steps = 0; place >= 0; steps++) {
      const region = regions[place];
      if (!region) return false;
      if (steps > deepest || at < region.end) return region.start > from;
      place = region.parent;
    }
    return false;
  }

  private actionsIn(start: number, end: number): readonly TemplateAction[] {
    const { actions } = this.part;
    const found: TemplateAction[] = [];
    for (let index = lastAtOrBefore(actions, start - 1) + 1; index < actions.length; index++) {
      const action = actions[index];
      if (!action || action.start >= end) break;
      found.push(action);
    }
    return found;
  }

  private columnOf(at: number): number {
    return at - (this.part.masked.lastIndexOf('\n', at - 1) + 1);
  }
}

/** True where lines at `column` may be items of the value: it is a list there, or there is nothing yet. */
function isListOrNothing(value: YamlNode | null, columnOf: (at: number) => number, column: number): boolean {
  return value === null || (value.type === 'sequence' && !value.flow && columnOf(value.start) === column);
}

/** Of a list sorted by start the last that begins at or before `at`; -1 when none does. */
export function lastAtOrBefore(list: readonly { readonly start: number }[], at: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.start ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

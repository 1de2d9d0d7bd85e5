/** The library's concrete syntax → our own tree, for the YAML that people mostly write; a third faster than by way of the library's nodes. */
import { Opaque } from '../base/opaque';
import type { Problem } from '../base/problem';
import { KeySet } from './keySet';
import { hasPlaceholder, keyText, resolvePlain } from './scalars';
import { colonAfter, duplicateKey, trimmedEnd } from './treeParts';
import type { ScalarStyle, YamlMapping, YamlNode, YamlPair, YamlScalar, YamlSequence } from './tree';
import {
  type BlockMap,
  type BlockSequence,
  type FlowCollection,
  parseTokens,
  resolveScalar,
  type ScalarToken,
  type SourceToken,
  type Token,
} from './yamlLibrary';

export interface TokenTree {
  readonly root: YamlNode;
  /** Keys that stand twice; offsets from the start of the text. */
  readonly problems: readonly Problem[];
}

/**
 * The tree of one document, the same that `TreeBuilder` makes of it. Undefined where the text holds anything that is
 * not plain mappings, lists and scalars (anchors, aliases, tags, merge keys, explicit keys, tabs, mistakes): those have one reader only.
 */
export function tokenTree(text: string): TokenTree | undefined {
  const placeholders = hasPlaceholder(text);
  if (placeholders && text.includes('#@')) return undefined;
  let value: Token | undefined;
  for (const token of parseTokens(text)) {
    if (token.type !== 'document') {
      if (token.type === 'comment' || token.type === 'newline' || token.type === 'space') continue;
      return undefined;
    }
    if (value || !token.value || !isSpace(token.start) || !isSpace(token.end)) return undefined;
    value = token.value;
  }
  if (value?.type !== 'block-map' && value?.type !== 'block-seq' && value?.type !== 'flow-collection') return undefined;
  const reader = new TokenReader(text, placeholders);
  const root = reader.node(value);
  return root && !reader.unusual ? { root, problems: reader.problems } : undefined;
}

class TokenReader {
  readonly problems: Problem[] = [];
  /** Something was met that is left to the other reader; what is returned from then on does not count. */
  unusual = false;

  constructor(
    private readonly text: string,
    private readonly placeholders: boolean,
  ) {}

  node(token: Token): YamlNode | null {
    switch (token.type) {
      case 'scalar':
      case 'single-quoted-scalar':
      case 'double-quoted-scalar':
      case 'block-scalar':
        return this.scalar(token);
      case 'block-map':
        return this.blockMap(token);
      case 'block-seq':
        return this.blockSequence(token);
      case 'flow-collection':
        return token.start.source === '{' ? this.flowMap(token) : this.flowSequence(token);
      default:
        return this.giveUp();
    }
  }

  private blockMap(token: BlockMap): YamlNode | null {
    const pairs: YamlPair[] = [];
    const names = new KeySet();
    let end = token.offset;
    for (const item of token.items) {
      if (!isSpace(item.start) || item.explicitKey) return this.giveUp();
      if (!item.key || !item.sep) {
        if (item.key || item.sep) return this.giveUp();
        continue;
      }
      const key = this.key(item.key, token.indent);
      const newline = key && separatorOf(item.sep, key);
      if (!key || newline === undefined) return this.giveUp();
      const value = item.value ? this.node(item.value) : null;
      if ((item.value?.type === 'block-map' || item.value?.type === 'block-seq') && !newline) return this.giveUp();
      if (this.unusual) return null;
      this.add(key, value, names, pairs);
      end = value ? value.end : key.end;
    }
    return { type: 'mapping', flow: false, start: token.offset, end: Math.max(end, colonAfter(this.text, end)), pairs } satisfies YamlMapping;
  }

  private blockSequence(token: BlockSequence): YamlNode | null {
    const items: YamlNode[] = [];
    for (const item of token.items) {
      const dashes = count(item.start, 'seq-item-ind');
      if (dashes === 0 && !item.value && isSpace(item.start)) continue;
      // An item without a value has a place of its own, which only the library's nodes tell.
      const node = dashes === 1 && item.value ? this.node(item.value) : null;
      if (!node || this.unusual) return this.giveUp();
      items.push(node);
    }
    return { type: 'sequence', flow: false, start: token.offset, end: items.at(-1)?.end ?? token.offset, items } satisfies YamlSequence;
  }

  private flowMap(token: FlowCollection): YamlNode | null {
    // An unquoted `{{ … }}` reads as a mapping whose key is a mapping.
    if (this.placeholders && this.text.startsWith('{{', token.offset)) return this.giveUp();
    const end = flowEnd(token, '}');
    if (end === undefined) return this.giveUp();
    const pairs: YamlPair[] = [];
    const names = new KeySet();
    for (const [index, item] of token.items.entries()) {
      if (!hasCommas(item.start, index) || !item.key || !item.sep) return this.giveUp();
      const key = this.key(item.key);
      if (!key || separatorOf(item.sep, key) === undefined) return this.giveUp();
      const value = item.value ? this.inFlow(item.value) : null;
      if (this.unusual) return null;
      this.add(key, value, names, pairs);
    }
    return { type: 'mapping', flow: true, start: token.offset, end, pairs };
  }

  private flowSequence(token: FlowCollection): YamlNode | null {
    const end = flowEnd(token, ']');
    if (end === undefined) return this.giveUp();
    const items: YamlNode[] = [];
    for (const [index, item] of token.items.entries()) {
      const node = hasCommas(item.start, index) && !item.key && !item.sep && item.value ? this.inFlow(item.value) : null;
      if (!node || this.unusual) return this.giveUp();
      items.push(node);
    }
    return { type: 'sequence', flow: true, start: token.offset, end, items };
  }

  /** Block collections inside of flow collections are a mistake. */
  private inFlow(token: Token): YamlNode | null {
    return token.type === 'block-map' || token.type === 'block-seq' ? this.giveUp() : this.node(token);
  }

  /** `indent`: the column at which all keys of a block mapping stand. */
  private key(token: Token, indent?: number): YamlScalar | null {
    if (token.type !== 'scalar' && token.type !== 'single-quoted-scalar' && token.type !== 'double-quoted-scalar') return this.giveUp();
    if ((indent !== undefined && token.indent !== indent) || token.source === '' || token.source.includes('\n')) return this.giveUp();
    const key = this.scalar(token);
    // Merge keys and keys that mean null are left to the other reader.
    return key && key.value !== null && key.value !== '<<' ? key : this.giveUp();
  }

  private scalar(token: ScalarToken): YamlScalar | null {
    if (token.type === 'block-scalar' ? token.props.some((prop) => !blockProps.has(prop.type)) : !isSpace(token.end)) return this.giveUp();
    const style = styles[token.type];
    if (style === 'plain' && !/^[\t,%|>@`]|\n/.test(token.source)) {
      if (token.source === '') return null;
      return { type: 'scalar', style, start: token.offset, end: token.offset + token.source.length, value: this.value(token.source, style) };
    }
    const resolved = resolveScalar(token);
    if (!resolved) return this.giveUp();
    const { value, start } = resolved;
    if (style === undefined) {
      const header = token.type === 'block-scalar' ? token.props.find((prop) => prop.type === 'block-scalar-header') : undefined;
      const folded = header && 'source' in header && header.source.startsWith('>');
      const end = trimmedEnd(this.text, start, resolved.end);
      return { type: 'scalar', style: folded ? 'folded' : 'literal', start, end, value: this.value(value, 'literal') };
    }
    return { type: 'scalar', style, start, end: resolved.end, value: this.value(value, style) };
  }

  private value(text: string, style: ScalarStyle): YamlScalar['value'] {
    if (this.placeholders && hasPlaceholder(text)) return new Opaque(text);
    return style === 'plain' ? resolvePlain(text) : text;
  }

  private add(key: YamlScalar, value: YamlNode | null, names: KeySet, pairs: YamlPair[]): void {
    const first = names.add(keyText(key), key);
    if (first) this.problems.push(duplicateKey(first, key));
    pairs.push({ key, value });
  }

  private giveUp(): null {
    this.unusual = true;
    return null;
  }
}

const styles: Readonly<Record<ScalarToken['type'], ScalarStyle | undefined>> = {
  alias: undefined,
  scalar: 'plain',
  'single-quoted-scalar': 'single',
  'double-quoted-scalar': 'double',
  'block-scalar': undefined,
};

const blockProps: ReadonlySet<string> = new Set(['space', 'comment', 'newline', 'block-scalar-header']);

/** White space and comments alone. Tabs may be indentation, which the other reader judges. */
function isSpace(tokens: readonly SourceToken[] | undefined): boolean {
  return !tokens || tokens.every(isSpaceToken);
}

function isSpaceToken(token: SourceToken): boolean {
  return token.type === 'newline' || token.type === 'comment' || (token.type === 'space' && !token.source.includes('\t'));
}

/** How many of one indicator stand among white space; -1 when anything else does. */
function count(tokens: readonly SourceToken[], indicator: SourceToken['type']): number {
  let found = 0;
  for (const token of tokens) {
    if (token.type === indicator) found++;
    else if (!isSpaceToken(token)) return -1;
  }
  return found;
}

/** What stands between key and value: whether a line break does; undefined unless it is one colon near the key. */
function separatorOf(tokens: readonly SourceToken[], key: YamlScalar): boolean | undefined {
  if (count(tokens, 'map-value-ind') !== 1) return undefined;
  const colon = tokens.find((token) => token.type === 'map-value-ind');
  // YAML lets an implicit key be 1,024 characters long.
  if (!colon || colon.offset - key.start > 1000) return undefined;
  return tokens.some((token) => token.type === 'newline');
}

/** Commas between the items of a flow collection, none before the first. */
function hasCommas(start: readonly SourceToken[], index: number): boolean {
  return count(start, 'comma') === (index === 0 ? 0 : 1);
}

function flowEnd(token: FlowCollection, bracket: string): number | undefined {
  const [last, ...rest] = token.end;
  return last?.source === bracket && isSpace(rest) ? last.offset + 1 : undefined;
}

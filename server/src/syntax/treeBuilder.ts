/** The library's nodes → our own tree: anchors and merge keys followed, what is wrong made problems. */
import { Opaque } from '../base/opaque';
import type { Problem } from '../base/problem';
import { KeySet } from './keySet';
import { deepestNesting } from './nesting';
import { decodeFlow } from './scalarSource';
import { hasPlaceholder, keyText, resolvePlain } from './scalars';
import { colonAfter, duplicateKey, trimmedEnd } from './treeParts';
import type { ScalarStyle, ScalarValue, YamlMapping, YamlNode, YamlPair, YamlScalar } from './tree';
import { type Document, isAlias, isCollection, isMap, Scalar, type YAMLMap, type YAMLSeq } from './yamlLibrary';

interface Anchor {
  readonly node: YamlNode | null;
  /** Nodes and levels that an alias adds to the whole. */
  readonly size: number;
  readonly height: number;
}

/** Nodes that aliases and merge keys may add to a document; beyond it is an attack. */
const mostAdded = 200_000;

export class TreeBuilder {
  readonly problems: Problem[] = [];
  failed = false;
  private readonly anchors = new Map<string, Anchor>();
  private readonly placeholders: boolean;
  private readonly comments: boolean;
  /** Nodes so far, those behind aliases included. */
  private nodes = 0;
  private added = 0;
  private height = 0;

  /** `relaxed`: the parser saw spaces for line breaks, so quoted text over several lines is decoded here. */
  constructor(
    private readonly text: string,
    private readonly relaxed = false,
  ) {
    this.placeholders = hasPlaceholder(text);
    this.comments = this.placeholders && text.includes('#@');
  }

  fail(start: number, end: number, reason: string): void {
    this.failed = true;
    this.problems.push({ code: 'yaml-parse', document: 0, at: { start, end }, message: 'syntax', data: { reason } });
  }

  document(parsed: Document.Parsed): YamlNode | null {
    const error = parsed.errors.find((candidate) => !isLenient(candidate));
    if (error) {
      const start = Math.min(error.pos[0], this.text.length);
      this.fail(start, Math.min(Math.max(error.pos[1], start), this.text.length), error.message);
    }
    return this.node(parsed.contents, 0);
  }

  private node(source: unknown, depth: number): YamlNode | null {
    this.nodes++;
    if (depth > deepestNesting) {
      if (!this.failed) this.fail(0, 1, `more than ${deepestNesting} collections stand in one another`);
      return null;
    }
    if (source instanceof Scalar) {
      const scalar = this.scalar(source);
      if (source.anchor !== undefined) this.anchors.set(source.anchor, { node: scalar, size: 1, height: 0 });
      this.height = 0;
      return scalar;
    }
    if (isAlias(source)) {
      const [start, end] = source.range ?? [0, 0];
      return this.alias(source.source, start, end, depth);
    }
    if (!isCollection(source)) return null;
    const before = this.nodes;
    const node = isMap(source) ? this.mapping(source, depth) : this.sequence(source, depth);
    if (source.anchor !== undefined) this.anchors.set(source.anchor, { node, size: this.nodes - before + 1, height: this.height });
    return node;
  }

  private scalar(source: Scalar): YamlScalar | null {
    const [start, valueEnd] = source.range ?? [0, 0];
    const style = styles[source.type ?? 'PLAIN'] ?? 'plain';
    const text = this.relaxed ? this.decoded(source, style, start, valueEnd) : (source.source ?? '');
    if (style === 'plain' && text === '' && source.tag === undefined) return this.comments ? this.commentValue(start) : null;
    const end = style === 'literal' || style === 'folded' ? trimmedEnd(this.text, start, valueEnd) : valueEnd;
    return { type: 'scalar', style, start, end, value: this.value(text, style, source.tag) };
  }

  private decoded(source: Scalar, style: ScalarStyle, start: number, end: number): string {
    const written = this.text.slice(start, end);
    return style === 'literal' || style === 'folded' || !/\n|\\'/.test(written) ? (source.source ?? '') : decodeFlow(written, style);
  }

  private value(text: string, style: ScalarStyle, tag: string | undefined): ScalarValue {
    if (this.placeholders && hasPlaceholder(text)) return new Opaque(text);
    if (tag === undefined) return style === 'plain' ? resolvePlain(text) : text;
    return resolvedTags.has(tag) ? resolvePlain(text) : text;
  }

  /** In ytt a comment behind the key is the value: `replicas: #@ data.values.replicas`. */
  private commentValue(at: number): YamlScalar | null {
    let start = at;
    while (this.text.charCodeAt(start) === 32 || this.text.charCodeAt(start) === 58) start++;
    if (!this.text.startsWith('#@', start)) return null;
    const newline = this.text.indexOf('\n', start);
    const end = newline < 0 ? this.text.length : newline;
    return { type: 'scalar', style: 'plain', start, end, value: new Opaque(this.text.slice(start, end)) };
  }

  private alias(name: string, start: number, end: number, depth: number): YamlNode | null {
    const anchor = this.anchors.get(name);
    this.height = 0;
    if (!anchor) {
      // An alias inside of what it names is found here too: the anchor is known only behind its node.
      if (!this.failed) this.fail(start, end, `nothing before this place has the anchor &${name}`);
      return null;
    }
    this.nodes += anchor.size;
    this.added += anchor.size;
    if (this.added > mostAdded || depth + anchor.height > deepestNesting) {
      if (!this.failed) this.fail(start, end, tooLarge);
      return null;
    }
    this.height = anchor.height;
    const node = anchor.node ?? nullAt(start, end);
    return { ...node, start, end, alias: true };
  }

  private sequence(source: YAMLSeq, depth: number): YamlNode {
    const [start, rangeEnd] = source.range ?? [0, 0, 0];
    const items: YamlNode[] = [];
    let height = 0;
    let end = start;
    for (const item of source.items) {
      const node = this.node(item, depth + 1) ?? this.missingItem(item);
      if (this.height >= height) height = this.height + 1;
      end = Math.max(end, node.end);
      items.push(node);
    }
    this.height = height;
    const flow = source.flow === true;
    return { type: 'sequence', flow, start, end: flow ? rangeEnd : end, items };
  }

  private missingItem(item: unknown): YamlScalar {
    const at = (item as { range?: readonly [number, ...number[]] | null } | null)?.range?.[0] ?? 0;
    return nullAt(at, at);
  }

  private mapping(source: YAMLMap, depth: number): YamlNode {
    const [start, rangeEnd] = source.range ?? [0, 0];
    const flow = source.flow === true;
    if (flow && this.placeholders && this.text.startsWith('{{', start)) {
      // An unquoted `{{ … }}` reads as a mapping whose key is a mapping; nobody means that.
      this.height = 0;
      return { type: 'scalar', style: 'plain', start, end: rangeEnd, value: new Opaque(this.text.slice(start, rangeEnd)) };
    }
    const pairs: YamlPair[] = [];
    const merges: { readonly node: YamlNode; readonly key: YamlScalar }[] = [];
    const names = new KeySet();
    let height = 0;
    let end = start;
    for (const item of source.items) {
      const key = this.key(item.key, depth);
      if (key.end > end) end = key.end;
      const value = this.node(item.value, depth + 1);
      if (this.height >= height) height = this.height + 1;
      if (value && value.end > end) end = value.end;
      if (key.style === 'plain' && key.value === '<<' && value) {
        merges.push({ node: value, key });
        continue;
      }
      const first = names.add(keyText(key), key);
      if (first) this.problems.push(duplicateKey(first, key));
      pairs.push({ key, value });
    }
    if (!flow) end = Math.max(end, colonAfter(this.text, end));
    const mapping: YamlMapping = { type: 'mapping', flow, start, end: flow ? rangeEnd : end, pairs };
    for (const merge of merges) this.merge(merge.node, names, pairs);
    this.height = height;
    return mapping;
  }

  private key(source: unknown, depth: number): YamlScalar {
    const node = this.node(source, depth + 1);
    // An alias as a key stands here itself; only keys of a merge stand elsewhere.
    if (node?.type === 'scalar' && node.value !== null)
      return node.alias ? { type: 'scalar', style: node.style, start: node.start, end: node.end, value: node.value } : node;
    const range = (source as { range?: readonly [number, number, number] | null } | null)?.range;
    const [start, end] = range ? [range[0], range[1]] : [0, 0];
    if (!this.failed) this.fail(start, Math.max(end, start), 'a key must be one word, number or quoted text');
    const text = this.text.slice(start, end);
    return { type: 'scalar', style: 'plain', start, end, value: text };
  }

  /** `<<: *one` and `<<: [*one, *two]`: earlier wins, and the mapping's own keys win over all. */
  private merge(from: YamlNode, names: KeySet, into: YamlPair[]): void {
    if (from.type === 'sequence') {
      for (const item of from.items) if (item?.type === 'mapping') this.merge(at(item, from.alias ? from : item), names, into);
      return;
    }
    if (from.type !== 'mapping') {
      if (!this.failed) this.fail(from.start, from.end, 'a merge key takes a mapping or a list of mappings');
      return;
    }
    for (const pair of from.pairs) {
      this.nodes++;
      if (++this.added > mostAdded) {
        if (!this.failed) this.fail(from.start, from.end, tooLarge);
        return;
      }
      if (names.add(keyText(pair.key), pair.key)) continue;
      if (!from.alias) into.push(pair);
      else into.push({ key: at(pair.key, from), value: pair.value && at(pair.value, from) });
    }
  }
}

const tooLarge = 'with its aliases followed the document is too large to be read';

const styles: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

/** Tags under which a scalar is read as if it were plain; under every other it is text. */
const resolvedTags = new Set(['int', 'float', 'bool', 'null'].map((name) => `tag:yaml.org,2002:${name}`));

function nullAt(start: number, end: number): YamlScalar {
  return { type: 'scalar', style: 'plain', start, end, value: null };
}

/** The same node, as it stands at the place of an alias. */
function at<N extends YamlNode>(node: N, place: YamlNode): N {
  return { ...node, start: place.start, end: place.end, alias: true };
}

interface ParserError {
  readonly code: string;
  readonly message: string;
}

/** Errors that kubectl's reader does not raise. */
export function isLenient(error: ParserError): boolean {
  if (error.code === 'BAD_DQ_ESCAPE') return error.message.endsWith("\\'");
  return error.code === 'MISSING_CHAR' && error.message.startsWith('Comments must be separated');
}

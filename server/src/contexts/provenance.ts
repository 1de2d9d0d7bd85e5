/** Values on their way through Kustomize: a tree that can be changed, in which every value knows where it stands. */
import { isOpaque, moreKeys, type Opaque } from '../base/opaque';
import type { Origin } from '../model/origins';
import type { Path, PathSegment, SourceRef } from '../protocol/source';
import { keyText } from '../syntax/scalars';
import type { YamlDocument, YamlNode } from '../syntax/tree';

/** Where a value stands: a place of its own, or one step below that of another value. */
export interface At {
  readonly root: SourceRef;
  readonly parent?: At;
  readonly segment?: PathSegment;
}

export interface MapNode {
  readonly type: 'map';
  readonly at: At;
  entries: Map<string, ValueNode>;
  /** Set where a placeholder may add keys. */
  readonly more?: Opaque;
}

export interface ListNode {
  readonly type: 'list';
  readonly at: At;
  items: ValueNode[];
}

export interface ScalarNode {
  readonly type: 'scalar';
  readonly at: At;
  readonly value: unknown;
  /** The text at the place reads otherwise. */
  readonly derived?: true;
}

export type ValueNode = MapNode | ListNode | ScalarNode;

type Plain = Readonly<Record<string, unknown>> & { readonly [moreKeys]?: Opaque };

export function placeAt(root: SourceRef): At {
  return { root };
}

export function stepFrom(parent: At, segment: PathSegment): At {
  return { root: parent.root, parent, segment };
}

/** The tree of a plain value that stands at a place. A fresh one each time: trees are changed in place. */
export function nodeOf(value: unknown, at: At): ValueNode {
  if (Array.isArray(value)) return { type: 'list', at, items: value.map((item, index) => nodeOf(item, stepFrom(at, index))) };
  if (typeof value !== 'object' || value === null || isOpaque(value)) return { type: 'scalar', at, value };
  const plain: Plain = value as Plain;
  const entries = new Map<string, ValueNode>();
  for (const key of Object.keys(plain)) entries.set(key, nodeOf(plain[key], stepFrom(at, key)));
  const more = plain[moreKeys];
  return { type: 'map', at, entries, ...(more ? { more } : {}) };
}

/** The tree of a document that is written inside of a scalar; each value has its own part of that scalar. */
export function nodeInScalar(document: YamlDocument, scalar: SourceRef): ValueNode | undefined {
  const make = (node: YamlNode | null, before: SourceRef): ValueNode => {
    const root = node ? { ...scalar, span: { start: document.start + node.start, end: document.start + node.end } } : before;
    const at = { root };
    if (node === null) return { type: 'scalar', at, value: null };
    if (node.type === 'scalar') return { type: 'scalar', at, value: node.value };
    if (node.type === 'sequence') return { type: 'list', at, items: node.items.map((item) => make(item, root)) };
    const entries = new Map<string, ValueNode>();
    for (const pair of node.pairs) {
      const key = { ...scalar, span: { start: document.start + pair.key.start, end: document.start + pair.key.end } };
      entries.set(keyText(pair.key), make(pair.value, key));
    }
    return { type: 'map', at, entries };
  };
  return document.root ? make(document.root, scalar) : undefined;
}

/** A patch is applied to several resources, each of which then changes on its own. */
export function copyOf(node: ValueNode): ValueNode {
  if (node.type === 'scalar') return node;
  if (node.type === 'list') return { ...node, items: node.items.map(copyOf) };
  return { ...node, entries: new Map([...node.entries].map(([key, value]) => [key, copyOf(value)])) };
}

export function mapAt(at: At): MapNode {
  return { type: 'map', at, entries: new Map() };
}

export function scalarAt(value: unknown, at: At): ScalarNode {
  return { type: 'scalar', value, at };
}

export function isMissing(node: ValueNode | undefined): boolean {
  return node === undefined || (node.type === 'scalar' && node.value === null);
}

/** What YAML would hold as the text of a scalar; undefined for anything else. */
export function scalarText(node: ValueNode | undefined): string | undefined {
  const value = node?.type === 'scalar' ? node.value : undefined;
  if (isOpaque(value)) return value.text;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? `${value}` : undefined;
}

/** The value at a path of mappings; undefined where there is none. */
export function nodeAtKeys(node: ValueNode | undefined, ...keys: readonly string[]): ValueNode | undefined {
  let found = node;
  for (const key of keys) found = found?.type === 'map' ? found.entries.get(key) : undefined;
  return found;
}

/** As plain values again. */
export function plainOf(node: ValueNode): unknown {
  if (node.type === 'scalar') return node.value;
  if (node.type === 'list') return node.items.map(plainOf);
  const object = Object.create(null) as Record<string, unknown> & { [moreKeys]?: Opaque };
  if (node.more) object[moreKeys] = node.more;
  for (const [key, value] of node.entries) object[key] = plainOf(value);
  return object;
}

/** Where the values stand, naming only those that do not stand where their parent's place and their own step say. */
export function originOf(node: ValueNode): Origin {
  const below = new Map<PathSegment, Origin>();
  const look = (segment: PathSegment, child: ValueNode): void => {
    const origin = originOf(child);
    const follows = child.at.parent === node.at && child.at.segment === segment;
    if (!follows || origin.below || origin.derived) below.set(segment, origin);
  };
  if (node.type === 'list') node.items.forEach((item, index) => look(index, item));
  else if (node.type === 'map') for (const [key, value] of node.entries) look(key, value);
  return {
    at: sourceOfAt(node.at),
    ...(node.type === 'scalar' && node.derived ? { derived: true as const } : {}),
    ...(below.size > 0 ? { below } : {}),
  };
}

/** The tree of a plain value whose places are known already. */
export function nodeOfOrigin(value: unknown, origin: Origin, at: At = placeAt(origin.at)): ValueNode {
  if (!origin.below && !origin.derived) return nodeOf(value, at);
  const child = (one: unknown, segment: PathSegment): ValueNode => {
    const own = origin.below?.get(segment);
    return own ? nodeOfOrigin(one, own) : nodeOf(one, stepFrom(at, segment));
  };
  if (Array.isArray(value)) return { type: 'list', at, items: value.map(child) };
  if (typeof value !== 'object' || value === null || isOpaque(value)) return { type: 'scalar', at, value, ...(origin.derived ? { derived: true } : {}) };
  const plain = value as Plain;
  const more = plain[moreKeys];
  const entries = new Map(Object.keys(plain).map((key) => [key, child(plain[key], key)]));
  return { type: 'map', at, entries, ...(more ? { more } : {}) };
}

export function sourceOfAt(at: At): SourceRef {
  const steps: PathSegment[] = [];
  let from: At = at;
  for (; from.parent; from = from.parent) if (from.segment !== undefined) steps.push(from.segment);
  return steps.length === 0 ? at.root : { ...at.root, path: [...at.root.path, ...steps.reverse()] };
}

/** Every document that a value stands in, each once. */
export function documentsOf(origin: Origin): readonly Pick<SourceRef, 'uri' | 'document'>[] {
  const found = new Map<string, Pick<SourceRef, 'uri' | 'document'>>();
  const visit = ({ at, below }: Origin): void => {
    found.set(`${at.document} ${at.uri}`, { uri: at.uri, document: at.document });
    if (below) for (const child of below.values()) visit(child);
  };
  visit(origin);
  return [...found.values()];
}

/** The plain value with the scalars at some paths replaced; what does not change is shared. */
export function withScalars(plain: unknown, changes: readonly { readonly path: Path; readonly value: string }[]): unknown {
  return changes.reduce((value, change) => replaced(value, change.path, change.value), plain);
}

function replaced(plain: unknown, [segment, ...rest]: Path, value: string): unknown {
  if (segment === undefined) return value;
  if (Array.isArray(plain)) return plain.map((item: unknown, index) => (index === segment ? replaced(item, rest, value) : item));
  if (typeof plain !== 'object' || plain === null) return plain;
  const copy = Object.assign(Object.create(null) as Record<string, unknown>, plain);
  copy[String(segment)] = replaced(copy[String(segment)], rest, value);
  return copy;
}

/** The origin with the scalars at some paths marked as written otherwise. */
export function withDerived(origin: Origin, path: Path): Origin {
  const [segment, ...rest] = path;
  if (segment === undefined) return { ...origin, derived: true };
  const child = origin.below?.get(segment) ?? { at: origin.at.span ? origin.at : { ...origin.at, path: [...origin.at.path, segment] } };
  return { ...origin, below: new Map([...(origin.below ?? []), [segment, withDerived(child, rest)]]) };
}

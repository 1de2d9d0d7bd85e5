/** What a document must read as once requests are carried out: the yardstick for the text that was made of them. */
import { Opaque } from '../base/opaque';
import type { PathSegment } from '../protocol/source';
import type { PathRequest } from './editRequest';
import { plainValue } from './plain';
import { decodeScalar } from './scalarSource';
import { keyText, scalarValue } from './scalars';
import type { YamlDocument, YamlNode } from './tree';
import { follow, nodeAt } from './walk';

type Requests = readonly { readonly request: PathRequest; readonly rest: readonly PathSegment[] }[];
const gone = Symbol('gone');

/** Undefined when the requests contradict each other. */
export function plainAfter(document: YamlDocument, requests: readonly PathRequest[]): { readonly value: unknown } | undefined {
  const value = changed(
    document,
    plainValue(document.root),
    requests.map((request) => ({ request, rest: request.path })),
  );
  return value === gone ? undefined : { value };
}

function changed(document: YamlDocument, plain: unknown, requests: Requests): unknown {
  if (requests.length === 0) return plain;
  const here = requests.filter(({ rest }) => rest.length === 0).map(({ request }) => request);
  const removal = here.find((request) => request.kind === 'remove');
  if (removal) return firstOfTwo(document, removal.path);
  const into = Array.isArray(plain) ? here.filter((request) => request.kind === 'insert') : [];
  let value = children(
    document,
    plain,
    requests.filter(({ rest }) => rest.length > 0),
    into,
  );
  for (const request of here) if (request.kind !== 'insert' || into.length === 0) value = applied(document, value, request);
  return value;
}

/** Of a key that stands twice the last entry goes, and the one before it counts from then on. */
function firstOfTwo(document: YamlDocument, path: PathRequest['path']): unknown {
  const key = String(path[path.length - 1]);
  const { parent } = follow(document, path);
  const pairs = parent?.type === 'mapping' ? parent.pairs.filter((pair) => keyText(pair.key) === key) : [];
  const before = pairs[pairs.length - 2];
  return before ? plainValue(before.value) : gone;
}

type Insert = Extract<PathRequest, { kind: 'insert' }>;

function children(document: YamlDocument, plain: unknown, requests: Requests, inserts: readonly Insert[]): unknown {
  if (requests.length === 0 && inserts.length === 0) return plain;
  const below = (segment: PathSegment): Requests =>
    requests.filter(({ rest }) => rest[0] === segment || String(rest[0]) === segment).map(({ request, rest }) => ({ request, rest: rest.slice(1) }));
  const prune = requests.some(({ request, rest }) => request.kind === 'remove' && request.pruneEmpty === true && rest.length >= 1);
  if (Array.isArray(plain)) {
    let items: { readonly index: number; readonly value: unknown }[] = plain.map((item: unknown, index) => ({
      index,
      value: changed(document, item, below(index)),
    }));
    for (const { request, rest } of requests) {
      if (request.kind !== 'move' || rest.length !== 1) continue;
      const at = items.findIndex((item) => item.index === rest[0]);
      items.splice(request.to, 0, ...items.splice(at, 1));
    }
    // Indices count items before any change, so the last insert goes first.
    for (const { key, value } of [...inserts].sort((a, b) => Number(a.key) - Number(b.key)).reverse()) {
      if (typeof key !== 'number') return gone;
      items.splice(Math.max(0, key), 0, { index: -1, value: reread(value) });
    }
    items = items.filter(({ value }) => value !== gone);
    if (items.length === 0 && plain.length > 0 && prune) return gone;
    return items.map(({ value }) => value);
  }
  if (typeof plain !== 'object' || plain === null || plain instanceof Opaque) return plain;
  const result = Object.create(null) as Record<string, unknown>;
  const entries = Object.entries(plain);
  for (const [key, child] of entries) {
    const own = below(key);
    const value = changed(document, child, own);
    if (value === gone) continue;
    const rename = own.find(({ request, rest }) => request.kind === 'renameKey' && rest.length === 0)?.request;
    result[rename?.kind === 'renameKey' ? rename.key : key] = value;
  }
  return Object.keys(result).length === 0 && entries.length > 0 && prune ? gone : result;
}

function applied(document: YamlDocument, value: unknown, request: PathRequest): unknown {
  switch (request.kind) {
    case 'replace':
      return reread(request.span ? spliced(document, request) : request.value);
    case 'insert':
      return inserted(value, request.key, reread(request.value));
    case 'quote':
      return reread(sourceText(document, nodeAt(document, request.path)) ?? '');
    case 'wrap':
      return { [request.key]: value };
    case 'unwrap':
      return typeof value === 'object' && value !== null && Object.hasOwn(value, request.key)
        ? (value as Readonly<Record<string, unknown>>)[request.key]
        : gone;
    default:
      return value;
  }
}

function spliced(document: YamlDocument, request: Extract<PathRequest, { kind: 'replace' }>): unknown {
  const whole = sourceText(document, nodeAt(document, request.path));
  if (whole === undefined || !request.span) return gone;
  return whole.slice(0, request.span.start) + String(request.value) + whole.slice(request.span.end);
}

function sourceText(document: YamlDocument, node: YamlNode | null | undefined): string | undefined {
  return node?.type === 'scalar' ? decodeScalar(document.text, node)?.text : undefined;
}

function inserted(value: unknown, key: string | number, child: unknown): unknown {
  if (value === null) return typeof key === 'number' ? [child] : { [key]: child };
  return { ...(value as object), [key]: child };
}

/** A value as it will be read: text with placeholders becomes opaque, undefined entries are left out. */
function reread(value: unknown): unknown {
  if (typeof value === 'string') return scalarValue(value, 'double');
  if (Array.isArray(value)) return value.map(reread);
  if (typeof value !== 'object' || value === null || value instanceof Opaque) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== undefined)
      .map(([key, child]) => [key, reread(child)]),
  );
}

/** Equal as data; the order of keys does not count, and two opaque values are equal when their text is. */
export function isSamePlain(a: unknown, b: unknown): boolean {
  if (a instanceof Opaque || b instanceof Opaque) return a instanceof Opaque && b instanceof Opaque && a.text === b.text;
  if (typeof a === 'bigint' || typeof b === 'bigint') return String(a) === String(b);
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => isSamePlain(item, b[index]));
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b);
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSamePlain((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

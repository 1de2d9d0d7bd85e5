/** Which written object a rendered one comes from, and where in it each value stands. */
import { isOpaque, missingKey } from '../base/opaque';
import type { Origin } from '../model/origins';
import { sourceOf } from '../model/origins';
import { type Resource, valueAt } from '../model/resources';
import type { Path, PathSegment, SourceRef } from '../protocol/source';

/**
 * Of candidates of the same kind: the one of this name, else the one whose name with placeholders fits best, else, where Kustomize made the name
 * of a ConfigMap or Secret, the one without its hash, else the only one there is.
 */
export function twinOf(plain: unknown, candidates: readonly Resource[]): Resource | undefined {
  const metadata = own(plain, 'metadata');
  const name = own(metadata, 'name');
  const namespace = own(metadata, 'namespace');
  if (typeof name !== 'string') return undefined;
  let best: Resource | undefined;
  let most = 0;
  for (const candidate of candidates) {
    const { nameKnown, name: written, namespace: ofCandidate } = candidate.metadata;
    const sameName = nameKnown ? (written === name ? 1000 : isHashed(candidate, name) ? 500 : 0) : fits(written, name);
    // The namespace decides between objects of one name only.
    const fit = sameName === 0 ? 0 : sameName + (ofCandidate === namespace ? 0.5 : 0);
    if (fit > most) [best, most] = [candidate, fit];
  }
  const [only] = candidates;
  return best ?? (candidates.length === 1 && only && !only.metadata.nameKnown ? only : undefined);
}

/** https://kubectl.docs.kubernetes.io/references/kustomize/builtins/#_hashtransformer_ : ten letters and digits behind the name of what it generates. */
function isHashed({ type, metadata }: Resource, name: string): boolean {
  return (type === 'ConfigMap' || type === 'Secret') && name.length === metadata.name.length + 11 && name.startsWith(`${metadata.name}-`);
}

/** How many letters of a name with placeholders stand in another one at their place, and one; 0 when it cannot be that name. */
function fits(written: string, name: string): number {
  const parts = written.split(/\{\{[^}]*\}\}/);
  const first = parts[0] ?? '';
  const last = parts.length > 1 ? (parts.at(-1) ?? '') : '';
  if (parts.length === 1 || !name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return 0;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from);
    if (at < 0 || at + part.length > name.length - last.length) return 0;
    from = at + part.length;
  }
  return Math.min(400, parts.join('').length) + 1;
}

/** Values at the same path, and list items by name: an item that the text does not have stands at its list. `raw`: what was written at `source`. */
export function alignedOrigin(plain: unknown, raw: unknown, source: SourceRef): Origin {
  const below = belowOf(plain, raw, source);
  return { at: source, ...(below.size > 0 ? { below } : {}) };
}

function belowOf(plain: unknown, raw: unknown, at: SourceRef): ReadonlyMap<PathSegment, Origin> {
  const below = new Map<PathSegment, Origin>();
  if (typeof plain !== 'object' || plain === null || typeof raw !== 'object' || raw === null) return below;
  if (!Array.isArray(plain)) {
    for (const [key, value] of Object.entries(plain)) {
      const inner = belowOf(value, own(raw, key), { ...at, path: [...at.path, key] });
      if (inner.size > 0) below.set(key, { at: { ...at, path: [...at.path, key] }, below: inner });
    }
    return below;
  }
  const items: readonly unknown[] = Array.isArray(raw) ? raw : [];
  plain.forEach((value: unknown, index) => {
    const place = placeOfItem(value, index, items);
    const itemAt = { ...at, path: place === undefined ? at.path : [...at.path, place] };
    const inner = place === undefined ? new Map<PathSegment, Origin>() : belowOf(value, items[place], itemAt);
    // Nothing below an item that is not written can be found below its list.
    if (place === undefined) below.set(index, { at: itemAt, below: everythingAt(value, itemAt) });
    else if (place !== index || inner.size > 0) below.set(index, { at: itemAt, ...(inner.size > 0 ? { below: inner } : {}) });
  });
  return below;
}

function everythingAt(value: unknown, at: SourceRef): ReadonlyMap<PathSegment, Origin> {
  if (typeof value !== 'object' || value === null) return new Map();
  const list = Array.isArray(value);
  return new Map(Object.entries(value).map(([key, inner]) => [list ? Number(key) : key, { at, below: everythingAt(inner, at) }]));
}

function placeOfItem(value: unknown, index: number, items: readonly unknown[]): number | undefined {
  const name = own(value, 'name');
  if (typeof name === 'string') {
    const named = items.findIndex((item) => own(item, 'name') === name);
    if (named >= 0) return named;
    const there = own(items[index], 'name');
    if (typeof there === 'string') return undefined;
  }
  return index < items.length ? index : undefined;
}

/**
 * True where the text at the place says just this value: the value, and every list on the way to it, are written as they were rendered. Only then
 * an edit there does what it says.
 */
export function isExact(member: Resource, twin: Resource, path: Path): boolean {
  const [here, there] = [sourceOf(member, path), sourceOf(twin, path)];
  if (here.uri !== there.uri || here.document !== there.document || JSON.stringify(here.path) !== JSON.stringify(there.path)) return false;
  for (let steps = 0; steps < path.length; steps++) {
    const [mine, written] = [valueAt(member, path.slice(0, steps)), valueAt(twin, path.slice(0, steps))];
    if (Array.isArray(mine) && !(Array.isArray(written) && written.length === mine.length && !written.some(isOpaque))) return false;
  }
  return isSame(valueAt(member, path), valueAt(twin, path));
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  if (isOpaque(a) || isOpaque(b) || Array.isArray(a) !== Array.isArray(b) || missingKey(b) !== undefined) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(own(a, key), own(b, key)));
}

function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

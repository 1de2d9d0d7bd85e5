/** Known-good manifests as values that a break can change, and as text again. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import type { Path } from '../../server/src/protocol/source';

export interface Manifest {
  readonly file: string;
  readonly value: Record<string, unknown>;
}

/** Where a finding must stand: an object, and the path that is marked in it. */
export interface Place {
  readonly kind: string;
  readonly name: string;
  readonly path: Path;
}

/** One thing that is wrong, and which rule must say so where. */
export interface Break {
  readonly rule: string;
  readonly what: string;
  readonly change: (application: Application) => void;
  readonly at: Place;
  /** The break shows only where nothing else is in the cluster. */
  readonly closed?: boolean;
  /** Nothing may be said, and why. */
  readonly silent?: string;
}

export class Application {
  constructor(
    readonly name: string,
    readonly manifests: Manifest[],
  ) {}

  static read(folder: string, name: string): Application {
    const manifests: Manifest[] = [];
    for (const file of readdirSync(join(folder, name)).sort())
      for (const document of parseAllDocuments(readFileSync(join(folder, name, file), 'utf8')))
        manifests.push({ file, value: document.toJS() as Record<string, unknown> });
    return new Application(name, manifests);
  }

  copy(): Application {
    return new Application(this.name, structuredClone(this.manifests));
  }

  of(...kinds: readonly string[]): Manifest[] {
    return this.manifests.filter(({ value }) => kinds.includes(String(value['kind'])));
  }

  find(kind: string, name: string): Manifest {
    const found = this.of(kind).find((manifest) => nameOf(manifest) === name);
    if (!found) throw new Error(`${this.name} has no ${kind} ${name}`);
    return found;
  }

  /** Behind all others, in a file of its own or one that is there. */
  add(value: Record<string, unknown>, file = 'zz-added.yaml'): void {
    this.manifests.push({ file, value });
  }

  /** Path to text, in the order of the manifests. */
  files(): Record<string, string> {
    const files: Record<string, string> = {};
    for (const { file, value } of this.manifests) {
      const text = stringify(value, { aliasDuplicateObjects: false, lineWidth: 0, version: '1.1' });
      files[file] = files[file] === undefined ? text : `${files[file]}---\n${text}`;
    }
    return files;
  }
}

export function nameOf({ value }: Manifest): string {
  return (value['metadata'] as { name?: string } | undefined)?.name ?? '';
}

export function kindOf({ value }: Manifest): string {
  return String(value['kind']);
}

/** The value at a path; throws where there is none, since a break that changes nothing would prove nothing. */
export function at<T = unknown>(manifest: Manifest, path: Path): T {
  let value: unknown = manifest.value;
  for (const segment of path) value = (value as Record<string | number, unknown> | undefined)?.[segment];
  if (value === undefined) throw new Error(`${kindOf(manifest)} ${nameOf(manifest)} has nothing at ${path.join('.')}`);
  return value as T;
}

export function has(manifest: Manifest, path: Path): boolean {
  let value: unknown = manifest.value;
  for (const segment of path) value = (value as Record<string | number, unknown> | undefined)?.[segment];
  return value !== undefined;
}

/** Undefined takes the entry out. */
export function set(manifest: Manifest, path: Path, value: unknown): void {
  const parent = at<Record<string | number, unknown>>(manifest, path.slice(0, -1));
  const last = path.at(-1) ?? '';
  if (value !== undefined) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(parent, last);
}

/** Puts an item at the end of a list, which it makes where there is none; returns the path of the item. */
export function append(manifest: Manifest, path: Path, item: unknown): Path {
  if (!has(manifest, path)) set(manifest, path, []);
  const list = at<unknown[]>(manifest, path);
  list.push(item);
  return [...path, list.length - 1];
}

/** A change of one object, which the break finds again in the copy that it may spoil. */
export function changed(manifest: Manifest, change: (manifest: Manifest, application: Application) => void): Break['change'] {
  return (application) => {
    change(application.find(kindOf(manifest), nameOf(manifest)), application);
  };
}

export function place(manifest: Manifest, path: Path): Place {
  return { kind: kindOf(manifest), name: nameOf(manifest), path };
}

export const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
export const podSpec: Path = ['spec', 'template', 'spec'];

/** Paths of all containers of a workload. */
export function containersOf(workload: Manifest): Path[] {
  return at<unknown[]>(workload, [...podSpec, 'containers']).map((_, index) => [...podSpec, 'containers', index]);
}

/** Paths of the items of a list that may be missing. */
export function itemsOf(manifest: Manifest, path: Path): Path[] {
  return has(manifest, path) ? at<unknown[]>(manifest, path).map((_, index) => [...path, index]) : [];
}

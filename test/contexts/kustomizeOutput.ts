/** What `kubectl kustomize` makes of a folder, and what we make of it, in one form to compare. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isOpaque } from '../../server/src/base/opaque';
import type { Resource } from '../../server/src/model/resources';
import { isNamespaced } from '../../server/src/model/scope';
import { readFile } from '../../server/src/workspace/fileState';

export const kubectl = ['/usr/bin/kubectl', '/usr/local/bin/kubectl'].find((path) => existsSync(path));

/** The objects of the output; undefined when it gives up. No plugins and no network: a remote base counts as giving up. */
export function kustomizeOutput(folder: string): readonly Resource[] | undefined {
  const { status, stdout } = spawnSync(kubectl ?? 'kubectl', ['kustomize', folder, '--load-restrictor', 'LoadRestrictionsNone'], {
    encoding: 'utf8',
    timeout: 20_000,
    maxBuffer: 1 << 28,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      GIT_TERMINAL_PROMPT: '0',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
    },
  });
  return status === 0 ? readFile('file:///output.yaml', 'output.yaml', stdout, { podTemplatePaths: new Map() }).resources : undefined;
}

/** A line a member with everything that networking reads of it, sorted; names of generated objects without the hash of their content. */
export function comparable(members: readonly Resource[], generated: ReadonlySet<string>): readonly string[] {
  return members
    .filter(({ type }) => type !== 'Other')
    .map((resource) => JSON.stringify(projection(resource, generated)))
    .sort();
}

/** Names that the generators of a context make, as `kubectl kustomize` writes them before the hash. */
export function generatedNames(members: readonly Resource[]): ReadonlySet<string> {
  return new Set(members.filter(({ origins }) => origins && !origins.original).map(({ metadata }) => metadata.name));
}

function projection(resource: Resource, generated: ReadonlySet<string>): unknown {
  const { apiVersion, kind, metadata, raw } = resource;
  const { data, binaryData, stringData, ...others } = raw as Record<string, unknown>;
  const rest = Object.fromEntries(Object.entries(others).filter(([key]) => key !== 'metadata' && key !== 'status'));
  const keys = (value: unknown): readonly string[] => (typeof value === 'object' && value !== null ? Object.keys(value).sort() : []);
  return sorted(
    {
      apiVersion,
      kind,
      name: withoutHash(metadata.name, generated),
      namespace: isNamespaced(resource) ? (metadata.namespace ?? '') : '',
      labels: Object.fromEntries(metadata.labels.entries),
      keys: resource.type === 'ConfigMap' || resource.type === 'Secret' ? [...keys(data), ...keys(binaryData), ...keys(stringData)].sort() : [],
      rest,
    },
    generated,
  );
}

/** Keys in order; without images, and with references to generated objects as they are without the hash. Empty and null is as good as missing. */
function sorted(value: unknown, generated: ReadonlySet<string>): unknown {
  if (isOpaque(value)) return value.text;
  if (typeof value === 'string') return withoutHash(value, generated);
  if (Array.isArray(value)) return value.map((item) => sorted(item, generated));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => key !== 'image' && key !== 'creationTimestamp' && item !== null)
      .map(([key, item]) => [key, sorted(item, generated)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function withoutHash(name: string, generated: ReadonlySet<string>): string {
  const match = /^(.*)-[a-z0-9]{10}$/.exec(name);
  return match && generated.has(match[1] ?? '') ? (match[1] ?? '') : name;
}

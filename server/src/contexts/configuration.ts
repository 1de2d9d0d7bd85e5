/** `.packetpath.yaml`: what it says, and what is wrong in it. */
import { nearest } from '../base/editDistance';
import { isOpaque } from '../base/opaque';
import type { Problem } from '../base/problem';
import type { ClusterSettings } from '../model/context';
import type { Path, RuleLevel } from '../protocol/source';
import { configurationSchemaFor, type Schema } from './configurationSchema';
import { globMatches } from './globs';
import { recordOf } from './kustomization';
import { isBelow } from './paths';

export interface ConfiguredContext {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly closed?: boolean;
  readonly namespace?: string;
  readonly cluster?: ClusterSettings;
}

export interface Configuration {
  readonly contexts: readonly ConfiguredContext[];
  readonly rules: Readonly<Record<string, RuleLevel>>;
  readonly overrides: readonly { readonly files: readonly string[]; readonly rules: Readonly<Record<string, RuleLevel>> }[];
  readonly cluster: ClusterSettings;
  /** `argoproj.io/Rollout` to `spec.template`. */
  readonly podTemplatePaths: Readonly<Record<string, string>>;
  readonly baseline?: string;
}

/**
 * `plain`: the first document as plain values, of any shape; undefined or null for an empty file. What does not fit is left out of the
 * configuration and is a problem `configuration-invalid` (message `invalid`, data `path`, `reason` and, where there is a nearest key or value,
 * `nearest`), so that the rest still holds.
 */
export function readConfiguration(
  plain: unknown,
  knownRuleIds: readonly string[],
): { readonly configuration: Configuration; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const checked = recordOf(plain === undefined || plain === null ? {} : check(plain, configurationSchemaFor(knownRuleIds), [], problems));
  const contexts = (checked['contexts'] ?? []) as readonly ConfiguredContext[];
  const names = new Map<string, number>();
  contextsAsWritten(plain).forEach((name, index) => {
    const first = names.get(name);
    if (first === undefined) names.set(name, index);
    else problems.push(problem(['contexts', index, 'name'], 'value', `contexts[${first}] has the name ${quoted(name)} already`));
  });
  const { baseline } = checked;
  const configuration: Configuration = {
    contexts: contexts.map((context) => ({ ...context, exclude: context.exclude ?? [], ...(context.cluster ? { cluster: clusterOf(context.cluster) } : {}) })),
    rules: (checked['rules'] ?? {}) as Configuration['rules'],
    overrides: (checked['overrides'] ?? []) as Configuration['overrides'],
    cluster: clusterOf(checked['cluster']),
    podTemplatePaths: (checked['podTemplatePaths'] ?? {}) as Configuration['podTemplatePaths'],
    ...(typeof baseline === 'string' ? { baseline } : {}),
  };
  return { configuration, problems };
}

/** The one of the folder itself, else of the nearest folder above it. */
export function nearestConfiguration<T extends { readonly folder: string }>(configurations: readonly T[], folder: string): T | undefined {
  let nearest: T | undefined;
  for (const one of configurations) {
    if (one.folder !== folder && !isBelow(folder, one.folder)) continue;
    if (nearest === undefined || (one.folder !== '.' && isBelow(one.folder, nearest.folder))) nearest = one;
  }
  return nearest;
}

/** A problem (message `unmatched`) for every glob that names none of the files; `folder` holds the configuration, `paths` are relative to the workspace. */
export function unmatchedGlobs(plain: unknown, folder: string, paths: readonly string[]): readonly Problem[] {
  const relative = paths.flatMap((path) => (folder === '.' ? [path] : path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : []));
  const root = recordOf(plain);
  const places: [Path, unknown][] = [];
  listOf(root['contexts']).forEach((context, index) => {
    for (const field of ['include', 'exclude']) listOf(recordOf(context)[field]).forEach((glob, at) => places.push([['contexts', index, field, at], glob]));
  });
  listOf(root['overrides']).forEach((override, index) => {
    listOf(recordOf(override)['files']).forEach((glob, at) => places.push([['overrides', index, 'files', at], glob]));
  });
  return places.flatMap(([path, glob]) =>
    typeof glob === 'string' && glob !== '' && !relative.some((file) => globMatches(glob, file))
      ? [{ ...problem(path, 'value', 'no file matches'), message: 'unmatched' }]
      : [],
  );
}

/** What of `value` fits the schema; undefined when nothing does. Records come without a prototype, so that no key is special. */
function check(value: unknown, schema: Schema, path: Path, problems: Problem[]): unknown {
  const refuse = (reason: string, near?: string): unknown => {
    problems.push(problem(path, 'value', reason, near));
    return undefined;
  };
  if (isOpaque(value)) return refuse('is a placeholder, and a configuration is read as it stands');
  switch (schema.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse('must be true or false');
    case 'string': {
      if (typeof value !== 'string') {
        // `off` without quotes is a boolean in YAML 1.1, and means what it says.
        if (value === false && schema.enum?.includes('off') === true) return 'off';
        return refuse(typeof value === 'number' ? 'must be text, in quotes' : 'must be text');
      }
      if (schema.enum && !schema.enum.includes(value)) {
        const near = nearest(value.toLowerCase(), schema.enum);
        return refuse(`must be one of ${schema.enum.join(', ')}`, near);
      }
      if (value.length < (schema.minLength ?? 0)) return refuse('must not be empty');
      if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value.slice(0, 1000)))
        return refuse(schema.patternErrorMessage ?? `must match ${schema.pattern}`);
      return value;
    }
    case 'array': {
      if (!Array.isArray(value)) return refuse('must be a list');
      if (value.length < (schema.minItems ?? 0)) return refuse('must not be empty');
      if (value.length > (schema.maxItems ?? Infinity)) return refuse(`must not have more than ${schema.maxItems ?? ''} entries`);
      return value.map((item: unknown, index) => check(item, schema.items ?? {}, [...path, index], problems)).filter((item) => item !== undefined);
    }
    case 'object':
      return checkObject(value, schema, path, problems);
    case undefined:
      return value;
  }
}

function checkObject(value: unknown, schema: Schema, path: Path, problems: Problem[]): unknown {
  // An entry without a value (`rules:`) says nothing and is no mistake.
  if (value === null && schema.required === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push(problem(path, 'value', 'must be a mapping'));
    return undefined;
  }
  const fits = Object.create(null) as Record<string, unknown>;
  const properties = schema.properties ?? {};
  for (const [key, inner] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
    if (known) {
      if (inner === null && known.type !== 'object' && known.type !== 'array') problems.push(problem([...path, key], 'value', 'has no value'));
      const checked = inner === null ? undefined : check(inner, known, [...path, key], problems);
      if (checked !== undefined) fits[key] = checked;
      continue;
    }
    const names = Object.keys(properties);
    const near = nearest(key, names);
    const what = path.at(-1) === 'rules' ? 'no rule has this id' : 'this key is not known';
    problems.push(problem([...path, key], 'key', near === undefined ? what : `${what}; did you mean ${near}?`, near));
  }
  const absent = (schema.required ?? []).filter((key) => !Object.hasOwn(value, key));
  for (const key of absent) problems.push(problem(path, 'value', `${key} is missing`));
  return (schema.required ?? []).every((key) => fits[key] !== undefined) ? fits : undefined;
}

/** Names in the positions in which they are written, since contexts that do not fit are left out. */
function contextsAsWritten(plain: unknown): readonly string[] {
  return listOf(recordOf(plain)['contexts']).map((context, index) => {
    const name = recordOf(context)['name'];
    return typeof name === 'string' ? name : `\0${index}`;
  });
}

function clusterOf(value: unknown): ClusterSettings {
  const { kubernetesVersion, ...rest } = recordOf(value);
  const minor = typeof kubernetesVersion === 'string' ? Number(/^v?1\.(\d+)/.exec(kubernetesVersion)?.[1]) : NaN;
  return { ...(rest as ClusterSettings), ...(Number.isFinite(minor) ? { kubernetesMinor: minor } : {}) };
}

function problem(path: Path, part: 'key' | 'value', reason: string, near?: string): Problem {
  return {
    code: 'configuration-invalid',
    document: 0,
    at: { path, part },
    message: 'invalid',
    data: { path: written(path), reason, ...(near === undefined ? {} : { nearest: near }) },
  };
}

/** `contexts[0].include`; the file itself when the path is empty. */
function written(path: Path): string {
  if (path.length === 0) return 'the configuration';
  return path.map((segment, index) => (typeof segment === 'number' ? `[${segment}]` : index === 0 ? segment : `.${segment}`)).join('');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function quoted(text: string): string {
  return `"${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`;
}

/** What a kustomization file says, as far as membership goes; everything else becomes a note. */
import { folderOf, nameOf } from './paths';

export interface Generated {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly keys?: readonly string[];
}

export interface Kustomization {
  readonly path: string;
  readonly folder: string;
  readonly isComponent: boolean;
  /** `resources` and `bases`, then `components`: the order in which Kustomize takes them in. */
  readonly references: readonly string[];
  /** Files that are no resources of their own: patches, transformer and generator configurations, sources of generated ConfigMaps. */
  readonly claims: readonly string[];
  readonly patches: readonly string[];
  readonly namespace?: string;
  /** Order of the output; undefined where Kustomize's own (kinds first) holds. */
  readonly order?: string;
  readonly generated: readonly Generated[];
  /** What this file asks for that is not followed. */
  readonly notes: readonly string[];
}

/** `plain` may have any shape; what does not fit is passed over. Field by field: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/ */
export function readKustomization(path: string, plain: unknown): Kustomization {
  const root = recordOf(plain);
  const patchFiles = [
    ...records(root['patches']).map((patch) => patch['path']),
    ...records(root['patchesJson6902']).map((patch) => patch['path']),
    ...strings(root['patchesStrategicMerge']),
    // Before Kustomize v4 `patches` was a list of files.
    ...strings(root['patches']),
  ].filter(isFileName);
  const inlinePatches = [...records(root['patches']), ...records(root['patchesJson6902'])].filter((patch) => patch['patch'] !== undefined).length;
  const generated = [...readGenerators(root['configMapGenerator'], 'ConfigMap'), ...readGenerators(root['secretGenerator'], 'Secret')];
  const { namespace } = root;
  const order = recordOf(root['sortOptions'])['order'];
  return {
    path,
    folder: folderOf(path),
    isComponent: root['kind'] === 'Component',
    references: [...strings(root['resources']), ...strings(root['bases']), ...strings(root['components'])],
    claims: [
      ...patchFiles,
      ...records(root['replacements']).map((replacement) => replacement['path']),
      ...['configurations', 'crds', 'transformers', 'generators', 'validators'].flatMap((field) => strings(root[field])),
      recordOf(root['openapi'])['path'],
      ...[...records(root['configMapGenerator']), ...records(root['secretGenerator'])].flatMap((generator) => strings(generator['files']).map(sourceFile)),
    ].filter(isFileName),
    patches: patchFiles,
    ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
    ...(typeof order === 'string' ? { order } : {}),
    generated,
    notes: notesOf(path, root, patchFiles, inlinePatches, generated),
  };
}

/** Fields that change names, selectors or members. `images` and annotations change nothing that a packet meets. */
const transformations = [
  'namePrefix',
  'nameSuffix',
  'labels',
  'commonLabels',
  'replicas',
  'transformers',
  'generators',
  'configurations',
  'vars',
  'replacements',
] as const;

function notesOf(
  path: string,
  root: Record<string, unknown>,
  patchFiles: readonly string[],
  inlinePatches: number,
  generated: readonly Generated[],
): readonly string[] {
  const notes: string[] = [];
  const patches = [...new Set(patchFiles), ...(inlinePatches > 0 ? [inlinePatches === 1 ? 'one inline' : `${inlinePatches} inline`] : [])];
  if (patches.length > 0) notes.push(`patches that are not applied yet: ${listed(patches)} (${path})`);
  const used = transformations.filter((field) => isSet(root[field]));
  if (used.length > 0) notes.push(`${listed(used)} of ${path}, not applied yet`);
  if (isSet(root['helmCharts']) || isSet(root['helmChartInflationGenerator'])) notes.push(`Helm charts that ${path} renders`);
  if (generated.length > 0) notes.push(`generated ${listed(generated.map(({ kind, name }) => `${kind} ${name}`))} (${path})`);
  return notes;
}

function readGenerators(value: unknown, kind: Generated['kind']): readonly Generated[] {
  return records(value).flatMap((generator): readonly Generated[] => {
    const { name } = generator;
    if (typeof name !== 'string' || name === '') return [];
    // The keys of an env file stand in a file that is not read.
    if (isSet(generator['envs']) || isSet(generator['env'])) return [{ kind, name }];
    const literals = strings(generator['literals']).map((literal) => literal.split('=', 1)[0] ?? '');
    const files = strings(generator['files']).map((source) => (source.includes('=') ? (source.split('=', 1)[0] ?? '') : nameOf(source)));
    return [{ kind, name, keys: [...new Set([...literals, ...files])] }];
  });
}

/** `key=path` or `path`. */
function sourceFile(source: string): string {
  return source.slice(source.indexOf('=') + 1);
}

/** A patch list may hold YAML text in place of a file name. */
function isFileName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length < 1024 && !/[\n{]/.test(value);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function records(value: unknown): readonly Record<string, unknown>[] {
  return listOf(value).filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null && !Array.isArray(item));
}

function strings(value: unknown): readonly string[] {
  return listOf(value).filter((item): item is string => typeof item === 'string' && item !== '');
}

/** At most six by name. */
export function listed(names: readonly string[]): string {
  return names.length <= 6 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}

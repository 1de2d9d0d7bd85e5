/** What a kustomization file says: members, transformations, and what of it is not followed. */
import type { Value } from '../base/opaque';
import { isOpaque } from '../base/opaque';
import {
  type Generator,
  type LabelRule,
  type Patches,
  readAnnotations,
  readGenerators,
  readLabels,
  readPatches,
  readReplicas,
  type ReplicaCount,
} from './kustomizationFields';
import { isFileName, isSet, listed, recordOf, records, strings } from './kustomizationValues';
import { folderOf } from './paths';

export { listed, recordOf } from './kustomizationValues';

export interface Kustomization {
  readonly path: string;
  readonly folder: string;
  readonly isComponent: boolean;
  /** `resources` and `bases`, in the order in which Kustomize takes them in. */
  readonly resources: readonly string[];
  /** Taken in behind them; what a component changes, it changes of all that is there by then. */
  readonly components: readonly string[];
  /** Files that are no resources of their own: patches, transformer and generator configurations, sources of generated ConfigMaps. */
  readonly claims: readonly string[];
  /** Files that are patches. */
  readonly patchFiles: readonly string[];
  readonly namespace?: Value<string>;
  readonly namePrefix?: Value<string>;
  readonly nameSuffix?: Value<string>;
  readonly labels: readonly LabelRule[];
  readonly annotations: readonly LabelRule[];
  readonly patches: Patches;
  readonly replicas: readonly ReplicaCount[];
  readonly generators: readonly Generator[];
  /** Order of the output; undefined where Kustomize's own (kinds first) holds. */
  readonly order?: string;
  /** What this file asks for that is not followed. */
  readonly notes: readonly string[];
}

const read = new WeakMap<object, Kustomization>();

/**
 * `plain` may have any shape; what does not fit is passed over. The same object for the same value at the same path.
 * Field by field: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
 */
export function readKustomization(path: string, plain: unknown): Kustomization {
  const root = recordOf(plain);
  const kept = read.get(root);
  if (kept?.path === path) return kept;
  const made = make(path, root);
  read.set(root, made);
  return made;
}

function make(path: string, root: Record<string, unknown>): Kustomization {
  const patches = readPatches(root);
  const patchFiles = [...patches.either, ...patches.json, ...patches.strategic].flatMap(({ file }) => file ?? []).filter(isFileName);
  const order = recordOf(root['sortOptions'])['order'];
  return {
    path,
    folder: folderOf(path),
    isComponent: root['kind'] === 'Component',
    resources: [...strings(root['resources']), ...strings(root['bases'])],
    components: strings(root['components']),
    claims: [
      ...patchFiles,
      ...records(root['replacements']).map((replacement) => replacement['path']),
      ...['configurations', 'crds', 'transformers', 'generators', 'validators'].flatMap((field) => strings(root[field])),
      recordOf(root['openapi'])['path'],
      ...[...records(root['configMapGenerator']), ...records(root['secretGenerator'])].flatMap((generator) => strings(generator['files']).map(sourceFile)),
    ].filter(isFileName),
    patchFiles,
    ...text(root, 'namespace'),
    ...text(root, 'namePrefix'),
    ...text(root, 'nameSuffix'),
    labels: readLabels(root),
    annotations: readAnnotations(root),
    patches,
    replicas: readReplicas(root),
    generators: readGenerators(root),
    ...(typeof order === 'string' ? { order } : {}),
    notes: notesOf(path, root),
  };
}

type NameField = 'namespace' | 'namePrefix' | 'nameSuffix';

function text(root: Record<string, unknown>, name: NameField): Partial<Record<NameField, Value<string>>> {
  const value = root[name];
  return isOpaque(value) || (typeof value === 'string' && value !== '') ? { [name]: value } : {};
}

/** Fields that change names, selectors or members in ways that are not followed. `images` changes nothing that a packet meets. */
const notFollowed = ['transformers', 'generators', 'validators', 'configurations', 'vars', 'replacements', 'openapi', 'crds'] as const;

function notesOf(path: string, root: Record<string, unknown>): readonly string[] {
  const notes: string[] = [];
  const used = notFollowed.filter((field) => isSet(root[field]));
  if (used.length > 0) notes.push(`${listed(used)} of ${path}, which ${used.length === 1 ? 'is' : 'are'} not followed`);
  if (isSet(root['helmCharts']) || isSet(root['helmChartInflationGenerator'])) notes.push(`Helm charts that ${path} renders`);
  return notes;
}

/** `key=path` or `path`. */
function sourceFile(source: string): string {
  return source.slice(source.indexOf('=') + 1);
}

/** The fields of a kustomization file that change resources, as far as they can be understood. */
import { isOpaque, type Value } from '../base/opaque';
import type { Path } from '../protocol/source';
import { commonAnnotations, commonLabels, type FieldSpec, metadataLabels, templateLabels } from './fieldSpecs';
import { isFileName, isSet, listOf, recordOf, records, strings } from './kustomizationValues';
import type { PatchTarget } from './kustomizeTargets';
import { nameOf } from './paths';

/** Pairs that go to certain fields of every resource. `path`: of the mapping, in the kustomization file. */
export interface LabelRule {
  readonly path: Path;
  readonly pairs: readonly { readonly key: string; readonly value: unknown }[];
  /** Which of Kustomize's own fields, beside `fields`. */
  readonly reach: 'selectors' | 'templates' | 'metadata' | 'annotations';
  readonly fields: readonly FieldSpec[];
}

/** Of a kind of Kubernetes a rule changes some of these. */
export function fieldsOf({ reach, fields }: LabelRule): readonly FieldSpec[] {
  const own = { selectors: commonLabels, templates: templateLabels, metadata: [metadataLabels], annotations: commonAnnotations }[reach];
  return fields.length === 0 ? own : [...fields, ...own];
}

/** A file or a text inside of the kustomization file. */
export interface PatchSource {
  readonly file?: string;
  readonly text?: string;
  /** Of the patch's text, in the kustomization file. */
  readonly path: Path;
  readonly target?: PatchTarget;
  readonly allowNameChange: boolean;
  readonly allowKindChange: boolean;
}

export interface Patches {
  readonly strategic: readonly PatchSource[];
  /** Of either kind. */
  readonly either: readonly PatchSource[];
  readonly json: readonly PatchSource[];
}

export interface ReplicaCount {
  readonly name: string;
  readonly count: number;
  readonly path: Path;
}

export interface Generator {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: Value<string>;
  readonly namespace?: string;
  readonly behavior: 'create' | 'replace' | 'merge';
  /** With the path of each in the kustomization file. `value` is undefined where it stands in another file. */
  readonly entries: readonly { readonly key: string; readonly value?: string; readonly path: Path }[];
  /** An environment file may add keys. */
  readonly open: boolean;
  readonly labels: readonly { readonly key: string; readonly value: unknown; readonly path: Path }[];
  readonly path: Path;
}

type Root = Readonly<Record<string, unknown>>;

/** In the order in which Kustomize goes through them: `labels`, then `commonLabels`. */
export function readLabels(root: Root): readonly LabelRule[] {
  const rules = listOf(root['labels']).flatMap((item, index): LabelRule[] => {
    const label = recordOf(item);
    const extra = records(label['fields']).flatMap(fieldSpec);
    const reach = label['includeSelectors'] === true ? 'selectors' : label['includeTemplates'] === true ? 'templates' : 'metadata';
    return labelRule(label['pairs'], ['labels', index, 'pairs'], reach, extra);
  });
  return [...rules, ...labelRule(root['commonLabels'], ['commonLabels'], 'selectors')];
}

export function readAnnotations(root: Root): readonly LabelRule[] {
  return labelRule(root['commonAnnotations'], ['commonAnnotations'], 'annotations');
}

function labelRule(value: unknown, path: Path, reach: LabelRule['reach'], fields: readonly FieldSpec[] = []): LabelRule[] {
  const pairs = Object.entries(recordOf(value))
    .filter(([, text]) => isOpaque(text) || typeof text !== 'object')
    .map(([key, text]) => ({ key, value: isOpaque(text) || typeof text === 'string' ? text : String(text) }));
  return pairs.length === 0 ? [] : [{ path, pairs, reach, fields }];
}

function fieldSpec(value: Root): FieldSpec[] {
  const { path, group, version, kind, create } = value;
  if (typeof path !== 'string' || path === '' || path.length > 1000) return [];
  return [
    {
      path,
      ...(typeof group === 'string' ? { group } : {}),
      ...(typeof version === 'string' ? { version } : {}),
      ...(typeof kind === 'string' ? { kind } : {}),
      ...(create === true ? { create } : {}),
    },
  ];
}

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/ and the two older fields beside it. */
export function readPatches(root: Root): Patches {
  const plain = { allowNameChange: false, allowKindChange: false };
  const written =
    (field: string) =>
    (item: unknown, index: number): PatchSource[] => {
      if (typeof item === 'string') return item === '' ? [] : [{ ...fileOrText(item), path: [field, index], ...plain }];
      const { path, patch, target, options } = recordOf(item);
      const { allowNameChange, allowKindChange } = recordOf(options);
      const shared = {
        ...(target === undefined || target === null ? {} : { target: patchTarget(recordOf(target)) }),
        allowNameChange: allowNameChange === true,
        allowKindChange: allowKindChange === true,
      };
      if (typeof patch === 'string' && patch.trim() !== '') return [{ text: patch, path: [field, index, 'patch'], ...shared }];
      return typeof path === 'string' && path !== '' ? [{ file: path, path: [field, index, 'path'], ...shared }] : [];
    };
  const older = listOf(root['patches']).every((item) => typeof item === 'string');
  const either = listOf(root['patches']).flatMap(written('patches'));
  return {
    // Before Kustomize v4 `patches` was a list of files.
    strategic: [...strings(root['patchesStrategicMerge']).flatMap(written('patchesStrategicMerge')), ...(older ? either : [])],
    either: older ? [] : either,
    json: listOf(root['patchesJson6902']).flatMap(written('patchesJson6902')),
  };
}

function fileOrText(item: string): Pick<PatchSource, 'file' | 'text'> {
  return isFileName(item) ? { file: item } : { text: item };
}

function patchTarget(target: Root): PatchTarget {
  const text = (name: string): string => {
    const value = target[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    group: text('group'),
    version: text('version'),
    kind: text('kind'),
    name: text('name'),
    namespace: text('namespace'),
    labelSelector: text('labelSelector'),
    annotationSelector: text('annotationSelector'),
  };
}

export function readReplicas(root: Root): readonly ReplicaCount[] {
  return listOf(root['replicas']).flatMap((item, index) => {
    const { name, count } = recordOf(item);
    return typeof name === 'string' && typeof count === 'number' ? [{ name, count, path: ['replicas', index, 'count'] }] : [];
  });
}

export function readGenerators(root: Root): readonly Generator[] {
  const common = recordOf(root['generatorOptions']);
  const read = (field: string, kind: Generator['kind']): readonly Generator[] =>
    listOf(root[field]).flatMap((item, index): Generator[] => {
      const generator = recordOf(item);
      const { name, namespace, behavior } = generator;
      if (!isOpaque(name) && (typeof name !== 'string' || name === '')) return [];
      const path: Path = [field, index];
      const own = recordOf(generator['options']);
      const labels = [...pairsAt(common['labels'], ['generatorOptions', 'labels']), ...pairsAt(own['labels'], [...path, 'options', 'labels'])];
      return [
        {
          kind,
          name,
          ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
          behavior: behavior === 'merge' || behavior === 'replace' ? behavior : 'create',
          entries: [...literalsOf(generator, path), ...filesOf(generator, path)],
          open: isSet(generator['envs']) || isSet(generator['env']),
          labels,
          path,
        },
      ];
    });
  return [...read('configMapGenerator', 'ConfigMap'), ...read('secretGenerator', 'Secret')];
}

function pairsAt(value: unknown, path: Path): Generator['labels'] {
  return labelRule(value, path, 'metadata').flatMap(({ pairs }) => pairs.map(({ key, value: text }) => ({ key, value: text, path: [...path, key] })));
}

function literalsOf(generator: Root, path: Path): Generator['entries'] {
  return listOf(generator['literals']).flatMap((literal, index) => {
    if (typeof literal !== 'string') return [];
    const [, key = '', value = ''] = /^([^=]*)=?([^]*)$/.exec(literal) ?? [];
    return key === '' ? [] : [{ key, value: value.replace(/^(["'])([^]*)\1$/, '$2'), path: [...path, 'literals', index] }];
  });
}

/** `key=path` or `path`. */
function filesOf(generator: Root, path: Path): Generator['entries'] {
  return listOf(generator['files']).flatMap((source, index) => {
    if (typeof source !== 'string' || source === '') return [];
    const equals = source.indexOf('=');
    return [{ key: equals < 0 ? nameOf(source) : source.slice(0, equals), path: [...path, 'files', index] }];
  });
}

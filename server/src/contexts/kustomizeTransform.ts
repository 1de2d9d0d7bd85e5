/** What the kustomizations on the way from a file to a root make of one resource. */
import { isOpaque, Opaque, type Value } from '../base/opaque';
import type { Origin } from '../model/origins';
import type { Resource } from '../model/resources';
import type { SourceRef } from '../protocol/source';
import { type FieldSpec, groupVersionOf, isClusterScoped, isSelectedBy, namespaceFields, replicaFields, setEntry, setField } from './fieldSpecs';
import { applyJsonPatch } from './jsonPatch';
import type { Kustomization } from './kustomization';
import { fieldsOf, type LabelRule } from './kustomizationFields';
import { mergeSchemaOf } from './kustomizeMergeKeys';
import type { Patch, PatchDocument, PatchId } from './kustomizePatches';
import { isTargeted } from './kustomizeTargets';
import type { NamedObject, PreviousId } from './nameReferences';
import { type At, copyOf, nodeAtKeys, nodeOf, originOf, placeAt, plainOf, scalarText, stepFrom, type ValueNode } from './provenance';
import { strategicMerge } from './strategicMerge';

/** The transformations of one kustomization, with the patches as they stand now. */
export interface Run {
  readonly kustomization: Kustomization;
  /** Of the kustomization file. */
  readonly place: { readonly uri: string; readonly document: number };
  readonly strategic: readonly Patch[];
  readonly either: readonly Patch[];
  readonly json: readonly Patch[];
}

/** A resource before any transformation. */
export interface Seed {
  /** As it stands in its file; undefined for one that a generator makes. */
  readonly resource?: Resource;
  readonly place: SourceRef;
  readonly plain: unknown;
  /** What stands in for `plain` where the values come from several places. */
  readonly node?: ValueNode;
  readonly previous: readonly PreviousId[];
  readonly prefixes: readonly string[];
  readonly suffixes: readonly string[];
}

export interface Transformed extends NamedObject {
  readonly seed: Seed;
  readonly plain: unknown;
  /** Undefined when nothing has changed it. */
  readonly origin?: Origin;
  /** What changed it, in order: the same for the same result. */
  readonly applied: readonly object[];
  readonly deleted: boolean;
}

/** Carries the transformations of the runs out, the innermost kustomization's first. `unreadable` is told of targets that cannot be judged. */
export function transform(seed: Seed, runs: readonly Run[], unreadable: (run: Run, target: string) => void): Transformed {
  const state = new State(seed);
  for (const run of runs) {
    apply(state, run, (target) => unreadable(run, target));
    if (state.deleted) break;
  }
  return state.result();
}

/** True when a kustomization changes nothing of what it takes in. */
export function changesNothing({ strategic, either, json, kustomization }: Run): boolean {
  const { namespace, namePrefix, nameSuffix, labels, annotations, replicas } = kustomization;
  const none = namespace === undefined && namePrefix === undefined && nameSuffix === undefined;
  return none && strategic.length + either.length + json.length + labels.length + annotations.length + replicas.length === 0;
}

/** The namespace that counts where none is written. */
const unwritten = 'default';
/** Stands for the namespace of kinds that have none. */
const noNamespace = '_non_namespaceable_';

class State {
  readonly previous: PreviousId[];
  readonly prefixes: string[];
  readonly suffixes: string[];
  readonly applied: object[] = [];
  deleted = false;
  private tree: ValueNode | undefined;

  constructor(private readonly seed: Seed) {
    this.previous = [...seed.previous];
    this.prefixes = [...seed.prefixes];
    this.suffixes = [...seed.suffixes];
  }

  /** The tree to change; made when first asked for, since most resources are in no patch. */
  get root(): ValueNode {
    return (this.tree ??= this.seed.node ? copyOf(this.seed.node) : nodeOf(this.seed.plain, placeAt(this.seed.place)));
  }

  set root(node: ValueNode) {
    this.tree = node;
  }

  text(...keys: readonly string[]): string {
    if (this.tree ?? this.seed.node) return scalarText(nodeAtKeys(this.tree ?? this.seed.node, ...keys)) ?? '';
    const value = plainAt(this.seed.plain, keys);
    if (isOpaque(value)) return value.text;
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  }

  get apiVersion(): string {
    return this.text('apiVersion');
  }

  get kind(): string {
    return this.text('kind');
  }

  get name(): string {
    return this.text('metadata', 'name');
  }

  get clusterScoped(): boolean {
    return isClusterScoped(this.apiVersion, this.kind);
  }

  /** As Kustomize compares them. */
  get namespace(): string {
    if (this.clusterScoped) return noNamespace;
    const written = this.text('metadata', 'namespace');
    return written === '' ? unwritten : written;
  }

  get ids(): readonly PreviousId[] {
    return [...this.previous, { kind: this.kind, name: this.name, namespace: this.namespace }];
  }

  rememberId(): void {
    const last = this.previous[this.previous.length - 1];
    const { kind, name, namespace } = this;
    if (last?.kind !== kind || last.name !== name || last.namespace !== namespace) this.previous.push({ kind, name, namespace });
  }

  pairs(field: 'labels' | 'annotations'): ReadonlyMap<string, string> {
    const node = nodeAtKeys(this.root, 'metadata', field);
    if (node?.type !== 'map') return new Map();
    return new Map([...node.entries].map(([key, value]) => [key, scalarText(value) ?? '']));
  }

  result(): Transformed {
    const { apiVersion, kind, name, namespace, clusterScoped, previous, prefixes, suffixes, applied, deleted, seed } = this;
    const tree = this.tree ?? seed.node;
    const changed = seed.node !== undefined || applied.length > 0;
    return {
      seed,
      apiVersion,
      kind,
      name,
      namespace,
      clusterScoped,
      previous,
      prefixes,
      suffixes,
      applied,
      deleted,
      plain: changed && tree && !deleted ? plainOf(tree) : seed.plain,
      ...(changed && tree && !deleted ? { origin: originOf(tree) } : {}),
    };
  }
}

function plainAt(plain: unknown, keys: readonly string[]): unknown {
  let value = plain;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || isOpaque(value) || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** In the order of https://github.com/kubernetes-sigs/kustomize/blob/api/v0.18.0/api/internal/target/kusttarget_configplugin.go */
function apply(state: State, run: Run, unreadable: (target: string) => void): void {
  const { kustomization } = run;
  for (const patch of run.strategic) for (const document of patch.documents) mergeInto(state, patch, document, true, unreadable);
  for (const patch of run.either) {
    for (const document of patch.documents) {
      if (document.type === 'merge') mergeInto(state, patch, document, patch.source.target !== undefined, unreadable);
      else changeByJson(state, patch, document, true, unreadable);
    }
  }
  if (state.deleted) return;
  const at = (...path: readonly (string | number)[]): At => placeAt({ ...run.place, path });
  if (kustomization.namespace !== undefined) setNamespace(state, kustomization, kustomization.namespace, at('namespace'));
  if (kustomization.namePrefix !== undefined) rename(state, kustomization, 'namePrefix', kustomization.namePrefix);
  if (kustomization.nameSuffix !== undefined) rename(state, kustomization, 'nameSuffix', kustomization.nameSuffix);
  for (const rule of [...kustomization.labels, ...kustomization.annotations]) setPairs(state, rule, at(...rule.path));
  for (const patch of run.json) for (const document of patch.documents) changeByJson(state, patch, document, false, unreadable);
  for (const replica of kustomization.replicas) {
    if (!state.ids.some((id) => id.name === replica.name)) continue;
    for (const field of fieldsFor(state, replicaFields)) {
      setField(state.root, field, { type: 'scalar', value: replica.count, at: at(...replica.path) });
      state.applied.push(replica);
    }
  }
}

function fieldsFor(state: State, fields: readonly FieldSpec[]): readonly FieldSpec[] {
  const one = { ...groupVersionOf(state.apiVersion), kind: state.kind };
  return fields.filter((field) => isSelectedBy(one, field));
}

function isFor(state: State, { target }: Patch['source'], unreadable: (target: string) => void): boolean {
  if (!target) return false;
  const [original] = state.ids;
  const answer = isTargeted(
    {
      apiVersion: state.apiVersion,
      kind: state.kind,
      names: [original?.name ?? '', state.name],
      namespaces: [original?.namespace ?? '', state.namespace],
      labels: () => state.pairs('labels'),
      annotations: () => state.pairs('annotations'),
    },
    target,
  );
  if (answer === undefined) unreadable(JSON.stringify(target.name || target.labelSelector || target.annotationSelector || target.kind));
  return answer === true;
}

/** `asTexts`: of the two ways in which it applies patches one takes labels and annotations through maps of strings, where null is a word. */
function mergeInto(state: State, patch: Patch, document: PatchDocument, asTexts: boolean, unreadable: (target: string) => void): void {
  if (state.deleted || document.type !== 'merge') return;
  const { source } = patch;
  if (source.target ? !isFor(state, source, unreadable) : !isNamed(state, document.id)) return;
  if (source.allowNameChange || source.allowKindChange) state.rememberId();
  const before = state.root;
  const [name, kind] = [nodeAtKeys(before, 'metadata', 'name'), nodeAtKeys(before, 'kind')];
  const namespace = nodeAtKeys(before, 'metadata', 'namespace');
  const [apiVersion, kindText] = [state.apiVersion, state.kind];
  const addition = copyOf(document.node);
  // The patch takes the version of what it is for; its name and namespace only say what that is.
  if (addition.type === 'map') addition.entries.delete('apiVersion');
  if (asTexts) for (const field of ['labels', 'annotations']) makeTexts(nodeAtKeys(addition, 'metadata', field));
  const after = strategicMerge(before, addition, mergeSchemaOf(apiVersion, kindText));
  state.applied.push(document);
  if (!after || (after.type === 'map' && after.entries.size === 0)) {
    state.deleted = true;
    return;
  }
  state.root = after;
  if (!source.allowKindChange) restore(after, 'kind', kind);
  const metadata = nodeAtKeys(after, 'metadata');
  if (!metadata) return;
  if (!source.allowNameChange) restore(metadata, 'name', name);
  restore(metadata, 'namespace', namespace);
}

function makeTexts(node: ValueNode | undefined): void {
  if (node?.type !== 'map') return;
  for (const [key, value] of node.entries) {
    if (value.type === 'scalar' && !isOpaque(value.value)) node.entries.set(key, { ...value, value: scalarText(value) ?? 'null' });
  }
}

function restore(node: ValueNode, key: string, value: ValueNode | undefined): void {
  if (node.type !== 'map') return;
  if (value) node.entries.set(key, value);
  else node.entries.delete(key);
}

/** By any name that it has had. */
function isNamed(state: State, id: PatchId): boolean {
  const namespace = isClusterScoped(id.apiVersion, id.kind) ? noNamespace : id.namespace === '' ? unwritten : id.namespace;
  return state.apiVersion === id.apiVersion && state.ids.some((one) => one.kind === id.kind && one.name === id.name && one.namespace === namespace);
}

function changeByJson(state: State, patch: Patch, document: PatchDocument, remembers: boolean, unreadable: (target: string) => void): void {
  if (state.deleted || document.type !== 'json' || !isFor(state, patch.source, unreadable)) return;
  if (remembers) state.rememberId();
  state.root = applyJsonPatch(state.root, document.operations);
  state.applied.push(document);
}

function setNamespace(state: State, kustomization: Kustomization, namespace: Value<string>, at: At): void {
  state.rememberId();
  const value: ValueNode = { type: 'scalar', value: namespace, at };
  if (!state.clusterScoped) setField(state.root, { path: 'metadata/namespace', create: true }, value);
  for (const field of fieldsFor(state, namespaceFields)) setField(state.root, field, value);
  state.applied.push(kustomization);
}

function rename(state: State, kustomization: Kustomization, which: 'namePrefix' | 'nameSuffix', addition: Value<string>): void {
  const kind = state.ids[0]?.kind ?? '';
  const { group } = groupVersionOf(state.apiVersion);
  if (kind === 'CustomResourceDefinition' || kind === 'Namespace' || (kind === 'APIService' && group === 'apiregistration.k8s.io')) return;
  const text = isOpaque(addition) ? addition.text : addition;
  (which === 'namePrefix' ? state.prefixes : state.suffixes).push(text);
  state.rememberId();
  const metadata = nodeAtKeys(state.root, 'metadata');
  const name = nodeAtKeys(metadata, 'name');
  if (metadata?.type !== 'map' || name?.type !== 'scalar' || name.value === null) return;
  const written = scalarText(name) ?? '';
  const whole = which === 'namePrefix' ? `${text}${written}` : `${written}${text}`;
  const value = isOpaque(addition) || isOpaque(name.value) ? new Opaque(whole) : whole;
  metadata.entries.set('name', { type: 'scalar', value, at: name.at, derived: true });
  state.applied.push(kustomization);
}

function setPairs(state: State, rule: LabelRule, place: At): void {
  const fields = fieldsFor(state, fieldsOf(rule));
  if (fields.length === 0) return;
  for (const { key, value } of rule.pairs) {
    const node: ValueNode = { type: 'scalar', value, at: stepFrom(place, key) };
    for (const field of fields) setEntry(state.root, field, key, node, place);
  }
  state.applied.push(rule);
}

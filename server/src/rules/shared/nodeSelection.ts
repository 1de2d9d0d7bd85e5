/** On which nodes the pods of a template may run, as far as its selectors tell. */
import { known } from '../../base/opaque';
import type { PodTemplate } from '../../model/pod';
import { valueAt, type Resource } from '../../model/resources';

/** What one alternative asks of one label of a node. */
interface LabelDemand {
  /** One of these, where given. */
  readonly values: ReadonlySet<string> | undefined;
  readonly not: ReadonlySet<string>;
  readonly present: boolean;
  readonly absent: boolean;
}

type Demands = ReadonlyMap<string, LabelDemand>;

/** Alternatives, of which a node has to meet one. */
export type NodeSelection = readonly Demands[];

const affinityTerms = ['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'] as const;

/**
 * `nodeSelector` and required node affinity together. Undefined when a part of them cannot be read: then nothing is known.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
export function nodeSelectionOf(resource: Resource, template: PodTemplate): NodeSelection | undefined {
  if (template.nodeSelector.open) return undefined;
  const pairs: [string, LabelDemand][] = [];
  for (const [key, value] of template.nodeSelector.entries) {
    const text = known(value);
    if (text === undefined) return undefined;
    pairs.push([key, { values: new Set([text]), not: new Set(), present: true, absent: false }]);
  }
  const terms = valueAt(resource, [...template.path, ...affinityTerms]);
  if (terms === undefined || terms === null) return [new Map(pairs)];
  if (!Array.isArray(terms)) return undefined;
  const selection: Demands[] = [];
  for (const term of terms as readonly unknown[]) {
    const demands = demandsOf(term, pairs);
    if (!demands) return undefined;
    // A term without requirements matches no node.
    if (demands.size > pairs.length || pairs.some(([key, own]) => demands.get(key) !== own)) selection.push(demands);
  }
  return selection;
}

/** True when no node can meet both, whatever its labels are. */
export function areDisjoint(a: NodeSelection, b: NodeSelection): boolean {
  return a.every((left) => b.every((right) => [...left].some(([key, demand]) => contradict(demand, right.get(key)))));
}

/** How many of the nodes may be used. A label that the node's manifest does not show counts as met where the kubelet or a cloud sets it. */
export function eligibleNodes(selection: NodeSelection, nodes: readonly Resource<'Node'>[]): number {
  return nodes.filter((node) => selection.some((demands) => [...demands].every(([key, demand]) => mayMeet(node, key, demand)))).length;
}

function demandsOf(term: unknown, pairs: readonly (readonly [string, LabelDemand])[]): Demands | undefined {
  if (!isRecord(term)) return undefined;
  const demands = new Map<string, LabelDemand>(pairs);
  for (const list of ['matchExpressions', 'matchFields'] as const) {
    const requirements = term[list];
    if (requirements === undefined || requirements === null) continue;
    if (!Array.isArray(requirements)) return undefined;
    for (const requirement of requirements as readonly unknown[]) {
      if (!isRecord(requirement) || typeof requirement['key'] !== 'string') return undefined;
      const key = list === 'matchFields' ? `field ${requirement['key']}` : requirement['key'];
      const demand = demandOf(requirement['operator'], requirement['values']);
      if (!demand) return undefined;
      const before = demands.get(key);
      demands.set(key, before ? merge(before, demand) : demand);
    }
  }
  return demands;
}

function demandOf(operator: unknown, values: unknown): LabelDemand | undefined {
  const texts = Array.isArray(values) ? (values as readonly unknown[]).filter((value) => typeof value === 'string') : [];
  if (Array.isArray(values) && texts.length !== values.length) return undefined;
  const none: ReadonlySet<string> = new Set();
  switch (operator) {
    case 'In':
      return { values: new Set(texts), not: none, present: true, absent: false };
    case 'NotIn':
      return { values: undefined, not: new Set(texts), present: false, absent: false };
    case 'Exists':
      return { values: undefined, not: none, present: true, absent: false };
    case 'DoesNotExist':
      return { values: undefined, not: none, present: false, absent: true };
    default:
      return undefined;
  }
}

function merge(a: LabelDemand, b: LabelDemand): LabelDemand {
  const values = a.values && b.values ? new Set([...a.values].filter((value) => b.values?.has(value))) : (a.values ?? b.values);
  return { values, not: new Set([...a.not, ...b.not]), present: a.present || b.present, absent: a.absent || b.absent };
}

function contradict(a: LabelDemand, b: LabelDemand | undefined): boolean {
  if (!b) return false;
  if ((a.present && b.absent) || (a.absent && b.present)) return true;
  const both = merge(a, b);
  return both.values !== undefined && [...both.values].every((value) => both.not.has(value));
}

function mayMeet(node: Resource<'Node'>, key: string, demand: LabelDemand): boolean {
  if (key.startsWith('field ')) return demand.values === undefined || demand.values.has(node.metadata.name);
  const { entries, open } = node.metadata.labels;
  const present = entries.get(key);
  if (present === undefined) return open || !demand.present || /(^|\.)(kubernetes|k8s)\.io\//.test(key);
  const value = known(present);
  if (value === undefined) return true;
  return !demand.absent && !demand.not.has(value) && (demand.values === undefined || demand.values.has(value));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A workload whose selector does not match the labels of its own template. */
import { isSlip } from '../../cluster/nearNames';
import { known } from '../../base/opaque';
import type { Path } from '../../protocol/source';
import type { Edit, Fix, Mark } from '../../model/finding';
import { matches, meets, type LabelSelector } from '../../model/labels';
import { valueAt, type Resource } from '../../model/resources';
import { contradictionsOf } from '../shared/contradictions';
import { documentRule } from '../rule';
import { requirementText } from '../shared/selectors';

const kinds = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'ReplicationController'] as const;
type Controller = Resource<(typeof kinds)[number]>;

export const workloadTemplateMismatch = documentRule({
  meta: {
    id: 'selector/workload-template-mismatch',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'The selector of a workload does not match its own template.',
    why: 'A controller finds its pods by its selector. If the labels of the pod template do not satisfy it, the controller could never own what it creates and would create pods for ever, so the API server refuses the object: "`selector` does not match template `labels`". Labels of the workload itself (`metadata.labels` at the top) play no part in this.',
    remedy:
      'Give the template every label that the selector asks for. The template may carry more labels than that. On an object that exists already only the template can change: the selector of a Deployment, ReplicaSet, StatefulSet or DaemonSet is immutable.',
    references: [
      '[Deployment: selector](https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector)',
      '`pkg/apis/apps/validation/validation.go` and `pkg/apis/core/validation/validation.go` (ValidatePodTemplateSpecForRC) in kubernetes/kubernetes',
    ],
    messages: {
      lacks: 'The template does not carry {pair}, which the selector of this {kind} asks for, so it could never own its pods.',
      differs: 'The template carries {actual}, but the selector of this {kind} asks for {pair}, so it could never own its pods.',
      requirement: 'The labels of the template do not meet `{requirement}` of the selector, so this {kind} could never own its pods.',
    },
    fixable: true,
  },
  kinds,
  *check(workload) {
    const { selector, template, hasTemplate } = workload.spec;
    if (workload.partial || !hasTemplate || selector === undefined || matches(selector, template.labels) !== 'no' || contradictionsOf(selector).length > 0)
      return;
    const missed = missedPairs(workload, selector);
    const related = [{ mark: { resource: workload, path: workload.spec.selectorPath }, message: 'The selector.' }];
    const [first] = missed;
    if (first === undefined) {
      const requirement = selector.matchExpressions.find((candidate) => meets(candidate, template.labels) === 'no');
      if (requirement === undefined) return;
      yield { at: labelsMark(workload), message: 'requirement', data: { requirement: requirementText(requirement), kind: workload.kind }, related };
      return;
    }
    const actual = known(template.labels.entries.get(first.key));
    yield {
      at: actual === undefined ? labelsMark(workload) : { resource: workload, path: [...labelsPath(workload), first.key] },
      message: actual === undefined ? 'lacks' : 'differs',
      data: { pair: `${first.key}=${first.value}`, kind: workload.kind, ...(actual === undefined ? {} : { actual: `${first.key}=${actual}` }) },
      related,
      fixes: fixes(workload, missed),
    };
  },
});

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Pairs of the selector that the template surely does not carry. */
function missedPairs(workload: Controller, selector: LabelSelector): Pair[] {
  return [...selector.matchLabels].flatMap(([key, value]) => {
    const wanted = known(value);
    if (wanted === undefined) return [];
    const alone: LabelSelector = { matchLabels: new Map([[key, value]]), matchExpressions: [], open: false };
    return matches(alone, workload.spec.template.labels) === 'no' ? [{ key, value: wanted }] : [];
  });
}

function labelsPath(workload: Controller): Path {
  return [...workload.spec.template.path, 'metadata', 'labels'];
}

/** The labels, or what stands of the way to them. */
function labelsMark(workload: Controller): Mark {
  const path = labelsPath(workload);
  for (let length = path.length; length > 1; length--) {
    const part = path.slice(0, length);
    if (typeof valueAt(workload, part) === 'object' && valueAt(workload, part) !== null)
      return length === path.length ? { resource: workload, path: part } : { resource: workload, path: part, part: 'key' };
  }
  return { resource: workload, path: workload.spec.selectorPath };
}

/** The template takes the selector's pairs over. Where one value is a slip of the other, the selector may be the wrong one. */
function fixes(workload: Controller, missed: readonly Pair[]): readonly Fix[] {
  const { template, selectorPath } = workload.spec;
  const metadata = [...template.path, 'metadata'];
  const labels = labelsPath(workload);
  const present = valueAt(workload, labels);
  const pairs = Object.fromEntries(missed.map(({ key, value }) => [key, value]));
  let edits: readonly Edit[];
  if (typeof present === 'object' && present !== null) {
    edits = missed.map(({ key, value }) =>
      Object.hasOwn(present, key)
        ? { kind: 'replace', resource: workload, path: [...labels, key], value }
        : { kind: 'insert', resource: workload, path: labels, key, value },
    );
  } else if (present !== undefined) edits = [{ kind: 'replace', resource: workload, path: labels, value: pairs }];
  else if (typeof valueAt(workload, metadata) === 'object' && valueAt(workload, metadata) !== null)
    edits = [{ kind: 'insert', resource: workload, path: metadata, key: 'labels', value: pairs }];
  else edits = [{ kind: 'insert', resource: workload, path: template.path, key: 'metadata', value: { labels: pairs } }];
  const list = missed.map(({ key, value }) => `${key}=${value}`).join(', ');
  const toTemplate: Fix = { title: `Set ${list} on the template`, preferred: true, edits };
  const [only] = missed;
  const actual = missed.length === 1 && only ? known(template.labels.entries.get(only.key)) : undefined;
  if (only === undefined || actual === undefined || !isSlip(only.value, actual)) return [toTemplate];
  const inSelector = [...selectorPath, ...(workload.type === 'ReplicationController' ? [] : ['matchLabels']), only.key];
  return [toTemplate, { title: `Select ${only.key}=${actual}`, edits: [{ kind: 'replace', resource: workload, path: inSelector, value: actual }] }];
}

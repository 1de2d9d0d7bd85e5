/** A plain map where a label selector belongs, or a label selector where a plain map belongs. */
import { isOpaque } from '../../base/opaque';
import type { Path } from '../../protocol/source';
import type { Finding } from '../../model/finding';
import { valueAt, type Resource } from '../../model/resources';
import { documentRule } from '../rule';
import { misplacedLabels } from '../shared/selectorShape';

type Message = 'service' | 'policy' | 'mixed';
type Mapping = Readonly<Record<string, unknown>>;

export const matchLabelsWrongShape = documentRule<'Service' | 'NetworkPolicy', Message>({
  meta: {
    id: 'selector/match-labels-wrong-shape',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A selector is written in the shape that another kind has.',
    why: 'The selector of a Service is a plain map of labels. Written as `{matchLabels: {…}}` it cannot be read, and the Service is refused. The selectors of a NetworkPolicy are the other way round: labels stand under `matchLabels`. A label that stands directly in them is an unknown field, which strict validation refuses; where validation is off the field is dropped, and the empty selector that remains selects *every* pod or namespace.',
    remedy:
      'In a Service, write the labels directly under `selector`. In a NetworkPolicy, put them under `matchLabels`, or write requirements under `matchExpressions`.',
    references: [
      '[Service: selector](https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service)',
      '[The NetworkPolicy resource](https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource)',
      '[Field validation](https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation)',
    ],
    messages: {
      service: 'The selector of a Service is a plain map: write the labels directly under `selector`, without `{key}`.',
      policy: 'Put these labels under `matchLabels`. As they stand they are unknown fields, and without them the selector selects everything.',
      mixed: 'Put `{keys}` under `matchLabels`. As it stands it is an unknown field, which is refused or ignored.',
    },
    fixable: true,
  },
  kinds: ['Service', 'NetworkPolicy'],
  *check(resource) {
    if (resource.type === 'Service') yield* checkService(resource);
    else for (const path of policySelectors(resource)) yield* checkPolicy(resource, path);
  },
});

function* checkService(service: Resource<'Service'>): Iterable<Finding<Message>> {
  const path = ['spec', 'selector'];
  const selector = mappingAt(service, path);
  if (selector === undefined) return;
  const keys = Object.keys(selector);
  const key = ['matchLabels', 'matchExpressions'].find((name) => typeof selector[name] === 'object' && selector[name] !== null && !isOpaque(selector[name]));
  if (key === undefined) return;
  const only = keys.length === 1 && key === 'matchLabels' && mappingAt(service, [...path, key]) !== undefined;
  yield {
    at: { resource: service, path },
    message: 'service',
    data: { key },
    fixes: only ? [{ title: 'Write the labels directly under selector', preferred: true, edits: [{ kind: 'unwrap', resource: service, path, key }] }] : [],
  };
}

/** Only scalars can be labels; a key that is nearly `matchLabels` is a slip of that, and one with a placeholder may be anything. */
function* checkPolicy(policy: Resource<'NetworkPolicy'>, path: Path): Iterable<Finding<Message>> {
  const selector = mappingAt(policy, path);
  if (selector === undefined) return;
  const keys = Object.keys(selector);
  const odd = misplacedLabels(selector);
  if (odd.length === 0) return;
  if (odd.length === keys.length) {
    yield {
      at: { resource: policy, path },
      message: 'policy',
      fixes: [{ title: 'Put the labels under matchLabels', preferred: true, edits: [{ kind: 'wrap', resource: policy, path, key: 'matchLabels' }] }],
    };
    return;
  }
  const [first] = odd;
  if (first !== undefined) yield { at: { resource: policy, path: [...path, first], part: 'key' }, message: 'mixed', data: { keys: odd.join(', ') } };
}

function mappingAt(resource: Resource, path: Path): Mapping | undefined {
  const value = valueAt(resource, path);
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isOpaque(value) ? (value as Mapping) : undefined;
}

function policySelectors(policy: Resource<'NetworkPolicy'>): Path[] {
  const { ingress, egress } = policy.spec;
  const peers = [...ingress, ...egress].flatMap((rule) => rule.peers ?? []);
  return [
    ['spec', 'podSelector'],
    ...peers.flatMap(({ path }) => [
      [...path, 'podSelector'],
      [...path, 'namespaceSelector'],
    ]),
  ];
}

/** A field that its type does not have. */
import { editDistance, nearest } from '../../base/editDistance';
import type { Finding, Fix } from '../../model/finding';
import type { Resource } from '../../model/resources';
import { documentRule } from '../rule';
import { fieldsOfMinor, type ObjectType } from '../shared/apiFields';
import { isOpaqueKey, walkFields, type WalkedObject } from '../shared/fieldWalk';
import { checkedKinds } from '../shared/kindNames';
import { misplacedLabels } from '../shared/selectorShape';

type Message = 'near' | 'unknown';

export const unknownField = documentRule<(typeof checkedKinds)[number], Message>({
  meta: {
    id: 'schema/unknown-field',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A field that its type does not have.',
    why: '`kubectl` asks the API server to refuse unknown fields, and it does: "unknown field". Where that is switched off, or another client sends the manifest, the field is dropped in silence, and what it should have said is missing: a Service with `selectors` selects nothing, a rule with `form` instead of `from` allows everybody. Names of fields are compared letter by letter, upper and lower case included. The fields of Services, policies, Ingresses, endpoint slices, ports, variables, probes and selectors are known here in full, those of Kubernetes 1.36; elsewhere only what is nearly the name of a field of the network is reported.',
    remedy: 'Write the field as the API spells it, or move it to the object that it belongs to. `kubectl explain KIND.spec` lists the fields of a type.',
    references: [
      '[Field validation](https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation)',
      '[Kubernetes API](https://kubernetes.io/docs/reference/kubernetes-api/)',
      '[KEP-2885: server-side unknown field validation](https://github.com/kubernetes/enhancements/issues/2885)',
    ],
    messages: {
      near: '`{field}` is not a field of {type}. Did you mean `{near}`?',
      unknown: '`{field}` is not a field of {type}.',
    },
    fixable: true,
  },
  kinds: checkedKinds,
  *check(resource, { kubernetesMinor }) {
    for (const object of walkFields(resource).objects) {
      const { type, value } = object;
      const keys = Object.keys(value).filter((key) => !type.fields.has(key) && !isOpaqueKey(key));
      if (keys.length === 0 || isToldElsewhere(resource, object)) continue;
      for (const key of keys) {
        const finding = checkKey(resource, object, key, kubernetesMinor);
        if (finding) yield finding;
      }
    }
  },
});

function checkKey(resource: Resource, { path, type, value }: WalkedObject, key: string, kubernetesMinor: number): Finding<Message> | undefined {
  const near = nearField(key, type);
  // A newer API may have fields that are not listed here.
  const isWhole = type.judged === 'all' && kubernetesMinor <= fieldsOfMinor;
  if (isOldBackend(type, key) || (near === undefined && !isWhole)) return undefined;
  const at = { resource, path: [...path, key], part: 'key' as const };
  if (near === undefined) return { at, message: 'unknown', data: { field: key, type: type.name } };
  const fixes: readonly Fix[] = Object.hasOwn(value, near)
    ? []
    : [{ title: `Rename to ${near}`, preferred: true, edits: [{ kind: 'renameKey', resource, path: [...path, key], key: near }] }];
  return { at, message: 'near', data: { field: key, type: type.name, near }, fixes };
}

/** What people write by heart, where it is further away than a slip. */
const byHeart: Readonly<Record<string, string>> = {
  from: 'to',
  to: 'from',
  val: 'value',
  headers: 'httpHeaders',
  portname: 'name',
  portnumber: 'port',
  podselectors: 'podSelector',
  labelselector: 'matchLabels',
  labels: 'matchLabels',
  expressions: 'matchExpressions',
  types: 'policyTypes',
  servicetype: 'type',
  ip: 'clusterIP',
  ingressclass: 'ingressClassName',
  classname: 'ingressClassName',
  backendservice: 'service',
};

function nearField(key: string, type: ObjectType): string | undefined {
  const judged = type.judged === 'all' ? [...type.fields.keys()] : type.judged;
  const folded = fold(key);
  const same = judged.find((field) => fold(field) === folded);
  if (same !== undefined) return same;
  const limit = Math.min(2, Math.floor(key.length / 3));
  const near = limit === 0 ? undefined : nearest(folded, judged.map(fold), limit);
  const field = near === undefined ? undefined : judged.find((candidate) => fold(candidate) === near);
  // `nodePort` beside `port` is a word of its own, not a slip.
  if (field !== undefined && editDistance(folded, fold(field), 2) <= Math.floor(Math.max(key.length, field.length) / 3)) return field;
  if (type.judged !== 'all') return undefined;
  const known = Object.hasOwn(byHeart, folded) ? byHeart[folded] : undefined;
  if (known !== undefined && judged.includes(known)) return known;
  // `timeout` for `timeoutSeconds`, `secret` for `secretName`.
  const longer = folded.length >= 5 ? judged.filter((candidate) => fold(candidate).startsWith(folded)) : [];
  return longer.length === 1 ? longer[0] : undefined;
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** Labels where `matchLabels` was forgotten: `selector/match-labels-wrong-shape` says so, for the selectors of policies. */
function isToldElsewhere(resource: Resource, { type, value }: WalkedObject): boolean {
  return resource.type === 'NetworkPolicy' && type.name === 'LabelSelector' && misplacedLabels(value).length > 0;
}

/** Fields of the Ingress before networking.k8s.io/v1: `ingress/old-api` says what became of them. */
function isOldBackend({ name }: ObjectType, key: string): boolean {
  return (name === 'IngressBackend' && (key === 'serviceName' || key === 'servicePort')) || (name === 'IngressSpec' && key === 'backend');
}

/** A field that its object cannot do without. */
import { documentRule } from '../rule';
import { walkFields, type WalkedObject } from '../shared/fieldWalk';
import { checkedKinds } from '../shared/kindNames';
import { mayHoldMore } from '../shared/templated';

export const requiredMissing = documentRule({
  meta: {
    id: 'schema/required-missing',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A required field is missing.',
    why: 'Some objects mean nothing without one of their fields: a port without a number, a variable without a name, an `ipBlock` without a `cidr`. The API server refuses them.',
    remedy: 'Add the field that the message names, or remove the object.',
    references: [
      '[Kubernetes API](https://kubernetes.io/docs/reference/kubernetes-api/)',
      '`pkg/apis/core/validation/validation.go` and `pkg/apis/networking/validation/validation.go` in kubernetes/kubernetes',
    ],
    messages: { missing: '`{field}` is required in {type}.' },
    fixable: false,
  },
  kinds: checkedKinds,
  *check(resource) {
    for (const object of walkFields(resource).objects) {
      for (const field of missingFields(object))
        yield { at: { resource, path: [...object.path, field] }, message: 'missing', data: { field, type: object.type.name } };
    }
  },
});

/** None where a template may bring it, or where a key that is not known may be the one, misspelt. */
function missingFields({ type, value }: WalkedObject): readonly string[] {
  const missing = type.required.filter((field) => value[field] === undefined || value[field] === null || value[field] === '');
  if (missing.length === 0 || mayHoldMore(value)) return [];
  return Object.keys(value).some((key) => !type.fields.has(key)) ? [] : missing;
}

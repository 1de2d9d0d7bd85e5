/** A word where the API takes only a few others. */
import { documentRule } from '../rule';
import { notAllowed } from '../shared/allowedValues';
import { walkFields, type WalkedValue } from '../shared/fieldWalk';
import { checkedKinds } from '../shared/kindNames';

export const schemaEnum = documentRule({
  meta: {
    id: 'schema/enum',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A field has a value that is none of those it may have.',
    why: 'Fields such as `externalTrafficPolicy`, `ipFamilies` or the `operator` of a selector take one of a few words, letter by letter. The API server refuses every other, also one that differs in upper and lower case only.',
    remedy: 'Write one of the values that the message lists.',
    references: [
      '[Kubernetes API](https://kubernetes.io/docs/reference/kubernetes-api/)',
      '`pkg/apis/core/validation/validation.go` and `pkg/apis/networking/validation/validation.go` in kubernetes/kubernetes',
    ],
    messages: { notAllowed: '`{value}` is not allowed here: use {allowed}.' },
    fixable: true,
  },
  kinds: checkedKinds,
  *check(resource) {
    for (const value of walkFields(resource).values) {
      const allowed = allowedOf(value);
      const finding = allowed && notAllowed(resource, value.path, allowed);
      if (finding) yield finding;
    }
  },
});

/** Fields whose values have a rule of their own. */
const toldElsewhere: readonly string[] = ['protocol', 'pathType', 'dnsPolicy', 'sessionAffinity', 'policyTypes'];

function allowedOf({ type, path }: WalkedValue): readonly string[] | undefined {
  if (type.is !== 'scalar' || !type.values) return undefined;
  const field = [...path].reverse().find((segment): segment is string => typeof segment === 'string') ?? '';
  const isServiceType = path.length === 2 && field === 'type';
  return isServiceType || toldElsewhere.includes(field) ? undefined : type.values;
}

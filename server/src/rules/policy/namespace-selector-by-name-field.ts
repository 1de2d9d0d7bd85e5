/** A namespaceSelector that names a namespace in a field that selectors do not have. */
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';

const fields = ['name', 'matchName', 'matchNames', 'names'];

export const namespaceSelectorByNameField = documentRule({
  meta: {
    id: 'policy/namespace-selector-by-name-field',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A namespaceSelector has a field `name` or `matchNames`.',
    why: 'A `namespaceSelector` is a label selector: it has `matchLabels` and `matchExpressions` and nothing else. `name` and `matchNames` belong to other APIs. With strict validation, as `kubectl` asks for, the policy is refused; without it the field is dropped, and what remains, an empty selector, matches **every** namespace.',
    remedy: 'Select by the label that every namespace carries: `matchLabels: {kubernetes.io/metadata.name: NAME}`.',
    references: [
      '[Targeting a namespace by its name](https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name)',
      '[Label selector API](https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/)',
    ],
    messages: {
      field: 'A namespaceSelector has only matchLabels and matchExpressions; `{field}` is not read.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    for (const rule of [...policy.spec.ingress, ...policy.spec.egress]) {
      for (const peer of rule.peers ?? []) {
        const path = [...peer.path, 'namespaceSelector'];
        for (const field of fields) {
          const value = valueAt(policy, [...path, field]);
          if (value === undefined) continue;
          const names = (Array.isArray(value) ? (value as unknown[]) : [value]).filter((name) => typeof name === 'string');
          const only =
            Object.keys(valueAt(policy, path) as object).length === 1 && names.length > 0 && names.length === (Array.isArray(value) ? value.length : 1);
          const selector =
            names.length === 1
              ? { matchLabels: { 'kubernetes.io/metadata.name': names[0] } }
              : { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: names }] };
          yield {
            at: { resource: policy, path: [...path, field], part: 'key' as const },
            message: 'field' as const,
            data: { field },
            fixes: only
              ? [
                  {
                    title: 'Select by kubernetes.io/metadata.name',
                    preferred: true,
                    edits: [{ kind: 'replace' as const, resource: policy, path, value: selector }],
                  },
                ]
              : [],
          };
        }
      }
    }
  },
});

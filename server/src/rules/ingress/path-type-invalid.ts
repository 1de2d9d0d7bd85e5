/** A `pathType` that does not exist. */
import { documentRule } from '../rule';
import { notAllowed } from '../shared/allowedValues';

export const pathTypeInvalid = documentRule({
  meta: {
    id: 'ingress/path-type-invalid',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: '`pathType` is a word that the API does not know.',
    why: 'There are three ways to compare a path, and the API server refuses every other word, also one that differs in upper and lower case only.',
    remedy: 'Write `Prefix` for a path and all below it, `Exact` for that path alone, or `ImplementationSpecific` to leave it to the controller.',
    references: [
      '[Ingress: path types](https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types)',
      '`pkg/apis/networking/validation/validation.go` (validateHTTPIngressPath) in kubernetes/kubernetes',
    ],
    messages: { notAllowed: '`{value}` is no path type: use {allowed}.' },
    fixable: true,
  },
  kinds: ['Ingress'],
  *check(ingress) {
    for (const { path } of ingress.spec.rules.flatMap((rule) => rule.paths)) {
      const finding = notAllowed(ingress, [...path, 'pathType'], ['Exact', 'Prefix', 'ImplementationSpecific']);
      if (finding) yield finding;
    }
  },
});

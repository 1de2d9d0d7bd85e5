/** A path of an Ingress without `pathType`. */
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { mayHoldMore } from '../shared/templated';

export const pathTypeMissing = documentRule({
  meta: {
    id: 'ingress/path-type-missing',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A path has no `pathType`, which networking.k8s.io/v1 requires.',
    why: 'Since `networking.k8s.io/v1` every path has to say how it is compared, and the API server refuses an Ingress in which one does not. The versions before it left `pathType` out and meant `ImplementationSpecific`, which is why manifests that were raised to v1 by their apiVersion alone fail here.',
    remedy:
      '`Prefix` compares path elements (`/foo` serves `/foo/bar`, not `/foobar`) and is what most mean. `Exact` serves that path alone. `ImplementationSpecific` leaves it to the controller, and is needed where a path is a regular expression.',
    references: [
      '[Ingress: path types](https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types)',
      '`pkg/apis/networking/validation/validation.go` (validateHTTPIngressPath) in kubernetes/kubernetes',
    ],
    messages: {
      missing: '`pathType` is required: Prefix, Exact or ImplementationSpecific.',
    },
    fixable: true,
  },
  kinds: ['Ingress'],
  *check(ingress) {
    if (ingress.partial || ingress.apiVersion !== 'networking.k8s.io/v1') return;
    for (const { path } of ingress.spec.rules.flatMap((rule) => rule.paths)) {
      const item = valueAt(ingress, path);
      if (typeof item !== 'object' || item === null || mayHoldMore(item)) continue;
      const written = valueAt(ingress, [...path, 'pathType']);
      if (written !== undefined && written !== null && written !== '') continue;
      const type = isRegularExpression(valueAt(ingress, [...path, 'path'])) ? 'ImplementationSpecific' : 'Prefix';
      yield {
        at: { resource: ingress, path: [...path, 'pathType'] },
        message: 'missing',
        fixes: [
          {
            title: `Insert pathType: ${type}`,
            preferred: true,
            edits: [
              written === undefined
                ? { kind: 'insert', resource: ingress, path, key: 'pathType', value: type }
                : { kind: 'replace', resource: ingress, path: [...path, 'pathType'], value: type },
            ],
          },
        ],
      };
    }
  },
});

/** `Prefix` would compare the signs literally. */
function isRegularExpression(path: unknown): boolean {
  return typeof path === 'string' && /[()*+?[\]|^$\\]/.test(path);
}

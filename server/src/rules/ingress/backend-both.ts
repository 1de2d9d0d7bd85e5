/** A backend that is a Service and another object at once. */
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { allBackends } from '../shared/ingressBackends';

export const backendBoth = documentRule({
  meta: {
    id: 'ingress/backend-both',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A backend names both a Service and a resource.',
    why: 'A backend is either a Service or, where the controller knows such things, another object of the namespace. The API server refuses a backend with both.',
    remedy: 'Keep the one that is meant.',
    references: [
      '[Ingress: resource backends](https://kubernetes.io/docs/concepts/services-networking/ingress/#resource-backend)',
      '`pkg/apis/networking/validation/validation.go` (validateIngressBackend) in kubernetes/kubernetes',
    ],
    messages: { both: 'A backend is either a `service` or a `resource`; the API server refuses both.' },
    fixable: true,
  },
  kinds: ['Ingress'],
  *check(ingress) {
    for (const { path } of allBackends(ingress)) {
      const [service, resource] = [valueAt(ingress, [...path, 'service']), valueAt(ingress, [...path, 'resource'])];
      if (typeof service !== 'object' || service === null || typeof resource !== 'object' || resource === null) continue;
      const remove = (key: string): { title: string; edits: [{ kind: 'remove'; resource: typeof ingress; path: (string | number)[] }] } => ({
        title: `Remove ${key}`,
        edits: [{ kind: 'remove', resource: ingress, path: [...path, key] }],
      });
      yield { at: { resource: ingress, path: [...path, 'resource'], part: 'key' }, message: 'both', fixes: [remove('resource'), remove('service')] };
    }
  },
});

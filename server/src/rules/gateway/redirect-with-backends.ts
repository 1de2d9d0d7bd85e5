/** A rule of a route that redirects and has backends. */
import { known } from '../../base/opaque';
import { documentRule } from '../rule';

export const redirectWithBackends = documentRule({
  meta: {
    id: 'gateway/redirect-with-backends',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A rule of an HTTPRoute redirects, and has backends.',
    why: 'A redirect answers the client at once, so no backend is ever asked. The API server refuses a rule that has both.',
    remedy: 'Remove the backends, or move them to a rule without the redirect.',
    references: [
      '[HTTP redirects and rewrites](https://gateway-api.sigs.k8s.io/guides/http-redirect-rewrite/)',
      '`apis/v1/httproute_types.go` (validation of HTTPRouteRule) in kubernetes-sigs/gateway-api',
    ],
    messages: { both: 'A rule that redirects has no backends; the API server refuses both.' },
    fixable: true,
  },
  kinds: ['HTTPRoute'],
  *check(route) {
    for (const rule of route.spec.rules) {
      const redirect = rule.filters.find((filter) => known(filter.type) === 'RequestRedirect');
      if (!redirect || rule.backends.length === 0) continue;
      const path = [...rule.path, 'backendRefs'];
      yield {
        at: { resource: route, path, part: 'key' },
        message: 'both',
        related: [{ mark: { resource: route, path: [...redirect.path, 'type'] }, message: 'The redirect.' }],
        fixes: [{ title: 'Remove the backends', edits: [{ kind: 'remove', resource: route, path }] }],
      };
    }
  },
});

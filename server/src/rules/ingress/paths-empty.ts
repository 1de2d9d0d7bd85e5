/** A rule of an Ingress without paths. */
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { isMapping } from '../shared/fieldWalk';
import { mayHoldMore } from '../shared/templated';

export const pathsEmpty = documentRule({
  meta: {
    id: 'ingress/paths-empty',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A rule has `http` but no paths.',
    why: '`http` without paths says nothing, and the API server refuses it. A rule that should send all requests of its host to the default backend leaves `http` out.',
    remedy: 'Add a path, or remove `http` from the rule.',
    references: [
      '[Ingress rules](https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-rules)',
      '`pkg/apis/networking/validation/validation.go` (validateHTTPIngressRuleValue) in kubernetes/kubernetes',
    ],
    messages: { empty: 'Add at least one path: the API server refuses `http` without paths.' },
    fixable: false,
  },
  kinds: ['Ingress'],
  *check(ingress) {
    if (ingress.partial) return;
    for (const { path } of ingress.spec.rules) {
      const http = valueAt(ingress, [...path, 'http']);
      if (!isMapping(http) || mayHoldMore(http) || Object.keys(http).some((key) => key !== 'paths')) continue;
      const paths = http['paths'];
      if (paths === undefined || paths === null || (Array.isArray(paths) && paths.length === 0))
        yield { at: { resource: ingress, path: [...path, 'http'], part: 'key' }, message: 'empty' };
    }
  },
});

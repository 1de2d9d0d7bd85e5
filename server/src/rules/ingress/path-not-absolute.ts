/** A path that does not begin with `/`. */
import { isMapping } from '../shared/fieldWalk';
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { judgedPaths } from '../shared/ingressPaths';
import { mayHoldMore } from '../shared/templated';

export const pathNotAbsolute = documentRule({
  meta: {
    id: 'ingress/path-not-absolute',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A path of an Ingress does not begin with `/`.',
    why: 'With the path types `Exact` and `Prefix` a path has to be absolute, and an empty one is not. With `ImplementationSpecific` it may be left out, but if it is there it begins with `/` too. The API server refuses the Ingress otherwise.',
    remedy: 'Begin the path with `/`. For all requests of a host write `/` with `Prefix`.',
    references: [
      '[Ingress: path types](https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types)',
      '`pkg/apis/networking/validation/validation.go` (validateHTTPIngressPath) in kubernetes/kubernetes',
    ],
    messages: {
      relative: 'A path begins with `/`, which `{path}` does not.',
      empty: 'With pathType {pathType} a path is required, and it begins with `/`.',
    },
    fixable: true,
  },
  kinds: ['Ingress'],
  *check(ingress) {
    for (const { item, text, pathType } of judgedPaths(ingress)) {
      const path = [...item.path, 'path'];
      const written = valueAt(ingress, path);
      if (text.startsWith('/') || (text === '' && pathType === 'ImplementationSpecific')) continue;
      const whole = valueAt(ingress, item.path);
      if (text === '' && (mayHoldMore(whole) || (written !== undefined && written !== null && written !== ''))) continue;
      // A misspelt key is told elsewhere.
      if (written === undefined && isMapping(whole) && Object.keys(whole).some((key) => !['path', 'pathType', 'backend'].includes(key))) continue;
      yield {
        at: { resource: ingress, path },
        message: text === '' ? 'empty' : 'relative',
        data: { path: text.slice(0, 60), pathType },
        fixes: [
          {
            title: text === '' ? 'Set path: /' : 'Add the `/`',
            preferred: true,
            edits: [
              written === undefined
                ? { kind: 'insert', resource: ingress, path: item.path, key: 'path', value: '/' }
                : { kind: 'replace', resource: ingress, path, value: `/${text}` },
            ],
          },
        ],
      };
    }
  },
});

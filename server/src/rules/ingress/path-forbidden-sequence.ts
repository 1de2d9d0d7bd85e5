/** A path with a sequence that the API server refuses. */
import { documentRule } from '../rule';
import { judgedPaths } from '../shared/ingressPaths';

const anywhere = ['//', '/./', '/../', '%2f', '%2F'];
const atEnd = ['/..', '/.'];

export const pathForbiddenSequence = documentRule({
  meta: {
    id: 'ingress/path-forbidden-sequence',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A path of an Ingress holds `//`, `/../` or the like.',
    why: 'Clients and proxies resolve such sequences before they compare paths, each in its own way, so a rule with one of them would match nothing or something else. With the path types `Exact` and `Prefix` the API server refuses them.',
    remedy: 'Write the path as it looks after it is resolved. A regular expression needs `pathType: ImplementationSpecific`.',
    references: [
      '`pkg/apis/networking/validation/validation.go` (invalidPathSequences, invalidPathSuffixes) in kubernetes/kubernetes',
      '[Ingress: path types](https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types)',
    ],
    messages: {
      sequence: 'A path with pathType {pathType} may not hold `{sequence}`.',
      suffix: 'A path with pathType {pathType} may not end in `{sequence}`.',
    },
    fixable: false,
  },
  kinds: ['Ingress'],
  *check(ingress) {
    for (const { item, text, pathType } of judgedPaths(ingress)) {
      if (pathType === 'ImplementationSpecific' || !text.startsWith('/')) continue;
      const inside = anywhere.find((sequence) => text.includes(sequence));
      const suffix = atEnd.find((sequence) => text.endsWith(sequence));
      const sequence = inside ?? suffix;
      if (sequence === undefined) continue;
      const start = inside === undefined ? text.length - sequence.length : text.indexOf(sequence);
      yield {
        at: { resource: ingress, path: [...item.path, 'path'], span: { start, end: start + sequence.length } },
        message: inside === undefined ? 'suffix' : 'sequence',
        data: { pathType, sequence },
      };
    }
  },
});

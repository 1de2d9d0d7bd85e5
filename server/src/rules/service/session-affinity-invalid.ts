/** A session affinity, or a timeout of one, that does not exist. */
import { known } from '../../base/opaque';
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { notAllowed } from '../shared/allowedValues';

const most = 86_400;

export const sessionAffinityInvalid = documentRule<'Service', 'notAllowed' | 'timeout' | 'unused'>({
  meta: {
    id: 'service/session-affinity-invalid',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A session affinity or its timeout is not one that Services have.',
    why: 'A Service either spreads every connection anew (`None`) or sends the connections of one client address to one pod (`ClientIP`) for as long as its timeout says, at most a day. The API server refuses other words and numbers. A timeout beside `None` has no effect and is removed on creation.',
    remedy: 'Write `ClientIP` or `None`, and a timeout between 1 and 86400 seconds. Affinity by cookie is a matter of the Ingress controller.',
    references: [
      '[Session stickiness](https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity)',
      '`pkg/apis/core/validation/validation.go` (validateClientIPAffinityConfig) in kubernetes/kubernetes',
    ],
    messages: {
      notAllowed: '`{value}` is no session affinity: use {allowed}.',
      timeout: 'A timeout of {seconds} seconds is refused: it is between 1 and 86400.',
      unused: 'The timeout has no effect, because `sessionAffinity` is not ClientIP.',
    },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service) {
    const finding = notAllowed(service, ['spec', 'sessionAffinity'], ['ClientIP', 'None']);
    if (finding) yield finding;
    const path = ['spec', 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds'];
    const seconds = valueAt(service, path);
    if (typeof seconds !== 'number') return;
    const affinity = service.spec.sessionAffinity === undefined ? 'None' : known(service.spec.sessionAffinity);
    if (affinity === 'ClientIP' && (seconds < 1 || seconds > most)) yield { at: { resource: service, path }, message: 'timeout', data: { seconds } };
    if (affinity === 'None' && !service.partial)
      yield { at: { resource: service, path: ['spec', 'sessionAffinityConfig'], part: 'key' }, message: 'unused', severity: 'information', tag: 'unnecessary' };
  },
});

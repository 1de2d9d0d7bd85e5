/** A Service of type ExternalName that names nothing. */
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { mayHoldMore } from '../shared/templated';

export const externalNameMissing = documentRule({
  meta: {
    id: 'service/external-name-missing',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'An ExternalName Service has no `externalName`.',
    why: 'All that an `ExternalName` Service does is to give a host name another name in cluster DNS. Without `externalName` there is nothing to give, and the API server refuses it.',
    remedy: 'Write the host name under `externalName`, without scheme, port or path.',
    references: [
      '[Type ExternalName](https://kubernetes.io/docs/concepts/services-networking/service/#externalname)',
      '`pkg/apis/core/validation/validation.go` (ValidateService) in kubernetes/kubernetes',
    ],
    messages: { missing: '`externalName` is required: a host name, without scheme, port or path.' },
    fixable: false,
  },
  kinds: ['Service'],
  *check(service) {
    const name = valueAt(service, ['spec', 'externalName']);
    if (service.partial || service.spec.type !== 'ExternalName' || (name !== undefined && name !== null && name !== '')) return;
    if (mayHoldMore(valueAt(service, ['spec']))) return;
    yield { at: { resource: service, path: ['spec', name === '' ? 'externalName' : 'type'] }, message: 'missing' };
  },
});

/** An `externalName` that is an address. */
import { parseAddress } from '../../base/addresses';
import { known } from '../../base/opaque';
import { documentRule } from '../rule';

export const externalNameIp = documentRule({
  meta: {
    id: 'service/external-name-ip',
    severity: 'warning',
    default: 'warning',
    tier: 'B',
    summary: '`externalName` is an IPv4 address.',
    why: 'The API server accepts digits and dots as a host name, but cluster DNS then answers with a CNAME record that points to a *name* made of digits, which no resolver can look up. The Service resolves to nothing.',
    remedy: 'Make a Service without a selector, and an EndpointSlice with the address and the label `kubernetes.io/service-name`.',
    references: [
      '[Type ExternalName](https://kubernetes.io/docs/concepts/services-networking/service/#externalname)',
      '[Services without selectors](https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors)',
    ],
    messages: { address: '`{address}` is taken for a name, and DNS cannot resolve it.' },
    fixable: false,
  },
  kinds: ['Service'],
  *check(service) {
    const name = known(service.spec.externalName) ?? '';
    if (service.spec.type !== 'ExternalName' || parseAddress(name)?.family !== 4 || name.includes(':')) return;
    yield { at: { resource: service, path: ['spec', 'externalName'] }, message: 'address', data: { address: name } };
  },
});

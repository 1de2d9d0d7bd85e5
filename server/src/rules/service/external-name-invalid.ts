/** An `externalName` that is no host name. */
import { parseAddress } from '../../base/addresses';
import { known } from '../../base/opaque';
import { documentRule } from '../rule';
import { shortened } from '../shared/allowedValues';
import { isDnsSubdomain, isPlaceholderName } from '../shared/dnsNames';

export const externalNameInvalid = documentRule({
  meta: {
    id: 'service/external-name-invalid',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: '`externalName` is not a host name.',
    why: 'The name becomes a CNAME record, which can hold a host name and nothing else. The API server refuses a scheme, a port, a path, upper-case letters, underscores and IPv6 addresses. A dot at the end is allowed.',
    remedy: 'Write the host alone, in lower case. Clients name the port themselves; for an address, make a Service without selector and an EndpointSlice.',
    references: [
      '[Type ExternalName](https://kubernetes.io/docs/concepts/services-networking/service/#externalname)',
      '`pkg/apis/core/validation/validation.go` (ValidateService) in kubernetes/kubernetes',
    ],
    messages: { invalid: '`{name}` is no host name: write it without scheme, port or path, in lower case.' },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service) {
    const name = known(service.spec.externalName);
    if (service.spec.type !== 'ExternalName' || name === undefined || name === '' || isPlaceholderName(name)) return;
    if (isDnsSubdomain(name.replace(/\.$/, ''))) return;
    const path = ['spec', 'externalName'];
    const host = hostOf(name);
    yield {
      at: { resource: service, path },
      message: 'invalid',
      data: { name: shortened(name) },
      fixes: host === undefined ? [] : [{ title: `Change to ${host}`, preferred: true, edits: [{ kind: 'replace', resource: service, path, value: host }] }],
    };
  },
});

function hostOf(name: string): string | undefined {
  const rest = /^(?:[a-z][-+.a-z0-9]*:\/\/)?(?:[^/@]*@)?([^/?#]*)/i.exec(name.slice(0, 2000))?.[1] ?? '';
  const host = rest.replace(/:\d*$/, '').toLowerCase().trim();
  return isDnsSubdomain(host.replace(/\.$/, '')) && !parseAddress(host) && host !== name ? host : undefined;
}

/** A host of a TLS entry that is no host name. */
import { known } from '../../base/opaque';
import { documentRule } from '../rule';
import { shortened } from '../shared/allowedValues';
import { isDnsSubdomain, isPlaceholderName, isWildcardSubdomain } from '../shared/dnsNames';

export const tlsHostInvalid = documentRule({
  meta: {
    id: 'ingress/tls-host-invalid',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A host of a TLS entry is not a DNS name.',
    why: 'The hosts of a TLS entry are compared with the name that a client sends when it opens the connection. The API server refuses what can be no such name: a scheme, a port, a path, upper-case letters, an empty text, and a wildcard that is not the first label.',
    remedy: 'Write the host name alone, in lower case, as it stands in the rules.',
    references: [
      '[Ingress: TLS](https://kubernetes.io/docs/concepts/services-networking/ingress/#tls)',
      '`pkg/apis/networking/validation/validation.go` (validateIngressTLS) in kubernetes/kubernetes',
    ],
    messages: { invalid: '`{host}` is no host name: write it without scheme, port or path, in lower case; `*.` may only be the first label.' },
    fixable: true,
  },
  kinds: ['Ingress'],
  *check(ingress) {
    for (const entry of ingress.spec.tls) {
      for (const [position, value] of entry.hosts.entries()) {
        const host = known(value);
        if (host === undefined || isPlaceholderName(host) || (host.includes('*') ? isWildcardSubdomain(host) : isDnsSubdomain(host))) continue;
        const path = [...entry.path, 'hosts', position];
        const alone = (/^(?:[a-z][-+.a-z0-9]*:\/\/)?([^/?#]*)/i.exec(host.slice(0, 2000))?.[1] ?? '').replace(/:\d*$/, '').toLowerCase();
        const valid = isDnsSubdomain(alone) || isWildcardSubdomain(alone);
        yield {
          at: { resource: ingress, path },
          message: 'invalid',
          data: { host: shortened(host) },
          fixes: valid ? [{ title: `Change to ${alone}`, preferred: true, edits: [{ kind: 'replace', resource: ingress, path, value: alone }] }] : [],
        };
      }
    }
  },
});

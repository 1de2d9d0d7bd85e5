/** A host of an Ingress that is no host name. */
import { parseAddress } from '../../base/addresses';
import { known } from '../../base/opaque';
import type { Fix } from '../../model/finding';
import type { Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';
import { documentRule } from '../rule';
import { shortened } from '../shared/allowedValues';
import { isDnsSubdomain, isPlaceholderName, isWildcardSubdomain } from '../shared/dnsNames';

export const hostInvalid = documentRule({
  meta: {
    id: 'ingress/host-invalid',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'The host of a rule is not a DNS name.',
    why: 'The host of a rule is compared with the host that a client asks for. The API server refuses an address, a port, a scheme, a path and upper-case letters there. A wildcard stands for exactly one label, and only as the first: `*.shop.example`.',
    remedy: 'Write the host name alone, in lower case. A rule without `host` serves every host, and addresses too.',
    references: [
      '[Ingress: hostname wildcards](https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards)',
      '`pkg/apis/networking/validation/validation.go` (validateIngressRules) in kubernetes/kubernetes',
    ],
    messages: {
      address: 'A host is a DNS name, and `{host}` is an address: leave `host` out to serve requests that name none.',
      wildcard: '`*.` may only stand once, as the first label of a host, which in `{host}` it does not.',
      invalid: '`{host}` is no host name: write it without scheme, port or path, in lower case.',
    },
    fixable: true,
  },
  kinds: ['Ingress'],
  *check(ingress) {
    for (const rule of ingress.spec.rules) {
      const host = known(rule.host);
      if (host === undefined || host === '' || isPlaceholderName(host)) continue;
      const path = [...rule.path, 'host'];
      const at = { resource: ingress, path };
      const data = { host: shortened(host) };
      if (parseAddress(host.replace(/^\[|\]$/g, ''))) {
        yield { at, message: 'address', data, fixes: [{ title: 'Remove the host', edits: [{ kind: 'remove', resource: ingress, path }] }] };
      } else if (host.includes('*') ? !isWildcardSubdomain(host) : !isDnsSubdomain(host)) {
        const fixes = hostFixes(ingress, path, host);
        yield { at, message: host.includes('*') && fixes.length === 0 ? 'wildcard' : 'invalid', data, fixes };
      }
    }
  },
});

function hostFixes(ingress: Resource, path: Path, host: string): readonly Fix[] {
  const rest = /^(?:[a-z][-+.a-z0-9]*:\/\/)?([^/?#]*)/i.exec(host.slice(0, 2000))?.[1] ?? '';
  const alone = rest.replace(/:\d*$/, '').trim().toLowerCase().replace(/\.$/, '');
  const valid = isDnsSubdomain(alone) || isWildcardSubdomain(alone);
  return valid && alone !== host ? [{ title: `Change to ${alone}`, preferred: true, edits: [{ kind: 'replace', resource: ingress, path, value: alone }] }] : [];
}

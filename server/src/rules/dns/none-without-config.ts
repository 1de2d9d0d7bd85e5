/** `dnsPolicy: None` without a name server. */
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { podHolderKinds } from '../shared/env';
import { isMapping } from '../shared/fieldWalk';
import { mayHoldMore } from '../shared/templated';

export const noneWithoutConfig = documentRule({
  meta: {
    id: 'dns/none-without-config',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: '`dnsPolicy: None` without a name server in `dnsConfig`.',
    why: 'With `None` a pod ignores all DNS settings of cluster and node and uses those of `dnsConfig` alone. The API server refuses it without at least one name server there.',
    remedy: 'Write one to three addresses under `dnsConfig.nameservers`, or choose another policy.',
    references: [
      "[Pod's DNS config](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-dns-config)",
      '`pkg/apis/core/validation/validation.go` (validatePodDNSConfig) in kubernetes/kubernetes',
    ],
    messages: { missing: '`None` needs at least one name server in `dnsConfig`; the API server refuses the pod.' },
    fixable: false,
  },
  kinds: podHolderKinds,
  *check(resource) {
    const { path, dnsPolicy } = resource.spec.template;
    if (resource.partial || dnsPolicy !== 'None') return;
    const config = valueAt(resource, [...path, 'spec', 'dnsConfig']);
    if (mayHoldMore(config) || (isMapping(config) && Object.keys(config).some((key) => !['nameservers', 'searches', 'options'].includes(key)))) return;
    const servers = isMapping(config) ? config['nameservers'] : undefined;
    if (servers !== undefined && servers !== null && !(Array.isArray(servers) && servers.length === 0)) return;
    yield { at: { resource, path: [...path, 'spec', 'dnsPolicy'] }, message: 'missing' };
  },
});

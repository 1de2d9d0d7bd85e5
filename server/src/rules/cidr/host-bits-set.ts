/** A range whose address part has bits set beyond the prefix length. */
import { formatAddress, formatCidr, type Cidr } from '../../base/addresses';
import type { Severity } from '../../protocol/source';
import { documentRule } from '../rule';
import { rangeFields, rangeKindsOfRules, type RangeField, type RangeHolder } from '../shared/writtenRanges';

/** StrictIPCIDRValidation is on by default from here (KEP-4858). */
const strictSince = 36;

export const hostBitsSet = documentRule({
  meta: {
    id: 'cidr/host-bits-set',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A range such as 192.168.0.5/24 can mean the network or the single host.',
    why: 'The prefix length of `192.168.0.5/24` says that only the first 24 bits count, so the `.5` has no meaning. Kubernetes masked it silently for years: a policy that was meant for one host opened 256 addresses. From Kubernetes 1.36 the API server refuses such a value in a new object; one that is already stored and does not change is still accepted. kubeadm and kind mask it to this day.',
    remedy:
      'Write the network (`192.168.0.0/24`) if the whole block is meant, or the host with a full prefix (`192.168.0.5/32`, for IPv6 `/128`) if one address is meant.',
    references: [
      '[KEP-4858: IP/CIDR validation improvements](https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/4858-ip-cidr-validation)',
      '`staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go` (parseCIDR, GetWarningsForCIDR)',
    ],
    messages: {
      refused:
        '`{value}` has bits set beyond /{prefix}. It can mean the network {network} or the single host {host}. Kubernetes 1.36 and later refuse it in a new object.',
      masked: '`{value}` has bits set beyond /{prefix}; it is read as {network}.',
    },
    fixable: true,
  },
  kinds: rangeKindsOfRules,
  *check(resource, settings) {
    const severity = severityFor(resource, settings.kubernetesMinor);
    for (const field of rangeFields(resource)) {
      const { cidr } = field;
      if (!cidr?.hostBits) continue;
      const [network, host] = [formatCidr(cidr), hostOf(cidr)];
      yield {
        at: { resource, path: field.path, ...(field.span ? { span: field.span } : {}) },
        message: severity === 'information' ? 'masked' : 'refused',
        data: { value: field.text, prefix: field.text.slice(field.text.indexOf('/') + 1), network, host },
        severity,
        fixes: [
          // What Kubernetes has made of it so far, so nothing changes.
          { title: `Use network ${network}`, preferred: true, edits: [replace(resource, field, network)] },
          ...(field.purpose === 'allow' ? [{ title: `Use single host ${host}`, edits: [replace(resource, field, host)] }] : []),
        ],
      };
    }
  },
});

function severityFor(resource: RangeHolder, kubernetesMinor: number): Severity {
  if (resource.type === 'KubeadmClusterConfiguration' || resource.type === 'KindCluster') return 'information';
  return kubernetesMinor >= strictSince ? 'error' : 'warning';
}

function hostOf(cidr: Cidr): string {
  return `${formatAddress(cidr.address)}/${cidr.family === 4 ? 32 : 128}`;
}

function replace(resource: RangeHolder, field: RangeField, value: string) {
  return { kind: 'replace' as const, resource, path: field.path, value, ...(field.span ? { span: field.span } : {}) };
}

/** Two Services that ask for one address, or one that asks for an address with an owner. */
import { addressAt, cidrSize, formatAddress } from '../../base/addresses';
import { known } from '../../base/opaque';
import type { Claim, ClusterIndex, RangeFact } from '../../cluster/clusterIndex';
import type { Resource } from '../../model/resources';
import { contextRule } from '../rule';
import { askedAddresses, autoAssignFix, type AskedAddress } from '../shared/clusterAddresses';
import { compareByFile } from '../shared/fileOrder';
import { relatedRange } from '../shared/clusterRanges';
import { standTogether } from '../shared/sharedCluster';
import { namespacedName } from '../shared/words';

export const duplicateClusterIp = contextRule({
  meta: {
    id: 'cidr/duplicate-cluster-ip',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A Service asks for a `clusterIP` that another Service has.',
    why: 'Service addresses are unique in the whole cluster, whatever the namespace. Whichever Service is created second is refused, so the outcome depends on the order in which files are applied. The first usable address of the primary range belongs to the Service `default/kubernetes`, by which pods reach the API server, and clusters made by kubeadm give the tenth to cluster DNS. A manifest that was copied together with its `clusterIP` is the usual cause.',
    remedy: 'Leave `clusterIP` out of the Service that does not need a fixed address. Pods find it by name.',
    references: [
      '[Service ClusterIP allocation](https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/)',
      '`staging/src/k8s.io/api/core/v1/types.go` (ServiceSpec.ClusterIP)',
      '[kubeadm implementation details](https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/)',
    ],
    messages: {
      taken: '{address} is already taken by Service {service}.',
      api: '{address} is already taken by Service default/kubernetes, which always has the first usable address of the Service range {range}.',
      dns: '{address} is the tenth address of the Service range {range}, which clusters made by kubeadm give to cluster DNS.',
    },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service, index) {
    for (const asked of askedAddresses(service)) {
      const { path, text } = asked;
      const at = { resource: service, path };
      const fixes = [autoAssignFix(service)];
      const earlier = earlierClaim(service, asked, index);
      if (earlier) {
        const name = namespacedName(earlier.resource, earlier.namespace);
        yield {
          at,
          message: 'taken',
          ...(standTogether(earlier.resource, service, index.context) ? {} : { severity: 'information' as const }),
          data: { address: text, service: name },
          related: [{ mark: earlier, message: `Service ${name} asks for it first.` }],
          fixes,
        };
        continue;
      }
      for (const range of primaryRanges(index)) {
        const owner = ownerOf(range, text);
        if (!owner || isWellKnown(service, owner, index)) continue;
        const severity = owner === 'dns' ? 'warning' : 'error';
        yield { at, message: owner, data: { address: text, range: range.text }, severity, related: relatedRange(range, 'The Service range.'), fixes };
        break;
      }
    }
  },
});

/** The first of those that stand before this one. */
function earlierClaim(service: Resource<'Service'>, own: AskedAddress, index: ClusterIndex): Claim | undefined {
  const namespace = index.namespaceOf(service);
  const place = { resource: service, path: own.path };
  let first: Claim | undefined;
  for (const claim of index.claims('clusterIP', own.text)) {
    const other = claim.resource;
    if (other === service || other.type !== 'Service' || known(other.spec.type) === 'ExternalName') continue;
    if (compareByFile(claim, place, index.context) > 0 || (first && compareByFile(first, claim, index.context) < 0)) continue;
    // Perhaps another version of this Service.
    if (other.metadata.name === service.metadata.name && index.sameNamespace(claim.namespace, namespace) !== 'no') continue;
    first = claim;
  }
  return first;
}

/** The range that the API server was started with; further ServiceCIDR objects reserve nothing. */
function primaryRanges(index: ClusterIndex): RangeFact[] {
  const primary = index.ranges.service.filter((range) => range.origin !== 'servicecidr' || range.resource?.metadata.name === 'kubernetes');
  return primary.filter((range) => primary.find((other) => other.resource === range.resource) === range);
}

function ownerOf({ cidr }: RangeFact, address: string): 'api' | 'dns' | undefined {
  if (cidrSize(cidr) < 16n) return undefined;
  if (formatAddress(addressAt(cidr, 1n)) === address) return 'api';
  return formatAddress(addressAt(cidr, 10n)) === address ? 'dns' : undefined;
}

/** The Service that owns such an address, as far as a manifest of it tells. */
function isWellKnown(service: Resource<'Service'>, owner: 'api' | 'dns', index: ClusterIndex): boolean {
  const namespace = index.namespaceOf(service);
  if (owner === 'api') return service.metadata.name === 'kubernetes' && (namespace === undefined || namespace === 'default');
  return namespace === 'kube-system' || service.metadata.labels.entries.has('k8s-app') || service.spec.ports.some((port) => known(port.port) === 53);
}

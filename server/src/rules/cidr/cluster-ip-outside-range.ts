/** A Service that asks for an address that its cluster cannot give. */
import { cidrContains, cidrSize, formatAddress, formatCidr, type Address } from '../../base/addresses';
import type { RangeFact } from '../../cluster/clusterIndex';
import { contextRule } from '../rule';
import { askedAddresses, autoAssignFix } from '../shared/clusterAddresses';
import { relatedRange } from '../shared/clusterRanges';
import { wordList } from '../shared/words';

export const clusterIpOutsideRange = contextRule({
  meta: {
    id: 'cidr/cluster-ip-outside-range',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: "An explicit `clusterIP` cannot be given from the cluster's Service range.",
    why: 'The API server hands out Service addresses from the configured Service ranges only. A Service that asks for another address is refused, and so is one that asks for the first or the last address of an IPv4 range, which are never given. The manifest often comes from another cluster whose range was different. Addresses from the upper part of the range are given automatically, so a fixed one up there may be taken by the time the manifest is applied: of a range, the first 16 to 256 addresses are kept for fixed ones.',
    remedy:
      'Leave `clusterIP` out and let Kubernetes assign an address; the name of the Service stays the same in every cluster. Where a fixed address is needed, as for cluster DNS, take one from the lower part of the range.',
    references: [
      '[Service ClusterIP allocation](https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/)',
      '[Virtual IPs and service proxies](https://kubernetes.io/docs/reference/networking/virtual-ips/)',
      '`staging/src/k8s.io/api/core/v1/types.go` (ServiceSpec.ClusterIP)',
    ],
    messages: {
      outside: '{address} is not in the Service range {range}; the API server will refuse it.',
      reserved: '{address} is the {position} address of the Service range {range}, which is never given to a Service; the API server will refuse it.',
      dynamic: '{address} is in the part of {range} from which Kubernetes assigns addresses itself; fixed ones are best taken from {first} to {last}.',
    },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service, index) {
    const asked = askedAddresses(service);
    if (asked.length === 0) return;
    for (const { path, text, address } of asked) {
      const ranges = index.ranges.service.filter((range) => range.cidr.family === address.family);
      if (ranges.length === 0) continue;
      const at = { resource: service, path };
      const fixes = [autoAssignFix(service)];
      const home = ranges.find((range) => cidrContains(range.cidr, address));
      if (!home) {
        const related = ranges.slice(0, 3).flatMap((range) => relatedRange(range, 'The Service range.'));
        yield { at, message: 'outside', data: { address: text, range: wordList(ranges.map((range) => range.text)) }, related, fixes };
        continue;
      }
      const related = relatedRange(home, 'The Service range.');
      const range = formatCidr(home.cidr);
      const position = edgeOf(home, address);
      if (position !== undefined) {
        yield { at, message: 'reserved', data: { address: text, range, position }, related, fixes };
        continue;
      }
      const band = staticBand(home);
      if (band && address.value > band.last) {
        const data = {
          address: text,
          range,
          first: formatAddress({ family: address.family, value: band.first }),
          last: formatAddress({ family: address.family, value: band.last }),
        };
        yield { at, message: 'dynamic', data, severity: 'hint', related };
      }
    }
  },
});

function edgeOf({ cidr }: RangeFact, address: Address): 'first' | 'last' | undefined {
  if (cidr.family !== 4 || cidrSize(cidr) < 4n) return undefined;
  if (address.value === cidr.first) return 'first';
  return address.value === cidr.last ? 'last' : undefined;
}

/** The lower band, of min(max(16, size / 16), 256) addresses; ranges too small for one have none. */
function staticBand({ cidr }: RangeFact): { readonly first: bigint; readonly last: bigint } | undefined {
  const size = cidrSize(cidr);
  if (size <= 32n) return undefined;
  const part = size / 16n;
  const offset = part < 16n ? 16n : part > 256n ? 256n : part;
  return { first: cidr.first + 1n, last: cidr.first + offset };
}

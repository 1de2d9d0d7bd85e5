/** Numbers and addresses that only one may have: node ports, host ports, cluster addresses. */
import { formatAddress, parseAddress } from '../base/addresses';
import { Multimap } from '../base/multimap';
import { known } from '../base/opaque';
import { concurrentContainers } from '../model/pod';
import type { Resource } from '../model/resources';
import type { Claim, ClaimKind, PodSet } from './clusterIndex';
import type { NamespaceShard } from './namespaceShard';

/** Key: `nodePort 30080/TCP`, `hostPort 80/UDP`, `clusterIP 10.96.0.9`. Objects of two branches of a template take nothing from each other. */
export function claimsOf(shard: NamespaceShard): Multimap<string, Claim> {
  const claims = new Multimap<string, Claim>();
  for (const resource of shard.ofKind('Service')) if (resource.type === 'Service' && !resource.conditional) claimsOfService(resource, shard, claims);
  for (const podSet of shard.podSets) if (!podSet.resource.conditional) claimsOfPods(podSet, claims);
  return claims;
}

export function claimKey(kind: ClaimKind, key: string): string {
  return `${kind} ${key}`;
}

function claimsOfService(resource: Resource<'Service'>, { namespace }: NamespaceShard, claims: Multimap<string, Claim>): void {
  const { ports, healthCheckNodePort, clusterIP, clusterIPs } = resource.spec;
  for (const port of ports) {
    const number = known(port.nodePort);
    const protocol = port.protocol === undefined ? 'TCP' : known(port.protocol);
    if (number && protocol !== undefined) claims.add(claimKey('nodePort', `${number}/${protocol}`), { resource, path: [...port.path, 'nodePort'], namespace });
  }
  const health = known(healthCheckNodePort);
  if (health) claims.add(claimKey('nodePort', `${health}/TCP`), { resource, path: ['spec', 'healthCheckNodePort'], namespace });
  const addresses =
    clusterIPs.length > 0
      ? clusterIPs.map((value, index) => ({ value, path: ['spec', 'clusterIPs', index] }))
      : [{ value: clusterIP, path: ['spec', 'clusterIP'] }];
  for (const { value, path } of addresses) {
    const address = parseAddress(known(value) ?? '');
    if (address) claims.add(claimKey('clusterIP', formatAddress(address)), { resource, path, namespace });
  }
}

/** hostNetwork pods claim every port that they declare (scheduler's NodePorts plugin, GetHostPorts). */
function claimsOfPods(podSet: PodSet, claims: Multimap<string, Claim>): void {
  const { template, resource, namespace } = podSet;
  for (const container of concurrentContainers(template)) {
    for (const port of container.ports) {
      const asked = known(port.hostPort);
      const own = asked === 0 ? undefined : asked;
      const number = own ?? (template.hostNetwork ? known(port.containerPort) : undefined);
      const protocol = port.protocol === undefined ? 'TCP' : known(port.protocol);
      if (!number || protocol === undefined) continue;
      const hostIP = known(port.hostIP);
      claims.add(claimKey('hostPort', `${number}/${protocol}`), {
        resource,
        path: [...port.path, own === undefined ? 'containerPort' : 'hostPort'],
        namespace,
        podSet,
        ...(hostIP === undefined ? {} : { hostIP }),
      });
    }
  }
}

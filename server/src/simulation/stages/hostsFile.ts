/** A pod's own list of names, which goes before DNS, and whose name server it asks. */
import { parseAddress } from '../../base/addresses';
import { known, textOf } from '../../base/opaque';
import type { Evidence } from '../../protocol/trace';
import { isLoopback, towardsLoopback } from '../loopbackAddress';
import { asksClusterDns } from '../resolvConf';
import { type Destination, type PodPlace, step, type Walk, withDestination } from '../walk';
import { evidence, type World } from '../world';
import { destinationAt } from '../writtenEndpoints';
import { lookupStep, withoutName } from './lookupStep';

export function hostAlias(pod: PodPlace, host: string): { readonly address: string; readonly because: Evidence } | undefined {
  for (const alias of pod.podSet.template.hostAliases.slice(0, 256)) {
    const address = known(alias.ip);
    if (address === undefined || !parseAddress(address)) continue;
    if (alias.hostnames.some((name) => textOf(name)?.toLowerCase() === host.toLowerCase())) {
      return { address, because: evidence(pod.podSet.resource, alias.path, 'routes', `hostAliases: ${host} is ${address}`) };
    }
  }
  return undefined;
}

export function fromHostsFile(world: World, walk: Walk, host: string, alias: { readonly address: string; readonly because: Evidence }): Walk {
  const address = parseAddress(alias.address);
  const local = isLoopback(alias.address);
  const destination: Destination =
    local && walk.sender.kind === 'pod'
      ? { kind: 'pod', pod: anyContainer(walk.sender.pod), self: true }
      : address
        ? destinationAt(world, address, alias.address)
        : { kind: 'outside', name: host, address: { text: alias.address, assumed: false }, scope: 'anywhere' };
  // The kernel chooses the source when the program connects, which is after it knows the address.
  const asking = local ? { ...walk, packet: { ...walk.packet, source: towardsLoopback(walk.packet, alias.address).source } } : walk;
  const hop = step(asking, {
    ...lookupStep(walk, undefined),
    verdict: 'resolved',
    after: withoutName(withDestination(asking.packet, alias.address, world.port)),
    because: [alias.because],
    plain: `The pod’s own list of names says that ${host} is ${alias.address}. DNS is not asked.`,
    expert: `/etc/hosts (spec.hostAliases) goes before DNS: ${host} is ${alias.address}.`,
  });
  return { ...hop, destination };
}

export function resolverOf(world: World, pod: PodPlace): { readonly kind: 'cluster' } | { readonly kind: 'node'; readonly because: readonly Evidence[] } {
  const { template, resource } = pod.podSet;
  const policy = known(template.dnsPolicy) ?? 'ClusterFirst';
  const path = [...template.path, 'spec', template.dnsPolicy === undefined ? 'hostNetwork' : 'dnsPolicy'];
  if (policy === 'None' && asksClusterDns(world, pod)) return { kind: 'cluster' };
  if (policy === 'Default' || policy === 'None')
    return { kind: 'node', because: [evidence(resource, path, 'routes', `dnsPolicy ${policy}: cluster DNS is not asked`)] };
  if (policy === 'ClusterFirst' && template.hostNetwork)
    return { kind: 'node', because: [evidence(resource, path, 'routes', 'ClusterFirst with hostNetwork works as Default')] };
  return { kind: 'cluster' };
}

/** The client's container is not the one that listens. */
export function anyContainer({ podSet, replica, node, address }: PodPlace): PodPlace {
  return { podSet, replica, node, address };
}

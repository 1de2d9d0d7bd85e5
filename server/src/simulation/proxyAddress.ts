/** The address at which clients find the proxy of an Ingress or a Gateway: from its Service, its status, or assumed. */
import { formatAddress, parseAddress } from '../base/addresses';
import { known } from '../base/opaque';
import type { PlannedAddress } from '../cluster/addressPlan';
import { valueAt } from '../model/resources';
import { gatewayProxy, ingressProxy, type Proxy } from './proxies';
import type { Destination } from './walk';
import type { World } from './world';

export type ProxiedDestination = Extract<Destination, { readonly kind: 'ingress' | 'gateway' }>;

export function proxyFor(world: World, destination: ProxiedDestination): Proxy {
  return destination.kind === 'ingress' ? ingressProxy(world, destination.ingress) : gatewayProxy(world, destination.gateway);
}

export function proxyAddress(world: World, destination: ProxiedDestination): PlannedAddress {
  const written =
    destination.kind === 'ingress' ? statusAddresses(destination) : (destination.gateway?.spec.addresses ?? []).map(({ value }) => known(value) ?? '');
  for (const text of written) {
    const address = parseAddress(text);
    if (address?.family === world.plan.family) return { text: formatAddress(address), assumed: false };
  }
  const { service } = proxyFor(world, destination);
  if (service && known(service.spec.type) === 'LoadBalancer') return world.plan.loadBalancerAddress(service);
  return world.plan.ingressAddress;
}

function statusAddresses({ ingress }: Extract<Destination, { kind: 'ingress' }>): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < 8; at++) {
    const text = valueAt(ingress, ['status', 'loadBalancer', 'ingress', at, 'ip']);
    if (typeof text === 'string') texts.push(text);
  }
  return texts;
}

/** Which policies and rules decide a pair, for both directions. */
import type { Address } from '../base/addresses';
import type { PolicyPeerEnd } from '../cluster/policyEnds';
import { explainPorts, type PortReason } from '../cluster/policyPorts';
import { isNoPort, type PortSet } from '../cluster/portSet';
import type { PolicyDirection, Resource } from '../model/resources';
import type { Path } from '../protocol/source';
import { type ConnectivityMap, outsideEnd } from './connectivity';
import type { Peer } from './peers';

export interface Reason {
  readonly direction: PolicyDirection;
  /** `default`: nothing decides, and what nothing decides is allowed. `leads`: an Ingress or route, from the ingress controller. */
  readonly effect: PortReason['effect'] | 'default' | 'leads';
  /** False where it is not known whether this holds for the pair. */
  readonly certain: boolean;
  /** The policy or route, and the place in it that says so. */
  readonly resource?: Resource;
  readonly path?: Path;
  readonly ports: PortSet;
  readonly words: string;
}

/** Egress of the source, then ingress of the destination, each in the order in which policies are evaluated. Of an owner's pods the first speaks for all. */
export function reasonsFor(map: ConnectivityMap, from: Peer, to: Peer): readonly Reason[] {
  return [...reasonsOf(map, 'Egress', from, to), ...reasonsOf(map, 'Ingress', to, from), ...leading(map, from, to)];
}

/** What the policies of one end say: `subject` is whose policies are asked. */
export function reasonsOf(map: ConnectivityMap, direction: PolicyDirection, subject: Peer, peer: Peer, address?: Address): readonly Reason[] {
  const [podSet] = map.workload(subject)?.members ?? [];
  const end = endOf(map, peer, direction, address);
  if (!podSet || !end) return [];
  const reasons = explainPorts(map.index, { direction, subject: podSet, peer: end }, map.modes);
  const words = `no ${direction.toLowerCase()} policy decides for ${podSet.name}`;
  if (reasons.length === 0) return [{ direction, effect: 'default', certain: true, ports: map.table.everything.allowed, words }];
  return reasons
    .filter(({ ports }) => !isNoPort(ports))
    .map(({ effect, certain, policy, path, ports, words: why }) => ({ direction, effect, certain, resource: policy, path, ports, words: why }));
}

function leading(map: ConnectivityMap, from: Peer, to: Peer): readonly Reason[] {
  const workload = from.kind === 'ingress-controller' ? map.workload(to) : undefined;
  return (workload ? map.entriesOf(workload) : []).flatMap(({ ports, by }) =>
    by.map((resource): Reason => ({
      direction: 'Ingress',
      effect: 'leads',
      certain: true,
      resource,
      path: ['spec'],
      ports,
      words: `${resource.kind} ${resource.metadata.name} leads here`,
    })),
  );
}

/** A peer as the policies of the other end see it; undefined for one that the map does not have. `address`: of an end outside, instead of a sample of all. */
export function endOf(map: ConnectivityMap, peer: Peer, direction: PolicyDirection, address?: Address): PolicyPeerEnd | undefined {
  switch (peer.kind) {
    case 'workload': {
      const [podSet] = map.workload(peer)?.members ?? [];
      return podSet && { kind: 'pods', podSet };
    }
    case 'external': {
      if (address) return { kind: 'outside', scope: 'anywhere', family: address.family, range: { first: address.value, last: address.value } };
      const external = map.external(peer, direction);
      return external && outsideEnd(external.addresses);
    }
    case 'ingress-controller':
      return { kind: 'unknown-pod' };
  }
}

/** The Service that has opened a port on every node, asked for by a packet to a node. */
import { known } from '../base/opaque';
import type { PlannedNode } from '../cluster/addressPlan';
import type { ServicePort } from '../model/resources';
import type { ServiceTarget, Walk } from './walk';
import { placed, type World } from './world';

export interface AskedNodePort {
  readonly node: PlannedNode;
  readonly entry: ServicePort;
  readonly target: ServiceTarget;
}

/** The Service whose node port the packet carries, at the node that it is addressed to. */
export function askedNodePort(world: World, { destination, outcome, virtual }: Walk): AskedNodePort | undefined {
  if (destination.kind !== 'node' || outcome !== undefined || virtual) return undefined;
  const [claim] = world.index.claims('nodePort', `${world.port}/${world.protocol}`);
  const service = claim?.resource;
  if (service?.type !== 'Service') return undefined;
  const entry = service.spec.ports.find((port) => known(port.nodePort) === world.port && (known(port.protocol) ?? 'TCP') === world.protocol);
  if (!entry) return undefined;
  const namespace = placed(world, world.index.namespaceOf(service));
  return { node: destination.node, entry, target: { name: service.metadata.name, namespace, service, address: undefined } };
}

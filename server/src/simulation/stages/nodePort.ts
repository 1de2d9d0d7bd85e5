/** A packet that reaches a node on a port that a Service has opened there: the node translates it and sends it on. */
import { known } from '../../base/opaque';
import { atNode, endText } from '../words';
import { type Stage, step, type Walk } from '../walk';
import { placed, type World } from '../world';
import { betweenNodes } from './betweenNodes';
import { nodeRouting } from './nodeRouting';
import { translateNodePort } from './serviceTranslation';
import { sourceTranslation } from './sourceTranslation';

/** For clients inside the cluster; those outside come by `outsideEntry`. https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport */
export const nodePort: Stage = (world, walk) => {
  const { destination } = walk;
  if (destination.kind !== 'node' || walk.outcome !== undefined || walk.virtual || walk.sender.kind === 'outside') return [walk];
  const [claim] = world.index.claims('nodePort', `${world.port}/${world.protocol}`);
  const service = claim?.resource;
  if (service?.type !== 'Service') return [walk];
  const entry = service.spec.ports.find((port) => known(port.nodePort) === world.port && (known(port.protocol) ?? 'TCP') === world.protocol);
  if (!entry) return [walk];
  const { node } = destination;
  const entered = step(walk, {
    kind: 'node-port',
    station: `${node.name}/node-port`,
    at: atNode(node),
    device: 'node port',
    verdict: 'forwarded',
    plain: `${endText(walk.packet.destination)} is a port that every node keeps open for the Service ${service.metadata.name}.`,
    expert: `${endText(walk.packet.destination)} belongs to ${service.metadata.name}. No program listens there, kube-proxy does the rest.`,
    assumed: node.assumed,
  });
  const target = { name: service.metadata.name, namespace: placed(world, world.index.namespaceOf(service)), service, address: undefined };
  const asked: Walk = { ...entered, node, servicePort: entry, destination: { kind: 'service', target } };
  return translateNodePort(world, asked).flatMap((one) => onwards(world, one));
};

function onwards(world: World, walk: Walk): readonly Walk[] {
  let walks: readonly Walk[] = [walk];
  for (const stage of [sourceTranslation, nodeRouting, betweenNodes]) walks = walks.flatMap((one) => stage(world, one));
  return walks;
}

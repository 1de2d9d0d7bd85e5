/** From outside to a Service: load balancer or node port, source ranges, and the node where the packet enters. */
import { parseAddress } from '../../base/addresses';
import { isOpaque, known } from '../../base/opaque';
import type { PlannedNode } from '../../cluster/addressPlan';
import type { Resource } from '../../model/resources';
import { backendsOf } from '../backends';
import { servicePort } from '../ports';
import { remedyForPort, remedyForRanges } from '../serviceRemedies';
import { sourceRangeAnswer } from '../sourceRanges';
import { atNode, endText, percent, podName } from '../words';
import { type PodPlace, type Sender, type Stage, step, stop, unsure, type Walk, withDestination } from '../walk';
import { evidence, type World } from '../world';

/** kubernetes-sigs cloud providers differ; this is the classic form, by way of a node port (https://kubernetes.io/docs/tutorials/services/source-ip/). */
export const outsideEntry: Stage = (world, walk) => {
  const { sender, destination } = walk;
  if (sender.kind !== 'outside') return [walk];
  if (destination.kind === 'pod') return [toPod(walk, sender, destination.pod)];
  if (destination.kind === 'node') return [{ ...client(walk, sender), node: destination.node }];
  if (destination.kind !== 'service') return [walk];
  const { service } = destination.target;
  if (!service) return [client(walk, sender)];
  const type = known(service.spec.type) ?? 'ClusterIP';
  const externalIP = service.spec.externalIPs.map((value) => known(value)).find((text) => text !== undefined && parseAddress(text));
  const found = servicePort(service, world.port, world.protocol);
  if (type !== 'LoadBalancer' && type !== 'NodePort' && externalIP === undefined) {
    return [isOpaque(service.spec.type) ? typeUnknown(world, walk, sender, service, service.spec.type.text) : noWayIn(walk, sender, service, type)];
  }
  if (!found) return [portMissing(world, client(walk, sender), service)];

  const nodePort = world.plan.nodePort(service, found.position);
  const hasNodePort = type === 'NodePort' || (type === 'LoadBalancer' && service.spec.allocateLoadBalancerNodePorts);
  const balanced = type === 'LoadBalancer' && !destination.entry;
  const entries = destination.entry ? [destination.entry] : entryNodes(world, service, found.entry, balanced);
  const at = (one: Walk, node: PlannedNode): Walk => ({
    ...one,
    node,
    ...(destination.entry && { entry: destination.entry }),
    share: one.share / entries.length,
    label: entries.length > 1 ? `by ${node.name}` : one.label,
  });
  if (!balanced) {
    return entries.map((node) => {
      const byNode = destination.entry !== undefined || externalIP === undefined || type === 'NodePort';
      const packet = byNode ? withDestination(walk.packet, node.address, nodePort.port) : withDestination(walk.packet, externalIP, world.port);
      return enter(world, client(at({ ...walk, packet, opened: packet }, node), sender), node, service, nodePort.assumed);
    });
  }
  const one = loadBalancer(world, client(walk, sender), sender, service, found.entry.path);
  if (one.outcome !== undefined) return [{ ...one, destination: { kind: 'nowhere' } }];
  return entries.map((node) => {
    const to = hasNodePort ? withDestination(one.packet, node.address, nodePort.port) : one.packet;
    const passed = toNode(world, at(one, node), to, service, node, hasNodePort, entries.length, found.entry.path, sender);
    return enter(world, passed, node, service, nodePort.assumed);
  });
};

export function client(walk: Walk, sender: Extract<Sender, { kind: 'outside' }>): Walk {
  const { hostname } = walk.packet;
  return step(walk, {
    kind: 'external-host',
    station: 'outside/client',
    at: { kind: 'outside', name: sender.name, address: sender.address.text },
    verdict: 'forwarded',
    plain:
      hostname === undefined
        ? `Somebody outside the cluster, at ${sender.address.text}, opens a connection. It only knows the address ${walk.packet.destination.address}.`
        : `Somebody outside the cluster, at ${sender.address.text}, asks for ${hostname}. That name leads to the address ${walk.packet.destination.address}.`,
    expert: `Client ${endText(walk.packet.source)} → ${endText(walk.packet.destination)}.`,
    assumed: sender.address.assumed,
  });
}

/** Pod addresses are not routed outside; a hostNetwork pod has its node's. */
function toPod(walk: Walk, sender: Extract<Sender, { kind: 'outside' }>, pod: PodPlace): Walk {
  if (pod.podSet.template.hostNetwork) return { ...client(walk, sender), node: pod.node };
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      kind: 'external-host',
      station: 'outside/client',
      at: { kind: 'outside', name: sender.name, address: sender.address.text },
      verdict: 'dropped',
      plain: `${podName(pod)} has an address that only the cluster knows. From outside a Service or an Ingress has to lead to it.`,
      expert: `${pod.address.text} is a pod address; it is not routed outside. Enter by a Service of type LoadBalancer or NodePort, or by an Ingress.`,
      assumed: pod.address.assumed,
    },
  );
  return stop(hop, 'no-route');
}

function typeUnknown(world: World, walk: Walk, sender: Extract<Sender, { kind: 'outside' }>, service: Resource<'Service'>, type: string): Walk {
  const { name } = service.metadata;
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      kind: 'external-host',
      station: 'outside/client',
      at: { kind: 'outside', name: sender.name, address: sender.address.text },
      verdict: 'unknown',
      because: [evidence(service, ['spec', 'type'], 'declares', `${type}: a placeholder`)],
      plain: `Whether anything leads to ${name} from outside depends on its type, and that is a placeholder.`,
      expert: `spec.type is ${type}; only LoadBalancer and NodePort can be reached from outside.`,
    },
  );
  world.notes.unknown(`the type of ${name}: it is the placeholder ${type}`, hop.hops.at(-1)?.because ?? []);
  return stop(hop, 'unknown');
}

function noWayIn(walk: Walk, sender: Extract<Sender, { kind: 'outside' }>, service: Resource<'Service'>, type: string): Walk {
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      kind: 'external-host',
      station: 'outside/client',
      at: { kind: 'outside', name: sender.name, address: sender.address.text },
      verdict: 'dropped',
      because: [evidence(service, service.spec.type === undefined ? ['spec'] : ['spec', 'type'], 'missing', `${type}: it has no address outside the cluster`)],
      plain: `${service.metadata.name} can only be reached inside the cluster. Nothing leads to it from outside.`,
      expert: `Type ${type}${known(service.spec.clusterIP) === 'None' ? ', headless' : ''}: no load balancer, node port or externalIPs; a cluster address is not routed outside.`,
    },
  );
  return stop(hop, 'no-route');
}

function portMissing(world: World, walk: Walk, service: Resource<'Service'>): Walk {
  remedyForPort(world, service);
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      kind: 'load-balancer',
      station: `load-balancer/${service.metadata.name}`,
      at: { kind: 'outside', name: 'load balancer' },
      verdict: 'rejected',
      because: [evidence(service, ['spec', 'ports'], 'missing', `no port ${world.port}/${world.protocol}`)],
      plain: `${service.metadata.name} offers no port ${world.port} (${world.protocol}).`,
      expert: `spec.ports has no entry for ${world.port}/${world.protocol}; the load balancer has no listener there.`,
    },
  );
  return stop(hop, 'port-not-on-service');
}

/** With externalTrafficPolicy Local a load balancer skips nodes without an endpoint; a client that names a node does not. */
function entryNodes(world: World, service: Resource<'Service'>, entry: Parameters<typeof backendsOf>[2], balanced: boolean): readonly PlannedNode[] {
  const { nodes } = world.plan;
  const groups = backendsOf(world, service, entry, world.protocol, undefined).groups;
  const holding = nodes.filter((node) => groups.some((group) => group.pod.node.name === node.name));
  if (balanced && known(service.spec.externalTrafficPolicy) === 'Local' && holding.length > 0) return holding.slice(0, 8);
  if (world.placement === 'same-node' && holding.length > 0) return holding.slice(0, 1);
  if (world.placement === 'other-node') {
    const others = nodes.filter((node) => !holding.includes(node));
    return others.length > 0 ? others.slice(0, 1) : nodes.slice(0, 8);
  }
  return nodes.slice(0, 8);
}

function loadBalancer(
  world: World,
  walk: Walk,
  sender: Extract<Sender, { kind: 'outside' }>,
  service: Resource<'Service'>,
  path: readonly (string | number)[],
): Walk {
  const judged = sourceRangeAnswer(world, sender, service);
  if (judged.answer === 'yes') return walk;
  const hop = step(
    { ...walk },
    {
      kind: 'load-balancer',
      station: `load-balancer/${service.metadata.name}`,
      at: { kind: 'outside', name: 'load balancer', address: world.plan.loadBalancerAddress(service).text },
      device: service.metadata.name,
      verdict: judged.answer === 'no' ? 'dropped' : 'unknown',
      because: [judged.because, evidence(service, path, 'declares', 'the port')],
      plain:
        judged.answer === 'no'
          ? `The load balancer only lets certain addresses in, and ${sender.address.text} is not among them.`
          : 'The load balancer only lets certain addresses in. Whether this client is among them cannot be known.',
      expert: `loadBalancerSourceRanges: ${judged.because.note}; judged at the load balancer or in KUBE-FW, never for the node port.`,
      assumed: sender.address.assumed,
    },
  );
  if (judged.answer === 'no') {
    remedyForRanges(world, sender, service);
    return stop(hop, 'dropped-source-range');
  }
  world.notes.unknown(`whether the client’s address lies in loadBalancerSourceRanges of ${service.metadata.name}`, [judged.because]);
  return unsure(hop);
}

function toNode(
  world: World,
  walk: Walk,
  packet: Walk['packet'],
  service: Resource<'Service'>,
  node: PlannedNode,
  hasNodePort: boolean,
  count: number,
  path: readonly (string | number)[],
  sender: Extract<Sender, { kind: 'outside' }>,
): Walk {
  const judged = sourceRangeAnswer(world, sender, service);
  const filtered = service.spec.loadBalancerSourceRanges.length > 0 && judged.answer === 'yes';
  const range = filtered ? [judged.because] : [];
  const local = known(service.spec.externalTrafficPolicy) === 'Local';
  const health = known(service.spec.healthCheckNodePort);
  const skips = local
    ? ` externalTrafficPolicy Local: it asks each node’s health check port${health === undefined ? '' : ` ${health}`} and leaves out nodes that answer 503, those without a ready pod.`
    : '';
  const lets = filtered ? `The load balancer lets ${sender.address.text} in, since it lies in its source ranges. ` : '';
  const choice = count === 1 ? `It goes on to ${node.name},` : `It picks one of ${count} nodes, here ${node.name},`;
  return step(walk, {
    kind: 'load-balancer',
    station: `load-balancer/${service.metadata.name}`,
    at: { kind: 'outside', name: 'load balancer', address: walk.packet.destination.address },
    device: service.metadata.name,
    verdict: hasNodePort ? 'translated' : 'forwarded',
    after: packet,
    because: [...range, evidence(service, ['spec', 'type'], 'routes', 'type LoadBalancer'), evidence(service, path, 'translates', 'the port')],
    plain: hasNodePort
      ? `${lets}${choice} ${count === 1 ? '' : 'and sends '}to the port that every node keeps open for this Service.`
      : `${lets}It passes the packet on to ${node.name} with its address unchanged.`,
    expert: hasNodePort
      ? `Classic load balancer by way of the node port: ${endText(walk.packet.destination)} → ${endText(packet.destination)} (${percent(1 / count)}). A provider may send to pods directly instead.${skips}`
      : `allocateLoadBalancerNodePorts is false: the load balancer’s address itself reaches the node (ipMode VIP).${skips}`,
    assumed: true,
  });
}

function enter(world: World, walk: Walk, node: PlannedNode, service: Resource<'Service'>, assumed: boolean): Walk {
  const ebpf = world.proxyMode === 'ebpf';
  return step(walk, {
    kind: 'node-port',
    station: `${node.name}/eth0`,
    at: atNode(node),
    device: 'eth0',
    verdict: 'forwarded',
    plain: `The packet enters ${node.name} at ${endText(walk.packet.destination)}.`,
    expert: `eth0 of ${node.name}; ${endText(walk.packet.destination)} belongs to ${service.metadata.name}. No pod listens there, ${ebpf ? 'the eBPF program of the interface' : 'kube-proxy'} does the rest.`,
    assumed: assumed || node.assumed,
  });
}

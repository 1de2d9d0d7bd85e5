/** From outside to a Service: load balancer or node port, source ranges, and the node where the packet enters. */
import { type Cidr, cidrContains, parseAddress, parseCidr } from '../../base/addresses';
import { known } from '../../base/opaque';
import type { PlannedNode } from '../../cluster/addressPlan';
import { outsideBlocks } from '../../cluster/outsideAddresses';
import { matchScope } from '../../cluster/policyMatch';
import type { Resource } from '../../model/resources';
import type { Evidence, EvidenceRole } from '../../protocol/trace';
import { backendsOf } from '../backends';
import { servicePort } from '../ports';
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
  if (type !== 'LoadBalancer' && type !== 'NodePort' && externalIP === undefined) return [noWayIn(walk, sender, service, type)];
  if (!found) return [portMissing(world, client(walk, sender), service)];

  const nodePort = world.plan.nodePort(service, found.position);
  const hasNodePort = type === 'NodePort' || (type === 'LoadBalancer' && service.spec.allocateLoadBalancerNodePorts);
  const balanced = type === 'LoadBalancer' && !destination.entry;
  const entries = destination.entry ? [destination.entry] : entryNodes(world, service, found.entry, balanced);
  const at = (one: Walk, node: PlannedNode): Walk => ({
    ...one,
    node,
    share: one.share / entries.length,
    label: entries.length > 1 ? `by ${node.name}` : one.label,
  });
  if (!balanced) {
    return entries.map((node) => {
      const byNode = destination.entry !== undefined || externalIP === undefined || type === 'NodePort';
      const packet = byNode ? withDestination(walk.packet, node.address, nodePort.port) : withDestination(walk.packet, externalIP, world.port);
      return enter(client(at({ ...walk, packet, opened: packet }, node), sender), node, service, nodePort.assumed);
    });
  }
  const one = loadBalancer(world, client(walk, sender), sender, service, found.entry.path);
  if (one.outcome !== undefined) return [{ ...one, destination: { kind: 'nowhere' } }];
  return entries.map((node) => {
    const to = hasNodePort ? withDestination(one.packet, node.address, nodePort.port) : one.packet;
    const passed = toNode(at(one, node), to, service, node, hasNodePort, entries.length, found.entry.path, sender);
    return enter(passed, node, service, nodePort.assumed);
  });
};

function client(walk: Walk, sender: Extract<Sender, { kind: 'outside' }>): Walk {
  return step(walk, {
    kind: 'external-host',
    station: 'outside/client',
    at: { kind: 'outside', name: sender.name, address: sender.address.text },
    verdict: 'forwarded',
    plain: `Somebody outside the cluster, at ${sender.address.text}, opens a connection. It only knows the address ${walk.packet.destination.address}.`,
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
  const judged = sourceRanges(sender, service);
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
  if (judged.answer === 'no') return stop(hop, 'dropped-source-range');
  world.notes.unknown(`whether the client’s address lies in loadBalancerSourceRanges of ${service.metadata.name}`, [judged.because]);
  return unsure(hop);
}

function sourceRanges(
  sender: Extract<Sender, { kind: 'outside' }>,
  service: Resource<'Service'>,
): { readonly answer: 'yes' | 'no' | 'unknown'; readonly because: Evidence } {
  const ranges = service.spec.loadBalancerSourceRanges;
  const because = (note: string, role: EvidenceRole = 'denies'): Evidence => evidence(service, ['spec', 'loadBalancerSourceRanges'], role, note);
  if (ranges.length === 0) return { answer: 'yes', because: because('none') };
  const cidrs: Cidr[] = ranges.flatMap((value) => parseCidr(known(value) ?? '') ?? []);
  const opaque = ranges.some((value) => known(value) === undefined);
  const address = sender.known;
  const answers = cidrs.map((cidr) =>
    address ? (cidrContains(cidr, address) ? 'yes' : 'no') : matchScope(cidr, [], outsideBlocks('internet'), 'the client').match,
  );
  if (answers.includes('yes')) return { answer: 'yes', because: because('the client lies in a range', 'allows') };
  if (opaque || answers.includes('unknown')) return { answer: 'unknown', because: because('some ranges may hold the client') };
  return { answer: 'no', because: because(`no range holds ${sender.address.text}`) };
}

function toNode(
  walk: Walk,
  packet: Walk['packet'],
  service: Resource<'Service'>,
  node: PlannedNode,
  hasNodePort: boolean,
  count: number,
  path: readonly (string | number)[],
  sender: Extract<Sender, { kind: 'outside' }>,
): Walk {
  const filtered = service.spec.loadBalancerSourceRanges.length > 0 && sourceRanges(sender, service).answer === 'yes';
  const range = filtered ? [sourceRanges(sender, service).because] : [];
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
      ? `Classic load balancer by way of the node port: ${endText(walk.packet.destination)} → ${endText(packet.destination)} (${percent(1 / count)}). A provider may send to pods directly instead.`
      : 'allocateLoadBalancerNodePorts is false: the load balancer’s address itself reaches the node (ipMode VIP).',
    assumed: true,
  });
}

function enter(walk: Walk, node: PlannedNode, service: Resource<'Service'>, assumed: boolean): Walk {
  return step(walk, {
    kind: 'node-port',
    station: `${node.name}/eth0`,
    at: atNode(node),
    device: 'eth0',
    verdict: 'forwarded',
    plain: `The packet enters ${node.name} at ${endText(walk.packet.destination)}.`,
    expert: `eth0 of ${node.name}; ${endText(walk.packet.destination)} belongs to ${service.metadata.name}. No pod listens there, kube-proxy does the rest.`,
    assumed: assumed || node.assumed,
  });
}

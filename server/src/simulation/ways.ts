/** The two ends of a question as the simulator starts with them: who sends, and where the packet is addressed to. */
import { parseAddress } from '../base/addresses';
import { known } from '../base/opaque';
import type { Resource } from '../model/resources';
import type { Endpoint } from './endpoints';
import { entryService, type Question } from './offered';
import { firstNode, nodeNamed, nodesFor, placeAt, placeSender, podCount } from './placement';
import { requestFor } from './requests';
import type { Destination, ExternalEntry, PodPlace, Sender } from './walk';
import { placed, type World } from './world';
import { destinationAt } from './writtenEndpoints';

export function senderOf(world: World, endpoint: Endpoint): Sender {
  switch (endpoint.kind) {
    case 'pods':
      if (podCount(world, endpoint.podSet) === 0) world.notes.warn(`${endpoint.podSet.name} has no replicas: nobody sends this packet now.`);
      return { kind: 'pod', pod: placeSender(world, endpoint.podSet, endpoint.container) };
    case 'node':
      return { kind: 'node', node: nodeNamed(world, endpoint.name) };
    case 'service': {
      const [first] = [...world.index.backends(endpoint.service).yes, ...world.index.backends(endpoint.service).maybe];
      world.notes.warn(`A Service sends nothing itself: the packet is traced from the pods behind ${endpoint.service.metadata.name}.`);
      return first ? { kind: 'pod', pod: placeSender(world, first) } : outside(world);
    }
    case 'ingress':
    case 'gateway':
    case 'route': {
      const [what, label] =
        endpoint.kind === 'ingress' ? ['An Ingress', 'ingress controller'] : [`A ${endpoint.kind === 'route' ? 'route' : 'Gateway'}`, 'gateway'];
      world.notes.warn(`${what} sends nothing itself: the packet is traced from its controller, whose pod no manifest shows.`);
      const node = firstNode(world);
      return { kind: 'controller', label: label ?? '', form: 'pods', node, address: { text: world.plan.gatewayOf(node).replace(/1$/, '254'), assumed: true } };
    }
    case 'api-server':
      return { kind: 'node', node: world.plan.apiServer };
    case 'address':
      return { kind: 'outside', name: endpoint.text, address: { text: endpoint.text, assumed: false }, known: endpoint.address };
    case 'internet':
    case 'host':
      return outside(world);
  }
}

function outside(world: World): Sender {
  const text = world.flow.options?.clientAddress ?? '';
  const written = parseAddress(text);
  if (!written) return { kind: 'outside', name: 'internet', address: world.plan.clientAddress };
  return { kind: 'outside', name: 'internet', address: { text, assumed: false }, known: written };
}

export interface Way {
  readonly destination: Destination;
  readonly external?: ExternalEntry;
}

export function wayOf(world: World, question: Question, sender: Sender): Way {
  const { to, gateway } = question;
  if (gateway) {
    const { resource, listener, routes } = gateway;
    return {
      destination: { kind: 'gateway', gateway: resource, listener, routes, request: question.request ?? requestFor('', '/'), named: question.named === true },
    };
  }
  switch (to.kind) {
    case 'pods':
      return { destination: podDestination(world, to, sender) };
    case 'service':
      return { destination: serviceDestination(world, question, to.service, sender) };
    case 'ingress':
      return { destination: { kind: 'ingress', ingress: to.ingress, request: question.request ?? requestFor('', '/'), named: question.named === true } };
    case 'node':
      return { destination: { kind: 'node', node: nodeNamed(world, to.name) } };
    case 'internet':
      return { destination: { kind: 'outside', name: 'internet', address: world.plan.hostAddress('internet'), scope: 'internet' } };
    case 'address':
      return addressWay(world, to, sender);
    case 'host':
      return { destination: { kind: 'name', host: to.host, ...(to.path !== undefined && { url: to.path }) } };
    case 'api-server':
      return { destination: { kind: 'service', target: apiServerTarget(world) } };
    case 'gateway':
    case 'route':
      return { destination: { kind: 'nowhere' } };
  }
}

/** The Service `kubernetes`: the first address of the range, in front of the API servers on port 6443. */
export function apiServerTarget(world: World): Extract<Destination, { kind: 'service' }>['target'] {
  return { name: 'kubernetes', namespace: 'default', service: undefined, address: world.plan.apiAddress, node: world.plan.apiServer, nodePort: 6443 };
}

function serviceDestination(world: World, question: Question, service: Resource<'Service'>, sender: Sender): Destination {
  const namespace = placed(world, world.index.namespaceOf(service));
  const external = sender.kind === 'outside';
  const { name } = service.metadata;
  if (question.entry !== undefined) {
    const node = nodeNamed(world, question.entry);
    return { kind: 'service', entry: node, target: { name, namespace, service, address: { text: node.address, assumed: node.assumed } } };
  }
  const address = external ? entryAddress(world, service) : world.plan.serviceAddress(service);
  if (!address && !external) return { kind: 'name', host: `${name}.${namespace}.svc.${world.index.clusterDomain}` };
  return { kind: 'service', target: { name, namespace, service, address } };
}

function entryAddress(world: World, service: Resource<'Service'>): ReturnType<World['plan']['loadBalancerAddress']> {
  if (known(service.spec.type) === 'LoadBalancer') return world.plan.loadBalancerAddress(service);
  const externalIP = service.spec.externalIPs.map((value) => known(value)).find((text) => text !== undefined);
  if (externalIP !== undefined && known(service.spec.type) !== 'NodePort') return { text: externalIP, assumed: false };
  return { text: firstNode(world).address, assumed: true };
}

/** A pod's, a node's, a Service's cluster or outside address, or one of nobody here. */
function addressWay(world: World, { address, text }: Extract<Endpoint, { kind: 'address' }>, sender: Sender): Way {
  const at = destinationAt(world, address, text);
  if (at.kind !== 'outside') return { destination: at };
  const claim = world.index.claims('clusterIP', text)[0]?.resource;
  const entry = entryService(world.index, text);
  const service = claim?.type === 'Service' ? claim : entry;
  if (service) {
    const namespace = placed(world, world.index.namespaceOf(service));
    const target = { name: service.metadata.name, namespace, service, address: { text, assumed: false } };
    const by: ExternalEntry = service.spec.externalIPs.some((one) => known(one) === text) ? 'external-ip' : 'load-balancer';
    return { destination: { kind: 'service', target }, ...(service === entry && sender.kind !== 'outside' && { external: by }) };
  }
  if (text === world.plan.apiAddress.text) return { destination: { kind: 'service', target: apiServerTarget(world) } };
  return { destination: at };
}

/** To the pods of a set directly: another pod where the client is one of them and there are several. */
function podDestination(world: World, { podSet, container }: Extract<Endpoint, { kind: 'pods' }>, sender: Sender): Destination {
  const own = sender.kind === 'pod' && sender.pod.podSet.key === podSet.key ? sender.pod : undefined;
  const count = podCount(world, podSet);
  const withContainer = (pod: PodPlace): PodPlace => (container ? { ...pod, container } : pod);
  if (own && (count <= 1 || container || own.container)) return { kind: 'pod', pod: withContainer({ ...own, ...(container && { container }) }), self: true };
  if (count === 0) world.notes.unknown(`where the packet would arrive: ${podSet.name} has no replicas, so there is no pod and no address`);
  if (sender.kind === 'node') return { kind: 'pod', pod: withContainer(probedBy(world, podSet, sender.node)), self: false };
  const from = sender.kind === 'pod' ? sender.pod.node : sender.kind === 'outside' ? undefined : sender.node;
  const nodes = nodesFor(world, podSet, from);
  if (podSet.resource.type === 'DaemonSet' && from) return { kind: 'pod', pod: withContainer(daemonPod(world, podSet, from)), self: false };
  return { kind: 'pod', pod: withContainer(placeAt(world, podSet, own ? 1 : 0, own ? [...nodes.slice(-1), ...nodes] : nodes)), self: false };
}

/** Every node has one: that of another node, unless the same one is asked for. */
function daemonPod(world: World, podSet: Extract<Endpoint, { kind: 'pods' }>['podSet'], from: PodPlace['node']): PodPlace {
  const { nodes } = world.plan;
  const chosen =
    (world.placement === 'same-node' ? nodes.find((node) => node.name === from.name) : nodes.find((node) => node.name !== from.name)) ?? nodes[0] ?? from;
  return placeAt(world, podSet, Math.max(0, nodes.indexOf(chosen)), [chosen]);
}

/** A node asks its own pods, as the kubelet's probes do, unless the question or a manifest places them elsewhere. */
function probedBy(world: World, podSet: Extract<Endpoint, { kind: 'pods' }>['podSet'], node: Extract<Sender, { kind: 'node' }>['node']): PodPlace {
  const nodes = nodesFor(world, podSet, node);
  const own = nodes.find((one) => one.name === node.name);
  if (world.placement !== 'any' || !own) return placeAt(world, podSet, 0, nodes);
  const replica = podSet.resource.type === 'DaemonSet' ? Math.max(0, nodes.indexOf(own)) : 0;
  if (known(podSet.template.nodeName) === undefined && podSet.resource.type !== 'DaemonSet')
    world.notes.warn(
      `${podSet.name} is taken to run on ${node.name}, as for a probe of its kubelet; ask with the placement other-node for a node that it does not run on.`,
    );
  return placeAt(world, podSet, replica, [own]);
}

/** The simulator's entry: a question about one context, answered with traces. */
import { parseAddress } from '../base/addresses';
import { known, textOf } from '../base/opaque';
import type { ClusterIndex } from '../cluster/clusterIndex';
import type { Resource } from '../model/resources';
import type { Branch, Flow, Outcome, Trace, TransportProtocol } from '../protocol/trace';
import { protocols } from '../protocol/trace';
import { mergeBranches } from './mergeBranches';
import { branchOf } from './branch';
import { createWalk } from './createWalk';
import { type Endpoint, parseEndpoint, type ParsedEndpoint } from './endpoints';
import { isClusterName } from './hostNames';
import { firstNode, nodeNamed, nodesFor, placeAt, placeSender, podCount } from './placement';
import { offeredLimit, type OfferedPort, podPorts, servicePorts } from './ports';
import { follow } from './stages';
import { hostMatches } from './stages/ingressController';
import type { Destination, PodPlace, Sender } from './walk';
import { createWorld, placed, type World } from './world';

/** What came of a question. An endpoint that cannot be found is an error with the nearest candidates, not a trace. */
export type Simulation =
  { readonly ok: true; readonly traces: readonly Trace[] } | { readonly ok: false; readonly error: string; readonly candidates: readonly string[] };

export type Simulate = (index: ClusterIndex, flow: Flow) => Simulation;

/** One trace for each port that is asked for or that the destination offers. Never throws, whatever the manifests hold. */
export const simulate: Simulate = (index, flow) => {
  const namespace = flow.options?.namespace ?? index.context.namespace ?? 'default';
  const wrong = optionError(flow);
  if (wrong !== undefined) return { ok: false, error: wrong, candidates: [] };
  const from = parseEndpoint(index, flow.from, namespace);
  if (!from.ok) return from;
  const silent = sendsNothing(index, from.endpoint);
  if (silent !== undefined) return { ok: false, error: silent, candidates: [] };
  const to = localDestination(index, flow, from.endpoint, namespace);
  if (!to.ok) return to;
  const questions = questionsOf(index, flow, from.endpoint, to.endpoint, namespace);
  if (!Array.isArray(questions)) return questions as Extract<Simulation, { ok: false }>;
  return { ok: true, traces: (questions as readonly Question[]).map((question) => answer(index, question)) };
};

/** A Service stands for the pods behind it; without any, nobody sends. */
function sendsNothing(index: ClusterIndex, from: Endpoint): string | undefined {
  if (from.kind !== 'service') return undefined;
  const { yes, maybe } = index.backends(from.service);
  if (yes.length > 0 || maybe.length > 0) return undefined;
  return `a Service sends nothing itself, and no pod of these files stands behind ${from.service.metadata.name}: trace from the workload that is meant`;
}

/** The outcome of several: theirs when they agree, else `mixed`. */
export function commonOutcome(outcomes: readonly Outcome[]): Outcome {
  const [first] = outcomes;
  if (first === undefined) return 'unknown';
  return outcomes.every((outcome) => outcome === first) ? first : 'mixed';
}

interface Question extends OfferedPort {
  readonly flow: Flow;
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** The node whose port a client outside names. */
  readonly entry?: string;
  /** For an Ingress: the request. */
  readonly host?: string;
  readonly urlPath?: string;
}

function answer(index: ClusterIndex, question: Question): Trace {
  const world = createWorld(index, question.flow, question.port, question.protocol, familyOf(question), follow);
  const branches = branchesOf(world, question);
  return {
    context: index.context.id,
    flow: question.entry === undefined ? world.flow : { ...question.flow, protocol: question.protocol },
    outcome: commonOutcome(branches.map((branch) => branch.outcome)),
    branches,
    warnings: world.notes.warnings,
    unknowns: world.notes.unknowns,
    remedies: world.notes.remedies,
  };
}

function branchesOf(world: World, question: Question): readonly Branch[] {
  const sender = senderOf(world, question.from);
  const walks = destinationsOf(world, question, sender).flatMap(({ destination, share, label }) =>
    world.follow(world, { ...createWalk(world, sender, destination), share, label }),
  );
  return mergeBranches(walks.map((walk) => branchOf(world, walk)));
}

function senderOf(world: World, endpoint: Endpoint): Sender {
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
    case 'ingress': {
      world.notes.warn('An Ingress sends nothing itself: the packet is traced from its controller, whose pod no manifest shows.');
      const node = firstNode(world);
      return { kind: 'controller', node, address: { text: world.plan.gatewayOf(node).replace(/1$/, '254'), assumed: true } };
    }
    case 'address':
      return { kind: 'outside', name: endpoint.text, address: { text: endpoint.text, assumed: false }, known: endpoint.address };
    case 'internet':
    case 'host':
      return outside(world);
  }
}

function outside(world: World): Sender {
  const written = parseAddress(world.flow.options?.clientAddress ?? '');
  if (!written) return { kind: 'outside', name: 'internet', address: world.plan.clientAddress };
  return { kind: 'outside', name: 'internet', address: { text: world.flow.options?.clientAddress ?? '', assumed: false }, known: written };
}

interface Way {
  readonly destination: Destination;
  readonly share: number;
  readonly label: string;
}

const only = (destination: Destination): readonly Way[] => [{ destination, share: 1, label: '' }];

function destinationsOf(world: World, question: Question, sender: Sender): readonly Way[] {
  const { to } = question;
  switch (to.kind) {
    case 'pods':
      return podWays(world, to, sender);
    case 'service': {
      const { service } = to;
      const namespace = placed(world, world.index.namespaceOf(service));
      const external = sender.kind === 'outside';
      if (question.entry !== undefined) {
        const node = nodeNamed(world, question.entry);
        return only({
          kind: 'service',
          entry: node,
          target: { name: service.metadata.name, namespace, service, address: { text: node.address, assumed: node.assumed } },
        });
      }
      const address = external ? entryAddress(world, service) : world.plan.serviceAddress(service);
      if (!address && !external) return only({ kind: 'name', host: `${service.metadata.name}.${namespace}.svc.${world.index.clusterDomain}` });
      return only({ kind: 'service', target: { name: service.metadata.name, namespace, service, address } });
    }
    case 'ingress':
      return only({ kind: 'ingress', ingress: to.ingress, host: question.host ?? '', urlPath: question.urlPath ?? '/' });
    case 'node':
      return only({ kind: 'node', node: nodeNamed(world, to.name) });
    case 'internet':
      return only({ kind: 'outside', name: 'internet', address: world.plan.hostAddress('internet'), scope: 'internet' });
    case 'address':
      return only(addressDestination(world, to));
    case 'host':
      return only({ kind: 'name', host: to.host, ...(to.path !== undefined && { url: to.path }) });
  }
}

function entryAddress(world: World, service: Resource<'Service'>): ReturnType<World['plan']['loadBalancerAddress']> {
  if (known(service.spec.type) === 'LoadBalancer') return world.plan.loadBalancerAddress(service);
  const externalIP = service.spec.externalIPs.map((value) => known(value)).find((text) => text !== undefined);
  if (externalIP !== undefined && known(service.spec.type) !== 'NodePort') return { text: externalIP, assumed: false };
  return { text: firstNode(world).address, assumed: true };
}

function addressDestination(world: World, { address, text }: Extract<Endpoint, { kind: 'address' }>): Destination {
  const node = world.plan.nodes.find((candidate) => candidate.knownAddress?.value === address.value && candidate.knownAddress.family === address.family);
  if (node) return { kind: 'node', node };
  const holder = world.index.ofKind('Pod').find((pod) => pod.spec.podIPs.includes(text));
  const podSet = holder && world.index.podSetOf(holder);
  if (podSet) return { kind: 'pod', pod: placeAt(world, podSet, 0, nodesFor(world, podSet, firstNode(world))), self: false };
  const claim = world.index.claims('clusterIP', text)[0]?.resource;
  if (claim?.type === 'Service') {
    return {
      kind: 'service',
      target: { name: claim.metadata.name, namespace: placed(world, world.index.namespaceOf(claim)), service: claim, address: { text, assumed: false } },
    };
  }
  return { kind: 'outside', name: text, address: { text, assumed: false }, known: address, scope: 'anywhere' };
}

/** To the pods of a set directly: another pod where the client is one of them and there are several. */
function podWays(world: World, { podSet, container }: Extract<Endpoint, { kind: 'pods' }>, sender: Sender): readonly Way[] {
  const own = sender.kind === 'pod' && sender.pod.podSet.key === podSet.key ? sender.pod : undefined;
  const count = podCount(world, podSet);
  const withContainer = (pod: PodPlace): PodPlace => (container ? { ...pod, container } : pod);
  if (own && (count <= 1 || container || own.container))
    return only({ kind: 'pod', pod: withContainer({ ...own, ...(container && { container }) }), self: true });
  if (count === 0) world.notes.unknown(`where the packet would arrive: ${podSet.name} has no replicas, so there is no pod and no address`);
  const from = sender.kind === 'pod' ? sender.pod.node : sender.kind === 'outside' ? undefined : sender.node;
  const nodes = nodesFor(world, podSet, from);
  return only({ kind: 'pod', pod: withContainer(placeAt(world, podSet, own ? 1 : 0, own ? [...nodes.slice(-1), ...nodes] : nodes)), self: false });
}

function localDestination(index: ClusterIndex, flow: Flow, from: Endpoint, namespace: string): ParsedEndpoint {
  const local = /^(?:https?:\/\/)?(?:localhost|127\.0\.0\.1)(?::(\d{1,5}))?(?:\/.*)?$/i.exec(flow.to.trim());
  if (!local || from.kind !== 'pods') return parseEndpoint(index, flow.to, namespace);
  const port = local[1] === undefined ? undefined : Number(local[1]);
  return { ok: true, endpoint: { kind: 'host', host: 'localhost', ...(port !== undefined && { port }) } };
}

function questionsOf(
  index: ClusterIndex,
  flow: Flow,
  from: Endpoint,
  to: Endpoint,
  namespace: string,
): readonly Question[] | Extract<Simulation, { ok: false }> {
  const outsideClient = from.kind === 'internet' || from.kind === 'address' || from.kind === 'host';
  if (from.kind === 'host') return { ok: false, error: `${flow.from} cannot send: name a pod, a workload, a node, internet or an address`, candidates: [] };
  if (outsideClient && (to.kind === 'internet' || to.kind === 'address')) {
    return {
      ok: false,
      error: `${flow.from} and ${flow.to} are both outside: name a Service, an Ingress, a node or a URL of this context`,
      candidates: waysIn(index),
    };
  }
  const entry = outsideClient && to.kind === 'node' ? nodePortService(index, flow) : undefined;
  if (entry && to.kind === 'node') return [{ flow, from, to: entry.to, entry: to.name, port: entry.port, protocol: entry.protocol }];
  const viaIngress = outsideClient && to.kind === 'host' ? ingressFor(index, to.host) : undefined;
  if (outsideClient && to.kind === 'host' && !viaIngress && !isClusterName(index, to.host) && index.resolveName(to.host, namespace).state !== 'found') {
    return { ok: false, error: `no Ingress of this context has the host ${to.host}`, candidates: waysIn(index) };
  }
  if (to.kind === 'ingress' || viaIngress) return ingressQuestions(flow, from, to, viaIngress ?? (to as Extract<Endpoint, { kind: 'ingress' }>).ingress);
  const port = flow.port ?? (to.kind === 'host' || to.kind === 'address' ? to.port : undefined);
  const protocol = flow.protocol;
  const offered = offeredPorts(index, to, namespace, from);
  if (port !== undefined) {
    const match = offered.find((candidate) => candidate.port === port && candidate.protocol === 'TCP') ?? offered.find((candidate) => candidate.port === port);
    return [{ flow, from, to, port, protocol: protocol ?? match?.protocol ?? 'TCP' }];
  }
  const chosen = offered.filter((candidate) => protocol === undefined || candidate.protocol === protocol).slice(0, offeredLimit);
  if (chosen.length === 0)
    return { ok: false, error: `${flow.to} declares no ${protocol ?? ''} port: say which one is meant`.replace('  ', ' '), candidates: [] };
  return chosen.map((candidate) => ({ flow, from, to, ...candidate }));
}

function offeredPorts(index: ClusterIndex, to: Endpoint, namespace: string, from: Endpoint): readonly OfferedPort[] {
  switch (to.kind) {
    case 'pods':
      return podPorts(to.podSet, to.container);
    case 'service':
      return servicePorts(to.service);
    case 'host':
      return hostPorts(index, to.host, namespace, from);
    case 'internet':
      return [{ port: 443, protocol: 'TCP' }];
    default:
      return [];
  }
}

function hostPorts(index: ClusterIndex, host: string, namespace: string, from: Endpoint): readonly OfferedPort[] {
  if (host === 'localhost') return from.kind === 'pods' ? podPorts(from.podSet) : [];
  const client = from.kind === 'pods' ? (from.podSet.namespace ?? namespace) : namespace;
  const lookup = index.resolveName(host, client);
  if (lookup.state === 'found') return servicePorts(lookup.value.service);
  return isClusterName(index, host) ? [{ port: 80, protocol: 'TCP' }] : [{ port: 443, protocol: 'TCP' }];
}

/** One question a host and path, so that each rule is seen. */
function ingressQuestions(flow: Flow, from: Endpoint, to: Endpoint, ingress: Resource<'Ingress'>): readonly Question[] {
  const endpoint: Endpoint = { kind: 'ingress', ingress };
  const port = (host: string): number =>
    flow.port ??
    (to.kind === 'host' ? to.port : undefined) ??
    (ingress.spec.tls.some((item) => item.hosts.length === 0 || item.hosts.some((value) => hostMatches(textOf(value) ?? '', host))) ? 443 : 80);
  if (to.kind === 'host') return [{ flow, from, to: endpoint, port: port(to.host), protocol: 'TCP', host: to.host, urlPath: to.path ?? '/' }];
  const requests = ingress.spec.rules.flatMap((rule) =>
    rule.paths.map((path) => ({ host: concrete(textOf(rule.host) ?? ''), urlPath: textOf(path.urlPath) ?? '/' })),
  );
  const all = requests.length > 0 ? requests : [{ host: '', urlPath: '/' }];
  return all.slice(0, offeredLimit).map(({ host, urlPath }) => ({
    flow: host === '' ? flow : { ...flow, to: `${port(host) === 443 ? 'https' : 'http'}://${host}${urlPath}` },
    from,
    to: endpoint,
    port: port(host),
    protocol: 'TCP',
    host,
    urlPath,
  }));
}

function concrete(host: string): string {
  return host.startsWith('*.') ? `any${host.slice(1)}` : host;
}

function ingressFor(index: ClusterIndex, host: string): Resource<'Ingress'> | undefined {
  const all = index.ofKind('Ingress');
  const withHost = (exact: boolean): Resource<'Ingress'> | undefined =>
    all.find((ingress) =>
      ingress.spec.rules.some(
        (rule) =>
          rule.host !== undefined && (exact ? (textOf(rule.host) ?? '').toLowerCase() === host.toLowerCase() : hostMatches(textOf(rule.host) ?? '', host)),
      ),
    );
  return withHost(true) ?? withHost(false);
}

/** The Service whose node port is asked for at a node. */
function nodePortService(index: ClusterIndex, flow: Flow): { readonly to: Endpoint; readonly port: number; readonly protocol: TransportProtocol } | undefined {
  const protocol = flow.protocol ?? 'TCP';
  const claim = flow.port === undefined ? undefined : index.claims('nodePort', `${flow.port}/${protocol}`)[0];
  if (claim?.resource.type !== 'Service') return undefined;
  const { resource: service } = claim;
  const port = known(service.spec.ports.find((entry) => known(entry.nodePort) === flow.port)?.port);
  return port === undefined ? undefined : { to: { kind: 'service', service }, port, protocol };
}

function waysIn(index: ClusterIndex): readonly string[] {
  const services = index.ofKind('Service').filter((service) => ['LoadBalancer', 'NodePort'].includes(known(service.spec.type) ?? ''));
  return [...services, ...index.ofKind('Ingress')]
    .slice(0, 5)
    .map((resource) => `${resource.kind.toLowerCase()}/${index.namespaceOf(resource) ?? '-'}/${resource.metadata.name}`);
}

/** Each family that the Service has is for the caller to ask; the first is taken here. */
function familyOf({ flow, to }: Question): 4 | 6 {
  const asked = flow.options?.ipFamily;
  if (asked === 4 || asked === 6) return asked;
  if (to.kind === 'address') return to.address.family;
  if (to.kind === 'service' && known(to.service.spec.ipFamilies[0]) === 'IPv6') return 6;
  return 4;
}

function optionError(flow: Flow): string | undefined {
  if (flow.port !== undefined && (!Number.isInteger(flow.port) || flow.port < 1 || flow.port > 65535)) return `${flow.port} is no port: 1 to 65535`;
  if (flow.protocol !== undefined && !protocols.includes(flow.protocol)) return `${flow.protocol as string} is no protocol: TCP, UDP or SCTP`;
  const client = flow.options?.clientAddress;
  if (client !== undefined && client !== '' && !parseAddress(client)) return `${client} is no IP address`;
  return undefined;
}

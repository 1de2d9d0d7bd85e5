/** Questions of a flow: one for each port, host and path that the destination offers when the flow names none. */
import { known, textOf } from '../base/opaque';
import { parseAddress } from '../base/addresses';
import type { ClusterIndex } from '../cluster/clusterIndex';
import type { GatewayListener, RouteMatch } from '../model/gateway';
import type { Resource } from '../model/resources';
import type { Flow, TransportProtocol } from '../protocol/trace';
import { protocols } from '../protocol/trace';
import { type Endpoint, nearestEndpoints } from './endpoints';
import {
  allRoutes,
  gatewayHostMatches,
  hostsIntersect,
  isGatewayParent,
  listenerProtocol,
  parentNamespace,
  type Route,
  routesOf,
} from '../cluster/gatewayAttachment';
import { listenerFor, requestOf } from './gatewayRoutes';
import { isApiServerName, isClusterName } from './hostNames';
import { offeredLimit, type OfferedPort, podPorts, servicePorts } from './ports';
import { concreteHost, hostMatches, type HttpRequest, requestFor } from './requests';

export interface Question extends OfferedPort {
  readonly flow: Flow;
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** The node whose port a client outside names. */
  readonly entry?: string;
  /** For an Ingress or a Gateway: what the client asks for. */
  readonly request?: HttpRequest;
  /** The client has a name and looks it up, rather than an address. */
  readonly named?: boolean;
  readonly gateway?: { readonly resource: Resource<'Gateway'> | undefined; readonly listener: GatewayListener | undefined; readonly routes: readonly Route[] };
}

export type Questions =
  { readonly ok: true; readonly questions: readonly Question[] } | { readonly ok: false; readonly error: string; readonly candidates: readonly string[] };

const all = (questions: readonly Question[]): Questions => ({ ok: true, questions });
const error = (text: string, candidates: readonly string[] = []): Questions => ({ ok: false, error: text, candidates });

export function questionsOf(index: ClusterIndex, flow: Flow, from: Endpoint, to: Endpoint, namespace: string): Questions {
  const outsideClient = from.kind === 'internet' || from.kind === 'address';
  if (from.kind === 'host')
    return error(`${flow.from} cannot send: name a pod, a workload, a node, internet or an address`, nearestEndpoints(index, flow.from));
  if (outsideClient && (to.kind === 'internet' || (to.kind === 'address' && !isEntryAddress(index, to.text))))
    return error(`${flow.from} and ${flow.to} are both outside: name a Service, an Ingress, a node or a URL of this context`, waysIn(index));
  const entry = outsideClient && to.kind === 'node' ? nodePortService(index, flow) : undefined;
  if (entry && to.kind === 'node') return all([{ flow, from, to: entry.to, entry: to.name, port: entry.port, protocol: entry.protocol }]);
  if (to.kind === 'ingress') return all(ingressQuestions(flow, from, to.ingress, undefined));
  if (to.kind === 'gateway') return all(gatewayQuestions(index, flow, from, to.gateway));
  if (to.kind === 'route') return all(routeQuestions(index, flow, from, to.route));
  if (to.kind === 'host' && to.host !== 'localhost') {
    const declared = declaredHost(index, flow, from, to, namespace);
    if (declared) return all(declared);
    if (outsideClient && !isClusterName(index, to.host) && index.resolveName(to.host, namespace).state !== 'found')
      return error(`no Ingress and no Gateway of this context has the host ${to.host}`, waysIn(index));
  }
  const port = flow.port ?? (to.kind === 'host' || to.kind === 'address' ? to.port : undefined);
  const { protocol } = flow;
  const offered = offeredPorts(index, to, namespace, from);
  if (port !== undefined) {
    const match = offered.find((candidate) => candidate.port === port && candidate.protocol === 'TCP') ?? offered.find((candidate) => candidate.port === port);
    return all([{ flow, from, to, port, protocol: protocol ?? match?.protocol ?? 'TCP' }]);
  }
  const chosen = offered.filter((candidate) => protocol === undefined || candidate.protocol === protocol).slice(0, offeredLimit);
  if (chosen.length === 0) return error(`${flow.to} declares no ${protocol ?? ''} port: say which one is meant`.replace('  ', ' '));
  return all(chosen.map((candidate) => ({ flow, from, to, ...candidate })));
}

/** A name that an Ingress or a route of these files declares: public DNS is taken to lead to its controller. Names of the cluster go before. */
function declaredHost(
  index: ClusterIndex,
  flow: Flow,
  from: Endpoint,
  to: Extract<Endpoint, { kind: 'host' }>,
  namespace: string,
): readonly Question[] | undefined {
  const client = from.kind === 'pods' ? (from.podSet.namespace ?? namespace) : namespace;
  if (isClusterName(index, to.host) && index.resolveName(to.host, client).state === 'found') return undefined;
  const ingress = ingressFor(index, to.host);
  if (ingress) return ingressQuestions(flow, from, ingress, to);
  return gatewayFor(index, flow, from, to);
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
    case 'api-server':
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
  if (isApiServerName(index, host, client)) return [{ port: 443, protocol: 'TCP' }];
  return isClusterName(index, host) ? [{ port: 80, protocol: 'TCP' }] : [{ port: 443, protocol: 'TCP' }];
}

/** One question a host and path, so that each rule is seen. */
function ingressQuestions(
  flow: Flow,
  from: Endpoint,
  ingress: Resource<'Ingress'>,
  asked: Extract<Endpoint, { kind: 'host' }> | undefined,
): readonly Question[] {
  const to: Endpoint = { kind: 'ingress', ingress };
  const port = (host: string): number =>
    flow.port ??
    asked?.port ??
    (ingress.spec.tls.some((item) => item.hosts.length === 0 || item.hosts.some((value) => hostMatches(textOf(value) ?? '', host))) ? 443 : 80);
  if (asked) return [{ flow, from, to, port: port(asked.host), protocol: 'TCP', request: requestFor(asked.host, asked.path ?? '/'), named: true }];
  const requests = ingress.spec.rules.flatMap((rule) =>
    rule.paths.map((path) => ({ host: concreteHost(textOf(rule.host) ?? ''), urlPath: textOf(path.urlPath) ?? '/' })),
  );
  const every = requests.length > 0 ? requests : [{ host: '', urlPath: '/' }];
  return every.slice(0, offeredLimit).map(({ host, urlPath }) => ({
    flow: host === '' ? flow : { ...flow, to: `${port(host) === 443 ? 'https' : 'http'}://${host}${urlPath}` },
    from,
    to,
    port: port(host),
    protocol: 'TCP',
    request: requestFor(host, urlPath),
    named: host !== '',
  }));
}

function ingressFor(index: ClusterIndex, host: string): Resource<'Ingress'> | undefined {
  const ingresses = index.ofKind('Ingress');
  const withHost = (exact: boolean): Resource<'Ingress'> | undefined =>
    ingresses.find((ingress) =>
      ingress.spec.rules.some(
        (rule) =>
          rule.host !== undefined && (exact ? (textOf(rule.host) ?? '').toLowerCase() === host.toLowerCase() : hostMatches(textOf(rule.host) ?? '', host)),
      ),
    );
  return withHost(true) ?? withHost(false);
}

/** Each attached route by a request that it asks for; a Gateway without any is asked on its listeners. */
function gatewayQuestions(index: ClusterIndex, flow: Flow, from: Endpoint, gateway: Resource<'Gateway'>): readonly Question[] {
  const routes = [...new Set(routesOf(index, gateway).map(({ route }) => route))];
  const questions = routes.flatMap((route) => routeQuestions(index, flow, from, route, gateway));
  if (questions.length > 0) return questions.slice(0, offeredLimit);
  return gateway.spec.listeners.slice(0, offeredLimit).flatMap((listener) => {
    const port = flow.port ?? known(listener.port);
    if (port === undefined) return [];
    const request = requestFor(concreteHost(textOf(listener.hostname) ?? ''), '/');
    const protocol = transportOf(listener);
    return [
      { flow, from, to: { kind: 'gateway', gateway } as const, port, protocol, request, named: false, gateway: { resource: gateway, listener, routes: [] } },
    ];
  });
}

/** One question a rule and match of the route, with a host, path, method and headers that they ask for. */
function routeQuestions(index: ClusterIndex, flow: Flow, from: Endpoint, route: Route, only?: Resource<'Gateway'>): readonly Question[] {
  const to: Endpoint = { kind: 'route', route };
  const gateways = parentsOf(index, route).filter((parent) => only === undefined || parent === only);
  const [first] = gateways;
  const resource = only ?? first;
  const written = concreteHost(textOf(route.spec.hostnames[0]) ?? '');
  const matches = route.spec.rules.flatMap((rule): readonly (RouteMatch | undefined)[] => (rule.matches.length > 0 ? rule.matches : [undefined]));
  const udp = route.type === 'UDPRoute';
  return (matches.length > 0 ? matches : [undefined]).slice(0, offeredLimit).map((match) => {
    const listener = resource && ownListener(resource, route, flow.port, written, udp);
    const host = written !== '' ? written : concreteHost(textOf(listener?.hostname) ?? '');
    const request = requestOf(route, match, host);
    const port = flow.port ?? known(listener?.port) ?? (route.type === 'TLSRoute' ? 443 : 80);
    const http = route.type === 'HTTPRoute' || route.type === 'GRPCRoute';
    const scheme = listener && listenerProtocol(listener) === 'HTTPS' ? 'https' : port === 443 ? 'https' : 'http';
    return {
      flow: http && host !== '' ? { ...flow, to: `${scheme}://${host}${usualPort(scheme, port)}${request.urlPath}` } : flow,
      from,
      to,
      port,
      protocol: udp ? ('UDP' as const) : ('TCP' as const),
      request,
      named: host !== '',
      gateway: {
        resource,
        listener: listener ?? (resource && listenerFor(resource, port, host, udp)),
        routes: resource ? routesFor(index, resource) : [route],
      },
    };
  });
}

/** The listener that the route asks for, or one that may take it: of the port of the question, else the first. */
function ownListener(gateway: Resource<'Gateway'>, route: Route, port: number | undefined, host: string, udp: boolean): GatewayListener | undefined {
  const parents = route.spec.parents.filter((parent) => isGatewayParent(parent) && known(parent.name) === gateway.metadata.name);
  if (port !== undefined) return listenerFor(gateway, port, host, udp);
  const fitting = gateway.spec.listeners.filter(
    (listener) =>
      (listenerProtocol(listener) === 'UDP') === udp &&
      hostsIntersect(textOf(listener.hostname) ?? '', host) &&
      parents.some(
        (parent) =>
          (parent.sectionName === undefined || known(parent.sectionName) === known(listener.name)) &&
          (parent.port === undefined || known(parent.port) === known(listener.port)),
      ),
  );
  const tls = fitting.find((listener) => listenerProtocol(listener) === 'HTTPS');
  const chosen = tls ?? fitting[0] ?? gateway.spec.listeners[0];
  const listening = known(chosen?.port);
  return chosen && listening !== undefined
    ? (listenerFor(gateway, listening, host === '' ? concreteHost(textOf(chosen.hostname) ?? '') : host, udp) ?? chosen)
    : chosen;
}

function parentsOf(index: ClusterIndex, route: Route): readonly Resource<'Gateway'>[] {
  const gateways = index.ofKind('Gateway');
  return route.spec.parents.flatMap((parent) => {
    if (!isGatewayParent(parent)) return [];
    const namespace = parentNamespace(index, route, parent);
    const gateway = gateways.find((one) => one.metadata.name === known(parent.name) && index.sameNamespace(index.namespaceOf(one), namespace) !== 'no');
    return gateway ? [gateway] : [];
  });
}

function routesFor(index: ClusterIndex, gateway: Resource<'Gateway'>): readonly Route[] {
  return [...new Set(routesOf(index, gateway).map(({ route }) => route))];
}

/** The Gateway whose listener or routes have the host: routes that name it first, then listeners alone. */
function gatewayFor(index: ClusterIndex, flow: Flow, from: Endpoint, to: Extract<Endpoint, { kind: 'host' }>): readonly Question[] | undefined {
  const port = flow.port ?? to.port ?? (to.scheme === 'http' ? 80 : 443);
  const request = requestFor(to.host, to.path ?? '/');
  const ask = (end: Endpoint, resource: Resource<'Gateway'> | undefined, routes: readonly Route[]): readonly Question[] => [
    {
      flow,
      from,
      to: end,
      port,
      protocol: 'TCP',
      request,
      named: true,
      gateway: { resource, listener: resource && listenerFor(resource, port, to.host, false), routes },
    },
  ];
  const by = (gateway: Resource<'Gateway'>): readonly Question[] => ask({ kind: 'gateway', gateway }, gateway, routesFor(index, gateway));
  const named = allRoutes(index).filter((route) => route.spec.hostnames.some((host) => gatewayHostMatches(textOf(host) ?? '', to.host)));
  const gateways = [...new Set(named.flatMap((route) => parentsOf(index, route)))];
  const listening = gateways.find((gateway) => listenerFor(gateway, port, to.host, false)) ?? gateways[0];
  if (listening) return by(listening);
  const [route] = named;
  if (route) return ask({ kind: 'route', route }, undefined, named);
  const open = index
    .ofKind('Gateway')
    .find((gateway) =>
      gateway.spec.listeners.some((listener) => textOf(listener.hostname) !== undefined && gatewayHostMatches(textOf(listener.hostname) ?? '', to.host)),
    );
  return open && by(open);
}

function transportOf(listener: GatewayListener): TransportProtocol {
  return listenerProtocol(listener) === 'UDP' ? 'UDP' : 'TCP';
}

function usualPort(scheme: string, port: number): string {
  return (scheme === 'https' && port === 443) || (scheme === 'http' && port === 80) ? '' : `:${port}`;
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

/** An address that a Service of the context has for the outside, or that a Node has. */
export function entryService(index: ClusterIndex, text: string): Resource<'Service'> | undefined {
  return index
    .ofKind('Service')
    .find(
      (service) =>
        service.spec.externalAddresses.includes(text) ||
        known(service.spec.loadBalancerIP) === text ||
        service.spec.externalIPs.some((one) => known(one) === text),
    );
}

function isEntryAddress(index: ClusterIndex, text: string): boolean {
  return entryService(index, text) !== undefined || index.ofKind('Node').some((node) => node.spec.addresses.some(({ address }) => known(address) === text));
}

function waysIn(index: ClusterIndex): readonly string[] {
  const services = index.ofKind('Service').filter((service) => ['LoadBalancer', 'NodePort'].includes(known(service.spec.type) ?? ''));
  return [...services, ...index.ofKind('Ingress'), ...index.ofKind('Gateway')]
    .slice(0, 5)
    .map((resource) => `${resource.kind.toLowerCase()}/${index.namespaceOf(resource) ?? '-'}/${resource.metadata.name}`);
}

/** What is wrong with the question itself. */
export function optionError(flow: Flow): string | undefined {
  if (flow.port !== undefined && (!Number.isInteger(flow.port) || flow.port < 1 || flow.port > 65535)) return `${flow.port} is no port: 1 to 65535`;
  if (flow.protocol !== undefined && !protocols.includes(flow.protocol)) return `${flow.protocol as string} is no protocol: TCP, UDP or SCTP`;
  const client = flow.options?.clientAddress;
  if (client !== undefined && client !== '' && !parseAddress(client)) return `${client} is no IP address`;
  return undefined;
}

/** Which route and rule of the Gateway API a request meets: listener, attached routes, hostnames, matches. Pure; no packet here. */
import { isOpaque, known, textOf } from '../base/opaque';
import type { ClusterIndex } from '../cluster/clusterIndex';
import type { GatewayListener, RouteMatch, RouteParent, RouteRule } from '../model/gateway';
import { matches } from '../model/labels';
import type { Resource } from '../model/resources';
import { gatewayHostMatches, type HttpRequest, hostRank, hostsIntersect, pathMatches } from './requests';

export const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;
export type RouteKind = (typeof routeKinds)[number];
export type Route = Resource<RouteKind>;

/** A route that hangs on a listener, or why it does not. */
export interface Attachment {
  readonly route: Route;
  readonly parent: RouteParent;
  readonly state: 'attached' | 'refused' | 'unknown';
  readonly reason: string;
}

/** Which protocols of a listener take which kinds of routes: https://gateway-api.sigs.k8s.io/reference/spec/#protocoltype */
const kindsOf: Readonly<Record<string, readonly RouteKind[]>> = {
  HTTP: ['HTTPRoute', 'GRPCRoute'],
  HTTPS: ['HTTPRoute', 'GRPCRoute'],
  TLS: ['TLSRoute', 'TCPRoute'],
  TCP: ['TCPRoute'],
  UDP: ['UDPRoute'],
};

export function listenerProtocol(listener: GatewayListener): string {
  return textOf(listener.protocol) ?? 'HTTP';
}

/** The routes that name the Gateway as their parent, each with every parent reference that does. */
export function routesOf(index: ClusterIndex, gateway: Resource<'Gateway'>): readonly { readonly route: Route; readonly parent: RouteParent }[] {
  const namespace = index.namespaceOf(gateway);
  return allRoutes(index).flatMap((route) =>
    route.spec.parents
      .filter((parent) => isGatewayParent(parent) && known(parent.name) === gateway.metadata.name && parentNamespace(index, route, parent) === namespace)
      .map((parent) => ({ route, parent })),
  );
}

export function allRoutes(index: ClusterIndex): readonly Route[] {
  return routeKinds.flatMap((kind) => index.ofKind(kind) as readonly Route[]);
}

export function isGatewayParent(parent: RouteParent): boolean {
  return (known(parent.kind) ?? 'Gateway') === 'Gateway' && (known(parent.group) ?? 'gateway.networking.k8s.io') === 'gateway.networking.k8s.io';
}

export function parentNamespace(index: ClusterIndex, route: Route, parent: RouteParent): string | undefined {
  return parent.namespace === undefined ? index.namespaceOf(route) : known(parent.namespace);
}

/** Does the listener take the route? By section and port, kind, namespace and hostname; parent references need no grant. */
export function attach(index: ClusterIndex, gateway: Resource<'Gateway'>, listener: GatewayListener, route: Route, parent: RouteParent): Attachment {
  const answer = (state: Attachment['state'], reason: string): Attachment => ({ route, parent, state, reason });
  const name = textOf(listener.name) ?? '';
  if (parent.sectionName !== undefined && known(parent.sectionName) !== known(listener.name))
    return answer(
      isOpaque(parent.sectionName) || isOpaque(listener.name) ? 'unknown' : 'refused',
      `it asks for the listener ${textOf(parent.sectionName) ?? ''}`,
    );
  if (parent.port !== undefined && known(parent.port) !== known(listener.port))
    return answer(
      isOpaque(parent.port) || isOpaque(listener.port) ? 'unknown' : 'refused',
      `it asks for the listener on port ${String(known(parent.port) ?? '?')}`,
    );
  const protocol = listenerProtocol(listener);
  const fitting = Object.hasOwn(kindsOf, protocol) ? (kindsOf[protocol] ?? []) : routeKinds;
  if (!fitting.includes(route.type)) return answer('refused', `a ${protocol} listener takes no ${route.type}`);
  if (listener.routeKinds && listener.routeKinds.length > 0 && !listener.routeKinds.some((kind) => known(kind.kind) === route.type))
    return answer('refused', `allowedRoutes.kinds of the listener ${name} has no ${route.type}`);
  const admitted = namespaceAdmitted(index, gateway, listener, route);
  if (admitted.state !== 'attached') return answer(admitted.state, admitted.reason);
  const own = textOf(listener.hostname) ?? '';
  const hosts = route.spec.hostnames.map((host) => textOf(host) ?? '');
  if (route.type !== 'TCPRoute' && route.type !== 'UDPRoute' && hosts.length > 0 && !hosts.some((host) => hostsIntersect(own, host)))
    return answer('refused', `none of its hostnames lies in ${own}, the hostname of the listener ${name}`);
  return answer('attached', '');
}

function namespaceAdmitted(
  index: ClusterIndex,
  gateway: Resource<'Gateway'>,
  listener: GatewayListener,
  route: Route,
): { readonly state: Attachment['state']; readonly reason: string } {
  const from = textOf(listener.routesFrom) ?? 'Same';
  const name = textOf(listener.name) ?? '';
  if (isOpaque(listener.routesFrom)) return { state: 'unknown', reason: 'allowedRoutes of the listener is a placeholder' };
  if (from === 'All') return { state: 'attached', reason: '' };
  const [own, other] = [index.namespaceOf(gateway), index.namespaceOf(route)];
  if (from === 'Same') {
    const same = index.sameNamespace(own, other);
    if (same === 'yes') return { state: 'attached', reason: '' };
    return { state: same === 'no' ? 'refused' : 'unknown', reason: `the listener ${name} takes routes of its own namespace ${own ?? ''} only` };
  }
  if (from === 'Selector' && listener.routesSelector) {
    const answer = matches(listener.routesSelector, index.namespaceLabels(other));
    if (answer === 'yes') return { state: 'attached', reason: '' };
    return {
      state: answer === 'no' ? 'refused' : 'unknown',
      reason: `the listener ${name} takes routes of namespaces with certain labels, and ${answer === 'no' ? `${other ?? ''} has them not` : `those of ${other ?? ''} are not known`}`,
    };
  }
  return { state: 'refused', reason: `the listener ${name} takes no routes` };
}

/** The listener of a port that a host belongs to: the most exact hostname. */
export function listenerFor(gateway: Resource<'Gateway'>, port: number, host: string, udp: boolean): GatewayListener | undefined {
  const fitting = gateway.spec.listeners.filter((listener) => {
    const protocol = listenerProtocol(listener);
    if (known(listener.port) !== port || (protocol === 'UDP') !== udp) return false;
    if (protocol === 'TCP' || protocol === 'UDP' || host === '') return true;
    return gatewayHostMatches(textOf(listener.hostname) ?? '', host);
  });
  return fitting.reduce<GatewayListener | undefined>(
    (best, listener) => (best && hostRank(textOf(best.hostname)) >= hostRank(textOf(listener.hostname)) ? best : listener),
    undefined,
  );
}

export interface RuleChoice {
  readonly route: Route;
  readonly rule: RouteRule;
  /** Undefined for a rule that matches everything. */
  readonly match: RouteMatch | undefined;
  /** A placeholder decides. */
  readonly certain: boolean;
}

/** What a request meets among attached routes, and rules that it would meet with other headers, queries or methods. */
export interface RouteAnswer {
  readonly chosen: RuleChoice | undefined;
  readonly others: readonly RuleChoice[];
}

/**
 * The most exact hostname first; then exact paths, the longest prefix, a method, the number of headers, of query parameters; then the
 * route that comes first by namespace and name, and the first rule (https://gateway-api.sigs.k8s.io/reference/spec/#httproutematch).
 */
export function chooseRule(index: ClusterIndex, routes: readonly Route[], request: HttpRequest): RouteAnswer {
  const rated: { readonly choice: RuleChoice; readonly rank: readonly number[]; readonly name: string }[] = [];
  const others: RuleChoice[] = [];
  for (const route of routes) {
    const host = route.spec.hostnames.map((value) => textOf(value) ?? '').filter((pattern) => request.host === '' || gatewayHostMatches(pattern, request.host));
    if (route.spec.hostnames.length > 0 && host.length === 0 && route.type !== 'TCPRoute' && route.type !== 'UDPRoute') continue;
    const best = Math.max(0, ...host.map(hostRank));
    for (const rule of route.spec.rules) {
      const alternatives: readonly (RouteMatch | undefined)[] = rule.matches.length > 0 ? rule.matches : [undefined];
      for (const match of alternatives) {
        const fit = matchFit(route, match, request);
        if (fit.path === 'no') continue;
        const choice = { route, rule, match, certain: fit.path === 'yes' && fit.rest === 'yes' };
        if (fit.rest === 'no') others.push(choice);
        else rated.push({ choice, rank: [best, ...fit.rank], name: `${index.namespaceOf(route) ?? ''}/${route.metadata.name}` });
      }
    }
  }
  rated.sort((a, b) => compareRanks(b.rank, a.rank) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { chosen: rated[0]?.choice, others };
}

interface Fit {
  readonly path: 'yes' | 'no' | 'unknown';
  /** Method, headers and query parameters. */
  readonly rest: 'yes' | 'no' | 'unknown';
  readonly rank: readonly number[];
}

function matchFit(route: Route, match: RouteMatch | undefined, request: HttpRequest): Fit {
  if (!match || (route.type !== 'HTTPRoute' && route.type !== 'GRPCRoute')) return { path: 'yes', rest: 'yes', rank: [0, 1, 0, 0, 0] };
  const { exact, length, path } = route.type === 'GRPCRoute' ? grpcFit(match, request) : pathFit(match, request);
  const rest: Fit['rest'][] = [];
  if (route.type === 'HTTPRoute' && match.method !== undefined) rest.push(isOpaque(match.method) ? 'unknown' : match.method === request.method ? 'yes' : 'no');
  for (const header of match.headers)
    rest.push(valueFit(header, request.headers.find(([name]) => name.toLowerCase() === textOf(header.name)?.toLowerCase())?.[1]));
  for (const parameter of match.queryParams) rest.push(valueFit(parameter, request.query.find(([name]) => name === textOf(parameter.name))?.[1]));
  return {
    path,
    rest: rest.includes('no') ? 'no' : rest.includes('unknown') ? 'unknown' : 'yes',
    rank: [exact ? 1 : 0, length, match.method === undefined ? 0 : 1, match.headers.length, match.queryParams.length],
  };
}

function pathFit(match: RouteMatch, request: HttpRequest): { readonly exact: boolean; readonly length: number; readonly path: Fit['path'] } {
  const pattern = match.urlPath === undefined ? '/' : known(match.urlPath);
  const type = textOf(match.pathType) ?? 'PathPrefix';
  if (pattern === undefined || isOpaque(match.pathType)) return { exact: false, length: 0, path: 'unknown' };
  if (type === 'RegularExpression') return { exact: false, length: pattern.length, path: regularFit(pattern, request.urlPath) };
  const exact = type === 'Exact';
  return { exact, length: pattern.length, path: pathMatches(pattern, exact, request.urlPath) ? 'yes' : 'no' };
}

/** Expressions of strangers are not run: plain text without special characters compares, everything else is left open. */
function regularFit(pattern: string, text: string): Fit['path'] {
  if (/^[\w/-]*$/.test(pattern)) return pattern === text ? 'yes' : 'unknown';
  return /^[/]?\.\*$/.test(pattern) ? 'yes' : 'unknown';
}

function grpcFit(match: RouteMatch, request: HttpRequest): { readonly exact: boolean; readonly length: number; readonly path: Fit['path'] } {
  const [, service = '', method = ''] = request.urlPath.split('/');
  const [wantedService, wantedMethod] = [known(match.grpcService), known(match.grpcMethod)];
  if (isOpaque(match.grpcService) || isOpaque(match.grpcMethod)) return { exact: false, length: 0, path: 'unknown' };
  const fits = (wantedService === undefined || wantedService === service) && (wantedMethod === undefined || wantedMethod === method);
  return {
    exact: wantedService !== undefined && wantedMethod !== undefined,
    length: (wantedService ?? '').length + (wantedMethod ?? '').length,
    path: fits ? 'yes' : 'no',
  };
}

function valueFit(wanted: RouteMatch['headers'][number], actual: string | undefined): Fit['rest'] {
  if (actual === undefined) return isOpaque(wanted.name) ? 'unknown' : 'no';
  if (isOpaque(wanted.value)) return 'unknown';
  if ((textOf(wanted.type) ?? 'Exact') === 'RegularExpression') return regularFit(wanted.value ?? '', actual);
  return wanted.value === actual ? 'yes' : 'no';
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A request that a match asks for: its host, path, method, headers and query parameters. */
export function requestOf(route: Route, match: RouteMatch | undefined, host: string): HttpRequest {
  const grpc = route.type === 'GRPCRoute';
  const written = textOf(match?.pathType) === 'RegularExpression' ? '/' : (textOf(match?.urlPath) ?? '/');
  const urlPath = grpc ? `/${textOf(match?.grpcService) ?? 'any.Service'}/${textOf(match?.grpcMethod) ?? 'AnyMethod'}` : written;
  const pairs = (list: RouteMatch['headers'] | undefined): readonly (readonly [string, string])[] =>
    (list ?? []).flatMap((one) => (one.name === undefined ? [] : [[textOf(one.name) ?? '', textOf(one.value) ?? ''] as const]));
  return {
    host,
    urlPath,
    method: grpc ? 'POST' : (textOf(match?.method) ?? 'GET'),
    headers: pairs(match?.headers),
    query: pairs(match?.queryParams),
  };
}

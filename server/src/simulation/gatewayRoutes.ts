/** Which route and rule of the Gateway API a request meets: listener, attached routes, hostnames, matches. Pure; no packet here. */
import { isOpaque, known, textOf } from '../base/opaque';
import type { ClusterIndex } from '../cluster/clusterIndex';
import { gatewayHostMatches, listenerProtocol, type Route } from '../cluster/gatewayAttachment';
import type { GatewayListener, RouteMatch, RouteRule } from '../model/gateway';
import type { Resource } from '../model/resources';
import { type HttpRequest, hostRank, pathMatches } from './requests';

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

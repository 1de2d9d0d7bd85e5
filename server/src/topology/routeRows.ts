/** The rows of a route's card: its hostnames, at which requests arrive, and its rules, from which they go on. */
import { textOf } from '../base/opaque';
import type { RouteMatch, RouteRule } from '../model/gateway';
import type { PortRow } from '../protocol/topology';
import { sourceOf } from './graph';
import { hasHosts, type Route } from '../cluster/gatewayAttachment';

export interface RouteRows {
  readonly rows: readonly PortRow[];
  /** Where a request for one of the route's hostnames arrives, by its place among them. */
  readonly entry: (host: number) => string;
  /** Where the requests of a rule go on, by its place. */
  readonly exit: (rule: number) => string;
}

const mostHosts = 6;
const mostRules = 12;

/** A route of one hostname whose only rule takes everything is one row. */
export function routeRows(route: Route): RouteRows {
  const { spec } = route;
  const hosts = hasHosts(route) ? spec.hostnames : [];
  const row = (id: string, name: string, source: PortRow['source']): PortRow => ({
    id,
    number: null,
    name,
    protocol: route.type === 'UDPRoute' ? 'UDP' : 'TCP',
    source,
  });
  const hostRows = hosts
    .slice(0, mostHosts)
    .map((host, position) =>
      row(
        `host:${position}`,
        position === mostHosts - 1 && hosts.length > mostHosts ? `${hosts.length - position} more hosts` : (textOf(host) ?? '?'),
        sourceOf(route, ['spec', 'hostnames', position]),
      ),
    );
  const takesAll = spec.rules.every((rule) => rule.matches.every((match) => wordsOf(route, match) === everything(route)));
  const rules = hostRows.length === 1 && spec.rules.length <= 1 && takesAll ? [] : spec.rules;
  const ruleRows = rules
    .slice(0, mostRules)
    .map((rule, position) =>
      row(
        `rule:${position}`,
        position === mostRules - 1 && rules.length > mostRules ? `${rules.length - position} more rules` : ruleWords(route, rule),
        sourceOf(route, rule.path),
      ),
    );
  const rows = hostRows.length + ruleRows.length > 0 ? [...hostRows, ...ruleRows] : [row('rule:0', everything(route), sourceOf(route, ['spec']))];
  const [first] = rows;
  return {
    rows,
    entry: (host) => hostRows[Math.min(host, mostHosts - 1)]?.id ?? first?.id ?? '',
    exit: (rule) => ruleRows[Math.min(rule, mostRules - 1)]?.id ?? first?.id ?? '',
  };
}

function ruleWords(route: Route, rule: RouteRule): string {
  if (rule.matches.length === 0) return everything(route);
  return [...new Set(rule.matches.map((match) => wordsOf(route, match)))].join(', ');
}

function everything({ type }: Route): string {
  return type === 'HTTPRoute' ? '/' : type === 'GRPCRoute' ? 'every method' : 'everything';
}

/** `GET /cart`, `= /login`, `~ /v[0-9]+`, `x-canary: true`; a gRPC method as it stands in a request's path. */
function wordsOf(route: Route, match: RouteMatch): string {
  const rest = [
    ...match.headers.map(({ name, value }) => `${textOf(name) ?? '?'}: ${textOf(value) ?? ''}`),
    ...match.queryParams.map(({ name, value }) => `?${textOf(name) ?? '?'}=${textOf(value) ?? ''}`),
  ];
  const first = route.type === 'GRPCRoute' ? grpcWords(match) : pathWords(match);
  const words = [...(first === undefined ? [] : [first]), ...rest].join(' ');
  return words === '' ? everything(route) : words;
}

/** The path that is matched where nothing is written goes without saying. */
function pathWords({ method, pathType, urlPath }: RouteMatch): string | undefined {
  const sign = { Exact: '= ', RegularExpression: '~ ' }[textOf(pathType) ?? ''] ?? '';
  const path = `${sign}${textOf(urlPath) ?? '/'}`;
  if (method !== undefined) return `${textOf(method) ?? '?'} ${path}`;
  return path === '/' ? undefined : path;
}

function grpcWords({ grpcService, grpcMethod }: RouteMatch): string | undefined {
  if (grpcService === undefined && grpcMethod === undefined) return undefined;
  const method = textOf(grpcMethod);
  return `${textOf(grpcService) ?? '*'}${method === undefined ? '' : `/${method}`}`;
}

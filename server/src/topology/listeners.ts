/** Which listeners of a Gateway take a route: by section and port, protocol, kind, namespace and hostname. */
import { isOpaque, known, type Ternary, textOf } from '../base/opaque';
import type { ClusterIndex } from '../cluster/clusterIndex';
import type { GatewayListener, RouteParent } from '../model/gateway';
import { matches } from '../model/labels';
import type { Resource } from '../model/resources';

export const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;
export type RouteKind = (typeof routeKinds)[number];
export type Route = Resource<RouteKind>;

/** Which protocols of a listener take which kinds of routes: https://gateway-api.sigs.k8s.io/reference/spec/#protocoltype */
const kindsOf: Readonly<Record<string, readonly RouteKind[]>> = {
  HTTP: ['HTTPRoute', 'GRPCRoute'],
  HTTPS: ['HTTPRoute', 'GRPCRoute'],
  TLS: ['TLSRoute', 'TCPRoute'],
  TCP: ['TCPRoute'],
  UDP: ['UDPRoute'],
};

export function protocolOf(listener: GatewayListener): string {
  return textOf(listener.protocol) ?? 'HTTP';
}

/** A Service as parent belongs to a mesh, through which nothing comes in. */
export function isGatewayParent(parent: RouteParent): boolean {
  return (known(parent.kind) ?? 'Gateway') === 'Gateway' && (known(parent.group) ?? 'gateway.networking.k8s.io') === 'gateway.networking.k8s.io';
}

/** Does the listener take the route that names its Gateway as `parent`? https://gateway-api.sigs.k8s.io/concepts/api-overview/#attaching-routes-to-gateways */
export function listenerTakes(index: ClusterIndex, gateway: Resource<'Gateway'>, listener: GatewayListener, route: Route, parent: RouteParent): Ternary {
  const protocol = protocolOf(listener);
  const fitting = Object.hasOwn(kindsOf, protocol) ? (kindsOf[protocol] ?? []) : routeKinds;
  if (!fitting.includes(route.type)) return 'no';
  const { routeKinds: only = [] } = listener;
  if (only.length > 0 && !only.some(({ kind }) => known(kind) === route.type)) return 'no';
  if (!hostsMeet(listener, route)) return 'no';
  const answers = [
    parent.sectionName === undefined ? 'yes' : sameValue(parent.sectionName, listener.name),
    parent.port === undefined ? 'yes' : sameValue(parent.port, listener.port),
    namespaceAdmitted(index, gateway, listener, route),
  ];
  return answers.includes('no') ? 'no' : answers.includes('unknown') ? 'unknown' : 'yes';
}

function sameValue(a: unknown, b: unknown): Ternary {
  if (isOpaque(a) || isOpaque(b)) return 'unknown';
  return a === b ? 'yes' : 'no';
}

/** `Same` where nothing is written: https://gateway-api.sigs.k8s.io/reference/spec/#fromnamespaces */
function namespaceAdmitted(index: ClusterIndex, gateway: Resource<'Gateway'>, listener: GatewayListener, route: Route): Ternary {
  if (isOpaque(listener.routesFrom)) return 'unknown';
  const from = textOf(listener.routesFrom) ?? 'Same';
  const other = index.namespaceOf(route);
  if (from === 'All') return 'yes';
  if (from === 'Same') return index.sameNamespace(index.namespaceOf(gateway), other);
  if (from === 'Selector' && listener.routesSelector) return matches(listener.routesSelector, index.namespaceLabels(other));
  return 'no';
}

function hostsMeet(listener: GatewayListener, route: Route): boolean {
  const { hostnames } = route.spec;
  return hostnames.length === 0 || !hasHosts(route) || hostnames.some((host) => hostMeets(listener, textOf(host) ?? ''));
}

export function hasHosts(route: Route): boolean {
  return route.type !== 'TCPRoute' && route.type !== 'UDPRoute';
}

/** The listener's hostname and that of a route have a host in common. */
export function hostMeets(listener: GatewayListener, host: string): boolean {
  const own = textOf(listener.hostname) ?? '';
  return covers(own, host) || covers(host, own);
}

/** A wildcard stands for one or more labels: https://gateway-api.sigs.k8s.io/reference/spec/#hostname */
function covers(pattern: string, host: string): boolean {
  const [a, b] = [pattern.toLowerCase(), host.toLowerCase()];
  if (a === '' || a === '*' || a === b) return true;
  return a.startsWith('*.') && b.endsWith(a.slice(1)) && b.length > a.length - 1;
}

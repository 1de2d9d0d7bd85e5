/** Which listeners of a Gateway take which routes: by section and port, protocol, kind, namespace and hostname. */
import { isOpaque, known, textOf } from '../base/opaque';
import type { GatewayListener, RouteParent } from '../model/gateway';
import { matches } from '../model/labels';
import type { Resource } from '../model/resources';
import type { ClusterIndex } from './clusterIndex';

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

/** A Service as parent belongs to a mesh, through which nothing comes in. */
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
  const { hostnames } = route.spec;
  if (hasHosts(route) && hostnames.length > 0 && !hostnames.some((host) => hostMeets(listener, textOf(host) ?? '')))
    return answer('refused', `none of its hostnames lies in ${textOf(listener.hostname) ?? ''}, the hostname of the listener ${name}`);
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

export function hasHosts(route: Route): boolean {
  return route.type !== 'TCPRoute' && route.type !== 'UDPRoute';
}

/** The listener's hostname and that of a route have a host in common. */
export function hostMeets(listener: GatewayListener, host: string): boolean {
  return hostsIntersect(textOf(listener.hostname) ?? '', host);
}

/** A wildcard of the Gateway API stands for one or more labels. */
export function gatewayHostMatches(pattern: string, host: string): boolean {
  const [a, b] = [pattern.toLowerCase(), host.toLowerCase()];
  if (a === '' || a === '*' || a === b) return true;
  return a.startsWith('*.') && b.endsWith(a.slice(1)) && b.length > a.length - 1;
}

/** Two hostnames of the Gateway API have a host in common. Either may be a wildcard or empty, which is every host. */
export function hostsIntersect(a: string, b: string): boolean {
  return gatewayHostMatches(a, b) || gatewayHostMatches(b, a);
}

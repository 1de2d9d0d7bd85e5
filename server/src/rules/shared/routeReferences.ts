/** What routes and Gateways refer to by name: backends, mirrors, certificates, each with its namespace. */
import { isOpaque, known, type Value } from '../../base/opaque';
import type { ClusterIndex, Namespace } from '../../cluster/clusterIndex';
import type { ObjectReference } from '../../model/gateway';
import type { Resource } from '../../model/resources';

export const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;
export type Route = Resource<(typeof routeKinds)[number]>;

export const gatewayGroup = 'gateway.networking.k8s.io';

/** Backends of all rules, and those that a RequestMirror filter copies requests to, which are references of the same kind. */
export function backendReferences(route: Route): readonly ObjectReference[] {
  return route.spec.rules.flatMap((rule) => [...rule.backends, ...rule.filters.flatMap(({ mirror }) => mirror ?? [])]);
}

/** True for a reference to a Service of the core group, which is what a backend is when it says nothing else. */
export function isServiceReference({ group, kind }: ObjectReference): boolean {
  return isOrUnset(group, '') && isOrUnset(kind, 'Service');
}

export function isOrUnset(value: Value<string> | undefined, expected: string): boolean {
  return !isOpaque(value) && (value === undefined || value === expected);
}

/** Where the object is looked for: the namespace that is written, else the referrer's. `undefined` also for one that cannot be known; then ask `isKnownNamespace`. */
export function namespaceOfReference(reference: ObjectReference, from: Resource, index: ClusterIndex): Namespace {
  return reference.namespace === undefined ? index.namespaceOf(from) : known(reference.namespace);
}

export function isKnownNamespace(reference: ObjectReference, from: Resource): boolean {
  return !isOpaque(reference.namespace) && !from.metadata.namespaceOpaque;
}

/** The Gateway API (`gateway.networking.k8s.io`) and what Packetpath reads of it, in its own words. */
import type { Value } from '../base/opaque';
import type { Path } from '../protocol/source';
import type { LabelSelector } from './labels';

export interface GatewayClassSpec {
  readonly controllerName?: Value<string>;
}

export interface GatewaySpec {
  readonly className?: Value<string>;
  readonly listeners: readonly GatewayListener[];
  /** `spec.addresses`, and `status.addresses` where a manifest shows them. */
  readonly addresses: readonly { readonly path: Path; readonly value: Value<string> }[];
}

export interface GatewayListener {
  readonly path: Path;
  readonly name?: Value<string>;
  readonly port?: Value<number>;
  /** HTTP, HTTPS, TLS, TCP, UDP, or a controller's own. */
  readonly protocol?: Value<string>;
  readonly hostname?: Value<string>;
  /** Terminate when it is not written. */
  readonly tlsMode?: Value<string>;
  readonly certificates: readonly ObjectReference[];
  /** `allowedRoutes.namespaces`: Same when it is not written. */
  readonly routesFrom?: Value<string>;
  readonly routesSelector?: LabelSelector;
  /** `allowedRoutes.kinds`; undefined: those that fit the protocol. */
  readonly routeKinds?: readonly { readonly group?: Value<string>; readonly kind?: Value<string> }[];
}

/** HTTPRoute, GRPCRoute, TLSRoute, TCPRoute, UDPRoute. */
export interface RouteSpec {
  readonly parents: readonly RouteParent[];
  readonly hostnames: readonly Value<string>[];
  /** A route without rules has one that matches everything and has no backends. */
  readonly rules: readonly RouteRule[];
}

export interface RouteParent {
  readonly path: Path;
  /** `gateway.networking.k8s.io` when it is not written. */
  readonly group?: Value<string>;
  /** Gateway when it is not written; Service for a mesh. */
  readonly kind?: Value<string>;
  /** The route's own namespace when it is not written. */
  readonly namespace?: Value<string>;
  readonly name?: Value<string>;
  readonly sectionName?: Value<string>;
  readonly port?: Value<number>;
}

export interface RouteRule {
  readonly path: Path;
  /** Empty: everything matches. One of them is enough. */
  readonly matches: readonly RouteMatch[];
  readonly filters: readonly RouteFilter[];
  readonly backends: readonly ObjectReference[];
}

/** All that is written of one match must hold. */
export interface RouteMatch {
  readonly path: Path;
  /** `PathPrefix` `/` when it is not written. */
  readonly pathType?: Value<string>;
  readonly urlPath?: Value<string>;
  readonly method?: Value<string>;
  readonly headers: readonly RouteValueMatch[];
  readonly queryParams: readonly RouteValueMatch[];
  /** GRPCRoute: `method.service` and `method.method`. */
  readonly grpcService?: Value<string>;
  readonly grpcMethod?: Value<string>;
}

export interface RouteValueMatch {
  readonly path: Path;
  readonly name?: Value<string>;
  readonly value?: Value<string>;
  /** Exact when it is not written. */
  readonly type?: Value<string>;
}

export interface RouteFilter {
  readonly path: Path;
  readonly type?: Value<string>;
  /** Of a RequestMirror. */
  readonly mirror?: ObjectReference;
}

/** A backend or a certificate: what stands there, with nothing defaulted. */
export interface ObjectReference {
  readonly path: Path;
  /** The core group when it is not written. */
  readonly group?: Value<string>;
  /** Service (backends) or Secret (certificates) when it is not written. */
  readonly kind?: Value<string>;
  /** The referrer's own namespace when it is not written. */
  readonly namespace?: Value<string>;
  readonly name?: Value<string>;
  readonly port?: Value<number>;
  /** 1 when it is not written. */
  readonly weight?: Value<number>;
}

export interface ReferenceGrantSpec {
  readonly from: readonly { readonly path: Path; readonly group?: Value<string>; readonly kind?: Value<string>; readonly namespace?: Value<string> }[];
  /** Without a name every object of the kind. */
  readonly to: readonly { readonly path: Path; readonly group?: Value<string>; readonly kind?: Value<string>; readonly name?: Value<string> }[];
}

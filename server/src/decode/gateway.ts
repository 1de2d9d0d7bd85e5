/** The Gateway API: GatewayClass, Gateway, its routes, and ReferenceGrant. */
import type {
  GatewayClassSpec,
  GatewayListener,
  GatewaySpec,
  ObjectReference,
  ReferenceGrantSpec,
  RouteFilter,
  RouteMatch,
  RouteParent,
  RouteRule,
  RouteSpec,
  RouteValueMatch,
} from '../model/gateway';
import type { Fields } from './fields';
import { optional } from './podTemplate';

export function decodeGatewayClass(root: Fields): GatewayClassSpec {
  return { ...optional('controllerName', root.fields('spec').string('controllerName')) };
}

export function decodeGateway(root: Fields): GatewaySpec {
  const spec = root.fields('spec');
  const addresses = [...spec.list('addresses'), ...root.fields('status').list('addresses')];
  return {
    ...optional('className', spec.string('gatewayClassName')),
    listeners: spec.list('listeners').map(decodeListener),
    addresses: addresses.flatMap((address) => {
      const value = address.string('value');
      return value === undefined ? [] : [{ path: address.path, value }];
    }),
  };
}

/** HTTPRoute, GRPCRoute, TLSRoute, TCPRoute, UDPRoute: one shape, of which each kind uses a part. */
export function decodeRoute(root: Fields): RouteSpec {
  const spec = root.fields('spec');
  return {
    parents: spec.list('parentRefs').map(decodeParent),
    hostnames: spec.strings('hostnames'),
    rules: spec.list('rules').map(decodeRule),
  };
}

export function decodeReferenceGrant(root: Fields): ReferenceGrantSpec {
  const spec = root.fields('spec');
  return {
    from: spec.list('from').map((item) => ({ ...typeOf(item), ...optional('namespace', item.string('namespace')) })),
    to: spec.list('to').map((item) => ({ ...typeOf(item), ...optional('name', item.string('name')) })),
  };
}

function decodeListener(listener: Fields): GatewayListener {
  const tls = listener.fields('tls');
  const allowed = listener.fields('allowedRoutes');
  const namespaces = allowed.fields('namespaces');
  return {
    path: listener.path,
    ...optional('name', listener.string('name')),
    ...optional('port', listener.integer('port')),
    ...optional('protocol', listener.string('protocol')),
    ...optional('hostname', listener.string('hostname')),
    ...optional('tlsMode', tls.string('mode')),
    certificates: tls.list('certificateRefs').map(decodeReference),
    ...optional('routesFrom', namespaces.string('from')),
    ...optional('routesSelector', namespaces.selector('selector')),
    ...(Array.isArray(allowed.raw('kinds'))
      ? { routeKinds: allowed.list('kinds').map((item) => ({ ...optional('group', item.string('group')), ...optional('kind', item.string('kind')) })) }
      : {}),
  };
}

function decodeParent(parent: Fields): RouteParent {
  return {
    ...typeOf(parent),
    ...optional('namespace', parent.string('namespace')),
    ...optional('name', parent.string('name')),
    ...optional('sectionName', parent.string('sectionName')),
    ...optional('port', parent.integer('port')),
  };
}

function decodeRule(rule: Fields): RouteRule {
  return {
    path: rule.path,
    matches: rule.list('matches').map(decodeMatch),
    filters: rule.list('filters').map(decodeFilter),
    backends: rule.list('backendRefs').map(decodeReference),
  };
}

/** `method` is a word in an HTTPRoute and a mapping in a GRPCRoute. */
function decodeMatch(match: Fields): RouteMatch {
  const path = match.fields('path');
  const grpc = match.fields('method');
  return {
    path: match.path,
    ...optional('pathType', path.string('type')),
    ...optional('urlPath', path.string('value')),
    ...optional('method', match.string('method')),
    headers: match.list('headers').map(decodeValueMatch),
    queryParams: match.list('queryParams').map(decodeValueMatch),
    ...optional('grpcService', grpc.string('service')),
    ...optional('grpcMethod', grpc.string('method')),
  };
}

function decodeValueMatch(fields: Fields): RouteValueMatch {
  return {
    path: fields.path,
    ...optional('name', fields.string('name')),
    ...optional('value', fields.string('value')),
    ...optional('type', fields.string('type')),
  };
}

function decodeFilter(filter: Fields): RouteFilter {
  const mirror = filter.fields('requestMirror', 'backendRef');
  return { path: filter.path, ...optional('type', filter.string('type')), ...(mirror.present ? { mirror: decodeReference(mirror) } : {}) };
}

function decodeReference(reference: Fields): ObjectReference {
  return {
    ...typeOf(reference),
    ...optional('namespace', reference.string('namespace')),
    ...optional('name', reference.string('name')),
    ...optional('port', reference.integer('port')),
    ...optional('weight', reference.integer('weight')),
  };
}

function typeOf(fields: Fields): Pick<ObjectReference, 'path' | 'group' | 'kind'> {
  return { path: fields.path, ...optional('group', fields.string('group')), ...optional('kind', fields.string('kind')) };
}

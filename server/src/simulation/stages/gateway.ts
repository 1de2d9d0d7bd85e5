/** By a Gateway: listener, route and rule choose a Service by weight, and the gateway opens a new connection to a pod. */
import { known, textOf } from '../../base/opaque';
import type { ObjectReference } from '../../model/gateway';
import type { Resource } from '../../model/resources';
import type { Evidence } from '../../protocol/trace';
import { attach, isGatewayParent, listenerProtocol, parentNamespace, type Route } from '../../cluster/gatewayAttachment';
import { chooseRule, type RuleChoice } from '../gatewayRoutes';
import { proxyFor } from '../proxyAddress';
import type { Proxy } from '../proxies';
import { grantFor } from '../references';
import { requestWords } from '../requests';
import { listed, percent } from '../words';
import { type Stage, step, unsure, type Walk } from '../walk';
import { evidence, placed, type World } from '../world';
import { fromProxy, proxyPlace, proxyWords, refusedByProxy, toProxy } from './proxyLegs';

type Asked = Extract<Walk['destination'], { kind: 'gateway' }>;
type Place = ReturnType<typeof proxyPlace>;

/** https://gateway-api.sigs.k8s.io/concepts/api-overview/ */
export const gateway: Stage = (world, walk) => {
  const { destination } = walk;
  if (destination.kind !== 'gateway') return [walk];
  return toProxy(world, walk, destination).flatMap((arrived) => (arrived.outcome === undefined ? routed(world, arrived, destination) : [arrived]));
};

function routed(world: World, walk: Walk, asked: Asked): readonly Walk[] {
  const proxy = proxyFor(world, asked);
  const { gateway: resource, request } = asked;
  const place = proxyPlace(world, walk, 'gateway', proxy, resource?.metadata.name);
  const listening = listener(world, walk, asked, place, proxy);
  if (listening.stopped) return [listening.stopped];
  const attached = attachedRoutes(world, asked);
  const answer = chooseRule(world.index, attached.routes, request);
  if (!answer.chosen) return [noRule(world, walk, asked, place, attached.refused, listening.because)];
  const { chosen } = answer;
  const uncertain = attached.unknown.some(({ route }) => route === chosen.route) || !chosen.certain || !resource;
  let next = walk;
  if (uncertain) {
    const reasons = attached.unknown.filter(({ route }) => route === chosen.route).map(({ reason }) => reason);
    if (resource)
      world.notes.unknown(`whether ${chosen.route.metadata.name} is the route of this request: ${reasons[0] ?? 'a placeholder or an expression decides'}`, [
        evidence(chosen.route, chosen.match?.path ?? ['spec'], 'routes', 'the rule that comes nearest'),
      ]);
    next = unsure(walk);
  }
  const others = answer.others.slice(0, 4).map((other) => `${backendWords(other)} with ${conditionWords(other)}`);
  if (others.length > 0) world.notes.warn(`Another rule would take this request if it asked for more: ${others.join('; ')}.`);
  return toBackends(world, next, asked, place, proxy, chosen, [...listening.because, ...proxy.because]);
}

/** The listener that takes the request, with what TLS needs. */
function listener(world: World, walk: Walk, asked: Asked, place: Place, proxy: Proxy): { readonly because: readonly Evidence[]; readonly stopped?: Walk } {
  const { gateway: resource, listener: chosen, request } = asked;
  if (!resource) {
    const parent = asked.routes[0]?.spec.parents[0];
    const name = textOf(parent?.name) ?? '?';
    const because = asked.routes[0] && parent ? [evidence(asked.routes[0], parent.path, 'missing', `the Gateway ${name} is in none of these files`)] : [];
    world.notes.unknown(`whether the Gateway ${name} takes this route, and on which port and hosts it listens: it is in none of these files`, because);
    return { because };
  }
  if (!chosen) {
    const ports = listed(
      [
        ...new Set(
          resource.spec.listeners.map(
            (one) => `${known(one.port) ?? '?'} (${listenerProtocol(one)}${one.hostname === undefined ? '' : ` ${textOf(one.hostname) ?? ''}`})`,
          ),
        ),
      ],
      6,
    );
    const stopped = refusedByProxy(
      walk,
      place,
      'no-route',
      [evidence(resource, ['spec', 'listeners'], 'missing', `no listener for ${request.host}:${world.port}`)],
      {
        plain: `The Gateway ${resource.metadata.name} does not listen on port ${world.port}${request.host === '' ? '' : ` for ${request.host}`}. It listens on ${ports === '' ? 'no port' : ports}.`,
        expert: `No listener of ${resource.metadata.name} fits ${world.port}/${world.protocol}${request.host === '' ? '' : ` and the hostname ${request.host}`}; it has ${ports === '' ? 'none' : ports}.`,
      },
    );
    return { because: [], stopped };
  }
  const because = [evidence(resource, chosen.path, 'routes', `listener ${textOf(chosen.name) ?? ''}: ${listenerProtocol(chosen)} ${known(chosen.port) ?? ''}`)];
  for (const certificate of chosen.certificates.slice(0, 8)) {
    const grant = grantFor(world.index, resource, certificate, 'Secret');
    if (grant.state !== 'missing') continue;
    return { because, stopped: grantMissing(world, walk, place, resource, certificate, 'Secret', proxy) };
  }
  return { because };
}

interface Attached {
  readonly routes: readonly Route[];
  readonly refused: readonly { readonly route: Route; readonly reason: string }[];
  readonly unknown: readonly { readonly route: Route; readonly reason: string }[];
}

function attachedRoutes(world: World, { gateway: resource, listener: chosen, routes }: Asked): Attached {
  if (!resource || !chosen) return { routes, refused: [], unknown: [] };
  const [taken, refused, unknown] = [new Set<Route>(), [] as { route: Route; reason: string }[], [] as { route: Route; reason: string }[]];
  for (const route of routes) {
    for (const parent of route.spec.parents) {
      const names = isGatewayParent(parent) && known(parent.name) === resource.metadata.name;
      if (!names || world.index.sameNamespace(parentNamespace(world.index, route, parent), world.index.namespaceOf(resource)) === 'no') continue;
      const { state, reason } = attach(world.index, resource, chosen, route, parent);
      if (state === 'attached') taken.add(route);
      else if (state === 'refused') refused.push({ route, reason });
      else {
        taken.add(route);
        unknown.push({ route, reason });
      }
    }
  }
  return { routes: [...taken], refused: refused.filter(({ route }) => !taken.has(route)), unknown };
}

function noRule(world: World, walk: Walk, asked: Asked, place: Place, refused: Attached['refused'], because: readonly Evidence[]): Walk {
  const { gateway: resource, listener: chosen, request } = asked;
  const [first] = refused.filter(({ route }) => chooseRule(world.index, [route], request).chosen);
  if (first && resource && chosen) {
    const selective = chosen.routesFrom !== undefined || chosen.routesSelector !== undefined;
    const at = selective ? [...chosen.path, 'allowedRoutes'] : chosen.path;
    const because = [
      evidence(resource, at, 'denies', first.reason),
      ...[first].flatMap(({ route, reason }) => (route.spec.parents[0] ? [evidence(route, route.spec.parents[0].path, 'missing', reason)] : [])),
    ];
    if (first.reason.endsWith(' only') && first.reason.includes('namespace'))
      world.notes.remedy({
        what: `Set allowedRoutes.namespaces.from of the listener to All or Selector, or move ${first.route.metadata.name} to the namespace of the Gateway.`,
        helps: true,
      });
    return refusedByProxy(walk, place, 'no-route', because, {
      plain: `The Gateway ${resource.metadata.name} does not take the route ${first.route.metadata.name}: ${first.reason}. It answers “not found” itself.`,
      expert: `${first.route.metadata.name} is not attached to the listener ${textOf(chosen.name) ?? ''}: ${first.reason}. 404 from the gateway.`,
    });
  }
  const http = !chosen || ['HTTP', 'HTTPS'].includes(listenerProtocol(chosen));
  return refusedByProxy(walk, place, 'no-route', because, {
    plain: http
      ? `No rule fits ${requestWords(request)}. The gateway answers “not found” itself.`
      : `No route belongs to this listener${request.host === '' ? '' : ` and the name ${request.host}`}. The gateway closes the connection.`,
    expert: http ? `No attached route matches ${requestWords(request)}: 404 from the gateway.` : 'No attached route for the listener: the connection is reset.',
  });
}

/** Shares by weight; a backend that cannot be used answers with 500 for its share. */
function toBackends(world: World, walk: Walk, asked: Asked, place: Place, proxy: Proxy, chosen: RuleChoice, because: readonly Evidence[]): readonly Walk[] {
  const { route, rule, match } = chosen;
  const routes = [evidence(route, match?.path ?? rule.path, 'routes', `a rule of ${route.metadata.name}`), ...because];
  const redirect = rule.filters.find((filter) => textOf(filter.type) === 'RequestRedirect');
  if (redirect) {
    const hop = step(
      { ...walk, destination: { kind: 'nowhere' } },
      {
        ...place,
        verdict: 'delivered',
        because: [evidence(route, redirect.path, 'routes', 'RequestRedirect'), ...routes],
        plain: `The rule of ${route.metadata.name} sends the client elsewhere: the ${proxyWords(proxy)} answers itself, with a redirect, and the client asks again at the other address.`,
        expert: `${requestWords(asked.request)} meets a RequestRedirect of ${route.metadata.name}: 3xx from the gateway, no backend is called.`,
        assumed: true,
      },
    );
    return [hop];
  }
  const weighted = rule.backends.map((backend) => ({ backend, weight: Math.max(0, backend.weight === undefined ? 1 : (known(backend.weight) ?? 1)) }));
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) {
    return [
      refusedByProxy(
        walk,
        place,
        'refused-no-endpoints',
        [evidence(route, rule.path, 'missing', rule.backends.length === 0 ? 'no backendRefs' : 'every weight is 0'), ...routes],
        {
          plain: `The rule of ${route.metadata.name} has ${rule.backends.length === 0 ? 'no backend' : 'backends with weight 0 only'}. The gateway answers with an error.`,
          expert: 'No backend to send to: 500 from the gateway.',
        },
      ),
    ];
  }
  const used = weighted.filter(({ weight }) => weight > 0);
  return used.flatMap(({ backend, weight }) => {
    const share = weight / total;
    const label = used.length > 1 ? [walk.label, textOf(backend.name) ?? '?'].filter((text) => text !== '').join(', ') : walk.label;
    return toBackend(world, { ...walk, share: walk.share * share, label }, asked, place, proxy, chosen, backend, share, routes);
  });
}

function toBackend(
  world: World,
  walk: Walk,
  asked: Asked,
  place: Place,
  proxy: Proxy,
  { route, match }: RuleChoice,
  backend: ObjectReference,
  share: number,
  routes: readonly Evidence[],
): readonly Walk[] {
  const { index } = world;
  const name = known(backend.name);
  const kind = textOf(backend.kind) ?? 'Service';
  const because = [evidence(route, backend.path, 'routes', `backend ${name ?? '?'}${share < 1 ? `, ${percent(share)} by weight` : ''}`), ...routes];
  if (name === undefined || kind !== 'Service' || (textOf(backend.group) ?? '') !== '') {
    world.notes.unknown(`what stands behind the backend ${kind} ${textOf(backend.name) ?? '?'} of ${route.metadata.name}`, because);
    return [
      refusedByProxy(walk, place, 'unknown', because, {
        plain: 'The rule leads to something that is no Service of these files.',
        expert: `Backend ${kind} ${textOf(backend.name) ?? '?'}: not a core Service, or a placeholder.`,
      }),
    ];
  }
  const grant = grantFor(index, route, backend, 'Service');
  const namespace = backend.namespace === undefined ? index.namespaceOf(route) : known(backend.namespace);
  const lookup = index.get('Service', namespace, name);
  if (grant.state === 'missing' && (lookup.state === 'found' || index.context.closed || grant.near))
    return [grantMissing(world, walk, place, route, backend, 'Service', proxy)];
  if (grant.state === 'missing' || grant.state === 'unknown') world.notes.unknown(`whether a ReferenceGrant lets ${route.metadata.name} use ${name}`, because);
  const next = grant.state === 'missing' || grant.state === 'unknown' ? unsure(walk) : walk;
  if (lookup.state !== 'found') {
    const absent = lookup.state === 'absent';
    if (!absent) world.notes.unknown(`whether the Service ${name} exists: ${lookup.because}`, because);
    return [
      refusedByProxy(next, place, absent ? 'refused-no-endpoints' : 'unknown', [...because, evidence(route, backend.path, 'missing', lookup.because)], {
        plain: absent
          ? `The rule leads to a Service ${name}, which does not exist. The gateway answers with an error${share < 1 ? ' for its share of the requests' : ''}.`
          : `The rule leads to a Service ${name}, which is in none of these files.`,
        expert: absent ? `Backend ${name} not found (${lookup.because}): ResolvedRefs is False, 500 for its share.` : `${lookup.because}.`,
      }),
    ];
  }
  const service = lookup.value;
  const port = known(backend.port);
  const entry = service.spec.ports.find((one) => known(one.port) === port && (known(one.protocol) ?? 'TCP') === world.protocol);
  if (!entry || port === undefined) {
    const open = port === undefined || service.spec.ports.some((one) => known(one.port) === undefined);
    if (open) world.notes.unknown(`which port of ${name} the route means`, because);
    return [
      refusedByProxy(
        next,
        place,
        open ? 'unknown' : 'port-not-on-service',
        [...because, evidence(route, [...backend.path, 'port'], 'missing', `${name} has no port ${port ?? '?'}`)],
        {
          plain: `The rule leads to port ${port ?? '?'} of the Service ${name}, which has no such port. The gateway answers with an error.`,
          expert: `Backend ${name}:${port ?? '?'} is no Service port (backendRefs name Service ports, not target ports): 500 from the gateway.`,
        },
      ),
    ];
  }
  const granted =
    grant.state === 'granted' && grant.grant
      ? [evidence(grant.grant, ['spec'], 'allows', `lets ${route.kind}s of ${index.namespaceOf(route) ?? 'its namespace'} use Services here`)]
      : [];
  const http = route.type === 'HTTPRoute' || route.type === 'GRPCRoute';
  const tls = tlsWords(asked);
  const what = http
    ? `reads the request (${requestWords(asked.request)})`
    : route.type === 'TLSRoute'
      ? `reads the server name ${asked.request.host}, but not what is encrypted`
      : 'takes the connection';
  return fromProxy(world, next, {
    proxy,
    place,
    service,
    entry,
    http,
    because: [...because, ...granted],
    plain: `The ${proxyWords(proxy)} ${what}, finds the ${http ? 'rule' : 'route'} of ${route.metadata.name} that leads to ${name}${share < 1 ? ` (${percent(share)} of the requests)` : ''}`,
    expert: `${asked.gateway?.metadata.name ?? 'Gateway'}/${textOf(asked.listener?.name) ?? 'listener'} → ${route.kind} ${route.metadata.name}${match ? `, ${matchWords(route, match)}` : ''} → ${name}:${port}${share < 1 ? `, weight ${percent(share)}` : ''}.${tls}`,
  });
}

function tlsWords({ listener: chosen }: Asked): string {
  if (!chosen) return '';
  const protocol = listenerProtocol(chosen);
  if (protocol !== 'HTTPS' && protocol !== 'TLS') return '';
  return (textOf(chosen.tlsMode) ?? 'Terminate') === 'Passthrough' ? ' TLS passes through to the pod.' : ' TLS ends here.';
}

function grantMissing(world: World, walk: Walk, place: Place, from: Resource, reference: ObjectReference, kind: 'Service' | 'Secret', proxy: Proxy): Walk {
  const namespace = textOf(reference.namespace) ?? '';
  const name = textOf(reference.name) ?? '';
  const own = placed(world, world.index.namespaceOf(from));
  const because = [evidence(from, reference.path, 'missing', `no ReferenceGrant in ${namespace} lets ${from.kind}s of ${own} use ${kind} ${name}`)];
  world.notes.remedy({ what: `Add a ReferenceGrant in the namespace ${namespace}: from ${from.kind} in ${own}, to ${kind} ${name}.`, helps: true });
  if (!world.index.context.closed) world.notes.warn(`A ReferenceGrant in ${namespace} that is in none of these files would change the answer.`);
  return refusedByProxy(walk, place, 'grant-missing', because, {
    plain: `${from.metadata.name} refers to the ${kind} ${name} of another namespace, ${namespace}, and nothing there allows it. The ${proxyWords(proxy)} ${kind === 'Secret' ? 'has no certificate to answer with' : 'answers with an error'}.`,
    expert: `ResolvedRefs is False (RefNotPermitted): ${namespace} has no ReferenceGrant from ${from.kind} in ${own} to ${kind} ${name}.${kind === 'Service' ? ' 500 for its share.' : ' The listener is not programmed.'}`,
  });
}

function backendWords({ rule }: RuleChoice): string {
  return rule.backends.length === 0 ? 'no backend' : listed(rule.backends.map((backend) => textOf(backend.name) ?? '?'));
}

function conditionWords({ route, match }: RuleChoice): string {
  return match ? matchWords(route, match) : 'nothing more';
}

function matchWords(route: Route, match: NonNullable<RuleChoice['match']>): string {
  const parts = [
    route.type === 'GRPCRoute'
      ? `${textOf(match.grpcService) ?? 'any service'}/${textOf(match.grpcMethod) ?? 'any method'}`
      : `${textOf(match.pathType) ?? 'PathPrefix'} ${textOf(match.urlPath) ?? '/'}`,
    ...(match.method === undefined || route.type === 'GRPCRoute' ? [] : [`method ${textOf(match.method) ?? ''}`]),
    ...match.headers.map((header) => `header ${textOf(header.name) ?? ''}: ${textOf(header.value) ?? ''}`),
    ...match.queryParams.map((parameter) => `query ${textOf(parameter.name) ?? ''}=${textOf(parameter.value) ?? ''}`),
  ];
  return parts.join(', ');
}

/** By an Ingress: host and path choose a Service, and the controller opens a new connection to a pod. */
import { known, textOf } from '../../base/opaque';
import type { IngressBackend, IngressPath, Resource } from '../../model/resources';
import type { Evidence } from '../../protocol/trace';
import { proxyFor } from '../proxyAddress';
import { hostMatches, pathMatches, requestWords } from '../requests';
import type { Stage, Walk } from '../walk';
import { evidence, type World } from '../world';
import { fromProxy, proxyPlace, refusedByProxy, toProxy } from './proxyLegs';

/** https://kubernetes.io/docs/concepts/services-networking/ingress/#multiple-matches */
export const ingressController: Stage = (world, walk) => {
  const { destination } = walk;
  if (destination.kind !== 'ingress') return [walk];
  return toProxy(world, walk, destination).flatMap((arrived) => (arrived.outcome === undefined ? routed(world, arrived, destination) : [arrived]));
};

function routed(world: World, walk: Walk, destination: Extract<Walk['destination'], { kind: 'ingress' }>): readonly Walk[] {
  const { ingress, request } = destination;
  const proxy = proxyFor(world, destination);
  const place = proxyPlace(world, walk, 'ingress-controller', proxy, known(ingress.spec.className));
  const { host, urlPath } = request;
  const choice = chooseBackend(ingress, host, urlPath);
  if (!choice) {
    world.notes.warn('The ingress controller answers such a request itself, with status 404.');
    return [
      refusedByProxy(walk, place, 'no-route', [evidence(ingress, ['spec', 'rules'], 'missing', `no rule for ${host}${urlPath}`)], {
        plain: `No rule of ${ingress.metadata.name} fits ${host}${urlPath}. The controller answers “not found” itself.`,
        expert: `No host and path of ${ingress.metadata.name} matches ${host}${urlPath}, and there is no defaultBackend: 404 from the controller.`,
      }),
    ];
  }
  const tls = ingress.spec.tls.find((item) => item.hosts.length === 0 || item.hosts.some((value) => hostMatches(textOf(value) ?? '', host)));
  const ends = tls && walk.packet.destination.port !== 80;
  const because = [
    ...choice.because,
    ...(ends
      ? [evidence(ingress, tls.path, 'declares', `TLS ends here${tls.secretName === undefined ? '' : ` with Secret ${textOf(tls.secretName) ?? ''}`}`)]
      : []),
    ...proxy.because,
  ];
  const { backend } = choice;
  const name = known(backend.service);
  if (backend.resource || name === undefined) {
    world.notes.unknown('what the Ingress’s backend is: it is a resource or a placeholder', because);
    return [
      refusedByProxy(walk, place, 'unknown', because, {
        plain: 'The rule leads to something that is no Service of these files.',
        expert: 'Backend is a resource reference or a placeholder.',
      }),
    ];
  }
  const lookup = world.index.get('Service', world.index.namespaceOf(ingress), name);
  if (lookup.state !== 'found') {
    const absent = lookup.state === 'absent';
    if (!absent) world.notes.unknown(`whether the Service ${name} exists: ${lookup.because}`, because);
    return [
      refusedByProxy(walk, place, absent ? 'refused-no-endpoints' : 'unknown', [...because, evidence(ingress, backend.path, 'missing', lookup.because)], {
        plain: absent
          ? `The rule leads to a Service ${name}, which does not exist. The controller answers with an error.`
          : `The rule leads to a Service ${name}, which is in none of these files.`,
        expert: absent ? `Backend ${name} not found (${lookup.because}): 503 from the controller.` : `${lookup.because}.`,
      }),
    ];
  }
  const service = lookup.value;
  const entry = service.spec.ports.find((port) =>
    backend.portName === undefined ? known(port.port) === known(backend.portNumber) : known(port.name) === known(backend.portName),
  );
  const port = known(entry?.port);
  if (!entry || port === undefined) return [portMissing(world, walk, place, ingress, backend, service, because)];
  return fromProxy(world, walk, {
    proxy,
    place,
    service,
    entry,
    because,
    plain: `The controller${proxy.recognised ? ` (${proxy.label})` : ''} reads the request (${requestWords(request)}), finds the rule that leads to ${name}`,
    expert: `${requestWords(request)} matches; backend ${name}:${port}.${ends ? ' TLS ends here.' : ''}`,
    byAddress: textOf(ingress.metadata.annotations.get('nginx.ingress.kubernetes.io/service-upstream')) === 'true',
  });
}

function portMissing(
  world: World,
  walk: Walk,
  place: ReturnType<typeof proxyPlace>,
  ingress: Resource<'Ingress'>,
  backend: IngressBackend,
  service: Resource<'Service'>,
  because: readonly Evidence[],
): Walk {
  const { name } = service.metadata;
  const open =
    service.spec.ports.some((candidate) => known(candidate.port) === undefined) ||
    (known(backend.portName) === undefined && known(backend.portNumber) === undefined);
  const wanted = known(backend.portName) ?? known(backend.portNumber) ?? '?';
  if (open) world.notes.unknown(`which port of ${name} the Ingress means`, because);
  return refusedByProxy(
    walk,
    place,
    open ? 'unknown' : 'port-not-on-service',
    [...because, evidence(ingress, backend.portPath, 'missing', `${name} has no port ${wanted}`)],
    {
      plain: `The rule leads to port ${wanted} of the Service ${name}, which has no such port. The controller answers with an error.`,
      expert: `Backend ${name}:${wanted} is no Service port (by ${backend.portName === undefined ? 'number' : 'name'}): 503 from the controller.`,
    },
  );
}

interface Choice {
  readonly backend: IngressBackend;
  readonly because: readonly Evidence[];
}

/** Exact hosts before wildcards; the longest path first, Exact before Prefix at equal length; the default backend last. */
function chooseBackend(ingress: Resource<'Ingress'>, host: string, urlPath: string): Choice | undefined {
  const rules = ingress.spec.rules.filter((rule) => rule.host === undefined || textOf(rule.host) === '' || hostMatches(textOf(rule.host) ?? '', host));
  const rank = (rule: (typeof rules)[number]): number =>
    rule.host === undefined || textOf(rule.host) === '' ? 0 : (textOf(rule.host) ?? '').startsWith('*.') ? 1 : 2;
  const highest = Math.max(...rules.map(rank), 0);
  const paths = rules.filter((rule) => rank(rule) === highest).flatMap((rule) => rule.paths);
  let best: { path: IngressPath; length: number; exact: boolean } | undefined;
  for (const path of paths) {
    const written = textOf(path.urlPath) ?? '/';
    const exact = textOf(path.pathType) === 'Exact';
    if (!path.backend || !pathMatches(written, exact, urlPath)) continue;
    if (!best || written.length > best.length || (written.length === best.length && exact && !best.exact)) best = { path, length: written.length, exact };
  }
  if (best?.path.backend)
    return {
      backend: best.path.backend,
      because: [evidence(ingress, best.path.path, 'routes', `${host}${textOf(best.path.urlPath) ?? '/'} leads to ${textOf(best.path.backend.service) ?? '?'}`)],
    };
  const fallback = ingress.spec.defaultBackend;
  return fallback && { backend: fallback, because: [evidence(ingress, fallback.path, 'routes', 'the default backend')] };
}

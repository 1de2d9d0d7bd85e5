/** From outside by an Ingress: host and path choose a Service, and the controller opens a new connection to a pod. */
import { known, textOf } from '../../base/opaque';
import type { IngressBackend, IngressPath, Resource } from '../../model/resources';
import type { Evidence } from '../../protocol/trace';
import { firstNode } from '../placement';
import { endText, podName } from '../words';
import { type Sender, type Stage, step, stop, type Walk } from '../walk';
import { evidence, type World } from '../world';

/** https://kubernetes.io/docs/concepts/services-networking/ingress/#multiple-matches */
export const ingressController: Stage = (world, walk) => {
  const { sender, destination } = walk;
  if (destination.kind !== 'ingress') return [walk];
  const { ingress, host, urlPath } = destination;
  const atController = { kind: 'controller', name: 'ingress controller', node: firstNode(world).name } as const;
  const before = sender.kind === 'outside' ? entry(walk, sender, ingress) : walk;
  const choice = chooseBackend(ingress, host, urlPath);
  const tls = ingress.spec.tls.find((item) => item.hosts.length === 0 || item.hosts.some((value) => hostMatches(textOf(value) ?? '', host)));
  const shared = {
    kind: 'ingress-controller',
    station: 'ingress-controller',
    at: atController,
    ...(known(ingress.spec.className) !== undefined && { device: known(ingress.spec.className) ?? '' }),
  } as const;
  if (!choice) {
    const because = [evidence(ingress, ['spec', 'rules'], 'missing', `no rule for ${host}${urlPath}`)];
    world.notes.warn('The ingress controller answers such a request itself, with status 404.');
    const hop = step(
      { ...before, destination: { kind: 'nowhere' } },
      {
        ...shared,
        verdict: 'rejected',
        because,
        plain: `No rule of ${ingress.metadata.name} fits ${host}${urlPath}. The controller answers “not found” itself.`,
        expert: `No host and path of ${ingress.metadata.name} matches ${host}${urlPath}, and there is no defaultBackend: 404 from the controller.`,
        assumed: true,
      },
    );
    return [stop(hop, 'no-route')];
  }
  return serviceBehind(world, before, ingress, choice, {
    ...shared,
    tls: tls
      ? [evidence(ingress, tls.path, 'declares', `TLS ends here${tls.secretName === undefined ? '' : ` with Secret ${textOf(tls.secretName) ?? ''}`}`)]
      : [],
    request: `${host}${urlPath}`,
  });
};

interface Choice {
  readonly backend: IngressBackend;
  readonly because: readonly Evidence[];
}

interface Shared {
  readonly kind: 'ingress-controller';
  readonly station: string;
  readonly at: { readonly kind: 'controller'; readonly name: string };
  readonly device?: string;
}

function entry(walk: Walk, sender: Extract<Sender, { kind: 'outside' }>, ingress: Resource<'Ingress'>): Walk {
  const opened = step(walk, {
    kind: 'external-host',
    station: 'outside/client',
    at: { kind: 'outside', name: sender.name, address: sender.address.text },
    verdict: 'forwarded',
    plain: `A client outside, at ${sender.address.text}, asks for ${walk.packet.hostname ?? ingress.metadata.name}. That name leads to the address ${walk.packet.destination.address}.`,
    expert: `Client ${endText(walk.packet.source)} → ${endText(walk.packet.destination)}; public DNS leads to the controller’s load balancer.`,
    assumed: sender.address.assumed,
  });
  return step(opened, {
    kind: 'load-balancer',
    station: 'load-balancer/ingress-controller',
    at: { kind: 'outside', name: 'load balancer', address: walk.packet.destination.address },
    verdict: 'forwarded',
    plain: 'The load balancer in front of the ingress controller passes the packet on to it.',
    expert: 'The Service of the controller is in no manifest that was asked; its load balancer and node are assumed.',
    assumed: true,
  });
}

function serviceBehind(
  world: World,
  walk: Walk,
  ingress: Resource<'Ingress'>,
  choice: Choice,
  shared: Shared & { readonly tls: readonly Evidence[]; readonly request: string },
): readonly Walk[] {
  const { backend } = choice;
  const { tls, request, ...base } = shared;
  const because = [...choice.because, ...tls];
  const name = known(backend.service);
  if (backend.resource || name === undefined) {
    world.notes.unknown('what the Ingress’s backend is: it is a resource or a placeholder', because);
    return [
      stop(
        step(
          { ...walk, destination: { kind: 'nowhere' } },
          {
            ...base,
            verdict: 'unknown',
            because,
            plain: 'The rule leads to something that is no Service of these files.',
            expert: 'Backend is a resource reference or a placeholder.',
          },
        ),
        'unknown',
      ),
    ];
  }
  const lookup = world.index.get('Service', world.index.namespaceOf(ingress), name);
  if (lookup.state !== 'found') {
    const absent = lookup.state === 'absent';
    if (!absent) world.notes.unknown(`whether the Service ${name} exists: ${lookup.because}`, because);
    const hop = step(
      { ...walk, destination: { kind: 'nowhere' } },
      {
        ...base,
        verdict: absent ? 'rejected' : 'unknown',
        because: [...because, evidence(ingress, backend.path, 'missing', lookup.because)],
        plain: absent
          ? `The rule leads to a Service ${name}, which does not exist. The controller answers with an error.`
          : `The rule leads to a Service ${name}, which is in none of these files.`,
        expert: absent ? `Backend ${name} not found (${lookup.because}): 503 from the controller.` : `${lookup.because}.`,
      },
    );
    return [stop(hop, absent ? 'refused-no-endpoints' : 'unknown')];
  }
  const service = lookup.value;
  const position = service.spec.ports.findIndex((port) =>
    backend.portName === undefined ? known(port.port) === known(backend.portNumber) : known(port.name) === known(backend.portName),
  );
  const entryPort = service.spec.ports[position];
  const port = known(entryPort?.port);
  if (!entryPort || port === undefined) {
    const open =
      service.spec.ports.some((candidate) => known(candidate.port) === undefined) ||
      (known(backend.portName) === undefined && known(backend.portNumber) === undefined);
    const wanted = known(backend.portName) ?? known(backend.portNumber) ?? '?';
    if (open) world.notes.unknown(`which port of ${name} the Ingress means`, because);
    const hop = step(
      { ...walk, destination: { kind: 'nowhere' } },
      {
        ...base,
        verdict: open ? 'unknown' : 'rejected',
        because: [...because, evidence(ingress, backend.portPath, 'missing', `${name} has no port ${wanted}`)],
        plain: `The rule leads to port ${wanted} of the Service ${name}, which has no such port. The controller answers with an error.`,
        expert: `Backend ${name}:${wanted} is no Service port (by ${backend.portName === undefined ? 'number' : 'name'}): 503 from the controller.`,
      },
    );
    return [stop(hop, open ? 'unknown' : 'port-not-on-service')];
  }
  const node = firstNode(world);
  const address = world.plan.hostAddress('ingress-controller');
  const controller = { text: controllerAddress(node.podRange, world), assumed: true };
  const virtual = world.plan.serviceAddress(service) ?? address;
  const after = {
    source: { address: controller.text, port: world.plan.ephemeralPort(`ingress-controller ${name} ${port}`) },
    destination: { address: virtual.text, port },
    protocol: 'TCP',
    mtu: walk.packet.mtu,
  } as const;
  const hop = step(walk, {
    ...base,
    verdict: 'translated',
    after,
    because,
    plain: `The controller reads the request (${request}), finds the rule that leads to ${name}, and opens a connection of its own. From here on the sender is the controller.`,
    expert: `${request} matches; backend ${name}:${port}. New connection from the controller’s pod ${endText(after.source)}; the client is only in X-Forwarded-For.${tls.length > 0 ? ' TLS ends here.' : ''} Most controllers read EndpointSlices and skip the virtual address.`,
    assumed: true,
  });
  const sender: Sender = { kind: 'controller', node, address: controller };
  const origin = walk.sender.kind === 'pod' ? walk.sender.pod : undefined;
  if (origin) world.notes.warn(`The way from ${podName(origin)} to the ingress controller is shortened: its egress policies are not asked.`);
  return [
    {
      ...hop,
      sender,
      node,
      ...(origin && { origin }),
      destination: { kind: 'service', target: { name, namespace: world.namespace, service, address: virtual } },
      servicePort: entryPort,
    },
  ];
}

function controllerAddress(podRange: string, world: World): string {
  return world.plan.gatewayOf({ name: '', address: '', podRange, assumed: true }).replace(/1$/, '254');
}

/** Exact hosts before wildcards; the longest path first, Exact before Prefix at equal length; the default backend last. */
export function chooseBackend(ingress: Resource<'Ingress'>, host: string, urlPath: string): Choice | undefined {
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

export function hostMatches(pattern: string, host: string): boolean {
  const [a, b] = [pattern.toLowerCase(), host.toLowerCase()];
  if (a === b) return true;
  if (!a.startsWith('*.')) return false;
  const dot = b.indexOf('.');
  return dot > 0 && b.slice(dot) === a.slice(1);
}

/** Prefix compares whole segments: `/foo` is not `/foobar`. */
function pathMatches(pattern: string, exact: boolean, urlPath: string): boolean {
  if (exact) return pattern === urlPath;
  const trimmed = pattern.replace(/\/+$/, '');
  return urlPath === trimmed || urlPath === pattern || urlPath.startsWith(`${trimmed}/`);
}

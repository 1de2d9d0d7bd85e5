/** Other questions that a remedy proposes to trace: the one that was asked with something changed. */
import { known } from '../base/opaque';
import type { PodSet } from '../cluster/clusterIndex';
import { targetPortIn } from '../cluster/targetPort';
import type { Resource } from '../model/resources';
import type { Flow, FlowOptions, TransportProtocol } from '../protocol/trace';
import { type OfferedPort, protocolOf } from './ports';
import { placed, type World } from './world';

/** The same client asks for something else. */
export function flowTo(world: World, to: string, port: number, protocol: TransportProtocol): Flow {
  const { asked } = world;
  return { from: asked.from, to, port, protocol, ...(asked.options && { options: asked.options }) };
}

/** The same question on another port; one that stands in the text of the question is changed there as well. */
export function flowOnPort(world: World, port: number, protocol: TransportProtocol): Flow {
  return flowTo(world, world.asked.to.replace(new RegExp(`:${world.port}(?=$|/)`), `:${port}`), port, protocol);
}

export function flowWith(world: World, options: FlowOptions): Flow {
  return { ...world.asked, options };
}

/** The question with all pods ready that it took out of readiness; undefined where it took none. */
export function flowWithPodsReady(world: World): Flow | undefined {
  const { notReady, terminating, ...options } = world.asked.options ?? {};
  return (notReady?.length ?? 0) + (terminating?.length ?? 0) > 0 ? flowWith(world, options) : undefined;
}

export function podSetEndpoint(world: World, podSet: PodSet): string {
  return podSet.key.replace('/-/', `/${placed(world, podSet.namespace)}/`);
}

export function serviceEndpoint(world: World, service: Resource<'Service'>): string {
  return `service/${placed(world, world.index.namespaceOf(service))}/${service.metadata.name}`;
}

/** As a client reaches a port of these pods: by a Service in front of them that leads there, else directly. */
export function flowToPods(world: World, podSet: PodSet, open: OfferedPort): Flow {
  const { index } = world;
  for (const service of index.inNamespace('Service', podSet.namespace).slice(0, 200)) {
    if (known(service.spec.type) === 'ExternalName') continue;
    const entry = service.spec.ports.find((one) => {
      const protocol = protocolOf(one.protocol === undefined ? undefined : (known(one.protocol) ?? ''));
      const target = protocol === open.protocol ? targetPortIn(podSet, one, open.protocol) : undefined;
      return target?.state === 'found' && target.port === open.port;
    });
    const port = known(entry?.port);
    if (port !== undefined && index.backends(service).yes.includes(podSet)) return flowTo(world, serviceEndpoint(world, service), port, open.protocol);
  }
  return flowTo(world, podSetEndpoint(world, podSet), open.port, open.protocol);
}

/** What would help where a Service leads to nobody: pods that are ready again, another label, another port, another policy for traffic. */
import { formatAddress } from '../base/addresses';
import { known } from '../base/opaque';
import type { Resource, ServicePort } from '../model/resources';
import { backendsOf } from './backends';
import { flowOnPort, flowTo, flowWithPodsReady, serviceEndpoint } from './otherFlow';
import { servicePort, servicePorts } from './ports';
import { podName } from './words';
import type { Sender, Walk } from './walk';
import { sourceAt, type World } from './world';
import { scalar } from './yamlScalar';

/** Nobody stands behind the Service. `entry`: the port that was asked for; without one DNS was asked, which knows no ports. */
export function remedyForNobody(world: World, walk: Walk, service: Resource<'Service'>, entry: ServicePort | undefined): void {
  const { index, notes } = world;
  const { name } = service.metadata;
  const flow = flowWithPodsReady(world);
  if (flow) {
    const ready: World = { ...world, flow: { ...world.flow, options: flow.options ?? {} } };
    const self = walk.sender.kind === 'pod' ? walk.sender.pod : undefined;
    const { groups } = backendsOf(ready, service, entry ?? { path: ['spec', 'ports'], port: world.port }, world.protocol, walk.node, self, entry === undefined);
    if (groups.length > 0) {
      notes.remedy({ what: `Some pod behind ${name} must be ready again.`, helps: true, flow, ask: 'Trace with all pods ready' });
      return;
    }
  }
  const { selector } = service.spec;
  if (!selector || selector.size === 0 || index.backends(service).yes.length > 0) return;
  const miss = index.nearMiss(index.namespaceOf(service), selector);
  // Only a value that differs a little, in one workload, says what was meant.
  if (miss?.kind !== 'a' || miss.actualValue === undefined || miss.equals.length > 0) return;
  notes.remedy({
    what: `Select \`${miss.key}: ${miss.actualValue}\` in the Service ${name}: this is the label of ${miss.podSet.name}. Or give its pods the label \`${miss.key}: ${miss.value}\`.`,
    helps: true,
    edits: [{ at: sourceAt(service, ['spec', 'selector']), insert: `${scalar(miss.key)}: ${scalar(miss.actualValue)}` }],
  });
}

/** The Service has ports, and not the one that was asked for. */
export function remedyForPort(world: World, service: Resource<'Service'>): void {
  const offered = servicePorts(service);
  if (offered.length === 0) return;
  const listed = offered
    .slice(0, 8)
    .map(({ port, protocol }) => `${port}/${protocol}`)
    .join(', ');
  // Which one was meant is certain only where there is one, or one with the same number.
  const meant =
    offered.length === 1
      ? offered[0]
      : offered.filter(({ port }) => port === world.port).length === 1
        ? offered.find(({ port }) => port === world.port)
        : undefined;
  world.notes.remedy({
    what: `Call ${service.metadata.name} on a port that it has (${listed}), or add the port ${world.port} to the Service.`,
    helps: true,
    ...(meant && { flow: flowOnPort(world, meant.port, meant.protocol), ask: `Trace ${meant.port}/${meant.protocol}` }),
  });
}

/** The policy for traffic is Local, and the node has no pod (https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-policies). */
export function remedyForLocal(
  world: World,
  service: Resource<'Service'> | undefined,
  name: string,
  field: 'externalTrafficPolicy' | 'internalTrafficPolicy',
): void {
  world.notes.remedy({
    what: `Set ${field}: Cluster on the Service ${name}, or run one of its pods on every node that clients use.`,
    helps: true,
    ...(service && { edits: [{ at: sourceAt(service, ['spec']), insert: `${field}: Cluster` }] }),
  });
}

/** A load balancer that is for certain addresses only: one more of them, and for a client inside the Service's own address, which has no such guard. */
export function remedyForRanges(world: World, sender: Sender, service: Resource<'Service'>): void {
  const { name } = service.metadata;
  const address = sender.kind === 'outside' ? sender.known : undefined;
  if (address)
    world.notes.remedy({
      what: `Let ${formatAddress(address)} in, too: one more range on the Service ${name}.`,
      helps: true,
      edits: [
        { at: sourceAt(service, ['spec', 'loadBalancerSourceRanges']), insert: `- ${scalar(`${formatAddress(address)}/${address.family === 4 ? 32 : 128}`)}` },
      ],
    });
  else if (sender.kind === 'outside')
    world.notes.remedy({ what: `Let the client’s address in: one more range in loadBalancerSourceRanges of ${name}.`, helps: true });
  if (sender.kind !== 'outside' && sender.kind !== 'controller') remedyByOwnName(world, service, 'the cluster address has no such guard');
  if (sender.kind === 'pod')
    world.notes.remedy({ what: `No use: a NetworkPolicy that lets ${podName(sender.pod)} in. The load balancer’s ranges are judged before it.`, helps: false });
}

/** A client inside need not use an address that is meant for the outside. */
export function remedyByOwnName(world: World, service: Resource<'Service'>, why: string): void {
  const { name } = service.metadata;
  const entry =
    servicePort(service, world.port, world.protocol)?.entry ?? service.spec.ports.find((one) => known(one.nodePort) === world.port) ?? service.spec.ports[0];
  const port = known(entry?.port);
  world.notes.remedy({
    what: `Or call ${name} by its own name from inside the cluster: ${why}.`,
    helps: true,
    ...(port !== undefined && { flow: flowTo(world, serviceEndpoint(world, service), port, world.protocol) }),
  });
}

/** A name that nobody has, and one like it that somebody has. */
export function remedyForName(world: World, near: Resource<'Service'>, clientNamespace: string): void {
  const { name } = near.metadata;
  const namespace = serviceEndpoint(world, near).split('/')[1] ?? '';
  const written = namespace === clientNamespace ? name : `${name}.${namespace}`;
  const ports = servicePorts(near);
  const port = ports.find((one) => one.port === world.port)?.port ?? (ports.length === 1 ? ports[0]?.port : undefined) ?? world.port;
  world.notes.remedy({ what: `Call \`${written}\`, a Service that is here.`, helps: true, flow: flowTo(world, `${written}:${port}`, port, world.protocol) });
}

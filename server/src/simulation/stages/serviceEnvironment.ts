/** Beside the way: the variables that the kubelet gives the client for the Service, and whether it existed in time. */
import { textOf } from '../../base/opaque';
import { addressPlan } from '../../cluster/addressPlan';
import type { Container } from '../../model/pod';
import { serviceVariables, variableSource } from '../../model/serviceVariables';
import type { Resource } from '../../model/resources';
import type { Evidence } from '../../protocol/trace';
import { serviceFamilies } from '../families';
import { atPod, containerFor, listed, podName, podStation } from '../words';
import { type PodPlace, type Stage, step } from '../walk';
import { evidence, type World } from '../world';

/** https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables */
export const serviceEnvironment: Stage = (world, walk) => {
  const first = walk.earlier?.[0];
  const sender = first ? first.sender : walk.sender;
  const service = first ? undefined : walk.via?.service;
  if (world.nested || walk.outcome !== undefined || sender.kind !== 'pod' || !service || walk.external) return [walk];
  const { pod } = sender;
  const container = containerFor(pod, null, world.protocol);
  const found = variablesFor(world, pod, service, container);
  return [
    step(walk, {
      kind: 'service-environment',
      station: podStation(pod, 'environment'),
      at: atPod(pod),
      device: container?.name ?? 'environment',
      verdict: found.given ? 'resolved' : 'forwarded',
      because: found.because,
      plain: found.plain,
      expert: found.expert,
      assumed: found.given,
    }),
  ];
};

interface Given {
  readonly given: boolean;
  readonly because: readonly Evidence[];
  readonly plain: string;
  readonly expert: string;
}

function variablesFor(world: World, pod: PodPlace, service: Resource<'Service'>, container: Container | undefined): Given {
  const { name } = service.metadata;
  const { podSet } = pod;
  const none = (plain: string, expert: string, because: readonly Evidence[] = []): Given => ({ given: false, because, plain, expert });
  const source = variableSource(service);
  const who = podName(pod);
  const apiServer = name === 'kubernetes' && world.index.namespaceOf(service) === 'default';
  if (source === 'headless' || source === 'external-name')
    return none(
      `Beside the network: ${who} gets no environment variables for ${name}, because it has no address of its own.`,
      `No ${name.toUpperCase()}_SERVICE_HOST: the kubelet makes variables for Services with a cluster IP only.`,
      [evidence(service, ['spec'], 'missing', source === 'headless' ? 'headless' : 'ExternalName')],
    );
  const same = world.index.sameNamespace(world.index.namespaceOf(service) ?? world.namespace, podSet.namespace ?? world.namespace);
  if (same === 'no' && !apiServer)
    return none(
      `Beside the network: ${who} gets no environment variables for ${name}, because that Service is in another namespace.`,
      `The kubelet makes variables for the Services of the pod’s own namespace (and for default/kubernetes) only.`,
    );
  if (podSet.template.enableServiceLinks === false && !apiServer)
    return none(
      `Beside the network: ${who} gets no environment variables for ${name}: enableServiceLinks is off.`,
      'enableServiceLinks: false leaves the variables of default/kubernetes only.',
      [evidence(podSet.resource, [...podSet.template.path, 'spec', 'enableServiceLinks'], 'denies', 'enableServiceLinks: false')],
    );
  const [primary = world.plan.family] = serviceFamilies(world.index, service);
  const address = addressPlan(world.index, primary).serviceAddress(service);
  const variables = serviceVariables(service, address?.text);
  const shown = variables.filter(({ holds }) => holds !== 'protocol').slice(0, 2);
  if (source !== 'cluster-ip' || shown.length === 0)
    return none(
      `Whether ${who} gets environment variables for ${name} cannot be known from these files.`,
      'A placeholder decides the type, the address or the ports of the Service.',
    );
  const words = listed(
    shown.map((variable) => `${variable.name}=${variable.value ?? '?'}`),
    3,
  );
  const readBy = container && reads(container, new Set(variables.map((variable) => variable.name)));
  const inTime = order(world, podSet.resource, service);
  return {
    given: true,
    because: [
      evidence(service, ['metadata', 'name'], 'declares', `variables of ${name}`),
      ...(readBy === undefined ? [] : [evidence(podSet.resource, readBy.path, 'declares', `${container?.name ?? ''} uses ${readBy.name}`)]),
    ],
    plain: `Beside the network: at its start ${container?.name ?? who} is given ${words} and ${variables.length - shown.length} more variables. ${inTime.plain}`,
    expert: `${variables
      .map((variable) => variable.name)
      .slice(0, 7)
      .join(', ')}${variables.length > 7 ? ', …' : ''}, made by the kubelet when the container starts. ${inTime.expert}`,
  };
}

/** A running container never changes, so a Service that comes later shows only after a restart. */
function order(world: World, client: Resource, service: Resource<'Service'>): { readonly plain: string; readonly expert: string } {
  const { applyOrder, members } = world.index.context;
  const late = 'A running container never gets new ones.';
  if (applyOrder === 'kinds')
    return {
      plain: `Services are applied before workloads here, so they are there in time. ${late}`,
      expert: `These manifests are applied by kind, Services first. ${late}`,
    };
  const [own, other] = [members.indexOf(client), members.indexOf(service)];
  if (applyOrder === 'files' && own >= 0 && other >= 0) {
    return other < own
      ? {
          plain: `The Service stands before the client in these files, so it is there in time. ${late}`,
          expert: `Applied in the order of the files, the Service first. ${late}`,
        }
      : {
          plain: `The Service stands after the client in these files: the first pods may start without them, until a restart.`,
          expert: `Applied in the order of the files, the client first: its first containers may start before the Service exists. ${late}`,
        };
  }
  return { plain: 'They are there only if the Service existed when the container started.', expert: `Only if the Service existed by then. ${late}` };
}

function reads(container: Container, names: ReadonlySet<string>): { readonly name: string; readonly path: readonly (string | number)[] } | undefined {
  const lists = [
    ...container.env.slice(0, 500).map(({ value, path }) => ({ value, path: [...path, 'value'] })),
    ...listOf(container, 'command'),
    ...listOf(container, 'args'),
  ];
  for (const { value, path } of lists) {
    const text = textOf(value);
    if (text === undefined || text.length > 10_000) continue;
    for (const match of text.matchAll(/\$[({]?([A-Z][A-Z0-9_]*)/g)) if (names.has(match[1] ?? '')) return { name: match[1] ?? '', path };
  }
  return undefined;
}

function listOf(
  container: Container,
  key: 'command' | 'args',
): readonly { readonly value: Container['args'][number]; readonly path: readonly (string | number)[] }[] {
  return container[key].slice(0, 200).map((value, position) => ({ value, path: [...container.path, key, position] }));
}

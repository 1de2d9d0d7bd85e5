/** The pods behind a Service port, as the proxy would choose among them. */
import { known, textOf, type Value } from '../base/opaque';
import { parseAddress, type Address } from '../base/addresses';
import type { PlannedNode } from '../cluster/addressPlan';
import type { PodSet } from '../cluster/clusterIndex';
import { placedSameNamespace } from '../cluster/policyMatch';
import type { Resource, ServicePort } from '../model/resources';
import { matches, selectorOf } from '../model/labels';
import type { Evidence, PodsInState, TransportProtocol } from '../protocol/trace';
import { nodesFor, placeAt, podCount } from './placement';
import { targetPortIn } from './ports';
import type { EndpointGroup, PodPlace } from './walk';
import { evidence, placed, type World } from './world';

export interface Backends {
  readonly groups: readonly EndpointGroup[];
  /** Endpoints written by hand, which no selector manages. */
  readonly addresses: readonly { readonly address: Address; readonly text: string; readonly port: number; readonly because: readonly Evidence[] }[];
  readonly total: number;
  /** Why there is nothing to choose from: surely, or as far as these files tell. */
  readonly none?: { readonly state: 'absent' | 'unknown'; readonly reason: string; readonly because: readonly Evidence[] };
  /** A placeholder decides whether these are the right pods. */
  readonly uncertain: boolean;
}

/** `from`: the node whose choice it is; undefined for a client outside. `self`: the pod that asks. */
export function backendsOf(
  world: World,
  service: Resource<'Service'>,
  entry: ServicePort,
  protocol: TransportProtocol,
  from: PlannedNode | undefined,
  self?: PodPlace,
): Backends {
  const { selector, selectorOpen } = service.spec;
  if (!selector || (selector.size === 0 && !selectorOpen)) return writtenEndpoints(world, service, entry, protocol);
  const chosen = selectedPods(world, service);
  const groups: EndpointGroup[] = [];
  const left: { podSet: PodSet; reason: string; because: Evidence[] }[] = [];
  let total = 0;
  for (const podSet of chosen.pods) {
    const target = targetPortIn(podSet, entry, protocol);
    if (target.state === 'missing') {
      left.push({
        podSet,
        reason: `${podSet.name} has no ${protocol} port named ${target.name}`,
        because: [evidence(service, [...entry.path, 'targetPort'], 'missing', `no container of ${podSet.name} names a ${protocol} port ${target.name}`)],
      });
      continue;
    }
    const count = usableCount(world, podSet, service.spec.publishNotReadyAddresses);
    if (count === 0) {
      left.push({
        podSet,
        reason: podCount(world, podSet) === 0 ? `${podSet.name} has no replicas` : `no pod of ${podSet.name} is ready`,
        because: [evidence(podSet.resource, ['spec', 'replicas'], 'missing', podCount(world, podSet) === 0 ? 'replicas is 0' : 'asked as not ready')],
      });
      continue;
    }
    total += count;
    groups.push(
      ...groupsOf(world, podSet, count, from, self, {
        port: target.state === 'found' ? target.port : (known(entry.port) ?? 0),
        portAssumed: target.state === 'unknown',
        because: [evidence(service, ['spec', 'selector'], 'selects', `${service.metadata.name} selects ${podSet.name}`)],
      }),
    );
  }
  const base = { groups, addresses: [], total, uncertain: chosen.uncertain || groups.some((group) => group.portAssumed) };
  if (groups.length > 0) return base;
  const [first] = left;
  if (first)
    return {
      ...base,
      none: { state: chosen.uncertain ? 'unknown' : 'absent', reason: first.reason, because: left.slice(0, 8).flatMap(({ because }) => because) },
    };
  return { ...base, none: noPods(world, service) };
}

/** Pods that surely match; perhaps matching ones only where there is no other. */
function selectedPods(world: World, service: Resource<'Service'>): { readonly pods: readonly PodSet[]; readonly uncertain: boolean } {
  const { index, modes } = world;
  const selection = index.backends(service);
  const selector = selectorOf(service.spec.selector ?? new Map(), service.spec.selectorOpen);
  const yes = [...selection.yes];
  const maybe: PodSet[] = [];
  for (const podSet of selection.maybe) {
    const same = placedSameNamespace(index, index.namespaceOf(service), podSet.namespace, modes);
    if (same === 'no') continue;
    if (same === 'yes' && matches(selector, podSet.labels) === 'yes') yes.push(podSet);
    else maybe.push(podSet);
  }
  return yes.length > 0 ? { pods: yes, uncertain: false } : { pods: maybe, uncertain: maybe.length > 0 };
}

function noPods(world: World, service: Resource<'Service'>): NonNullable<Backends['none']> {
  const { index } = world;
  const selector: ReadonlyMap<string, Value<string>> = service.spec.selector ?? new Map<string, Value<string>>();
  const at = evidence(service, ['spec', 'selector'], 'missing', 'no pod template has these labels');
  const miss = index.nearMiss(index.namespaceOf(service), selector);
  if (miss && (miss.kind === 'a' || miss.kind === 'b')) {
    return {
      state: 'absent',
      reason: `no pod has ${miss.key}: ${miss.value}; ${miss.podSet.name} has ${miss.actualKey ?? miss.key}: ${miss.actualValue ?? ''}`,
      because: [
        evidence(service, ['spec', 'selector', miss.key], 'missing', `no pod has ${miss.key}: ${miss.value}`),
        evidence(
          miss.podSet.resource,
          [...miss.podSet.template.path, 'metadata', 'labels'],
          'declares',
          `${miss.podSet.name} has ${miss.actualKey ?? miss.key}: ${miss.actualValue ?? ''}`,
        ),
      ],
    };
  }
  const closed = index.context.closed && index.context.missing.length === 0 && !index.mayHaveOtherPods(index.namespaceOf(service));
  const words = [...selector]
    .slice(0, 4)
    .map(([key, value]) => `${key}: ${textOf(value) ?? ''}`)
    .join(', ');
  if (closed && !service.spec.selectorOpen) return { state: 'absent', reason: `no pod has ${words}`, because: [at] };
  return { state: 'unknown', reason: `no pod of these files has ${words}; the cluster may have some`, because: [at] };
}

/** As many as an Endpoints object is mirrored for. */
const mostWrittenEndpoints = 1000;

/** Endpoints and EndpointSlices that somebody wrote; joined with the Service's ports by name. */
function writtenEndpoints(world: World, service: Resource<'Service'>, entry: ServicePort, protocol: TransportProtocol): Backends {
  const { index } = world;
  const namespace = index.namespaceOf(service);
  const portName = entry.name === undefined ? '' : textOf(entry.name);
  const addresses: { address: Address; text: string; port: number; because: readonly Evidence[] }[] = [];
  for (const slice of [...index.inNamespace('EndpointSlice', namespace), ...index.inNamespace('Endpoints', namespace)]) {
    if (known(slice.spec.service) !== service.metadata.name || addresses.length >= mostWrittenEndpoints) continue;
    const ports = slice.spec.ports.filter(
      (port) => (port.name === undefined ? '' : textOf(port.name)) === portName && (port.protocol === undefined ? 'TCP' : known(port.protocol)) === protocol,
    );
    const port = known(ports[0]?.port);
    if (port === undefined) continue;
    for (const endpoint of slice.spec.endpoints) {
      if (!endpoint.ready || endpoint.terminating) continue;
      const address = parseAddress(known(endpoint.addresses[0]) ?? '');
      if (!address) continue;
      addresses.push({
        address,
        text: known(endpoint.addresses[0]) ?? '',
        port,
        because: [evidence(slice, endpoint.path, 'routes', `an endpoint of ${service.metadata.name}, written by hand`)],
      });
      if (addresses.length >= mostWrittenEndpoints) break;
    }
  }
  const base = { groups: [], addresses, total: addresses.length, uncertain: false };
  if (addresses.length > 0) return base;
  const because = [evidence(service, ['spec'], 'missing', 'no selector, and no endpoints are written for it')];
  const closed = index.context.closed && index.context.missing.length === 0;
  return { ...base, none: { state: closed ? 'absent' : 'unknown', reason: 'it has no selector, and these files write no endpoints for it', because } };
}

/** Ready pods; where there is none, serving and terminating ones (KEP-1669). */
function usableCount(world: World, podSet: PodSet, publishNotReady: boolean): number {
  const all = podCount(world, podSet);
  if (publishNotReady) return all;
  const options = world.flow.options ?? {};
  const notReady = inState(world, podSet, options.notReady, all);
  const terminating = Math.min(inState(world, podSet, options.terminating, all), all - notReady);
  const ready = all - notReady - terminating;
  return ready > 0 ? ready : terminating;
}

function inState(world: World, podSet: PodSet, states: readonly PodsInState[] | undefined, all: number): number {
  if (!Array.isArray(states)) return 0;
  const names = new Set([
    podSet.key,
    podSet.key.replace('/-/', `/${placed(world, podSet.namespace)}/`),
    `${podSet.resource.kind.toLowerCase()}/${podSet.name}`,
  ]);
  const state = (states as readonly PodsInState[]).find(({ workload }) => names.has(workload));
  if (!state) return 0;
  return Math.max(0, Math.min(all, state.count ?? all));
}

/** One group a node; the pod that asks stands alone. */
function groupsOf(
  world: World,
  podSet: PodSet,
  count: number,
  from: PlannedNode | undefined,
  self: PodPlace | undefined,
  rest: Pick<EndpointGroup, 'port' | 'portAssumed' | 'because'>,
): readonly EndpointGroup[] {
  const own = self?.podSet.key === podSet.key ? self : undefined;
  const groups: EndpointGroup[] = own ? [{ ...rest, pod: own, count: 1, self: true }] : [];
  const nodes = nodesFor(world, podSet, from);
  const others = own ? count - 1 : count;
  const first = own ? 1 : 0;
  for (let position = 0; position < Math.min(nodes.length, others); position++) {
    const pods = Math.floor((others - 1 - position) / nodes.length) + 1;
    groups.push({ ...rest, pod: placeAt(world, podSet, first + position, rotate(nodes, first)), count: pods, self: false });
  }
  return groups;
}

/** So that replica `first` is the first of the list. */
function rotate<T>(items: readonly T[], first: number): readonly T[] {
  const shift = items.length === 0 ? 0 : (items.length - (first % items.length)) % items.length;
  return [...items.slice(shift), ...items.slice(0, shift)];
}

/** The single pods of groups, for where each is shown by itself. */
export function singlePods(world: World, groups: readonly EndpointGroup[], limit: number): readonly EndpointGroup[] | undefined {
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  if (total > limit) return undefined;
  const singles: EndpointGroup[] = [];
  const perSet = new Map<string, EndpointGroup[]>();
  for (const group of groups) perSet.set(group.pod.podSet.key, [...(perSet.get(group.pod.podSet.key) ?? []), group]);
  for (const list of perSet.values()) {
    const step = list.length;
    for (const group of list) {
      for (let turn = 0; turn < group.count; turn++) {
        const replica = group.pod.replica + turn * step;
        singles.push({ ...group, count: 1, pod: { ...group.pod, replica, address: world.plan.podAddress(group.pod.podSet, replica, group.pod.node) } });
      }
    }
  }
  return singles.sort((a, b) => (a.pod.podSet.key < b.pod.podSet.key ? -1 : a.pod.podSet.key > b.pod.podSet.key ? 1 : a.pod.replica - b.pod.replica));
}

/** The pods behind a Service port, as the proxy would choose among them. */
import { known, textOf, type Value } from '../base/opaque';
import type { PlannedNode } from '../cluster/addressPlan';
import type { PodSet } from '../cluster/clusterIndex';
import { placedSameNamespace } from '../cluster/policyMatch';
import type { Resource, ServicePort } from '../model/resources';
import { matches, selectorOf } from '../model/labels';
import type { Evidence, TransportProtocol } from '../protocol/trace';
import { nodesFor, placeAt } from './placement';
import { targetPortIn } from '../cluster/targetPort';
import { podStates } from './readiness';
import type { EndpointGroup, PodPlace } from './walk';
import { evidence, type World } from './world';
import { type WrittenEndpoint, writtenEndpoints, type WrittenEndpoints } from './writtenEndpoints';

export interface Backends {
  readonly groups: readonly EndpointGroup[];
  /** Pods that terminate and still serve, while others are ready: a Local traffic policy falls back to those of its node. */
  readonly standby: readonly EndpointGroup[];
  /** Endpoints written by hand, which no selector manages. */
  readonly addresses: readonly WrittenEndpoint[];
  readonly total: number;
  /** What is left out because it is not ready, or taken although it terminates. */
  readonly readiness?: Readiness;
  /** Why there is nothing to choose from: surely, or as far as these files tell. */
  readonly none?: { readonly state: 'absent' | 'unknown'; readonly reason: string; readonly because: readonly Evidence[] };
  /** A placeholder decides whether these are the right pods. */
  readonly uncertain: boolean;
}

export interface Readiness {
  readonly all: number;
  readonly ready: number;
  readonly terminating: number;
  /** publishNotReadyAddresses: every pod counts as ready. */
  readonly published: boolean;
  readonly because: readonly Evidence[];
}

/**
 * `from`: the node whose choice it is; undefined for a client outside. `self`: the pod that asks. Ready pods; where there is none, those that
 * terminate and still serve (KEP-1669); with publishNotReadyAddresses all. `anyPort`: DNS is asked, which knows no ports.
 */
export function backendsOf(
  world: World,
  service: Resource<'Service'>,
  entry: ServicePort,
  protocol: TransportProtocol,
  from: PlannedNode | undefined,
  self?: PodPlace,
  anyPort = false,
): Backends {
  const { selector, selectorOpen, publishNotReadyAddresses } = service.spec;
  const written = writtenEndpoints(world, service, anyPort ? undefined : entry, protocol);
  if (!selector || (selector.size === 0 && !selectorOpen)) return onlyWritten(world, service, written);
  const chosen = selectedPods(world, service);
  const ready: EndpointGroup[] = [];
  const serving: EndpointGroup[] = [];
  const left: { podSet: PodSet; reason: string; because: Evidence[] }[] = [];
  const sum = { all: 0, ready: 0, terminating: 0, because: [] as Evidence[] };
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
    const states = podStates(world, podSet);
    sum.all += states.all;
    sum.ready += states.ready;
    sum.terminating += states.terminating;
    sum.because.push(...states.because);
    const usable = publishNotReadyAddresses ? states.all : states.ready;
    if (usable === 0 && states.terminating === 0) {
      left.push({
        podSet,
        reason: states.all === 0 ? `${podSet.name} has no replicas` : `no pod of ${podSet.name} is ready`,
        because:
          states.because.length > 0
            ? [...states.because]
            : [evidence(podSet.resource, ['spec', 'replicas'], 'missing', states.all === 0 ? 'replicas is 0' : 'asked as not ready')],
      });
    }
    const rest = {
      port: target.state === 'found' ? target.port : (known(entry.port) ?? 0),
      portAssumed: target.state === 'unknown',
      because: [evidence(service, ['spec', 'selector'], 'selects', `${service.metadata.name} selects ${podSet.name}`)],
    };
    if (usable > 0) ready.push(...groupsOf(world, podSet, 0, usable, from, self, rest));
    if (!publishNotReadyAddresses && states.terminating > 0)
      serving.push(...groupsOf(world, podSet, states.ready, states.terminating, from, self, { ...rest, terminating: true }));
  }
  const groups = ready.length > 0 ? ready : serving;
  const base: Backends = {
    groups,
    standby: ready.length > 0 ? serving : [],
    addresses: groups.length > 0 || written.usable.length === 0 ? [] : written.usable,
    total: groups.reduce((total, group) => total + group.count, 0),
    uncertain: chosen.uncertain || groups.some((group) => group.portAssumed),
    ...(sum.ready < sum.all && { readiness: { ...sum, published: publishNotReadyAddresses } }),
  };
  if (groups.length > 0 || base.addresses.length > 0) return base;
  const [first] = left;
  if (first)
    return {
      ...base,
      none: { state: chosen.uncertain ? 'unknown' : 'absent', reason: first.reason, because: left.slice(0, 8).flatMap(({ because }) => because) },
    };
  return { ...base, none: noPods(world, service) };
}

function onlyWritten(world: World, service: Resource<'Service'>, { usable, unready, because }: WrittenEndpoints): Backends {
  const { index } = world;
  const terminating = usable.filter((endpoint) => endpoint.terminating).length;
  const base: Backends = {
    groups: [],
    standby: [],
    addresses: usable,
    total: usable.length,
    uncertain: false,
    ...(unready + terminating > 0 && {
      readiness: { all: usable.length + unready, ready: usable.length - terminating, terminating, published: false, because },
    }),
  };
  if (usable.length > 0) return base;
  if (unready > 0) return { ...base, none: { state: 'absent', reason: 'none of the endpoints written for it is ready', because } };
  const nothing = [evidence(service, ['spec'], 'missing', 'no selector, and no endpoints are written for it')];
  const closed = index.context.closed && index.context.missing.length === 0;
  return { ...base, none: { state: closed ? 'absent' : 'unknown', reason: 'it has no selector, and these files write no endpoints for it', because: nothing } };
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

/** One group a node; the pod that asks stands alone. Replicas from `first` on, `count` of them. */
function groupsOf(
  world: World,
  podSet: PodSet,
  first: number,
  count: number,
  from: PlannedNode | undefined,
  self: PodPlace | undefined,
  rest: Pick<EndpointGroup, 'port' | 'portAssumed' | 'because' | 'terminating'>,
): readonly EndpointGroup[] {
  const own = self?.podSet.key === podSet.key ? self : undefined;
  const nodes = nodesFor(world, podSet, from);
  const groups = new Map<string, EndpointGroup>();
  const daemons = podSet.resource.type === 'DaemonSet';
  const listed = own && own.replica >= first && own.replica < first + count;
  if (listed) groups.set('', { ...rest, pod: own, count: 1, self: true });
  // The pod that asks is the first replica, so the others begin with the second.
  const shift = own && !daemons ? 1 : 0;
  const last = first + count;
  for (let replica = first, seen = 0; replica < last && seen < nodes.length + 1; replica++, seen++) {
    if (own?.replica === replica) continue;
    const position = (replica + nodes.length - shift) % nodes.length;
    const node = nodes[position];
    if (!node || groups.has(node.name)) continue;
    const like = Math.floor((last - 1 - replica) / nodes.length) + 1;
    const ownAmong = own && own.replica > replica && own.replica < last && (own.replica - replica) % nodes.length === 0 ? 1 : 0;
    groups.set(node.name, { ...rest, pod: placeAt(world, podSet, replica, [node]), count: like - ownAmong, self: false, stride: nodes.length });
  }
  return [...groups.values()];
}

/** The single pods of groups, for where each is shown by itself. */
export function singlePods(world: World, groups: readonly EndpointGroup[], limit: number): readonly EndpointGroup[] | undefined {
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  if (total > limit) return undefined;
  const singles: EndpointGroup[] = [];
  const perSet = new Map<string, EndpointGroup[]>();
  for (const group of groups) perSet.set(group.pod.podSet.key, [...(perSet.get(group.pod.podSet.key) ?? []), group]);
  for (const list of perSet.values()) {
    for (const group of list) {
      for (let turn = 0; turn < group.count; turn++) {
        const replica = group.pod.replica + turn * (group.stride ?? 1);
        singles.push({ ...group, count: 1, pod: { ...group.pod, replica, address: world.plan.podAddress(group.pod.podSet, replica, group.pod.node) } });
      }
    }
  }
  return singles.sort((a, b) => (a.pod.podSet.key < b.pod.podSet.key ? -1 : a.pod.podSet.key > b.pod.podSet.key ? 1 : a.pod.replica - b.pod.replica));
}

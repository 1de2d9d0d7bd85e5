/** Where a trace from here might go, nearest first, each with how it ends. */
import type { Context } from '../model/context';
import type { Destination } from '../protocol/requests';
import { known } from '../base/opaque';
import { callsOf } from '../cluster/serviceCalls';
import type { PodSet } from '../cluster/clusterIndex';
import type { ContextIndex } from '../cluster/createClusterIndex';
import { isEmptySelector, matches } from '../model/labels';
import { isPodHolder, type NetworkPolicyPeer, type Resource } from '../model/resources';
import type { Outcome } from '../protocol/trace';
import { simulate } from '../simulation/simulate';
import type { Snapshot } from '../workspace/snapshot';
import { calledByName } from './calledByName';
import { endpointOf } from './endpointNames';
import { withDefaults } from './traces';

interface Candidate {
  readonly to: string;
  readonly label: string;
  readonly detail: string;
  readonly because: string;
  readonly port?: number;
}

/** Verdicts cost a trace each, so a context with many Services gets them for the nearest ones. */
const mostDestinations = 60;

/** What its values and environment name, what its policies name, then the Services of the context, then the internet. */
export function destinationsFrom(snapshot: Snapshot, context: Context, from: string): readonly Destination[] {
  const index = snapshot.traceIndex(context);
  const source = resourceOf(index, context, from);
  const candidates = [
    ...named(index, source),
    ...namedByPolicies(index, source),
    ...services(index, context, source),
    ...siblings(index, source, from),
    ...(from === 'internet' ? ingresses(index, context) : [outside]),
  ];
  const seen = new Set<string>([from]);
  const unique = candidates.filter(({ to }) => !seen.has(to) && seen.add(to)).slice(0, mostDestinations);
  return unique.map((candidate) => ({ ...candidate, outcome: outcomeOf(index, context, from, candidate) }));
}

const outside: Candidate = { to: 'internet', label: 'internet', detail: 'outside the cluster', because: 'outside' };

function outcomeOf(index: ContextIndex, context: Context, from: string, { to, port }: Candidate): Outcome {
  const answer = simulate(index, withDefaults(context, calledByName({ from, to, ...(port === undefined ? {} : { port }) })));
  if (!answer.ok) return 'unknown';
  const outcomes = new Set(answer.traces.map((trace) => trace.outcome));
  const [only] = outcomes;
  return outcomes.size === 1 && only !== undefined ? only : outcomes.size === 0 ? 'unknown' : 'mixed';
}

function resourceOf(index: ContextIndex, context: Context, endpoint: string): Resource | undefined {
  return context.members.find((resource) => {
    const own = endpointOf(resource, index);
    return own !== null && (own === endpoint || endpoint.startsWith(`${own}/`));
  });
}

function serviceCandidate(index: ContextIndex, service: Resource<'Service'>, because: string, port?: number): Candidate[] {
  const to = endpointOf(service, index);
  if (to === null) return [];
  const ports = service.spec.ports.flatMap((item) => known(item.port) ?? []);
  return [
    {
      to,
      label: service.metadata.name,
      detail: `Service${ports.length > 0 ? ` · ${ports.join(', ')}` : ''}`,
      because,
      ...(port === undefined ? {} : { port }),
    },
  ];
}

function named(index: ContextIndex, source: Resource | undefined): Candidate[] {
  const podSet = source && index.podSetOf(source);
  if (!podSet) return [];
  return callsOf(podSet, index).flatMap((call) => ('type' in call.target ? serviceCandidate(index, call.target, 'named in its values', call.port) : []));
}

const mostOfPolicies = 20;

/** Workloads that the egress policies of the source let it reach by name, on the port that they open. */
function namedByPolicies(index: ContextIndex, source: Resource | undefined): Candidate[] {
  const podSet = source && index.podSetOf(source);
  if (!podSet) return [];
  const candidates = index.policiesOn(podSet, 'Egress').flatMap(({ policy }) =>
    policy.spec.egress.flatMap((rule) => {
      const port = rule.ports?.map((item) => known(item.port)).find((item) => typeof item === 'number');
      return (rule.peers ?? []).flatMap((peer) => podsOfPeer(index, policy, peer)).flatMap((target) => workloadCandidate(index, target, port));
    }),
  );
  return candidates.slice(0, mostOfPolicies);
}

/** Pods that a peer names by labels; one that means everybody names nobody. */
function podsOfPeer(index: ContextIndex, policy: Resource<'NetworkPolicy'>, { podSelector, namespaceSelector }: NetworkPolicyPeer): readonly PodSet[] {
  if (!podSelector || isEmptySelector(podSelector)) return [];
  if (!namespaceSelector) return index.select(index.namespaceOf(policy), podSelector).yes;
  return index.select(undefined, podSelector).maybe.filter((target) => matches(namespaceSelector, index.namespaceLabels(target.namespace)) === 'yes');
}

function workloadCandidate(index: ContextIndex, target: PodSet, port: number | undefined): Candidate[] {
  const to = endpointOf(target.resource, index);
  if (to === null) return [];
  const detail = port === undefined ? target.resource.kind : `${target.resource.kind} · ${port}`;
  return [{ to, label: target.name, detail, because: 'named in its policies', ...(port === undefined ? {} : { port }) }];
}

function services(index: ContextIndex, context: Context, source: Resource | undefined): Candidate[] {
  const own = source && index.namespaceOf(source);
  const all = context.members.filter((resource): resource is Resource<'Service'> => resource.type === 'Service');
  const near = (service: Resource): number => (index.namespaceOf(service) === own ? 0 : 1);
  return [...all]
    .sort((a, b) => near(a) - near(b) || (a.metadata.name < b.metadata.name ? -1 : 1))
    .flatMap((service) =>
      serviceCandidate(index, service, near(service) === 0 ? 'Service of this namespace' : `Service of ${index.namespaceOf(service) ?? 'another namespace'}`),
    );
}

/** The other containers of the same pod. */
function siblings(index: ContextIndex, source: Resource | undefined, from: string): Candidate[] {
  if (!source || !isPodHolder(source)) return [];
  const containers = source.spec.template.containers.filter((container) => container.role === 'container' || container.role === 'sidecar');
  if (containers.length < 2) return [];
  return containers.flatMap((container) => {
    const to = endpointOf(source, index, container.name);
    return to === null || to === from ? [] : [{ to, label: container.name, detail: `container of ${source.metadata.name}`, because: 'in the same pod' }];
  });
}

function ingresses(index: ContextIndex, context: Context): Candidate[] {
  return context.members.flatMap((resource) => {
    const to = resource.type === 'Ingress' ? endpointOf(resource, index) : null;
    return to === null ? [] : [{ to, label: resource.metadata.name, detail: 'Ingress', because: 'from outside' }];
  });
}

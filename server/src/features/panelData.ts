/** What the panel draws: the topology of a context with findings on its cards, and the endpoints that it offers. */
import type { ContextIndex } from '../cluster/createClusterIndex';
import type { Context } from '../model/context';
import { isPodHolder, type Resource } from '../model/resources';
import { known } from '../base/opaque';
import { concurrentContainers } from '../model/pod';
import { type ObjectRef, severities, type TextSpan } from '../protocol/source';
import type { EndpointChoice, QuestionDefaults } from '../protocol/panel';
import type { TopologyAnswer } from '../protocol/requests';
import type { Topology, TopologyCard } from '../protocol/topology';
import type { CniMode, ProxyMode } from '../protocol/trace';
import { cniModeOf, proxyModes } from '../protocol/trace';
import { buildTopology } from '../topology/topology';
import type { FindingCount, FindingCounts } from '../workspace/findingCounts';
import type { Snapshot } from '../workspace/snapshot';
import { endpointOf } from './endpointNames';
import { toTextSpan } from './toLsp';

/** By context id, else the first context of the file, else the first there is. */
export function chooseContext(snapshot: Snapshot, wanted: { readonly uri?: string; readonly context?: string }): Context | undefined {
  if (wanted.context !== undefined) {
    const context = snapshot.context(wanted.context);
    if (context) return context;
  }
  if (wanted.uri !== undefined) {
    const [context] = snapshot.contextsOf(wanted.uri);
    if (context) return context;
  }
  return [...snapshot.contexts].sort((a, b) => b.members.length - a.members.length)[0];
}

/** `early`: the findings on the cards of a large context may be those of before the last edit; whoever says so asks again later. */
export function topologyAnswer(snapshot: Snapshot, wanted: { readonly uri?: string; readonly context?: string }, early = false): TopologyAnswer {
  const contexts = snapshot.contexts.map(({ id, label }) => ({ id, label }));
  const context = chooseContext(snapshot, wanted);
  const defaults = defaultsOf(context);
  if (!context)
    return { revision: snapshot.revision, topology: null, contexts, endpoints: [], defaults, message: 'No Kubernetes manifests in this workspace yet.' };
  const index = snapshot.traceIndex(context);
  const topology = buildTopology(index, { enforced: enforces(defaults.cni) });
  return {
    revision: snapshot.revision,
    topology: withFindings(snapshot, context, topology, early),
    contexts,
    endpoints: endpointsOf(snapshot, context),
    defaults,
  };
}

export function enforces(cni: CniMode): boolean {
  return cni !== 'none' && !cni.startsWith('flannel');
}

export function defaultsOf(context: Context | undefined): QuestionDefaults {
  const cni = context?.cluster?.cni;
  const proxyMode = context?.cluster?.proxyMode;
  return {
    cni: cniModeOf(cni) ?? ('bridge' satisfies CniMode),
    proxyMode: proxyModes.find((mode) => mode === proxyMode) ?? ('iptables' satisfies ProxyMode),
    placement: 'any',
  };
}

/** Workloads and Pods, Services, Ingresses in the order of their names, the internet last. */
function endpointsOf(snapshot: Snapshot, context: Context): EndpointChoice[] {
  const index = snapshot.traceIndex(context);
  const sent = portsSentTo(index);
  const choices = context.members.flatMap((resource): EndpointChoice[] => {
    const endpoint = endpointOf(resource, index);
    if (endpoint === null || resource.type === 'Node') return [];
    const pods = podsBehind(resource, index);
    return [
      {
        endpoint,
        label: resource.metadata.name,
        detail: detailOf(resource),
        ports: portsOf(resource, () => sent(resource)),
        ...(pods.length > 0 ? { pods } : {}),
      },
    ];
  });
  const seen = new Set<string>();
  const unique = choices.filter(({ endpoint }) => !seen.has(endpoint) && seen.add(endpoint));
  unique.sort((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : a.endpoint < b.endpoint ? -1 : 1));
  return [...unique, { endpoint: 'internet', label: 'internet', detail: 'outside the cluster', ports: [] }];
}

function detailOf(resource: Resource): string {
  if (!isPodHolder(resource)) return resource.kind;
  const names = resource.spec.template.containers.filter((container) => container.role !== 'init').map((container) => container.name);
  return names.length > 0 ? `${resource.kind} · ${names.join(', ')}` : resource.kind;
}

/** The workload itself, or those that a Service selects for certain. */
function podsBehind(resource: Resource, index: ContextIndex): NonNullable<EndpointChoice['pods']> {
  const own = isPodHolder(resource) ? index.podSetOf(resource) : undefined;
  const podSets = resource.type === 'Service' ? index.backends(resource).yes : own ? [own] : [];
  return podSets.slice(0, 20).flatMap((podSet) => {
    const workload = endpointOf(podSet.resource, index);
    return workload === null ? [] : [{ workload, label: podSet.name, count: podSet.replicas ?? 1 }];
  });
}

function row(number: number | undefined, name: string | undefined, protocol: string | undefined): EndpointChoice['ports'] {
  return number === undefined ? [] : [{ number, protocol: protocol ?? 'TCP', ...(name === undefined ? {} : { name }) }];
}

/** For each pod set the numbers of the ports that its Services send to; read when first asked for. */
function portsSentTo(index: ContextIndex): (resource: Resource) => EndpointChoice['ports'] {
  let byPodSet: Map<string, EndpointChoice['ports'][number][]> | undefined;
  const read = (): Map<string, EndpointChoice['ports'][number][]> => {
    const result = new Map<string, EndpointChoice['ports'][number][]>();
    for (const service of index.ofKind('Service')) {
      const ports = service.spec.ports.flatMap((port) => {
        const target = port.targetPort === undefined ? known(port.port) : known(port.targetPort);
        return row(typeof target === 'number' ? target : undefined, known(port.name), known(port.protocol));
      });
      for (const podSet of index.backends(service).yes) result.set(podSet.key, [...(result.get(podSet.key) ?? []), ...ports]);
    }
    return result;
  };
  return (resource) => {
    const podSet = index.podSetOf(resource);
    byPodSet ??= read();
    return podSet ? (byPodSet.get(podSet.key) ?? []) : [];
  };
}

/** A workload that declares no port is offered those that Services send to it: what a program listens on need not be declared. */
function portsOf(resource: Resource, sentPorts: () => EndpointChoice['ports']): EndpointChoice['ports'] {
  if (resource.type === 'Service') return resource.spec.ports.flatMap((port) => row(known(port.port), known(port.name), known(port.protocol)));
  if (!isPodHolder(resource)) return [];
  const declared = concurrentContainers(resource.spec.template).flatMap((container) =>
    container.ports.flatMap((port) => row(known(port.containerPort), known(port.name), known(port.protocol))),
  );
  if (declared.length > 0) return declared;
  return sentPorts();
}

function countFor(counts: FindingCounts, { kind, namespace, name }: ObjectRef): FindingCount | undefined {
  return counts.get(`${kind}/${namespace ?? ''}/${name}`) ?? counts.get(`${kind}//${name}`);
}

function worst(all: readonly (FindingCount | undefined)[]): FindingCount | undefined {
  const counted = all.filter((one) => one !== undefined).sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const [first] = counted;
  return first && { severity: first.severity, count: counted.reduce((sum, { count }) => sum + count, 0) };
}

/** The file of a resource, and those that a kustomization takes values of it from. */
function filesOf(snapshot: Snapshot, context: Context, { kind, namespace, name }: ObjectRef, own: string): readonly string[] {
  if (!snapshot.isBuilt(context)) return [own];
  const member = snapshot
    .membersIn(context, own)
    .find(({ kind: other, metadata }) => other === kind && metadata.name === name && (metadata.namespace ?? namespace) === namespace);
  return [...new Set([own, ...(member?.origins?.documents ?? []).map(({ uri }) => uri)])];
}

/** As they were made last: most cards are the same after an edit, and stand where they stood. */
const placedCards = new WeakMap<TopologyCard, TopologyCard>();

function placed(card: TopologyCard, uri: string, range: TextSpan, finding: FindingCount | undefined): TopologyCard {
  const kept = placedCards.get(card);
  if (kept?.uri === uri && kept.range && samePlace(kept.range, range) && kept.finding?.severity === finding?.severity && kept.finding?.count === finding?.count)
    return kept;
  const made = { ...card, uri, range, ...(finding ? { finding } : {}) };
  placedCards.set(card, made);
  return made;
}

function samePlace(a: TextSpan, b: TextSpan): boolean {
  return a.start.line === b.start.line && a.start.column === b.start.column && a.end.line === b.end.line && a.end.column === b.end.column;
}

/** Resources of a context up to which its rules take no time that anybody would notice. */
const earlyAbove = 300;

/** Each card with the worst finding of its resource and its place in text. */
function withFindings(snapshot: Snapshot, context: Context, topology: Topology, early: boolean): Topology {
  const byFile = new Map<string, FindingCounts>();
  const countsOf = (uri: string): FindingCounts => {
    const counts = byFile.get(uri) ?? snapshot.findingCounts(uri, early && context.members.length > earlyAbove);
    byFile.set(uri, counts);
    return counts;
  };
  const place = (card: TopologyCard): TopologyCard => {
    const source = card.source ?? card.ghost?.namedBy[0];
    const located = source && snapshot.locate(source);
    if (!located) return card;
    const { object } = card;
    const finding = object && worst(filesOf(snapshot, context, object, located.file.uri).map((uri) => countFor(countsOf(uri), object)));
    return placed(card, located.file.uri, toTextSpan(located.file, located.range), card.shape === 'card' ? (finding ?? undefined) : undefined);
  };
  const policies = topology.policies.map((policy) => {
    const located = snapshot.locate(policy.source);
    return located ? { ...policy, range: toTextSpan(located.file, located.range) } : policy;
  });
  const edges = topology.edges.map((edge) => {
    const located = edge.because && snapshot.locate(edge.because);
    return located ? { ...edge, range: toTextSpan(located.file, located.range) } : edge;
  });
  return { ...topology, cards: topology.cards.map(place), edges, policies };
}

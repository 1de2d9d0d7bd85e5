/** What the panel draws: the topology of a context with findings on its cards, and the endpoints that it offers. */
import type { Context } from '../model/context';
import { isPodHolder, type Resource } from '../model/resources';
import { known } from '../base/opaque';
import { concurrentContainers } from '../model/pod';
import { severities, type Severity } from '../protocol/source';
import type { EndpointChoice, QuestionDefaults } from '../protocol/panel';
import type { TopologyAnswer } from '../protocol/requests';
import type { Topology, TopologyCard } from '../protocol/topology';
import type { CniMode, ProxyMode } from '../protocol/trace';
import { cniModeOf, proxyModes } from '../protocol/trace';
import { buildTopology } from '../topology/topology';
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

export function topologyAnswer(snapshot: Snapshot, wanted: { readonly uri?: string; readonly context?: string }): TopologyAnswer {
  const contexts = snapshot.contexts.map(({ id, label }) => ({ id, label }));
  const context = chooseContext(snapshot, wanted);
  const defaults = defaultsOf(context);
  if (!context)
    return { revision: snapshot.revision, topology: null, contexts, endpoints: [], defaults, message: 'No Kubernetes manifests in this workspace yet.' };
  const index = snapshot.traceIndex(context);
  const topology = buildTopology(index, { enforced: enforces(defaults.cni) });
  return { revision: snapshot.revision, topology: withFindings(snapshot, topology), contexts, endpoints: endpointsOf(snapshot, context), defaults };
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
  const choices = context.members.flatMap((resource): EndpointChoice[] => {
    const endpoint = endpointOf(resource, index);
    if (endpoint === null || resource.type === 'Node') return [];
    return [{ endpoint, label: resource.metadata.name, detail: detailOf(resource), ports: portsOf(resource) }];
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

function portsOf(resource: Resource): EndpointChoice['ports'] {
  const row = (number: number | undefined, name: string | undefined, protocol: string | undefined): EndpointChoice['ports'] =>
    number === undefined ? [] : [{ number, protocol: protocol ?? 'TCP', ...(name === undefined ? {} : { name }) }];
  if (resource.type === 'Service') return resource.spec.ports.flatMap((port) => row(known(port.port), known(port.name), known(port.protocol)));
  if (!isPodHolder(resource)) return [];
  return concurrentContainers(resource.spec.template).flatMap((container) =>
    container.ports.flatMap((port) => row(known(port.containerPort), known(port.name), known(port.protocol))),
  );
}

/** Each card with the worst finding of its resource and its place in text. */
function withFindings(snapshot: Snapshot, topology: Topology): Topology {
  const byFile = new Map<string, Map<string, { severity: Severity; count: number }>>();
  const countsOf = (uri: string): Map<string, { severity: Severity; count: number }> => {
    const kept = byFile.get(uri);
    if (kept) return kept;
    const counts = new Map<string, { severity: Severity; count: number }>();
    for (const { object, severity } of snapshot.findings(uri)) {
      if (!object || severity === 'hint') continue;
      const key = `${object.kind}/${object.namespace ?? ''}/${object.name}`;
      const count = counts.get(key);
      if (!count) counts.set(key, { severity, count: 1 });
      else counts.set(key, { severity: severities.indexOf(severity) < severities.indexOf(count.severity) ? severity : count.severity, count: count.count + 1 });
    }
    byFile.set(uri, counts);
    return counts;
  };
  const place = (card: TopologyCard): TopologyCard => {
    const source = card.source ?? card.ghost?.namedBy[0];
    const located = source && snapshot.locate(source);
    if (!located) return card;
    const { object } = card;
    const counts = object && countsOf(located.file.uri);
    const finding =
      counts?.get(`${object?.kind ?? ''}/${object?.namespace ?? ''}/${object?.name ?? ''}`) ?? counts?.get(`${object?.kind ?? ''}//${object?.name ?? ''}`);
    return { ...card, uri: located.file.uri, range: toTextSpan(located.file, located.range), ...(finding && card.shape === 'card' ? { finding } : {}) };
  };
  return { ...topology, cards: topology.cards.map(place) };
}

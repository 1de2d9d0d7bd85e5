/** Reads an end of a question: `deployment/NS/NAME`, `internet`, `ip:203.0.113.7`, a URL or a host name. */
import { type Address, formatAddress, parseAddress } from '../base/addresses';
import { editDistance } from '../base/editDistance';
import { addressPlan } from '../cluster/addressPlan';
import type { ClusterIndex, PodSet } from '../cluster/clusterIndex';
import type { Container } from '../model/pod';
import type { Kind, Resource } from '../model/resources';
import { type Route, routeKinds } from '../cluster/gatewayAttachment';

export type Endpoint =
  | { readonly kind: 'pods'; readonly podSet: PodSet; readonly container?: Container }
  | { readonly kind: 'service'; readonly service: Resource<'Service'> }
  | { readonly kind: 'ingress'; readonly ingress: Resource<'Ingress'> }
  | { readonly kind: 'gateway'; readonly gateway: Resource<'Gateway'> }
  | { readonly kind: 'route'; readonly route: Route }
  /** The Service `kubernetes` of the namespace `default`, which every cluster has. */
  | { readonly kind: 'api-server' }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'internet' }
  | { readonly kind: 'address'; readonly address: Address; readonly text: string; readonly port?: number }
  | { readonly kind: 'host'; readonly host: string; readonly port?: number; readonly scheme?: string; readonly path?: string };

export type ParsedEndpoint =
  { readonly ok: true; readonly endpoint: Endpoint } | { readonly ok: false; readonly error: string; readonly candidates: readonly string[] };

const podKinds: Readonly<Record<string, Kind>> = {
  pod: 'Pod',
  deployment: 'Deployment',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
  replicaset: 'ReplicaSet',
  job: 'Job',
  cronjob: 'CronJob',
  replicationcontroller: 'ReplicationController',
};

const otherKinds: Readonly<Record<string, Kind>> = Object.fromEntries(
  (['Service', 'Ingress', 'Gateway', ...routeKinds] as const).map((kind) => [kind.toLowerCase(), kind]),
);

/**
 * `namespace`: where manifests that write none are placed; `-` names the unspecified one. The namespace may be left out when the name is
 * unique. Unknown and ambiguous ends are errors with the nearest candidates.
 */
export function parseEndpoint(index: ClusterIndex, text: string, namespace: string): ParsedEndpoint {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > 2048) return wrong(index, trimmed.slice(0, 80), 'is no endpoint');
  if (trimmed === 'internet') return { ok: true, endpoint: { kind: 'internet' } };
  if (trimmed.startsWith('ip:')) return addressEndpoint(index, trimmed.slice(3));
  const url = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(trimmed);
  if (url) return hostEndpoint(index, trimmed, url[2] ?? '', (url[1] ?? '').toLowerCase());
  if (!trimmed.includes('/')) return hostEndpoint(index, trimmed, trimmed, undefined);
  const [word = '', ...parts] = trimmed.split('/');
  if (parts.length > 3 || parts.some((part) => part === '')) {
    return isHostName(word) && word.includes('.') ? hostEndpoint(index, trimmed, trimmed, undefined) : wrong(index, trimmed, 'is no endpoint');
  }
  const kind = word.toLowerCase();
  if (Object.hasOwn(otherKinds, kind)) return objectEndpoint(index, trimmed, kind, parts, namespace);
  if (kind === 'node' && parts.length === 1) return nodeEndpoint(index, trimmed, parts[0] ?? '');
  if (Object.hasOwn(podKinds, kind)) return podEndpoint(index, trimmed, podKinds[kind] ?? 'Pod', parts, namespace);
  const other = index.ofKind('Other').find((resource) => resource.kind.toLowerCase() === kind && resource.spec.template);
  if (other) return podEndpoint(index, trimmed, 'Other', parts, namespace, kind);
  if (word.includes('.') && isHostName(word.replace(/:\d+$/, ''))) return hostEndpoint(index, trimmed, trimmed, undefined);
  return wrong(index, trimmed, `has a kind that is not known: ${word}`);
}

function objectEndpoint(index: ClusterIndex, text: string, kind: string, parts: readonly string[], namespace: string): ParsedEndpoint {
  if (parts.length > 2) return wrong(index, text, 'is no endpoint');
  const chosen = one(index, text, named(index, otherKinds[kind] ?? 'Service', parts, namespace));
  if (!chosen.ok) return kind === 'service' && isApiServer(parts, namespace) ? { ok: true, endpoint: { kind: 'api-server' } } : chosen;
  const { resource } = chosen;
  switch (resource.type) {
    case 'Service':
      return { ok: true, endpoint: { kind: 'service', service: resource } };
    case 'Ingress':
      return { ok: true, endpoint: { kind: 'ingress', ingress: resource } };
    case 'Gateway':
      return { ok: true, endpoint: { kind: 'gateway', gateway: resource } };
    case 'HTTPRoute':
    case 'GRPCRoute':
    case 'TLSRoute':
    case 'TCPRoute':
    case 'UDPRoute':
      return { ok: true, endpoint: { kind: 'route', route: resource } };
    default:
      return wrong(index, text, 'is no endpoint');
  }
}

/** https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster/#directly-accessing-the-rest-api-1 */
function isApiServer([first, second]: readonly string[], namespace: string): boolean {
  return second === undefined ? first === 'kubernetes' : second === 'kubernetes' && (first === 'default' || (first === '-' && namespace === 'default'));
}

/** Where Nodes are shown only those exist; where none is, every name stands for an assumed one. */
function nodeEndpoint(index: ClusterIndex, text: string, name: string): ParsedEndpoint {
  const nodes = index.ofKind('Node');
  const named = nodes.length === 0 || nodes.some((node) => node.metadata.name === name) || addressPlan(index).nodes.some((node) => node.name === name);
  if (named || isNodeOfPod(index, name)) return { ok: true, endpoint: { kind: 'node', name } };
  const near = nodes.map((node) => node.metadata.name).sort((a, b) => editDistance(a, name, 8) - editDistance(b, name, 8) || (a < b ? -1 : 1));
  return { ok: false, error: `${text} is not in this context`, candidates: near.slice(0, 5).map((one) => `node/${one}`) };
}

function isNodeOfPod(index: ClusterIndex, name: string): boolean {
  return index.namespaces().some((namespace) => index.podSets(namespace).some((podSet) => podSet.template.nodeName === name));
}

/** How a question names the pods: with the container where one is meant. */
export function endpointOf(podSet: PodSet, container?: Container): string {
  return container ? `${podSet.key}/${container.name}` : podSet.key;
}

function podEndpoint(index: ClusterIndex, text: string, type: Kind, parts: readonly string[], namespace: string, kindWord?: string): ParsedEndpoint {
  const fits = (resource: Resource): boolean => kindWord === undefined || resource.kind.toLowerCase() === kindWord;
  const whole = parts.length <= 2 ? named(index, type, parts, namespace).filter(fits) : [];
  const holder = whole.length > 0 ? whole : parts.length > 1 ? named(index, type, parts.slice(0, -1), namespace).filter(fits) : [];
  const chosen = one(index, text, holder);
  if (!chosen.ok) return chosen;
  const podSet = index.podSetOf(chosen.resource);
  if (!podSet) return wrong(index, text, 'has no pods');
  if (whole.length > 0) return { ok: true, endpoint: { kind: 'pods', podSet } };
  const wanted = parts.at(-1) ?? '';
  const container = podSet.template.containers.find((candidate) => candidate.name === wanted);
  if (container) return { ok: true, endpoint: { kind: 'pods', podSet, container } };
  return {
    ok: false,
    error: `${podSet.key} has no container ${wanted}`,
    candidates: podSet.template.containers.map((candidate) => endpointOf(podSet, candidate)),
  };
}

/** `[NAME]` or `[NS, NAME]`. */
function named(index: ClusterIndex, type: Kind, parts: readonly string[], fallback: string): readonly Resource[] {
  const [first, second] = parts;
  const name = second ?? first;
  // With a namespace only that one is looked through, which holds those of an unspecified one as well.
  const pool = second === undefined || first === '-' ? index.ofKind(type) : index.inNamespace(type, first);
  const all = (pool as readonly Resource[]).filter((resource) => resource.metadata.name === name);
  if (second === undefined || first === undefined) return all;
  const exact = all.filter((resource) => (index.namespaceOf(resource) ?? '-') === first);
  if (exact.length > 0) return exact;
  return first === '-'
    ? all.filter((resource) => index.namespaceOf(resource) === fallback)
    : first === fallback
      ? all.filter((resource) => index.namespaceOf(resource) === undefined)
      : [];
}

function one(
  index: ClusterIndex,
  text: string,
  resources: readonly Resource[],
): { readonly ok: true; readonly resource: Resource } | { readonly ok: false; readonly error: string; readonly candidates: readonly string[] } {
  const [first] = resources;
  if (!first) return wrong(index, text, 'is not in this context');
  const places = new Set(resources.map((resource) => index.namespaceOf(resource) ?? '-'));
  if (places.size > 1)
    return {
      ok: false,
      error: `${text} is ambiguous: it is in ${places.size} namespaces`,
      candidates: resources.map((resource) => nameOf(index, resource)).slice(0, 8),
    };
  return { ok: true, resource: first };
}

function addressEndpoint(index: ClusterIndex, text: string): ParsedEndpoint {
  const bracket = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text) ?? /^([\d.]+)(?::(\d{1,5}))?$/.exec(text);
  const address = parseAddress(bracket?.[1] ?? text);
  if (!address) return wrong(index, `ip:${text}`, 'is no IP address');
  const port = bracket?.[2] === undefined ? undefined : Number(bracket[2]);
  return { ok: true, endpoint: { kind: 'address', address, text: formatAddress(address), ...(port !== undefined && { port }) } };
}

function hostEndpoint(index: ClusterIndex, whole: string, rest: string, scheme: string | undefined): ParsedEndpoint {
  const cut = rest.search(/[/?#]/);
  const authority = (cut < 0 ? rest : rest.slice(0, cut)).replace(/^.*@/, '');
  const after = cut < 0 ? '' : rest.slice(cut).replace(/[?#].*$/, '');
  const match = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(authority);
  const host = match?.[1];
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  if (!host || (port !== undefined && (port < 1 || port > 65535))) return wrong(index, whole, 'is no endpoint');
  const literal = parseAddress(host.replace(/^\[|\]$/g, ''));
  const known = scheme === undefined ? undefined : schemePorts[scheme];
  const chosen = port ?? known;
  if (literal)
    return { ok: true, endpoint: { kind: 'address', address: literal, text: formatAddress(literal), ...(chosen !== undefined && { port: chosen }) } };
  if (!isHostName(host)) return wrong(index, whole, 'is no host name');
  return {
    ok: true,
    endpoint: {
      kind: 'host',
      host,
      ...(chosen !== undefined && { port: chosen }),
      ...(scheme !== undefined && { scheme }),
      ...(after !== '' && { path: after }),
    },
  };
}

const schemePorts: Readonly<Record<string, number>> = {
  http: 80,
  ws: 80,
  https: 443,
  wss: 443,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  redis: 6379,
  mongodb: 27017,
  amqp: 5672,
  nats: 4222,
};

function isHostName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?)*\.?$/i.test(text);
}

function wrong(index: ClusterIndex, text: string, why: string): { readonly ok: false; readonly error: string; readonly candidates: readonly string[] } {
  return { ok: false, error: `${text} ${why}`, candidates: nearestEndpoints(index, text) };
}

function nameOf(index: ClusterIndex, resource: Resource): string {
  return `${resource.kind.toLowerCase()}/${index.namespaceOf(resource) ?? '-'}/${resource.metadata.name}`;
}

/** The five endpoints whose names differ least; work is bounded. */
export function nearestEndpoints(index: ClusterIndex, text: string): readonly string[] {
  const wanted = text.split('/').filter((part) => part !== '');
  const name = (wanted.at(-1) ?? '').slice(0, 64);
  const rated: { key: string; score: number }[] = [];
  const rate = (key: string): void => {
    if (rated.length >= 4000) return;
    const own = key.split('/').at(-1) ?? '';
    const distance = own === name ? 0 : wanted.includes(own) ? 1 : editDistance(own, name, 3) + (own.includes(name) || name.includes(own) ? 0 : 1);
    rated.push({ key, score: distance + (key.startsWith(`${wanted[0] ?? ''}/`) ? 0 : 0.5) });
  };
  for (const namespace of index.namespaces().slice(0, 200)) for (const podSet of index.podSets(namespace)) rate(podSet.key);
  for (const service of index.ofKind('Service').slice(0, 2000)) rate(nameOf(index, service));
  for (const kind of ['Ingress', 'Gateway', ...routeKinds] as const) for (const resource of index.ofKind(kind).slice(0, 500)) rate(nameOf(index, resource));
  rated.sort((a, b) => a.score - b.score || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return [...new Set(rated.map(({ key }) => key))].slice(0, 5);
}

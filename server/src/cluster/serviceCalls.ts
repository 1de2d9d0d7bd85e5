/** Which Services do the pods of a workload call, as far as names in their values tell? */
import { isOpaque, known, textOf, type Value } from '../base/opaque';
import { sourceOf } from '../model/origins';
import { concurrentContainers, type Container } from '../model/pod';
import type { Resource } from '../model/resources';
import { variablePrefix } from '../model/serviceVariables';
import type { Path, SourceRef } from '../protocol/source';
import type { ClusterIndex, Namespace, PodSet } from './clusterIndex';
import type { ContextIndex, Dependency } from './createClusterIndex';
import { sameItems } from './shards';

/** A Service that values name and no file of the context declares. */
export interface MissingService {
  readonly name: string;
  readonly namespace: Namespace;
}

export interface ServiceCall {
  readonly target: Resource<'Service'> | MissingService;
  /** The port beside the name, or the scheme's own; undefined when neither is written. */
  readonly port?: number;
  /** The name as it is written. */
  readonly host: string;
  /** The value that names it. */
  readonly from: { readonly resource: Resource; readonly path: Path };
  /** The scalar that holds it. */
  readonly at: SourceRef;
}

/**
 * Calls in the order of the text, each Service and port once. Read are `env` values, `command` and `args`, and the ConfigMaps that the
 * containers take values from or mount; Secrets never. A name counts when it stands in a URL or before a port, ends in `.svc`, or is
 * the whole value of a variable whose name says that it holds an address; `$(NAME_SERVICE_HOST)` counts for its Service
 * (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables). Missing Services are only told where the
 * text can hardly mean anything else: a URL, a `.svc` name, or a bare `name:port` in `env`.
 */
export function callsOf(podSet: PodSet, index: ClusterIndex): readonly ServiceCall[] {
  const calls = new Map<string, ServiceCall>();
  let budget = mostText;
  const take = (text: NamedText, resource: Resource): void => {
    if (budget <= 0) return;
    budget -= text.length;
    for (const written of text.names) {
      const target = resolve(written, podSet.namespace, index);
      if (!target) continue;
      const key = `${'type' in target ? `${target.source.uri} ${target.source.document} ${target.source.path.join('/')} ${target.metadata.namespace ?? '-'} ${target.metadata.name}` : `missing ${target.namespace ?? '-'} ${target.name}`} ${written.port ?? ''}`;
      if (!calls.has(key))
        calls.set(key, {
          target,
          host: written.host,
          at: sourceOf(resource, text.path),
          from: { resource, path: text.path },
          ...(written.port === undefined ? {} : { port: written.port }),
        });
    }
  };
  for (const container of podSet.template.containers) for (const text of textsOfContainer(container)) take(text, podSet.resource);
  for (const { map, keys } of configMapsOf(podSet, index)) {
    for (const [key, value] of map.spec.data) {
      if (keys === 'files') readText(value, 'file', ['data', key], (text) => take(text, map));
      else if (keys === 'all' || keys.has(key)) readText(value, 'environment', ['data', key], (text) => take(text, map), key);
    }
  }
  return [...calls.values()];
}

interface RememberedCalls {
  readonly rested: readonly (readonly [Dependency, readonly unknown[]])[];
  readonly calls: readonly ServiceCall[];
}

/** By resource and context, the calls of its pods. */
const remembered = new WeakMap<Resource, Map<string, RememberedCalls>>();

/** The same, looked for again only where an answer of the index has changed on which they rested. For an index that nobody tracks. */
export function rememberedCallsOf(podSet: PodSet, index: ContextIndex): readonly ServiceCall[] {
  let byContext = remembered.get(podSet.resource);
  if (!byContext) remembered.set(podSet.resource, (byContext = new Map<string, RememberedCalls>()));
  const { id, closed, missing, namespace, cluster, generatedNames } = index.context;
  const key = JSON.stringify([id, closed, missing.length, namespace, cluster?.dnsDomain, generatedNames]);
  const kept = byContext.get(key);
  if (kept?.rested.every(([dependency, before]) => sameItems(before, index.fingerprint(dependency)))) return kept.calls;
  const { index: view, dependencies } = index.tracked();
  const calls = callsOf(podSet, view);
  byContext.clear();
  byContext.set(key, { calls, rested: [...dependencies].map((dependency) => [dependency, index.fingerprint(dependency)] as const) });
  return calls;
}

/** Text with the names in it. */
interface NamedText {
  readonly path: Path;
  readonly length: number;
  readonly names: readonly WrittenName[];
}

function readText(value: Value<string> | undefined, where: Where, path: Path, take: (text: NamedText) => void, name?: string): void {
  const text = textOf(value);
  if (text === undefined || text.length === 0) return;
  take({ path, length: text.length, names: namesIn(text.slice(0, mostScalar), where, name) });
}

/** What a container says does not change, so it is searched for names once. */
const textsByContainer = new WeakMap<Container, readonly NamedText[]>();

function textsOfContainer(container: Container): readonly NamedText[] {
  const kept = textsByContainer.get(container);
  if (kept) return kept;
  const texts: NamedText[] = [];
  let budget = mostText;
  const take = (text: NamedText): void => {
    budget -= text.length;
    if (text.names.length > 0 || text.length > longText) texts.push(text);
  };
  const read = (value: Value<string> | undefined, where: Where, path: Path, name?: string): void => {
    if (budget > 0) readText(value, where, path, take, name);
  };
  if (container.role === 'container' || container.role === 'sidecar' || container.role === 'init') {
    for (const variable of container.env) read(variable.value, 'environment', [...variable.path, 'value'], known(variable.name));
    container.command.forEach((token, position) => read(token, 'command', [...container.path, 'command', position]));
    container.args.forEach((token, position) => read(token, 'command', [...container.path, 'args', position]));
  }
  textsByContainer.set(container, texts);
  return texts;
}

/** What kind of text it is: how sure a bare name in it is decides whether it counts. */
type Where = 'environment' | 'command' | 'file';

interface WrittenName {
  readonly host: string;
  readonly port: number | undefined;
  /** Stands where only a host can stand, so that a name which resolves to nothing is a name still. */
  readonly sure: boolean;
}

const mostScalar = 200_000;
const mostText = 2_000_000;
/** Shorter text without a name in it is not worth remembering for the budget. */
const longText = 1_000;
const schemePorts: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
  ['redis', 6379],
  ['rediss', 6379],
  ['postgres', 5432],
  ['postgresql', 5432],
  ['mysql', 3306],
  ['mariadb', 3306],
  ['mongodb', 27017],
  ['amqp', 5672],
  ['amqps', 5671],
  ['nats', 4222],
  ['kafka', 9092],
  ['memcached', 11211],
  ['ldap', 389],
]);
const addressVariable = /_(HOST|HOSTNAME|URL|URI|ADDR|ADDRESS|ENDPOINT|SERVICE|SERVERS?|BROKERS|DSN)$/i;
const dnsLabel = '[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?';
const dnsName = `${dnsLabel}(?:\\.${dnsLabel}){0,8}`;
const inUrl = new RegExp(`([a-z][a-z0-9+.-]{1,30})://(?:[^\\s/@"'<>]{0,200}@)?(${dnsName})\\.?(?::(\\d{1,5}))?(?=[/?#,;\\s"'\`)\\]}<>]|$)`, 'gi');
const beforePort = new RegExp(`(?:^|[\\s,;=("'\`@\\[])(${dnsName})\\.?:(\\d{1,5})(?=[/,;\\s"'\`)\\]]|$)`, 'gi');
const serviceDomain = new RegExp(`(?:^|[^-a-z0-9.])(${dnsLabel}\\.${dnsLabel}(?:\\.${dnsLabel})?\\.svc(?:\\.${dnsLabel}){0,6})(?![-a-z0-9])`, 'gi');
const hostReference = /\$\(([A-Z_][A-Z0-9_]{0,200})_SERVICE_HOST\)/g;

function namesIn(text: string, where: Where, variable: string | undefined): readonly WrittenName[] {
  const names: WrittenName[] = [];
  const seen = new Set<number>();
  const add = (at: number, host: string, port: number | undefined, sure: boolean): void => {
    if (seen.has(at) || (port !== undefined && (port < 1 || port > 65_535))) return;
    seen.add(at);
    names.push({ host: host.toLowerCase(), port, sure });
  };
  const place = (match: RegExpMatchArray, host: string): number => (match.index ?? 0) + match[0].indexOf(host);
  // Most texts hold none of the signs that the expressions below look for at length.
  for (const match of text.includes('://') ? text.matchAll(inUrl) : []) {
    const [, scheme = '', host = '', port] = match;
    add((match.index ?? 0) + match[0].lastIndexOf(host), host, port === undefined ? schemePorts.get(scheme.toLowerCase()) : Number(port), true);
    // Lists in one URL (`mongodb://a:1,b:2`): the rest stands before ports and is found below.
  }
  for (const match of /:\d/.test(text) ? text.matchAll(beforePort) : []) {
    const [, host = '', port] = match;
    add(place(match, host), host, Number(port), where === 'environment');
  }
  for (const match of /\.svc/i.test(text) ? text.matchAll(serviceDomain) : []) {
    const [, host = ''] = match;
    add(place(match, host), host, undefined, true);
  }
  for (const match of text.includes('_SERVICE_HOST)') ? text.matchAll(hostReference) : [])
    names.push({ host: `$${match[1] ?? ''}`, port: undefined, sure: false });
  if (where === 'environment' && variable !== undefined && addressVariable.test(variable)) {
    const whole = text.trim();
    if (new RegExp(`^${dnsName}$`, 'i').test(whole)) add(text.indexOf(whole), whole, undefined, false);
  }
  return names;
}

function resolve({ host, sure }: WrittenName, from: Namespace, index: ClusterIndex): Resource<'Service'> | MissingService | undefined {
  if (host.startsWith('$'))
    return index.inNamespace('Service', from).find((service) => service.metadata.nameKnown && variablePrefix(service.metadata.name) === host.slice(1));
  if (host === 'localhost' || host.startsWith('localhost.')) return undefined;
  const labels = host.split('.');
  // `name.namespace` looks like any name of the internet: it counts only where the namespace is one of ours.
  if (labels.length === 2 && !index.namespaces().includes(labels[1])) return undefined;
  const answer = index.resolveName(host, from);
  if (answer.state === 'found') return answer.value.service;
  if (!sure || host === 'kubernetes' || host.startsWith('kubernetes.default')) return undefined;
  const domain = labels.indexOf('svc');
  if (labels.length === 1) return missing(host, from, index);
  if (labels.length === 2) return missing(labels[0] ?? host, labels[1], index);
  return domain >= 2 ? missing(labels[domain - 2] ?? host, labels[domain - 1], index) : undefined;
}

/** An object of another kind may make a Service of that name; then it is not missing. */
function missing(name: string, namespace: Namespace, index: ClusterIndex): MissingService | undefined {
  return index.mayBeMade('Service', namespace, name) ? undefined : { name, namespace };
}

interface UsedConfigMap {
  readonly map: Resource<'ConfigMap'>;
  /** Keys that become variables, or `files` for a mount. */
  readonly keys: 'all' | 'files' | ReadonlySet<string>;
}

function configMapsOf(podSet: PodSet, index: ClusterIndex): readonly UsedConfigMap[] {
  const used: UsedConfigMap[] = [];
  const add = (name: Value<string> | undefined, keys: UsedConfigMap['keys']): void => {
    if (name === undefined || isOpaque(name)) return;
    const answer = index.get('ConfigMap', podSet.namespace, name);
    if (answer.state === 'found') used.push({ map: answer.value, keys });
  };
  const containers: readonly Container[] = concurrentContainers(podSet.template);
  for (const container of containers) {
    for (const source of container.envFrom) if (source.configMapRef) add(source.configMapRef.name, 'all');
    for (const { configMapKeyRef } of container.env) {
      const key = known(configMapKeyRef?.key);
      if (configMapKeyRef && key !== undefined) add(configMapKeyRef.name, new Set([key]));
    }
  }
  for (const volume of podSet.template.volumes) add(volume.configMap, 'files');
  return used;
}

/** What a host name stands for: a Service, one pod of it, a host outside, or nothing that these files know. */
import { type Address, parseAddress } from '../base/addresses';
import { known } from '../base/opaque';
import type { ClusterIndex, PodSet } from '../cluster/clusterIndex';
import { readingsOf } from '../cluster/names';
import { type Resource, valueAt } from '../model/resources';
import type { Evidence, NameLookup } from '../protocol/trace';
import { nodesFor, placeAt, podCount } from './placement';
import { podStates } from './readiness';
import type { PodPlace } from './walk';
import { evidence, type World } from './world';
import { listed } from './words';

export type Resolution =
  | {
      readonly kind: 'service';
      readonly service: Resource<'Service'>;
      readonly lookup: NameLookup;
      /** ExternalName Services passed on the way. */ readonly aliases: readonly string[];
      readonly because: readonly Evidence[];
    }
  | { readonly kind: 'pod-of-service'; readonly service: Resource<'Service'>; readonly lookup: NameLookup; readonly pod: PodPlace }
  /** The Service `kubernetes` of the namespace `default`, which no manifest has to show. */
  | { readonly kind: 'api-server'; readonly lookup: NameLookup }
  /** `10-244-1-5.ns.pod`, which is an address in the form of a name. */
  | { readonly kind: 'pod-address'; readonly lookup: NameLookup; readonly address: Address }
  | { readonly kind: 'outside'; readonly host: string; readonly aliases: readonly string[]; readonly because: readonly Evidence[] }
  | { readonly kind: 'absent'; readonly reason: string; readonly because: readonly Evidence[]; readonly near?: Resource<'Service'> }
  | { readonly kind: 'unknown'; readonly reason: string };

const aliasLimit = 8;

/**
 * Follows ExternalName Services (CNAME) a bounded number of times. What an alias stands for is a full name: no search list is tried for it,
 * and digits that look like an address are a name still (https://kubernetes.io/docs/concepts/services-networking/service/#externalname).
 */
export function resolveHost(world: World, host: string, namespace: string): Resolution {
  const { index } = world;
  const aliases: string[] = [];
  const because: Evidence[] = [];
  const passed = new Set<string>();
  let name = host;
  for (let round = 0; round <= aliasLimit; round++) {
    const answer = index.resolveName(name, namespace);
    if (answer.state !== 'found') {
      const api = apiServerReading(index, name, namespace);
      if (api)
        return {
          kind: 'api-server',
          lookup: { asked: host, fullName: api.fullName, tried: api.tried, of: triedNames(name), names: triedList(index, name, namespace) },
        };
      const spelled = podAddressName(index, name);
      if (spelled)
        return {
          kind: 'pod-address',
          address: spelled.address,
          lookup: { asked: host, fullName: spelled.fullName, tried: spelled.tried, of: triedNames(name), names: triedList(index, name, namespace) },
        };
      const alias = aliases.at(-1);
      const whole = name.replace(/\.$/, '');
      if (alias !== undefined && parseAddress(whole))
        return { kind: 'absent', reason: `${alias} is an alias for ${whole}, which DNS takes for a name, not for an address`, because };
      if (alias !== undefined && isClusterName(index, name) && !isInZone(index, whole))
        return {
          kind: 'absent',
          reason: `${alias} is an alias for ${whole}, which DNS takes for a full name; one of the cluster ends in .${index.clusterDomain}`,
          because,
        };
      if (!isClusterName(index, name)) return { kind: 'outside', host: name.replace(/\.$/, ''), aliases, because };
      if (answer.state === 'unknown') return { kind: 'unknown', reason: answer.because };
      const near = answer.near ? [evidence(answer.near.service, ['metadata', 'name'], 'missing', answer.because)] : [];
      return {
        kind: 'absent',
        reason: answer.because,
        because: [...because, ...near],
        ...(answer.near && aliases.length === 0 && { near: answer.near.service }),
      };
    }
    const { service, fullName, tried, kind, pod } = answer.value;
    const lookup: NameLookup = { asked: host, fullName, tried, of: triedNames(name), names: triedList(index, name, namespace) };
    if (kind === 'pod-of-service') return podOfService(world, service, pod ?? '', lookup);
    if (known(service.spec.type) !== 'ExternalName') return { kind: 'service', service, lookup, aliases, because };
    const next = known(service.spec.externalName);
    because.push(evidence(service, ['spec', 'externalName'], 'routes', `${service.metadata.name} is an alias for ${next ?? 'a placeholder'}`));
    if (next === undefined) return { kind: 'unknown', reason: `the externalName of ${service.metadata.name} is not known` };
    if (passed.has(fullName))
      return {
        kind: 'absent',
        reason:
          aliases.length === 1
            ? `the ExternalName Service ${aliases[0] ?? ''} leads to itself`
            : `the ExternalName Services ${listed(aliases)} lead in a circle`,
        because,
      };
    passed.add(fullName);
    aliases.push(service.metadata.name);
    name = next.endsWith('.') ? next : `${next}.`;
  }
  return { kind: 'absent', reason: `more than ${aliasLimit} ExternalName Services lead to one another`, because };
}

/** Outside of the DNS specification; CoreDNS answers with `pods insecure`, whether or not there is such a pod (https://coredns.io/plugins/kubernetes/). */
function podAddressName(index: ClusterIndex, name: string): { readonly address: Address; readonly fullName: string; readonly tried: number } | undefined {
  const zone = index.clusterDomain.toLowerCase();
  const absolute = name.endsWith('.');
  const bare = name.replace(/\.$/, '').toLowerCase();
  const whole = bare.endsWith(`.${zone}`);
  if (absolute && !whole) return undefined;
  const labels = (whole ? bare.slice(0, -zone.length - 1) : bare).split('.');
  const [spelled = ''] = labels;
  if (labels.length !== 3 || labels[2] !== 'pod' || !/^[\da-f-]{3,39}$/.test(spelled)) return undefined;
  const address = parseAddress(spelled.replaceAll('-', '.')) ?? parseAddress(spelled.replaceAll('-', ':'));
  if (!address) return undefined;
  return { address, fullName: `${labels.join('.')}.${zone}`, tried: absolute ? 1 : whole ? 4 : 3 };
}

/** How many names the resolver would try: three suffixes and the name as it is, or the full name alone. */
function triedNames(name: string): number {
  return name.endsWith('.') ? 1 : 4;
}

/** The names that the resolver makes of what was asked, in its order (`search`, ndots:5). */
function triedList(index: ClusterIndex, name: string, namespace: string): readonly string[] {
  const bare = name.replace(/\.$/, '');
  if (name.endsWith('.')) return [bare];
  const zone = index.clusterDomain;
  return [`${bare}.${namespace}.svc.${zone}`, `${bare}.svc.${zone}`, `${bare}.${zone}`, bare];
}

function apiServerReading(index: ClusterIndex, name: string, namespace: string): { readonly fullName: string; readonly tried: number } | undefined {
  return readingsOf(name, namespace, index.clusterDomain).find(
    (reading) => reading.pod === undefined && reading.service === 'kubernetes' && (reading.namespace ?? namespace) === 'default',
  );
}

/** A name that leads to the API server from a namespace; a Service of these files with that name goes before. */
export function isApiServerName(index: ClusterIndex, host: string, namespace: string): boolean {
  return apiServerReading(index, host, namespace) !== undefined;
}

/**
 * Only a headless Service has records of single pods: of those with `hostname` whose `subdomain` is the Service, and of a StatefulSet
 * whose serviceName it is (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-hostname-and-subdomain-fields).
 */
function podOfService(world: World, service: Resource<'Service'>, wanted: string, lookup: NameLookup): Resolution {
  const { name } = service.metadata;
  if (known(service.spec.clusterIP) !== 'None' && service.spec.clusterIP !== undefined && known(service.spec.clusterIP) === undefined)
    return { kind: 'unknown', reason: `whether ${name} is headless` };
  if (known(service.spec.clusterIP) !== 'None')
    return {
      kind: 'absent',
      reason: `${name} is not headless, and only a headless Service has names of single pods`,
      because: [evidence(service, service.spec.clusterIP === undefined ? ['spec'] : ['spec', 'clusterIP'], 'missing', 'not headless')],
    };
  const selection = world.index.backends(service);
  for (const podSet of [...selection.yes, ...selection.maybe]) {
    const { template, resource } = podSet;
    const place = (replica: number): PodPlace => placeAt(world, podSet, replica, nodesFor(world, podSet, world.plan.nodes[0]));
    if (resource.type === 'StatefulSet') {
      const ordinal = /^(.*)-(\d{1,5})$/.exec(wanted);
      if (ordinal?.[1] !== podSet.name) continue;
      const governing = known(resource.spec.serviceName);
      if (resource.spec.serviceName === undefined || (governing !== undefined && governing !== name))
        return {
          kind: 'absent',
          reason: `${podSet.name} has ${governing === undefined || governing === '' ? 'no serviceName' : `the serviceName ${governing}`}, so ${name} has no names of its pods`,
          because: [evidence(resource, governing === undefined ? ['spec'] : ['spec', 'serviceName'], 'missing', `serviceName is not ${name}`)],
        };
      const replica = Number(ordinal[2]) - firstOrdinal(resource);
      const count = podCount(world, podSet);
      if (replica >= 0 && replica < count) return ready(world, service, podSet, replica, { kind: 'pod-of-service', service, lookup, pod: place(replica) });
      const because = [evidence(resource, ['spec', 'replicas'], 'missing', `${podSet.name} has ${count} replicas, counted from ${firstOrdinal(resource)}`)];
      return podSet.replicas === undefined
        ? { kind: 'unknown', reason: `how many replicas ${podSet.name} has` }
        : { kind: 'absent', reason: `${podSet.name} has no pod ${wanted}`, because };
    }
    if (known(template.hostname) === wanted && known(template.subdomain) === name)
      return ready(world, service, podSet, 0, { kind: 'pod-of-service', service, lookup, pod: place(0) });
  }
  return { kind: 'unknown', reason: `no pod of these files has the name ${wanted} under ${name}` };
}

function firstOrdinal(resource: Resource): number {
  const start = valueAt(resource, ['spec', 'ordinals', 'start']);
  return typeof start === 'number' && Number.isInteger(start) && start >= 0 && start < 100_000 ? start : 0;
}

/** A pod that is not ready has no record, unless the Service publishes such pods. */
function ready(world: World, service: Resource<'Service'>, podSet: PodSet, replica: number, answer: Resolution): Resolution {
  const states = podStates(world, podSet);
  if (service.spec.publishNotReadyAddresses || replica < states.ready) return answer;
  return { kind: 'absent', reason: `that pod of ${podSet.name} is not ready, and has no name until it is`, because: states.because };
}

/** A name that only the cluster can answer: bare, in its zone, or ending in a namespace that is here. With a dot at its end it is whole. */
export function isClusterName(index: ClusterIndex, host: string): boolean {
  const name = host.replace(/\.$/, '').toLowerCase();
  const labels = name.split('.');
  const inZone = isInZone(index, name);
  if (host.endsWith('.')) return inZone || labels.at(-1) === 'svc' || labels.length === 1;
  if (labels.length === 1) return true;
  if (inZone || labels.at(-1) === 'svc' || labels.at(-2) === 'svc') return true;
  return labels.length <= 3 && index.namespaces().some((namespace) => namespace === labels.at(-1));
}

function isInZone(index: ClusterIndex, name: string): boolean {
  return name.toLowerCase().endsWith(`.${index.clusterDomain.toLowerCase()}`);
}

/** What a host name stands for: a Service, one pod of it, a host outside, or nothing that these files know. */
import { parseAddress } from '../base/addresses';
import { known } from '../base/opaque';
import type { ClusterIndex } from '../cluster/clusterIndex';
import type { Resource } from '../model/resources';
import type { Evidence, NameLookup } from '../protocol/trace';
import { nodesFor, placeAt, podCount } from './placement';
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
  | { readonly kind: 'outside'; readonly host: string; readonly aliases: readonly string[]; readonly because: readonly Evidence[] }
  | { readonly kind: 'absent'; readonly reason: string; readonly because: readonly Evidence[] }
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
      return { kind: 'absent', reason: answer.because, because: [...because, ...near] };
    }
    const { service, fullName, tried, kind, pod } = answer.value;
    const lookup: NameLookup = { asked: host, fullName, tried, of: triedNames(name) };
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

/** How many names the resolver would try: three suffixes and the name as it is, or the full name alone. */
function triedNames(name: string): number {
  return name.endsWith('.') ? 1 : 4;
}

function podOfService(world: World, service: Resource<'Service'>, wanted: string, lookup: NameLookup): Resolution {
  const selection = world.index.backends(service);
  for (const podSet of [...selection.yes, ...selection.maybe]) {
    const { template, resource } = podSet;
    const place = (replica: number): PodPlace => placeAt(world, podSet, replica, nodesFor(world, podSet, world.plan.nodes[0]));
    if (resource.type === 'StatefulSet') {
      const ordinal = /^(.*)-(\d{1,5})$/.exec(wanted);
      if (ordinal?.[1] !== podSet.name) continue;
      const replica = Number(ordinal[2]);
      if (replica < podCount(world, podSet)) return { kind: 'pod-of-service', service, lookup, pod: place(replica) };
      const because = [evidence(resource, ['spec', 'replicas'], 'missing', `${podSet.name} has ${podCount(world, podSet)} replicas, counted from 0`)];
      return podSet.replicas === undefined
        ? { kind: 'unknown', reason: `how many replicas ${podSet.name} has` }
        : { kind: 'absent', reason: `${podSet.name} has no pod ${wanted}`, because };
    }
    if (known(template.hostname) === wanted && known(template.subdomain) === service.metadata.name)
      return { kind: 'pod-of-service', service, lookup, pod: place(0) };
  }
  return { kind: 'unknown', reason: `no pod of these files has the name ${wanted} under ${service.metadata.name}` };
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

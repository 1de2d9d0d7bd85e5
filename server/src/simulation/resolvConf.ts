/** A pod's resolv.conf where its manifest writes one: name servers, search list and ndots of `dnsConfig`. */
import { cidrContains, parseAddress } from '../base/addresses';
import { known } from '../base/opaque';
import { serviceRanges } from '../cluster/addressPlan';
import { valueAt } from '../model/resources';
import { isApiServerName, isClusterName, type Resolution, resolveHost } from './hostNames';
import type { PodPlace } from './walk';
import { evidence, placed, type World } from './world';

/**
 * What a name stands for to one pod: `dnsConfig` adds to the search list of cluster DNS and, with dnsPolicy None, is all there is
 * (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-dns-config).
 */
export function resolveFor(world: World, pod: PodPlace, host: string): Resolution {
  const { index } = world;
  const namespace = placed(world, pod.podSet.namespace);
  const written = searchList(world, pod, namespace);
  if (!written || host.endsWith('.')) return resolveHost(world, host, namespace);
  const dots = host.split('.').length - 1;
  const searched = written.searches.map((suffix) => `${host}.${suffix}`);
  const names = dots >= written.ndots ? [host, ...searched] : [...searched, host];
  for (const [position, name] of names.entries()) {
    const whole = `${name}.`;
    if (index.resolveName(whole, namespace).state !== 'found' && !isApiServerName(index, whole, namespace)) continue;
    const answer = resolveHost(world, whole, namespace);
    if (!('lookup' in answer)) return answer;
    return { ...answer, lookup: { asked: host, fullName: answer.lookup.fullName, tried: position + 1, of: names.length, names, ndots: written.ndots } };
  }
  if (!written.only || !isClusterName(index, host)) return resolveHost(world, host, namespace);
  const { template, resource } = pod.podSet;
  const because = [evidence(resource, [...template.path, 'spec', 'dnsPolicy'], 'missing', 'dnsPolicy None: the search list is that of dnsConfig alone')];
  return { kind: 'absent', reason: `no name of the pod’s own search list makes ${host} a name of the cluster`, because };
}

/** Whether `dnsConfig` names the cluster's own DNS: its Service, any other address of the Service range, or NodeLocal DNSCache. */
export function asksClusterDns(world: World, pod: PodPlace): boolean {
  return listOf(pod, ['nameservers']).some((text) => {
    const address = parseAddress(text);
    if (!address) return false;
    return text === world.plan.dns.text || text === '169.254.20.10' || serviceRanges(world.index).some((range) => cidrContains(range, address));
  });
}

interface SearchList {
  readonly searches: readonly string[];
  readonly ndots: number;
  /** Nothing of the kubelet's own list is there. */
  readonly only: boolean;
}

const mostSearches = 32;

/** Undefined where the manifest changes nothing of the usual list. */
function searchList(world: World, pod: PodPlace, namespace: string): SearchList | undefined {
  const only = known(pod.podSet.template.dnsPolicy) === 'None';
  const written = listOf(pod, ['searches']).map((text) => text.replace(/\.$/, ''));
  const ndots = ndotsOf(pod);
  if (!only && written.length === 0 && ndots === undefined) return undefined;
  const zone = world.index.clusterDomain;
  const usual = only ? [] : [`${namespace}.svc.${zone}`, `svc.${zone}`, zone];
  return { searches: [...new Set([...usual, ...written])].slice(0, mostSearches), ndots: ndots ?? (only ? 1 : 5), only };
}

function ndotsOf(pod: PodPlace): number | undefined {
  const options = valueOf(pod, ['options']);
  if (!Array.isArray(options)) return undefined;
  for (let at = 0; at < Math.min(options.length, mostSearches); at++) {
    if (valueOf(pod, ['options', at, 'name']) !== 'ndots') continue;
    const value = valueOf(pod, ['options', at, 'value']);
    if (typeof value === 'string' && /^\d{1,2}$/.test(value)) return Math.min(15, Number(value));
  }
  return undefined;
}

function listOf(pod: PodPlace, path: readonly (string | number)[]): readonly string[] {
  const value = valueOf(pod, path);
  return Array.isArray(value) ? value.slice(0, mostSearches).filter((item): item is string => typeof item === 'string' && item !== '') : [];
}

function valueOf({ podSet }: PodPlace, path: readonly (string | number)[]): unknown {
  return valueAt(podSet.resource, [...podSet.template.path, 'spec', 'dnsConfig', ...path]);
}

/** Which IP families a question is about: those that the Service at its end has, or those of the cluster. */
import { parseAddress } from '../base/addresses';
import { known } from '../base/opaque';
import type { ClusterIndex } from '../cluster/clusterIndex';
import { podRanges, serviceRanges } from '../cluster/addressPlan';
import type { Resource } from '../model/resources';
import { isClusterName } from './hostNames';
import type { Question } from './offered';

export type Family = 4 | 6;

/** https://kubernetes.io/docs/concepts/services-networking/dual-stack/#services */
export function serviceFamilies(index: ClusterIndex, service: Resource<'Service'>): readonly Family[] {
  const { spec } = service;
  const written = spec.ipFamilies.flatMap((family): Family[] => (known(family) === 'IPv6' ? [6] : known(family) === 'IPv4' ? [4] : []));
  const addresses = [spec.clusterIP, ...spec.clusterIPs].flatMap((value): Family[] => {
    const address = parseAddress(known(value) ?? '');
    return address ? [address.family] : [];
  });
  const cluster = clusterFamilies(index);
  const policy = known(spec.ipFamilyPolicy);
  const first = written[0] ?? addresses[0] ?? cluster[0] ?? 4;
  const both = written.length > 1 || new Set(addresses).size > 1 || policy === 'RequireDualStack' || (policy === 'PreferDualStack' && cluster.length > 1);
  return both ? [first, first === 4 ? 6 : 4] : [first];
}

/** The families of the cluster's ranges, the first one first; IPv4 where nobody says. */
export function clusterFamilies(index: ClusterIndex): readonly Family[] {
  const ranges = index.ranges.service.length > 0 ? serviceRanges(index) : podRanges(index);
  const families = new Set(ranges.map((range) => range.family));
  return families.size > 0 ? [...families] : [4];
}

/** Those that the trace follows, each as branches of its own. */
export function familiesOf(index: ClusterIndex, { flow, from, to, gateway }: Question, namespace: string): readonly Family[] {
  const asked = flow.options?.ipFamily;
  if (asked === 4 || asked === 6) return [asked];
  if (to.kind === 'address') return [to.address.family];
  if (from.kind === 'address') return [from.address.family];
  const client = parseAddress(flow.options?.clientAddress ?? '');
  if (client) return [client.family];
  if (to.kind === 'service') return serviceFamilies(index, to.service);
  const [primary = 4] = clusterFamilies(index);
  if (to.kind === 'host' && !gateway) {
    const sender = from.kind === 'pods' ? (from.podSet.namespace ?? namespace) : namespace;
    const target = index.resolveName(to.host, sender);
    if (target.state === 'found' && known(target.value.service.spec.type) !== 'ExternalName') return serviceFamilies(index, target.value.service);
    if (isClusterName(index, to.host)) return [primary];
  }
  return [primary];
}

/** trafficDistribution: endpoints near the client are preferred, where the Nodes tell what is near. */
import { known } from '../base/opaque';
import type { PlannedNode } from '../cluster/addressPlan';
import type { Resource } from '../model/resources';
import type { EndpointGroup } from './walk';

export interface NearGroups {
  readonly groups: readonly EndpointGroup[];
  /** What was preferred, or why nothing could be; undefined where the Service asks for nothing. */
  readonly words?: string;
  readonly narrowed: boolean;
}

/**
 * PreferSameZone and its old name PreferClose keep to the client's zone while it has an endpoint, PreferSameNode to its node first; zones are
 * only used when every endpoint has one (https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution).
 */
export function nearGroups(service: Resource<'Service'>, groups: readonly EndpointGroup[], client: PlannedNode | undefined): NearGroups {
  const asked = known(service.spec.trafficDistribution);
  if (asked !== 'PreferClose' && asked !== 'PreferSameZone' && asked !== 'PreferSameNode') return { groups, narrowed: false };
  if (!client) return { groups, narrowed: false, words: `trafficDistribution ${asked} needs a client inside the cluster.` };
  if (asked === 'PreferSameNode') {
    const here = groups.filter((group) => group.pod.node.name === client.name);
    if (here.length > 0)
      return { groups: here, narrowed: here.length < groups.length, words: `trafficDistribution ${asked}: endpoints of ${client.name} come first.` };
  }
  const zone = zoneOf(client);
  if (zone === undefined || groups.some((group) => zoneOf(group.pod.node) === undefined))
    return { groups, narrowed: false, words: `trafficDistribution ${asked}: no Node of these files says its zone, so all endpoints stay.` };
  const near = groups.filter((group) => zoneOf(group.pod.node) === zone);
  if (near.length === 0) return { groups, narrowed: false, words: `trafficDistribution ${asked}: the zone ${zone} has no endpoint, so all stay.` };
  return { groups: near, narrowed: near.length < groups.length, words: `trafficDistribution ${asked}: endpoints of the zone ${zone} come first.` };
}

export function zoneOf(node: PlannedNode): string | undefined {
  return known(node.resource?.metadata.labels.entries.get('topology.kubernetes.io/zone'));
}

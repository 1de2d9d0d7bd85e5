/** Whom a workload may send to, as the policies of its own end say. */
import type { PodSet } from '../cluster/clusterIndex';
import { allowedPorts } from '../cluster/policyPorts';
import { hasPort, everyPort, noPorts, type PortSet } from '../cluster/portSet';
import { known } from '../base/opaque';
import { concurrentContainers } from '../model/pod';
import type { TopologyCard, TopologyEgress } from '../protocol/topology';
import { protocols, type TransportProtocol } from '../protocol/trace';
import type { GraphBuilder } from './graph';
import type { PeerGroup, PeerGroups } from './peerGroups';

/** Writes it on the card of each workload. `enforced`: the network plugin enforces NetworkPolicy. */
export function addEgress(graph: GraphBuilder, groups: PeerGroups, enforced: boolean): void {
  const counts = new PortCounts();
  for (const podSet of graph.podSets) {
    const card = graph.cards.get(graph.workloadCards.get(podSet.key) ?? '');
    if (card) graph.addCard(withEgress(card, egressOf(graph, podSet, groups, counts, enforced)));
  }
}

/** The same card for the same answer, so that whoever adds to it after an edit need not do so again. */
const told = new WeakMap<TopologyCard, TopologyCard>();

function withEgress(card: TopologyCard, egress: TopologyEgress): TopologyCard {
  const kept = told.get(card);
  if (kept?.egress && sameEgress(kept.egress, egress)) return kept;
  const made = { ...card, egress };
  told.set(card, made);
  return made;
}

function sameEgress(a: TopologyEgress, b: TopologyEgress): boolean {
  if (a.state !== 'limited' || b.state !== 'limited') return a.state === b.state;
  return a.workloads === b.workloads && a.outside === b.outside;
}

const open: TopologyEgress = { state: 'open' };

function egressOf(graph: GraphBuilder, subject: PodSet, groups: PeerGroups, counts: PortCounts, enforced: boolean): TopologyEgress {
  if (subject.template.hostNetwork || groups.nothingLimits(subject, 'Egress')) return open;
  const allowed = (peer: Parameters<typeof allowedPorts>[1]['peer']): PortSet => allowedPorts(graph.index, { direction: 'Egress', subject, peer }).allowed;
  const outside = allowed({ kind: 'outside', scope: 'internet' });
  const policies = graph.policiesOn(subject, 'Egress').map(({ policy }) => policy);
  let workloads = 0;
  let isWhole = outside === everyPort;
  for (const group of groups.for(policies, 'Egress')) {
    const one = group.oneBeside(subject);
    if (!one) continue;
    const ports = allowed({ kind: 'pods', podSet: one });
    if (ports !== everyPort) isWhole = false;
    workloads += counts.of(group, ports, subject);
  }
  if (isWhole) return open;
  if (!enforced) return { state: 'not-enforced' };
  const elsewhere = outside !== noPorts || allowedPorts(graph.index, { direction: 'Egress', subject, peer: { kind: 'unknown-pod' } }).denied !== everyPort;
  return workloads === 0 && !elsewhere ? { state: 'closed' } : { state: 'limited', workloads, outside: outside !== noPorts };
}

/** How many pods of a group listen on one of some ports; groups and sets of ports recur. */
class PortCounts {
  private readonly counts = new Map<PeerGroup, Map<PortSet, number>>();
  private readonly ports = new Map<PodSet, readonly { readonly protocol: TransportProtocol; readonly number: number }[]>();

  of(group: PeerGroup, ports: PortSet, except: PodSet): number {
    if (ports === noPorts) return 0;
    if (ports === everyPort) return group.size - (group.has(except) ? 1 : 0);
    let byPorts = this.counts.get(group);
    if (!byPorts) this.counts.set(group, (byPorts = new Map<PortSet, number>()));
    const all = byPorts.get(ports) ?? group.pods().filter((podSet) => this.listens(podSet, ports)).length;
    byPorts.set(ports, all);
    return all - (group.has(except) && this.listens(except, ports) ? 1 : 0);
  }

  /** A pod that declares no port listens somewhere all the same: it counts wherever anything may be sent to it. */
  private listens(podSet: PodSet, allowed: PortSet): boolean {
    const ports = this.ports.get(podSet) ?? declaredPorts(podSet);
    this.ports.set(podSet, ports);
    return ports.length === 0 || ports.some(({ protocol, number }) => hasPort(allowed, protocol, number));
  }
}

function declaredPorts({ template }: PodSet): readonly { readonly protocol: TransportProtocol; readonly number: number }[] {
  return concurrentContainers(template).flatMap((container) =>
    container.ports.flatMap(({ containerPort, protocol }) => {
      const number = known(containerPort);
      return number === undefined ? [] : [{ protocol: protocols.find((name) => name === known(protocol)) ?? 'TCP', number }];
    }),
  );
}

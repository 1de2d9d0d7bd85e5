/** Gates before workloads, and what the policies and cluster DNS say in a line each. */
import { known } from '../base/opaque';
import type { PodSet } from '../cluster/clusterIndex';
import { allowedPorts } from '../cluster/policyPorts';
import type { PolicyPeerEnd, PolicyVerdict } from '../cluster/policyVerdict';
import { hasPort } from '../cluster/portSet';
import { isolates } from '../model/policyTypes';
import type { Resource } from '../model/resources';
import { protocols, type TransportProtocol } from '../protocol/trace';
import type { Topology, TopologyGate, TopologyPolicy } from '../protocol/topology';
import { sourceOf, type GraphBuilder } from './graph';
import type { PeerGroup, PeerGroups } from './peerGroups';

export function buildGates(graph: GraphBuilder, groups: PeerGroups, enforced: boolean): readonly TopologyGate[] {
  return graph.podSets.flatMap((podSet) => {
    const workload = graph.workloadCards.get(podSet.key);
    const policies = graph.policiesOn(podSet, 'Ingress').filter(({ selects }) => selects === 'yes');
    if (workload === undefined || policies.length === 0 || podSet.template.hostNetwork) return [];
    const named = policies.map(({ policy }) => ({ name: policy.metadata.name, source: sourceOf(policy, []) }));
    // A policy that only perhaps selects the pod has a say as well.
    const senders = groups.for(
      graph.policiesOn(podSet, 'Ingress').map(({ policy }) => policy),
      'Ingress',
    );
    const gate = (letsIn: LetsIn, port?: string): TopologyGate => ({
      workload,
      state: !enforced ? 'not-enforced' : letsIn === 0 ? 'closed' : 'open',
      letsIn,
      policies: named,
      ...(port === undefined ? {} : { port }),
    });
    const rows = (graph.cards.get(workload)?.ports ?? []).filter((row) => row.number !== null);
    if (rows.length === 0)
      return [
        gate(
          undeclaredPorts(policies.map(({ policy }) => policy)).reduce<LetsIn>((most, port) => greater(most, letIn(graph, podSet, senders, port, 'TCP')), 0),
        ),
      ];
    return rows.map((row) => gate(letIn(graph, podSet, senders, row.number ?? 0, protocolOf(row.protocol)), row.id));
  });
}

/** Whom a gate lets in. */
type LetsIn = TopologyGate['letsIn'];

/** How many workloads may connect; `all` when somebody outside may as well, `others` when only who is in no file may. */
function letIn(graph: GraphBuilder, subject: PodSet, senders: readonly PeerGroup[], port: number, protocol: TransportProtocol): LetsIn {
  const verdict = (peer: PolicyPeerEnd): PolicyVerdict['verdict'] => {
    const { allowed, denied } = allowedPorts(graph.index, { direction: 'Ingress', subject, peer });
    return hasPort(allowed, protocol, port) ? 'allowed' : hasPort(denied, protocol, port) ? 'denied' : 'unknown';
  };
  let count = 0;
  for (const group of senders) {
    const one = group.oneBeside(subject);
    if (one && verdict({ kind: 'pods', podSet: one }) === 'allowed') count += group.size - (group.has(subject) ? 1 : 0);
  }
  if (count === graph.podSets.length - 1 && verdict({ kind: 'outside', scope: 'internet' }) === 'allowed') return 'all';
  const others = count === 0 && (verdict({ kind: 'unknown-pod' }) !== 'denied' || verdict({ kind: 'outside', scope: 'internet' }) !== 'denied');
  return others ? 'others' : count;
}

/** For pods that declare no port: those that the rules name, or any one where a rule names none. */
function undeclaredPorts(policies: readonly Resource<'NetworkPolicy'>[]): readonly number[] {
  const ports = new Set<number>();
  for (const rule of policies.flatMap((policy) => policy.spec.ingress)) {
    if (!rule.ports || rule.ports.length === 0) ports.add(80);
    for (const entry of rule.ports ?? []) {
      const port = known(entry.port);
      ports.add(typeof port === 'number' ? port : 80);
    }
  }
  return [...ports].slice(0, 20);
}

function greater(a: LetsIn, b: LetsIn): LetsIn {
  if (a === 'all' || b === 'all') return 'all';
  const most = Math.max(a === 'others' ? 0 : a, b === 'others' ? 0 : b);
  return most === 0 && (a === 'others' || b === 'others') ? 'others' : most;
}

function protocolOf(text: string): TransportProtocol {
  return protocols.find((protocol) => protocol === text) ?? 'TCP';
}

/** Each policy with the workloads that it surely selects. */
export function describePolicies(graph: GraphBuilder): readonly TopologyPolicy[] {
  const selected = new Map<Resource, Set<string>>();
  const totals = new Map<string, number>();
  for (const podSet of graph.podSets) {
    const namespace = graph.namespaceName(podSet.namespace);
    totals.set(namespace, (totals.get(namespace) ?? 0) + 1);
    const workload = graph.workloadCards.get(podSet.key);
    if (workload === undefined) continue;
    for (const direction of ['Ingress', 'Egress'] as const) {
      for (const { policy, selects } of graph.policiesOn(podSet, direction)) {
        const list = selected.get(policy) ?? new Set<string>();
        if (selects === 'yes') selected.set(policy, list.add(workload));
      }
    }
  }
  return graph.index
    .ofKind('NetworkPolicy')
    .filter((policy) => policy.metadata.name !== '')
    .map((policy) => {
      const namespace = graph.namespaceName(graph.index.namespaceOf(policy));
      const selects = [...(selected.get(policy) ?? [])];
      const total = totals.get(namespace) ?? 0;
      const whom =
        selects.length > 0 && selects.length === total
          ? `selects all ${total} workloads of ${namespace}`
          : `selects ${selects.length} of ${total} workloads of ${namespace}`;
      return {
        id: `networkpolicy/${namespace}/${policy.metadata.name}`,
        name: policy.metadata.name,
        namespace,
        says: `${whom}: ${effectOf(policy)}`,
        selects,
        source: sourceOf(policy, []),
      };
    })
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function effectOf(policy: Resource<'NetworkPolicy'>): string {
  const { ingress, egress } = policy.spec;
  const parts: string[] = [];
  const isolatesIngress = isolates(policy.spec, 'Ingress') === 'yes';
  const isolatesEgress = isolates(policy.spec, 'Egress') === 'yes';
  const opens = 'unless a policy of their own opens';
  if (isolatesIngress && isolatesEgress && ingress.length === 0 && egress.length === 0) return `closed both ways, ${opens}`;
  if (isolatesIngress) parts.push(ingress.length === 0 ? `closed, ${opens}` : `lets in by ${rules(ingress.length)}`);
  if (isolatesEgress) parts.push(egress.length === 0 ? `may send nowhere, ${opens}` : `lets out by ${rules(egress.length)}`);
  return parts.join('; ') || 'its directions cannot be known';
}

function rules(count: number): string {
  return `${count} ${count === 1 ? 'rule' : 'rules'}`;
}

/** Who may ask cluster DNS, which stands in kube-system in every usual cluster. https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/ */
export function describeDns(graph: GraphBuilder): Topology['dns'] {
  const total = graph.podSets.length;
  const shut = graph.podSets.filter((subject) =>
    hasPort(allowedPorts(graph.index, { direction: 'Egress', subject, peer: { kind: 'unknown-pod' } }).denied, 'UDP', 53),
  ).length;
  const all = total === 1 ? 'the one workload' : `all ${total} workloads`;
  const open =
    total === 0
      ? ''
      : shut === 0
        ? `open to ${all}`
        : `closed to ${shut === total ? all : `${shut} of ${total} workloads`} by ${total === 1 ? 'its' : 'their'} egress policies`;
  const written = graph.index.ofKind('Service').some((service) => service.metadata.name === 'kube-dns' && graph.index.namespaceOf(service) === 'kube-system');
  return { label: 'Cluster DNS', says: ['kube-system/kube-dns :53', open].filter(Boolean).join(' · '), assumed: !written };
}

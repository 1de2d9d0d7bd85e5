/** A port without a protocol, which is TCP, where the pods use UDP. */
import { known } from '../../base/opaque';
import type { ClusterIndex, PodSet } from '../../cluster/clusterIndex';
import type { Mark } from '../../model/finding';
import { concurrentContainers } from '../../model/pod';
import { isolates } from '../../model/policyTypes';
import { valueAt } from '../../model/resources';
import { contextRule } from '../rule';
import { policyDirections, policyRules, type PolicyRule } from '../shared/cidrs';
import { hasOpenPorts, podsOfPeer, podsText, subjectsOf } from '../shared/policyPods';

export const protocolMissingUdp = contextRule({
  meta: {
    id: 'policy/protocol-missing-udp',
    severity: 'warning',
    default: 'warning',
    tier: 'B',
    summary: 'A port without `protocol` means TCP, and the pods use UDP.',
    why: 'A port of a policy that has no `protocol` is a TCP port. Where the pods use that number with UDP only, as DNS, syslog and statsd do, the entry opens a port on which nobody listens, and the datagrams are dropped.',
    remedy: 'Write `protocol: UDP`.',
    references: [
      '[NetworkPolicy API: ports](https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/)',
      '`staging/src/k8s.io/api/networking/v1/types.go` (NetworkPolicyPort.Protocol)',
    ],
    messages: {
      pods: 'Without `protocol` this is TCP; {pods} uses UDP {port}.',
      dns: 'Without `protocol` this is TCP; DNS asks over UDP 53.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy, index) {
    if (policy.partial) return;
    for (const direction of policyDirections) {
      if (isolates(policy.spec, direction) !== 'yes') continue;
      for (const rule of policyRules(policy, direction)) {
        const entries = rule.rule.ports ?? [];
        for (const entry of entries) {
          const port = known(entry.port);
          if (
            typeof port !== 'number' ||
            entry.endPort !== undefined ||
            valueAt(policy, [...entry.path, 'protocol']) !== undefined ||
            entry.protocol !== undefined
          )
            continue;
          // Somebody who writes both protocols knows what the first one is.
          if (entries.some((other) => other !== entry && (known(other.port) === port || other.port === undefined) && other.protocol !== undefined)) continue;
          const pods = udpPods(rule, port, index);
          const dns = pods.length === 0 && direction === 'Egress' && port === 53 && !opensDns(policy.spec.egress) && !knowsTcp(rule, port, index);
          if (pods.length === 0 && !dns) continue;
          yield {
            at: { resource: policy, path: [...entry.path, 'port'] },
            message: dns ? ('dns' as const) : ('pods' as const),
            data: dns ? {} : { pods: podsText(pods), port },
            related: pods
              .flatMap((podSet) => declaredAt(podSet, port))
              .slice(0, 4)
              .map((mark) => ({ mark, message: `UDP ${port} is declared here.` })),
            fixes: [
              {
                title: 'Use protocol UDP',
                preferred: true,
                edits: [{ kind: 'insert' as const, resource: policy, path: entry.path, key: 'protocol', value: 'UDP' }],
              },
            ],
          };
        }
      }
    }
  },
});

function targetsOf(rule: PolicyRule, index: ClusterIndex): readonly PodSet[] {
  if (rule.direction === 'Ingress') return subjectsOf(rule.policy, index).pods;
  return (rule.rule.peers ?? []).flatMap((peer) => podsOfPeer(rule.policy, peer, index)?.pods ?? []);
}

/** The target pods, when all of them declare the number, and with UDP alone. */
function udpPods(rule: PolicyRule, port: number, index: ClusterIndex): readonly PodSet[] {
  const targets = targetsOf(rule, index);
  const isUdpOnly = (podSet: PodSet): boolean => {
    const protocols = protocolsOf(podSet, port);
    return protocols.length > 0 && protocols.every((protocol) => protocol === 'UDP');
  };
  return targets.length > 0 && !targets.some(hasOpenPorts) && targets.every(isUdpOnly) ? targets : [];
}

function knowsTcp(rule: PolicyRule, port: number, index: ClusterIndex): boolean {
  return targetsOf(rule, index).some((podSet) => protocolsOf(podSet, port).includes('TCP'));
}

function protocolsOf(podSet: PodSet, port: number): readonly (string | undefined)[] {
  return concurrentContainers(podSet.template)
    .flatMap((container) => container.ports)
    .filter((declared) => known(declared.containerPort) === port)
    .map((declared) => (declared.protocol === undefined ? 'TCP' : known(declared.protocol)));
}

function declaredAt(podSet: PodSet, port: number): Mark[] {
  return concurrentContainers(podSet.template)
    .flatMap((container) => container.ports)
    .flatMap((declared) => (known(declared.containerPort) === port ? [{ resource: podSet.resource, path: [...declared.path, 'containerPort'] }] : []));
}

/** Another rule of the policy lets UDP 53 out: then this one is about TCP. */
function opensDns(rules: readonly PolicyRule['rule'][]): boolean {
  return rules.some(
    ({ ports }) => ports === undefined || ports.length === 0 || ports.some((entry) => entry.protocol !== undefined && entry.protocol !== 'TCP'),
  );
}

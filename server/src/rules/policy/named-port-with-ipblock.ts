/** A named port towards addresses. */
import { known } from '../../base/opaque';
import { isolates } from '../../model/policyTypes';
import { documentRule } from '../rule';
import { policyRules } from '../shared/cidrs';

export const namedPortWithIpblock = documentRule({
  meta: {
    id: 'policy/named-port-with-ipblock',
    severity: 'warning',
    default: 'warning',
    tier: 'B',
    summary: 'A named port in an egress rule about addresses.',
    why: 'The name of a port is looked up on the destination pod. An egress rule whose peers are `ipBlock`s is about addresses, behind which there is usually no pod and so no name: the entry matches nothing, and the traffic is dropped.',
    remedy: 'Write the number of the port.',
    references: [
      '[NetworkPolicy API: ports](https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/)',
      '`staging/src/k8s.io/api/networking/v1/types.go` (NetworkPolicyPort.Port)',
    ],
    messages: {
      name: 'The name `{name}` cannot be resolved for an address range; use a number.',
    },
    fixable: false,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    if (isolates(policy.spec, 'Egress') !== 'yes') return;
    for (const { rule } of policyRules(policy, 'Egress')) {
      const peers = rule.peers ?? [];
      const block = peers[0]?.ipBlock;
      if (!block || peers.some((peer) => !peer.ipBlock || peer.podSelector !== undefined || peer.namespaceSelector !== undefined)) continue;
      for (const entry of rule.ports ?? []) {
        const name = known(entry.port);
        if (typeof name !== 'string' || !/[a-z]/i.test(name)) continue;
        yield {
          at: { resource: policy, path: [...entry.path, 'port'] },
          message: 'name' as const,
          data: { name },
          related: [{ mark: { resource: policy, path: [...block.path, 'cidr'] }, message: 'A range of addresses.' }],
        };
      }
    }
  },
});

/** A rule for DNS whose selector misses the DNS pods. */
import { known } from '../../base/opaque';
import { valueAt, type NetworkPolicyRule } from '../../model/resources';
import { contextRule } from '../rule';

export const dnsSelectorWrong = contextRule({
  meta: {
    id: 'policy/dns-selector-wrong',
    severity: 'warning',
    default: 'warning',
    tier: 'B',
    summary: 'A rule for DNS selects pods by `k8s-app: coredns`.',
    why: 'The DNS server of most clusters is CoreDNS, but its pods carry the label of its predecessor, `k8s-app: kube-dns`, so that Services and policies could stay as they were. A rule for port 53 to `k8s-app: coredns` matches nobody, and every look-up times out.',
    remedy: 'Select `k8s-app: kube-dns` in the namespace `kube-system`.',
    references: [
      '`cmd/kubeadm/app/phases/addons/dns/manifests.go` (labels of the DNS pods)',
      '[Customizing DNS Service](https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/)',
    ],
    messages: {
      label: 'The DNS pods carry k8s-app=kube-dns in kube-system, not k8s-app=coredns.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy, index) {
    for (const rule of policy.spec.egress) {
      // Both labels beside each other are for clusters of both kinds.
      if (!isForDns(rule) || (rule.peers ?? []).some((peer) => known(peer.podSelector?.matchLabels.get('k8s-app')) === 'kube-dns')) continue;
      for (const peer of rule.peers ?? []) {
        if (known(peer.podSelector?.matchLabels.get('k8s-app')) !== 'coredns' || !peer.podSelector) continue;
        const path = [...peer.path, 'podSelector', 'matchLabels', 'k8s-app'];
        const { yes, maybe } = index.select('kube-system', peer.podSelector);
        if (yes.length > 0 || maybe.length > 0 || valueAt(policy, path) === undefined) continue;
        // Who names another namespace has DNS servers of his own there.
        const namespace = peer.namespaceSelector?.matchLabels.get('kubernetes.io/metadata.name');
        if (namespace !== undefined && namespace !== 'kube-system') continue;
        yield {
          at: { resource: policy, path },
          message: 'label' as const,
          fixes: [{ title: 'Select k8s-app=kube-dns', preferred: true, edits: [{ kind: 'replace' as const, resource: policy, path, value: 'kube-dns' }] }],
        };
      }
    }
  },
});

function isForDns({ ports }: NetworkPolicyRule): boolean {
  return (ports ?? []).some((entry) => entry.port === 53);
}

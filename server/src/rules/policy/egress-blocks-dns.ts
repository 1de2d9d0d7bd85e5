/** Pods whose egress policies leave out DNS. */
import type { ClusterIndex, PodSet } from '../../cluster/clusterIndex';
import { callsOf } from '../../cluster/serviceCalls';
import type { Edit, Finding, Fix } from '../../model/finding';
import { isolates } from '../../model/policyTypes';
import type { Resource } from '../../model/resources';
import { contextRule } from '../rule';
import { asksClusterDns, isDnsDenied, udpOnlyRule } from '../shared/dnsPolicy';
import { addRule, append } from '../shared/policyEdits';
import { podsText, policiesCount, rulesMark } from '../shared/policyPods';

type Message = 'blocked' | 'addresses' | 'tcp';

const mostPods = 200;

export const egressBlocksDns = contextRule<'NetworkPolicy', Message>({
  meta: {
    id: 'policy/egress-blocks-dns',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'Egress policies of a pod leave out DNS.',
    why: 'A pod that a policy isolates for egress reaches only what some policy allows, and DNS is no exception. Without a rule for port 53 to the DNS pods (`k8s-app: kube-dns` in `kube-system`, UDP and TCP) every look-up times out, and so does whatever the pod calls by name, even where the connection itself is allowed. The address of the DNS Service does not help in an `ipBlock`: policies see the address of the DNS pod. A `podSelector` on its own does not help either: it looks in the policy’s own namespace.',
    remedy:
      'Allow UDP and TCP 53 to the DNS pods, in this policy or in one for all pods of the namespace. With NodeLocal DNSCache allow its address, 169.254.20.10, too; on OpenShift the DNS pods are in `openshift-dns` and listen on 5353.',
    references: [
      '[Default deny all egress traffic](https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic)',
      '[DNS for Services and Pods](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/)',
      '[NodeLocal DNSCache](https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/)',
      '`cmd/kubeadm/app/phases/addons/dns/manifests.go` (labels and ports of the DNS pods)',
    ],
    messages: {
      blocked: 'Pods of {pods} may not reach cluster DNS, so no host name resolves there.',
      addresses: 'Pods of {pods} may not reach cluster DNS. That is fine as long as they call addresses only.',
      tcp: 'Pods of {pods} may ask DNS over UDP and not over TCP, which long answers need.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy, index) {
    if (policy.partial || policy.metadata.namespaceOpaque || isolates(policy.spec, 'Egress') !== 'yes' || !policiesCount(index)) return;
    const { yes } = index.select(index.namespaceOf(policy), policy.spec.podSelector);
    const blocked: PodSet[] = [];
    const addresses: PodSet[] = [];
    const udpOnly: PodSet[] = [];
    const hasUdp = policy.spec.egress.some((rule) => rule.ports?.some((entry) => entry.protocol === 'UDP'));
    for (const podSet of yes.slice(0, mostPods)) {
      if (podSet.resource.partial || !asksClusterDns(podSet.template)) continue;
      const policies = index.policiesOn(podSet, 'Egress');
      if (homeOf(policies) !== policy) {
        if (hasUdp && udpOnlyRule(podSet, index)?.policy === policy) udpOnly.push(podSet);
        continue;
      }
      if (isDnsDenied(podSet, index)) {
        const need = needOf(podSet, policies, index);
        if (need === 'names') blocked.push(podSet);
        else if (need === 'addresses') addresses.push(podSet);
      } else if (hasUdp && udpOnlyRule(podSet, index)?.policy === policy) udpOnly.push(podSet);
    }
    if (blocked.length > 0) yield finding(policy, 'blocked', blocked);
    else if (addresses.length > 0) yield finding(policy, 'addresses', addresses);
    if (udpOnly.length > 0) yield finding(policy, 'tcp', udpOnly, index);
  },
});

type PoliciesOn = ReturnType<ClusterIndex['policiesOn']>;

/** The policy at which a pod's finding stands: the first that allows something, else the first. */
function homeOf(policies: PoliciesOn): Resource<'NetworkPolicy'> | undefined {
  const sure = policies.filter(({ selects }) => selects === 'yes').map(({ policy }) => policy);
  return sure.find((policy) => policy.spec.egress.length > 0) ?? sure[0];
}

/**
 * Does the pod need names? It does when it writes one, or when it may send to something other than an address. A pod that may send nothing
 * and calls nobody is meant to be cut off.
 */
function needOf(podSet: PodSet, policies: PoliciesOn, index: ClusterIndex): 'names' | 'addresses' | 'none' {
  const rules = policies.flatMap(({ policy }) => policy.spec.egress);
  if (rules.some((rule) => !rule.peers?.length || rule.peers.some((peer) => peer.ipBlock === undefined))) return 'names';
  if (callsOf(podSet, index).some((call) => !call.host.startsWith('$') && 'type' in call.target)) return 'names';
  return rules.length > 0 ? 'addresses' : 'none';
}

function finding(policy: Resource<'NetworkPolicy'>, message: Message, pods: readonly PodSet[], index?: ClusterIndex): Finding<Message> {
  const [first] = pods;
  const edit = message === 'tcp' ? first && index && tcpEdit(first, index) : addRule(policy, 'Egress', dnsRule);
  const fix: Fix | undefined = edit && { title: message === 'tcp' ? 'Allow DNS over TCP' : 'Allow DNS', preferred: true, edits: [edit] };
  return {
    at:
      policy.spec.egress.length > 0 || policy.spec.policyTypes === undefined
        ? rulesMark(policy, 'egress')
        : { resource: policy, path: ['spec', 'policyTypes'], part: 'key' },
    message,
    ...(message === 'blocked' ? {} : { severity: 'information' as const }),
    data: { pods: podsText(pods) },
    related: pods
      .slice(0, 8)
      .map((podSet) => ({ mark: { resource: podSet.resource, path: ['metadata', 'name'] }, message: 'Its pods are isolated for egress.' })),
    fixes: fix ? [fix] : [],
  };
}

const dnsRule = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

function tcpEdit(podSet: PodSet, index: ClusterIndex): Edit | undefined {
  const allowing = udpOnlyRule(podSet, index);
  return allowing && append(allowing.policy, [...allowing.rule.path, 'ports'], { protocol: 'TCP', port: 53 });
}

/** May a pod reach the cluster's DNS, as far as policies tell? The DNS pods themselves are in hardly any manifest. */
import { parseAddress } from '../../base/addresses';
import { isOpaque, known, textOf } from '../../base/opaque';
import type { ClusterIndex, PodSet } from '../../cluster/clusterIndex';
import { policyVerdict, type PolicyModes, type PolicyPeerEnd, type PolicyVerdict } from '../../cluster/policyVerdict';
import { noLabels, type Labels } from '../../model/labels';
import type { PodTemplate } from '../../model/pod';
import type { NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicyRule, Resource } from '../../model/resources';
import type { TransportProtocol } from '../../protocol/trace';
import { knowsPort, podsOfPeer } from './policyPods';

/** Port of the DNS pods on OpenShift: https://docs.openshift.com/container-platform/4.8/networking/dns-operator.html */
const openShiftPort = 5353;
/** Where NodeLocal DNSCache listens on the nodes: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/ */
const nodeLocalAddress = '169.254.20.10';

/** Manifests that write no namespace go where the user is, which is not where the cluster keeps its DNS. */
const placed: PolicyModes = { namespace: 'default' };

/** True when nothing lets the pod ask DNS over UDP: no known, usual or merely possible DNS server is allowed, and no rule looks as if it were meant for one. */
export function isDnsDenied(subject: PodSet, index: ClusterIndex): boolean {
  const local = parseAddress(nodeLocalAddress);
  const ask = (peer: PolicyPeerEnd, port: number): PolicyVerdict => policyVerdict(index, { direction: 'Egress', subject, peer, protocol: 'UDP', port }, placed);
  const first = ask({ kind: 'pods', podSet: anyDnsPods('kube-system') }, 53);
  if (first.verdict !== 'denied') return false;
  for (const { policy } of first.policies) if (policy.spec.egress.some((rule) => isMeantForDns(policy, rule, index))) return false;
  const others: readonly (readonly [PolicyPeerEnd, number])[] = [
    [{ kind: 'pods', podSet: anyDnsPods('kube-system') }, openShiftPort],
    [{ kind: 'pods', podSet: anyDnsPods('openshift-dns') }, openShiftPort],
    ...(local ? [[{ kind: 'address', address: local }, 53] as const] : []),
    // Where nobody says which addresses pods have, they may have any private one.
    ...(index.ranges.pod.length === 0 ? [[{ kind: 'node', ownNode: 'no' }, 53] as const] : []),
    ...knownDnsPods(index).map((podSet): readonly [PolicyPeerEnd, number] => [{ kind: 'pods', podSet }, 53]),
  ];
  return others.every(([peer, port]) => ask(peer, port).verdict === 'denied');
}

/** The rule that surely allows DNS over UDP, when none allows it over TCP, which long answers need. */
export function udpOnlyRule(
  subject: PodSet,
  index: ClusterIndex,
): { readonly policy: Resource<'NetworkPolicy'>; readonly rule: NetworkPolicyRule } | undefined {
  const ask = (protocol: TransportProtocol): PolicyVerdict =>
    policyVerdict(index, { direction: 'Egress', subject, peer: { kind: 'pods', podSet: usualDnsPods }, protocol, port: 53 }, placed);
  const udp = ask('UDP');
  if (udp.verdict !== 'allowed' || udp.deciding.kind !== 'rule') return undefined;
  const tcp = ask('TCP');
  if (tcp.verdict !== 'denied') return undefined;
  // Another rule for DNS may be the one for TCP, towards pods that these labels do not describe.
  const others = tcp.policies.flatMap(({ policy }) => policy.spec.egress.flatMap((rule) => rule.ports ?? []));
  if (others.some((entry) => protocolOf(entry) !== 'UDP' && isDnsPort(entry))) return undefined;
  const { policy, rule } = udp.deciding;
  const path = rule.path.join('/');
  const written = policy.spec.egress.find((candidate) => candidate.path.join('/') === path);
  return written && { policy, rule: written };
}

/** A rule for the port of DNS whose peers may be DNS servers: addresses, other namespaces, everybody, or known pods that serve DNS. */
function isMeantForDns(policy: Resource<'NetworkPolicy'>, rule: NetworkPolicyRule, index: ClusterIndex): boolean {
  if (!rule.ports?.some((entry) => protocolOf(entry) !== 'TCP' && isDnsPort(entry))) return false;
  return (
    rule.peers === undefined ||
    rule.peers.length === 0 ||
    rule.peers.some((peer) => peer.ipBlock !== undefined || peer.namespaceSelector !== undefined || isInDnsNamespace(policy, peer, index))
  );
}

/** A podSelector alone looks in the policy's own namespace, where DNS pods are only if the files say so, or may be. */
function isInDnsNamespace(policy: Resource<'NetworkPolicy'>, peer: NetworkPolicyPeer, index: ClusterIndex): boolean {
  const namespace = index.namespaceOf(policy);
  if (namespace === 'kube-system' || namespace === 'openshift-dns' || policy.metadata.namespaceOpaque) return true;
  return (podsOfPeer(policy, peer, index)?.pods ?? []).some((podSet) => knowsPort(podSet, 53) || knowsPort(podSet, openShiftPort));
}

function isDnsPort({ port, endPort }: NetworkPolicyPort): boolean {
  if (isOpaque(port)) return true;
  if (typeof port === 'string') return /dns|domain/i.test(port);
  return endPort === undefined && (port === 53 || port === openShiftPort);
}

function protocolOf({ protocol }: NetworkPolicyPort): string | undefined {
  return protocol === undefined ? 'TCP' : known(protocol);
}

/** What the files show of the cluster's DNS. */
function knownDnsPods(index: ClusterIndex): readonly PodSet[] {
  const service = index.get('Service', 'kube-system', 'kube-dns');
  if (service.state !== 'found') return [];
  const { yes, maybe } = index.backends(service.value);
  return [...yes, ...maybe];
}

/** Does the pod ask the cluster's DNS? https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy */
export function asksClusterDns(template: PodTemplate): boolean {
  const policy = template.dnsPolicy === undefined ? 'ClusterFirst' : textOf(template.dnsPolicy);
  return !isOpaque(template.dnsPolicy) && !template.hostNetwork && (policy === 'ClusterFirst' || policy === 'ClusterFirstWithHostNet');
}

/** DNS pods of which only the namespace is known: distributions label them differently. */
function anyDnsPods(namespace: string): PodSet {
  return dnsPods(namespace, { entries: new Map(), open: true });
}

function dnsPods(namespace: string, labels: Labels): PodSet {
  const template: PodTemplate = { ...dnsTemplate, labels };
  const resource: Resource<'Pod'> = {
    type: 'Pod',
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'kube-dns', nameKnown: false, namespace, namespaceOpaque: false, labels, annotations: new Map() },
    spec: { template, podIPs: [] },
    source: { uri: '', document: 0, path: [] },
    raw: {},
    partial: false,
    ignores: [],
  };
  return { key: `pod/${namespace}/kube-dns`, resource, namespace, name: 'kube-dns', labels, template, replicas: 1 };
}

/** Ports and names as kubeadm's CoreDNS has them (cmd/kubeadm/app/phases/addons/dns/manifests.go). */
const dnsTemplate: PodTemplate = {
  path: [],
  labels: noLabels,
  annotations: new Map(),
  containers: [
    {
      path: [],
      role: 'container',
      name: 'coredns',
      command: [],
      args: [],
      env: [],
      envFrom: [],
      probes: [],
      volumeMounts: [],
      ports: [
        { path: [], name: 'dns', containerPort: 53, protocol: 'UDP' },
        { path: [], name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      ],
    },
  ],
  hostNetwork: false,
  nodeSelector: noLabels,
  hasAffinity: false,
  hostAliases: [],
  volumes: [],
  shareProcessNamespace: false,
};

const usualDnsPods = dnsPods('kube-system', { entries: new Map([['k8s-app', 'kube-dns']]), open: true });

/** A pod in the network of its node whose DNS policy does not reach the cluster's DNS. */
import { isOpaque } from '../../base/opaque';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import { callsOf, type ServiceCall } from '../../cluster/serviceCalls';
import type { Mark } from '../../model/finding';
import type { PodTemplate } from '../../model/pod';
import { valueAt, type PodHolder } from '../../model/resources';
import { contextRule } from '../rule';
import { podHolderKinds } from '../shared/env';

export const hostNetworkClusterFirst = contextRule({
  meta: {
    id: 'dns/host-network-cluster-first',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A pod with `hostNetwork` does not ask the cluster DNS, because its `dnsPolicy` is not ClusterFirstWithHostNet.',
    why: "`ClusterFirst`, which is also what a pod gets without a `dnsPolicy`, holds for pods with a network of their own. For a pod in the node's network the kubelet falls back to `Default`: its resolver is the one of the node, which knows neither the names of Services nor the cluster's search list. Names such as `redis` or `redis.shop.svc` then do not resolve, while everything outside does. Reported as a warning when the pod uses the name of a Service, else as information.",
    remedy:
      'Set `dnsPolicy: ClusterFirstWithHostNet`. Where the pod has to do without cluster DNS, because it provides the network that DNS needs, write `dnsPolicy: Default`, which says so.',
    references: [
      "[Pod's DNS policy](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy)",
      '`pkg/kubelet/network/dns/dns.go` (getPodDNSType) in kubernetes/kubernetes',
    ],
    messages: {
      used: "With `hostNetwork`, `ClusterFirst` uses the node's resolver, and `{host}` does not resolve.",
      unused: "With `hostNetwork`, `ClusterFirst` uses the node's resolver; names of the cluster do not resolve.",
    },
    fixable: true,
  },
  kinds: podHolderKinds,
  *check(resource, index) {
    const { template } = resource.spec;
    if (resource.partial || !template.hostNetwork || isOpaque(template.dnsPolicy) || !isClusterFirst(resource, template)) return;
    const call = clusterCall(resource, index);
    const written = template.dnsPolicy !== undefined;
    const path = [...template.path, 'spec', written ? 'dnsPolicy' : 'hostNetwork'];
    yield {
      at: { resource, path },
      message: call ? 'used' : 'unused',
      ...(call ? { data: { host: call.host } } : {}),
      severity: call ? 'warning' : 'information',
      related: call ? [{ mark: markOf(call, resource), message: `The name \`${call.host}\` is used here.` }] : [],
      fixes: [
        {
          title: 'Set dnsPolicy: ClusterFirstWithHostNet',
          preferred: true,
          edits: [
            written
              ? { kind: 'replace', resource, path, value: 'ClusterFirstWithHostNet' }
              : { kind: 'insert', resource, path: [...template.path, 'spec'], key: 'dnsPolicy', value: 'ClusterFirstWithHostNet' },
          ],
        },
      ],
    };
  },
});

/** Written or by default, and without name servers of its own in `dnsConfig`. */
function isClusterFirst(resource: PodHolder, { path, dnsPolicy }: PodTemplate): boolean {
  const written = valueAt(resource, [...path, 'spec', 'dnsPolicy']);
  if (written !== undefined && written !== null && dnsPolicy !== 'ClusterFirst') return false;
  const servers = valueAt(resource, [...path, 'spec', 'dnsConfig', 'nameservers']);
  return servers === undefined || servers === null || (Array.isArray(servers) && servers.length === 0);
}

/** A name that leads to a Service of these files. Variables with addresses need no DNS, nor do names that the pod brings in `/etc/hosts`. */
function clusterCall(resource: PodHolder, index: ClusterIndex): ServiceCall | undefined {
  const podSet = index.podSetOf(resource);
  if (!podSet || podSet.template.hostAliases.length > 0) return undefined;
  return callsOf(podSet, index).find((call) => 'type' in call.target && !call.host.startsWith('$'));
}

/** In the pod itself, or the name of whatever brings the value into it. */
function markOf({ at }: ServiceCall, resource: PodHolder): Mark {
  const { uri, document, path } = resource.source;
  const isOwn = at.uri === uri && at.document === document && path.every((segment, position) => at.path[position] === segment);
  return isOwn ? { resource, path: at.path.slice(path.length) } : { resource, path: ['metadata', 'name'] };
}

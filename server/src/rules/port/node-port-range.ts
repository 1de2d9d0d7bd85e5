/** A node port outside the range of the cluster. */
import { contextRule } from '../rule';
import { askedNodePorts, autoAssignNodePortFix, defaultNodePorts, freeNodePortFix } from '../shared/nodePorts';

export const nodePortRange = contextRule({
  meta: {
    id: 'port/node-port-range',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A `nodePort` lies outside the node-port range.',
    why: 'The API server gives node ports from one range only, 30000–32767 unless its flag `--service-node-port-range` says otherwise, so that they do not meet the ports of programs on the nodes or the ephemeral ports of outgoing connections. A Service that asks for a number outside the range is refused. Where the files or the settings tell the range this is certain; else the default range is assumed.',
    remedy:
      'Leave `nodePort` out, or choose a number from the range. To serve port 80 or 443 use a load balancer, an Ingress or a Gateway. If your cluster has another range, say so in the setting `packetpath.cluster` (`nodePortRange`).',
    references: [
      '[Service: type NodePort](https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport)',
      '[kube-apiserver: --service-node-port-range](https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/)',
    ],
    messages: {
      known: '{port} is outside the node-port range {first}–{last} of this cluster; the API server will refuse it.',
      assumed: '{port} is outside the node-port range {first}–{last}, the default; a cluster may be set up with another one.',
    },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service, index) {
    const range = index.ranges.nodePorts ?? defaultNodePorts;
    const isKnown = index.ranges.nodePorts !== undefined;
    for (const asked of askedNodePorts(service)) {
      const { number, path } = asked;
      // No port at all is port/out-of-range.
      if (number < 1 || number > 65535 || (number >= range.first && number <= range.last)) continue;
      const free = freeNodePortFix(service, asked, range.first, index);
      yield {
        at: { resource: service, path },
        message: isKnown ? 'known' : 'assumed',
        data: { port: number, first: range.first, last: range.last },
        severity: isKnown ? 'error' : 'warning',
        fixes: [autoAssignNodePortFix(service, asked), ...(free ? [free] : [])],
      };
    }
  },
});

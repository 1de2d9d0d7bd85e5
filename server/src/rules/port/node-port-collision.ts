/** Two Services that ask for one node port. */
import type { Claim, ClusterIndex } from '../../cluster/clusterIndex';
import type { Resource } from '../../model/resources';
import { contextRule } from '../rule';
import { compareByFile } from '../shared/fileOrder';
import { askedNodePorts, autoAssignNodePortFix, freeNodePortFix, hasNodePorts, type AskedNodePort } from '../shared/nodePorts';
import { standTogether } from '../shared/sharedCluster';
import { namespacedName } from '../shared/words';

export const nodePortCollision = contextRule({
  meta: {
    id: 'port/node-port-collision',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A Service asks for a `nodePort` that another Service has.',
    why: 'A node port is open on every node of the cluster, whatever the namespace of its Service, so it can belong to one Service only. The API server refuses the Service that comes second, and which one that is depends on the order in which files are applied. TCP and UDP are numbered separately and may share a number. The `healthCheckNodePort` of a load balancer is a TCP port of the same kind.',
    remedy: 'Leave `nodePort` out, and Kubernetes assigns a free one. If it must be fixed, choose another number from the node-port range of the cluster.',
    references: [
      '[Service: type NodePort](https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport)',
      '`staging/src/k8s.io/api/core/v1/types.go` (ServicePort.NodePort)',
      '`pkg/apis/core/validation/validation.go` (ValidateService)',
    ],
    messages: {
      taken: 'Node port {port}/{protocol} is already taken by {service}; the API server refuses the second Service.',
      twice: 'Node port {port}/{protocol} is used twice in this Service; the API server refuses it.',
    },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service, index) {
    for (const asked of askedNodePorts(service)) {
      const earlier = earlierClaim(service, asked, index);
      if (!earlier) continue;
      const own = earlier.resource === service;
      const name = namespacedName(earlier.resource, earlier.namespace);
      const free = freeNodePortFix(service, asked, asked.number + 1, index);
      yield {
        at: { resource: service, path: asked.path },
        message: own ? 'twice' : 'taken',
        ...(own || standTogether(earlier.resource, service, index.context) ? {} : { severity: 'information' as const }),
        data: { port: asked.number, protocol: asked.protocol, service: name },
        related: [{ mark: { resource: earlier.resource, path: earlier.path }, message: own ? 'Used here first.' : `Service ${name} asks for it first.` }],
        fixes: [autoAssignNodePortFix(service, asked), ...(free ? [free] : [])],
      };
    }
  },
});

/** The first of those that stand before this one, in this Service or another. */
function earlierClaim(service: Resource<'Service'>, asked: AskedNodePort, index: ClusterIndex): Claim | undefined {
  const namespace = index.namespaceOf(service);
  const place = { resource: service, path: asked.path };
  let first: Claim | undefined;
  for (const claim of index.claims('nodePort', `${asked.number}/${asked.protocol}`)) {
    const other = claim.resource;
    if (other.type !== 'Service' || !hasNodePorts(other)) continue;
    if (compareByFile(claim, place, index.context) >= 0 || (first && compareByFile(first, claim, index.context) < 0)) continue;
    // Perhaps another version of this Service.
    if (other !== service && other.metadata.name === service.metadata.name && index.sameNamespace(claim.namespace, namespace) !== 'no') continue;
    first = claim;
  }
  return first;
}

/** `externalTrafficPolicy` of a Service that is not reached from outside. */
import { isOpaque } from '../../base/opaque';
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { mayHoldMore } from '../shared/templated';

export const externalTrafficPolicyMisplaced = documentRule({
  meta: {
    id: 'service/external-traffic-policy-misplaced',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: '`externalTrafficPolicy` stands on a Service that is not reachable from outside.',
    why: '`externalTrafficPolicy` says where traffic goes that comes in by a node port, a load balancer or an external IP. On a Service that has none of them the API server refuses it. It is often left over when the type was changed to ClusterIP.',
    remedy: 'Remove the field, or set `type: NodePort` or `type: LoadBalancer`. For traffic from inside the cluster there is `internalTrafficPolicy`.',
    references: [
      '[Traffic policies](https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-policies)',
      '`pkg/apis/core/validation/validation.go` (validateServiceExternalTrafficPolicy) in kubernetes/kubernetes',
    ],
    messages: { misplaced: '`externalTrafficPolicy` needs type NodePort or LoadBalancer; the API server refuses it on {type}.' },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service) {
    const { type, externalIPs, externalTrafficPolicy } = service.spec;
    if (service.partial || externalTrafficPolicy === undefined || externalTrafficPolicy === '' || isOpaque(type)) return;
    if ((type !== undefined && type !== 'ClusterIP' && type !== 'ExternalName') || ((type ?? 'ClusterIP') === 'ClusterIP' && externalIPs.length > 0)) return;
    if (type === undefined && mayHoldMore(valueAt(service, ['spec']))) return;
    const path = ['spec', 'externalTrafficPolicy'];
    yield {
      at: { resource: service, path, part: 'key' },
      message: 'misplaced',
      data: { type: type ?? 'ClusterIP' },
      fixes: [{ title: 'Remove externalTrafficPolicy', preferred: true, edits: [{ kind: 'remove', resource: service, path }] }],
    };
  },
});

/** A headless Service of a type that needs a cluster IP. */
import { known } from '../../base/opaque';
import { documentRule } from '../rule';

export const headlessWithType = documentRule({
  meta: {
    id: 'service/headless-with-type',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A NodePort or LoadBalancer Service has `clusterIP: None`.',
    why: 'Node ports and load balancers lead to the cluster IP of their Service, so the API server refuses `clusterIP: None` for both types.',
    remedy: 'Remove `clusterIP: None`, or make two Services: a headless one for the names of the pods, and one of this type for clients outside.',
    references: [
      '[Headless Services](https://kubernetes.io/docs/concepts/services-networking/service/#headless-services)',
      '`pkg/apis/core/validation/validation.go` (ValidateService) in kubernetes/kubernetes',
    ],
    messages: { headless: 'A {type} Service needs a cluster IP; `None` is refused.' },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service) {
    const type = known(service.spec.type);
    if (known(service.spec.clusterIP) !== 'None' || (type !== 'NodePort' && type !== 'LoadBalancer')) return;
    const remove = (key: string): { kind: 'remove'; resource: typeof service; path: string[] } => ({ kind: 'remove', resource: service, path: ['spec', key] });
    const edits = [remove('clusterIP'), ...(service.spec.clusterIPs.length > 0 ? [remove('clusterIPs')] : [])];
    yield {
      at: { resource: service, path: ['spec', 'clusterIP'] },
      message: 'headless',
      data: { type },
      related: [{ mark: { resource: service, path: ['spec', 'type'] }, message: 'The type.' }],
      fixes: [
        { title: 'Remove clusterIP: None', preferred: true, edits },
        { title: 'Remove the type, so that the Service is headless', edits: [remove('type')] },
      ],
    };
  },
});

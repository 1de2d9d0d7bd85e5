/** A governing Service that does not select the pods of its StatefulSet. */
import { isOpaque, known } from '../../base/opaque';
import { matches, selectorOf } from '../../model/labels';
import { contextRule } from '../rule';
import { isKnownSelector, labelsMark, pairsText } from '../shared/selectors';

export const statefulsetServiceSelector = contextRule({
  meta: {
    id: 'service/statefulset-service-selector',
    severity: 'warning',
    default: 'warning',
    tier: 'B',
    summary: 'The Service that a StatefulSet names as its `serviceName` does not select its pods.',
    why: 'Cluster DNS makes the names of single pods (`web-0.web`) from the endpoints of the governing Service. Pods that its selector does not match are no endpoints of it, and get no names.',
    remedy: 'Give the Service a selector that the labels of the pod template satisfy.',
    references: [
      '[StatefulSet: stable network ID](https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id)',
      '[Kubernetes DNS-based service discovery](https://github.com/kubernetes/dns/blob/master/docs/specification.md)',
    ],
    messages: { mismatch: 'Pods of {set} get no stable names: Service `{service}` selects {selector}, which their labels do not match.' },
    fixable: false,
  },
  kinds: ['StatefulSet'],
  *check(set, index) {
    const name = known(set.spec.serviceName);
    const namespace = index.namespaceOf(set);
    const podSet = index.podSetOf(set);
    if (set.partial || set.metadata.namespaceOpaque || name === undefined || name === '' || !podSet) return;
    const lookup = index.get('Service', namespace, name);
    if (lookup.state !== 'found' || index.sameNamespace(namespace, index.namespaceOf(lookup.value)) !== 'yes') return;
    const service = lookup.value;
    const { selector, selectorOpen, type } = service.spec;
    if (service.partial || selector === undefined || selector.size === 0 || isOpaque(type) || type === 'ExternalName') return;
    const asked = selectorOf(selector, selectorOpen);
    if (!isKnownSelector(asked) || matches(asked, podSet.labels) !== 'no') return;
    yield {
      at: { resource: set, path: ['spec', 'serviceName'] },
      message: 'mismatch',
      data: { set: set.metadata.name, service: name, selector: pairsText(selector) },
      related: [
        { mark: { resource: service, path: ['spec', 'selector'] }, message: `The selector of Service \`${name}\`.` },
        { mark: labelsMark(podSet), message: 'The labels of the pods.' },
      ],
    };
  },
});

/** A type of Service that does not exist. */
import { documentRule } from '../rule';
import { notAllowed } from '../shared/allowedValues';

export const typeInvalid = documentRule({
  meta: {
    id: 'service/type-invalid',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A Service has a type that does not exist.',
    why: 'There are four types of Services, and the API server refuses any other word, also one that differs in upper and lower case only. Headless is no type: it is a ClusterIP Service with `clusterIP: None`.',
    remedy: 'Write `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`, or leave the field out, which means ClusterIP.',
    references: [
      '[Service type](https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types)',
      '`pkg/apis/core/validation/validation.go` (supportedServiceType) in kubernetes/kubernetes',
    ],
    messages: { notAllowed: '`{value}` is no type of Service: use {allowed}.' },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service) {
    const finding = notAllowed(service, ['spec', 'type'], ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']);
    if (finding) yield finding;
  },
});

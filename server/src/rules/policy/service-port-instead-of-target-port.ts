/** A policy that opens the port of a Service where it needs the pod's. */
import { known } from '../../base/opaque';
import type { Fix } from '../../model/finding';
import { concurrentContainers } from '../../model/pod';
import { contextRule } from '../rule';
import { servicePortMistakes, type ServicePortMistake } from '../shared/servicePortMistakes';
import { kindAndName } from '../shared/words';

export const servicePortInsteadOfTargetPort = contextRule({
  meta: {
    id: 'policy/service-port-instead-of-target-port',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A policy opens a Service’s port, and the pods listen on another one.',
    why: 'A Service listens on `port` and sends what arrives to `targetPort` of a pod. Network plugins judge a connection after that translation: they see the address and the port of the pod, never those of the Service. A policy that opens port 80 for pods behind a Service with `port: 80, targetPort: 8080` opens a port on which nobody listens, and what was meant to pass is dropped.',
    remedy: 'Write the number on which the containers listen, or the name that their port has.',
    references: [
      '[Network Policies](https://kubernetes.io/docs/concepts/services-networking/network-policies/)',
      '[Defining a Service](https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service)',
      '`staging/src/k8s.io/api/networking/v1/types.go` (NetworkPolicyPort)',
    ],
    messages: {
      servicePort: 'Policies see the pod port. Service `{service}` sends {written} to {target}; allow {target}.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy, index) {
    for (const mistake of servicePortMistakes(policy, index)) {
      const { entry, service, servicePort, target, written, pod } = mistake;
      const declared = declaredPort(mistake);
      yield {
        at: { resource: policy, path: [...entry.path, 'port'] },
        message: 'servicePort' as const,
        data: { service: service.metadata.name, written, target },
        related: [
          {
            mark: { resource: service, path: [...servicePort.path, servicePort.targetPort === undefined ? 'port' : 'targetPort'] },
            message: `Service ${service.metadata.name} sends ${written} to ${target}.`,
          },
          ...(declared
            ? [{ mark: { resource: pod.resource, path: [...declared.path, 'containerPort'] }, message: `${kindAndName(pod.resource)} listens on ${target}.` }]
            : []),
        ],
        fixes: fixes(mistake),
      };
    }
  },
});

function declaredPort({ pod, target, protocol }: ServicePortMistake) {
  return concurrentContainers(pod.template)
    .flatMap((container) => container.ports)
    .find((port) => known(port.containerPort) === target && (port.protocol === undefined ? 'TCP' : known(port.protocol)) === protocol);
}

function fixes(mistake: ServicePortMistake): readonly Fix[] {
  const { rule, entry, target, protocol, written } = mistake;
  const { policy } = rule;
  const path = [...entry.path, 'port'];
  const name = known(declaredPort(mistake)?.name);
  const position = entry.path[entry.path.length - 1];
  return [
    { title: `Allow ${target} instead of ${written}`, preferred: true, edits: [{ kind: 'replace', resource: policy, path, value: target }] },
    ...(typeof position === 'number'
      ? [
          {
            title: `Allow ${target} as well`,
            edits: [{ kind: 'insert' as const, resource: policy, path: [...rule.rule.path, 'ports'], key: position + 1, value: { protocol, port: target } }],
          },
        ]
      : []),
    ...(name === undefined ? [] : [{ title: `Use the port name ${name}`, edits: [{ kind: 'replace' as const, resource: policy, path, value: name }] }]),
  ];
}

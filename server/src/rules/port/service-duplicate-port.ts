/** A Service that lists a port twice. */
import { known } from '../../base/opaque';
import type { ServicePort } from '../../model/resources';
import { documentRule } from '../rule';

export const serviceDuplicatePort = documentRule({
  meta: {
    id: 'port/service-duplicate-port',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A Service lists one port twice.',
    why: 'Port and protocol together say where a connection to the Service goes, so each pair can stand once. The API server refuses a Service in which one stands twice, even when both entries lead to the same target. The same number under TCP and UDP is allowed, as for DNS.',
    remedy: 'Remove one of the two, or give one of them another `port`. Two ports of the Service may have one `targetPort`.',
    references: [
      '`pkg/apis/core/validation/validation.go` (ValidateService: duplicate ports) in kubernetes/kubernetes',
      '[Service: port definitions](https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports)',
    ],
    messages: { twice: 'Port {port}/{protocol} is listed twice; the API server refuses the Service.' },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service) {
    const seen = new Map<string, ServicePort>();
    for (const port of service.spec.ports) {
      const number = known(port.port);
      const protocol = port.protocol === undefined ? 'TCP' : known(port.protocol);
      if (number === undefined || protocol === undefined) continue;
      const first = seen.get(`${number}/${protocol}`);
      if (!first) {
        seen.set(`${number}/${protocol}`, port);
        continue;
      }
      yield {
        at: { resource: service, path: [...port.path, 'port'] },
        message: 'twice',
        data: { port: number, protocol },
        related: [{ mark: { resource: service, path: [...first.path, 'port'] }, message: 'It is listed here first.' }],
        fixes: [{ title: 'Remove the second entry', edits: [{ kind: 'remove', resource: service, path: port.path }] }],
      };
    }
  },
});

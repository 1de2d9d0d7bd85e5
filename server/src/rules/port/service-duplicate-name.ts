/** A Service in which two ports have one name. */
import { known } from '../../base/opaque';
import type { ServicePort } from '../../model/resources';
import { documentRule } from '../rule';

export const serviceDuplicateName = documentRule({
  meta: {
    id: 'port/service-duplicate-name',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'Two ports of a Service have the same name.',
    why: 'The name is what joins a port of the Service with the ports of its endpoints, and by which Ingresses and SRV look-ups find it. The API server refuses a Service in which two ports share one.',
    remedy: 'Give each port a name of its own, such as `http` and `http-admin`.',
    references: [
      '[Multi-port Services](https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services)',
      '`pkg/apis/core/validation/validation.go` (validateServicePort) in kubernetes/kubernetes',
    ],
    messages: { twice: 'Name `{name}` is used twice; the API server refuses the Service.' },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service) {
    const seen = new Map<string, ServicePort>();
    for (const port of service.spec.ports) {
      const name = known(port.name);
      if (name === undefined || name === '') continue;
      const first = seen.get(name);
      if (!first) {
        seen.set(name, port);
        continue;
      }
      const path = [...port.path, 'name'];
      const fresh = freshName(name, new Set(service.spec.ports.flatMap((other) => known(other.name) ?? [])));
      yield {
        at: { resource: service, path },
        message: 'twice',
        data: { name },
        related: [{ mark: { resource: service, path: [...first.path, 'name'] }, message: 'It is used here first.' }],
        fixes: [{ title: `Rename to ${fresh}`, preferred: true, edits: [{ kind: 'replace', resource: service, path, value: fresh }] }],
      };
    }
  },
});

/** The first of `NAME-2`, `NAME-3`, … that is free. */
function freshName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number++) {
    const ending = `-${number}`;
    const fresh = name.slice(0, 63 - ending.length).replace(/-+$/, '') + ending;
    if (!taken.has(fresh)) return fresh;
  }
}

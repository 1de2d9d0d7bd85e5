/** A Service with several ports, one of them without a name. */
import { known } from '../../base/opaque';
import { isListOpen, portNameProblem } from '../shared/ports';
import { valueAt, type Resource, type ServicePort } from '../../model/resources';
import { documentRule } from '../rule';

export const serviceNameRequired = documentRule({
  meta: {
    id: 'port/service-name-required',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A Service with more than one port has one without a name.',
    why: 'With one port the name may be left out; with more the API server needs it to tell them apart, in EndpointSlices, in SRV records and wherever an Ingress refers to a port by name. It refuses a Service in which one of several ports has none. It often happens when a second port is added to a Service that had one.',
    remedy: 'Give every port a short name that tells its purpose, such as `http`, `grpc` or `metrics`. The names must differ.',
    references: [
      '[Multi-port Services](https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services)',
      '`pkg/apis/core/validation/validation.go` (validateServicePort)',
    ],
    messages: {
      required: 'Name every port when there is more than one.',
    },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service) {
    const { ports } = service.spec;
    if (service.partial || ports.length < 2 || isListOpen(service, ['spec', 'ports'])) return;
    const names = generatedNames(service);
    for (const port of ports) {
      if (!isUnnamed(service, port)) continue;
      const name = names.get(port);
      yield {
        at: { resource: service, path: port.path, part: 'item' },
        message: 'required',
        fixes: name === undefined ? [] : [{ title: `Name it ${name}`, preferred: true, safe: true, edits: [nameEdit(service, port, name)] }],
      };
    }
  },
});

/** Only a name that is missing or empty; one of another type is another fault. */
function isUnnamed(service: Resource<'Service'>, port: ServicePort): boolean {
  const written = valueAt(service, [...port.path, 'name']);
  return written === undefined || written === null || written === '';
}

function nameEdit(service: Resource<'Service'>, port: ServicePort, name: string) {
  const item = valueAt(service, port.path);
  const written = typeof item === 'object' && item !== null && Object.hasOwn(item, 'name');
  if (written) return { kind: 'replace' as const, resource: service, path: [...port.path, 'name'], value: name };
  return { kind: 'insert' as const, resource: service, path: port.path, key: 'name', value: name };
}

/** One for each port without a name, all different and different from those that are there, whichever of them is used first. */
function generatedNames(service: Resource<'Service'>): Map<ServicePort, string> {
  const taken = new Set(service.spec.ports.flatMap((port) => known(port.name) ?? []));
  const names = new Map<ServicePort, string>();
  for (const port of service.spec.ports) {
    if (!isUnnamed(service, port)) continue;
    const name = candidates(port).find((candidate) => portNameProblem(candidate) === undefined && !taken.has(candidate));
    if (name === undefined) continue;
    taken.add(name);
    names.set(port, name);
  }
  return names;
}

const protocolsOfApplications: ReadonlySet<string> = new Set(['http', 'https', 'grpc', 'tcp', 'tls', 'redis', 'mysql', 'mongo']);
const wellKnown: ReadonlyMap<number, string> = new Map([
  [80, 'http'],
  [8080, 'http'],
  [443, 'https'],
  [8443, 'https'],
]);

function candidates(port: ServicePort): string[] {
  const [target, application, number] = [known(port.targetPort), known(port.appProtocol), known(port.port)];
  const protocol = (known(port.protocol) ?? 'TCP').toLowerCase();
  return [
    ...(typeof target === 'string' ? [target] : []),
    ...(application !== undefined && protocolsOfApplications.has(application) ? [application] : []),
    ...(number === undefined ? [] : [...(protocol === 'tcp' ? [wellKnown.get(number) ?? ''] : []), `p${number}`, `p${number}-${protocol}`]),
  ];
}

/** A backend of an Ingress that names a port which its Service does not have. */
import { nearest } from '../../base/editDistance';
import { isOpaque, known } from '../../base/opaque';
import type { Edit, Finding, Fix } from '../../model/finding';
import type { Resource, ServicePort } from '../../model/resources';
import { contextRule } from '../rule';
import { judgedPorts, mistakeOf, offeredPorts, portsText, relatedPorts } from '../shared/backendPorts';
import { serviceBackends, type ServiceBackend } from '../shared/ingressBackends';
import { portNameProblem } from '../shared/ports';

type Message = 'port' | 'containerPort' | 'nodePort' | 'name';

export const backendPortMissing = contextRule<'Ingress', Message>({
  meta: {
    id: 'ingress/backend-port-missing',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A backend names a port that its Service does not have.',
    why: 'The port of a backend is a port of the *Service*, its `port` or its `name`, whatever the containers behind it listen on. It is looked up when the controller builds its configuration, and the API server does not compare the two. With a port that the Service does not have there are no endpoints, and every request to this path is answered 502 or 503. Naming the port of the container, or of the node, is the usual cause.',
    remedy:
      'Name a port as the Service writes it under `ports[].port` or `ports[].name`, or add the port to the Service. A port of a Service can have a number and no name; then only the number finds it.',
    references: [
      '[Ingress: the Ingress resource](https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource)',
      '`staging/src/k8s.io/api/networking/v1/types.go` (ServiceBackendPort) in kubernetes/kubernetes',
    ],
    messages: {
      port: 'Service `{service}` has {noun} {ports}, not {port}. Requests to this backend fail.',
      containerPort: 'Service `{service}` has {noun} {ports}, not {port}: that is the port of its containers, and a backend names a port of the Service.',
      nodePort: 'Service `{service}` has {noun} {ports}, not {port}: that is the port on the nodes, and a backend names a port of the Service.',
      name: 'Service `{service}` has {noun} {ports}, and none is named `{port}`. Requests to this backend fail.',
    },
    fixable: true,
  },
  kinds: ['Ingress'],
  *check(ingress, index) {
    if (ingress.partial || ingress.metadata.namespaceOpaque) return;
    const namespace = index.namespaceOf(ingress);
    for (const one of serviceBackends(ingress)) {
      const { portName, portNumber } = one.backend;
      if (isOpaque(portName) || isOpaque(portNumber) || (portName === undefined) === (portNumber === undefined)) continue;
      const lookup = index.get('Service', namespace, one.name);
      if (lookup.state !== 'found' || index.sameNamespace(namespace, index.namespaceOf(lookup.value)) !== 'yes') continue;
      const ports = judgedPorts(lookup.value);
      if (!ports) continue;
      const finding = portName === undefined ? byNumber(ingress, one, lookup.value, ports) : byName(ingress, one, portName, lookup.value, ports);
      if (finding) yield finding;
    }
  },
});

function byNumber(
  ingress: Resource<'Ingress'>,
  { backend }: ServiceBackend,
  service: Resource<'Service'>,
  ports: readonly ServicePort[],
): Finding<Message> | undefined {
  const number = known(backend.portNumber);
  // What is no port at all is told elsewhere.
  if (number === undefined || number < 1 || number > 65535 || ports.some(({ port }) => port === number)) return undefined;
  const { message, meant } = mistakeOf(ports, number);
  return finding(ingress, backend.portPath, service, ports, message, String(number), numberFixes(ingress, backend.portPath, offeredPorts(ports, meant)));
}

function byName(
  ingress: Resource<'Ingress'>,
  { backend, isOld }: ServiceBackend,
  name: string,
  service: Resource<'Service'>,
  ports: readonly ServicePort[],
): Finding<Message> | undefined {
  // What is no name of a port at all, a number in quotes among it, is told elsewhere.
  if (portNameProblem(name) !== undefined || ports.some((port) => known(port.name) === name)) return undefined;
  const near = nearest(
    name,
    ports.flatMap((port) => known(port.name) ?? []),
  );
  const meant = ports.find((port) => near !== undefined && known(port.name) === near) ?? (ports.length === 1 ? ports[0] : undefined);
  const fixes = offeredPorts(ports, meant).flatMap((port): readonly Fix[] => {
    const right = known(port.name);
    if (right === undefined || right === '') return isOld ? numberFixes(ingress, backend.portPath, [port]) : toNumber(ingress, backend.portPath, port, !!meant);
    return [
      {
        title: `Use port ${right}`,
        ...(meant ? { preferred: true } : {}),
        edits: [{ kind: 'replace', resource: ingress, path: backend.portPath, value: right }],
      },
    ];
  });
  return finding(ingress, backend.portPath, service, ports, 'name', name, fixes);
}

function finding(
  ingress: Resource<'Ingress'>,
  path: ServiceBackend['namePath'],
  service: Resource<'Service'>,
  ports: readonly ServicePort[],
  message: Message,
  port: string,
  fixes: readonly Fix[],
): Finding<Message> {
  return {
    at: { resource: ingress, path },
    message,
    data: { service: service.metadata.name, ports: portsText(ports), noun: ports.length === 1 ? 'port' : 'ports', port },
    related: relatedPorts(service, ports),
    fixes,
  };
}

function numberFixes(ingress: Resource<'Ingress'>, path: ServiceBackend['namePath'], offered: readonly ServicePort[]): readonly Fix[] {
  return offered.map(({ port }) => {
    const value = known(port) ?? 0;
    return {
      title: `Use port ${value}`,
      ...(offered.length === 1 ? { preferred: true } : {}),
      edits: [{ kind: 'replace', resource: ingress, path, value }],
    };
  });
}

/** `name: x` becomes `number: 80`. */
function toNumber(ingress: Resource<'Ingress'>, path: ServiceBackend['namePath'], { port }: ServicePort, preferred: boolean): readonly Fix[] {
  const value = known(port) ?? 0;
  const edits: Edit[] = [
    { kind: 'renameKey', resource: ingress, path, key: 'number' },
    { kind: 'replace', resource: ingress, path, value },
  ];
  return [{ title: `Use port number ${value}`, ...(preferred ? { preferred } : {}), edits }];
}

/** A hand-written EndpointSlice whose ports are not those of its Service. */
import { isOpaque, known } from '../../base/opaque';
import type { Finding } from '../../model/finding';
import type { Resource } from '../../model/resources';
import { contextRule } from '../rule';
import { judgedPorts, relatedPorts } from '../shared/backendPorts';
import { isListOpen } from '../shared/ports';
import { wordList } from '../shared/words';

type Message = 'name' | 'unnamed' | 'protocol';

export const endpointslicePortMismatch = contextRule<'EndpointSlice', Message>({
  meta: {
    id: 'service/endpointslice-port-mismatch',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A port of an EndpointSlice has a name or protocol that no port of its Service has.',
    why: 'kube-proxy joins the ports of a Service with those of its EndpointSlices by *name*, and a port without a name has the empty one. Numbers play no part in it. A slice whose port has another name than the port of the Service gives that port no endpoints: connections are refused, although the addresses are all there.',
    remedy: 'Give the port of the slice the name of the Service port, or leave both without one.',
    references: [
      '[EndpointSlices: ports](https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/)',
      '[Services without selectors](https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors)',
      '`staging/src/k8s.io/api/discovery/v1/types.go` (EndpointPort.Name) in kubernetes/kubernetes',
    ],
    messages: {
      name: 'No port of Service `{service}` is named `{name}` (it has {names}); slices are joined by name, so it gets no endpoints from this port.',
      unnamed: 'This port has no name, and Service `{service}` has {names}; slices are joined by name, so it gets no endpoints from this port.',
      protocol: 'Port `{name}` of Service `{service}` is {expected}, not {protocol}, so it gets no endpoints from this port.',
    },
    fixable: true,
  },
  kinds: ['EndpointSlice'],
  *check(slice, index) {
    const name = known(slice.spec.service);
    const namespace = index.namespaceOf(slice);
    if (slice.partial || name === undefined || slice.metadata.namespaceOpaque || isListOpen(slice, ['ports'])) return;
    const lookup = index.get('Service', namespace, name);
    if (lookup.state !== 'found' || index.sameNamespace(namespace, index.namespaceOf(lookup.value)) !== 'yes') return;
    for (const port of slice.spec.ports) {
      const finding = checkPort(slice, port, lookup.value);
      if (finding) yield finding;
    }
  },
});

function checkPort(
  slice: Resource<'EndpointSlice'>,
  { path, name: written, protocol: own }: Resource<'EndpointSlice'>['spec']['ports'][number],
  service: Resource<'Service'>,
): Finding<Message> | undefined {
  const ports = judgedPorts(service);
  if (!ports || isOpaque(written) || isOpaque(own) || ports.some((port) => isOpaque(port.protocol))) return undefined;
  const name = written ?? '';
  const same = ports.find((port) => (known(port.name) ?? '') === name);
  const [protocol, expected] = [own ?? 'TCP', known(same?.protocol) ?? 'TCP'];
  if (same && protocol === expected) return undefined;
  const related = relatedPorts(service, ports);
  const data = { service: service.metadata.name, name };
  if (same)
    return {
      at: { resource: slice, path: [...path, own === undefined ? 'port' : 'protocol'] },
      message: 'protocol',
      data: { ...data, protocol, expected },
      related,
    };
  const only = ports.length === 1 ? (known(ports[0]?.name) ?? '') : undefined;
  const place = [...path, 'name'];
  return {
    at: { resource: slice, path: written === undefined ? [...path, 'port'] : place },
    message: name === '' ? 'unnamed' : 'name',
    data: {
      ...data,
      names: wordList(
        ports.map((port) => (known(port.name) ? `\`${known(port.name) ?? ''}\`` : 'one without a name')),
        6,
      ),
    },
    related,
    fixes:
      only === undefined
        ? []
        : [
            only === ''
              ? { title: 'Remove the name', preferred: true, edits: [{ kind: 'remove', resource: slice, path: place }] }
              : {
                  title: `Name it ${only}`,
                  preferred: true,
                  edits: [
                    written === undefined
                      ? { kind: 'insert', resource: slice, path, key: 'name', value: only }
                      : { kind: 'replace', resource: slice, path: place, value: only },
                  ],
                },
          ],
  };
}

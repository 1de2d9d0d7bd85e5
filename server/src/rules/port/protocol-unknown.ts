/** A protocol that is not TCP, UDP or SCTP. */
import type { Fix } from '../../model/finding';
import { valueAt, workloadKinds, type Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';
import { documentRule } from '../rule';
import { notAllowed, shortened } from '../shared/allowedValues';
import { podTemplateOf } from '../shared/ports';

const protocols = ['TCP', 'UDP', 'SCTP'];

export const protocolUnknown = documentRule({
  meta: {
    id: 'port/protocol-unknown',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'The protocol of a port is not TCP, UDP or SCTP.',
    why: '`protocol` names the transport, and Kubernetes knows `TCP`, `UDP` and `SCTP`, in capitals. The API server refuses everything else. What is spoken on top of it, HTTP or gRPC, is said by the `appProtocol` of a Service port, which some load balancers and gateways read.',
    remedy: 'Write `TCP`, `UDP` or `SCTP`, or leave the field out, which means TCP. Put `http` or `kubernetes.io/h2c` under `appProtocol`.',
    references: [
      '[Service: protocols](https://kubernetes.io/docs/reference/networking/service-protocols/)',
      '`pkg/apis/core/validation/validation.go` (supportedPortProtocols) and `pkg/apis/networking/validation/validation.go` in kubernetes/kubernetes',
    ],
    messages: {
      notAllowed: '`{value}` is no protocol of a port: use {allowed}.',
      application: '`{value}` is no protocol of a port: use TCP, UDP or SCTP. What is spoken over it belongs in `appProtocol`.',
    },
    fixable: true,
  },
  kinds: ['Pod', ...workloadKinds, 'Service', 'NetworkPolicy', 'EndpointSlice', 'Endpoints'],
  *check(resource) {
    for (const port of portsOf(resource)) {
      const path = [...port, 'protocol'];
      const finding = notAllowed(resource, path, protocols);
      if (!finding) continue;
      const value = String(valueAt(resource, path));
      if (!/^(?:https?2?|grpc|h2c?|wss?|tls)$/i.test(value)) yield finding;
      else yield { at: finding.at, message: 'application', data: { value: shortened(value) }, fixes: applicationFixes(resource, port, value) };
    }
  },
});

function portsOf(resource: Resource): readonly Path[] {
  switch (resource.type) {
    case 'Service':
    case 'EndpointSlice':
    case 'Endpoints':
      return resource.spec.ports.map(({ path }) => path);
    case 'NetworkPolicy':
      return [...resource.spec.ingress, ...resource.spec.egress].flatMap((rule) => (rule.ports ?? []).map(({ path }) => path));
    default:
      return (podTemplateOf(resource)?.containers ?? []).flatMap((container) => container.ports.map(({ path }) => path));
  }
}

/** Only ports of Services have a place for it. */
function applicationFixes(resource: Resource, port: Path, value: string): readonly Fix[] {
  const remove: Fix['edits'][number] = { kind: 'remove', resource, path: [...port, 'protocol'] };
  if (resource.type !== 'Service' || valueAt(resource, [...port, 'appProtocol']) !== undefined)
    return [{ title: 'Remove protocol, which then is TCP', preferred: true, edits: [remove] }];
  return [
    {
      title: 'Move to appProtocol',
      preferred: true,
      edits: [
        { kind: 'renameKey', resource, path: [...port, 'protocol'], key: 'appProtocol' },
        { kind: 'replace', resource, path: [...port, 'protocol'], value: value.toLowerCase() },
      ],
    },
  ];
}

/** One container that lists the same port twice. */
import { isOpaque } from '../../base/opaque';
import { documentRule } from '../rule';
import { declaredPorts, hostPortOf, podKinds, podTemplateOf, type DeclaredPort } from '../shared/ports';

export const duplicateInContainer = documentRule({
  meta: {
    id: 'port/duplicate-in-container',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A container lists the same port twice.',
    why: 'Container port and protocol are the key by which `kubectl apply` and server-side apply merge the list of ports. Two entries with the same key cannot be told apart: a later change may reach one of them only, drop one, or be refused. The second entry opens nothing that the first does not. Two names for one number are kept by the API server, but may lose one of them in the same way.',
    remedy: 'Remove the second entry. If another protocol was meant (DNS on TCP and UDP), say so with `protocol`.',
    references: [
      '`pkg/api/pod/warnings.go` (duplicate port definitions)',
      '[Server-side apply: merge strategy](https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy)',
      '`staging/src/k8s.io/api/core/v1/types.go` (Container.Ports, listMapKey)',
    ],
    messages: {
      twice: 'Port {port}/{protocol} is listed twice in `{container}`.',
      names: 'Port {port}/{protocol} is listed twice in `{container}`, under different names; applying a change may drop one of them.',
    },
    fixable: true,
  },
  kinds: podKinds,
  *check(resource) {
    const template = podTemplateOf(resource);
    for (const container of template?.containers ?? []) {
      const first = new Map<string, DeclaredPort>();
      for (const declared of declaredPorts(container)) {
        const { port, number, protocol, hostIP } = declared;
        const hostPort = template && hostPortOf(declared, template);
        if (hostPort === undefined || hostIP === undefined) continue;
        const key = `${number}/${protocol}/${hostPort}/${hostIP}`;
        const earlier = first.get(key);
        if (!earlier) {
          first.set(key, declared);
          continue;
        }
        // Refused for the host port, or for the name: those findings speak of it.
        if (hostPort !== 0 || (port.name !== undefined && port.name === earlier.port.name)) continue;
        if (isOpaque(port.name) || isOpaque(earlier.port.name)) continue;
        const unnamed = port.name === undefined && earlier.port.name === undefined;
        yield {
          at: { resource, path: [...port.path, 'containerPort'] },
          message: unnamed ? 'twice' : 'names',
          data: { port: number, protocol, container: container.name },
          severity: unnamed ? 'warning' : 'information',
          related: [{ mark: { resource, path: [...earlier.port.path, 'containerPort'] }, message: 'The first entry.' }],
          fixes: [{ title: 'Remove the second entry', preferred: true, safe: unnamed, edits: [{ kind: 'remove', resource, path: port.path }] }],
          tag: 'unnecessary',
        };
      }
    }
  },
});

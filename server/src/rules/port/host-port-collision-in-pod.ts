/** One pod that asks for the same port of its node twice. */
import type { Finding, Fix } from '../../model/finding';
import type { Container, PodTemplate } from '../../model/pod';
import type { Resource } from '../../model/resources';
import { documentRule } from '../rule';
import { declaredPorts, freePort, hostPortOf, markOfHostPort, podKinds, podTemplateOf, useFreePortFix, type DeclaredPort } from '../shared/ports';

type Message = 'twice' | 'network' | 'sidecar';

export const hostPortCollisionInPod = documentRule({
  meta: {
    id: 'port/host-port-collision-in-pod',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A pod asks for the same host port twice.',
    why: 'A host port is a port of the node, and a node has each one once per protocol and address. The API server refuses a pod whose app containers ask for the same one twice; a workload with such a template is accepted, but its controller then fails to create any pod. With `hostNetwork: true` the containers use the ports of the node themselves, so there every container port is a host port and two equal ones are the same error. A sidecar is not compared by the API server, but it runs beside the app containers and wants the same port of the node.',
    remedy: 'Give each container a host port of its own, or leave `hostPort` out: a Service reaches pods without it. TCP and UDP may share a number.',
    references: [
      '`pkg/apis/core/validation/validation.go` (checkHostPortConflicts, AccumulateUniqueHostPorts)',
      '`pkg/apis/core/v1/defaults.go` (defaultHostNetworkPorts)',
      '[Configuration best practices: Services](https://kubernetes.io/docs/concepts/configuration/overview/#services)',
    ],
    messages: {
      twice: 'Host port {port}/{protocol} is used twice in this pod.',
      network: 'Host port {port}/{protocol} is used twice in this pod: with `hostNetwork` every container port is a port of the node.',
      sidecar: 'Host port {port}/{protocol} is used by `{first}` and by `{second}`, which run at the same time; only one of them can have it.',
    },
    fixable: true,
  },
  kinds: podKinds,
  *check(resource) {
    const template = podTemplateOf(resource);
    if (!template) return;
    const together = [...template.containers.filter(({ role }) => role === 'container'), ...template.containers.filter(({ role }) => role === 'sidecar')];
    yield* collisions(resource, template, together);
    // Ordinary init containers run alone, so each is compared with itself only.
    for (const container of template.containers) if (container.role === 'init') yield* collisions(resource, template, [container]);
  },
});

function* collisions(resource: Resource, template: PodTemplate, containers: readonly Container[]): Iterable<Finding<Message>> {
  const first = new Map<string, DeclaredPort>();
  for (const declared of containers.flatMap(declaredPorts)) {
    const hostPort = hostPortOf(declared, template);
    if (!hostPort || declared.hostIP === undefined) continue;
    const key = `${hostPort}/${declared.protocol}/${declared.hostIP}`;
    const earlier = first.get(key);
    if (!earlier) {
      first.set(key, declared);
      continue;
    }
    yield {
      at: markOfHostPort(resource, declared),
      message: messageFor(earlier, declared),
      data: { port: hostPort, protocol: declared.protocol, first: earlier.container.name, second: declared.container.name },
      related: [{ mark: markOfHostPort(resource, earlier), message: `\`${earlier.container.name}\` uses it first.` }],
      fixes: fixes(resource, template, earlier, declared),
    };
  }
}

function messageFor(earlier: DeclaredPort, declared: DeclaredPort): Message {
  if (earlier.container !== declared.container && declared.container.role === 'sidecar') return 'sidecar';
  return declared.hostPort ? 'twice' : 'network';
}

function fixes(resource: Resource, template: PodTemplate, earlier: DeclaredPort, declared: DeclaredPort): Fix[] {
  const { path } = declared.port;
  const sameNumber = earlier.number === declared.number;
  if (sameNumber && earlier.container === declared.container) {
    return [{ title: 'Remove the second entry', preferred: true, edits: [{ kind: 'remove', resource, path }] }];
  }
  const move = useFreePortFix(resource, template, declared, { withHostPort: true });
  if (template.hostNetwork) return [move];
  const hostPort = declared.hostPort ?? 0;
  const free = freePort(template, hostPort);
  const other: Fix = { title: `Use host port ${free}`, edits: [{ kind: 'replace', resource, path: [...path, 'hostPort'], value: free }] };
  const without: Fix = {
    title: 'Remove hostPort',
    edits: [
      { kind: 'remove', resource, path: [...path, 'hostPort'] },
      ...(declared.hostIP === '' ? [] : [{ kind: 'remove' as const, resource, path: [...path, 'hostIP'] }]),
    ],
  };
  return sameNumber ? [move, without, other] : [other, without];
}

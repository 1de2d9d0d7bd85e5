/** A probe or hook that uses a port name which its own container does not have. */
import { nearest } from '../../base/editDistance';
import { isOpaque, known } from '../../base/opaque';
import type { Fix } from '../../model/finding';
import type { Container, PodTemplate, Probe } from '../../model/pod';
import type { Resource } from '../../model/resources';
import { documentRule } from '../rule';
import { declaredPorts, isListOpen, podKinds, podTemplateOf, portNameProblem, type DeclaredPort } from '../shared/ports';

export const probeNamedPortMissing = documentRule({
  meta: {
    id: 'port/probe-named-port-missing',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A probe uses a port name that its container does not declare.',
    why: 'The kubelet resolves the port name of a probe in the container that the probe belongs to, and nowhere else: the ports of the other containers of the pod do not count. When the name is not there, no connection is even tried. A readiness probe then never succeeds and the pod gets no traffic, a startup probe never succeeds and the container is never taken for started, a liveness probe guards nothing. A `postStart` hook fails, which kills the container.',
    remedy:
      'Use the name as this container declares it, add the name to one of its ports, or write the number. To probe a port of another container of the pod write its number: the containers share one network.',
    references: [
      '[Configure liveness, readiness and startup probes: named port](https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#use-a-named-port)',
      '`pkg/probe/util.go` (ResolveContainerPort)',
      '`pkg/kubelet/lifecycle/handlers.go` (resolvePort)',
    ],
    messages: {
      probe: 'The {kind} uses port name `{name}`, but container `{container}` has no port with this name; the probe can never succeed.',
      hook: 'The {kind} hook uses port name `{name}`, but container `{container}` has no port with this name; the hook can never succeed.',
    },
    fixable: true,
  },
  kinds: podKinds,
  *check(resource) {
    const template = podTemplateOf(resource);
    if (!template || resource.partial) return;
    for (const container of template.containers) {
      // Ordinary init containers and ephemeral ones may have no probes at all.
      if (container.role !== 'container' && container.role !== 'sidecar') continue;
      if (isListOpen(resource, [...container.path, 'ports']) || container.ports.some((port) => isOpaque(port.name))) continue;
      for (const probe of container.probes) {
        const name = known(probe.port);
        if (typeof name !== 'string' || portNameProblem(name) !== undefined || probe.handler === 'grpc') continue;
        if (container.ports.some((port) => port.name === name)) continue;
        const elsewhere = namedElsewhere(template, container, name);
        yield {
          at: { resource, path: probe.portPath },
          message: isHook(probe) ? 'hook' : 'probe',
          data: { kind: probe.kind, name, container: container.name },
          related: elsewhere
            ? [{ mark: { resource, path: [...elsewhere.port.path, 'name'] }, message: `Container \`${elsewhere.container.name}\` has a port with this name.` }]
            : [],
          fixes: fixes(resource, container, probe, name, elsewhere),
        };
      }
    }
  },
});

function isHook(probe: Probe): boolean {
  return probe.kind === 'postStart' || probe.kind === 'preStop';
}

function namedElsewhere(template: PodTemplate, own: Container, name: string): DeclaredPort | undefined {
  const others = template.containers.filter((container) => container !== own && (container.role === 'container' || container.role === 'sidecar'));
  return others.flatMap(declaredPorts).find(({ port }) => known(port.name) === name);
}

/** A name that is nearly the same; else the number that the name has in another container; else the only port of this one. */
function fixes(resource: Resource, container: Container, probe: Probe, name: string, elsewhere: DeclaredPort | undefined): Fix[] {
  const declared = declaredPorts(container).filter(({ protocol }) => protocol === 'TCP');
  const use = (value: string | number, preferred: boolean): Fix => ({
    title: `Probe port ${value}`,
    ...(preferred ? { preferred } : {}),
    edits: [{ kind: 'replace', resource, path: probe.portPath, value }],
  });
  const near = nearest(
    name,
    declared.flatMap(({ port }) => known(port.name) ?? []),
  );
  const result = near === undefined ? [] : [use(near, true)];
  if (elsewhere) result.push(use(elsewhere.number, result.length === 0));
  const [only, ...more] = declared;
  if (result.length === 0 && only && more.length === 0) {
    const itsName = known(only.port.name);
    result.push(use(itsName !== undefined && portNameProblem(itsName) === undefined ? itsName : only.number, true));
  }
  return result;
}

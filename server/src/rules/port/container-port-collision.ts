/** Two containers of one pod that declare the same port. */
import type { Finding } from '../../model/finding';
import type { PodTemplate } from '../../model/pod';
import type { Resource } from '../../model/resources';
import { documentRule } from '../rule';
import { containersByStart, declaredPorts, podKinds, podTemplateOf, sameHostPort, useFreePortFix, type DeclaredPort } from '../shared/ports';

type Message = 'collision' | 'addresses';

export const containerPortCollision = documentRule({
  meta: {
    id: 'port/container-port-collision',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'Two containers of a pod declare the same port.',
    why: 'All containers of a pod share one network namespace, so there is one port 8080 for all of them. The API server accepts the manifest, because `containerPort` opens nothing and is information only. When both programs really listen there, the one that starts second fails with "address already in use" and its container restarts over and over. Sidecars (init containers with `restartPolicy: Always`) run beside the app containers and count; ordinary init containers have ended by then and do not. TCP 53 and UDP 53 are different ports.',
    remedy:
      'Let one of the two programs listen on another port, in its own configuration and in the manifest: `containerPort`, the probes, and the `targetPort` of a Service or the ports of a NetworkPolicy that mean it. If the program does not listen there at all, remove the declaration.',
    references: [
      '[Pods: resource sharing and communication](https://kubernetes.io/docs/concepts/workloads/pods/#resource-sharing-and-communication)',
      '[Sidecar containers](https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/)',
      '`pkg/api/pod/warnings.go` (duplicate port definitions)',
    ],
    messages: {
      collision:
        "`{first}` and `{second}` both declare {port}/{protocol}. Containers of a pod share one network, so only one of them can listen there; the other will fail with 'address already in use'.",
      addresses:
        "`{first}` and `{second}` both declare {port}/{protocol}. Containers of a pod share one network, so unless each binds a different address, only one of them can listen there; the other will fail with 'address already in use'.",
    },
    fixable: true,
  },
  kinds: podKinds,
  *check(resource) {
    const template = podTemplateOf(resource);
    if (!template) return;
    const first = new Map<string, DeclaredPort>();
    for (const container of containersByStart(template)) {
      for (const declared of onceEach(declaredPorts(container))) {
        const key = `${declared.number}/${declared.protocol}`;
        const earlier = first.get(key);
        if (!earlier) first.set(key, declared);
        // The same port of the node besides: port/host-port-collision-in-pod says it.
        else if (!sameHostPort(earlier, declared, template)) yield finding(resource, template, earlier, declared);
      }
    }
    yield* initContainersBesideSidecars(resource, template);
  },
});

/** An ordinary init container runs while the sidecars before it already listen. */
function* initContainersBesideSidecars(resource: Resource, template: PodTemplate): Iterable<Finding<Message>> {
  const listening = new Map<string, DeclaredPort>();
  for (const container of template.containers) {
    if (container.role !== 'sidecar' && container.role !== 'init') continue;
    for (const declared of onceEach(declaredPorts(container))) {
      const key = `${declared.number}/${declared.protocol}`;
      const sidecar = listening.get(key);
      if (container.role === 'init' && sidecar) yield finding(resource, template, sidecar, declared);
      if (container.role === 'sidecar' && !sidecar) listening.set(key, declared);
    }
  }
}

function finding(resource: Resource, template: PodTemplate, earlier: DeclaredPort, declared: DeclaredPort): Finding<Message> {
  const { port, container, number, protocol } = declared;
  return {
    at: { resource, path: [...port.path, 'containerPort'] },
    message: earlier.hostIP === declared.hostIP ? 'collision' : 'addresses',
    data: { first: earlier.container.name, second: container.name, port: number, protocol },
    related: [{ mark: { resource, path: [...earlier.port.path, 'containerPort'] }, message: `\`${earlier.container.name}\` declares it first.` }],
    fixes: [
      useFreePortFix(resource, template, declared, { preferred: true }),
      { title: `Remove the declaration from ${container.name}`, edits: [{ kind: 'remove', resource, path: port.path, pruneEmpty: true }] },
    ],
  };
}

/** A port that one container lists twice is port/duplicate-in-container. */
function onceEach(declared: readonly DeclaredPort[]): DeclaredPort[] {
  return [...new Map([...declared].reverse().map((entry) => [`${entry.number}/${entry.protocol}`, entry])).values()].reverse();
}

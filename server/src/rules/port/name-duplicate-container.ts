/** One container with two ports of the same name. */
import { known } from '../../base/opaque';
import type { Fix } from '../../model/finding';
import type { ContainerPort } from '../../model/pod';
import { documentRule } from '../rule';
import { renamePortFix } from '../shared/portNames';
import { podKinds, podTemplateOf, portNameProblem } from '../shared/ports';

export const nameDuplicateContainer = documentRule({
  meta: {
    id: 'port/name-duplicate-container',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A container uses a port name twice.',
    why: 'Services, probes and NetworkPolicies find a port by its name, so a name may stand for one port of a container only. The API server refuses the pod otherwise, also when the protocols differ; a workload with such a template is refused in the same way. Usually an entry was copied and its name was forgotten.',
    remedy: 'Give the second port a name of its own, or remove it if it is a copy. A port for TCP and UDP needs two names, such as `dns` and `dns-udp`.',
    references: [
      '`pkg/apis/core/validation/validation.go` (validateContainerPorts)',
      '[Pod API: ports](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports)',
    ],
    messages: {
      duplicate: 'Port name `{name}` is used twice in `{container}`; the API server refuses that.',
    },
    fixable: true,
  },
  kinds: podKinds,
  *check(resource) {
    const template = podTemplateOf(resource);
    if (!template) return;
    for (const container of template.containers) {
      const first = new Map<string, ContainerPort>();
      for (const port of container.ports) {
        const name = known(port.name);
        if (!name || portNameProblem(name) !== undefined) continue;
        const earlier = first.get(name);
        if (!earlier) {
          first.set(name, port);
          continue;
        }
        const rename = renamePortFix(resource, template, container, port, name, false);
        const remove: Fix = { title: 'Remove the second entry', preferred: true, edits: [{ kind: 'remove', resource, path: port.path }] };
        yield {
          at: { resource, path: [...port.path, 'name'] },
          message: 'duplicate',
          data: { name, container: container.name },
          related: [{ mark: { resource, path: [...earlier.path, 'name'] }, message: 'The first port of this name.' }],
          fixes: isCopy(earlier, port) ? [remove, rename] : [{ ...rename, preferred: true }],
        };
      }
    }
  },
});

function isCopy(a: ContainerPort, b: ContainerPort): boolean {
  const same = (key: 'containerPort' | 'hostPort' | 'hostIP'): boolean => known(a[key]) === known(b[key]);
  return (
    known(a.containerPort) !== undefined &&
    same('containerPort') &&
    same('hostPort') &&
    same('hostIP') &&
    (known(a.protocol) ?? 'TCP') === (known(b.protocol) ?? 'TCP')
  );
}

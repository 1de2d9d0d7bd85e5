/** Two containers of a pod with ports of the same name. */
import { concurrentContainers } from '../../model/pod';
import { known } from '../../base/opaque';
import { documentRule } from '../rule';
import { renamePortFix } from '../shared/portNames';
import { declaredPorts, podKinds, podTemplateOf, portNameProblem, type DeclaredPort } from '../shared/ports';

export const nameDuplicatePod = documentRule({
  meta: {
    id: 'port/name-duplicate-pod',
    severity: 'warning',
    default: 'warning',
    tier: 'B',
    summary: 'Two containers of a pod use the same port name for different ports.',
    why: 'A Service or a NetworkPolicy that names a port means the first port of that name and protocol in the pod: the containers are searched in order, then the sidecars. The second one can never be reached by its name. The API documents port names as unique in a pod but accepts the second one with a warning, so traffic quietly goes to the wrong container when their order changes.',
    remedy: 'Give the second port a name of its own, and use it wherever that port is meant.',
    references: [
      '`staging/src/k8s.io/api/core/v1/types.go` (ContainerPort.Name)',
      '`pkg/api/v1/pod/util.go` (FindPort)',
      '`pkg/api/pod/warnings.go` (duplicate port name)',
    ],
    messages: {
      duplicate: 'Port name `{name}` is used twice; a look-up takes the first ({container}: {port}).',
    },
    fixable: true,
  },
  kinds: podKinds,
  *check(resource) {
    const template = podTemplateOf(resource);
    if (!template) return;
    const first = new Map<string, DeclaredPort>();
    for (const declared of concurrentContainers(template).flatMap(declaredPorts)) {
      const name = known(declared.port.name);
      if (!name || portNameProblem(name) !== undefined) continue;
      const key = `${name}/${declared.protocol}`;
      const earlier = first.get(key);
      if (!earlier) first.set(key, declared);
      // In one container it is refused, which is another finding; with one number the look-up is right either way.
      if (!earlier || earlier.container === declared.container || earlier.number === declared.number) continue;
      yield {
        at: { resource, path: [...declared.port.path, 'name'] },
        message: 'duplicate',
        data: { name, container: earlier.container.name, port: earlier.number },
        related: [{ mark: { resource, path: [...earlier.port.path, 'name'] }, message: `The first port of this name, in \`${earlier.container.name}\`.` }],
        fixes: [{ ...renamePortFix(resource, template, declared.container, declared.port, name, true), preferred: true }],
      };
    }
  },
});

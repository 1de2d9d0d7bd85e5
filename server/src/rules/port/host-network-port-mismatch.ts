/** A host port beside `hostNetwork` that differs from the container port. */
import { documentRule } from '../rule';
import { declaredPorts, podKinds, podTemplateOf } from '../shared/ports';

export const hostNetworkPortMismatch = documentRule({
  meta: {
    id: 'port/host-network-port-mismatch',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'With `hostNetwork` a host port differs from the container port.',
    why: 'A pod with `hostNetwork: true` has no network of its own: its programs listen directly on the ports of the node, and nothing stands between that could map one port to another. So the host port is the container port, and the API server refuses a pod that says otherwise. A workload with such a template is refused as well, or makes no pod.',
    remedy:
      'Write the port on which the program really listens in `containerPort`, and leave `hostPort` out or give it the same number. If the mapping is what you need, remove `hostNetwork`.',
    references: [
      '`pkg/apis/core/validation/validation.go` (validatePodHostNetworkDeps)',
      '[Pod API: hostNetwork, ports](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/)',
    ],
    messages: {
      differs: 'With `hostNetwork` the host port must be {containerPort}, like the container port.',
    },
    fixable: true,
  },
  kinds: podKinds,
  *check(resource) {
    const template = podTemplateOf(resource);
    if (!template?.hostNetwork) return;
    for (const container of template.containers) {
      if (container.role !== 'container') continue;
      for (const { port, number, hostPort } of declaredPorts(container)) {
        if (!hostPort || hostPort === number) continue;
        const path = [...port.path, 'hostPort'];
        yield {
          at: { resource, path },
          message: 'differs',
          data: { containerPort: number },
          related: [{ mark: { resource, path: [...template.path, 'spec', 'hostNetwork'] }, message: 'The pod uses the network of its node.' }],
          fixes: [
            { title: `Set hostPort to ${number}`, preferred: true, edits: [{ kind: 'replace', resource, path, value: number }] },
            { title: 'Remove hostPort', edits: [{ kind: 'remove', resource, path }] },
          ],
        };
      }
    }
  },
});

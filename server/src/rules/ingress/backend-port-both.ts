/** The port of a backend given twice, or not at all. */
import { isOpaque } from '../../base/opaque';
import { valueAt, type Resource } from '../../model/resources';
import type { Fix } from '../../model/finding';
import type { Path } from '../../protocol/source';
import { documentRule } from '../rule';
import { allBackends } from '../shared/ingressBackends';
import { isMapping } from '../shared/fieldWalk';
import { mayHoldMore } from '../shared/templated';

export const backendPortBoth = documentRule<'Ingress', 'both' | 'neither'>({
  meta: {
    id: 'ingress/backend-port-both',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'The port of a backend has a name and a number, or neither.',
    why: 'The port of a backend Service is given either by its number or by its name. The API server refuses both together, because they could disagree, and it refuses neither.',
    remedy: 'Keep the name or the number. Only a number finds a port that has no name.',
    references: [
      '`staging/src/k8s.io/api/networking/v1/types.go` (ServiceBackendPort) in kubernetes/kubernetes',
      '`pkg/apis/networking/validation/validation.go` (validateIngressBackend) in kubernetes/kubernetes',
    ],
    messages: {
      both: 'Give either a name or a number; the API server refuses both.',
      neither: 'Give the port of the Service, by its name or its number.',
    },
    fixable: true,
  },
  kinds: ['Ingress'],
  *check(ingress) {
    if (ingress.partial || ingress.apiVersion !== 'networking.k8s.io/v1') return;
    for (const backend of allBackends(ingress)) {
      const service = valueAt(ingress, [...backend.path, 'service']);
      if (!isMapping(service)) continue;
      const port = [...backend.path, 'service', 'port'];
      const [name, number] = [valueAt(ingress, [...port, 'name']), valueAt(ingress, [...port, 'number'])];
      if (isSet(name) && isSet(number) && !isOpaque(name) && !isOpaque(number)) {
        yield { at: { resource: ingress, path: port, part: 'key' }, message: 'both', fixes: [remove(ingress, port, 'number'), remove(ingress, port, 'name')] };
        continue;
      }
      const written = service['port'];
      if (isSet(name) || isSet(number) || mayHoldMore(service) || (isSet(written) && !isMapping(written))) continue;
      // A misspelt key is told elsewhere.
      const keys = [...Object.keys(service).filter((key) => key !== 'name' && key !== 'port'), ...(isMapping(written) ? Object.keys(written) : [])];
      if (keys.some((key) => key !== 'name' && key !== 'number')) continue;
      yield { at: { resource: ingress, path: 'port' in service ? port : [...backend.path, 'service'], part: 'key' }, message: 'neither' };
    }
  },
});

function isSet(value: unknown): boolean {
  return isOpaque(value) || (value !== undefined && value !== null && value !== '' && value !== 0);
}

function remove(resource: Resource, port: Path, key: string): Fix {
  return { title: `Remove the ${key}`, edits: [{ kind: 'remove', resource, path: [...port, key] }] };
}

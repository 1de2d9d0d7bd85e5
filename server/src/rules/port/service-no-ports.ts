/** A Service without ports. */
import { isOpaque } from '../../base/opaque';
import type { Fix } from '../../model/finding';
import { concurrentContainers } from '../../model/pod';
import { valueAt } from '../../model/resources';
import { contextRule } from '../rule';
import { declaredPorts } from '../shared/ports';
import { mayHoldMore } from '../shared/templated';

export const serviceNoPorts = contextRule({
  meta: {
    id: 'port/service-no-ports',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A Service with a cluster IP has no ports.',
    why: 'A Service with a cluster IP forwards nothing but the ports that it lists, so the API server asks for at least one. Only headless Services (`clusterIP: None`), whose names lead to the pods themselves, and `ExternalName` Services may do without.',
    remedy:
      'List the ports that clients use, each with the `targetPort` of the containers. If the Service is only there for the names of pods, make it headless.',
    references: [
      '[Defining a Service](https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service)',
      '`pkg/apis/core/validation/validation.go` (ValidateService) in kubernetes/kubernetes',
    ],
    messages: { missing: 'A Service needs at least one port, unless it is headless or of type ExternalName.' },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service, index) {
    const { type, clusterIP, clusterIPs } = service.spec;
    const spec = valueAt(service, ['spec']);
    if (service.partial || typeof spec !== 'object' || spec === null || Array.isArray(spec) || isOpaque(type) || type === 'ExternalName') return;
    if (clusterIP === 'None' || clusterIPs.includes('None')) return;
    const ports = valueAt(service, ['spec', 'ports']);
    if (ports !== undefined && ports !== null && !(Array.isArray(ports) && ports.length === 0)) return;
    // A misspelt key is told elsewhere, and a template may bring the list.
    if (mayHoldMore(spec) || Object.keys(spec).some((key) => /^_?ports?_?$|^prots$/i.test(key) && key !== 'ports')) return;
    const numbers = new Set(
      index
        .backends(service)
        .yes.flatMap(({ template }) => concurrentContainers(template).flatMap(declaredPorts))
        .map((port) => port.number),
    );
    const [only] = numbers;
    const value = [{ port: only }];
    const fixes: Fix[] =
      only === undefined || numbers.size > 1
        ? []
        : [
            {
              title: `Add port ${only}, which the pods declare`,
              preferred: true,
              edits: [
                ports === undefined
                  ? { kind: 'insert', resource: service, path: ['spec'], key: 'ports', value }
                  : { kind: 'replace', resource: service, path: ['spec', 'ports'], value },
              ],
            },
          ];
    yield { at: { resource: service, path: ['spec'], part: 'key' }, message: 'missing', fixes };
  },
});

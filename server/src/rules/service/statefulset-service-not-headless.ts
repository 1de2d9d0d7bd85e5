/** A StatefulSet whose governing Service has a cluster IP: its pods get no names of their own. */
import { isOpaque, known } from '../../base/opaque';
import type { Fix, Related } from '../../model/finding';
import { valueAt, type Resource } from '../../model/resources';
import { contextRule } from '../rule';
import { podNameUse } from '../shared/calls';
import { kindAndName } from '../shared/words';

export const statefulsetServiceNotHeadless = contextRule({
  meta: {
    id: 'service/statefulset-service-not-headless',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'The Service that a StatefulSet names as its `serviceName` is not headless.',
    why: 'The pods of a StatefulSet get stable names such as `web-0.web` from the Service that `serviceName` names, but cluster DNS makes records for single pods only of headless Services. With a cluster IP the name of the Service leads to any of the pods, and `web-0.web` does not exist. Members of a cluster that look each other up by these names never find each other. Reported as a warning when such a name is used in these files, else as information: a StatefulSet whose pods nobody addresses one by one works all the same.',
    remedy:
      'Give the StatefulSet a headless Service (`clusterIP: None`) and, where clients want one address, a second Service beside it. Both fields cannot be changed on objects that exist: the Service has to be deleted and created again.',
    references: [
      '[StatefulSet: stable network ID](https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id)',
      '[Kubernetes DNS-based service discovery, 2.3 and 2.4](https://github.com/kubernetes/dns/blob/master/docs/specification.md)',
    ],
    messages: {
      used: 'Pods of {set} get no stable names: Service `{service}` is not headless, but such a name is used in {user}.',
      unused: 'Pods of {set} get no stable names: Service `{service}` is not headless.',
    },
    fixable: true,
  },
  kinds: ['StatefulSet'],
  *check(set, index) {
    const name = known(set.spec.serviceName);
    const namespace = index.namespaceOf(set);
    if (set.partial || set.metadata.namespaceOpaque || !set.metadata.nameKnown || name === undefined || name === '') return;
    const lookup = index.get('Service', namespace, name);
    if (lookup.state !== 'found' || index.sameNamespace(namespace, index.namespaceOf(lookup.value)) !== 'yes') return;
    const service = lookup.value;
    if (service.metadata.namespaceOpaque || !hasClusterIp(service)) return;
    const use = podNameUse(set, service, index);
    const related: Related[] = [{ mark: { resource: service, path: ['metadata', 'name'] }, message: `Service \`${name}\` has a cluster IP.` }];
    if (use) related.unshift({ mark: use, message: 'The name of a pod is used here.' });
    const fix = headlessFix(service);
    yield {
      at: { resource: set, path: ['spec', 'serviceName'] },
      message: use ? 'used' : 'unused',
      data: { set: set.metadata.name, service: name, ...(use ? { user: kindAndName(use.resource) } : {}) },
      severity: use ? 'warning' : 'information',
      related,
      fixes: fix ? [fix] : [],
    };
  },
});

/** As far as it is certain. ExternalName has no pods at all, which is another matter. */
function hasClusterIp({ spec, partial }: Resource<'Service'>): boolean {
  if (partial || isOpaque(spec.type) || spec.type === 'ExternalName' || isOpaque(spec.clusterIP)) return false;
  return spec.clusterIP !== 'None' && !spec.clusterIPs.some((address) => isOpaque(address) || address === 'None');
}

/** Not for types that need a cluster IP. */
function headlessFix(service: Resource<'Service'>): Fix | undefined {
  const { type, clusterIPs } = service.spec;
  if ((known(type) ?? 'ClusterIP') !== 'ClusterIP' || clusterIPs.length > 0) return undefined;
  const title = `Make ${service.metadata.name} headless (one that exists has to be deleted and created again)`;
  const path = ['spec', 'clusterIP'];
  return valueAt(service, path) === undefined
    ? { title, preferred: true, edits: [{ kind: 'insert', resource: service, path: ['spec'], key: 'clusterIP', value: 'None' }] }
    : { title, preferred: true, edits: [{ kind: 'replace', resource: service, path, value: 'None' }] };
}

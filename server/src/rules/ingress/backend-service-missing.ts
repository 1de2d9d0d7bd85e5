/** A backend of an Ingress that names a Service which is not there. */
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { Finding } from '../../model/finding';
import type { Resource } from '../../model/resources';
import { contextRule, type RuleSettings } from '../rule';
import { namedIn } from '../shared/byName';
import { serviceBackends, type ServiceBackend } from '../shared/ingressBackends';
import { inNamespace, isComplete } from '../shared/selectors';

type Message = 'missing' | 'near' | 'elsewhere';

export const backendServiceMissing = contextRule<'Ingress', Message>({
  meta: {
    id: 'ingress/backend-service-missing',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A backend names a Service that is not in the namespace of the Ingress.',
    why: 'A backend is looked up by name in the namespace of the Ingress itself; an Ingress cannot reach into another namespace. The API server does not check the name. Where there is no such Service the controller answers 503 or its default page, or leaves the whole host out, and says so only in its log or in an event. Reported where the Service is known to be missing: in a closed context, when a Service with nearly the same name is there, or when the file itself defines it in another namespace.',
    remedy:
      'Correct the name, or move the Ingress into the namespace of the Service. If it has to stay where it is, put an `ExternalName` Service beside it that points to `NAME.NAMESPACE.svc.cluster.local`, where the controller allows that, or use the Gateway API, whose routes may name other namespaces.',
    references: [
      '[Ingress](https://kubernetes.io/docs/concepts/services-networking/ingress/)',
      '[Gateway API: cross-namespace routing](https://gateway-api.sigs.k8s.io/guides/multiple-ns/)',
    ],
    messages: {
      missing: 'There is no Service `{name}` {namespace}, and an Ingress reaches only Services of its own namespace.',
      near: 'There is no Service `{name}` {namespace}; did you mean `{near}`?',
      elsewhere: 'Service `{name}` is in namespace `{other}`, and an Ingress reaches only Services of its own namespace.',
    },
    fixable: true,
  },
  kinds: ['Ingress'],
  *check(ingress, index, settings) {
    if (ingress.partial || ingress.metadata.namespaceOpaque) return;
    const byName = new Map<string, ServiceBackend[]>();
    for (const backend of serviceBackends(ingress)) byName.set(backend.name, [...(byName.get(backend.name) ?? []), backend]);
    for (const [name, uses] of byName) {
      const finding = checkName(ingress, name, uses, new Set(byName.keys()), index, settings);
      if (finding) yield finding;
    }
  },
});

/** One finding a name: further backends with it are related. */
function checkName(
  ingress: Resource<'Ingress'>,
  name: string,
  uses: readonly ServiceBackend[],
  names: ReadonlySet<string>,
  index: ClusterIndex,
  { unresolvedReferences }: RuleSettings,
): Finding<Message> | undefined {
  const namespace = index.namespaceOf(ingress);
  const [first, ...others] = uses;
  if (!first || (name === 'kubernetes' && (namespace === undefined || namespace === 'default'))) return undefined;
  const lookup = index.get('Service', namespace, name);
  if (lookup.state === 'found' || index.mayBeMade('Service', namespace, name)) return undefined;
  const base = {
    at: { resource: ingress, path: first.namePath },
    related: others.slice(0, 8).map(({ namePath }) => ({ mark: { resource: ingress, path: namePath }, message: `\`${name}\` is named here too.` })),
  };
  const data = { name, namespace: inNamespace(namespace) };

  const near = lookup.state === 'absent' ? lookup.near : undefined;
  const isEvidence = near !== undefined && !names.has(near.metadata.name) && index.sameNamespace(namespace, index.namespaceOf(near)) === 'yes';
  const complete = isComplete(index);
  const elsewhere = serviceElsewhere(ingress, name, index, complete);
  if (elsewhere) {
    return {
      ...base,
      message: 'elsewhere',
      data: { ...data, other: index.namespaceOf(elsewhere) ?? '' },
      related: [{ mark: { resource: elsewhere, path: ['metadata', 'name'] }, message: `Service \`${name}\` is defined here.` }, ...base.related],
    };
  }
  if (near !== undefined && isEvidence) {
    const found = near.metadata.name;
    return {
      ...base,
      message: 'near',
      data: { ...data, near: found },
      related: [{ mark: { resource: near, path: ['metadata', 'name'] }, message: `Service \`${found}\` is here.` }, ...base.related],
      fixes: [
        {
          title: `Change to ${found}`,
          preferred: true,
          edits: uses.map(({ namePath }) => ({ kind: 'replace', resource: ingress, path: namePath, value: found })),
        },
      ],
    };
  }
  if (complete) return { ...base, message: 'missing', data };
  return unresolvedReferences === 'off' ? undefined : { ...base, message: 'missing', data, severity: unresolvedReferences };
}

/**
 * The only Service of that name, when it is surely in another namespace. In an open context its namespace may hold one of several equal copies,
 * so it is evidence only in the file of the Ingress.
 */
function serviceElsewhere(ingress: Resource<'Ingress'>, name: string, index: ClusterIndex, complete: boolean): Resource<'Service'> | undefined {
  const namespace = index.namespaceOf(ingress);
  const named = namedIn(index.ofKind('Service'), name).filter((service) => !service.partial);
  if (named.some((service) => service.metadata.namespaceOpaque || index.sameNamespace(namespace, index.namespaceOf(service)) !== 'no')) return undefined;
  return named.find((service) => complete || service.source.uri === ingress.source.uri);
}

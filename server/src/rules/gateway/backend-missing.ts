/** A backend of a route that names a Service which is not there. */
import { known } from '../../base/opaque';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { ObjectReference } from '../../model/gateway';
import type { Finding } from '../../model/finding';
import { contextRule, type RuleSettings } from '../rule';
import { backendReferences, isKnownNamespace, isServiceReference, namespaceOfReference, routeKinds, type Route } from '../shared/routeReferences';
import { inNamespace, isComplete } from '../shared/selectors';

type Message = 'missing' | 'near';

export const gatewayBackendMissing = contextRule<(typeof routeKinds)[number], Message>({
  meta: {
    id: 'gateway/backend-missing',
    severity: 'warning',
    default: 'warning',
    tier: 'B',
    summary: 'A backend of a route names a Service that is not there.',
    why: 'The route reports `ResolvedRefs: False` with the reason `BackendNotFound`, and the share of requests that goes to this backend is answered with status 500. Reported where the Service is known to be missing: in a closed context, or when a Service with nearly the same name is there.',
    remedy: 'Correct the name, or the namespace of the reference. Without a namespace the Service is looked for in that of the route.',
    references: [
      '[Gateway API: BackendRef](https://gateway-api.sigs.k8s.io/reference/spec/#backendref)',
      '`apis/v1/shared_types.go` (RouteReasonBackendNotFound) in kubernetes-sigs/gateway-api',
    ],
    messages: {
      missing: 'There is no Service `{name}` {namespace}.',
      near: 'There is no Service `{name}` {namespace}; did you mean `{near}`?',
    },
    fixable: true,
  },
  kinds: routeKinds,
  *check(route, index, settings) {
    if (route.partial) return;
    const references = backendReferences(route).filter(isServiceReference);
    const names = new Set(references.map((reference) => known(reference.name)));
    const told = new Set<string>();
    for (const reference of references) {
      const finding = checkReference(route, reference, names, index, settings);
      const key = `${String(finding?.data?.['namespace'])} ${String(finding?.data?.['name'])}`;
      if (!finding || told.has(key)) continue;
      told.add(key);
      yield finding;
    }
  },
});

function checkReference(
  route: Route,
  reference: ObjectReference,
  names: ReadonlySet<string | undefined>,
  index: ClusterIndex,
  { unresolvedReferences }: RuleSettings,
): Finding<Message> | undefined {
  const name = known(reference.name);
  if (name === undefined || name === '' || !isKnownNamespace(reference, route)) return undefined;
  const namespace = namespaceOfReference(reference, route, index);
  if (name === 'kubernetes' && (namespace === undefined || namespace === 'default')) return undefined;
  const lookup = index.get('Service', namespace, name);
  if (lookup.state === 'found' || index.mayBeMade('Service', namespace, name)) return undefined;
  const path = [...reference.path, 'name'];
  const data = { name, namespace: inNamespace(namespace) };
  const near = lookup.state === 'absent' ? lookup.near : undefined;
  if (near && !names.has(near.metadata.name) && index.sameNamespace(namespace, index.namespaceOf(near)) === 'yes') {
    return {
      at: { resource: route, path },
      message: 'near',
      data: { ...data, near: near.metadata.name },
      related: [{ mark: { resource: near, path: ['metadata', 'name'] }, message: `Service \`${near.metadata.name}\` is here.` }],
      fixes: [{ title: `Change to ${near.metadata.name}`, preferred: true, edits: [{ kind: 'replace', resource: route, path, value: near.metadata.name }] }],
    };
  }
  if (isComplete(index)) return { at: { resource: route, path }, message: 'missing', data };
  return unresolvedReferences === 'off' ? undefined : { at: { resource: route, path }, message: 'missing', data, severity: unresolvedReferences };
}

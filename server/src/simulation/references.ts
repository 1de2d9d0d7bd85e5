/** References of the Gateway API to objects of another namespace: allowed only where a ReferenceGrant stands in that namespace. */
import { known } from '../base/opaque';
import type { ClusterIndex, Namespace } from '../cluster/clusterIndex';
import type { ObjectReference } from '../model/gateway';
import type { Resource } from '../model/resources';

export type Grant =
  | { readonly state: 'same' | 'granted'; readonly grant?: Resource<'ReferenceGrant'> }
  | { readonly state: 'missing' | 'unknown'; readonly near?: Resource<'ReferenceGrant'> };

/** https://gateway-api.sigs.k8s.io/api-types/referencegrant/ */
export function grantFor(index: ClusterIndex, from: Resource, reference: ObjectReference, defaultKind: string): Grant {
  const own = index.namespaceOf(from);
  const namespace: Namespace = reference.namespace === undefined ? own : known(reference.namespace);
  if (reference.namespace !== undefined && namespace === undefined) return { state: 'unknown' };
  const same = index.sameNamespace(own, namespace);
  if (same === 'yes') return { state: 'same' };
  if (same === 'unknown') return { state: 'unknown' };
  const kind = known(reference.kind) ?? defaultKind;
  const group = known(reference.group) ?? '';
  let open = false;
  let near: Resource<'ReferenceGrant'> | undefined;
  for (const grant of index.inNamespace('ReferenceGrant', namespace)) {
    const fromFits = grant.spec.from.some(
      (item) => known(item.kind) === from.kind && known(item.group) === 'gateway.networking.k8s.io' && known(item.namespace) === own,
    );
    const toFits = grant.spec.to.some(
      (item) =>
        known(item.kind) === kind &&
        (known(item.group) ?? '') === group &&
        (item.name === undefined || known(item.name) === '' || known(item.name) === known(reference.name)),
    );
    if (fromFits && toFits && index.namespaceOf(grant) === namespace) return { state: 'granted', grant };
    near ??= grant;
    if ([...grant.spec.from, ...grant.spec.to].some((item) => typeof item.kind === 'object')) open = true;
  }
  return { state: open ? 'unknown' : 'missing', ...(near && { near }) };
}

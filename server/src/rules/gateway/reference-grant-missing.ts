/** A reference into another namespace that no ReferenceGrant there allows. */
import { isOpaque, known } from '../../base/opaque';
import type { ClusterIndex, Namespace } from '../../cluster/clusterIndex';
import type { Edit, Finding, Fix } from '../../model/finding';
import type { ObjectReference } from '../../model/gateway';
import type { Resource } from '../../model/resources';
import { contextRule, type RuleSettings } from '../rule';
import { backendReferences, gatewayGroup, isServiceReference, routeKinds, type Route } from '../shared/routeReferences';
import { isComplete } from '../shared/selectors';

type Message = 'missing' | 'close';
const kinds = [...routeKinds, 'Gateway'] as const;

export const referenceGrantMissing = contextRule<(typeof kinds)[number], Message>({
  meta: {
    id: 'gateway/reference-grant-missing',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A reference into another namespace lacks the ReferenceGrant that allows it.',
    why: "Routes may name Services of another namespace, and Gateways may name Secrets there, but only when that namespace agrees: a ReferenceGrant *in the namespace of the target* has to name the group, the kind and the namespace of who refers, and the group and the kind of what is referred to. Without one the reference is not resolved (`ResolvedRefs: False`, reason `RefNotPermitted`): requests to such a backend are answered with status 500, and a listener with such a certificate is not programmed. The reference of a route to its Gateway needs no grant; that is up to the listener's `allowedRoutes`.",
    remedy: 'Create a ReferenceGrant in the namespace of the target, or add the referrer to one that is there.',
    references: [
      '[Gateway API: ReferenceGrant](https://gateway-api.sigs.k8s.io/api-types/referencegrant/)',
      '`apis/v1beta1/referencegrant_types.go` in kubernetes-sigs/gateway-api',
    ],
    messages: {
      missing: 'A reference from {from} in `{namespace}` to a {kind} in `{target}` needs a ReferenceGrant in `{target}`, and none there allows it.',
      close:
        'A reference from {from} in `{namespace}` to {kind} `{name}` in `{target}` needs a ReferenceGrant in `{target}`; `{grant}` does not allow it: {reason}.',
    },
    fixable: true,
  },
  kinds,
  *check(resource, index, settings) {
    const namespace = index.namespaceOf(resource);
    if (resource.partial || resource.metadata.namespaceOpaque || namespace === undefined) return;
    const told = new Set<string>();
    for (const crossing of crossings(resource)) {
      const finding = checkCrossing(crossing, resource, namespace, index, settings);
      const key = finding && `${crossing.target}/${crossing.kind}/${finding.message === 'close' ? crossing.name : ''}`;
      if (!finding || key === undefined || told.has(key)) continue;
      told.add(key);
      yield finding;
    }
  },
});

/** A reference that names a namespace. */
interface Crossing {
  readonly reference: ObjectReference;
  readonly kind: 'Service' | 'Secret';
  readonly target: string;
  readonly name: string;
}

function crossings(resource: Route | Resource<'Gateway'>): readonly Crossing[] {
  const references: readonly { readonly reference: ObjectReference; readonly kind: Crossing['kind'] }[] =
    resource.type === 'Gateway'
      ? resource.spec.listeners.flatMap((listener) => listener.certificates.filter(isSecret).map((reference) => ({ reference, kind: 'Secret' as const })))
      : backendReferences(resource)
          .filter(isServiceReference)
          .map((reference) => ({ reference, kind: 'Service' as const }));
  return references.flatMap(({ reference, kind }) => {
    const [target, name] = [known(reference.namespace), known(reference.name)];
    return target === undefined || target === '' || name === undefined ? [] : [{ reference, kind, target, name }];
  });
}

function isSecret({ group, kind }: ObjectReference): boolean {
  return !isOpaque(group) && !isOpaque(kind) && (group ?? '') === '' && (kind ?? 'Secret') === 'Secret';
}

function checkCrossing(
  { reference, kind, target, name }: Crossing,
  resource: Route | Resource<'Gateway'>,
  namespace: string,
  index: ClusterIndex,
  { unresolvedReferences }: RuleSettings,
): Finding<Message> | undefined {
  if (target === namespace) return undefined;
  const grants = index.inNamespace('ReferenceGrant', target);
  // One whose namespace is not certain may be the one.
  if (grants.some((grant) => grant.partial || grant.metadata.namespaceOpaque || index.namespaceOf(grant) !== target)) return undefined;
  const judged = grants.map((grant) => ({ grant, gaps: gapsOf(grant, resource.kind, namespace, kind, name) }));
  if (judged.some(({ gaps }) => gaps === undefined || gaps.length === 0)) return undefined;

  const complete = isComplete(index);
  const close = judged.find(({ gaps }) => gaps?.length === 1);
  const severity = complete ? 'error' : close ? 'warning' : unresolvedReferences;
  if (severity === 'off') return undefined;
  const gap = close?.gaps?.[0];
  const data = { from: resource.kind, namespace, kind, target, name };
  const at = { resource, path: [...reference.path, 'namespace'] };
  if (!close || !gap) return { at, message: 'missing', data, severity };
  const fix = fixOf(close.grant, gap, resource.kind, namespace, kind, name);
  return {
    at,
    message: 'close',
    data: { ...data, grant: close.grant.metadata.name, reason: gap.reason },
    severity,
    related: [{ mark: { resource: close.grant, path: ['metadata', 'name'] }, message: `ReferenceGrant \`${close.grant.metadata.name}\` comes closest.` }],
    fixes: fix ? [fix] : [],
  };
}

interface Gap {
  readonly side: 'from' | 'to';
  readonly reason: string;
}

/** What keeps a grant from allowing the reference, empty when it does; undefined when a placeholder may hide the answer. */
function gapsOf(grant: Resource<'ReferenceGrant'>, referrer: string, namespace: Namespace, kind: Crossing['kind'], name: string): readonly Gap[] | undefined {
  const { from, to } = grant.spec;
  const opaque = [...from.flatMap((item) => [item.group, item.kind, item.namespace]), ...to.flatMap((item) => [item.group, item.kind, item.name])].some(
    isOpaque,
  );
  if (opaque) return undefined;
  const gaps: Gap[] = [];
  if (!from.some((item) => item.group === gatewayGroup && item.kind === referrer && item.namespace === namespace)) {
    gaps.push({
      side: 'from',
      reason: `it allows references from ${from.map((item) => `${str(item.kind)} in \`${str(item.namespace)}\``).join(', ') || 'nowhere'}`,
    });
  }
  const isTarget = (item: (typeof to)[number]): boolean =>
    (item.group ?? '') === '' && item.kind === kind && (item.name === undefined || item.name === '' || item.name === name);
  if (!to.some(isTarget)) {
    const allowed = to.map((item) => `${str(item.kind)}${item.name === undefined ? '' : ` \`${str(item.name)}\``}`);
    gaps.push({
      side: 'to',
      reason: `it allows references to ${allowed.join(', ') || 'nothing'}${to.some((item) => (item.group ?? '') !== '') ? ' of another group' : ''}`,
    });
  }
  return gaps;
}

function str(value: unknown): string {
  return typeof value === 'string' ? value : '?';
}

function fixOf(grant: Resource<'ReferenceGrant'>, { side }: Gap, referrer: string, namespace: string, kind: Crossing['kind'], name: string): Fix | undefined {
  const insert = (key: 'from' | 'to', value: unknown): Edit => ({ kind: 'insert', resource: grant, path: ['spec', key], key: grant.spec[key].length, value });
  if (grant.spec[side].length === 0) return undefined;
  return side === 'from'
    ? { title: `Allow ${referrer} of ${namespace} in ${grant.metadata.name}`, edits: [insert('from', { group: gatewayGroup, kind: referrer, namespace })] }
    : { title: `Allow ${kind} ${name} in ${grant.metadata.name}`, edits: [insert('to', { group: '', kind, name })] };
}

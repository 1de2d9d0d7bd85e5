/** A route that attaches to a listener which its Gateway does not have. */
import { nearest } from '../../base/editDistance';
import { isOpaque, known } from '../../base/opaque';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { RouteParent } from '../../model/gateway';
import type { Finding } from '../../model/finding';
import type { Resource } from '../../model/resources';
import { contextRule } from '../rule';
import { isListOpen } from '../shared/ports';
import { gatewayGroup, isOrUnset, routeKinds, type Route } from '../shared/routeReferences';
import { wordList } from '../shared/words';

type Message = 'name' | 'port';

export const sectionMissing = contextRule<(typeof routeKinds)[number], Message>({
  meta: {
    id: 'gateway/section-missing',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A route attaches to a listener that its Gateway does not have.',
    why: 'With `sectionName` or `port` a route attaches to listeners of that name or port alone. When the Gateway has none, the route is accepted by nobody (`NoMatchingParent`) and gets no traffic, although Gateway and route look healthy by themselves.',
    remedy: 'Name a listener of the Gateway, or leave `sectionName` and `port` out to attach to all that fit.',
    references: [
      '[Gateway API: attaching to Gateways](https://gateway-api.sigs.k8s.io/api-types/httproute/#attaching-to-gateways)',
      '`apis/v1/shared_types.go` (ParentReference) in kubernetes-sigs/gateway-api',
    ],
    messages: {
      name: 'Gateway `{gateway}` has no listener `{section}`; it has {listeners}.',
      port: 'Gateway `{gateway}` has no listener on port {port}; it has {listeners}.',
    },
    fixable: true,
  },
  kinds: routeKinds,
  *check(route, index) {
    if (route.partial || route.metadata.namespaceOpaque) return;
    for (const parent of route.spec.parents) {
      const finding = checkParent(route, parent, index);
      if (finding) yield finding;
    }
  },
});

function checkParent(route: Route, parent: RouteParent, index: ClusterIndex): Finding<Message> | undefined {
  const name = known(parent.name);
  if (name === undefined || isOpaque(parent.namespace) || !isOrUnset(parent.group, gatewayGroup) || !isOrUnset(parent.kind, 'Gateway')) return undefined;
  const namespace = parent.namespace === undefined ? index.namespaceOf(route) : known(parent.namespace);
  const lookup = index.get('Gateway', namespace, name);
  if (lookup.state !== 'found' || index.sameNamespace(namespace, index.namespaceOf(lookup.value)) !== 'yes') return undefined;
  const gateway = lookup.value;
  if (!areListenersKnown(gateway, index)) return undefined;
  const listeners = gateway.spec.listeners;
  const words = wordList(
    listeners.map((listener) => `\`${known(listener.name) ?? ''}\` on ${known(listener.port) ?? ''}`),
    6,
  );
  const related = [{ mark: { resource: gateway, path: ['spec', 'listeners'], part: 'key' as const }, message: `The listeners of Gateway \`${name}\`.` }];
  const section = known(parent.sectionName);
  if (section !== undefined && section !== '' && !listeners.some((listener) => listener.name === section)) {
    const names = listeners.flatMap((listener) => known(listener.name) ?? []);
    const near = nearest(section, names) ?? (names.length === 1 ? names[0] : undefined);
    const path = [...parent.path, 'sectionName'];
    return {
      at: { resource: route, path },
      message: 'name',
      data: { gateway: name, section, listeners: words },
      related,
      fixes: near === undefined ? [] : [{ title: `Change to ${near}`, preferred: true, edits: [{ kind: 'replace', resource: route, path, value: near }] }],
    };
  }
  const port = known(parent.port);
  if (port === undefined || listeners.some((listener) => listener.port === port)) return undefined;
  return { at: { resource: route, path: [...parent.path, 'port'] }, message: 'port', data: { gateway: name, port, listeners: words }, related };
}

/** A ListenerSet, or a kind of that manner, adds listeners of its own. */
function areListenersKnown(gateway: Resource<'Gateway'>, index: ClusterIndex): boolean {
  const { listeners } = gateway.spec;
  if (gateway.partial || listeners.length === 0 || isListOpen(gateway, ['spec', 'listeners'])) return false;
  if (listeners.some(({ name, port }) => known(name) === undefined || known(port) === undefined)) return false;
  return !index.ofKind('Other').some((other) => other.kind.endsWith('ListenerSet'));
}

/** Who in a context names a Service, and with which port: what tells that a setting of the Service matters to somebody. */
import { textOf } from '../../base/opaque';
import type { ClusterIndex, PodSet } from '../../cluster/clusterIndex';
import { callsOf, type ServiceCall } from '../../cluster/serviceCalls';
import type { Mark } from '../../model/finding';
import type { Context } from '../../model/context';
import type { Resource } from '../../model/resources';
import { commandTexts, envTexts } from './env';

export interface Call {
  readonly caller: PodSet;
  readonly call: ServiceCall;
}

/** Kept with the context, because every Service asks. */
const callsByContext = new WeakMap<Context, ReadonlyMap<Resource, readonly Call[]>>();

/** Calls of all pods to a Service, in the order of the pods. */
export function callsTo(service: Resource<'Service'>, index: ClusterIndex): readonly Call[] {
  restsOnAll(index);
  let calls = callsByContext.get(index.context);
  if (!calls) {
    const made = new Map<Resource, Call[]>();
    for (const caller of index.podSets(undefined)) {
      for (const call of callsOf(caller, index)) {
        if (!('type' in call.target)) continue;
        const list = made.get(call.target);
        if (list) list.push({ caller, call });
        else made.set(call.target, [{ caller, call }]);
      }
    }
    calls = made;
    callsByContext.set(index.context, calls);
  }
  return calls.get(service) ?? [];
}

/** Asked every time, since an answer that is taken from the cache asks nothing: whatever changes in the context may change it. */
function restsOnAll(index: ClusterIndex): void {
  // A question to all namespaces that costs next to nothing.
  index.inNamespace('KindCluster', undefined);
}

/** A text in which a pod is named as `web-0.web`, or as `$(POD_NAME).web`. */
interface PodNameUse {
  /** `web` of `web-0`; undefined where a variable stands for the pod. */
  readonly set: string | undefined;
  readonly at: Mark;
}

/** By the domain behind the pod, which is the name of a Service; kept with the context, because every StatefulSet asks. */
const usesByContext = new WeakMap<Context, ReadonlyMap<string, readonly PodNameUse[]>>();

/** Where a pod of the StatefulSet is named by the Service, in the values of a pod or in a ConfigMap. */
export function podNameUse(statefulSet: Resource<'StatefulSet'>, service: Resource<'Service'>, index: ClusterIndex): Mark | undefined {
  restsOnAll(index);
  let uses = usesByContext.get(index.context);
  if (!uses) usesByContext.set(index.context, (uses = podNameUses(index.podSets(undefined), index.ofKind('ConfigMap'))));
  return uses.get(service.metadata.name)?.find(({ set }) => set === undefined || set === statefulSet.metadata.name)?.at;
}

function podNameUses(podSets: readonly PodSet[], maps: readonly Resource<'ConfigMap'>[]): ReadonlyMap<string, readonly PodNameUse[]> {
  const uses = new Map<string, PodNameUse[]>();
  const read = (text: string | undefined, at: Mark): void => {
    if (!text?.includes('.')) return;
    for (const { set, domain } of podNamesIn(text.slice(0, mostText))) {
      const list = uses.get(domain);
      if (!list) uses.set(domain, [{ set, at }]);
      else if (list.every((use) => use.set !== set)) list.push({ set, at });
    }
  };
  for (const { resource, template } of podSets) {
    for (const container of template.containers) {
      for (const { written, path } of [...envTexts(container), ...commandTexts(container)]) read(written, { resource, path });
    }
  }
  for (const map of maps) for (const [key, value] of map.spec.data) read(textOf(value), { resource: map, path: ['data', key] });
  return uses;
}

const mostText = 200_000;
const numbered = /(?<![-a-zA-Z0-9.])([a-z0-9][-a-z0-9]{0,200})-(?:\d{1,6}|[{$][^\s."']{0,40})\.([a-z0-9][-a-z0-9]{0,62})(?![-a-zA-Z0-9])/g;
const byVariable = /\$(?:\([A-Z_][A-Z0-9_]{0,99}\)|\{[A-Z_][A-Z0-9_]{0,99}\}|[A-Z_][A-Z0-9_]{0,99})\.([a-z0-9][-a-z0-9]{0,62})(?![-a-zA-Z0-9])/g;

function* podNamesIn(text: string): Iterable<{ readonly set: string | undefined; readonly domain: string }> {
  for (const [, set, domain] of text.matchAll(numbered)) if (domain !== undefined) yield { set, domain };
  for (const [, domain] of text.matchAll(byVariable)) if (domain !== undefined) yield { set: undefined, domain };
}

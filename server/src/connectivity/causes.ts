/** What made a connection open or close between two contexts: a policy, a label, a port, a workload, or what leads there. */
import type { Address } from '../base/addresses';
import { textOf, type Value } from '../base/opaque';
import type { PodSet } from '../cluster/clusterIndex';
import { commonPorts, isNoPort, noPorts, type PortSet, samePorts, unitePorts, withoutPorts } from '../cluster/portSet';
import { concurrentContainers } from '../model/pod';
import { type PolicyDirection, type Resource, valueAt } from '../model/resources';
import type { Path } from '../protocol/source';
import type { ConnectivityMap } from './connectivity';
import { endOf, type Reason, reasonsOf } from './explain';
import type { Peer } from './peers';

export interface Cause {
  readonly kind: 'policy' | 'label' | 'port' | 'workload' | 'route' | 'other';
  readonly change: 'added' | 'removed' | 'changed';
  /** Whose policies it concerns: egress of the source, ingress of the destination. */
  readonly direction?: PolicyDirection;
  /** The side on which resource and path are to be looked at. */
  readonly side: 'before' | 'after';
  readonly resource?: Resource;
  readonly path?: Path;
  readonly words: string;
}

export interface BothMaps {
  readonly before: ConnectivityMap;
  readonly after: ConnectivityMap;
  /** As it would be had nothing changed but the policies. */
  readonly withNewPolicies: () => ConnectivityMap;
  /** As it would be had everything changed but the policies. */
  readonly withOldPolicies: () => ConnectivityMap;
}

/** One end of a connection as each side knows it. */
export interface EndSides {
  readonly before: Peer | undefined;
  readonly after: Peer | undefined;
  /** Of an end outside: one address that stands for all. */
  readonly address?: Address;
}

/** `old` and `now` differ. The causes are those that bear on the ports in which they do. Never empty. */
export function causesOf(maps: BothMaps, ends: { readonly from: EndSides; readonly to: EndSides }, old: PortSet, now: PortSet): readonly Cause[] {
  const appeared = [...presence(maps, ends.from), ...presence(maps, ends.to)];
  if (appeared.length > 0) return appeared;
  const ports = unitePorts(withoutPorts(old, now), withoutPorts(now, old));
  const causes = [
    ...causesAt(maps, 'Egress', ends.from, ends.to, ports),
    ...causesAt(maps, 'Ingress', ends.to, ends.from, ports),
    ...(ends.from.before?.kind === 'ingress-controller' ? routeCauses(maps, ends.to) : []),
  ];
  return causes.length > 0
    ? causes
    : [{ kind: 'other', change: 'changed', side: 'after', words: 'the addresses, the ranges of the cluster or the reading of policies differ' }];
}

/** A workload that only one side has. */
function presence(maps: BothMaps, end: EndSides): readonly Cause[] {
  if ((end.before === undefined) === (end.after === undefined)) return [];
  const side = end.before ? 'before' : 'after';
  const peer = end.before ?? end.after;
  const resource = peer && maps[side].workload(peer)?.members[0]?.resource;
  const change = side === 'before' ? 'removed' : 'added';
  return [{ kind: 'workload', change, side, ...(resource ? { resource, path: [] } : {}), words: `${peer?.id ?? 'a workload'} was ${change}` }];
}

function causesAt(maps: BothMaps, direction: PolicyDirection, subject: EndSides, peer: EndSides, ports: PortSet): readonly Cause[] {
  const asked = (map: ConnectivityMap, own: Peer | undefined, other: Peer | undefined): PortSet => {
    const workload = own && map.workload(own);
    const end = other && endOf(map, other, direction, peer.address);
    return workload && end ? commonPorts(map.oneEnd(direction, workload, end).allowed, ports) : noPorts;
  };
  const [old, now] = [asked(maps.before, subject.before, peer.before), asked(maps.after, subject.after, peer.after)];
  if (!subject.before || samePorts(old, now)) return [];
  const [onlyPolicies, allButPolicies] = [asked(maps.withNewPolicies(), subject.before, peer.before), asked(maps.withOldPolicies(), subject.after, peer.after)];
  const policiesMatter = !samePorts(onlyPolicies, old) || !samePorts(allButPolicies, now);
  const podsMatter = !samePorts(allButPolicies, old) || !samePorts(onlyPolicies, now);
  const told = (map: ConnectivityMap, own: Peer | undefined, other: Peer | undefined): readonly Reason[] =>
    own && other ? reasonsOf(map, direction, own, other, peer.address).filter((reason) => reason.resource && !isNoPort(commonPorts(reason.ports, ports))) : [];
  const [before, after] = [told(maps.before, subject.before, peer.before), told(maps.after, subject.after, peer.after)];
  const [keysBefore, keysAfter] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  const differing: readonly Told[] = [
    ...before.filter((reason) => !keysAfter.has(keyOf(reason))).map((reason): Told => ({ side: 'before', reason })),
    ...after.filter((reason) => !keysBefore.has(keyOf(reason))).map((reason): Told => ({ side: 'after', reason })),
  ];
  const deciding = [...before, ...after].flatMap(({ resource }) => resource ?? []);
  return [...(policiesMatter ? policyCauses(maps, direction, differing) : []), ...(podsMatter ? podCauses(maps, direction, subject, peer, deciding) : [])];
}

interface Told {
  readonly side: 'before' | 'after';
  readonly reason: Reason;
}

/** The same ports are meant by the same words where pods did not change. */
function keyOf({ effect, certain, resource, ports, words }: Reason): string {
  return JSON.stringify([effect, certain, resource ? nameOf(resource) : '', ports, words]);
}

function nameOf({ kind, metadata }: Resource): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Policies that were added, removed or changed, each once; told where they allow or close these ports. */
function policyCauses(maps: BothMaps, direction: PolicyDirection, differing: readonly Told[]): readonly Cause[] {
  const causes = new Map<string, Cause>();
  for (const { side, reason } of differing) {
    const { resource, path = [], words } = reason;
    if (!resource) continue;
    const [old, now] = [sameObject(maps.before, resource), sameObject(maps.after, resource)];
    const change = !old
      ? 'added'
      : !now
        ? 'removed'
        : JSON.stringify(valueAt(old, ['spec'])) === JSON.stringify(valueAt(now, ['spec']))
          ? undefined
          : 'changed';
    const name = nameOf(resource);
    // The rule that allows tells more than the selector that isolates.
    if (change === undefined || (causes.has(name) && reason.effect === 'isolates')) continue;
    causes.set(name, {
      kind: 'policy',
      change,
      direction,
      side,
      resource,
      path,
      words: `${resource.kind} ${resource.metadata.name} was ${change}; it ${saysNow(side, reason.effect, words)}`,
    });
  }
  return [...causes.values()];
}

function saysNow(side: 'before' | 'after', effect: Reason['effect'], words: string): string {
  const [now, then] = verbs[effect];
  const verb = side === 'after' ? now : then;
  return effect === 'isolates' ? `${verb} the pod` : `${verb} ${words}`;
}

const verbs: Readonly<Record<Reason['effect'], readonly [string, string]>> = {
  allows: ['allows', 'allowed'],
  denies: ['denies', 'denied'],
  passes: ['passes on', 'passed on'],
  isolates: ['isolates', 'isolated'],
  default: ['leaves', 'left'],
  leads: ['leads', 'led'],
};

function sameObject(map: ConnectivityMap, resource: Resource): Resource | undefined {
  const name = nameOf(resource);
  return map.index.ofKind(resource.type).find((candidate) => nameOf(candidate) === name);
}

/** Labels and ports that differ, as far as the policies look at them that have a say. */
function podCauses(maps: BothMaps, direction: PolicyDirection, subject: EndSides, peer: EndSides, policies: readonly Resource[]): readonly Cause[] {
  if (policies.length === 0) return [];
  const looked = { keys: new Set<string>(), ports: new Set<string>() };
  for (const policy of policies) lookedAt(policy.spec, looked, 0);
  const causes: Cause[] = [];
  for (const end of [subject, peer]) {
    const [old, now] = [end.before && maps.before.workload(end.before), end.after && maps.after.workload(end.after)];
    const [was, is] = [old?.members[0], now?.members[0]];
    if (!old || !now || !was || !is) continue;
    const labels = (
      key: string,
      a: ReadonlyMap<string, Value<string>>,
      b: ReadonlyMap<string, Value<string>>,
      whose: string,
      resource: Resource,
      path: Path,
    ): void => {
      const [left, right] = [textOf(a.get(key)), textOf(b.get(key))];
      if (left === right) return;
      const change = left === undefined ? 'added' : right === undefined ? 'removed' : 'changed';
      const words = `label ${key} of ${whose} ${left === undefined ? `is new: ${right ?? ''}` : right === undefined ? `is gone, was ${left}` : `changed from ${left} to ${right}`}`;
      causes.push({ kind: 'label', change, direction, side: 'after', resource, path: right === undefined ? path : [...path, key], words });
    };
    for (const key of looked.keys) {
      labels(key, was.labels.entries, is.labels.entries, now.peer.id, is.resource, [...is.template.path, 'metadata', 'labels']);
      const namespace = maps.after.index.ofKind('Namespace').find(({ metadata }) => metadata.name === now.peer.namespace);
      const [a, b] = [maps.before.index.namespaceLabels(old.peer.namespace), maps.after.index.namespaceLabels(now.peer.namespace)];
      labels(key, a.entries, b.entries, `namespace ${now.peer.namespace}`, namespace ?? is.resource, namespace ? ['metadata', 'labels'] : []);
    }
    for (const name of looked.ports) causes.push(...portCause(name, was, is, now.peer.id, direction));
    if (was.template.hostNetwork !== is.template.hostNetwork)
      causes.push({
        kind: 'workload',
        change: 'changed',
        direction,
        side: 'after',
        resource: is.resource,
        path: [...is.template.path, 'spec', 'hostNetwork'],
        words: `hostNetwork of ${now.peer.id} is ${String(is.template.hostNetwork)} now`,
      });
  }
  // Both ends may stand in one namespace.
  return [...new Map(causes.map((cause) => [cause.words, cause])).values()];
}

function portCause(name: string, was: PodSet, is: PodSet, whose: string, direction: PolicyDirection): readonly Cause[] {
  const numbers = (podSet: PodSet): string =>
    concurrentContainers(podSet.template)
      .flatMap(({ ports }) => ports.filter((port) => textOf(port.name) === name))
      .map((port) => `${String(typeof port.containerPort === 'object' ? port.containerPort.text : port.containerPort)}/${textOf(port.protocol) ?? 'TCP'}`)
      .join(', ');
  const [left, right] = [numbers(was), numbers(is)];
  if (left === right) return [];
  const change = left === '' ? 'added' : right === '' ? 'removed' : 'changed';
  const path = concurrentContainers(is.template).flatMap(({ ports }) => ports.filter((port) => textOf(port.name) === name))[0]?.path;
  const words = `port ${name} of ${whose} ${left === '' ? `is new: ${right}` : right === '' ? `is gone, was ${left}` : `changed from ${left} to ${right}`}`;
  return [{ kind: 'port', change, direction, side: 'after', resource: is.resource, path: path ?? [...is.template.path, 'spec', 'containers'], words }];
}

const deepest = 12;

/** Keys of all selectors in a policy, and names of ports. */
function lookedAt(value: unknown, into: { readonly keys: Set<string>; readonly ports: Set<string> }, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > deepest) return;
  const { matchLabels, matchExpressions, port, named } = value as Readonly<Partial<Record<'matchLabels' | 'matchExpressions' | 'port' | 'named', unknown>>>;
  if (matchLabels instanceof Map) for (const key of matchLabels.keys()) if (typeof key === 'string') into.keys.add(key);
  if (Array.isArray(matchExpressions)) for (const { key } of matchExpressions as { readonly key?: unknown }[]) if (typeof key === 'string') into.keys.add(key);
  for (const name of [port, named]) if (typeof name === 'string') into.ports.add(name);
  for (const inner of Object.values(value)) lookedAt(inner, into, depth + 1);
}

/** Ingresses and routes that only one side has, or that differ. */
function routeCauses(maps: BothMaps, to: EndSides): readonly Cause[] {
  const leading = (map: ConnectivityMap, peer: Peer | undefined): ReadonlyMap<string, Resource> => {
    const workload = peer && map.workload(peer);
    return new Map((workload ? map.entriesOf(workload) : []).flatMap(({ by }) => by.map((resource) => [nameOf(resource), resource] as const)));
  };
  const [before, after] = [leading(maps.before, to.before), leading(maps.after, to.after)];
  const causes: Cause[] = [];
  for (const [name, resource] of before)
    if (!after.has(name))
      causes.push({
        kind: 'route',
        change: 'removed',
        side: 'before',
        resource,
        path: ['spec'],
        words: `${resource.kind} ${resource.metadata.name} leads here no more`,
      });
  for (const [name, resource] of after) {
    const old = before.get(name);
    if (!old)
      causes.push({
        kind: 'route',
        change: 'added',
        side: 'after',
        resource,
        path: ['spec'],
        words: `${resource.kind} ${resource.metadata.name} leads here now`,
      });
    else if (JSON.stringify(valueAt(old, ['spec'])) !== JSON.stringify(valueAt(resource, ['spec'])))
      causes.push({
        kind: 'route',
        change: 'changed',
        side: 'after',
        resource,
        path: ['spec'],
        words: `${resource.kind} ${resource.metadata.name} leads elsewhere now`,
      });
  }
  return causes;
}

/** The ports of a NetworkPolicy rule as a set. */
import { containsAll, overlaps, type Interval } from '../../base/intervals';
import { known } from '../../base/opaque';
import { concurrentContainers, type PodTemplate } from '../../model/pod';
import { valueAt, type NetworkPolicyPort } from '../../model/resources';
import type { PolicyRule } from './cidrs';

/**
 * Numbers by protocol, and names as `TCP/http`. `everything` is a rule without `ports`: every port and every protocol.
 * `complete` is false when an entry could not be read: then the rule allows at least what stands here.
 */
export interface PolicyPortSet {
  readonly everything: boolean;
  readonly numbers: ReadonlyMap<string, readonly Interval<number>[]>;
  readonly names: ReadonlySet<string>;
  /** Those of the names whose numbers on pods are among `numbers`. */
  readonly resolved: ReadonlySet<string>;
  readonly complete: boolean;
}

/** https://kubernetes.io/docs/concepts/services-networking/network-policies/ : missing and empty `ports` are all traffic. */
export function portsOfRule(rule: PolicyRule): PolicyPortSet {
  const written = valueAt(rule.policy, [...rule.rule.path, 'ports']);
  const empty = written === undefined || written === null || (Array.isArray(written) && written.length === 0);
  const numbers = new Map<string, Interval<number>[]>();
  const names = new Set<string>();
  let complete = empty || rule.rule.ports !== undefined;
  for (const entry of empty ? [] : (rule.rule.ports ?? [])) {
    const protocol = protocolOf(rule, entry);
    const range = protocol === undefined ? undefined : rangeOf(rule, entry);
    if (protocol === undefined || range === undefined) complete = false;
    else if (typeof range === 'string') names.add(`${protocol}/${range}`);
    else numbers.set(protocol, [...(numbers.get(protocol) ?? []), range]);
  }
  return { everything: empty, numbers, names, resolved: new Set(), complete };
}

/** Adds the numbers that the names have on pods, as the plugin resolves them on the destination. */
export function withResolvedNames(ports: PolicyPortSet, pods: Iterable<PodTemplate>): PolicyPortSet {
  if (ports.names.size === 0) return ports;
  const numbers = new Map([...ports.numbers].map(([protocol, intervals]) => [protocol, [...intervals]]));
  const resolved = new Set<string>();
  for (const pod of pods) {
    for (const container of concurrentContainers(pod)) {
      for (const port of container.ports) {
        const [name, number, protocol] = [known(port.name), known(port.containerPort), port.protocol === undefined ? 'TCP' : known(port.protocol)];
        if (name === undefined || number === undefined || protocol === undefined || !ports.names.has(`${protocol}/${name}`)) continue;
        numbers.set(protocol, [...(numbers.get(protocol) ?? []), { first: number, last: number }]);
        resolved.add(`${protocol}/${name}`);
      }
    }
  }
  return { ...ports, numbers, resolved };
}

/** True when at least one port is surely in both. */
export function portsMeet(a: PolicyPortSet, b: PolicyPortSet): boolean {
  if (a.everything) return b.everything || b.numbers.size > 0 || b.names.size > 0;
  if (b.everything) return a.numbers.size > 0 || a.names.size > 0;
  for (const name of a.names) if (b.names.has(name)) return true;
  for (const [protocol, intervals] of a.numbers) if (overlaps(intervals, b.numbers.get(protocol) ?? [])) return true;
  return false;
}

/** True when every port of `inner` is surely in `outer`. */
export function portsContain(outer: PolicyPortSet, inner: PolicyPortSet): boolean {
  if (outer.everything) return true;
  if (inner.everything || !inner.complete) return false;
  for (const name of inner.names) if (!outer.names.has(name) && !inner.resolved.has(name)) return false;
  for (const [protocol, intervals] of inner.numbers) if (!containsAll(outer.numbers.get(protocol) ?? [], intervals)) return false;
  return true;
}

function protocolOf(rule: PolicyRule, entry: NetworkPolicyPort): string | undefined {
  if (entry.protocol !== undefined) return known(entry.protocol);
  const written = valueAt(rule.policy, [...entry.path, 'protocol']);
  return written === undefined || written === null ? 'TCP' : undefined;
}

/** The numbers of an entry, its name, or undefined when it cannot be read or the API server refuses it. */
function rangeOf(rule: PolicyRule, entry: NetworkPolicyPort): Interval<number> | string | undefined {
  const item = valueAt(rule.policy, entry.path);
  if (typeof item !== 'object' || item === null) return undefined;
  const written = valueAt(rule.policy, [...entry.path, 'port']);
  if (written === undefined || written === null) return { first: 1, last: 65535 };
  const port = known(entry.port);
  if (typeof port === 'string') return /[a-z]/.test(port) ? port : undefined;
  if (port === undefined) return undefined;
  const end = valueAt(rule.policy, [...entry.path, 'endPort']);
  if (end === undefined || end === null) return { first: port, last: port };
  const last = known(entry.endPort);
  return last === undefined || last < port ? undefined : { first: port, last };
}

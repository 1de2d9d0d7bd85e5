/** A named port of a policy that no target pod declares. */
import { nearest } from '../../base/editDistance';
import { isOpaque, known } from '../../base/opaque';
import type { ClusterIndex, PodSet } from '../../cluster/clusterIndex';
import type { Edit, Finding, Fix, Related } from '../../model/finding';
import { isEmptySelector } from '../../model/labels';
import { concurrentContainers, type ContainerPort } from '../../model/pod';
import { isolates } from '../../model/policyTypes';
import { valueAt, type NetworkPolicyPort } from '../../model/resources';
import { contextRule } from '../rule';
import { policyDirections, policyRules, type NetworkPolicy, type PolicyRule } from '../shared/cidrs';
import { hasOpenPorts, podsOfPeer, podsText, subjectsOf, type KnownPods } from '../shared/policyPods';

type Message = 'none' | 'near' | 'protocol' | 'init' | 'some';

export const namedPortUndefined = contextRule<'NetworkPolicy', Message>({
  meta: {
    id: 'policy/named-port-undefined',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A policy names a port that no target pod has.',
    why: 'A port of a policy may be a name. It is looked up on the destination pod, by name and protocol, among the ports that its containers and sidecars declare. Where no pod has the name, the entry matches nothing, no error is reported, and traffic that was meant to pass is dropped. The name of a *Service* port does not count, and neither does a port of an ordinary init container, which has ended before traffic arrives.',
    remedy: 'Use the name that the containers declare, with its protocol, or the number of the port.',
    references: [
      '[NetworkPolicy API: ports](https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/)',
      '`staging/src/k8s.io/api/networking/v1/types.go` (NetworkPolicyPort.Port)',
    ],
    messages: {
      none: 'No target pod has a port named `{name}`/{protocol}, so this entry matches nothing. Looked at: {pods}.',
      near: 'No target pod has a port named `{name}`/{protocol}, so this entry matches nothing. Closest: `{closest}` of {pods}.',
      protocol: 'The port `{name}` of {pods} is {other}, and this entry is for {protocol}, so it matches nothing.',
      init: 'Only an init container of {pods} has a port named `{name}`, and it has ended before traffic arrives: this entry matches nothing.',
      some: '{pods} is among the target pods and has no port named `{name}`/{protocol}; for it this entry matches nothing.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy, index) {
    if (policy.partial) return;
    for (const direction of policyDirections) {
      if (isolates(policy.spec, direction) !== 'yes') continue;
      for (const rule of policyRules(policy, direction)) {
        let targets: KnownPods | undefined;
        for (const entry of rule.rule.ports ?? []) {
          const name = known(entry.port);
          if (typeof name !== 'string' || !/[a-z]/i.test(name)) continue;
          targets ??= targetsOf(rule, index);
          const finding = checkName(policy, entry, name, targets, isEmptySelector(policy.spec.podSelector));
          if (finding) yield finding;
        }
      }
    }
  },
});

/** The destination: the policy's own pods for ingress, the pods of the peers for egress. Blocks of addresses have no names. */
function targetsOf(rule: PolicyRule, index: ClusterIndex): KnownPods {
  if (rule.direction === 'Ingress') return subjectsOf(rule.policy, index);
  const all = (rule.rule.peers ?? []).flatMap((peer) => podsOfPeer(rule.policy, peer, index) ?? []);
  return { pods: [...new Set(all.flatMap(({ pods }) => pods))], complete: all.length > 0 && all.every(({ complete }) => complete) };
}

function checkName(policy: NetworkPolicy, entry: NetworkPolicyPort, name: string, targets: KnownPods, wholeNamespace: boolean): Finding<Message> | undefined {
  const protocol = entry.protocol === undefined ? 'TCP' : known(entry.protocol);
  if (protocol === undefined || targets.pods.length === 0 || targets.pods.some(hasOpenPorts)) return undefined;
  const declared = targets.pods.map((podSet) => ({ podSet, ports: portsOf(podSet) }));
  if (declared.some(({ ports }) => ports.some((port) => isOpaque(port.name) || isOpaque(port.protocol)))) return undefined;
  const lacking = declared.filter(({ ports }) => !ports.some((port) => port.name === name && protocolOf(port) === protocol));
  const found = finding(policy, entry, { name, protocol });
  if (lacking.length < declared.length) {
    // A policy for a whole namespace is written for whichever pods have the port.
    if (lacking.length === 0 || wholeNamespace || !targets.complete) return undefined;
    return { ...found('some', lacking[0] ? [lacking[0].podSet] : []), severity: 'information' };
  }
  const otherProtocol = declared.filter(({ ports }) => ports.some((port) => port.name === name));
  if (otherProtocol.length > 0) {
    const other = otherProtocol[0]?.ports.find((port) => port.name === name);
    return found('protocol', podSets(otherProtocol), { other: other ? protocolOf(other) : '' }, other && protocolFix(policy, entry, protocolOf(other)));
  }
  const inInit = declared.filter(({ podSet }) =>
    podSet.template.containers.some(({ role, ports }) => role === 'init' && ports.some((port) => port.name === name)),
  );
  if (inInit.length > 0) return found('init', podSets(inInit));
  const candidates = [...new Set(declared.flatMap(({ ports }) => ports.flatMap((port) => (protocolOf(port) === protocol ? (known(port.name) ?? []) : []))))];
  const slip = nearest(
    name,
    candidates.filter((candidate) => isSlip(name, candidate)),
  );
  if (slip !== undefined) {
    const owners = declared.filter(({ ports }) => ports.some((port) => port.name === slip));
    return found('near', podSets(owners), { closest: slip }, useFix(policy, entry, slip, `Use the name ${slip}`));
  }
  if (!targets.complete) return undefined;
  const only = candidates.length === 1 ? candidates[0] : undefined;
  const numbers = new Set(declared.flatMap(({ ports }) => ports.flatMap((port) => (protocolOf(port) === protocol ? (known(port.containerPort) ?? []) : []))));
  const [number] = numbers.size === 1 ? numbers : [];
  return found(
    'none',
    podSets(declared),
    {},
    only === undefined ? undefined : useFix(policy, entry, only, `Use the name ${only}`),
    number === undefined ? undefined : useFix(policy, entry, number, `Use the number ${number}`),
  );
}

function portsOf(podSet: PodSet): readonly ContainerPort[] {
  return concurrentContainers(podSet.template).flatMap((container) => container.ports);
}

function protocolOf(port: ContainerPort): string {
  return known(port.protocol) ?? 'TCP';
}

function podSets(items: readonly { readonly podSet: PodSet }[]): readonly PodSet[] {
  return items.map(({ podSet }) => podSet);
}

/** Slips of a finger, and no two names that people use side by side: `http` and `https`, `web1` and `web2`. */
function isSlip(name: string, candidate: string): boolean {
  const [a, b] = [name.toLowerCase(), candidate.toLowerCase()];
  if (a.replace(/[-\d]/g, '') === b.replace(/[-\d]/g, '')) return a.replace(/-/g, '') === b.replace(/-/g, '');
  if (`${a}s` === b || `${b}s` === a) return false;
  return nearest(a, [b], Math.min(2, Math.floor(Math.max(a.length, b.length) / 3))) !== undefined;
}

function finding(policy: NetworkPolicy, entry: NetworkPolicyPort, data: { readonly name: string; readonly protocol: string }) {
  return (
    message: Message,
    pods: readonly PodSet[],
    more: Readonly<Record<string, string>> = {},
    ...fixes: readonly (Fix | undefined)[]
  ): Finding<Message> => ({
    at: { resource: policy, path: [...entry.path, 'port'] },
    message,
    data: { ...data, pods: podsText(pods), ...more },
    related: pods.slice(0, 8).map((podSet) => portsRelated(podSet)),
    fixes: fixes.filter((fix) => fix !== undefined).map((fix, position) => (position === 0 ? { ...fix, preferred: true } : fix)),
  });
}

function portsRelated(podSet: PodSet): Related {
  const ports = portsOf(podSet);
  const [first] = ports;
  const container = podSet.template.containers.find(({ role }) => role === 'container');
  const names = ports.map((port) => `${known(port.name) ?? known(port.containerPort) ?? ''}/${protocolOf(port)}`).slice(0, 8);
  const path = container && first ? [...container.path, 'ports'] : ['metadata', 'name'];
  const written = valueAt(podSet.resource, path);
  return {
    mark: {
      resource: podSet.resource,
      path: written === undefined ? ['metadata', 'name'] : path,
      ...(written === undefined || !first ? {} : { part: 'key' as const }),
    },
    message: names.length > 0 ? `${podsText([podSet])} declares ${names.join(', ')}.` : `${podsText([podSet])} declares no ports.`,
  };
}

function useFix(policy: NetworkPolicy, entry: NetworkPolicyPort, value: string | number, title: string): Fix {
  return { title, edits: [{ kind: 'replace', resource: policy, path: [...entry.path, 'port'], value }] };
}

function protocolFix(policy: NetworkPolicy, entry: NetworkPolicyPort, protocol: string): Fix {
  const path = [...entry.path, 'protocol'];
  const edit: Edit =
    valueAt(policy, path) === undefined
      ? { kind: 'insert', resource: policy, path: entry.path, key: 'protocol', value: protocol }
      : { kind: 'replace', resource: policy, path, value: protocol };
  return { title: `Use protocol ${protocol}`, edits: [edit] };
}

/** What subjects that the same policies select in the same way share: the policies, and every answer about a peer. */
import { concurrentContainers } from '../model/pod';
import { isEmptySelector } from '../model/labels';
import type { PolicyDirection, Resource } from '../model/resources';
import type { ClusterIndex, PodSet } from './clusterIndex';
import type { AdminOrder } from './policyAdmin';
import type { PolicyModes, PolicyPeerEnd } from './policyEnds';
import type { PortVerdict } from './policyPorts';
import type { PortAnswer } from './policyPortMatch';
import { rulesOf, type SelectingPolicy, type SubjectPolicies, subjectPolicies } from './policyRules';

/** A pod set, or the text of another end. Undefined for an end that is not worth remembering. */
export type PeerKey = PodSet | string | undefined;

export interface Side {
  readonly policies: SubjectPolicies;
  /** Nothing selects these subjects. */
  readonly isOpen: boolean;
  /** The NetworkPolicies, those together that select every pod of the namespace: all of its sides ask them the same. */
  readonly parts: readonly SidePart[];
  readonly answers: Map<PeerKey, PortVerdict>;
}

export interface SidePart {
  readonly certain: boolean;
  readonly policies: readonly Resource<'NetworkPolicy'>[];
  /** What these policies open, shared with the other sides that they select. */
  readonly opened: Map<PeerKey, PortAnswer>;
}

interface Sides {
  readonly bySubject: Map<string, WeakMap<PodSet, Side>>;
  readonly byPolicies: Map<string, Side>;
  readonly opened: Map<string, Map<PeerKey, PortAnswer>>;
  readonly numbers: Map<Resource, number>;
}

/** An index does not change, so what is worked out of it holds as long as it does. */
const sidesByIndex = new WeakMap<ClusterIndex, Sides>();
const mostRemembered = 4096;

export function sideOf(index: ClusterIndex, subject: PodSet, direction: PolicyDirection, modes: PolicyModes): Side {
  let sides = sidesByIndex.get(index);
  if (!sides) sidesByIndex.set(index, (sides = { bySubject: new Map(), byPolicies: new Map(), opened: new Map(), numbers: new Map() }));
  const asked = `${direction} ${modesKey(modes)}`;
  let bySubject = sides.bySubject.get(asked);
  if (!bySubject) sides.bySubject.set(asked, (bySubject = new WeakMap()));
  const kept = bySubject.get(subject);
  if (kept) return kept;
  const policies = subjectPolicies(index, { subject, direction }, modes);
  // The destination of ingress is the subject: there its port names matter.
  const names = direction === 'Ingress' ? namedPortsKey(subject) : '';
  const key = `${asked} ${policiesKey(sides.numbers, policies)} ${names}`;
  const side = sides.byPolicies.get(key) ?? newSide(sides, policies, asked, names, direction);
  sides.byPolicies.set(key, side);
  bySubject.set(subject, side);
  return side;
}

function newSide(sides: Sides, policies: SubjectPolicies, asked: string, names: string, direction: PolicyDirection): Side {
  const part = (certain: boolean, of: readonly Resource<'NetworkPolicy'>[]): SidePart => {
    const numbers = of.map((policy) => numberOf(sides.numbers, policy)).join();
    const key = `${asked} ${numbers} ${of.some((policy) => usesNames(policy, direction)) ? names : ''}`;
    const opened = sides.opened.get(key) ?? new Map<PeerKey, PortAnswer>();
    sides.opened.set(key, opened);
    return { certain, policies: of, opened };
  };
  const { network, admin } = policies;
  const isShared = ({ policy, selects }: SelectingPolicy): boolean => selects === 'yes' && isEmptySelector(policy.spec.podSelector);
  const shared = network.filter(isShared).map(({ policy }) => policy);
  return {
    policies,
    isOpen: network.length === 0 && admin.Admin.length === 0 && admin.Baseline.length === 0,
    parts: [
      ...(shared.length > 0 ? [part(true, shared)] : []),
      ...network.filter((one) => !isShared(one)).map(({ policy, selects }) => part(selects === 'yes', [policy])),
    ],
    answers: new Map(),
  };
}

function usesNames(policy: Resource<'NetworkPolicy'>, direction: PolicyDirection): boolean {
  return rulesOf(policy, direction).some((rule) => (rule.ports ?? []).some(({ port }) => typeof port === 'string'));
}

function policiesKey(numbers: Map<Resource, number>, { network, admin }: SubjectPolicies): string {
  const order = (groups: AdminOrder): string =>
    groups.map((group) => group.map(({ policy, selects }) => `${numberOf(numbers, policy)}${selects}`).join()).join(';');
  return `${network.map(({ policy, selects }) => `${numberOf(numbers, policy)}${selects}`).join()} ${order(admin.Admin)} ${order(admin.Baseline)}`;
}

function numberOf(numbers: Map<Resource, number>, policy: Resource): number {
  const kept = numbers.get(policy) ?? numbers.size;
  numbers.set(policy, kept);
  return kept;
}

export function modesKey({ ipBlockMatchesPods, hostNetworkPolicies, namespace }: PolicyModes): string {
  return `${ipBlockMatchesPods ?? 'spec'}/${hostNetworkPolicies ?? 'ignored'}/${namespace ?? ''}`;
}

/** What names of ports mean on a pod: two pods with the same text answer alike. */
export function namedPortsKey(podSet: PodSet): string {
  const named = concurrentContainers(podSet.template).flatMap((container) => container.ports.filter((port) => port.name !== undefined));
  return named.length === 0 ? '' : JSON.stringify(named.map(({ name, protocol, containerPort }) => [name, protocol, containerPort]));
}

export function peerKey(peer: PolicyPeerEnd): PeerKey {
  if (peer.kind === 'pods') return peer.podSet;
  if (peer.kind === 'unknown-pod') return 'unknown-pod';
  if (peer.kind !== 'outside' || peer.hostname !== undefined) return undefined;
  return `${peer.scope}/${peer.family ?? ''}/${peer.range ? `${peer.range.first}-${peer.range.last}` : ''}`;
}

/** Worked out once a peer. Forgets all when it is too much to keep. */
export function remembered<T>(answers: Map<PeerKey, T>, key: PeerKey, work: () => T): T {
  if (key === undefined) return work();
  const kept = answers.get(key);
  if (kept !== undefined) return kept;
  const made = work();
  if (answers.size >= mostRemembered) answers.clear();
  answers.set(key, made);
  return made;
}

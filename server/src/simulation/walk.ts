/** One packet on its way: what stages take and give. */
import type { Address } from '../base/addresses';
import type { PlannedAddress, PlannedNode } from '../cluster/addressPlan';
import type { OutsideScope } from '../cluster/outsideAddresses';
import type { PodSet } from '../cluster/clusterIndex';
import type { Container } from '../model/pod';
import type { Resource, ServicePort } from '../model/resources';
import type { Evidence, Hop, HopKind, NameLookup, Outcome, Packet, PacketEnd, PolicyAnswer, Branch, Verdict } from '../protocol/trace';
import type { World } from './world';

/** One pod: which of the set, and where it runs. */
export interface PodPlace {
  readonly podSet: PodSet;
  readonly replica: number;
  readonly node: PlannedNode;
  readonly address: PlannedAddress;
  readonly container?: Container;
}

export type Sender =
  | { readonly kind: 'pod'; readonly pod: PodPlace }
  | { readonly kind: 'node'; readonly node: PlannedNode }
  | { readonly kind: 'outside'; readonly name: string; readonly address: PlannedAddress; readonly known?: Address }
  /** The pod of an ingress controller, which no manifest shows. */
  | { readonly kind: 'controller'; readonly node: PlannedNode; readonly address: PlannedAddress };

/** Pods of one set on one node that a translation may choose, and how many they are. */
export interface EndpointGroup {
  readonly pod: PodPlace;
  readonly count: number;
  readonly port: number;
  readonly portAssumed: boolean;
  /** The pod that asks. */
  readonly self: boolean;
  readonly because: readonly Evidence[];
}

export interface ServiceTarget {
  readonly name: string;
  readonly namespace: string;
  readonly service: Resource<'Service'> | undefined;
  readonly address: PlannedAddress | undefined;
  /** For a Service that no manifest shows, such as the cluster's DNS. */
  readonly groups?: readonly EndpointGroup[];
}

/** `entry`: the one node by whose port a client outside comes in. */
export type Destination =
  | { readonly kind: 'name'; readonly host: string; readonly url?: string }
  | { readonly kind: 'service'; readonly target: ServiceTarget; readonly entry?: PlannedNode }
  | { readonly kind: 'ingress'; readonly ingress: Resource<'Ingress'>; readonly host: string; readonly urlPath: string }
  | { readonly kind: 'pod'; readonly pod: PodPlace; readonly self: boolean }
  | { readonly kind: 'node'; readonly node: PlannedNode }
  | { readonly kind: 'outside'; readonly name: string; readonly address: PlannedAddress; readonly known?: Address; readonly scope: OutsideScope }
  /** Nothing more to reach: the packet stopped before anybody knew where it goes. */
  | { readonly kind: 'nowhere' };

export interface Walk {
  readonly sender: Sender;
  readonly destination: Destination;
  /** The node where the packet is; undefined outside the cluster and inside a pod. */
  readonly node: PlannedNode | undefined;
  readonly packet: Packet;
  /** The packet as the client opened it, and what translations wrote: the reply undoes them. */
  readonly opened: Packet;
  readonly virtual?: PacketEnd;
  readonly masqueraded?: PacketEnd;
  /** The node that translated: its connection table undoes it on the way back. */
  readonly translatedAt?: PlannedNode;
  /** The pod that asked an ingress controller, which may be one of the pods that it leads to. */
  readonly origin?: PodPlace;
  /** The client named a node and its port, not the Service's address. */
  readonly byNodePort?: boolean;
  /** The node whose address stands as the sender after masquerade. */
  readonly senderNode?: PlannedNode;
  /** The Service that led here. */
  readonly via?: ServiceTarget;
  readonly servicePort?: ServicePort;
  readonly hops: readonly Hop[];
  readonly notReached: readonly Hop[];
  readonly outcome?: Outcome;
  /** Something on the way is not known: delivered then means unknown. */
  readonly uncertain: boolean;
  readonly label: string;
  readonly share: number;
  readonly alternatives: readonly string[];
}

export interface Step {
  readonly kind: HopKind;
  readonly station: string;
  readonly at: Hop['at'];
  readonly device?: string;
  readonly verdict: Verdict;
  readonly after?: Packet;
  readonly because?: readonly Evidence[];
  readonly plain: string;
  readonly expert: string;
  readonly assumed?: boolean;
  readonly trace?: Branch;
  readonly policies?: readonly PolicyAnswer[];
  readonly lookup?: NameLookup;
}

/** Stages see one walk and give one or more; where they have nothing to say they give it back. */
export type Stage = (world: World, walk: Walk) => readonly Walk[];

/** No way through a cluster has this many hops; whoever reaches it goes in a circle. */
export const hopLimit = 64;
export const walkLimit = 64;

/** Adds a hop; after a stop it goes to those that were not reached. */
export function step(walk: Walk, { after, because = [], ...rest }: Step): Walk {
  // What no manifest shows, such as the DNS pods, has no place to point to.
  const shown = because.filter((one) => one.at.uri !== '');
  const hop: Hop = { ...rest, because: shown, before: walk.packet, after: after ?? walk.packet };
  if (walk.outcome !== undefined) return { ...walk, packet: hop.after, notReached: [...walk.notReached, hop] };
  return { ...walk, packet: hop.after, hops: [...walk.hops, hop] };
}

/** The packet ends here. The first stop counts. */
export function stop(walk: Walk, outcome: Outcome): Walk {
  return walk.outcome === undefined ? { ...walk, outcome } : walk;
}

export function unsure(walk: Walk): Walk {
  return { ...walk, uncertain: true };
}

export function withDestination(packet: Packet, address: string, port: number | null): Packet {
  return { ...packet, destination: { address, port } };
}

export function withSource(packet: Packet, address: string, port: number | null): Packet {
  return { ...packet, source: { address, port } };
}

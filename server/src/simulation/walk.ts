/** One packet on its way: what stages take and give. */
import type { Address } from '../base/addresses';
import type { PlannedAddress, PlannedNode } from '../cluster/addressPlan';
import type { OutsideScope } from '../cluster/outsideAddresses';
import type { PodSet } from '../cluster/clusterIndex';
import type { Container } from '../model/pod';
import type { GatewayListener } from '../model/gateway';
import type { Resource, ServicePort } from '../model/resources';
import type { Evidence, Hop, HopKind, NameLookup, Outcome, Packet, PacketEnd, PolicyAnswer, ReadyEndpoints, Branch, Sharing, Verdict } from '../protocol/trace';
import type { Route } from '../cluster/gatewayAttachment';
import type { HttpRequest } from './requests';
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
  | { readonly kind: 'outside'; readonly name: string; readonly address: PlannedAddress; readonly known?: Address; readonly scope?: OutsideScope }
  /** The proxy of an Ingress or Gateway that no manifest shows: in a pod, or in the node itself. */
  | { readonly kind: 'controller'; readonly label: string; readonly form: 'pods' | 'node'; readonly node: PlannedNode; readonly address: PlannedAddress };

/** Pods of one set on one node that a translation may choose, and how many they are. */
export interface EndpointGroup {
  readonly pod: PodPlace;
  readonly count: number;
  readonly port: number;
  readonly portAssumed: boolean;
  /** The pod that asks. */
  readonly self: boolean;
  /** Taken only because no pod is ready. */
  readonly terminating?: boolean;
  /** From one replica of the group to the next. */
  readonly stride?: number;
  readonly because: readonly Evidence[];
}

export interface ServiceTarget {
  readonly name: string;
  readonly namespace: string;
  readonly service: Resource<'Service'> | undefined;
  readonly address: PlannedAddress | undefined;
  /** For a Service that no manifest shows, such as the cluster's DNS. */
  readonly groups?: readonly EndpointGroup[];
  /** For the API server: the node behind the Service, and the port there. */
  readonly node?: PlannedNode;
  readonly nodePort?: number;
}

/** `entry`: the one node by whose port a client outside comes in. */
export type Destination =
  | { readonly kind: 'name'; readonly host: string; readonly url?: string }
  | { readonly kind: 'service'; readonly target: ServiceTarget; readonly entry?: PlannedNode }
  | { readonly kind: 'ingress'; readonly ingress: Resource<'Ingress'>; readonly request: HttpRequest; readonly named: boolean }
  /** `gateway` is undefined where no manifest shows the parent of the routes; `named`: the client has a host name and looks it up. */
  | {
      readonly kind: 'gateway';
      readonly gateway: Resource<'Gateway'> | undefined;
      readonly listener: GatewayListener | undefined;
      readonly routes: readonly Route[];
      readonly request: HttpRequest;
      readonly named: boolean;
    }
  | { readonly kind: 'pod'; readonly pod: PodPlace; readonly self: boolean }
  | { readonly kind: 'node'; readonly node: PlannedNode }
  | { readonly kind: 'outside'; readonly name: string; readonly address: PlannedAddress; readonly known?: Address; readonly scope: OutsideScope }
  /** Nothing more to reach: the packet stopped before anybody knew where it goes. */
  | { readonly kind: 'nowhere' };

/** What translations wrote on the packet: the reply undoes them. */
export interface Connection {
  readonly virtual?: PacketEnd;
  readonly masqueraded?: PacketEnd;
  /** The node that translated: its connection table undoes it on the way back. */
  readonly translatedAt?: PlannedNode;
  /** The node whose address stands as the sender after masquerade. */
  readonly senderNode?: PlannedNode;
}

/** The connection from the client to a proxy, which then opened another: who opened it, and how many hops it had. */
export interface FirstLeg extends Connection {
  readonly sender: Sender;
  readonly hops: number;
}

/** How somebody asks for a Service other than by its cluster address: rules for traffic from outside hold then, wherever it comes from. */
export type ExternalEntry = 'node-port' | 'node-port-at-socket' | 'load-balancer' | 'external-ip';

export interface Walk extends Connection {
  readonly sender: Sender;
  readonly destination: Destination;
  /** The node where the packet is; undefined outside the cluster and inside a pod. */
  readonly node: PlannedNode | undefined;
  readonly packet: Packet;
  /** The packet as the client opened it. */
  readonly opened: Packet;
  /** Connections that a proxy ended before it opened this one. */
  readonly earlier?: readonly FirstLeg[];
  /** The client named a node port, a load balancer's or an external address, not the Service's own. */
  readonly external?: ExternalEntry;
  /** The one node whose port a client outside named. */
  readonly entry?: PlannedNode;
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
  readonly endpoints?: ReadyEndpoints;
  readonly shares?: Sharing;
}

/** A proxy answers on one connection and opens another, with a packet of its own. */
export function nextConnection(walk: Walk, sender: Sender, node: PlannedNode | undefined): Walk {
  const { virtual, masqueraded, translatedAt, senderNode, destination, packet, opened, hops, notReached, outcome, uncertain, label, share, alternatives } =
    walk;
  const leg: FirstLeg = {
    sender: walk.sender,
    hops: walk.hops.length,
    ...(virtual && { virtual }),
    ...(masqueraded && { masqueraded }),
    ...(translatedAt && { translatedAt }),
    ...(senderNode && { senderNode }),
  };
  return {
    sender,
    node,
    destination,
    packet,
    opened,
    hops,
    notReached,
    ...(outcome !== undefined && { outcome }),
    uncertain,
    label,
    share,
    alternatives,
    earlier: [...(walk.earlier ?? []), leg],
  };
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

/** The question "where does this packet go" and its answer, as the simulator gives it to panel and command line. */
import type { SourceRef, TextSpan } from './source';

export const protocols = ['TCP', 'UDP', 'SCTP'] as const;
export type TransportProtocol = (typeof protocols)[number];

export const placements = ['any', 'same-node', 'other-node'] as const;
export type Placement = (typeof placements)[number];

/** CNI and its mode; the first of each plugin is its default. The words are those of the command line. */
export const cniModes = [
  'bridge',
  'none',
  'kindnet',
  'flannel:vxlan',
  'flannel:host-gw',
  'calico:ipip',
  'calico:bgp',
  'calico:vxlan',
  'calico:ebpf',
  'cilium:tunnel',
  'cilium:native',
] as const;
export type CniMode = (typeof cniModes)[number];

/** A plugin with its mode, or a plugin alone for its default mode; undefined for anything else. */
export function cniModeOf(text: string | undefined): CniMode | undefined {
  return text === undefined || text === '' ? undefined : cniModes.find((mode) => mode === text || mode.startsWith(`${text}:`));
}

/** What a person may write for a CNI. */
export const cniWords: readonly string[] = [...new Set(cniModes.flatMap((mode) => [mode, mode.split(':')[0] ?? mode]))];

export const proxyModes = ['iptables', 'ipvs', 'nftables', 'ebpf'] as const;
export type ProxyMode = (typeof proxyModes)[number];

/** Pods of a workload (`kind/namespace/name`) that are taken out of readiness; all of them without a count. */
export interface PodsInState {
  readonly workload: string;
  readonly count?: number;
}

export interface FlowOptions {
  readonly placement?: Placement;
  readonly cni?: CniMode;
  readonly proxyMode?: ProxyMode;
  readonly ipFamily?: 4 | 6;
  /** The address of a client outside the cluster. */
  readonly clientAddress?: string;
  readonly notReady?: readonly PodsInState[];
  readonly terminating?: readonly PodsInState[];
  /** Where manifests write no namespace. */
  readonly namespace?: string;
}

/** From here, to there, on this port. Endpoints are written as on the command line (`deployment/NS/NAME`, `redis-cart:6379`, `internet`). */
export interface Flow {
  readonly from: string;
  readonly to: string;
  /** Without a port each port that the destination offers is traced. */
  readonly port?: number;
  readonly protocol?: TransportProtocol;
  readonly options?: FlowOptions;
}

/** One for each thing that a packet meets, and the channels beside its way. */
export const hopKinds = [
  'container-socket',
  'loopback',
  'pod-interface',
  'veth',
  'bridge',
  'node-routing',
  'tunnel-encapsulation',
  'underlay',
  'tunnel-decapsulation',
  'policy-egress',
  'policy-ingress',
  'dns-query',
  'dns-answer',
  'service-translation',
  'source-translation',
  'connection-tracking',
  'node-port',
  'load-balancer',
  'ingress-controller',
  'gateway',
  'internet-gateway',
  'external-host',
  'host-port',
  'readiness',
  'container-port',
  'ipc',
  'shared-volume',
  'service-environment',
] as const;
export type HopKind = (typeof hopKinds)[number];

export const verdicts = [
  'forwarded',
  'resolved',
  'translated',
  'encapsulated',
  'decapsulated',
  'allowed',
  'not-enforced',
  'delivered',
  'dropped',
  'rejected',
  'unknown',
] as const;
export type Verdict = (typeof verdicts)[number];

export const outcomes = [
  'delivered',
  'refused-no-endpoints',
  'refused-no-listener',
  'dropped-policy-egress',
  'dropped-policy-ingress',
  'dropped-no-local-endpoint',
  'dropped-source-range',
  'name-not-found',
  'dns-blocked',
  'port-not-on-service',
  'no-route',
  'grant-missing',
  'unknown',
  'mixed',
] as const;
export type Outcome = (typeof outcomes)[number];

export type EvidenceRole = 'allows' | 'denies' | 'selects' | 'routes' | 'translates' | 'declares' | 'missing';

/** What in the manifests decides a hop. `uri`, `range` and `excerpt` are added where the text is at hand. */
export interface Evidence {
  readonly at: SourceRef;
  readonly role: EvidenceRole;
  readonly note: string;
  readonly uri?: string;
  readonly range?: TextSpan;
  /** The lines of text around the place, for the panel's "Why". */
  readonly excerpt?: Excerpt;
}

export interface Excerpt {
  /** Number of the first line, from 1. */
  readonly firstLine: number;
  readonly lines: readonly string[];
  /** The lines that decide, from 1. */
  readonly marked: readonly number[];
}

export interface PacketEnd {
  readonly address: string;
  readonly port: number | null;
}

export interface Encapsulation {
  readonly kind: 'vxlan' | 'ipip' | 'geneve';
  readonly source: string;
  readonly destination: string;
  /** Bytes that the outer headers add. */
  readonly overhead: number;
  /** What the plugin uses, which need not be the registered port: flannel and Cilium keep the 8472 that Linux had before RFC 7348. None where the outer packet has no port. */
  readonly udpPort?: number;
}

/** What is written on the packet. */
export interface Packet {
  readonly source: PacketEnd;
  readonly destination: PacketEnd;
  readonly protocol: TransportProtocol;
  /** The name that the client used, before it is resolved. */
  readonly hostname?: string;
  readonly encapsulation?: Encapsulation;
  /** Bytes. */
  readonly mtu: number;
}

export type PlaceKind = 'pod' | 'node' | 'controller' | 'outside';

export interface Hop {
  readonly kind: HopKind;
  /** A stable id such as `node-1/kube-proxy`; several hops may share one. */
  readonly station: string;
  readonly at: { readonly kind: PlaceKind; readonly name: string; readonly node?: string; readonly address?: string; readonly podRange?: string };
  /** What a person sees on the machine: `eth0`, `cali1c9…`, `vxlan.calico`, the container's name. */
  readonly device?: string;
  readonly verdict: Verdict;
  readonly before: Packet;
  readonly after: Packet;
  readonly because: readonly Evidence[];
  /** For a person who is new to networks: one or two sentences. */
  readonly plain: string;
  /** For a person of the field. */
  readonly expert: string;
  /** True when something the hop says rests on an assumption (an address, a node, an undeclared port). */
  readonly assumed?: boolean;
  /** A name look-up carries its own trace. */
  readonly trace?: Branch;
  /** For a policy hop: each policy that selects the pod and what it said; those that allow first, at most 64. */
  readonly policies?: readonly PolicyAnswer[];
  /** For a hop that leaves out pods that are not ready. */
  readonly endpoints?: ReadyEndpoints;
  /** For a look-up of a name that was found. */
  readonly lookup?: NameLookup;
  /** For what two containers of a pod have in common. */
  readonly shares?: Sharing;
}

/** What the containers of a pod have in common, as a drawing needs it. */
export type Sharing =
  /** Who holds the network: the pod's pause container, or with hostNetwork the node. */
  | { readonly kind: 'network'; readonly heldBy: 'pause' | 'node' }
  /** `mounts`: that of the container that calls comes first. `type`: `emptyDir`, `persistentVolumeClaim`, … */
  | { readonly kind: 'volume'; readonly name: string; readonly type?: string; readonly mounts: readonly SharedMount[] }
  /** Memory, and with `processes` also those of each other. */
  | { readonly kind: 'ipc'; readonly processes: boolean };

export interface SharedMount {
  readonly container: string;
  readonly path: string;
  readonly readOnly: boolean;
}

/** How many of the endpoints of a Service a proxy may choose from. */
export interface ReadyEndpoints {
  readonly ready: number;
  readonly of: number;
}

/** How a name was found: `cart` as `cart.shop.svc.cluster.local`, the 1st of 4 names that the resolver would try. */
export interface NameLookup {
  readonly asked: string;
  /** The name that answered. */
  readonly fullName: string;
  /** Which of the names that the search list makes of it, from 1. */
  readonly tried: number;
  readonly of: number;
  /** All that the resolver would try, in its order: the search list with ndots:5, then the name as it is. */
  readonly names?: readonly string[];
  /** Where the pod's dnsConfig writes another than 5. */
  readonly ndots?: number;
}

export interface PolicyAnswer {
  readonly name: string;
  readonly at: SourceRef;
  readonly allows: boolean | 'unknown';
  /** "the port matches, the sender does not" */
  readonly reason: string;
  /** Missing for a NetworkPolicy; those of the Admin tier are asked before them, those of the Baseline tier after. */
  readonly tier?: 'Admin' | 'Baseline';
  /** Missing where it surely selects the pod. */
  readonly selects?: 'unknown';
  /** The rule that lets the connection through, else the one that comes nearest; missing for a policy without rules. */
  readonly rule?: PolicyRuleWords;
  /** Of an admin policy: what its first matching rule says; `none` where no rule matches and the next policy is asked. */
  readonly action?: 'Allow' | 'Deny' | 'Pass' | 'none' | 'unknown';
  /** Added where the text is at hand, as for evidence. */
  readonly uri?: string;
  readonly range?: TextSpan;
}

/** A rule of a policy in the fewest words, for where there is no room for a sentence. */
export interface PolicyRuleWords {
  /** `app: cartservice`; missing where the rule names nobody, which means everybody. */
  readonly peers?: string;
  /** `7070/TCP`; missing where the rule names no port, which means every port. */
  readonly ports?: string;
  readonly peersMatch: RuleAnswer;
  readonly portsMatch: RuleAnswer;
  /** What the other end is, as far as the rule asks for it: `app: frontend`, `namespace shop`. */
  readonly other?: string;
}

export type RuleAnswer = 'yes' | 'no' | 'unknown';

export interface Branch {
  readonly label: string;
  /** The part of connections that go this way, 0 to 1. */
  readonly share: number;
  readonly hops: readonly Hop[];
  readonly reply: readonly Hop[];
  readonly outcome: Outcome;
  /** Stations that would have come after the place where it stopped. */
  readonly notReached: readonly Hop[];
  /** What else could have happened here ("2 other endpoints"), in words. */
  readonly alternatives: readonly string[];
}

export interface Remedy {
  readonly what: string;
  /** False for "no use: …". */
  readonly helps: boolean;
  readonly edits?: readonly RemedyEdit[];
  /** Another question whose answer shows it. */
  readonly flow?: Flow;
  /** What a link to that question, or to the trace with the edits, is called where "Trace that" would say too little. */
  readonly ask?: string;
  /** What the edits are in a few words, where `what` says more than that. */
  readonly change?: string;
}

/** A change of text that a remedy proposes: lines to insert after a place. */
export interface RemedyEdit {
  readonly at: SourceRef;
  readonly insert: string;
  readonly uri?: string;
  /** The line after which the text goes in, from 1. */
  readonly afterLine?: number;
  /** The exact change of text, where it can be made safely. */
  readonly change?: { readonly range: TextSpan; readonly newText: string };
}

export interface Unknown {
  readonly what: string;
  readonly because: readonly Evidence[];
}

export interface Trace {
  /** Context id. */
  readonly context: string;
  readonly flow: Flow;
  readonly outcome: Outcome;
  readonly branches: readonly Branch[];
  readonly warnings: readonly string[];
  readonly unknowns: readonly Unknown[];
  readonly remedies: readonly Remedy[];
  /** For a packet that arrives: what another setting would make of it. */
  readonly tips?: readonly Remedy[];
  /** Those of the warnings that are assumptions about what the files leave open: nothing is wrong. */
  readonly assumptions?: readonly string[];
}

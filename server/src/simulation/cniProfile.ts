/** How each network plugin carries a packet: devices, tunnels, routes. */
import { hash } from '../cluster/stableHash';
import { enforcesPolicies } from '../cluster/policyEnforcement';
import type { PolicyDirection } from '../model/resources';
import { cniModes, type CniMode, type Encapsulation } from '../protocol/trace';

export interface CniProfile {
  readonly mode: CniMode;
  /** "calico with VXLAN" */
  readonly label: string;
  readonly plugin: string;
  readonly enforces: boolean;
  /** A Linux bridge that all pods of a node hang on, or a route to each pod. */
  readonly attach: 'bridge' | 'routed';
  /** The node's device towards its own pods has the gateway's address of its pod range: then masquerade writes that one. */
  readonly gatewayOnDevice: boolean;
  readonly across: 'plain' | 'tunnel' | 'none';
  readonly tunnel?: {
    readonly kind: Encapsulation['kind'];
    readonly device: string;
    readonly udpPort?: number;
    readonly overhead: { readonly 4: number; readonly 6: number };
    readonly name: string;
  };
  /** Who tells a node where the other pod ranges are. */
  readonly routes: string;
  /** Which setting makes nodes hide their pods from the outside. */
  readonly masquerades: string;
  /** Where policy is enforced, for an engineer. */
  readonly enforcedAt: Readonly<Record<PolicyDirection, string>>;
  /** The name of the node's end of a pod's cable, always the same for the same pod. */
  hostDevice(podKey: string): string;
}

const both = (where: string): Readonly<Record<PolicyDirection, string>> => ({ Egress: where, Ingress: where });
const vxlanOverhead = { 4: 50, 6: 70 };
const veth = (key: string): string => `veth${hexOf(key, 8)}`;
const cali = (key: string): string => `cali${hexOf(key, 11)}`;
const lxc = (key: string): string => `lxc${hexOf(key, 12)}`;

const bridge = {
  plugin: 'bridge',
  attach: 'bridge',
  // cni0 is the gateway of the pods (isGateway, https://www.cni.dev/plugins/current/main/bridge/).
  gatewayOnDevice: true,
  across: 'plain',
  routes: 'the cluster’s route table',
  masquerades: 'ipMasq of the bridge plugin',
  enforcedAt: both('the FORWARD chain, with br_netfilter for frames of the bridge'),
  hostDevice: veth,
} as const;
const flannel = {
  plugin: 'flannel',
  attach: 'bridge',
  gatewayOnDevice: true,
  routes: 'flanneld',
  masquerades: 'flannel’s --ip-masq',
  enforcedAt: both('nothing'),
  hostDevice: veth,
} as const;
const calico = {
  plugin: 'calico',
  attach: 'routed',
  // cali* have no address: the kernel falls back to that of another device, which is the node's (https://docs.tigera.io/calico/latest/reference/faq).
  gatewayOnDevice: false,
  routes: 'Felix and BIRD',
  masquerades: 'natOutgoing of the IPPool',
  enforcedAt: { Egress: 'the chain cali-fw-* (from the workload)', Ingress: 'the chain cali-tw-* (to the workload)' },
  hostDevice: cali,
} as const;
const cilium = {
  plugin: 'cilium',
  attach: 'routed',
  // The route to the node's own pods leads by cilium_host, which has the router's address of the node's range.
  gatewayOnDevice: true,
  routes: 'the Cilium agent',
  masquerades: 'outside the native-routing range',
  enforcedAt: both('the eBPF program at the pod’s tc hook, by security identity'),
  hostDevice: lxc,
} as const;

const profiles: Readonly<Record<CniMode, Omit<CniProfile, 'mode' | 'enforces'>>> = {
  bridge: { ...bridge, label: 'bridge' },
  none: { ...bridge, plugin: 'none', label: 'no plugin', across: 'none', enforcedAt: both('nothing') },
  kindnet: {
    plugin: 'kindnet',
    attach: 'routed',
    // The ptp plugin gives the node's end of every cable the gateway's address (setupHostVeth in containernetworking/plugins, main/ptp).
    gatewayOnDevice: true,
    across: 'plain',
    label: 'kindnet',
    routes: 'kindnetd',
    masquerades: 'kindnetd’s list of ranges that are not',
    enforcedAt: both('the nftables queue of kindnet’s policy agent'),
    hostDevice: veth,
  },
  'flannel:vxlan': {
    ...flannel,
    label: 'flannel, VXLAN',
    across: 'tunnel',
    tunnel: { kind: 'vxlan', device: 'flannel.1', udpPort: 8472, overhead: vxlanOverhead, name: 'VXLAN' },
  },
  'flannel:host-gw': { ...flannel, label: 'flannel, host-gw', across: 'plain' },
  'calico:ipip': {
    ...calico,
    label: 'calico, IP-in-IP',
    across: 'tunnel',
    tunnel: { kind: 'ipip', device: 'tunl0', overhead: { 4: 20, 6: 40 }, name: 'IP-in-IP' },
  },
  'calico:bgp': { ...calico, label: 'calico, BGP', across: 'plain' },
  'calico:vxlan': {
    ...calico,
    label: 'calico, VXLAN',
    across: 'tunnel',
    tunnel: { kind: 'vxlan', device: 'vxlan.calico', udpPort: 4789, overhead: vxlanOverhead, name: 'VXLAN' },
  },
  'calico:ebpf': {
    ...calico,
    label: 'calico, eBPF',
    across: 'tunnel',
    tunnel: { kind: 'vxlan', device: 'vxlan.calico', udpPort: 4789, overhead: vxlanOverhead, name: 'VXLAN' },
    enforcedAt: both('the eBPF programs at tc of the workload’s interface'),
  },
  'cilium:tunnel': {
    ...cilium,
    label: 'cilium, tunnel',
    across: 'tunnel',
    tunnel: { kind: 'vxlan', device: 'cilium_vxlan', udpPort: 8472, overhead: vxlanOverhead, name: 'VXLAN' },
  },
  'cilium:native': { ...cilium, label: 'cilium, native routing', across: 'plain' },
};

/** IP-in-IP carries IPv4 only: Calico routes IPv6 as it is. */
export function cniProfile(mode: CniMode, family: 4 | 6 = 4): CniProfile {
  const { tunnel, ...profile } = profiles[mode];
  if (tunnel?.kind === 'ipip' && family === 6) return { mode, enforces: enforcesPolicies(mode), ...profile, across: 'plain' };
  return { mode, enforces: enforcesPolicies(mode), ...profile, ...(tunnel && { tunnel }) };
}

/** `calico` is `calico:ipip`: the first mode of a plugin is its default. Undefined for a word that is none of ours. */
export function cniModeOf(text: string | undefined): CniMode | undefined {
  if (text === undefined) return undefined;
  return cniModes.find((mode) => mode === text) ?? cniModes.find((mode) => mode.startsWith(`${text}:`));
}

/** The pod network's largest packet on nodes with 1500 bytes. */
export function podMtu(profile: CniProfile, family: 4 | 6): number {
  return nodeMtu - (profile.across === 'tunnel' ? (profile.tunnel?.overhead[family] ?? 0) : 0);
}

export const nodeMtu = 1500;
export const loopbackMtu = 65536;

function hexOf(key: string, length: number): string {
  let text = '';
  for (let round = 0; text.length < length; round++) text += hash(`${round} ${key}`).toString(16).padStart(8, '0');
  return text.slice(0, length);
}

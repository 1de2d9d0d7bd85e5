/** What every stage of one trace knows: the index, the addresses, the network plugin, and where notes are collected. */
import { type AddressPlan, addressPlan } from '../cluster/addressPlan';
import type { ClusterIndex, Namespace } from '../cluster/clusterIndex';
import { policyModesOf } from '../cluster/policyEnforcement';
import type { PolicyModes } from '../cluster/policyVerdict';
import { known } from '../base/opaque';
import { sourceOf } from '../model/origins';
import type { Resource } from '../model/resources';
import type { Path, SourceRef } from '../protocol/source';
import {
  type Evidence,
  type EvidenceRole,
  type Flow,
  type Placement,
  proxyModes,
  placements,
  type ProxyMode,
  type Remedy,
  type TransportProtocol,
  type Unknown,
} from '../protocol/trace';
import { type CniProfile, cniModeOf, cniProfile } from './cniProfile';
import { writtenCni } from './writtenCni';
import type { Walk } from './walk';

export interface World {
  readonly index: ClusterIndex;
  readonly flow: Flow;
  /** The question as the answer repeats it: what other questions are made from. */
  readonly asked: Flow;
  readonly plan: AddressPlan;
  readonly cni: CniProfile;
  readonly proxyMode: ProxyMode;
  readonly placement: Placement;
  /** Where manifests write none. */
  readonly namespace: string;
  readonly modes: PolicyModes;
  readonly protocol: TransportProtocol;
  readonly port: number;
  readonly notes: Notes;
  /** True inside a name look-up, whose own names are not looked up again. */
  readonly nested: boolean;
  /** Sends a walk through all stages: for a look-up, which is a flow of its own. */
  readonly follow: (world: World, walk: Walk) => readonly Walk[];
}

export function createWorld(
  index: ClusterIndex,
  flow: Flow,
  port: number,
  protocol: TransportProtocol,
  family: 4 | 6,
  follow: World['follow'],
  notes: Notes,
  asked: Flow,
): World {
  const options = flow.options ?? {};
  const kind = index.ofKind('KindCluster')[0]?.spec;
  const cni = cniModeOf(options.cni) ?? cniModeOf(index.context.cluster?.cni) ?? writtenCni(index) ?? (kind && !kind.disableDefaultCni ? 'kindnet' : 'bridge');
  const namespace = options.namespace ?? index.context.namespace ?? 'default';
  const proxyMode =
    proxyModes.find((mode) => mode === options.proxyMode) ??
    proxyModes.find((mode) => mode === index.context.cluster?.proxyMode) ??
    proxyModes.find((mode) => mode === known(kind?.kubeProxyMode)) ??
    (cni === 'calico:ebpf' ? 'ebpf' : 'iptables');
  return {
    index,
    flow: { ...flow, port, protocol },
    asked,
    plan: addressPlan(index, family),
    cni: cniProfile(cni, family),
    proxyMode,
    placement: placements.find((placement) => placement === options.placement) ?? 'any',
    namespace,
    modes: { ...policyModesOf(cni), namespace },
    protocol,
    port,
    notes,
    nested: false,
    follow,
  };
}

/** Warnings, open questions and remedies of one trace, each once, in the order in which they came. */
export class Notes {
  private readonly warningSet = new Set<string>();
  private readonly unknownMap = new Map<string, Unknown>();
  private readonly remedyMap = new Map<string, Remedy>();
  private readonly tipMap = new Map<string, Remedy>();
  private readonly unguarded = new Map<string, boolean>();
  private engine = '';
  warn(text: string): void {
    this.warningSet.add(text);
  }
  /** A pod has policies that the `engine` does not enforce; `denied`: they would stop this packet. Told in one sentence for all pods. */
  notGuarded(engine: string, pod: string, denied: boolean): void {
    this.engine = engine;
    this.unguarded.set(pod, denied || this.unguarded.get(pod) === true);
  }
  unknown(what: string, because: readonly Evidence[] = []): void {
    if (!this.unknownMap.has(what)) this.unknownMap.set(what, { what, because });
  }
  remedy(remedy: Remedy): void {
    if (!this.remedyMap.has(remedy.what)) this.remedyMap.set(remedy.what, remedy);
  }
  tip(tip: Remedy): void {
    if (!this.tipMap.has(tip.what)) this.tipMap.set(tip.what, tip);
  }
  get tips(): readonly Remedy[] {
    return [...this.tipMap.values()];
  }
  get warnings(): readonly string[] {
    return [...unguardedWarning(this.engine, this.unguarded), ...this.warningSet];
  }
  get unknowns(): readonly Unknown[] {
    return [...this.unknownMap.values()];
  }
  get remedies(): readonly Remedy[] {
    return [...this.remedyMap.values()].sort((a, b) => Number(b.helps) - Number(a.helps));
  }
}

const mostNamed = 5;

function unguardedWarning(engine: string, pods: ReadonlyMap<string, boolean>): readonly string[] {
  const names = [...pods.keys()];
  if (names.length === 0) return [];
  const several = names.length > 1;
  const last = names.length > mostNamed ? `${names.length - mostNamed} more` : names.pop();
  const shown = [names.slice(0, mostNamed).join(', '), last].filter(Boolean).join(' and ');
  const would = [...pods.values()].includes(true) ? ' An enforcing plugin would drop this packet.' : '';
  return [`${engine} enforces no NetworkPolicy: ${shown} ${several ? 'have' : 'has'} policies, and nothing guards ${several ? 'them' : 'it'}.${would}`];
}

/** The namespace of something, with unspecified ones where the trace places them. */
export function placed(world: World, namespace: Namespace): string {
  return namespace ?? world.namespace;
}

export function sourceAt(resource: Resource, path: Path = []): SourceRef {
  return sourceOf(resource, path);
}

export function evidence(resource: Resource, path: Path, role: EvidenceRole, note: string): Evidence {
  return { at: sourceAt(resource, path), role, note };
}

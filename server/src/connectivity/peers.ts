/** Who can be an end of a connection: the workloads of a context, pieces of the address space outside, and the ingress controller. */
import { formatAddress } from '../base/addresses';
import type { ClusterIndex, PodSet } from '../cluster/clusterIndex';
import type { AddressPieces } from './addressClasses';

/** All pods of one controller, or one pod that has none. */
export interface WorkloadPeer {
  readonly kind: 'workload';
  /** `deployment/shop/web`: the words that `packetpath trace` takes. */
  readonly id: string;
  readonly namespace: string;
  readonly workloadKind: string;
  readonly name: string;
}

export interface ExternalPeer {
  readonly kind: 'external';
  readonly id: string;
  /** `first-last`, ascending, IPv4 first. */
  readonly ranges: readonly string[];
}

/** An ingress or gateway data plane that no manifest shows. */
export interface ControllerPeer {
  readonly kind: 'ingress-controller';
  readonly id: string;
}

export type Peer = WorkloadPeer | ExternalPeer | ControllerPeer;

/** A workload with the pods that stand for it, at least one. They are asked one by one, for pods of one owner may differ. */
export interface Workload {
  readonly peer: WorkloadPeer;
  readonly members: readonly PodSet[];
  /** No manifest writes its namespace. */
  readonly namespaceAssumed: boolean;
}

export const controllerPeer: ControllerPeer = { id: 'ingress-controller', kind: 'ingress-controller' };

/**
 * Sorted by id. `namespace` is for manifests that write none; `assumed`: nobody said so. A pod that a controller owns stands under its owner, whether a manifest shows the owner or not; where there are both the
 * pods are taken, which know more (their addresses, the labels that the control plane added). The index leaves finished pods out.
 */
export function workloadsOf(index: ClusterIndex, { namespace, assumed }: { readonly namespace: string; readonly assumed: boolean }): readonly Workload[] {
  const found = new Map<string, { readonly peer: WorkloadPeer; readonly templates: PodSet[]; readonly pods: PodSet[]; unplaced: boolean }>();
  for (const podSet of index.podSets(undefined)) {
    const { resource } = podSet;
    const owner = resource.type === 'Pod' ? resource.spec.owner : undefined;
    const [kind, name] = owner ? [owner.kind, owner.name] : [resource.kind, resource.metadata.name];
    if (name === '') continue;
    const place = podSet.namespace ?? namespace;
    const id = `${kind.toLowerCase()}/${place}/${name}`;
    let workload = found.get(id);
    if (!workload) {
      workload = { peer: { id, kind: 'workload', namespace: place, workloadKind: kind, name }, templates: [], pods: [], unplaced: false };
      found.set(id, workload);
    }
    (owner ? workload.pods : workload.templates).push(podSet);
    if (resource.metadata.namespace === undefined) workload.unplaced = true;
  }
  return [...found.values()]
    .map(({ peer, templates, pods, unplaced }) => ({ peer, members: pods.length > 0 ? pods : templates, namespaceAssumed: assumed && unplaced }))
    .sort((a, b) => compareText(a.peer.id, b.peer.id));
}

export function externalPeer(pieces: AddressPieces): ExternalPeer {
  const ranges = [...pieces.four.map(({ first, last }) => rangeText(4, first, last)), ...pieces.six.map(({ first, last }) => rangeText(6, first, last))];
  return { id: externalId(ranges), kind: 'external', ranges };
}

function rangeText(family: 4 | 6, first: bigint, last: bigint): string {
  return `${formatAddress({ family, value: first })}-${formatAddress({ family, value: last })}`;
}

const shownInId = 4;

/** The ranges themselves while they are few; else the first ones, how many more there are, and a checksum of all. */
function externalId(ranges: readonly string[]): string {
  const shown = ranges.slice(0, shownInId).join(',');
  if (ranges.length <= shownInId) return `external:${shown}`;
  return `external:${shown},+${ranges.length - shownInId}:${checksum(ranges.join(','))}`;
}

/** FNV-1a in two rounds of 32 bits. */
function checksum(text: string): string {
  const round = (seed: number): string => {
    let hash = seed;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
    return hash.toString(16).padStart(8, '0');
  };
  return round(0x811c9dc5) + round(0x01000193);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

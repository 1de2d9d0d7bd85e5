/** Pods that no policy tells apart, where known addresses count only as far as a block tells them apart. */
import { parseAddress } from '../base/addresses';
import type { Interval } from '../base/intervals';
import type { ClusterIndex, PodSet } from '../cluster/clusterIndex';
import { policyClassOf } from '../cluster/policyClasses';
import type { PolicyModes } from '../cluster/policyEnds';
import { addressClasses } from './addressClasses';

/** Gives the name of a pod's class, which holds for this index and these modes. */
export function podClassNamer(index: ClusterIndex, modes: PolicyModes): (podSet: PodSet) => string {
  const standIn = addressStandIns(index);
  return (podSet) => {
    const { resource } = podSet;
    if (resource.type !== 'Pod' || resource.spec.podIPs.length === 0) return policyClassOf(index, podSet, modes);
    const podIPs = [...new Set(resource.spec.podIPs.map(standIn))].sort();
    return policyClassOf(index, { ...podSet, resource: { ...resource, spec: { ...resource.spec, podIPs } } }, modes);
  };
}

/** For an address the first one asked about that lies in the blocks of the same rules, in both directions. */
function addressStandIns(index: ClusterIndex): (text: string) => string {
  const divisions = (['Ingress', 'Egress'] as const).map((direction) => piecesOf(addressClasses(index, direction, true)));
  const first = new Map<string, string>();
  return (text) => {
    const address = parseAddress(text);
    if (!address) return text;
    const key = divisions.map((division) => classAt(address.family === 4 ? division.four : division.six, address.value)).join();
    const kept = first.get(key);
    if (kept === undefined) first.set(key, text);
    return kept ?? text;
  };
}

interface Piece extends Interval<bigint> {
  readonly number: number;
}

function piecesOf(classes: ReturnType<typeof addressClasses>): { readonly four: readonly Piece[]; readonly six: readonly Piece[] } {
  const sorted = (family: 'four' | 'six'): readonly Piece[] =>
    classes.flatMap((one, number) => one[family].map(({ first, last }) => ({ first, last, number }))).sort((a, b) => (a.first < b.first ? -1 : 1));
  return { four: sorted('four'), six: sorted('six') };
}

function classAt(pieces: readonly Piece[], value: bigint): number {
  let [low, high] = [0, pieces.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.first ?? 0n) <= value) low = middle;
    else high = middle - 1;
  }
  return pieces[low]?.number ?? -1;
}

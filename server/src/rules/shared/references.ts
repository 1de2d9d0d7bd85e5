/** How the `$(VAR)` of a container's env values are resolved: above, from outside, below, in a ring, or not at all. */
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { Container } from '../../model/pod';
import type { PodHolder, Resource } from '../../model/resources';
import { envTexts, isVariableName, scanReferences, type ContainerText, type Reference } from './env';
import { environmentOf, serviceVariableState, type ContainerEnvironment } from './environment';

/** A reference of `env[from]` to a variable that the list defines at `to`, in the same entry or below. */
export interface ForwardReference {
  readonly from: number;
  readonly to: number;
  readonly text: ContainerText;
  readonly reference: Reference;
}

/** A forward reference that finds another value all the same: the one that came before the list. */
export interface EarlierValue extends ForwardReference {
  readonly source: Resource;
}

/** From its first entry, whose reference points forward, round to it again. */
export type Ring = readonly [ForwardReference, ...ForwardReference[]];

export interface ReferenceAnalysis {
  readonly environment: ContainerEnvironment;
  /** Without those that stand in a ring. */
  readonly forward: readonly ForwardReference[];
  readonly earlier: readonly EarlierValue[];
  readonly rings: readonly Ring[];
}

/**
 * Looked up first in `envFrom` and in the entries above, then among the variables of Services; an entry below does not count.
 * With an `envFrom` source whose keys are not known, or a templated name, nothing is said of what is not found.
 * pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables), third_party/forked/golang/expansion/expand.go.
 */
export function analyseReferences(container: Container, resource: PodHolder, index: ClusterIndex): ReferenceAnalysis {
  const environment = environmentOf(container, resource, index);
  const forward: ForwardReference[] = [];
  const earlier: EarlierValue[] = [];
  const backward: ForwardReference[] = [];
  for (const text of envTexts(container)) {
    for (const reference of scanReferences(text.text).references) {
      const definitions = environment.entries.get(reference.name);
      if (definitions === undefined || !isVariableName(reference.name)) continue;
      const from = text.index;
      const above = definitions.filter((definition) => definition < from);
      const last = above[above.length - 1];
      if (last !== undefined) {
        backward.push({ from, to: last, text, reference });
        continue;
      }
      const to = definitions[0] ?? from;
      const source = sourceBefore(reference.name, environment, resource, index);
      if (source !== undefined && to > from) earlier.push({ from, to, text, reference, source });
      else if (source === undefined && environment.complete) forward.push({ from, to, text, reference });
    }
  }
  const rings = findRings(forward, backward);
  const ringOf = new Map<number, Ring>(rings.flatMap((ring) => ring.map((edge) => [edge.from, ring] as const)));
  const inRing = (edge: ForwardReference): boolean => edge.from !== edge.to && ringOf.has(edge.from) && ringOf.get(edge.from) === ringOf.get(edge.to);
  return { environment, forward: forward.filter((edge) => !inRing(edge)), earlier, rings };
}

function sourceBefore(name: string, environment: ContainerEnvironment, resource: PodHolder, index: ClusterIndex): Resource | undefined {
  const key = environment.envFrom.get(name);
  if (key !== undefined) return key.source;
  const answer = serviceVariableState(name, resource, index);
  return answer.state === 'visible' ? answer.service : undefined;
}

/** The shortest ring through each forward reference; one that joins two entries of a ring already found adds nothing. */
function findRings(forward: readonly ForwardReference[], backward: readonly ForwardReference[]): readonly Ring[] {
  const edges = new Map<number, ForwardReference[]>();
  for (const edge of [...forward, ...backward]) edges.set(edge.from, [...(edges.get(edge.from) ?? []), edge]);
  const rings: Ring[] = [];
  const found = new Map<number, Ring>();
  for (const edge of forward) {
    if (edge.from === edge.to || (found.has(edge.from) && found.get(edge.from) === found.get(edge.to))) continue;
    const way = shortestWay(edge.to, edge.from, edges);
    if (way === undefined) continue;
    const ring = fromFirst([edge, ...way]);
    rings.push(ring);
    for (const member of ring) found.set(member.from, ring);
  }
  return rings;
}

function shortestWay(start: number, goal: number, edges: ReadonlyMap<number, readonly ForwardReference[]>): readonly ForwardReference[] | undefined {
  const cameBy = new Map<number, ForwardReference>();
  let frontier = [start];
  while (frontier.length > 0 && !cameBy.has(goal)) {
    const next: number[] = [];
    for (const entry of frontier) {
      for (const edge of edges.get(entry) ?? []) {
        if (edge.to === start || cameBy.has(edge.to)) continue;
        cameBy.set(edge.to, edge);
        next.push(edge.to);
      }
    }
    frontier = next;
  }
  const way: ForwardReference[] = [];
  for (let at = goal; at !== start;) {
    const edge = cameBy.get(at);
    if (edge === undefined) return undefined;
    way.unshift(edge);
    at = edge.from;
  }
  return way;
}

/** The entry that stands first in the list opens the ring: its reference points forward, as nothing in the ring stands above. */
function fromFirst(ring: Ring): Ring {
  const first = ring.reduce((best, edge) => (edge.from < best.from ? edge : best), ring[0]);
  const at = ring.indexOf(first);
  return [first, ...ring.slice(at + 1), ...ring.slice(0, at)];
}

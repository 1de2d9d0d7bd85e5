/** How many pods of a set are ready, terminating or not ready: as the question says, or as the status of a Pod shows. */
import type { PodSet } from '../cluster/clusterIndex';
import { valueAt } from '../model/resources';
import type { Evidence, PodsInState } from '../protocol/trace';
import { podCount } from './placement';
import { evidence, placed, type World } from './world';

/** Replicas in this order: the ready ones come first, then those that terminate, then those that are not ready. */
export interface PodStates {
  readonly all: number;
  readonly ready: number;
  readonly terminating: number;
  readonly because: readonly Evidence[];
}

/** https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions */
export function podStates(world: World, podSet: PodSet): PodStates {
  const all = podCount(world, podSet);
  const options = world.flow.options ?? {};
  const written = writtenState(podSet);
  const notReady = Math.max(asked(world, podSet, options.notReady, all), written === 'not-ready' ? all : 0);
  const terminating = Math.min(Math.max(asked(world, podSet, options.terminating, all), written === 'terminating' ? all : 0), all - notReady);
  const because =
    written === 'terminating'
      ? [evidence(podSet.resource, ['metadata', 'deletionTimestamp'], 'declares', `${podSet.name} is being deleted`)]
      : written === 'not-ready'
        ? [evidence(podSet.resource, ['status', 'conditions'], 'declares', `${podSet.name} is not ready`)]
        : [];
  return { all, ready: all - notReady - terminating, terminating, because };
}

function asked(world: World, podSet: PodSet, states: readonly PodsInState[] | undefined, all: number): number {
  if (!Array.isArray(states)) return 0;
  const names = new Set([
    podSet.key,
    podSet.key.replace('/-/', `/${placed(world, podSet.namespace)}/`),
    `${podSet.resource.kind.toLowerCase()}/${podSet.name}`,
  ]);
  const state = (states as readonly PodsInState[]).find(({ workload }) => names.has(workload));
  if (!state) return 0;
  return Math.max(0, Math.min(all, state.count ?? all));
}

/** A Pod as the API server gives it out has a status; what a template makes has none. */
function writtenState({ resource }: PodSet): 'not-ready' | 'terminating' | undefined {
  if (resource.type !== 'Pod') return undefined;
  if (typeof valueAt(resource, ['metadata', 'deletionTimestamp']) === 'string') return 'terminating';
  const conditions = valueAt(resource, ['status', 'conditions']);
  if (!Array.isArray(conditions)) return undefined;
  for (let at = 0; at < Math.min(conditions.length, 32); at++) {
    if (valueAt(resource, ['status', 'conditions', at, 'type']) !== 'Ready') continue;
    return valueAt(resource, ['status', 'conditions', at, 'status']) === 'False' ? 'not-ready' : undefined;
  }
  return undefined;
}

/** A finished walk as a branch of the answer. */
import type { Branch, Outcome } from '../protocol/trace';
import { replyOf } from './reply';
import { destinationName } from './words';
import type { Walk } from './walk';
import type { World } from './world';

export function branchOf(world: World, walk: Walk): Branch {
  const outcome = outcomeOf(walk);
  return {
    label: walk.label === '' ? destinationName(walk.destination) : walk.label,
    share: walk.share,
    hops: walk.hops,
    reply: outcome === 'delivered' ? replyOf(world, walk) : [],
    outcome,
    notReached: walk.notReached,
    alternatives: walk.alternatives,
  };
}

export function outcomeOf(walk: Walk): Outcome {
  return walk.outcome ?? (walk.uncertain ? 'unknown' : 'delivered');
}

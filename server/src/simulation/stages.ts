/** The stages in the order in which a packet meets them. A stage takes a packet and gives hops and the next packets. */
import { betweenNodes } from './stages/betweenNodes';
import { clientSocket } from './stages/clientSocket';
import { containerPort } from './stages/containerPort';
import { gateway } from './stages/gateway';
import { hostPort, ownHostPort } from './stages/hostPort';
import { ingressController } from './stages/ingressController';
import { leaveCluster } from './stages/leaveCluster';
import { loopback } from './stages/loopback';
import { nameLookup } from './stages/nameLookup';
import { nodePort, ownNodePort } from './stages/nodePort';
import { nodeRouting } from './stages/nodeRouting';
import { nodeTranslation, socketTranslation } from './stages/serviceTranslation';
import { outsideEntry } from './stages/outsideEntry';
import { podEntry } from './stages/podEntry';
import { podExit } from './stages/podExit';
import { policyEgress } from './stages/policyEgress';
import { policyIngress } from './stages/policyIngress';
import { serviceEnvironment } from './stages/serviceEnvironment';
import { sharedChannels } from './stages/sharedChannels';
import { sourceTranslation } from './stages/sourceTranslation';
import { hopLimit, type Stage, stop, type Walk, walkLimit } from './walk';
import type { World } from './world';

export const stages: readonly Stage[] = [
  nameLookup,
  clientSocket,
  loopback,
  outsideEntry,
  ingressController,
  gateway,
  socketTranslation,
  podExit,
  nodeTranslation,
  ownNodePort,
  ownHostPort,
  policyEgress,
  sourceTranslation,
  nodeRouting,
  betweenNodes,
  nodePort,
  hostPort,
  leaveCluster,
  policyIngress,
  podEntry,
  containerPort,
  sharedChannels,
  serviceEnvironment,
];

/** Sends one packet through all stages. Bounded in hops and in ways; where it stops early it says so. */
export function follow(world: World, start: Walk): readonly Walk[] {
  let walks: readonly Walk[] = [start];
  for (const stage of stages) {
    walks = walks.flatMap((walk) => (walk.hops.length + walk.notReached.length >= hopLimit ? [tooLong(world, walk)] : stage(world, walk)));
    if (walks.length > walkLimit) {
      world.notes.warn(`Only ${walkLimit} of ${walks.length} ways are followed; their shares are scaled up.`);
      const kept = walks.slice(0, walkLimit);
      const sum = kept.reduce((total, walk) => total + walk.share, 0);
      walks = kept.map((walk) => ({ ...walk, share: sum > 0 ? walk.share / sum : 1 / kept.length }));
    }
  }
  return walks;
}

function tooLong(world: World, walk: Walk): Walk {
  world.notes.unknown(`where the packet goes after ${hopLimit} hops: the trace stops there`);
  return stop({ ...walk, destination: { kind: 'nowhere' } }, 'unknown');
}

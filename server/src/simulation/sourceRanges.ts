/** loadBalancerSourceRanges: who may use the address of a load balancer. They never guard the node port or the cluster address. */
import { type Cidr, cidrContains, cidrsOverlap, cidrWithin, parseCidr } from '../base/addresses';
import { known } from '../base/opaque';
import { podRanges } from '../cluster/addressPlan';
import { outsideBlocks } from '../cluster/outsideAddresses';
import { matchScope } from '../cluster/policyMatch';
import { parseAddress } from '../base/addresses';
import type { Resource } from '../model/resources';
import type { Evidence, EvidenceRole } from '../protocol/trace';
import { remedyForRanges } from './serviceRemedies';
import { translationPlace } from './translationPlace';
import { type Sender, step, stop, unsure, type Walk } from './walk';
import { evidence, type World } from './world';

export interface RangeAnswer {
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly because: Evidence;
}

/** https://kubernetes.io/docs/concepts/services-networking/service/#aws-nlb-support and the API reference of loadBalancerSourceRanges */
export function sourceRangeAnswer(world: World, sender: Sender, service: Resource<'Service'>): RangeAnswer {
  const ranges = service.spec.loadBalancerSourceRanges;
  const because = (note: string, role: EvidenceRole = 'denies'): Evidence => evidence(service, ['spec', 'loadBalancerSourceRanges'], role, note);
  if (ranges.length === 0) return { answer: 'yes', because: because('none') };
  const cidrs: Cidr[] = ranges.flatMap((value) => parseCidr(known(value) ?? '') ?? []);
  const opaque = ranges.some((value) => known(value) === undefined);
  const answers = cidrs.map((cidr) => holds(world, sender, cidr));
  if (answers.includes('yes')) return { answer: 'yes', because: because('the client lies in a range', 'allows') };
  if (opaque || answers.includes('unknown')) return { answer: 'unknown', because: because('some ranges may hold the client') };
  return { answer: 'no', because: because(`no range holds ${addressOf(sender)}`) };
}

function holds(world: World, sender: Sender, cidr: Cidr): RangeAnswer['answer'] {
  if (sender.kind === 'outside') {
    if (sender.known) return cidrContains(cidr, sender.known) ? 'yes' : 'no';
    return matchScope(cidr, [], outsideBlocks(sender.scope ?? 'internet'), 'the client').match;
  }
  if (sender.kind === 'node') return sender.node.knownAddress ? (cidrContains(cidr, sender.node.knownAddress) ? 'yes' : 'no') : 'unknown';
  if (sender.kind === 'controller') return 'unknown';
  const { address, podSet } = sender.pod;
  const own = address.assumed ? null : parseAddress(address.text);
  if (own) return cidrContains(cidr, own) ? 'yes' : 'no';
  if (podSet.template.hostNetwork) return 'unknown';
  const range = podRanges(world.index).find((one) => one.family === cidr.family);
  if (!range) return 'unknown';
  return cidrWithin(range, cidr) ? 'yes' : cidrsOverlap(range, cidr) ? 'unknown' : 'no';
}

function addressOf(sender: Sender): string {
  switch (sender.kind) {
    case 'pod':
      return sender.pod.address.text;
    case 'node':
      return sender.node.address;
    default:
      return sender.address.text;
  }
}

/** A client inside that uses the load balancer's address: its own node judges the ranges (KUBE-FW in pkg/proxy/iptables). */
export function insideSourceRanges(world: World, walk: Walk, service: Resource<'Service'>): Walk {
  const judged = sourceRangeAnswer(world, walk.sender, service);
  if (judged.answer === 'yes') return walk;
  const place = translationPlace(world, walk);
  const hop = step(walk, {
    ...place,
    kind: 'load-balancer',
    verdict: judged.answer === 'no' ? 'dropped' : 'unknown',
    because: [judged.because],
    plain:
      judged.answer === 'no'
        ? `The address of the load balancer is for certain clients only, and ${addressOf(walk.sender)} is not among them. The node drops the packet.`
        : 'The address of the load balancer is for certain clients only. Whether this one is among them cannot be known.',
    expert: `loadBalancerSourceRanges: ${judged.because.note}; kube-proxy judges them for clients of the cluster as well. The cluster address has no such guard.`,
  });
  if (judged.answer === 'no') {
    remedyForRanges(world, walk.sender, service);
    return stop(hop, 'dropped-source-range');
  }
  world.notes.unknown(`whether the client’s address lies in loadBalancerSourceRanges of ${service.metadata.name}`, [judged.because]);
  return unsure(hop);
}

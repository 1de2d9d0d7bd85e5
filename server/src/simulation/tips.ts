/** A word about packets that arrive: what another setting would make of them. */
import { known } from '../base/opaque';
import { policyVerdict } from '../cluster/policyVerdict';
import type { Resource } from '../model/resources';
import type { Branch, Flow, Remedy } from '../protocol/trace';
import { backendsOf, singlePods } from './backends';
import { senderEnd } from './ends';
import { flowWith } from './otherFlow';
import { servicePort } from './ports';
import { listed } from './words';
import type { EndpointGroup, Sender, Walk } from './walk';
import { sourceAt, type World } from './world';

const mostPods = 8;

/**
 * The Cluster policy hides the client behind a node. With Local only pods of the node that was entered are used, and no sender is written
 * (https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip).
 */
export function localPolicyTip(world: World, walk: Walk, service: Resource<'Service'>): Remedy | undefined {
  const { sender } = walk;
  const entry = walk.servicePort ?? servicePort(service, world.port, world.protocol)?.entry;
  if (sender.kind !== 'outside' || !entry || walk.outcome !== undefined) return undefined;
  const { nodes } = world.plan;
  const { groups } = backendsOf(world, service, entry, world.protocol, undefined);
  const holding = nodes.filter((node) => groups.some((group) => group.pod.node.name === node.name));
  const empty = nodes.filter((node) => !holding.includes(node));
  if (holding.length === 0) return undefined;
  const balanced = known(service.spec.type) === 'LoadBalancer' && !walk.entry;
  // A client that names one node is dropped where it has no pod: then the other policy is no advice.
  if (walk.entry && !holding.some((node) => node.name === walk.entry?.name)) return undefined;
  const chooser = balanced ? 'the load balancer counts nodes, not pods' : 'clients choose a node, not a pod';
  const shares = walk.entry ? undefined : sharesByNode(world, groups, holding.length);
  const uneven = shares !== undefined && Math.max(...shares) - Math.min(...shares) > 0.001;
  const lost = balanced || empty.length === 0 || walk.entry ? '' : ` A packet to ${listed(empty.map(({ name }) => name))}, which has no pod, would be dropped.`;
  const shareWords = uneven ? `, but the shares would be ${listed(shares.map(numberOf), mostPods)} %: ${chooser}` : '';
  const { name } = service.metadata;
  const pods = world.asked.to.endsWith(`/${name}`) ? 'the pods' : `the pods behind ${name}`;
  const guarded = groups.some((group) => turnsAway(world, sender, group)) ? ' Policies would then judge this address, and drop the packet.' : '';
  return {
    what: `With \`externalTrafficPolicy: Local\` ${pods} would see ${sender.address.text} and nothing would cross nodes${shareWords}.${lost}${guarded}`,
    helps: true,
    edits: [{ at: sourceAt(service, ['spec']), insert: 'externalTrafficPolicy: Local' }],
    change: `externalTrafficPolicy: Local on the Service ${name}`,
    ask: 'Trace with Local',
  };
}

/** The policies of the pod see the client then, and may not let it in. */
function turnsAway(world: World, sender: Sender, { pod, port }: EndpointGroup): boolean {
  const peer = senderEnd(world, sender, pod.node.name, undefined);
  return policyVerdict(world.index, { direction: 'Ingress', subject: pod.podSet, peer, protocol: world.protocol, port }, world.modes).verdict === 'denied';
}

/** Each node with a pod gets the same part, and its pods share it; one part a pod, in the order of the pods. */
function sharesByNode(world: World, groups: readonly EndpointGroup[], holding: number): readonly number[] | undefined {
  const singles = singlePods(world, groups, mostPods);
  return singles?.map(({ pod }) => 1 / holding / singles.filter((other) => other.pod.node.name === pod.node.name).length);
}

function numberOf(share: number): string {
  return String(Math.round(share * 1000) / 10);
}

/** Policies that nobody enforces: the same question with a plugin that does. */
export function enforcingTip(world: World, branches: readonly Branch[]): Remedy | undefined {
  const unguarded = branches.some(({ hops }) => hops.some(({ verdict, policies }) => verdict === 'not-enforced' && (policies?.length ?? 0) > 0));
  if (!unguarded) return undefined;
  const flow: Flow = flowWith(world, { ...world.asked.options, cni: 'calico:vxlan' });
  const other =
    world.cni.plugin === 'flannel' ? 'Calico enforces them, also beside flannel (as Canal)' : 'A plugin that enforces them is needed, such as Calico';
  return { what: `The policies of these files bind nobody here. ${other}.`, helps: true, flow, ask: 'Trace with calico' };
}

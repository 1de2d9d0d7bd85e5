/** The look-up as a flow of its own: from the client to the cluster's DNS pods on 53/UDP, under the policies of both ends. */
import { parseAddress } from '../base/addresses';
import { addressPlan } from '../cluster/addressPlan';
import { policyVerdict } from '../cluster/policyVerdict';
import type { ServicePort } from '../model/resources';
import type { Branch } from '../protocol/trace';
import { assumedDnsPods } from './assumedPods';
import { backendsOf } from './backends';
import { branchOf } from './branch';
import { cniProfile } from './cniProfile';
import { clusterFamilies } from './families';
import { nodesFor, placeAt, placeSender } from './placement';
import { createWalk } from './createWalk';
import type { EndpointGroup, Sender } from './walk';
import { Notes, type World } from './world';

/** NodeLocal DNSCache listens there on every node that has it. */
const nodeLocalAddress = '169.254.20.10';

/** The look-up of one client; remedies for a blocked one go to the notes of the outer trace. */
export function clusterDns(world: World, client: Extract<Sender, { kind: 'pod' }>): Branch {
  const inner: World = { ...inPrimaryFamily(world), protocol: 'UDP', port: 53, nested: true, notes: new Notes() };
  const sender =
    inner.plan === world.plan ? client : { kind: 'pod' as const, pod: placeSender(inner, client.pod.podSet, client.pod.container, client.pod.replica) };
  const group = dnsPods(inner, sender);
  const target = { name: 'kube-dns', namespace: 'kube-system', service: undefined, address: inner.plan.dns, groups: [group] };
  const [walk] = world.follow(inner, createWalk(inner, sender, { kind: 'service', target }));
  const branch = branchOf(inner, walk ?? createWalk(inner, sender, { kind: 'nowhere' }));
  if (branch.outcome === 'dropped-policy-egress' && allowedToNodeLocal(inner, sender)) {
    world.notes.unknown('whether the nodes run NodeLocal DNSCache: the policies allow DNS to it, and not to the DNS pods');
    return { ...branch, outcome: 'unknown' };
  }
  if (branch.outcome !== 'delivered') {
    for (const remedy of inner.notes.remedies) world.notes.remedy(remedy);
    for (const unknown of inner.notes.unknowns) world.notes.unknown(unknown.what, unknown.because);
  }
  return branch;
}

/** The DNS Service has the first family of the cluster, whichever the client then calls. */
function inPrimaryFamily(world: World): World {
  const [primary = world.plan.family] = clusterFamilies(world.index);
  if (world.flow.options?.ipFamily !== undefined || primary === world.plan.family) return world;
  return { ...world, plan: addressPlan(world.index, primary), cni: cniProfile(world.cni.mode, primary) };
}

function dnsPods(world: World, sender: Extract<Sender, { kind: 'pod' }>): EndpointGroup {
  const service = world.index.get('Service', 'kube-system', 'kube-dns');
  if (service.state === 'found' && service.value.metadata.namespace === 'kube-system') {
    const entry: ServicePort = service.value.spec.ports.find((port) => port.protocol === 'UDP') ?? { path: ['spec', 'ports'], port: 53 };
    const group = backendsOf(world, service.value, entry, 'UDP', sender.pod.node).groups[0];
    if (group) return group;
  }
  const pod = placeAt(world, assumedDnsPods, 0, nodesFor(world, assumedDnsPods, sender.pod.node));
  return { pod, count: 1, port: 53, portAssumed: false, self: false, because: [] };
}

function allowedToNodeLocal(world: World, { pod }: Extract<Sender, { kind: 'pod' }>): boolean {
  const address = parseAddress(nodeLocalAddress);
  if (!address) return false;
  const question = { direction: 'Egress', subject: pod.podSet, peer: { kind: 'address', address }, protocol: 'UDP', port: 53 } as const;
  return policyVerdict(world.index, question, world.modes).verdict === 'allowed';
}

/** A Service's address becomes a pod's: by kube-proxy in the node, or by eBPF in the client's socket. */
import { known } from '../../base/opaque';
import { cidrContains } from '../../base/addresses';
import { type PlannedNode, serviceRanges } from '../../cluster/addressPlan';
import type { Evidence } from '../../protocol/trace';
import { askedNodePort } from '../askedNodePort';
import { type Backends, backendsOf, singlePods } from '../backends';
import { nearGroups } from '../distribution';
import { serviceFamilies } from '../families';
import { nodeNamed } from '../placement';
import { servicePort } from '../ports';
import { insideSourceRanges } from '../sourceRanges';
import { nobody, nobodyHere, portMissing, portWords, wrongFamily } from '../translationFailures';
import { translationPlace } from '../translationPlace';
import { isExternal, translationExpert, translationPlain } from '../translationWords';
import { endText, percent, plural, podName } from '../words';
import { type EndpointGroup, type ServiceTarget, type Stage, step, stop, unsure, type Walk, withDestination } from '../walk';
import { evidence, type World } from '../world';
import { destinationAt, type WrittenEndpoint } from '../writtenEndpoints';
import { readinessStep } from './readinessStep';

/** With eBPF the client's own socket is redirected, before any packet exists. */
export const socketTranslation: Stage = (world, walk) => {
  const inside = walk.sender.kind === 'pod' || walk.sender.kind === 'node';
  if (world.proxyMode !== 'ebpf' || !inside) return [walk];
  if (walk.destination.kind === 'node') return atSocket(world, walk);
  if (walk.destination.kind !== 'service') return [walk];
  const { service } = walk.destination.target;
  // A port that the Service does not have is nothing to the socket: the packet leaves the pod as it is.
  return service && !walk.servicePort && !servicePort(service, world.port, world.protocol) ? [walk] : translate(world, walk);
};

/** Cilium's socket program knows the node ports of all nodes too (https://docs.cilium.io/en/stable/network/kubernetes/kubeproxy-free/). */
function atSocket(world: World, walk: Walk): readonly Walk[] {
  const asked = world.cni.plugin === 'cilium' ? askedNodePort(world, walk) : undefined;
  if (!asked) return [walk];
  return translate(world, { ...walk, servicePort: asked.entry, external: 'node-port-at-socket', destination: { kind: 'service', target: asked.target } });
}

/** https://kubernetes.io/docs/reference/networking/virtual-ips/ */
export const nodeTranslation: Stage = (world, walk) => translate(world, walk);

/** At a node whose own address and node port the packet carries, wherever it comes from. */
export function translateNodePort(world: World, walk: Walk): readonly Walk[] {
  return translate(world, { ...walk, external: 'node-port' });
}

function translate(world: World, walk: Walk): readonly Walk[] {
  const { destination } = walk;
  if (destination.kind !== 'service') return [walk];
  const { target } = destination;
  if (!target.service && target.node) return [toApiServer(world, walk, target, target.node)];
  if (!target.service) return branches(world, walk, target, target.groups ?? [], target.groups?.length ?? 0, []);
  const { service } = target;
  const found = walk.servicePort ? { entry: walk.servicePort } : servicePort(service, world.port, world.protocol);
  if (!found) return [portMissing(world, walk, target)];
  const { entry } = found;
  if (!serviceFamilies(world.index, service).includes(world.plan.family)) return [wrongFamily(world, walk, target)];
  const outside = isExternal(walk);
  const self = walk.sender.kind === 'pod' ? walk.sender.pod : undefined;
  const backends = backendsOf(world, service, entry, world.protocol, outside && walk.sender.kind === 'outside' ? undefined : walk.node, self);
  const asked = readinessStep(world, walk.external === 'load-balancer' ? insideSourceRanges(world, walk, service) : walk, target, backends);
  if (asked.outcome !== undefined && walk.outcome === undefined) return [{ ...asked, destination: { kind: 'nowhere' } }];
  if (backends.none) return [nobody(world, asked, target, entry, backends.none)];
  const because = [evidence(service, entry.path, 'translates', `${portWords(entry)} of ${service.metadata.name}`)];
  const next = backends.uncertain ? uncertainBackends(world, asked, target, because) : asked;

  // Traffic from inside to an address meant for the outside takes the chain of the Cluster policy (KUBE-EXT in pkg/proxy/iptables).
  const cluster = outside && walk.sender.kind !== 'outside';
  const local = !cluster && known(outside ? service.spec.externalTrafficPolicy : service.spec.internalTrafficPolicy) === 'Local';
  if (backends.addresses.length > 0) {
    const here = local ? backends.addresses.filter((endpoint) => endpoint.nodeName === undefined || endpoint.nodeName === walk.node?.name) : backends.addresses;
    return here.length === 0 ? [nobodyHere(world, next, target, outside)] : writtenBackends(world, next, target, here, because);
  }
  const chosen = local ? localGroups(backends, walk.node?.name) : nearGroups(service, backends.groups, walk.node);
  const here = chosen.groups;
  if (here.length === 0) return [nobodyHere(world, next, target, outside)];
  const total = here.reduce((sum, group) => sum + group.count, 0);
  const singles = walk.sender.kind === 'outside' ? singlePods(world, here, 4) : undefined;
  const also =
    chosen.words === undefined
      ? because
      : [...because, evidence(service, ['spec', local ? 'internalTrafficPolicy' : 'trafficDistribution'], 'routes', chosen.words)];
  return branches(world, next, target, singles ?? here, total, also, chosen.words);
}

/** The endpoints of `kubernetes` are addresses of the control plane, which no manifest shows. */
function toApiServer(world: World, walk: Walk, target: ServiceTarget, node: PlannedNode): Walk {
  const after = withDestination(walk.packet, node.address, target.nodePort ?? 6443);
  if (world.port !== 443) return portMissing(world, walk, target);
  const hop = step(
    { ...walk, virtual: walk.packet.destination, via: target, ...translator(world, walk) },
    {
      ...translationPlace(world, walk),
      verdict: 'translated',
      after,
      plain: `${walk.packet.destination.address} is the address of the Service kubernetes, which every cluster has. Behind it stands the API server, here at ${endText(after.destination)}.`,
      expert: `Service default/kubernetes, first address of the Service range; its EndpointSlice lists the API servers: DNAT ${endText(walk.packet.destination)} → ${endText(after.destination)}. Policies see that address, and no selector matches it.`,
      assumed: true,
    },
  );
  return { ...hop, destination: { kind: 'node', node } };
}

/** Ready pods of the node; where it has none, those of the node that terminate and still serve. */
function localGroups({ groups, standby }: Backends, node: string | undefined): { readonly groups: readonly EndpointGroup[]; readonly words?: string } {
  const here = groups.filter((group) => group.pod.node.name === node);
  return { groups: here.length > 0 ? here : standby.filter((group) => group.pod.node.name === node) };
}

function branches(
  world: World,
  walk: Walk,
  target: ServiceTarget,
  groups: readonly EndpointGroup[],
  total: number,
  because: readonly Evidence[],
  note?: string,
): readonly Walk[] {
  return groups.map((group) => {
    const { pod } = group;
    const after = withDestination(walk.packet, pod.address.text, group.port);
    const others = total - group.count;
    const share = group.count / Math.max(1, total);
    const next: Walk = {
      ...walk,
      share: walk.share * share,
      label:
        groups.length > 1
          ? [walk.label, group.self ? `${podName(pod)} itself` : `${podName(pod)} on ${pod.node.name}`].filter((text) => text !== '').join(', ')
          : walk.label,
      alternatives: others > 0 ? [...walk.alternatives, `${plural(others, 'other endpoint')} of ${target.name}`] : walk.alternatives,
      virtual: walk.packet.destination,
      via: target,
      ...translator(world, walk),
    };
    const hop = step(next, {
      ...translationPlace(world, walk),
      verdict: 'translated',
      after,
      because: [...because, ...group.because],
      plain: translationPlain(world, walk, target, group, total),
      expert: `${translationExpert(world, walk, target, share, endText(after.destination))}${note === undefined ? '' : ` ${note}`}`,
      assumed: pod.address.assumed || group.portAssumed,
    });
    return { ...hop, destination: { kind: 'pod', pod, self: group.self && walk.sender.kind === 'pod' } };
  });
}

/** The table that will undo it: the node's, also for a socket of one of its pods. */
function translator(world: World, walk: Walk): Pick<Walk, 'translatedAt'> {
  const { sender } = walk;
  const node = walk.node ?? (sender.kind === 'pod' ? sender.pod.node : nodeNamed(world, 'node-1'));
  return { translatedAt: node };
}

function uncertainBackends(world: World, walk: Walk, target: ServiceTarget, because: readonly Evidence[]): Walk {
  world.notes.unknown(`which pods and ports the Service ${target.name} means: a placeholder or an unspecified namespace decides`, because);
  return unsure(walk);
}

const mostWritten = 8;

function writtenBackends(
  world: World,
  walk: Walk,
  target: ServiceTarget,
  endpoints: readonly WrittenEndpoint[],
  because: readonly Evidence[],
): readonly Walk[] {
  const total = endpoints.length;
  const shown = endpoints.slice(0, mostWritten);
  return shown.map((endpoint, position) => {
    const like = position === shown.length - 1 ? total - shown.length : 0;
    const next: Walk = {
      ...walk,
      share: (walk.share * (1 + like)) / total,
      label: total > 1 ? [walk.label, `${endpoint.text}${like > 0 ? ` and ${like} like it` : ''}`].filter((text) => text !== '').join(', ') : walk.label,
      virtual: walk.packet.destination,
      via: target,
      ...translator(world, walk),
    };
    const chained = serviceRanges(world.index).some((range) => cidrContains(range, endpoint.address));
    const hop = step(next, {
      ...translationPlace(world, walk),
      verdict: 'translated',
      after: withDestination(walk.packet, endpoint.text, endpoint.port),
      because: [...because, ...endpoint.because],
      plain: `The Service ${target.name} selects no pods; ${total === 1 ? `one address is written by hand, ${endpoint.text}. The node puts it` : `${total} addresses are written by hand. The node puts one of them, ${endpoint.text},`} on the packet.`,
      expert: `No selector: EndpointSlice address ${endText({ address: endpoint.text, port: endpoint.port })}, ${percent(1 / total)}.`,
    });
    if (chained) return chainedService(hop, endpoint);
    return { ...hop, destination: destinationAt(world, endpoint.address, endpoint.text) };
  });
}

/** A packet is translated once: the address of another Service as an endpoint leads nowhere. */
function chainedService(walk: Walk, endpoint: WrittenEndpoint): Walk {
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      kind: 'node-routing',
      station: `${walk.node?.name ?? 'node'}/routes`,
      at: { kind: 'node', name: walk.node?.name ?? 'the node' },
      device: 'routes',
      verdict: 'dropped',
      because: endpoint.because,
      plain: `${endpoint.text} is itself the address of a Service, and a packet is translated only once: no machine has that address, and the packet gets lost.`,
      expert: `${endpoint.text} lies in the Service range; nat is traversed once a connection, so Services do not chain. List pod addresses, or use ExternalName.`,
    },
  );
  return stop(hop, 'no-route');
}

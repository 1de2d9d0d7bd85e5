/** A Service's address becomes a pod's: by kube-proxy in the node, or by eBPF in the client's socket. */
import { known } from '../../base/opaque';
import type { ServicePort } from '../../model/resources';
import type { Evidence, ProxyMode } from '../../protocol/trace';
import { type Backends, backendsOf, singlePods } from '../backends';
import { nodeNamed } from '../placement';
import { servicePort } from '../ports';
import { atNode, atPod, endText, percent, plural, podName, podStation } from '../words';
import { type EndpointGroup, type ServiceTarget, type Stage, step, type Step, stop, unsure, type Walk, withDestination } from '../walk';
import { evidence, type World } from '../world';

/** With eBPF the client's own socket is redirected, before any packet exists. */
export const socketTranslation: Stage = (world, walk) => {
  const inside = walk.sender.kind === 'pod' || walk.sender.kind === 'node';
  if (world.proxyMode !== 'ebpf' || !inside || walk.destination.kind !== 'service') return [walk];
  const { service } = walk.destination.target;
  // A port that the Service does not have is nothing to the socket: the packet leaves the pod as it is.
  return service && !servicePort(service, world.port, world.protocol) ? [walk] : translate(world, walk);
};

/** https://kubernetes.io/docs/reference/networking/virtual-ips/ */
export const nodeTranslation: Stage = (world, walk) => translate(world, walk);

/** At a node whose own address and node port the packet carries, wherever it comes from. */
export function translateNodePort(world: World, walk: Walk): readonly Walk[] {
  return translate(world, { ...walk, byNodePort: true });
}

function translate(world: World, walk: Walk): readonly Walk[] {
  const { destination } = walk;
  if (destination.kind !== 'service') return [walk];
  const { target } = destination;
  if (!target.service) return branches(world, walk, target, target.groups ?? [], target.groups?.length ?? 0, []);
  const { service } = target;
  const found = walk.servicePort ? { entry: walk.servicePort } : servicePort(service, world.port, world.protocol);
  if (!found) return [portMissing(world, walk, target)];
  const { entry } = found;
  const outside = walk.sender.kind === 'outside' || walk.byNodePort === true;
  const self = walk.sender.kind === 'pod' ? walk.sender.pod : walk.origin;
  const backends = backendsOf(world, service, entry, world.protocol, outside ? undefined : walk.node, self);
  if (backends.none) return [nobody(world, walk, target, entry, backends.none)];
  const because = [evidence(service, entry.path, 'translates', `${portWords(entry)} of ${service.metadata.name}`)];
  const next = backends.uncertain ? uncertainBackends(world, walk, target, because) : walk;
  if (backends.addresses.length > 0) return writtenBackends(world, next, target, backends, because);

  const cluster = walk.byNodePort === true && walk.sender.kind !== 'outside';
  const policy = cluster ? 'Cluster' : known(outside ? service.spec.externalTrafficPolicy : service.spec.internalTrafficPolicy);
  const here = policy === 'Local' ? backends.groups.filter((group) => group.pod.node.name === walk.node?.name) : backends.groups;
  if (here.length === 0) return [nobodyHere(world, next, target, outside)];
  const total = here.reduce((sum, group) => sum + group.count, 0);
  const singles = walk.sender.kind === 'outside' ? singlePods(world, here, 4) : undefined;
  return branches(world, next, target, singles ?? here, total, because);
}

function branches(
  world: World,
  walk: Walk,
  target: ServiceTarget,
  groups: readonly EndpointGroup[],
  total: number,
  because: readonly Evidence[],
): readonly Walk[] {
  return groups.map((group) => {
    const { pod } = group;
    const after = withDestination(walk.packet, pod.address.text, group.port);
    const others = total - group.count;
    const next: Walk = {
      ...walk,
      share: walk.share * (group.count / Math.max(1, total)),
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
      ...station(world, walk),
      verdict: 'translated',
      after,
      because: [...because, ...group.because],
      plain: plainWords(world, walk, target, group, total),
      expert: expertWords(world, walk, target, group, total, endText(after.destination)),
      assumed: pod.address.assumed || group.portAssumed,
    });
    return { ...hop, destination: { kind: 'pod', pod, self: group.self && walk.sender.kind === 'pod' } };
  });
}

function plainWords(world: World, walk: Walk, target: ServiceTarget, group: EndpointGroup, total: number): string {
  const virtual = walk.packet.destination.address;
  const chosen = total === 1 ? 'the one ready pod behind' : `one of the ${total} ready pods behind`;
  if (walk.sender.kind === 'outside' || walk.byNodePort)
    return `${walk.node?.name ?? 'The node'} picks ${chosen} ${target.name}, here ${podName(group.pod)}${group.pod.node.name === walk.node?.name ? ' on the same node' : `, which runs on ${group.pod.node.name}`}.`;
  if (group.self) return `${virtual} is no machine. This time the Service leads back to the pod that asked, ${podName(group.pod)}.`;
  if (world.proxyMode === 'ebpf')
    return `${virtual} is no machine. Before the packet is even sent, the node replaces the address by that of ${chosen} the Service, ${podName(group.pod)}.`;
  return `${virtual} is no machine. The node picks ${chosen} the Service ${target.name} and writes that pod’s address on the packet.`;
}

function expertWords(world: World, walk: Walk, target: ServiceTarget, group: EndpointGroup, total: number, to: string): string {
  const from = endText(walk.packet.destination);
  const share = percent(group.count / Math.max(1, total));
  const affinity = known(target.service?.spec.sessionAffinity) === 'ClientIP' ? ' sessionAffinity ClientIP keeps a client on its endpoint for a while.' : '';
  const chain = walk.sender.kind === 'node' && !walk.byNodePort ? 'OUTPUT' : 'PREROUTING';
  const external = walk.sender.kind === 'outside' || walk.byNodePort ? 'KUBE-NODEPORTS → KUBE-EXT → ' : '';
  switch (world.proxyMode) {
    case 'iptables':
      return `kube-proxy (iptables): nat ${chain} → KUBE-SERVICES → ${external}KUBE-SVC → KUBE-SEP, chosen at random (${share}): DNAT ${from} → ${to}.${affinity}`;
    case 'ipvs':
      return `kube-proxy (IPVS): ${walk.packet.destination.address} is bound to kube-ipvs0; the scheduler (round robin) picks ${to} (${share}). Policy engines need marks here, FORWARD is not on the way.${affinity}`;
    case 'nftables':
      return `kube-proxy (nftables): verdict map by address, protocol and port in nat ${chain.toLowerCase()}, then a random endpoint (${share}): dnat ${from} → ${to}.${affinity}`;
    case 'ebpf':
      return walk.sender.kind === 'outside' || walk.byNodePort
        ? `eBPF at XDP or tc of the node’s interface: ${from} → ${to} (${share}); no iptables.${affinity}`
        : `eBPF at connect() in the client’s cgroup: ${from} → ${to} (${share}); no packet ever carries the virtual address.${affinity}`;
  }
}

type Place = Pick<Step, 'kind' | 'station' | 'at' | 'device'>;

/** The table that will undo it: the node's, also for a socket of one of its pods. */
function translator(world: World, walk: Walk): Pick<Walk, 'translatedAt'> {
  const { sender } = walk;
  const node = walk.node ?? (sender.kind === 'pod' ? sender.pod.node : nodeNamed(world, 'node-1'));
  return { translatedAt: node };
}

function station(world: World, walk: Walk, atSocket = true): Place {
  if (world.proxyMode === 'ebpf' && walk.sender.kind === 'pod' && atSocket && !walk.byNodePort) {
    return { kind: 'service-translation', station: podStation(walk.sender.pod, 'connect'), at: atPod(walk.sender.pod), device: 'eBPF' };
  }
  const node = walk.node ?? nodeNamed(world, 'node-1');
  return {
    kind: 'service-translation',
    station: `${node.name}/kube-proxy`,
    at: atNode(node),
    device: world.proxyMode === 'ebpf' ? 'eBPF' : `kube-proxy, ${world.proxyMode}`,
  };
}

function portMissing(world: World, walk: Walk, target: ServiceTarget): Walk {
  const { service } = target;
  const open =
    service?.spec.ports.some((port) => known(port.port) === undefined || (port.protocol !== undefined && known(port.protocol) === undefined)) ?? false;
  const because = service ? [evidence(service, ['spec', 'ports'], 'missing', `no port ${world.port}/${world.protocol}`)] : [];
  if (open) world.notes.unknown(`whether ${target.name} has port ${world.port}: a placeholder stands among its ports`, because);
  const offered = (service?.spec.ports ?? [])
    .slice(0, 8)
    .map((port) => `${known(port.port) ?? '?'}/${known(port.protocol) ?? 'TCP'}`)
    .join(', ');
  const fate = otherPort[world.proxyMode];
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      ...station(world, walk, false),
      verdict: open ? 'unknown' : fate.verdict,
      because,
      plain: `The Service ${target.name} has no port ${world.port} (${world.protocol})${offered === '' ? '' : `; it offers ${offered}`}. ${open ? 'Or it has, under a placeholder.' : fate.plain}`,
      expert: `No entry for ${endText(walk.packet.destination)}/${world.protocol}: ${fate.expert}.`,
    },
  );
  if (!open && offered !== '')
    world.notes.remedy({ what: `Call ${target.name} on a port that it has (${offered}), or add the port ${world.port} to the Service.`, helps: true });
  return stop(hop, open ? 'unknown' : 'port-not-on-service');
}

/** What becomes of a packet to another port of a virtual address (https://kubernetes.io/docs/reference/networking/virtual-ips/). */
const otherPort: Readonly<Record<ProxyMode, { readonly verdict: 'dropped' | 'rejected'; readonly plain: string; readonly expert: string }>> = {
  iptables: {
    verdict: 'dropped',
    plain: 'The node changes nothing and sends the packet on, but no machine has that address: it gets lost, and the client waits until its time-out.',
    expert: 'no chain of KUBE-SERVICES matches, the packet falls to routing untranslated, where a virtual address leads nowhere; the client times out',
  },
  ipvs: {
    verdict: 'rejected',
    plain: 'The node holds that address itself, and nothing listens on that port: the connection is refused.',
    expert:
      'no virtual server matches, and the address is bound to kube-ipvs0, so the packet is delivered to the node itself; refused where no host process listens on that port',
  },
  nftables: {
    verdict: 'rejected',
    plain: 'The node knows the address and refuses the connection.',
    expert: 'the address is in the cluster-ips set without this port: kube-proxy (nftables) rejects',
  },
  ebpf: {
    verdict: 'dropped',
    plain: 'The node changes nothing and sends the packet on, but no machine has that address: it gets lost, and the client waits until its time-out.',
    expert: 'no entry in the Service map, the packet is not translated, and a virtual address is routed nowhere; the client times out',
  },
};

function nobody(world: World, walk: Walk, target: ServiceTarget, entry: ServicePort, none: NonNullable<Backends['none']>): Walk {
  const absent = none.state === 'absent';
  const because = [...none.because, ...(target.service ? [evidence(target.service, entry.path, 'translates', `${portWords(entry)} of ${target.name}`)] : [])];
  if (!absent) world.notes.unknown(`which pods stand behind the Service ${target.name}: ${none.reason}`, none.because);
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      ...station(world, walk),
      verdict: absent ? 'rejected' : 'unknown',
      because,
      plain: absent
        ? `No pod stands behind ${portWords(entry)} of the Service ${target.name}: ${none.reason}. The node refuses the connection.`
        : `These files show no pod behind the Service ${target.name}: ${none.reason}.`,
      expert: absent
        ? `No endpoints: ${none.reason}. ${world.proxyMode === 'iptables' ? 'filter KUBE-SERVICES: REJECT' : 'reject'}, the client sees “connection refused”.`
        : `Endpoints cannot be worked out: ${none.reason}.`,
    },
  );
  return stop(hop, absent ? 'refused-no-endpoints' : 'unknown');
}

function nobodyHere(world: World, walk: Walk, target: ServiceTarget, outside: boolean): Walk {
  const field = outside ? 'externalTrafficPolicy' : 'internalTrafficPolicy';
  const node = walk.node?.name ?? 'this node';
  const because = target.service ? [evidence(target.service, ['spec', field], 'denies', `${field}: Local`)] : [];
  world.notes.warn(`Where the pods run is assumed; with a pod of ${target.name} on ${node} the connection would work.`);
  world.notes.remedy({ what: `Set ${field}: Cluster on the Service ${target.name}, or run one of its pods on every node that clients use.`, helps: true });
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      ...station(world, walk),
      verdict: 'dropped',
      because,
      plain: `The Service ${target.name} only uses pods of the same node, and none runs on ${node}. The packet is dropped.`,
      expert: `${field} Local and no local endpoint on ${node}: DROP${outside ? '; a load balancer with the health check node port would skip this node' : ''}.`,
      assumed: true,
    },
  );
  return stop(hop, 'dropped-no-local-endpoint');
}

function uncertainBackends(world: World, walk: Walk, target: ServiceTarget, because: readonly Evidence[]): Walk {
  world.notes.unknown(`which pods and ports the Service ${target.name} means: a placeholder or an unspecified namespace decides`, because);
  return unsure(walk);
}

const mostWritten = 8;

function writtenBackends(world: World, walk: Walk, target: ServiceTarget, backends: Backends, because: readonly Evidence[]): readonly Walk[] {
  const total = backends.addresses.length;
  const shown = backends.addresses.slice(0, mostWritten);
  return shown.map((endpoint, position) => {
    const like = position === shown.length - 1 ? total - shown.length : 0;
    const next: Walk = {
      ...walk,
      share: (walk.share * (1 + like)) / total,
      label: total > 1 ? `${endpoint.text}${like > 0 ? ` and ${like} like it` : ''}` : walk.label,
      virtual: walk.packet.destination,
      via: target,
      ...translator(world, walk),
    };
    const hop = step(next, {
      ...station(world, walk),
      verdict: 'translated',
      after: withDestination(walk.packet, endpoint.text, endpoint.port),
      because: [...because, ...endpoint.because],
      plain: `The Service ${target.name} selects no pods; ${total === 1 ? `one address is written by hand, ${endpoint.text}. The node puts it` : `${total} addresses are written by hand. The node puts one of them, ${endpoint.text},`} on the packet.`,
      expert: `No selector: EndpointSlice address ${endText({ address: endpoint.text, port: endpoint.port })}, ${percent(1 / total)}.`,
    });
    return {
      ...hop,
      destination: { kind: 'outside', name: endpoint.text, address: { text: endpoint.text, assumed: false }, known: endpoint.address, scope: 'anywhere' },
    };
  });
}

function portWords(entry: ServicePort): string {
  const port = known(entry.port);
  return port === undefined ? 'a port' : `port ${port}`;
}

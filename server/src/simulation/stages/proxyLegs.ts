/** Through a proxy: the connection from the client to it, and the one that it opens to a pod behind a Service. */
import { known } from '../../base/opaque';
import type { Resource, ServicePort } from '../../model/resources';
import type { Evidence, HopKind, Outcome } from '../../protocol/trace';
import { assumedProxyPods } from '../assumedPods';
import { type Backends, backendsOf } from '../backends';
import { nodeMtu, podMtu } from '../cniProfile';
import { firstNode, nodesFor, placeAt } from '../placement';
import { proxyAddress, type ProxiedDestination, proxyFor } from '../proxyAddress';
import type { Proxy } from '../proxies';
import { atPod, endText, percent, podName } from '../words';
import { nextConnection, type PodPlace, type Sender, type ServiceTarget, type Stage, step, type Step, stop, type Walk } from '../walk';
import { placed, type World } from '../world';
import { betweenNodes } from './betweenNodes';
import { outOfCluster } from './leaveCluster';
import { nodeRouting } from './nodeRouting';
import { client, outsideEntry } from './outsideEntry';
import { podEntry } from './podEntry';
import { podExit } from './podExit';
import { policyEgress } from './policyEgress';
import { policyIngress } from './policyIngress';
import { readinessStep } from './readinessStep';
import { nodeTranslation, socketTranslation } from './serviceTranslation';
import { sourceTranslation } from './sourceTranslation';

/** The order in which a packet meets them on its way to the proxy's pod. */
const wayToProxy: readonly Stage[] = [
  outsideEntry,
  socketTranslation,
  podExit,
  nodeTranslation,
  policyEgress,
  sourceTranslation,
  nodeRouting,
  betweenNodes,
  policyIngress,
  podEntry,
];

/** Hops up to the proxy; the destination is then the pod of the proxy, or still what was asked where nobody shows one. */
export function toProxy(world: World, walk: Walk, asked: ProxiedDestination): readonly Walk[] {
  const proxy = proxyFor(world, asked);
  const { sender } = walk;
  const address = proxyAddress(world, asked);
  if (sender.kind === 'controller') return [walk];
  if (proxy.form === 'cloud') return [sender.kind === 'outside' ? client(walk, sender) : leaving(world, walk, address.text)];
  if (proxy.service) {
    const { service } = proxy;
    const target: ServiceTarget = { name: service.metadata.name, namespace: placed(world, world.index.namespaceOf(service)), service, address };
    const external = sender.kind === 'outside' ? {} : ({ external: 'load-balancer' } as const);
    return through(world, { ...walk, ...external, destination: { kind: 'service', target } });
  }
  if (sender.kind === 'outside') return [balanced(client(walk, sender), proxy)];
  const pods = proxy.pods ?? assumedProxyPods;
  const pod = placeAt(world, pods, 0, nodesFor(world, pods, walk.node));
  const group = { pod, count: 1, port: world.port, portAssumed: true, self: false, because: [] };
  const target: ServiceTarget = { name: proxy.label, namespace: '', service: undefined, address, groups: [group] };
  return through(world, { ...walk, external: 'load-balancer', destination: { kind: 'service', target } });
}

function through(world: World, start: Walk): readonly Walk[] {
  let walks: readonly Walk[] = [start];
  for (const stage of wayToProxy) walks = walks.flatMap((walk) => stage(world, walk));
  return walks;
}

function balanced(walk: Walk, proxy: Proxy): Walk {
  return step(walk, {
    kind: 'load-balancer',
    station: 'load-balancer/ingress-controller',
    at: { kind: 'outside', name: 'load balancer', address: walk.packet.destination.address },
    verdict: 'forwarded',
    plain: `The load balancer in front of the ${proxyWords(proxy)} passes the packet on to it.`,
    expert: `The Service of ${proxy.recognised ? proxy.label : 'the proxy'} is in none of these files; its load balancer and node are assumed.`,
    assumed: true,
  });
}

/** A client inside that calls a load balancer of the cloud: out of the cluster, and back in by it. */
function leaving(world: World, walk: Walk, address: string): Walk {
  const node = walk.node ?? firstNode(world);
  const outside = { kind: 'outside', name: 'load balancer', address: { text: address, assumed: true }, scope: 'anywhere' } as const;
  let walks: readonly Walk[] = [{ ...walk, destination: outside }];
  for (const stage of [podExit, policyEgress, nodeRouting]) walks = walks.flatMap((one) => stage(world, one));
  const [out = walk] = walks;
  return outOfCluster(world, out, node, address);
}

/** "ingress controller", "gateway", "proxy of Istio" */
export function proxyWords({ label, recognised }: Proxy): string {
  return recognised ? `proxy of ${label}` : label;
}

type Controller = Pick<Step, 'kind' | 'station' | 'at' | 'device'>;

export function proxyPlace(
  world: World,
  walk: Walk,
  kind: Extract<HopKind, 'ingress-controller' | 'gateway'>,
  proxy: Proxy,
  name: string | undefined,
): Controller {
  const pod = proxyPod(walk);
  const at: Step['at'] = pod
    ? atPod(pod)
    : proxy.form === 'cloud'
      ? { kind: 'outside', name: proxy.label }
      : { kind: 'controller', name: proxyName(proxy, kind), node: nodeOf(world, walk).name };
  const device = name ?? (pod ? proxy.label : undefined);
  return { kind, station: kind, at, ...(device !== undefined && { device }) };
}

function proxyName(proxy: Proxy, kind: string): string {
  return proxy.recognised ? proxy.label : kind === 'gateway' ? 'gateway' : 'ingress controller';
}

/** The proxy's pod where manifests show it. */
function proxyPod({ destination }: Walk): PodPlace | undefined {
  return destination.kind === 'pod' && destination.pod.podSet !== assumedProxyPods ? destination.pod : undefined;
}

function nodeOf(world: World, { destination, node }: Walk): NonNullable<Walk['node']> {
  return destination.kind === 'pod' ? destination.pod.node : (node ?? firstNode(world));
}

export interface Onwards {
  readonly proxy: Proxy;
  readonly place: Controller;
  readonly service: Resource<'Service'>;
  readonly entry: ServicePort;
  readonly because: readonly Evidence[];
  /** What the proxy did so far: "The controller reads the request (…), finds the rule that leads to web". */
  readonly plain: string;
  readonly expert: string;
  /** False for a proxy that does not read what it passes on. */
  readonly http?: boolean;
  /** The proxy calls the Service's address instead of a pod's. */
  readonly byAddress?: boolean;
}

/** The second connection. The proxy watches EndpointSlices and connects to a ready pod itself, unless it is told to use the Service's address. */
export function fromProxy(world: World, walk: Walk, onwards: Onwards): readonly Walk[] {
  const { proxy, place, service, entry, because } = onwards;
  const name = service.metadata.name;
  const port = known(entry.port) ?? 0;
  const sender = proxySender(world, walk, proxy);
  const node = sender.kind === 'outside' ? undefined : sender.kind === 'pod' ? sender.pod.node : sender.node;
  const target: ServiceTarget = { name, namespace: placed(world, world.index.namespaceOf(service)), service, address: world.plan.serviceAddress(service) };
  const next = nextConnection(walk, sender, node);
  const source = { address: addressOf(sender), port: world.plan.ephemeralPort(`${place.station} ${name} ${port}`) };
  const mtu = proxy.form === 'pods' ? podMtu(world.cni, world.plan.family) : nodeMtu;
  const packet = { source, protocol: walk.packet.protocol, mtu };
  if (onwards.byAddress && target.address) {
    const after = { ...packet, destination: { address: target.address.text, port } };
    const hop = step(next, {
      ...place,
      verdict: 'translated',
      after,
      because,
      plain: `${onwards.plain}, and opens a connection of its own to the Service’s address. From here on the sender is the ${proxyWords(proxy)}.`,
      expert: `${onwards.expert} New connection ${endText(after.source)} → ${endText(after.destination)}; the client is only in X-Forwarded-For.`,
      assumed: true,
    });
    return [{ ...hop, destination: { kind: 'service', target }, servicePort: entry }];
  }
  const backends = backendsOf(world, service, entry, world.protocol, node);
  if (backends.none) return [nobodyBehind(world, next, onwards, backends.none)];
  const ready = readinessStep(world, { ...next, destination: { kind: 'nowhere' } }, target, backends);
  if (backends.uncertain) world.notes.unknown(`which pods and ports the Service ${name} means: a placeholder or an unspecified namespace decides`, because);
  const choices = [
    ...backends.groups.map((group) => ({
      address: group.pod.address,
      port: group.port,
      count: group.count,
      because: group.because,
      label: `${podName(group.pod)} on ${group.pod.node.name}`,
      words: `to ${podName(group.pod)}`,
      destination: { kind: 'pod', pod: group.pod, self: false } as const,
      node: group.pod.node,
    })),
    ...backends.addresses.slice(0, 8).map((endpoint) => ({
      address: { text: endpoint.text, assumed: false },
      port: endpoint.port,
      count: 1,
      because: endpoint.because,
      label: endpoint.text,
      words: `to ${endpoint.text}, an address written by hand`,
      destination: {
        kind: 'outside',
        name: endpoint.text,
        address: { text: endpoint.text, assumed: false },
        known: endpoint.address,
        scope: 'anywhere',
      } as const,
      node: undefined,
    })),
  ];
  const total = choices.reduce((sum, choice) => sum + choice.count, 0);
  return choices.map((choice) => {
    const after = { ...packet, destination: { address: choice.address.text, port: choice.port } };
    const share = choice.count / Math.max(1, total);
    const hop = step(
      { ...ready, uncertain: ready.uncertain || backends.uncertain },
      {
        ...place,
        verdict: 'translated',
        after,
        because: [...because, ...choice.because],
        plain: `${onwards.plain}, and opens a connection of its own ${choice.words}. From here on the sender is the ${proxyWords(proxy)}.`,
        expert: `${onwards.expert} New connection ${endText(after.source)} → ${endText(after.destination)}${total > 1 ? ` (${percent(share)})` : ''}, to the endpoint itself and not by the Service’s address; ${onwards.http === false ? 'the client’s address is lost, unless the PROXY protocol carries it' : 'the client is only in X-Forwarded-For'}.`,
        assumed: true,
      },
    );
    return {
      ...hop,
      share: walk.share * share,
      label: choices.length > 1 ? [walk.label, choice.label].filter((text) => text !== '').join(', ') : walk.label,
      via: target,
      node: node ?? choice.node,
      destination: choice.destination,
    };
  });
}

function nobodyBehind(world: World, walk: Walk, { place, service, because, plain }: Onwards, none: NonNullable<Backends['none']>): Walk {
  const absent = none.state === 'absent';
  if (!absent) world.notes.unknown(`which pods stand behind the Service ${service.metadata.name}: ${none.reason}`, none.because);
  return refusedByProxy(walk, place, absent ? 'refused-no-endpoints' : 'unknown', [...because, ...none.because], {
    plain: `${plain}, ${absent ? `and no pod stands behind it: ${none.reason}. It answers with an error` : `and these files show no pod behind it: ${none.reason}`}.`,
    expert: absent ? `No endpoints: ${none.reason}. 503 from the proxy.` : `Endpoints cannot be worked out: ${none.reason}.`,
  });
}

/** The proxy answers itself, with an error; nothing goes on to a pod. */
export function refusedByProxy(
  walk: Walk,
  place: Controller,
  outcome: Outcome,
  because: readonly Evidence[],
  words: { readonly plain: string; readonly expert: string },
): Walk {
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    { ...place, ...words, verdict: outcome === 'unknown' ? 'unknown' : 'rejected', because, assumed: true },
  );
  return stop(hop, outcome);
}

function proxySender(world: World, walk: Walk, proxy: Proxy): Sender {
  const pod = proxyPod(walk);
  if (pod) return { kind: 'pod', pod };
  if (walk.sender.kind === 'controller') return walk.sender;
  if (proxy.form === 'cloud') return { kind: 'outside', name: proxy.label, address: world.plan.hostAddress(proxy.label), scope: 'anywhere' };
  const node = nodeOf(world, walk);
  const address = walk.destination.kind === 'pod' ? walk.destination.pod.address : { text: world.plan.gatewayOf(node).replace(/1$/, '254'), assumed: true };
  return {
    kind: 'controller',
    label: proxy.label,
    form: proxy.form,
    node,
    address: proxy.form === 'node' ? { text: node.address, assumed: node.assumed } : address,
  };
}

function addressOf(sender: Sender): string {
  return sender.kind === 'pod' ? sender.pod.address.text : sender.kind === 'node' ? sender.node.address : sender.address.text;
}

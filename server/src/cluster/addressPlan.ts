/** The addresses that a trace shows: those that manifests write, and assumed ones that are always the same for the same files. */
import { type Address, addressAt, type Cidr, cidrContains, cidrSize, type Family, formatAddress, formatCidr, parseAddress, parseCidr } from '../base/addresses';
import { known } from '../base/opaque';
import type { Resource } from '../model/resources';
import type { ClusterIndex, PodSet } from './clusterIndex';

/** An address and whether a manifest says it. */
export interface PlannedAddress {
  readonly text: string;
  readonly assumed: boolean;
}

export interface PlannedNode {
  readonly name: string;
  readonly address: string;
  readonly podRange: string;
  /** The node, its address or its pod range is invented. */
  readonly assumed: boolean;
  /** The address is in a manifest, so that a policy may be judged by it. */
  readonly knownAddress?: Address;
  readonly resource?: Resource<'Node'>;
}

export interface AddressPlan {
  readonly family: Family;
  /** At least two unless the context is closed and shows fewer. */
  readonly nodes: readonly PlannedNode[];
  /** A pod of the set on a node; `replica` counts from 0. */
  podAddress(podSet: PodSet, replica: number, node: PlannedNode): PlannedAddress;
  /** Undefined for a headless Service and for ExternalName. */
  serviceAddress(service: Resource<'Service'>): PlannedAddress | undefined;
  /** The cluster DNS Service. */
  readonly dns: PlannedAddress;
  /** The address at which the outside finds the Service: from its status, its spec, or assumed. */
  loadBalancerAddress(service: Resource<'Service'>): PlannedAddress;
  /** At which the outside finds the ingress controller, whose Service no manifest of the application shows. */
  readonly ingressAddress: PlannedAddress;
  /** Of a host whose name is outside the cluster. */
  hostAddress(name: string): PlannedAddress;
  /** Of a client outside, unless the question names one. */
  readonly clientAddress: PlannedAddress;
  nodePort(service: Resource<'Service'>, position: number): { readonly port: number; readonly assumed: boolean };
  ephemeralPort(key: string): number;
  /** First address of a node's pod range plus one: what a bridge answers to. */
  gatewayOf(node: PlannedNode): string;
  /** The address of a node's tunnel device. */
  tunnelAddressOf(node: PlannedNode): string;
}

/** Defaults for what no manifest and no setting says. */
export const defaultRanges = {
  pod: { 4: '10.244.0.0/16', 6: 'fd00:10:244::/56' },
  service: { 4: '10.96.0.0/12', 6: 'fd00:10:96::/112' },
  node: { 4: '192.168.0.0/24', 6: 'fd00:192:168::/64' },
  /** Documentation blocks (RFC 5737, RFC 3849): assumed addresses outside can be nobody's. */
  client: { 4: '203.0.113.0/24', 6: '2001:db8:1::/64' },
  loadBalancer: { 4: '198.51.100.0/24', 6: '2001:db8:2::/64' },
  host: { 4: '192.0.2.0/24', 6: '2001:db8:3::/64' },
} as const;

const plans = new WeakMap<ClusterIndex, Map<Family, AddressPlan>>();

/** One plan a context and family, made on first use. In large contexts only hashes decide, and two may meet. */
export function addressPlan(index: ClusterIndex, family: Family = 4): AddressPlan {
  let families = plans.get(index);
  if (!families) plans.set(index, (families = new Map<Family, AddressPlan>()));
  let plan = families.get(family);
  if (!plan) families.set(family, (plan = new Plan(index, family)));
  return plan;
}

/** The pod ranges of the cluster: known ones of both families, else the assumed ones. */
export function podRanges(index: ClusterIndex): readonly Cidr[] {
  const facts = index.ranges.pod;
  const whole = facts.filter((fact) => fact.origin !== 'node');
  const chosen = (whole.length > 0 ? whole : facts).map((fact) => fact.cidr);
  if (chosen.length > 0) return chosen;
  return [cidrOf(defaultRanges.pod[4])];
}

/** The Service ranges of the cluster: known, else assumed. */
export function serviceRanges(index: ClusterIndex): readonly Cidr[] {
  const chosen = index.ranges.service.map((fact) => fact.cidr);
  return chosen.length > 0 ? chosen : [cidrOf(defaultRanges.service[4])];
}

/** The node range: from the settings, else assumed. */
export function nodeRanges(index: ClusterIndex): readonly Cidr[] {
  const set = (index.context.cluster?.nodeCidr ?? []).flatMap((text) => parseCidr(text) ?? []);
  return set.length > 0 ? set : [cidrOf(defaultRanges.node[4])];
}

const coordinated = 5000;
/** Each asks the index for written claims, so fewer of them. */
const coordinatedServices = 500;

class Plan implements AddressPlan {
  readonly nodes: readonly PlannedNode[];
  readonly dns: PlannedAddress;
  readonly clientAddress: PlannedAddress;
  readonly ingressAddress: PlannedAddress;
  private readonly services: Cidr;
  private podSlots: ReadonlyMap<string, number> | undefined;
  private serviceSlots: ReadonlyMap<Resource, bigint> | undefined;

  constructor(
    private readonly index: ClusterIndex,
    readonly family: Family,
  ) {
    this.services = serviceRanges(index).find((range) => range.family === family) ?? cidrOf(defaultRanges.service[family]);
    this.nodes = planNodes(index, family);
    this.dns = this.dnsAddress();
    this.ingressAddress = { text: textAt(cidrOf(defaultRanges.loadBalancer[family]), 5n), assumed: true };
    this.clientAddress = { text: textAt(cidrOf(defaultRanges.client[family]), 7n), assumed: true };
  }

  podAddress(podSet: PodSet, replica: number, node: PlannedNode): PlannedAddress {
    if (podSet.template.hostNetwork) return { text: node.address, assumed: node.knownAddress === undefined };
    if (podSet.resource.type === 'Pod') {
      const written = podSet.resource.spec.podIPs.map(parseAddress).find((address) => address?.family === this.family);
      if (written) return { text: formatAddress(written), assumed: false };
    }
    const range = cidrOf(node.podRange);
    const room = usable(range);
    const slot = this.slots().get(`${podSet.key} ${replica}`) ?? hash(`${podSet.key} ${replica}`);
    return { text: textAt(range, 2n + (BigInt(slot) % room)), assumed: true };
  }

  serviceAddress(service: Resource<'Service'>): PlannedAddress | undefined {
    if (known(service.spec.type) === 'ExternalName') return undefined;
    const written = [service.spec.clusterIP, ...service.spec.clusterIPs].map((value) => known(value));
    if (written.includes('None')) return undefined;
    const address = written.map((text) => (text === undefined ? null : parseAddress(text))).find((candidate) => candidate?.family === this.family);
    if (address) return { text: formatAddress(address), assumed: false };
    const slot = this.slotsOfServices().get(service) ?? this.serviceSlot(service, undefined);
    return { text: textAt(this.services, slot), assumed: true };
  }

  loadBalancerAddress(service: Resource<'Service'>): PlannedAddress {
    const written = [...service.spec.externalAddresses, known(service.spec.loadBalancerIP) ?? '']
      .map(parseAddress)
      .find((address) => address?.family === this.family);
    if (written) return { text: formatAddress(written), assumed: false };
    return { text: textAt(cidrOf(defaultRanges.loadBalancer[this.family]), 10n + BigInt(hash(serviceKey(this.index, service)) % 240)), assumed: true };
  }

  hostAddress(name: string): PlannedAddress {
    return { text: textAt(cidrOf(defaultRanges.host[this.family]), 10n + BigInt(hash(name.toLowerCase()) % 240)), assumed: true };
  }

  nodePort(service: Resource<'Service'>, position: number): { readonly port: number; readonly assumed: boolean } {
    const port = service.spec.ports[position];
    const written = known(port?.nodePort);
    if (written) return { port: written, assumed: false };
    const { first, last } = this.index.ranges.nodePorts ?? { first: 30000, last: 32767 };
    const protocol = known(port?.protocol) ?? 'TCP';
    // The lower band of the range is kept for ports that people choose (KEP-3668).
    const from = first + Math.min(86, Math.floor((last - first) / 2));
    const room = last - from + 1;
    const start = hash(`${serviceKey(this.index, service)} ${position}`) % room;
    for (let step = 0; step < Math.min(room, 64); step++) {
      const candidate = from + ((start + step) % room);
      if (this.index.claims('nodePort', `${candidate}/${protocol}`).length === 0) return { port: candidate, assumed: true };
    }
    return { port: from + start, assumed: true };
  }

  /** Linux takes client ports from 32768 to 60999. */
  ephemeralPort(key: string): number {
    return 32768 + (hash(key) % 28232);
  }

  gatewayOf(node: PlannedNode): string {
    return textAt(cidrOf(node.podRange), 1n);
  }

  tunnelAddressOf(node: PlannedNode): string {
    return textAt(cidrOf(node.podRange), 0n);
  }

  private dnsAddress(): PlannedAddress {
    const service = this.index.get('Service', 'kube-system', 'kube-dns');
    if (service.state === 'found' && service.value.metadata.namespace === 'kube-system') {
      const address = parseAddress(known(service.value.spec.clusterIP) ?? '');
      if (address?.family === this.family) return { text: formatAddress(address), assumed: false };
    }
    return { text: textAt(this.services, 10n), assumed: true };
  }

  private slots(): ReadonlyMap<string, number> {
    if (this.podSlots) return this.podSlots;
    const taken = this.takenPodSlots();
    const slots = new Map<string, number>();
    const room = Number(minimum(this.nodes.map((node) => usable(cidrOf(node.podRange)))));
    const seen = new Set<PodSet>();
    for (const namespace of this.index.namespaces()) {
      for (const podSet of this.index.podSets(namespace)) {
        if (slots.size >= Math.min(coordinated, room - taken.size)) return (this.podSlots = slots);
        if (seen.has(podSet)) continue;
        seen.add(podSet);
        for (let replica = 0; replica < Math.min(podSet.replicas ?? 1, 8); replica++) {
          const key = `${podSet.key} ${replica}`;
          let slot = hash(key) % room;
          for (let step = 0; taken.has(slot) && step < room; step++) slot = (slot + 1) % room;
          taken.add(slot);
          slots.set(key, slot);
        }
      }
    }
    return (this.podSlots = slots);
  }

  /** Slots of pods whose address is written, counted in the range of their node. */
  private takenPodSlots(): Set<number> {
    const taken = new Set<number>();
    const pods = this.index.ofKind('Pod');
    if (pods.length > coordinated) return taken;
    const ranges = this.nodes.map((node) => cidrOf(node.podRange));
    for (const pod of pods) {
      for (const text of pod.spec.podIPs) {
        const address = parseAddress(text);
        const range = address && ranges.find((candidate) => cidrContains(candidate, address));
        if (address && range) taken.add(Number(address.value - range.first) - 2);
      }
    }
    return taken;
  }

  private slotsOfServices(): ReadonlyMap<Resource, bigint> {
    if (this.serviceSlots) return this.serviceSlots;
    const services = this.index.ofKind('Service');
    const slots = new Map<Resource, bigint>();
    this.serviceSlots = slots;
    if (services.length > coordinatedServices) return slots;
    const taken = new Set<bigint>();
    const sorted = [...services].sort((a, b) => compare(serviceKey(this.index, a), serviceKey(this.index, b)));
    for (const service of sorted) {
      const slot = this.serviceSlot(service, taken);
      taken.add(slot);
      slots.set(service, slot);
    }
    return slots;
  }

  /** The upper part of the range: the first addresses are for what people choose (KEP-3070). */
  private serviceSlot(service: Resource<'Service'>, taken: ReadonlySet<bigint> | undefined): bigint {
    const size = cidrSize(this.services) - 1n;
    const reserved = size > 512n ? 256n : size > 64n ? 16n : 1n;
    const room = size - reserved > 0n ? size - reserved : 1n;
    const start = BigInt(hash(serviceKey(this.index, service))) % room;
    for (let step = 0n; step < 256n && step < room; step++) {
      const slot = reserved + ((start + step) % room);
      if (taken?.has(slot)) continue;
      if (this.index.claims('clusterIP', textAt(this.services, slot)).length === 0 && slot !== 10n) return slot;
    }
    return reserved + start;
  }
}

function planNodes(index: ClusterIndex, family: Family): readonly PlannedNode[] {
  const written = [...index.ofKind('Node')].sort((a, b) => compare(a.metadata.name, b.metadata.name)).slice(0, 64);
  const podRange = podRanges(index).find((range) => range.family === family) ?? cidrOf(defaultRanges.pod[family]);
  const nodeRange = nodeRanges(index).find((range) => range.family === family) ?? cidrOf(defaultRanges.node[family]);
  const names = new Set(written.map((node) => node.metadata.name));
  const count = Math.max(written.length, index.context.closed && written.length > 0 ? written.length : 2);
  const ranges = written.map((node) => node.spec.podCIDRs.map(({ cidr }) => parseCidr(known(cidr) ?? '')).find((cidr) => cidr?.family === family) ?? undefined);
  const addresses = written.map((node) => nodeAddress(node, family));
  const usedRanges = new Set(ranges.flatMap((range) => (range ? [formatCidr(range)] : [])));
  const usedAddresses = new Set(addresses.flatMap((address) => (address ? [formatAddress(address)] : [])));
  const freeRange = freshBlocks(podRange, family, usedRanges);
  let nextAddress = 11n;
  const nodes: PlannedNode[] = [];
  for (let position = 0; position < count; position++) {
    const resource = written[position];
    const knownAddress = addresses[position];
    let address = knownAddress ? formatAddress(knownAddress) : undefined;
    while (address === undefined) {
      const candidate = textAt(nodeRange, nextAddress % cidrSize(nodeRange));
      nextAddress++;
      if (!usedAddresses.has(candidate) || nextAddress > 400n) address = candidate;
    }
    const own = ranges[position];
    nodes.push({
      name: resource?.metadata.name ?? freshName(names, position),
      address,
      podRange: own ? formatCidr(own) : freeRange(),
      assumed: !resource || !knownAddress || !own,
      ...(knownAddress && { knownAddress }),
      ...(resource && { resource }),
    });
  }
  return nodes;
}

function nodeAddress(node: Resource<'Node'>, family: Family): Address | undefined {
  const internal = node.spec.addresses.filter((address) => known(address.type) === 'InternalIP');
  return internal.map(({ address }) => parseAddress(known(address) ?? '')).find((address) => address?.family === family) ?? undefined;
}

/** Node blocks as the controller manager cuts them: /24, /64. */
function freshBlocks(range: Cidr, family: Family, used: ReadonlySet<string>): () => string {
  const width = family === 4 ? 32 : 128;
  const prefix = Math.min(width, Math.max(family === 4 ? 24 : 64, Math.min(range.prefix + 1, width)));
  const size = 1n << BigInt(width - prefix);
  let next = range.first;
  return () => {
    for (let step = 0; step < 512; step++) {
      if (next + size - 1n > range.last) next = range.first;
      const text = `${formatAddress({ family, value: next })}/${prefix}`;
      next += size;
      if (!used.has(text)) return text;
    }
    return formatCidr(range);
  };
}

function freshName(taken: Set<string>, position: number): string {
  for (let number = position + 1; ; number++) {
    const name = `node-${number}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

function serviceKey(index: ClusterIndex, service: Resource<'Service'>): string {
  return `${index.namespaceOf(service) ?? 'default'}/${service.metadata.name}`;
}

/** Without network, gateway and broadcast address; at least one. */
function usable(range: Cidr): bigint {
  const room = cidrSize(range) - 3n;
  return room < 1n ? 1n : room > 65533n ? 65533n : room;
}

function textAt(range: Cidr, position: bigint): string {
  return formatAddress(addressAt(range, position % cidrSize(range)));
}

function minimum(values: readonly bigint[]): bigint {
  return values.reduce((smallest, value) => (value < smallest ? value : smallest), 65533n);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** For texts of this module alone: defaults, and what `formatCidr` wrote. */
function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(`not a block: ${text}`);
  return cidr;
}

/** FNV-1a, 32 bits, with a final mix so that neighbours spread. The same text gives the same number everywhere. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let position = 0; position < text.length; position++) value = Math.imul(value ^ text.charCodeAt(position), 0x01000193);
  value ^= value >>> 16;
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** The addresses that a trace shows: those that manifests write, and assumed ones that are always the same for the same files. */
import { type Address, type Cidr, cidrContains, cidrSize, type Family, formatAddress, parseAddress } from '../base/addresses';
import { known } from '../base/opaque';
import type { Resource } from '../model/resources';
import type { ClusterIndex, PodSet } from './clusterIndex';
import { planNodes } from './plannedNodes';
import { cidrOf, defaultRanges, nodeRanges, serviceRanges, textAt } from './plannedRanges';
import { hash } from './stableHash';

export { podRanges, serviceRanges } from './plannedRanges';

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
  /** The Service `kubernetes` of the namespace `default`: the first address of the range. */
  readonly apiAddress: PlannedAddress;
  /** Where an API server runs: a Node with the role of the control plane, else an assumed machine beside the nodes. */
  readonly apiServer: PlannedNode;
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

const plans = new WeakMap<ClusterIndex, Map<Family, AddressPlan>>();

/** One plan a context and family, made on first use. In large contexts only hashes decide, and two may meet. */
export function addressPlan(index: ClusterIndex, family: Family = 4): AddressPlan {
  let families = plans.get(index);
  if (!families) plans.set(index, (families = new Map<Family, AddressPlan>()));
  let plan = families.get(family);
  if (!plan) families.set(family, (plan = new Plan(index, family)));
  return plan;
}

const coordinated = 5000;
/** Each asks the index for written claims, so fewer of them. */
const coordinatedServices = 500;

class Plan implements AddressPlan {
  readonly nodes: readonly PlannedNode[];
  readonly dns: PlannedAddress;
  readonly clientAddress: PlannedAddress;
  readonly apiAddress: PlannedAddress;
  readonly apiServer: PlannedNode;
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
    this.apiAddress = { text: textAt(this.services, 1n), assumed: index.ranges.service.length === 0 };
    this.apiServer = this.nodes.find(isControlPlane) ?? this.assumedControlPlane();
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

  private assumedControlPlane(): PlannedNode {
    const range = nodeRanges(this.index).find((one) => one.family === this.family) ?? cidrOf(defaultRanges.node[this.family]);
    return { name: 'control-plane', address: textAt(range, 10n), podRange: this.nodes[0]?.podRange ?? defaultRanges.pod[this.family], assumed: true };
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

function serviceKey(index: ClusterIndex, service: Resource<'Service'>): string {
  return `${index.namespaceOf(service) ?? 'default'}/${service.metadata.name}`;
}

/** Without network, gateway and broadcast address; at least one. */
function usable(range: Cidr): bigint {
  const room = cidrSize(range) - 3n;
  return room < 1n ? 1n : room > 65533n ? 65533n : room;
}

function minimum(values: readonly bigint[]): bigint {
  return values.reduce((smallest, value) => (value < smallest ? value : smallest), 65533n);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#node-role-kubernetes-io-control-plane */
function isControlPlane({ resource }: PlannedNode): boolean {
  return resource?.metadata.labels.entries.has('node-role.kubernetes.io/control-plane') ?? false;
}

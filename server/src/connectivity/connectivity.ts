/** Who may talk to whom in a context, on which ports: asked once for every pair of classes, not for every pair of pods. */
import type { ClusterIndex, PodSet } from '../cluster/clusterIndex';
import { createClusterIndex } from '../cluster/createClusterIndex';
import type { PolicyModes, PolicyPeerEnd } from '../cluster/policyEnds';
import { allowedPorts } from '../cluster/policyPorts';
import { isNoPort, type PortSet } from '../cluster/portSet';
import type { Context } from '../model/context';
import type { PolicyDirection } from '../model/resources';
import { type AddressClass, addressClasses } from './addressClasses';
import { entriesOf, type Entry } from './entries';
import { type Answer, PortTable } from './portTable';
import { podClassNamer } from './podClasses';
import { controllerPeer, type Peer, type Workload, workloadsOf } from './peers';
import { mergeExternals, type External } from './externals';

export interface ConnectivityOptions {
  /** Do an `ipBlock` and `networks` match pods? */
  readonly ipBlockMatchesPods: 'spec' | 'never';
  readonly hostNetworkPolicies: 'ignored' | 'applied';
  /** IPv6 addresses count in that direction also where no rule names one. */
  readonly six?: Readonly<Partial<Record<PolicyDirection, boolean>>>;
  /** Shared by two maps that are compared. */
  readonly table?: PortTable;
}

export interface Connection {
  readonly from: Peer;
  readonly to: Peer;
  readonly allowed: PortSet;
}

/** Ports of which these files do not say whether they are open; they count as closed. */
export interface UnknownConnection {
  readonly from: Peer;
  readonly to: Peer;
  readonly unknown: PortSet;
}

/**
 * The index of a context as connectivity reads it: nothing else is in the cluster, so that a namespace without a manifest has its name for
 * its only label, and what writes no namespace stands in the context's, else in `default`.
 */
export function connectivityIndex(context: Context): ClusterIndex {
  return createClusterIndex({ ...context, namespace: context.namespace ?? 'default', closed: true, missing: [] });
}

/** Policies are judged as enforced. Answers are worked out when first asked for, and kept. */
export class ConnectivityMap {
  readonly modes: PolicyModes;
  readonly table: PortTable;
  readonly workloads: readonly Workload[];
  /** Pieces of the address space that connections come from, and those that they go to. */
  readonly sources: readonly External[];
  readonly destinations: readonly External[];
  private readonly entries: ReadonlyMap<PodSet, Entry>;
  private readonly workloadById: ReadonlyMap<string, Workload>;
  private readonly classNumbers = new Map<string, number>();
  private readonly classes: PodSet[] = [];
  private readonly classesOf: ReadonlyMap<Workload, readonly number[]>;
  /** By class of the subject, then of the peer. */
  private readonly oneWay: Readonly<Record<PolicyDirection, (Answer | undefined)[][]>> = { Ingress: [], Egress: [] };

  constructor(
    context: Context,
    options: ConnectivityOptions,
    readonly index = connectivityIndex(context),
  ) {
    const namespace = context.namespace ?? 'default';
    this.modes = { ipBlockMatchesPods: options.ipBlockMatchesPods, hostNetworkPolicies: options.hostNetworkPolicies, namespace };
    this.table = options.table ?? new PortTable();
    this.workloads = workloadsOf(this.index, { namespace, assumed: context.namespace === undefined });
    this.workloadById = new Map(this.workloads.map((workload) => [workload.peer.id, workload]));
    const nameOf = podClassNamer(this.index, this.modes);
    this.classesOf = new Map(this.workloads.map((workload) => [workload, this.classesOfMembers(workload, nameOf)]));
    this.entries = entriesOf(this.index, this.modes);
    this.sources = this.externals('Ingress', options.six?.Ingress);
    this.destinations = this.externals('Egress', options.six?.Egress);
  }

  /** By id: also a peer of another map. */
  workload(peer: Peer): Workload | undefined {
    return this.workloadById.get(peer.id);
  }

  /** By id among the sources (Ingress) or the destinations (Egress). */
  external(peer: Peer, direction: PolicyDirection): External | undefined {
    return (direction === 'Ingress' ? this.sources : this.destinations).find((one) => one.peer.id === peer.id);
  }

  /** Egress at the source and ingress at the destination: both have to allow. For a workload of several kinds of pods, all of them. */
  between(from: Workload, to: Workload): Answer {
    let answer = this.table.everything;
    for (const source of this.classesOf.get(from) ?? [])
      for (const target of this.classesOf.get(to) ?? [])
        answer = this.table.both(answer, this.table.both(this.asked('Egress', source, target), this.asked('Ingress', target, source)));
    return answer;
  }

  /** What the policies of one end say about the other; of an owner's pods the first speaks for all. */
  oneEnd(direction: PolicyDirection, subject: Workload, peer: PolicyPeerEnd): Answer {
    return this.ask(direction, subject.members[0], peer);
  }

  /** From the ingress controller, on the ports to which Ingresses and routes lead. */
  fromController(to: Workload): Answer {
    let answer: Answer | undefined;
    for (const podSet of to.members) {
      const entry = this.entries.get(podSet);
      if (!entry) continue;
      const own = this.table.within(this.ask('Ingress', podSet, { kind: 'unknown-pod' }), entry.ports);
      answer = answer ? this.table.both(answer, own) : own;
    }
    return answer ?? this.table.nothing;
  }

  /** What leads to a workload from outside. */
  entriesOf(to: Workload): readonly Entry[] {
    return to.members.flatMap((podSet) => this.entries.get(podSet) ?? []);
  }

  /** Every workload, every piece of the address space, and the ingress controller where it has a connection; in the order of all answers. */
  get peers(): readonly Peer[] {
    const externals = new Map([...this.sources, ...this.destinations].map(({ peer }) => [peer.id, peer]));
    const controller = this.workloads.some((workload) => !isNoPort(this.fromController(workload).allowed));
    return [...this.workloads.map(({ peer }) => peer), ...externals.values(), ...(controller ? [controllerPeer] : [])];
  }

  /** Ordered pairs on which something is allowed, each once, those of a peer with itself left out. */
  *connections(): Generator<Connection> {
    for (const { from, to, answer } of this.pairs()) if (!isNoPort(answer.allowed)) yield { from, to, allowed: answer.allowed };
  }

  *unknowns(): Generator<UnknownConnection> {
    for (const { from, to, answer } of this.pairs()) if (!isNoPort(answer.unknown)) yield { from, to, unknown: answer.unknown };
  }

  /** All ordered pairs but those of a peer with itself and those of two ends outside: by source, workloads first. */
  *pairs(): Generator<{ readonly from: Peer; readonly to: Peer; readonly answer: Answer }> {
    for (const from of this.workloads) {
      for (const to of this.workloads) if (from !== to) yield { from: from.peer, to: to.peer, answer: this.between(from, to) };
      for (const to of this.destinations) yield { from: from.peer, to: to.peer, answer: to.answers.get(from) ?? this.table.nothing };
    }
    for (const from of this.sources)
      for (const to of this.workloads) yield { from: from.peer, to: to.peer, answer: from.answers.get(to) ?? this.table.nothing };
    for (const to of this.workloads) {
      const answer = this.fromController(to);
      if (answer !== this.table.nothing) yield { from: controllerPeer, to: to.peer, answer };
    }
  }

  private externals(direction: PolicyDirection, six: boolean | undefined): readonly External[] {
    const ask = (addresses: AddressClass): readonly Answer[] => {
      const answers = this.classes.map((podSet) => this.ask(direction, podSet, outsideEnd(addresses)));
      return this.workloads.map((workload) =>
        (this.classesOf.get(workload) ?? []).reduce((answer, podClass) => this.table.both(answer, answers[podClass] ?? answer), this.table.everything),
      );
    };
    return mergeExternals(addressClasses(this.index, direction, six), this.workloads, ask, this.table);
  }

  private asked(direction: PolicyDirection, subject: number, peer: number): Answer {
    const memo = (this.oneWay[direction][subject] ??= []);
    let answer = memo[peer];
    if (!answer) {
      const podSet = this.classes[peer];
      answer = podSet ? this.ask(direction, this.classes[subject], { kind: 'pods', podSet }) : this.table.nothing;
      memo[peer] = answer;
    }
    return answer;
  }

  private ask(direction: PolicyDirection, subject: PodSet | undefined, peer: PolicyPeerEnd): Answer {
    return subject ? this.table.answer(allowedPorts(this.index, { direction, subject, peer }, this.modes)) : this.table.nothing;
  }

  private classesOfMembers({ members }: Workload, nameOf: (podSet: PodSet) => string): readonly number[] {
    const numbers = new Set<number>();
    for (const podSet of members) {
      const name = nameOf(podSet);
      let number = this.classNumbers.get(name);
      if (number === undefined) {
        number = this.classes.length;
        this.classNumbers.set(name, number);
        this.classes.push(podSet);
      }
      numbers.add(number);
    }
    return [...numbers];
  }
}

/** Somebody outside with one of these addresses; the class has one answer, so that a sample of it is asked. */
export function outsideEnd({ sample }: AddressClass): PolicyPeerEnd {
  return { kind: 'outside', scope: 'anywhere', family: sample.family, range: sample.range };
}

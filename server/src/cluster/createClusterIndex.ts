/** Builds the index of a context out of its namespaces, keeping what an edit did not touch. */
import { absent, found, type Lookup, notKnown } from '../base/lookup';
import { Multimap } from '../base/multimap';
import { isOpaque, known, type Ternary, type Value } from '../base/opaque';
import type { Context } from '../model/context';
import { type Labels, type LabelSelector, matches, selectorOf } from '../model/labels';
import { isolates } from '../model/policyTypes';
import type { Kind, PolicyDirection, Resource } from '../model/resources';
import { isNamespaced } from '../model/scope';
import { claimKey, claimsOf } from './claims';
import type { Claim, ClaimKind, ClusterIndex, ClusterRanges, Namespace, NameTarget, NearMiss, PodSet, Selection } from './clusterIndex';
import { clusterRangesOf, rangeKinds } from './clusterRanges';
import { isFlannelConfig } from './flannelConfig';
import { readingsOf } from './names';
import type { NamespaceShard } from './namespaceShard';
import { allShards, compareNames, renewedShards, sameItems, sameKeys, sortedShards } from './shards';
import { bestNearMiss, type Candidate, nearMissesIn } from './nearMiss';

/** What an answer rested on; `fingerprint` of a later index says whether it still holds. */
export type Dependency = string;

/** An index that also tells what was asked of it. */
export interface TrackedIndex {
  readonly index: ClusterIndex;
  readonly dependencies: ReadonlySet<Dependency>;
}

/** `previous`: the index of the same context before an edit; its untouched parts are taken over. */
export function createClusterIndex(context: Context, previous?: ClusterIndex): ContextIndex {
  return new ContextIndex(context, previous instanceof ContextIndex ? previous : undefined);
}

const everyNamespace = 'all';

export class ContextIndex implements ClusterIndex {
  readonly shards: ReadonlyMap<Namespace, NamespaceShard>;
  private readonly sorted: readonly NamespaceShard[];
  private readonly kinds = new Map<Kind, readonly Resource[]>();
  private readonly previousKinds: ReadonlyMap<Kind, readonly Resource[]>;
  /** Made when first asked for, and shared by the views that `tracked` makes. */
  private readonly lazy: {
    ranges?: ClusterRanges;
    rangeResources?: readonly Resource[];
    claims?: Multimap<string, Claim>;
    namespaces?: readonly Namespace[];
    /** Answers about all namespaces. */
    selections?: Map<string, Selection>;
    nearMisses?: Map<string, NearMiss | undefined>;
    otherPods?: boolean;
  } = {};
  /** Answers of `fingerprint`, and those of the index before: an equal one stays the same list, so that who compares need not look into it. */
  private readonly fingerprints = new Map<Dependency, readonly unknown[]>();
  private readonly previousFingerprints: ReadonlyMap<Dependency, readonly unknown[]>;
  private readonly previousRanges: { readonly resources: readonly Resource[]; readonly ranges: ClusterRanges } | undefined;
  /** Set on the views that `tracked` makes. */
  private noted: Set<Dependency> | undefined;

  constructor(
    readonly context: Context,
    previous: ContextIndex | undefined,
  ) {
    const shards = (previous && renewedShards(this, previous)) ?? allShards(this, previous);
    this.shards = shards;
    this.sorted = previous && sameKeys(previous.shards, shards) ? previous.sorted.map((shard) => shards.get(shard.namespace) ?? shard) : sortedShards(shards);
    this.previousKinds = previous?.kinds ?? new Map();
    this.previousFingerprints = previous?.fingerprints ?? new Map();
    this.previousRanges =
      previous?.lazy.ranges && previous.lazy.rangeResources ? { resources: previous.lazy.rangeResources, ranges: previous.lazy.ranges } : undefined;
    if (previous && previous.context.cluster !== context.cluster) this.previousRanges = undefined;
  }

  /** A view of the same facts that notes what is asked of it. */
  tracked(): TrackedIndex {
    const view = Object.create(this) as ContextIndex;
    const dependencies = new Set<Dependency>();
    view.noted = dependencies;
    return { index: view, dependencies };
  }

  /** Equal items in the same order mean that answers which rested on the dependency still hold. */
  fingerprint(dependency: Dependency): readonly unknown[] {
    const known = this.fingerprints.get(dependency);
    if (known) return known;
    const now = this.fingerprintNow(dependency);
    const before = this.previousFingerprints.get(dependency);
    const kept = before && sameItems(before, now) ? before : now;
    this.fingerprints.set(dependency, kept);
    return kept;
  }

  private fingerprintNow(dependency: Dependency): readonly unknown[] {
    const space = dependency.indexOf(' ');
    const kind = space < 0 ? dependency : dependency.slice(0, space);
    const rest = space < 0 ? '' : dependency.slice(space + 1);
    switch (kind) {
      case 'namespace':
        return [this.shards.get(rest === '-' ? undefined : rest)];
      case 'kind':
        return this.everyOf(rest as Kind);
      case 'claim':
        return this.claimsAt(rest).map(({ resource }) => resource);
      case 'pods':
        return this.podsWithPair(rest);
      case 'ranges':
        return [this.rangesNow()];
      case 'namespaces':
        return this.namespacesNow();
      default:
        return this.sorted;
    }
  }

  namespaceOf(resource: Resource): Namespace {
    if (!isNamespaced(resource)) return undefined;
    return resource.metadata.namespace ?? (resource.metadata.namespaceOpaque ? undefined : this.context.namespace);
  }

  sameNamespace(a: Namespace, b: Namespace): Ternary {
    if (a === b) return 'yes';
    return a === undefined || b === undefined ? 'unknown' : 'no';
  }

  inNamespace<K extends Kind>(type: K, namespace: Namespace): readonly Resource<K>[] {
    const lists = this.shardsFor(namespace)
      .map((shard) => shard.ofKind(type))
      .filter((list) => list.length > 0);
    const [only] = lists;
    return (lists.length === 1 && only ? only : lists.flat()) as unknown as readonly Resource<K>[];
  }

  ofKind<K extends Kind>(type: K): readonly Resource<K>[] {
    this.note(`kind ${type}`);
    return this.everyOf(type) as unknown as readonly Resource<K>[];
  }

  get<K extends Kind>(type: K, namespace: Namespace, name: string): Lookup<Resource<K>> {
    const shards = this.shardsFor(namespace);
    for (const shard of shards) {
      const resource = shard.named(type, name);
      if (resource) return found(resource as unknown as Resource<K>);
    }
    const near = firstOf(shards, (shard) => shard.nearName(type, name));
    const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
    if (near) return absent(`there is no ${type} ${name}${where}, but ${near.metadata.name} is there`, near as unknown as Resource<K>);
    if (this.isComplete) return absent(`there is no ${type} ${name}${where} in ${this.context.label}`);
    return notKnown(`${type} ${name} is in no file of ${this.context.label}; it may exist in the cluster`);
  }

  mayBeMade(type: 'Secret' | 'ConfigMap' | 'Service', namespace: Namespace, name: string): boolean {
    if (this.context.generatedNames?.some((made) => made.kind === type && (made.name === name || name.startsWith(`${made.name}-`)))) return true;
    return this.inNamespace('Other', namespace).some((resource) => resource.metadata.name === name || makesTarget(resource, name));
  }

  podSets(namespace: Namespace): readonly PodSet[] {
    return this.shardsFor(namespace).flatMap((shard) => shard.podSets);
  }

  podSetOf(resource: Resource): PodSet | undefined {
    const namespace = this.namespaceOf(resource);
    this.note(`namespace ${namespace ?? '-'}`);
    return this.shards.get(namespace)?.podSetFor(resource);
  }

  /** Policies that mean a pod "in any namespace" are many, and mostly the same: such a question is answered once. */
  select(namespace: Namespace, selector: LabelSelector): Selection {
    if (namespace !== undefined) return this.selectNow(namespace, selector);
    this.note(everyNamespace);
    return remembered((this.lazy.selections ??= new Map<string, Selection>()), selectorKey(selector), () => this.selectNow(undefined, selector));
  }

  private selectNow(namespace: Namespace, selector: LabelSelector): Selection {
    const sure = { yes: [] as PodSet[], maybe: [] as PodSet[] };
    const unsure = { yes: [] as PodSet[], maybe: [] as PodSet[] };
    for (const shard of this.shardsFor(namespace)) shard.select(selector, shard.namespace === namespace ? sure : unsure);
    return { yes: sure.yes, maybe: [...sure.maybe, ...unsure.yes, ...unsure.maybe] };
  }

  selectElsewhere(namespace: Namespace, selector: LabelSelector): readonly PodSet[] {
    if (namespace === undefined) return [];
    const [pair] = [...selector.matchLabels].flatMap(([key, value]) => (isOpaque(value) ? [] : [`${key}=${value}`]));
    this.note(pair === undefined ? everyNamespace : `pods ${pair}`);
    const into = { yes: [] as PodSet[], maybe: [] as PodSet[] };
    for (const shard of this.sorted) if (this.sameNamespace(shard.namespace, namespace) === 'no') shard.select(selector, into);
    return into.yes;
  }

  mayHaveOtherPods(namespace: Namespace): boolean {
    if (namespace !== undefined) return this.mayHaveOtherPodsNow(namespace);
    this.note(everyNamespace);
    return (this.lazy.otherPods ??= this.mayHaveOtherPodsNow(undefined));
  }

  private mayHaveOtherPodsNow(namespace: Namespace): boolean {
    return this.inNamespace('Other', namespace).some((resource) => !resource.spec.template && mayCreatePods(resource));
  }

  backends(service: Resource<'Service'>): Selection {
    const { selector, selectorOpen } = service.spec;
    if (!selector || (selector.size === 0 && !selectorOpen)) return { yes: [], maybe: [] };
    return this.select(this.namespaceOf(service), selectorOf(selector, selectorOpen));
  }

  nearMiss(namespace: Namespace, pairs: ReadonlyMap<string, Value<string>>): NearMiss | undefined {
    const question = [...pairs].map(([key, value]) => `${key}=${isOpaque(value) ? '{{' : value}`).join();
    const ask = (): NearMiss | undefined => bestNearMiss(this.shardsFor(namespace).map((shard) => nearMissesOf(shard, question, pairs)));
    if (namespace !== undefined) return ask();
    this.note(everyNamespace);
    return remembered((this.lazy.nearMisses ??= new Map<string, NearMiss | undefined>()), question, ask);
  }

  namespaceLabels(namespace: Namespace): Labels {
    const name: ReadonlyMap<string, Value<string>> = namespace === undefined ? new Map() : new Map([['kubernetes.io/metadata.name', namespace]]);
    const manifest = namespace === undefined ? undefined : this.ofKind('Namespace').find((resource) => resource.metadata.name === namespace);
    if (!manifest) return { entries: name, open: !this.isComplete || namespace === undefined };
    return { entries: new Map([...manifest.spec.labels.entries, ...name]), open: manifest.spec.labels.open };
  }

  namespaces(): readonly Namespace[] {
    this.note('namespaces');
    return this.namespacesNow();
  }

  policiesOn(podSet: PodSet, direction: PolicyDirection): readonly { readonly policy: Resource<'NetworkPolicy'>; readonly selects: Ternary }[] {
    const answers: { readonly policy: Resource<'NetworkPolicy'>; readonly selects: Ternary }[] = [];
    for (const policy of this.shardsFor(podSet.namespace).flatMap((shard) => shard.policiesFor(podSet))) {
      const selects = both(
        both(matches(policy.spec.podSelector, podSet.labels), isolates(policy.spec, direction)),
        this.sameNamespace(this.namespaceOf(policy), podSet.namespace),
      );
      if (selects !== 'no') answers.push({ policy, selects });
    }
    return answers.sort((a, b) => compareNames(a.policy.metadata.name, b.policy.metadata.name));
  }

  resolveName(name: string, from: Namespace): Lookup<NameTarget> {
    let firstMiss: Lookup<NameTarget> | undefined;
    for (const reading of readingsOf(name, from, this.clusterDomain)) {
      const service = this.get('Service', reading.namespace, reading.service);
      if (service.state === 'found') {
        const { pod, fullName, tried } = reading;
        return found({
          kind: pod === undefined ? 'service' : 'pod-of-service',
          service: service.value,
          fullName,
          tried,
          ...(pod === undefined ? {} : { pod }),
        });
      }
      if (!firstMiss && reading.pod === undefined) {
        firstMiss =
          service.state === 'absent'
            ? absent(service.because, service.near ? { kind: 'service', service: service.near, fullName: reading.fullName, tried: reading.tried } : undefined)
            : service;
      }
    }
    return firstMiss ?? notKnown(`${name} is no name of this cluster's DNS zone`);
  }

  get clusterDomain(): string {
    const written =
      this.context.cluster?.dnsDomain ??
      this.ofKind('KubeadmClusterConfiguration')
        .map((resource) => known(resource.spec.dnsDomain))
        .find((domain) => domain);
    return written ?? 'cluster.local';
  }

  get ranges(): ClusterRanges {
    this.note('ranges');
    return this.rangesNow();
  }

  claims(kind: ClaimKind, key: string): readonly Claim[] {
    const whole = claimKey(kind, key);
    this.note(`claim ${whole}`);
    return this.claimsAt(whole);
  }

  /** Closed, and everything could be read. */
  private get isComplete(): boolean {
    return this.context.closed && this.context.missing.length === 0;
  }

  private note(dependency: Dependency): void {
    this.noted?.add(dependency);
  }

  /** The namespace itself first, then those that are maybe the same. */
  private shardsFor(namespace: Namespace): readonly NamespaceShard[] {
    if (namespace === undefined) {
      this.note(everyNamespace);
      const own = this.shards.get(undefined);
      return own ? [own, ...this.sorted.filter((shard) => shard !== own)] : this.sorted;
    }
    this.note(`namespace ${namespace}`);
    this.note('namespace -');
    const own = this.shards.get(namespace);
    const unspecified = this.shards.get(undefined);
    return [...(own ? [own] : []), ...(unspecified ? [unspecified] : [])];
  }

  private everyOf(type: Kind): readonly Resource[] {
    const known = this.kinds.get(type);
    if (known) return known;
    const now = this.sorted.flatMap((shard) => shard.ofKind(type));
    const before = this.previousKinds.get(type);
    const kept = before && sameItems(before, now) ? before : now;
    this.kinds.set(type, kept);
    return kept;
  }

  private rangesNow(): ClusterRanges {
    if (this.lazy.ranges) return this.lazy.ranges;
    const resources = [...rangeKinds.flatMap((kind) => this.everyOf(kind)), ...this.everyOf('ConfigMap').filter(isFlannelConfig)];
    this.lazy.rangeResources = resources;
    this.lazy.ranges =
      this.previousRanges && sameItems(this.previousRanges.resources, resources)
        ? this.previousRanges.ranges
        : clusterRangesOf(resources, this.context.cluster);
    return this.lazy.ranges;
  }

  private namespacesNow(): readonly Namespace[] {
    if (this.lazy.namespaces) return this.lazy.namespaces;
    const names = new Set<Namespace>(this.sorted.filter((shard) => shard.members.some(isNamespaced)).map((shard) => shard.namespace));
    for (const manifest of this.everyOf('Namespace')) names.add(manifest.metadata.name);
    this.lazy.namespaces = [...names].sort(compareNames);
    return this.lazy.namespaces;
  }

  private claimsAt(key: string): readonly Claim[] {
    return this.mergedClaims().get(key);
  }

  /** Of all namespaces, made when the first claim is asked for. */
  private mergedClaims(): Multimap<string, Claim> {
    if (this.lazy.claims) return this.lazy.claims;
    const merged = new Multimap<string, Claim>();
    for (const shard of this.sorted) for (const [key, claims] of claimsOfShard(shard).entries()) for (const claim of claims) merged.add(key, claim);
    this.lazy.claims = merged;
    return merged;
  }

  private podsWithPair(pair: string): readonly PodSet[] {
    const equals = pair.indexOf('=');
    const selector = selectorOf(new Map([[pair.slice(0, equals), pair.slice(equals + 1)]]));
    const into = { yes: [] as PodSet[], maybe: [] as PodSet[] };
    for (const shard of this.sorted) shard.select(selector, into);
    return [...into.yes, ...into.maybe];
  }
}

/** By question, kept with the shard: many policies ask the same of many namespaces. */
const nearMissesByShard = new WeakMap<NamespaceShard, Map<string, readonly Candidate[]>>();

function nearMissesOf(shard: NamespaceShard, question: string, pairs: ReadonlyMap<string, Value<string>>): readonly Candidate[] {
  let kept = nearMissesByShard.get(shard);
  if (!kept) nearMissesByShard.set(shard, (kept = new Map<string, readonly Candidate[]>()));
  const known = kept.get(question);
  if (known) return known;
  const near = nearMissesIn(shard, pairs);
  kept.set(question, near);
  return near;
}

/** Kept with the shard, so that an edit in one namespace leaves the others'. */
const claimsByShard = new WeakMap<NamespaceShard, Multimap<string, Claim>>();

function claimsOfShard(shard: NamespaceShard): Multimap<string, Claim> {
  const kept = claimsByShard.get(shard);
  if (kept) return kept;
  const claims = claimsOf(shard);
  claimsByShard.set(shard, claims);
  return claims;
}

/** What the map holds, else what `make` gives, which it then holds. */
function remembered<R>(map: Map<string, R>, key: string, make: () => R): R {
  if (map.has(key)) return map.get(key) as R;
  const made = make();
  map.set(key, made);
  return made;
}

function selectorKey({ matchLabels, matchExpressions, open }: LabelSelector): string {
  const text = (value: Value<string>): unknown => (isOpaque(value) ? { opaque: value.text } : value);
  return JSON.stringify([
    [...matchLabels].map(([key, value]) => [key, text(value)]),
    matchExpressions.map(({ key, operator, values }) => [text(key), text(operator), values.map(text)]),
    open,
  ]);
}

function firstOf<T, R>(items: readonly T[], ask: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const answer = ask(item);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function both(a: Ternary, b: Ternary): Ternary {
  if (a === 'no' || b === 'no') return 'no';
  return a === 'yes' && b === 'yes' ? 'yes' : 'unknown';
}

/** `spec.target.name` of an ExternalSecret, `spec.template.metadata.name` of a SealedSecret. */
function makesTarget(resource: Resource, name: string): boolean {
  if (resource.kind !== 'ExternalSecret' && resource.kind !== 'SealedSecret' && resource.kind !== 'Certificate') return false;
  return JSON.stringify(resource.raw).includes(JSON.stringify(name));
}

/** Custom resources may have an operator that makes pods; Kubernetes' own groups have none. */
function mayCreatePods(resource: Resource): boolean {
  const slash = resource.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : resource.apiVersion.slice(0, slash);
  return group.includes('.') && !group.endsWith('.k8s.io');
}

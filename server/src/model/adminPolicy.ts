/** AdminNetworkPolicy, BaselineAdminNetworkPolicy (v1alpha1) and ClusterNetworkPolicy (v1alpha2) of `policy.networking.k8s.io`, in one shape. */
import type { Value } from '../base/opaque';
import type { Path } from '../protocol/source';
import type { LabelSelector } from './labels';

export interface AdminPolicySpec {
  /** Admin for an AdminNetworkPolicy, Baseline for a BaselineAdminNetworkPolicy, else as written. */
  readonly tier?: Value<string>;
  /** 0 to 1000, lower goes first; undefined for a BaselineAdminNetworkPolicy. */
  readonly priority?: Value<number>;
  /** Undefined when missing: then it is a policy for nothing. */
  readonly subject?: AdminSubject;
  readonly ingress: readonly AdminRule[];
  readonly egress: readonly AdminRule[];
}

/** Exactly one is written; none that is known: `unknownMember`. */
export interface AdminSubject {
  readonly path: Path;
  readonly namespaces?: LabelSelector;
  readonly pods?: AdminPods;
  readonly unknownMember: boolean;
}

export interface AdminPods {
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
}

export interface AdminRule {
  readonly path: Path;
  readonly name?: Value<string>;
  /** Allow, Accept, Deny or Pass, as written. */
  readonly action?: Value<string>;
  readonly peers: readonly AdminPeer[];
  /** `ports` or `protocols`; missing and empty: every port and protocol. */
  readonly ports?: readonly AdminPort[];
}

/** One of these is written; a peer of which no member is known fails closed. */
export interface AdminPeer {
  readonly path: Path;
  readonly namespaces?: LabelSelector;
  readonly pods?: AdminPods;
  readonly nodes?: LabelSelector;
  readonly networks?: readonly Value<string>[];
  readonly domainNames?: readonly Value<string>[];
  readonly unknownMember: boolean;
  /** The whole peer is a placeholder: it may be any. */
  readonly placeholder?: boolean;
}

/** A number or range of one protocol, or a named port of the destination. */
export interface AdminPort {
  readonly path: Path;
  /** TCP where the API defaults it; undefined for a named port. */
  readonly protocol?: Value<string>;
  /** Undefined with a protocol: every port of it. */
  readonly first?: Value<number>;
  readonly last?: Value<number>;
  readonly named?: Value<string>;
  readonly unknownMember: boolean;
  /** The whole entry is a placeholder: it may be any port. */
  readonly placeholder?: boolean;
}

/** The graph of one context as the panel draws it. Plain data: no positions, those are the view's. */
import type { ObjectRef, Severity, SourceRef, TextSpan } from './source';

export const laneKinds = ['outside', 'load-balancer', 'ingress', 'service', 'workload', 'container'] as const;
export type LaneKind = (typeof laneKinds)[number];

export interface PortRow {
  /** Unique within its card. */
  readonly id: string;
  readonly number: number | null;
  readonly name?: string;
  readonly protocol: string;
  /** What a Service translates to, as text: `8080` or `http`. */
  readonly target?: string;
  readonly container?: string;
  readonly nodePort?: number;
  readonly source: SourceRef;
}

/** One card or pill. */
export interface TopologyCard {
  /** `service/shop/api`; callers are `caller:deployment/shop/web`; ghosts `ghost:service/shop/nothing`. */
  readonly id: string;
  readonly lane: LaneKind;
  readonly shape: 'card' | 'caller' | 'ghost' | 'internet';
  readonly object: ObjectRef | null;
  /** How the trace names this endpoint, when it can be one. */
  readonly endpoint?: string;
  readonly title: string;
  readonly namespace: string;
  readonly replicas?: number;
  readonly ports: readonly PortRow[];
  readonly containers: readonly {
    readonly name: string;
    readonly role: 'container' | 'init' | 'sidecar';
    readonly image?: string;
    readonly ports: readonly PortRow[];
    readonly source: SourceRef;
  }[];
  readonly source: SourceRef | null;
  /** What a person calls it beside its kind: `ClusterIP`, `headless`, `Deployment`. */
  readonly note?: string;
  /** Of a Service: traffic from outside comes in by it, through a load balancer, a node port or an external address. */
  readonly entered?: boolean;
  /** Of a workload. */
  readonly egress?: TopologyEgress;
  /** Labels as `app=cart`, for the filter. */
  readonly labels?: readonly string[];
  /** Filled by `features/`: the worst finding and how many. */
  readonly finding?: { readonly severity: Severity; readonly count: number };
  readonly ghost?: { readonly says: string; readonly namedBy: readonly SourceRef[] };
  /** Filled where the text is at hand. */
  readonly uri?: string;
  readonly range?: TextSpan;
}

/** Whom a workload may send to. `limited`: to so many workloads of this context at a port where they listen, and perhaps to addresses outside the cluster. */
export type TopologyEgress =
  { readonly state: 'open' | 'closed' | 'not-enforced' } | { readonly state: 'limited'; readonly workloads: number; readonly outside: boolean };

export interface TopologyEdge {
  readonly id: string;
  readonly from: { readonly card: string; readonly port?: string };
  readonly to: { readonly card: string; readonly port?: string };
  readonly kind: 'calls' | 'selects' | 'routes' | 'enters';
  readonly certain: boolean;
  readonly because: SourceRef | null;
  /** Where `because` stands in its file. */
  readonly range?: TextSpan;
}

/** A gate stands where edges enter a workload, and says what the ingress policies of its pods let in. */
export interface TopologyGate {
  readonly workload: string;
  readonly port?: string;
  readonly state: 'open' | 'closed' | 'not-enforced';
  /** How many workloads of this context are let in; `all` when there is no limit, `others` when a rule lets in only who is in none of these files. */
  readonly letsIn: number | 'all' | 'others';
  readonly policies: readonly { readonly name: string; readonly source: SourceRef }[];
}

export interface TopologyPolicy {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  /** "selects all 12 workloads of default: closed, unless a policy of their own opens" */
  readonly says: string;
  readonly selects: readonly string[];
  readonly source: SourceRef;
  /** Filled where the text is at hand. */
  readonly range?: TextSpan;
}

/** A machine that the files describe. */
export interface TopologyNode {
  readonly name: string;
  /** Its addresses and pod ranges, as far as they are written. */
  readonly says: string;
  readonly source: SourceRef;
}

export interface Topology {
  readonly context: { readonly id: string; readonly label: string; readonly open: boolean; readonly resources: number };
  readonly namespaces: readonly string[];
  readonly cards: readonly TopologyCard[];
  readonly edges: readonly TopologyEdge[];
  readonly gates: readonly TopologyGate[];
  readonly policies: readonly TopologyPolicy[];
  /** Empty where no file describes one; a trace then assumes two. */
  readonly nodes?: readonly TopologyNode[];
  readonly dns: { readonly label: string; readonly says: string; readonly assumed: boolean };
}

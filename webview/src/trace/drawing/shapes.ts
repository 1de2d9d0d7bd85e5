/** The shapes of a trace drawing: plain data with positions, made by the layout and put on the page by the drawing. */
import type { Hop } from '../../../../server/src/protocol/trace';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A hop with its number; those that the packet did not reach come after the last one that it did. */
export interface Step {
  readonly hop: Hop;
  readonly index: number;
  readonly reached: boolean;
  /** True after a hop that is not known: it comes here only if it is let through. */
  readonly conditional: boolean;
}

export type Row = 'pod' | 'device' | 'tunnel' | 'outside';

export interface StationShape extends Box {
  readonly kind: 'station' | 'outside' | 'interface';
  readonly row: Row;
  readonly title: string;
  readonly note?: string;
  /** Empty for a node's own network card, which the packet passes without a hop. */
  readonly steps: readonly Step[];
  readonly reached: boolean;
  readonly tunnel: boolean;
}

export interface GateShape extends Point {
  readonly step: Step;
  readonly word: 'egress' | 'ingress';
}

export interface PodShape extends Box {
  readonly name: string;
  readonly reached: boolean;
  /** Where the name begins: beside the lines of the name look-up where there are any. */
  readonly titleX: number;
}

export interface NodeShape extends Box {
  readonly name: string;
  readonly address?: string;
  readonly podRange?: string;
  readonly reached: boolean;
  readonly titleX: number;
}

/** A line between two neighbours on the way. */
export interface LinkShape {
  readonly points: readonly Point[];
  /** The hop that the packet comes to on this line. */
  readonly toward: number;
  readonly reached: boolean;
  readonly conditional: boolean;
  readonly arrow: boolean;
  /** True while the packet is wrapped. */
  readonly tunnel: boolean;
}

/** The network between two nodes, which has a number and words and no box. */
export interface BetweenShape extends Point {
  readonly step?: Step;
  readonly above?: string;
  readonly below: readonly string[];
  /** The line runs between two rows: all words stand in one line above it. */
  readonly flat: boolean;
}

/** Explains the station under it. */
export interface InsetShape extends Box {
  readonly step: Step;
  /** The station or gate that it explains. */
  readonly anchor: Point;
}

export interface RailShape extends Box {
  readonly steps: readonly Step[];
  /** The station that asks. */
  readonly asks?: Point;
}

export interface RibbonSegment {
  readonly row: 'from' | 'to' | 'outer';
  readonly x: number;
  readonly width: number;
  readonly value: string;
  /** The hop that wrote it; the first value of a row was there from the start. */
  readonly writtenBy?: number;
}

/** A few quiet words beside or inside a ribbon: `x` is their beginning, `y` their base line. */
export interface RibbonNote extends Point {
  readonly text: string;
}

export interface RibbonShape {
  readonly y: number;
  readonly segments: readonly RibbonSegment[];
  readonly notes: readonly RibbonNote[];
  readonly end: number;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly rail?: RailShape;
  readonly nodes: readonly NodeShape[];
  readonly pods: readonly PodShape[];
  readonly stations: readonly StationShape[];
  readonly gates: readonly GateShape[];
  readonly links: readonly LinkShape[];
  readonly between: readonly BetweenShape[];
  readonly insets: readonly InsetShape[];
  readonly ribbon?: RibbonShape;
  /** Where the packet is at each hop. */
  readonly places: readonly Point[];
}

/** The hops of a branch, put together as stations and these as visits of nodes, in the order of travel. */
import type { Hop } from '../../../../server/src/protocol/trace';
import { unsureFrom } from '../conditional';
import { isLookup, nodeOf } from '../journey';
import type { Journey } from '../journey';
import type { Row, Step } from './shapes';

/** A box or gate that the packet comes to; hops in a row with the same station share one. */
export interface Stop {
  readonly shape: 'station' | 'gate';
  readonly row: Row;
  readonly station: string;
  /** The pod whose box it stands in. */
  readonly pod?: string;
  readonly steps: Step[];
}

/** The stops on one node, or outside all nodes. A node that is entered again is a visit of its own, so that the drawing never turns back. */
export interface Visit {
  readonly place: 'node' | 'outside';
  readonly name: string;
  readonly stops: Stop[];
  /** The network that was crossed to come here. */
  readonly crossed: Step[];
  address?: string;
  podRange?: string;
}

export interface Itinerary {
  readonly lookups: readonly Step[];
  readonly visits: readonly Visit[];
  /** Networks that were entered and not left. */
  readonly left: readonly Step[];
}

/** The steps of a journey: those that were reached, then those that were not. */
export function stepsOf(journey: Journey): readonly Step[] {
  const unsure = unsureFrom(journey.hops);
  return [
    ...journey.hops.map((hop, index) => ({ hop, index, reached: true, conditional: index > unsure })),
    ...journey.notReached.map((hop, index) => ({ hop, index: journey.hops.length + index, reached: false, conditional: false })),
  ];
}

export function itineraryOf(steps: readonly Step[]): Itinerary {
  const lookups: Step[] = [];
  const visits: Visit[] = [];
  let crossed: Step[] = [];
  const nodes = fillNodes(steps);
  steps.forEach((step, at) => {
    const { hop } = step;
    if (isLookup(hop.kind)) {
      lookups.push(step);
      return;
    }
    if (hop.kind === 'underlay') {
      crossed.push(step);
      return;
    }
    const outside = isOutside(hop);
    const name = outside ? '' : (nodes[at] ?? '');
    let visit = visits.at(-1);
    if (!visit || crossed.length > 0 || (visit.place === 'outside') !== outside || visit.name !== name) {
      visit = { place: outside ? 'outside' : 'node', name, stops: [], crossed };
      crossed = [];
      visits.push(visit);
    }
    enter(visit, step, outside);
  });
  return { lookups, visits, left: crossed };
}

function enter(visit: Visit, step: Step, outside: boolean): void {
  const { hop } = step;
  if (hop.at.kind === 'node' || visit.place === 'outside') {
    if (hop.at.address !== undefined) visit.address ??= hop.at.address;
    if (hop.at.podRange !== undefined) visit.podRange ??= hop.at.podRange;
  }
  const gate = hop.kind === 'policy-egress' || hop.kind === 'policy-ingress';
  const row: Row = outside ? 'outside' : rowOf(hop);
  const previous = visit.stops.at(-1);
  if (previous && !gate && previous.shape === 'station' && previous.station === hop.station && previous.row === row) {
    previous.steps.push(step);
    return;
  }
  visit.stops.push({ shape: gate ? 'gate' : 'station', row, station: hop.station, ...(row === 'pod' ? { pod: hop.at.name } : {}), steps: [step] });
}

/** A pod whose node nothing says stands where its neighbours on the way do. */
function fillNodes(steps: readonly Step[]): readonly (string | undefined)[] {
  const nodes = steps.map(({ hop }) => nodeOf(hop));
  return nodes.map(
    (node, at) =>
      node ??
      nodes
        .slice(0, at)
        .reverse()
        .find((other) => other !== undefined) ??
      nodes.slice(at).find((other) => other !== undefined),
  );
}

function isOutside(hop: Hop): boolean {
  return hop.at.kind === 'outside' || (hop.at.kind === 'controller' && hop.at.node === undefined);
}

function rowOf(hop: Hop): Row {
  switch (hop.kind) {
    case 'tunnel-encapsulation':
    case 'tunnel-decapsulation':
      return 'tunnel';
    case 'container-socket':
    case 'container-port':
    case 'pod-interface':
    case 'loopback':
    case 'ingress-controller':
    case 'gateway':
      return hop.at.kind === 'node' ? 'device' : 'pod';
    default:
      return 'device';
  }
}

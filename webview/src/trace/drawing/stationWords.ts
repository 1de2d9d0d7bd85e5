/** What stands in a station: one word for what it is, one for what is known of it. */
import type { Hop } from '../../../../server/src/protocol/trace';
import { hopTitle } from '../words';
import type { Step } from './shapes';

export function stationTitle(hop: Hop): string {
  switch (hop.kind) {
    case 'veth':
      return 'veth';
    case 'node-routing':
      return 'routes';
    case 'source-translation':
      return 'SNAT';
    case 'readiness':
      return 'endpoints';
    case 'connection-tracking':
      return 'conntrack';
    case 'node-port':
      return hop.device ?? 'node port';
    case 'load-balancer':
      return 'load balancer';
    case 'internet-gateway':
      return 'internet gateway';
    case 'ingress-controller':
      return hop.at.kind === 'outside' ? 'ingress controller' : (hop.device ?? 'controller');
    case 'gateway':
      return 'gateway';
    case 'host-port':
      return 'host port';
    case 'container-socket':
      return hop.at.kind === 'outside' ? hop.at.name : hopTitle(hop);
    default:
      return hopTitle(hop);
  }
}

export function stationNote(hop: Hop, proxyMode: string): string | undefined {
  const note = noteOf(hop, proxyMode);
  return note === stationTitle(hop) ? undefined : note;
}

function noteOf(hop: Hop, proxyMode: string): string | undefined {
  const { at, before, after } = hop;
  switch (hop.kind) {
    case 'container-socket':
      return at.address ?? before.source.address;
    case 'container-port':
      return after.destination.port === null ? undefined : `:${after.destination.port}`;
    case 'pod-interface':
      return after.destination.address === (at.address ?? '') ? after.destination.address : `MTU ${before.mtu}`;
    case 'veth':
      return hop.device;
    case 'bridge':
      return hop.device === undefined || hop.device === 'bridge' ? undefined : 'bridge';
    case 'node-routing':
      return 'kernel';
    case 'service-translation':
      return proxyMode;
    case 'node-port':
    case 'host-port':
      return before.destination.port === null ? undefined : `:${before.destination.port}`;
    case 'readiness':
      return hop.endpoints && `${hop.endpoints.ready} of ${hop.endpoints.of} ready`;
    case 'loopback':
      return at.address ?? '127.0.0.1';
    case 'load-balancer':
      return at.address ?? before.destination.address;
    case 'external-host':
      return at.address ?? after.destination.address;
    case 'internet-gateway':
      return at.address ?? after.source.address;
    default:
      return at.address;
  }
}

/** `5`, or `4–5` for a station that several hops share. */
export function numbersOf(steps: readonly Step[]): string {
  const first = (steps[0]?.index ?? 0) + 1;
  const last = (steps.at(-1)?.index ?? 0) + 1;
  return first === last ? String(first) : `${first}–${last}`;
}

/** What all look-ups of a name share: where they happen, and what they leave on the packet. */
import type { Branch, Hop, NameLookup } from '../../protocol/trace';
import { atNode, atPod, podStation } from '../words';
import type { Step, Walk } from '../walk';

export type CommonStep = Pick<Step, 'kind' | 'station' | 'at' | 'device'> & Pick<Step, 'trace'>;

export function lookupStep(walk: Walk, lookup: Branch | undefined, host?: string): CommonStep {
  const { sender } = walk;
  return {
    kind: 'dns-query',
    station: sender.kind === 'pod' ? podStation(sender.pod, 'resolver') : 'resolver',
    at: sender.kind === 'pod' ? atPod(sender.pod) : sender.kind === 'node' ? atNode(sender.node) : { kind: 'outside', name: 'name server' },
    device: 'cluster DNS',
    ...(lookup && { trace: lookup.outcome === 'delivered' && host !== undefined ? answered(lookup, host) : lookup }),
  };
}

/** The look-up ends with what DNS says; the way back is that of every reply. */
function answered(lookup: Branch, host: string): Branch {
  const last = lookup.hops.at(-1);
  if (!last) return lookup;
  const back = { ...last.after, source: last.after.destination, destination: last.after.source };
  const answer: Hop = {
    kind: 'dns-answer',
    station: last.station,
    at: last.at,
    device: 'cluster DNS',
    verdict: 'resolved',
    before: back,
    after: back,
    because: [],
    plain: `Cluster DNS looks ${host} up in its list of Services and answers.`,
    expert: `CoreDNS, plugin kubernetes, answers for ${host} from its watch of Services and EndpointSlices; the answer is a reply, so policy is not asked.`,
    assumed: true,
  };
  return { ...lookup, hops: [...lookup.hops, answer] };
}

/** What was asked for becomes the name that answered. */
export function withName({ source, destination, protocol, mtu }: Walk['packet'], hostname: string): Walk['packet'] {
  return { source, destination, protocol, hostname, mtu };
}

/** Without a look-up no name belongs to the packet. */
export function withoutName({ source, destination, protocol, mtu }: Walk['packet']): Walk['packet'] {
  return { source, destination, protocol, mtu };
}

export function triedAs({ asked, fullName, tried, of, ndots = 5 }: NameLookup): string {
  return asked.replace(/\.$/, '') === fullName
    ? fullName
    : `${asked} is tried as ${fullName}${of > 1 ? ` (${ordinal(tried)} of ${of} names with ndots:${ndots})` : ''}`;
}

function ordinal(value: number): string {
  return ['1st', '2nd', '3rd', '4th'][value - 1] ?? `${value}th`;
}

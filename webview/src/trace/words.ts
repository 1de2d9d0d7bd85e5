/** The words of the trace view: hop titles, verdicts, outcomes and endpoints. */
import type { EndpointChoice } from '../../../server/src/protocol/panel';
import type { Branch, Encapsulation, Flow, Hop, HopKind, Outcome, PacketEnd, Trace, Verdict } from '../../../server/src/protocol/trace';
import { decidingHop, journeyOf, nodeOf } from './journey';

/** The name of a hop as the list shows it. */
export function hopTitle(hop: Hop): string {
  switch (hop.kind) {
    case 'container-socket':
    case 'container-port':
      return hop.device ?? hop.at.name;
    case 'pod-interface':
      return hop.device ?? 'eth0';
    case 'veth':
      return hop.device === undefined ? 'veth' : `veth ${hop.device}`;
    case 'loopback':
      return hop.device ?? 'lo';
    case 'bridge':
      return hop.device ?? 'bridge';
    case 'tunnel-encapsulation':
    case 'tunnel-decapsulation':
      return hop.device ?? 'tunnel';
    case 'external-host':
      return hop.at.name;
    default:
      return titles[hop.kind];
  }
}

const titles: Readonly<Record<HopKind, string>> = {
  'container-socket': 'container',
  loopback: 'lo',
  'pod-interface': 'eth0',
  veth: 'veth',
  bridge: 'bridge',
  'node-routing': 'Routes',
  'tunnel-encapsulation': 'tunnel',
  underlay: 'Network between the nodes',
  'tunnel-decapsulation': 'tunnel',
  'policy-egress': 'Egress policy',
  'policy-ingress': 'Ingress policy',
  'dns-query': 'Name lookup',
  'dns-answer': 'DNS answer',
  'service-translation': 'kube-proxy',
  'source-translation': 'Source translation (SNAT)',
  'connection-tracking': 'Connection tracking',
  'node-port': 'Node port',
  'load-balancer': 'Load balancer',
  'ingress-controller': 'Ingress controller',
  gateway: 'Gateway',
  'internet-gateway': 'Internet gateway',
  'external-host': 'host outside',
  'host-port': 'Host port',
  readiness: 'Readiness',
  'container-port': 'container',
  ipc: 'Shared memory (IPC)',
  'shared-volume': 'Shared volume',
  'service-environment': 'Service variables',
};

/** What stands in grey after the title: where, and of what. */
export function hopPlace(hop: Hop, proxyMode: string): string {
  const place = placeOf(hop, proxyMode);
  return place.toLowerCase() === hopTitle(hop).toLowerCase() ? '' : place;
}

function placeOf(hop: Hop, proxyMode: string): string {
  const node = nodeOf(hop);
  switch (hop.kind) {
    case 'container-socket':
    case 'container-port':
      return hop.at.kind === 'pod' ? `container in pod ${hop.at.name}` : words(hop.at.name, node);
    case 'loopback':
      return 'loopback of the pod';
    case 'pod-interface':
      return 'the pod’s network card';
    case 'dns-query':
    case 'dns-answer':
      return 'cluster DNS';
    case 'service-translation':
      return words(node, proxyMode);
    case 'underlay':
      return hop.after.encapsulation ? tunnelPort(hop.after.encapsulation) : 'no tunnel';
    case 'policy-egress':
      return words(node, 'asked with the translated address');
    case 'policy-ingress':
      return words(node, askedFor(hop));
    case 'external-host':
      return hop.at.address ?? 'outside';
    case 'shared-volume':
      return hop.device ?? '';
    case 'load-balancer':
    case 'ingress-controller':
    case 'gateway':
    case 'internet-gateway':
      return words(hop.at.name.toLowerCase() === titles[hop.kind].toLowerCase() ? hop.device : hop.at.name, node);
    default:
      return words(node ?? hop.at.name);
  }
}

function askedFor(hop: Hop): string | undefined {
  const pod = hop.at.kind === 'pod' ? hop.at.name : hop.device;
  return pod === undefined ? undefined : `asked for pod ${pod}`;
}

function words(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

/** What carries a tunnel on the wire: a UDP port, or for IP in IP the protocol number 4. */
export function tunnelPort({ udpPort }: Pick<Encapsulation, 'udpPort'>): string {
  return udpPort === undefined ? 'IP protocol 4' : `UDP ${udpPort}`;
}

export function tunnelName(kind: 'vxlan' | 'ipip' | 'geneve'): string {
  return kind === 'vxlan' ? 'VXLAN' : kind === 'geneve' ? 'Geneve' : 'IP in IP';
}

/** The verdict as a word, empty where the packet is only passed on. */
export function verdictWord(verdict: Verdict): string {
  switch (verdict) {
    case 'forwarded':
      return '';
    case 'encapsulated':
      return 'wrapped';
    case 'decapsulated':
      return 'unwrapped';
    case 'not-enforced':
      return 'not enforced';
    default:
      return verdict;
  }
}

const outcomeTitles: Readonly<Record<Outcome, string>> = {
  delivered: 'Delivered.',
  'refused-no-endpoints': 'Refused: the Service has no ready endpoint.',
  'refused-no-listener': 'Refused: nothing listens there.',
  'dropped-policy-egress': 'Dropped by an egress policy.',
  'dropped-policy-ingress': 'Dropped by an ingress policy.',
  'dropped-no-local-endpoint': 'Dropped: no endpoint on this node.',
  'dropped-source-range': 'Dropped: the sender is in no allowed range.',
  'name-not-found': 'The name is not found.',
  'dns-blocked': 'Name lookup is blocked.',
  'port-not-on-service': 'The Service does not offer this port.',
  'no-route': 'No route.',
  'grant-missing': 'A grant is missing.',
  unknown: 'Not known.',
  mixed: 'Some connections arrive, some do not.',
};

/** The outcome in one bold phrase; several paths that all arrive say so. */
export function outcomeTitle(trace: Trace): string {
  if (trace.outcome === 'delivered' && trace.branches.some((branch) => branch.hops.some((hop) => hop.verdict === 'not-enforced')))
    return 'Delivered, and nothing guards it.';
  if (trace.outcome === 'delivered' && trace.branches.length > 1)
    return trace.branches.length === 2 ? 'Delivered on both paths.' : `Delivered on all ${trace.branches.length} paths.`;
  return outcomeTitles[trace.outcome];
}

export function outcomeWord(outcome: Outcome): string {
  return outcome === 'delivered' || outcome === 'unknown' ? outcome : outcomeTitles[outcome].replace(/\.$/, '').toLowerCase();
}

/** The second sentence of the outcome line. */
export function outcomeSentence(trace: Trace, endpoints: readonly EndpointChoice[]): string {
  const from = endpointLabel(trace.flow.from, endpoints);
  const to = endpointLabel(trace.flow.to, endpoints);
  const port = askedPort(trace);
  const protocol = trace.flow.protocol ?? trace.branches[0]?.hops[0]?.before.protocol ?? 'TCP';
  const on = port === null ? '' : ` on ${protocol} ${port}`;
  switch (trace.outcome) {
    case 'delivered':
      return trace.branches.length === 1 && trace.branches[0] && journeyOf(trace.branches[0]).hops.some((hop) => hop.kind === 'loopback')
        ? 'The packet never leaves the pod.'
        : (sharesOfPods(trace) ?? `${from} reaches ${to}${on}.`);
    case 'mixed':
      return `Whether ${from} reaches ${to}${on} depends on the path.`;
    case 'unknown':
      return `Whether ${from} reaches ${to}${on} cannot be said from these files.`;
    default:
      return `${from} does not reach ${to}${on}.`;
  }
}

/** The port of the question, else the one that the first packet goes to. */
export function askedPort(trace: Trace): number | null {
  if (trace.flow.port !== undefined) return trace.flow.port;
  const written = /:(\d{1,5})$/.exec(trace.flow.to);
  if (written?.[1] !== undefined && !trace.flow.to.includes('::')) return Number(written[1]);
  const hop = trace.branches[0]?.hops.find((candidate) => candidate.kind !== 'dns-query' && candidate.kind !== 'dns-answer');
  return hop?.before.destination.port ?? null;
}

/** The label of an endpoint: that of its choice, else the last part of how it is written. */
export function endpointLabel(endpoint: string, endpoints: readonly EndpointChoice[]): string {
  const choice = endpoints.find((candidate) => candidate.endpoint === endpoint);
  if (choice) return choice.label;
  const name = endpoint.split('/').at(-1) ?? endpoint;
  return name.replace(/:\d+$/, '') || endpoint;
}

export interface Chip {
  readonly text: string;
  readonly title?: string;
}

/** The short facts at the right of the outcome line. */
export function chips(trace: Trace, branch: Branch | undefined): readonly Chip[] {
  const list: Chip[] = [{ text: plural(trace.branches.length, 'path') }];
  if (!branch) return list;
  if (trace.branches.length > 1) return [...list, ...branchChips(trace)];
  const { hops } = journeyOf(branch);
  if (hops.some((hop) => hop.kind === 'loopback')) return [{ text: 'no policy' }, { text: 'no CNI' }, { text: 'no kube-proxy' }];
  if (branch.outcome !== 'delivered') {
    const deciding = decidingHop(branch);
    const last = deciding?.verdict;
    const number = deciding ? hops.indexOf(deciding) + 1 : hops.length;
    list.push({ text: last === 'unknown' || last === 'delivered' ? `not known at hop ${number}` : `stops at hop ${number}` });
    if (last === 'dropped') list.push({ text: 'caller: time-out', title: 'A dropped packet gets no answer, so the caller waits until it gives up.' });
    if (last === 'rejected') list.push({ text: 'caller: refused at once', title: 'A rejected packet gets an answer, so the caller knows at once.' });
    return list;
  }
  const allowed = hops.filter((hop) => hop.verdict === 'allowed').length;
  const ignored = hops.filter((hop) => hop.verdict === 'not-enforced').length;
  const translated = hops.filter((hop) => hop.verdict === 'translated').length;
  const tunnels = hops.filter((hop) => hop.verdict === 'encapsulated').length;
  if (allowed > 0)
    list.push({ text: allowed === 1 ? '1 policy allows' : `${allowed} policies allow`, title: 'How often policies were asked and let the packet through.' });
  if (ignored > 0) list.push({ text: `${ignored} not enforced` });
  if (translated > 0) list.push({ text: plural(translated, 'translation') });
  if (tunnels > 0) list.push({ text: plural(tunnels, 'tunnel') });
  return list;
}

/** What the paths of a trace have in common and what not. */
function branchChips(trace: Trace): readonly Chip[] {
  const list: Chip[] = [];
  const all = trace.branches.length;
  const count = (holds: (branch: Branch) => boolean): number => trace.branches.filter(holds).length;
  const arrive = count((branch) => branch.outcome === 'delivered');
  const masked = count((branch) => branch.hops.some((hop) => hop.kind === 'source-translation' && hop.verdict === 'translated'));
  const cross = count(
    (branch) =>
      new Set(
        journeyOf(branch)
          .hops.map(nodeOf)
          .filter((node) => node !== undefined),
      ).size > 1,
  );
  const open = count((branch) => branch.outcome === 'unknown');
  if (open > 0) list.push({ text: `${open} of ${all} not known` });
  if (arrive + open < all) list.push({ text: `${arrive} of ${all} arrive` });
  if (masked > 0) list.push({ text: `SNAT on ${masked} of ${all}`, title: 'On these paths the pod does not see the address of the client.' });
  if (cross > 0) list.push({ text: `${cross} of ${all} cross nodes` });
  return list;
}

/** Which pod gets which part, where several do. */
function sharesOfPods(trace: Trace): string | undefined {
  const shares = new Map<string, number>();
  for (const branch of trace.branches) {
    const last = journeyOf(branch).hops.at(-1);
    if (last?.at.kind === 'pod') shares.set(last.at.name, (shares.get(last.at.name) ?? 0) + branch.share);
  }
  if (shares.size < 2) return undefined;
  const parts = [...shares];
  const first = parts[0]?.[1] ?? 0;
  if (parts.every(([, share]) => Math.abs(share - first) < 0.001)) return `Each of the ${parts.length} pods gets ${shareText(first)} of the connections.`;
  return parts.length > 4 ? undefined : `${parts.map(([name, share]) => `${name} gets ${shareText(share)}`).join(', ')} of the connections.`;
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** `10.0.0.1:80`, with brackets round IPv6; only the address where there is no port. */
export function endText(end: PacketEnd): string {
  if (end.port === null) return end.address;
  return end.address.includes(':') ? `[${end.address}]:${end.port}` : `${end.address}:${end.port}`;
}

/** A share as people read it: 100 %, 33 %, 16.7 %. */
export function shareText(share: number): string {
  const percent = share * 100;
  const text = Math.abs(percent - Math.round(percent)) < 0.05 ? String(Math.round(percent)) : percent < 20 ? percent.toFixed(1) : percent.toFixed(0);
  return `${text} %`;
}

/** The namespace-less last part of a path or URI. */
export function fileName(uri: string): string {
  const last = uri.split('/').at(-1) ?? uri;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** The name of the Service that a translation stands for, as far as the trace says it. */
export function serviceName(hop: Hop, flow: Flow, endpoints: readonly EndpointChoice[]): string {
  const named = hop.before.hostname?.split('.')[0];
  return named !== undefined && named !== '' ? named : endpointLabel(flow.to, endpoints);
}

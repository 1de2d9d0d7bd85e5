/** What the question's controls offer, and the question that they add up to. */
import { onlyLeads, type EndpointChoice, type QuestionDefaults } from '../../../server/src/protocol/panel';
import { cniModes, placements, protocols, proxyModes } from '../../../server/src/protocol/trace';
import type { CniMode, Flow, FlowOptions, Placement, PodsInState, ProxyMode, TransportProtocol } from '../../../server/src/protocol/trace';
import type { IconName } from '../icons';
import { iconOfKind } from '../icons';
import type { Choice } from '../toolkit';
import { without } from '../without';
import { endpointLabel } from './words';

/** The question while it is edited: every field has a value, an empty one where nothing was chosen. */
export interface Draft {
  readonly from: string;
  readonly to: string;
  /** Empty: each port that the destination offers. */
  readonly port: string;
  readonly protocol: TransportProtocol;
  readonly placement: Placement;
  readonly cni: CniMode;
  readonly proxyMode: ProxyMode;
  /** Empty: as the Service and the pods have it. */
  readonly family: '' | '4' | '6';
  readonly notReady: readonly PodsInState[];
}

export function draftOf(question: Flow | null, endpoints: readonly EndpointChoice[], defaults: QuestionDefaults): Draft {
  const { from, to, port } = question ?? {
    from: endpoints[0]?.endpoint ?? '',
    to: endpoints.find((choice) => choice.ports.length > 0)?.endpoint ?? '',
    port: undefined,
  };
  const split = splitPort(to, endpoints);
  return {
    from,
    to: split.to,
    port: port === undefined ? split.port : String(port),
    protocol: question?.protocol ?? 'TCP',
    placement: question?.options?.placement ?? defaults.placement,
    cni: question?.options?.cni ?? defaults.cni,
    proxyMode: question?.options?.proxyMode ?? defaults.proxyMode,
    family: question?.options?.ipFamily === undefined ? '' : question.options.ipFamily === 4 ? '4' : '6',
    notReady: question?.options?.notReady ?? [],
  };
}

/** `NAME:6379` as an endpoint of the list and a port, where the list has that name. */
function splitPort(to: string, endpoints: readonly EndpointChoice[]): { to: string; port: string } {
  const match = /^([^:]+):(\d{1,5})$/.exec(to);
  const name = match?.[1];
  if (name === undefined || match?.[2] === undefined) return { to, port: '' };
  const known = endpoints.filter((choice) => choice.endpoint === name || (choice.label === name && choice.ports.length > 0));
  const only = known.find((choice) => choice.endpoint.startsWith('service/')) ?? known[0];
  return only ? { to: only.endpoint, port: match[2] } : { to, port: '' };
}

/** The question to ask; options that equal the defaults and were not asked before are left out, other options of the old question stay. */
export function questionOf(draft: Draft, before: Flow | null, defaults: QuestionDefaults): Flow {
  const old = before?.options;
  const options: FlowOptions = {
    ...without(old ?? {}, 'ipFamily', 'notReady'),
    ...(draft.placement === defaults.placement && old?.placement === undefined ? {} : { placement: draft.placement }),
    ...(draft.cni === defaults.cni && old?.cni === undefined ? {} : { cni: draft.cni }),
    ...(draft.proxyMode === defaults.proxyMode && old?.proxyMode === undefined ? {} : { proxyMode: draft.proxyMode }),
    ...(draft.family === '' ? {} : { ipFamily: draft.family === '4' ? (4 as const) : (6 as const) }),
    ...(draft.notReady.length === 0 ? {} : { notReady: draft.notReady }),
  };
  return {
    from: draft.from,
    to: draft.to,
    ...(draft.port === '' ? {} : { port: Number(draft.port) }),
    protocol: draft.protocol,
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

/** `kind/NAMESPACE/name`; none of an endpoint of another shape. */
function namespaceOf(endpoint: string): string | undefined {
  const [, namespace, name] = endpoint.split('/');
  return name === undefined || endpoint.includes('://') ? undefined : namespace;
}

/**
 * What a person typed, as an endpoint of the command line: an address, a host name with or without a port, a URL. Whether it leads anywhere
 * is for the simulator to say; undefined for what cannot be an endpoint at all.
 */
export function writtenEndpoint(text: string, end: 'from' | 'to'): Choice | undefined {
  if (/\s/.test(text) || text.length > 300) return undefined;
  const address = /^\[?([\da-f.:]*[.:][\da-f.:]*)\]?$/i.exec(text)?.[1];
  if (address !== undefined && (/^\d+\.\d+\.\d+\.\d+$/.test(address) || address.split(':').length > 2))
    return { value: `ip:${address}`, label: address, detail: 'address' };
  if (end === 'from') return undefined;
  if (/^https?:\/\/[^/]/i.test(text)) return { value: text, label: text, detail: 'URL' };
  return /^[a-z\d]([-a-z\d.]*[a-z\d])?(:\d{1,5})?$/i.test(text) ? { value: text, label: text, detail: 'host name' } : undefined;
}

/** From and To the other way round; the port belonged to the old destination and goes. */
export function swapped(draft: Draft): Draft {
  return { ...draft, from: draft.to, to: draft.from, port: '' };
}

/**
 * As senders what can send (a Service or an Ingress only where it is chosen already); as destinations all, of one name the Service first,
 * since that is what programs call.
 */
export function endpointChoices(endpoints: readonly EndpointChoice[], chosen: string, end: 'from' | 'to' = 'from'): readonly Choice[] {
  const namespaces = new Set(endpoints.flatMap(({ endpoint }) => namespaceOf(endpoint) ?? []));
  const isService = ({ endpoint }: EndpointChoice): number => (endpoint.startsWith('service/') ? 0 : 1);
  const sends = ({ endpoint }: EndpointChoice): boolean => endpoint === chosen || !onlyLeads(endpoint);
  const ordered =
    end === 'from' ? endpoints.filter(sends) : [...endpoints].sort((a, b) => (a.label === b.label ? isService(a) - isService(b) : a.label < b.label ? -1 : 1));
  const choices: Choice[] = ordered.map(({ endpoint, label, detail }) => {
    const namespace = namespaces.size > 1 ? namespaceOf(endpoint) : undefined;
    return { value: endpoint, label, detail: namespace === undefined ? detail : `${detail} · ${namespace}` };
  });
  for (const extra of [chosen, 'internet']) {
    if (extra !== '' && !choices.some((choice) => choice.value === extra))
      choices.push({
        value: extra,
        ...(extra === 'internet'
          ? { label: extra }
          : (writtenEndpoint(extra.replace(/^ip:/, ''), 'to') ?? { label: endpointLabel(extra, endpoints), detail: kindWord(extra) })),
      });
  }
  return choices;
}

export function portChoices(endpoints: readonly EndpointChoice[], to: string, chosen: string): readonly Choice[] {
  const ports = endpoints.find((choice) => choice.endpoint === to)?.ports ?? [];
  const seen = new Set<string>(['']);
  const choices: Choice[] =
    ports.length > 0 || chosen === ''
      ? [
          {
            value: '',
            label: ports.length > 0 ? 'any port' : (onlyLeads(to) && !to.startsWith('service/')) || /^https?:/.test(to) ? 'as routed' : 'none known',
          },
        ]
      : [];
  for (const port of ports) {
    const value = String(port.number);
    if (seen.has(value)) continue;
    seen.add(value);
    choices.push({ value, label: value, ...(port.name === undefined ? {} : { detail: port.name }) });
  }
  if (!seen.has(chosen)) choices.push({ value: chosen, label: chosen });
  return [...choices, { value: otherPort, label: 'other…' }];
}

/** The choice that asks for a number. */
export const otherPort = 'other';

/** A port as it is typed; undefined for what is none. */
export function portOf(text: string): string | undefined {
  const digits = text.trim().replace(/^:/, '');
  return /^\d{1,5}$/.test(digits) && Number(digits) >= 1 && Number(digits) <= 65_535 ? String(Number(digits)) : undefined;
}

export const familyChoices: readonly Choice[] = [
  { value: '', label: 'any' },
  { value: '4', label: 'IPv4' },
  { value: '6', label: 'IPv6' },
];

/** Which pods of the destination are ready: all, all but some, none; a mix that was set on the cards stands as it is. */
export function readinessChoices(
  pods: NonNullable<EndpointChoice['pods']>,
  notReady: readonly PodsInState[],
): { readonly choices: readonly Choice[]; readonly value: string } {
  const choices: Choice[] = [{ value: '', label: 'all ready' }];
  for (const { workload, label, count } of pods) {
    const of = pods.length > 1 ? ` of ${label}` : '';
    for (const down of new Set([1, count - 1]))
      if (down > 0 && down < count)
        choices.push({ value: `${down} ${workload}`, label: `${down} of ${count} not ready`, ...(of === '' ? {} : { detail: label }) });
    choices.push({ value: `all ${workload}`, label: count === 1 ? `not ready${of}` : `none${of} ready` });
  }
  const [only] = notReady;
  const value = !only ? '' : notReady.length === 1 ? `${only.count ?? 'all'} ${only.workload}` : 'several';
  if (!choices.some((choice) => choice.value === value))
    choices.push({ value, label: `${notReady.length} not ready`, detail: notReady.map(({ workload }) => workload.split('/').at(-1)).join(', ') });
  return { choices, value };
}

/** What a choice of `readinessChoices` stands for; undefined for the mix that stays as it is. */
export function notReadyOf(value: string): readonly PodsInState[] | undefined {
  if (value === '') return [];
  const match = /^(all|\d+) (.+)$/.exec(value);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return [match[1] === 'all' ? { workload: match[2] } : { workload: match[2], count: Number(match[1]) }];
}

const modeWords: Readonly<Record<string, string>> = { vxlan: 'VXLAN', ipip: 'IP in IP', bgp: 'BGP', ebpf: 'eBPF' };

export const protocolChoices: readonly Choice[] = protocols.map((value) => ({ value, label: value }));
export const placementChoices: readonly Choice[] = placements.map((value) => ({ value, label: placementLabel(value) }));
export const cniChoices: readonly Choice[] = cniModes.map((value) => ({ value, label: cniLabel(value) }));
export const proxyChoices: readonly Choice[] = proxyModes.map((value) => ({ value, label: value }));

export function placementLabel(placement: Placement): string {
  return placement === 'any' ? 'any node' : placement === 'same-node' ? 'on one node' : 'on two nodes';
}

export function cniLabel(cni: CniMode): string {
  const [plugin = '', mode] = cni.split(':');
  return mode === undefined ? plugin : `${plugin}, ${modeWords[mode] ?? mode}`;
}

/** The icon of an endpoint by how it is written, or by the kind that its detail names. */
export function endpointIcon(endpoint: string, endpoints: readonly EndpointChoice[]): IconName {
  if (endpoint === 'internet') return 'internet';
  if (/^https?:/.test(endpoint)) return 'ingress';
  const detail = endpoints.find((choice) => choice.endpoint === endpoint)?.detail ?? '';
  if (detail.includes('LoadBalancer')) return 'loadBalancer';
  const kind = kindWord(endpoint);
  return iconOfKind(kind === '' ? (detail.split(' ')[0] ?? '') : kind);
}

function kindWord(endpoint: string): string {
  const kind = endpoint.includes('/') ? (endpoint.split('/')[0] ?? '') : '';
  const known: Readonly<Record<string, string>> = {
    deployment: 'Deployment',
    service: 'Service',
    svc: 'Service',
    pod: 'Pod',
    ingress: 'Ingress',
    container: 'Container',
    statefulset: 'StatefulSet',
    daemonset: 'DaemonSet',
    job: 'Job',
    cronjob: 'CronJob',
    node: 'Node',
  };
  return Object.hasOwn(known, kind) ? (known[kind] ?? '') : '';
}

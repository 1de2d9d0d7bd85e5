/** The admin tiers of network policy (`policy.networking.k8s.io`): two shapes of the API, one of ours. */
import { isOpaque, Opaque, type Value } from '../base/opaque';
import type { AdminPeer, AdminPods, AdminPolicySpec, AdminPort, AdminRule, AdminSubject } from '../model/adminPolicy';
import type { LabelSelector } from '../model/labels';
import type { Path } from '../protocol/source';
import type { Fields } from './fields';
import { itemsOf } from './placeholderItems';
import { optional } from './podTemplate';

/** `tier` where the kind says it: an AdminNetworkPolicy is Admin, a BaselineAdminNetworkPolicy is Baseline. */
export function decodeAdminPolicy(root: Fields, tier?: 'Admin' | 'Baseline'): AdminPolicySpec {
  const spec = root.fields('spec');
  const subject = spec.fields('subject');
  return {
    ...optional('tier', tier ?? spec.string('tier')),
    ...optional('priority', spec.integer('priority')),
    ...(subject.present || isOpaque(spec.raw('subject')) ? { subject: decodeSubject(subject) } : {}),
    ingress: itemsOf(spec, 'ingress', unknownRule('from'), (rule) => decodeRule(rule, 'from')) ?? [],
    egress: itemsOf(spec, 'egress', unknownRule('to'), (rule) => decodeRule(rule, 'to')) ?? [],
  };
}

const unknownRule =
  (peers: 'from' | 'to') =>
  (path: Path): AdminRule => ({ path, action: new Opaque(''), peers: [unknownPeer([...path, peers])], ports: [unknownPort([...path, 'ports'])] });
const unknownPeer = (path: Path): AdminPeer => ({ path, unknownMember: false, placeholder: true });
const unknownPort = (path: Path): AdminPort => ({ path, unknownMember: false, placeholder: true });

function decodeSubject(subject: Fields): AdminSubject {
  const namespaces = subject.has('namespaces') ? subject.selector('namespaces') : undefined;
  const pods = decodePods(subject.fields('pods'));
  return { path: subject.path, ...optional('namespaces', namespaces), ...optional('pods', pods), unknownMember: !namespaces && !pods };
}

function decodePods(pods: Fields): AdminPods | undefined {
  if (!pods.present) return undefined;
  return { ...optional('namespaceSelector', pods.selector('namespaceSelector')), ...optional('podSelector', pods.selector('podSelector')) };
}

function decodeRule(rule: Fields, peers: 'from' | 'to'): AdminRule {
  return {
    path: rule.path,
    ...optional('name', rule.string('name')),
    ...optional('action', rule.string('action')),
    peers: itemsOf(rule, peers, unknownPeer, decodePeer) ?? [],
    ...optional('ports', decodePorts(rule)),
  };
}

/** Members that are written; a template that may add one leaves a peer without any open. */
function decodePeer(peer: Fields): AdminPeer {
  const selector = (key: string): LabelSelector | undefined => (peer.has(key) ? peer.selector(key) : undefined);
  const members = {
    ...optional('namespaces', selector('namespaces')),
    ...optional('pods', decodePods(peer.fields('pods'))),
    ...optional('nodes', selector('nodes')),
    ...optional('networks', textsOf(peer, 'networks')),
    ...optional('domainNames', textsOf(peer, 'domainNames')),
  };
  if (Object.keys(members).length > 0) return { path: peer.path, ...members, unknownMember: false };
  return isOpaque(peer.raw('pods')) ? unknownPeer(peer.path) : { path: peer.path, unknownMember: true };
}

function textsOf(fields: Fields, key: string): readonly Value<string>[] | undefined {
  if (!fields.has(key)) return undefined;
  const value = fields.raw(key);
  if (isOpaque(value)) return [value];
  return Array.isArray(value) ? fields.strings(key) : undefined;
}

/** v1alpha1 has `ports`, v1alpha2 and later `protocols`. */
function decodePorts(rule: Fields): readonly AdminPort[] | undefined {
  return rule.has('protocols') && !rule.has('ports')
    ? itemsOf(rule, 'protocols', unknownPort, decodeProtocol)
    : itemsOf(rule, 'ports', unknownPort, decodeOldPort);
}

function decodeOldPort(port: Fields): AdminPort {
  const number = port.fields('portNumber');
  const range = port.fields('portRange');
  const named = port.has('namedPort') ? port.string('namedPort') : undefined;
  if (number.present) return { path: port.path, protocol: number.string('protocol') ?? 'TCP', ...single(number.integer('port')), unknownMember: false };
  if (range.present) {
    return { path: port.path, protocol: range.string('protocol') ?? 'TCP', ...bounds(range), unknownMember: false };
  }
  return namedPort(port, 'namedPort', named);
}

function decodeProtocol(entry: Fields): AdminPort {
  for (const [key, protocol] of [
    ['tcp', 'TCP'],
    ['udp', 'UDP'],
    ['sctp', 'SCTP'],
  ] as const) {
    if (!entry.has(key)) continue;
    const port = entry.fields(key, 'destinationPort');
    if (!port.present) return { path: entry.path, protocol, unknownMember: false };
    const range = port.fields('range');
    const member = range.present ? bounds(range) : port.has('number') ? single(port.integer('number')) : undefined;
    return { path: entry.path, protocol, ...(member ?? {}), unknownMember: member === undefined };
  }
  const named = entry.has('destinationNamedPort') ? entry.string('destinationNamedPort') : undefined;
  return namedPort(entry, 'destinationNamedPort', named);
}

function namedPort(entry: Fields, key: string, named: Value<string> | undefined): AdminPort {
  if (named !== undefined) return { path: entry.path, named, unknownMember: false };
  return isOpaque(entry.raw(key)) ? unknownPort(entry.path) : { path: entry.path, unknownMember: true };
}

/** A number that cannot be read is not known: it must not become "every port". */
function single(port: Value<number> | undefined): Pick<AdminPort, 'first' | 'last'> {
  const value = port ?? new Opaque('');
  return { first: value, last: value };
}

function bounds(range: Fields): Pick<AdminPort, 'first' | 'last'> {
  return { first: range.integer('start') ?? new Opaque(''), last: range.integer('end') ?? new Opaque('') };
}

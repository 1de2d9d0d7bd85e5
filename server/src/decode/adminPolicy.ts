/** The admin tiers of network policy (`policy.networking.k8s.io`): two shapes of the API, one of ours. */
import { Opaque, type Value } from '../base/opaque';
import type { AdminPeer, AdminPods, AdminPolicySpec, AdminPort, AdminRule, AdminSubject } from '../model/adminPolicy';
import type { Fields } from './fields';
import { optional } from './podTemplate';

/** `tier` where the kind says it: an AdminNetworkPolicy is Admin, a BaselineAdminNetworkPolicy is Baseline. */
export function decodeAdminPolicy(root: Fields, tier?: 'Admin' | 'Baseline'): AdminPolicySpec {
  const spec = root.fields('spec');
  const subject = spec.fields('subject');
  return {
    ...optional('tier', tier ?? spec.string('tier')),
    ...optional('priority', spec.integer('priority')),
    ...(subject.present ? { subject: decodeSubject(subject) } : {}),
    ingress: spec.list('ingress').map((rule) => decodeRule(rule, 'from')),
    egress: spec.list('egress').map((rule) => decodeRule(rule, 'to')),
  };
}

function decodeSubject(subject: Fields): AdminSubject {
  const namespaces = subject.selector('namespaces');
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
    peers: rule.list(peers).map(decodePeer),
    ...optional('ports', decodePorts(rule)),
  };
}

function decodePeer(peer: Fields): AdminPeer {
  const namespaces = peer.selector('namespaces');
  const pods = decodePods(peer.fields('pods'));
  const nodes = peer.selector('nodes');
  const networks = Array.isArray(peer.raw('networks')) ? peer.strings('networks') : undefined;
  const domainNames = Array.isArray(peer.raw('domainNames')) ? peer.strings('domainNames') : undefined;
  return {
    path: peer.path,
    ...optional('namespaces', namespaces),
    ...optional('pods', pods),
    ...optional('nodes', nodes),
    ...optional('networks', networks),
    ...optional('domainNames', domainNames),
    unknownMember: !namespaces && !pods && !nodes && !networks && !domainNames,
  };
}

/** v1alpha1 has `ports`, v1alpha2 `protocols`. */
function decodePorts(rule: Fields): readonly AdminPort[] | undefined {
  if (Array.isArray(rule.raw('ports'))) return rule.list('ports').map(decodeOldPort);
  if (Array.isArray(rule.raw('protocols'))) return rule.list('protocols').map(decodeProtocol);
  return undefined;
}

function decodeOldPort(port: Fields): AdminPort {
  const number = port.fields('portNumber');
  const range = port.fields('portRange');
  const named = port.string('namedPort');
  if (number.present) return { path: port.path, protocol: number.string('protocol') ?? 'TCP', ...single(number.integer('port')), unknownMember: false };
  if (range.present) {
    return { path: port.path, protocol: range.string('protocol') ?? 'TCP', ...bounds(range), unknownMember: false };
  }
  return { path: port.path, ...optional('named', named), unknownMember: named === undefined };
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
  const named = entry.string('destinationNamedPort');
  return { path: entry.path, ...optional('named', named), unknownMember: named === undefined };
}

/** A number that cannot be read is not known: it must not become "every port". */
function single(port: Value<number> | undefined): Pick<AdminPort, 'first' | 'last'> {
  const value = port ?? new Opaque('');
  return { first: value, last: value };
}

function bounds(range: Fields): Pick<AdminPort, 'first' | 'last'> {
  return { first: range.integer('start') ?? new Opaque(''), last: range.integer('end') ?? new Opaque('') };
}

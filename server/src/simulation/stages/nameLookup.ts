/** The name that a client uses becomes an address: a look-up is a flow of its own, which policy may stop. */
import { parseAddress } from '../../base/addresses';
import { known, textOf } from '../../base/opaque';
import type { Branch, Evidence, Hop, NameLookup } from '../../protocol/trace';
import { backendsOf } from '../backends';
import { clusterDns } from '../clusterDns';
import { type Resolution, resolveHost } from '../hostNames';
import { namedBy } from '../namedBy';
import { atNode, atPod, listed, plural, podName, podStation, senderName } from '../words';
import { type Destination, type PodPlace, type Stage, step, type Step, stop, unsure, type Walk, withDestination } from '../walk';
import { evidence, placed, sourceAt, type World } from '../world';

/** https://github.com/kubernetes/dns/blob/master/docs/specification.md and, for the search list, https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ */
export const nameLookup: Stage = (world, walk) => {
  const { destination, sender } = walk;
  if (destination.kind !== 'name') return [walk];
  const { host } = destination;
  if (sender.kind === 'outside') return [lookedUpOutside(world, walk, host)];
  if (sender.kind !== 'pod') return nodeResolver(world, walk, host, world.namespace, senderName(sender), []);
  const { pod } = sender;
  if (host.toLowerCase() === 'localhost') return [withoutLookup(walk, { kind: 'pod', pod: anyContainer(pod), self: true }, '127.0.0.1', world.port)];
  const alias = hostAlias(pod, host);
  if (alias) return [fromHostsFile(world, walk, host, alias)];
  const resolver = resolverOf(pod);
  if (resolver.kind === 'node') return nodeResolver(world, walk, host, placed(world, pod.podSet.namespace), podName(pod), resolver.because, pod);

  const lookup = world.nested ? undefined : clusterDns(world, sender);
  if (lookup && lookup.outcome !== 'delivered' && lookup.outcome !== 'unknown') return [blocked(world, walk, host, pod, lookup)];
  const next = lookup?.outcome === 'unknown' ? unsure(walk) : walk;
  return resolved(world, next, host, resolveHost(world, host, placed(world, pod.podSet.namespace)), lookup);
};

function resolved(world: World, walk: Walk, host: string, resolution: Resolution, lookup: Branch | undefined): readonly Walk[] {
  const common = lookupStep(walk, lookup, host);
  const named = walk.sender.kind === 'pod' ? namedBy(walk.sender.pod, host) : [];
  switch (resolution.kind) {
    case 'service': {
      const { service, lookup: found } = resolution;
      const address = world.plan.serviceAddress(service);
      if (!address) return headless(world, walk, host, resolution, common, named);
      const after = { ...withDestination(walk.packet, address.text, walk.packet.destination.port) };
      const via = resolution.aliases.length > 0 ? `, for which ${listed(resolution.aliases)} is only another name` : '';
      const hop = step(walk, {
        ...common,
        verdict: 'resolved',
        after: withName(after, found.fullName),
        lookup: found,
        because: [...named, ...resolution.because, evidence(service, ['metadata', 'name'], 'declares', `the Service ${service.metadata.name}`)],
        plain: `The program only knows the name ${host}. Cluster DNS answers with the address of the Service${via === '' ? '' : ` ${service.metadata.name}`}, ${address.text}${via}.`,
        expert: `${triedAs(found)}: A ${address.text}${address.assumed ? ', assumed' : ''}, asked of ${world.plan.dns.text}:53/UDP.`,
        assumed: address.assumed,
      });
      const target = { name: service.metadata.name, namespace: placed(world, world.index.namespaceOf(service)), service, address };
      return [{ ...hop, destination: { kind: 'service', target } }];
    }
    case 'pod-of-service':
      return onePod(walk, host, resolution, common, named);
    case 'outside': {
      const address = world.plan.hostAddress(resolution.host);
      const literal = parseAddress(resolution.host);
      const after = withName(withDestination(walk.packet, literal ? resolution.host : address.text, walk.packet.destination.port), resolution.host);
      const alias = resolution.aliases.length > 0 ? `The Service ${listed(resolution.aliases)} is only another name: ` : '';
      const hop = step(walk, {
        ...common,
        verdict: 'resolved',
        after,
        because: [...named, ...resolution.because],
        plain: `${alias}${resolution.host} is a host outside the cluster. DNS answers with its address; the one shown here is made up.`,
        expert: `${host}${resolution.aliases.length > 0 ? ` → CNAME ${resolution.host}` : ''}: no name of the search list is in the cluster’s zone, so the resolver forwards it upstream. Address assumed, outside every known range.`,
        assumed: true,
      });
      return [
        {
          ...hop,
          destination: {
            kind: 'outside',
            name: resolution.host,
            address: { text: after.destination.address, assumed: !literal },
            scope: 'internet',
            ...(literal && { known: literal }),
          },
        },
      ];
    }
    case 'absent':
      return [
        stop(
          step(
            { ...walk, destination: { kind: 'nowhere' } },
            {
              ...common,
              verdict: 'rejected',
              because: [...named, ...resolution.because],
              plain: `Cluster DNS has no address for ${host} (${resolution.reason}), so the program gives up.`,
              expert: `NXDOMAIN for ${host} and every name of its search list: ${resolution.reason}.`,
            },
          ),
          'name-not-found',
        ),
      ];
    case 'unknown': {
      world.notes.unknown(`whether the name ${host} exists: ${resolution.reason}`, named);
      return [
        stop(
          step(
            { ...walk, destination: { kind: 'nowhere' } },
            {
              ...common,
              verdict: 'unknown',
              because: named,
              plain: `No file says what ${host} is. It may exist in the cluster; then the packet would go on from here.`,
              expert: `${host} cannot be resolved from these manifests: ${resolution.reason}. Add the Service, or declare the context closed.`,
            },
          ),
          'unknown',
        ),
      ];
    }
  }
}

function headless(
  world: World,
  walk: Walk,
  host: string,
  resolution: Extract<Resolution, { kind: 'service' }>,
  common: CommonStep,
  named: readonly Evidence[],
): readonly Walk[] {
  const { service } = resolution;
  const self = walk.sender.kind === 'pod' ? walk.sender.pod : undefined;
  const backends = backendsOf(world, service, { path: ['spec', 'ports'], port: world.port }, world.protocol, walk.node, self);
  const declares = evidence(service, ['spec', 'clusterIP'], 'declares', 'headless: names lead to the pods themselves');
  if (backends.none) {
    const absent = backends.none.state === 'absent';
    if (!absent) world.notes.unknown(`which pods stand behind ${service.metadata.name}: ${backends.none.reason}`, backends.none.because);
    return [
      stop(
        step(
          { ...walk, destination: { kind: 'nowhere' } },
          {
            ...common,
            verdict: absent ? 'rejected' : 'unknown',
            because: [...named, declares, ...backends.none.because],
            plain: absent
              ? `${host} stands for the pods behind ${service.metadata.name}, and there is none: DNS has no address to give.`
              : `${host} stands for the pods behind ${service.metadata.name}, and these files do not show them.`,
            expert: `Headless Service without ready endpoints: ${backends.none.reason}.`,
          },
        ),
        absent ? 'name-not-found' : 'unknown',
      ),
    ];
  }
  return backends.groups.map((group) => {
    const after = withName(withDestination(walk.packet, group.pod.address.text, walk.packet.destination.port), resolution.lookup.fullName);
    const hop = step(backends.uncertain ? unsure(walk) : walk, {
      ...common,
      verdict: 'resolved',
      after,
      lookup: resolution.lookup,
      because: [...named, ...resolution.because, declares, ...group.because],
      plain: `${host} is a headless Service: DNS answers with ${backends.total === 1 ? `the address of its one pod, ${group.pod.address.text}` : `the addresses of its ${backends.total} pods, and the program takes one, here ${group.pod.address.text}`}. Nothing is translated on the way.`,
      expert: `${triedAs(resolution.lookup)}: ${plural(backends.total, 'A record')}, one for each ready endpoint; no virtual address, so the port stays the client’s (${world.port}) and targetPort does nothing.`,
      assumed: group.pod.address.assumed,
    });
    return branch(hop, group.pod, group.self, group.count / backends.total, backends.groups.length > 1);
  });
}

function onePod(
  walk: Walk,
  host: string,
  resolution: Extract<Resolution, { kind: 'pod-of-service' }>,
  common: CommonStep,
  named: readonly Evidence[],
): readonly Walk[] {
  const after = withName(withDestination(walk.packet, resolution.pod.address.text, walk.packet.destination.port), resolution.lookup.fullName);
  const hop = step(walk, {
    ...common,
    verdict: 'resolved',
    after,
    lookup: resolution.lookup,
    because: [...named, evidence(resolution.service, ['metadata', 'name'], 'declares', `the Service ${resolution.service.metadata.name}`)],
    plain: `${host} names one pod. DNS answers with its address, ${resolution.pod.address.text}.`,
    expert: `${triedAs(resolution.lookup)}: A ${resolution.pod.address.text}, the record of one pod of the headless Service ${resolution.service.metadata.name}.`,
    assumed: resolution.pod.address.assumed,
  });
  const self = walk.sender.kind === 'pod' && walk.sender.pod.podSet.key === resolution.pod.podSet.key && walk.sender.pod.replica === resolution.pod.replica;
  return [{ ...hop, destination: { kind: 'pod', pod: resolution.pod, self } }];
}

function branch(walk: Walk, pod: PodPlace, self: boolean, share: number, several: boolean): Walk {
  return { ...walk, destination: { kind: 'pod', pod, self }, share: walk.share * share, label: several ? `${podName(pod)} on ${pod.node.name}` : walk.label };
}

function blocked(world: World, walk: Walk, host: string, pod: PodPlace, lookup: Branch): Walk {
  const decisive = lookup.hops.find((hop) => hop.verdict === 'dropped');
  const policy = lookup.outcome === 'dropped-policy-egress' || lookup.outcome === 'dropped-policy-ingress';
  const where = lookup.outcome === 'dropped-policy-egress' ? `${podName(pod)} may not send to it` : 'it does not let the question in';
  return stop(
    step(
      { ...walk, destination: { kind: 'nowhere' } },
      {
        ...lookupStep(walk, lookup),
        verdict: 'dropped',
        because: decisive?.because ?? [],
        ...(decisive?.policies && { policies: decisive.policies }),
        plain: `The program has to ask cluster DNS for ${host}, ${policy ? `but a network policy stops the question: ${where}` : 'but the question does not get through to its pod'}. It never learns an address.`,
        expert: `DNS to ${world.plan.dns.text}:53/UDP is ${lookup.outcome}${policy ? ': a pod that policy isolates needs UDP and TCP 53 to the DNS pods' : ', where its pod is placed here'}.`,
      },
    ),
    policy ? 'dns-blocked' : lookup.outcome,
  );
}

function lookedUpOutside(world: World, walk: Walk, host: string): Walk {
  const resolution = resolveHost(world, host, world.namespace);
  const outside = resolution.kind === 'outside' && resolution.aliases.length === 0;
  if (!outside) {
    return stop(
      step(
        { ...walk, destination: { kind: 'nowhere' } },
        {
          ...lookupStep(walk, undefined),
          verdict: 'rejected',
          plain: `${host} is a name inside the cluster. Outside nobody knows it.`,
          expert: `Public DNS has no ${world.index.clusterDomain} zone: NXDOMAIN. Use the Ingress’s host, the load balancer’s or a node’s address.`,
        },
      ),
      'name-not-found',
    );
  }
  const address = world.plan.hostAddress(host);
  const hop = step(walk, {
    ...lookupStep(walk, undefined),
    verdict: 'resolved',
    after: withoutName(withDestination(walk.packet, address.text, walk.packet.destination.port)),
    plain: `Public DNS answers for ${host}; the address shown here is made up.`,
    expert: `${host} → A ${address.text}, assumed.`,
    assumed: true,
  });
  return { ...hop, destination: { kind: 'outside', name: host, address, scope: 'internet' } };
}

function hostAlias(pod: PodPlace, host: string): { readonly address: string; readonly because: Evidence } | undefined {
  for (const alias of pod.podSet.template.hostAliases.slice(0, 256)) {
    const address = known(alias.ip);
    if (address === undefined || !parseAddress(address)) continue;
    if (alias.hostnames.some((name) => textOf(name)?.toLowerCase() === host.toLowerCase())) {
      return { address, because: evidence(pod.podSet.resource, alias.path, 'routes', `hostAliases: ${host} is ${address}`) };
    }
  }
  return undefined;
}

function fromHostsFile(world: World, walk: Walk, host: string, alias: { readonly address: string; readonly because: Evidence }): Walk {
  const address = parseAddress(alias.address);
  const local = alias.address.startsWith('127.') || alias.address === '::1';
  const destination: Destination =
    local && walk.sender.kind === 'pod'
      ? { kind: 'pod', pod: anyContainer(walk.sender.pod), self: true }
      : { kind: 'outside', name: host, address: { text: alias.address, assumed: false }, scope: 'anywhere', ...(address && { known: address }) };
  const hop = step(walk, {
    ...lookupStep(walk, undefined),
    verdict: 'resolved',
    after: withoutName(withDestination(walk.packet, alias.address, world.port)),
    because: [alias.because],
    plain: `The pod’s own list of names says that ${host} is ${alias.address}. DNS is not asked.`,
    expert: `/etc/hosts (spec.hostAliases) goes before DNS: ${host} is ${alias.address}.`,
  });
  return { ...hop, destination };
}

function resolverOf(pod: PodPlace): { readonly kind: 'cluster' } | { readonly kind: 'node'; readonly because: readonly Evidence[] } {
  const { template, resource } = pod.podSet;
  const policy = known(template.dnsPolicy) ?? 'ClusterFirst';
  const path = [...template.path, 'spec', template.dnsPolicy === undefined ? 'hostNetwork' : 'dnsPolicy'];
  if (policy === 'Default' || policy === 'None')
    return { kind: 'node', because: [evidence(resource, path, 'routes', `dnsPolicy ${policy}: cluster DNS is not asked`)] };
  if (policy === 'ClusterFirst' && template.hostNetwork)
    return { kind: 'node', because: [evidence(resource, path, 'routes', 'ClusterFirst with hostNetwork works as Default')] };
  return { kind: 'cluster' };
}

/** The node's name server knows the names of the internet and none of the cluster. */
function nodeResolver(world: World, walk: Walk, host: string, namespace: string, who: string, because: readonly Evidence[], pod?: PodPlace): readonly Walk[] {
  const resolution = resolveHost(world, host, namespace);
  if (resolution.kind === 'outside' && resolution.aliases.length === 0) return resolved(world, walk, host, { ...resolution, because }, undefined);
  if (pod?.podSet.template.hostNetwork && pod.podSet.template.dnsPolicy === undefined) {
    const { template, resource } = pod.podSet;
    const at = sourceAt(resource, [...template.path, 'spec']);
    world.notes.remedy({ what: `Let ${who} ask cluster DNS.`, helps: true, edits: [{ at, insert: 'dnsPolicy: ClusterFirstWithHostNet' }] });
  }
  return [
    stop(
      step(
        { ...walk, destination: { kind: 'nowhere' } },
        {
          ...lookupStep(walk, undefined),
          device: 'name server of the node',
          verdict: 'rejected',
          because,
          plain: `${who} asks the node’s own name server, not the cluster’s. That one does not know ${host}.`,
          expert: pod
            ? `The pod’s resolv.conf is not the cluster’s (dnsPolicy): ${host} is NXDOMAIN there. ClusterFirstWithHostNet is what hostNetwork pods need.`
            : `The node’s resolv.conf does not name the cluster’s DNS: ${host} is NXDOMAIN there.`,
        },
      ),
      'name-not-found',
    ),
  ];
}

function withoutLookup(walk: Walk, destination: Destination, address: string, port: number): Walk {
  return { ...walk, destination, packet: withoutName(withDestination(walk.packet, address, port)) };
}

/** The client's container is not the one that listens. */
function anyContainer({ podSet, replica, node, address }: PodPlace): PodPlace {
  return { podSet, replica, node, address };
}

type CommonStep = Pick<Step, 'kind' | 'station' | 'at' | 'device'> & Pick<Step, 'trace'>;

function lookupStep(walk: Walk, lookup: Branch | undefined, host?: string): CommonStep {
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
function withName({ source, destination, protocol, mtu }: Walk['packet'], hostname: string): Walk['packet'] {
  return { source, destination, protocol, hostname, mtu };
}

/** Without a look-up no name belongs to the packet. */
function withoutName({ source, destination, protocol, mtu }: Walk['packet']): Walk['packet'] {
  return { source, destination, protocol, mtu };
}

function triedAs({ asked, fullName, tried, of }: NameLookup): string {
  return asked.replace(/\.$/, '') === fullName
    ? fullName
    : `${asked} is tried as ${fullName}${of > 1 ? ` (${ordinal(tried)} of ${of} names with ndots:5)` : ''}`;
}

function ordinal(value: number): string {
  return ['1st', '2nd', '3rd', '4th'][value - 1] ?? `${value}th`;
}

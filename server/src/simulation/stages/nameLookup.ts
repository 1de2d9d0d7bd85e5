/** The name that a client uses becomes an address: a look-up is a flow of its own, which policy may stop. */
import { formatAddress, parseAddress } from '../../base/addresses';
import { known } from '../../base/opaque';
import type { Resource } from '../../model/resources';
import type { Branch, Evidence } from '../../protocol/trace';
import { clusterDns } from '../clusterDns';
import { serviceFamilies } from '../families';
import { type Resolution, resolveHost } from '../hostNames';
import { loopbackAddress, towardsLoopback } from '../loopbackAddress';
import { namedBy } from '../namedBy';
import { proxyAddress } from '../proxyAddress';
import { resolveFor } from '../resolvConf';
import { remedyForName } from '../serviceRemedies';
import { endText, listed, podName, senderName } from '../words';
import { type PodPlace, type Stage, step, stop, unsure, type Walk, withDestination } from '../walk';
import { apiServerTarget } from '../ways';
import { evidence, placed, sourceAt, type World } from '../world';
import { destinationAt } from '../writtenEndpoints';
import { headless, onePod } from './headlessLookup';
import { anyContainer, fromHostsFile, hostAlias, resolverOf } from './hostsFile';
import { type CommonStep, lookupStep, triedAs, withName, withoutName } from './lookupStep';

/** https://github.com/kubernetes/dns/blob/master/docs/specification.md and, for the search list, https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ */
export const nameLookup: Stage = (world, walk) => {
  const { destination, sender } = walk;
  if (destination.kind === 'ingress' || destination.kind === 'gateway') return [proxyName(world, walk, destination)];
  if (destination.kind !== 'name') return [walk];
  const { host } = destination;
  if (sender.kind === 'outside') return [lookedUpOutside(world, walk, host)];
  if (sender.kind !== 'pod') return nodeResolver(world, walk, host, world.namespace, senderName(sender), []);
  const { pod } = sender;
  if (host.toLowerCase() === 'localhost')
    return [
      { ...walk, destination: { kind: 'pod', pod: anyContainer(pod), self: true }, packet: withoutName(towardsLoopback(walk.packet, loopbackAddress(world))) },
    ];
  const alias = hostAlias(pod, host);
  if (alias) return [fromHostsFile(world, walk, host, alias)];
  const resolver = resolverOf(world, pod);
  if (resolver.kind === 'node') return nodeResolver(world, walk, host, placed(world, pod.podSet.namespace), podName(pod), resolver.because, pod);

  const lookup = world.nested ? undefined : clusterDns(world, sender);
  if (lookup && lookup.outcome !== 'delivered' && lookup.outcome !== 'unknown') return [blocked(world, walk, host, pod, lookup)];
  const next = lookup?.outcome === 'unknown' ? unsure(walk) : walk;
  return resolved(world, next, host, resolveFor(world, pod, host), lookup);
};

/** A pod looks up the host of an Ingress or route: cluster DNS passes the question on, and public DNS is taken to lead to the proxy. */
function proxyName(world: World, walk: Walk, destination: Extract<Walk['destination'], { kind: 'ingress' | 'gateway' }>): Walk {
  const { sender } = walk;
  const { host } = destination.request;
  if (sender.kind !== 'pod' || !destination.named || host === '') return walk;
  const asks = resolverOf(world, sender.pod).kind === 'cluster' && !world.nested;
  const lookup = asks ? clusterDns(world, sender) : undefined;
  if (lookup && lookup.outcome !== 'delivered' && lookup.outcome !== 'unknown') return blocked(world, walk, host, sender.pod, lookup);
  const address = proxyAddress(world, destination);
  const owner = destination.kind === 'ingress' ? destination.ingress : (destination.gateway ?? destination.routes[0]);
  return step(lookup?.outcome === 'unknown' ? unsure(walk) : walk, {
    ...lookupStep(walk, lookup, host),
    verdict: 'resolved',
    because: [
      ...namedBy(sender.pod, host),
      ...(owner ? [evidence(owner, ['spec'], 'declares', `${owner.kind} ${owner.metadata.name} has the host ${host}`)] : []),
    ],
    plain: `${host} is a name of the internet. DNS answers with the address ${address.text}; that it belongs to ${owner ? `the ${owner.kind} ${owner.metadata.name}` : 'the gateway'}, which has this host, is taken for granted.`,
    expert: `${host} is in no zone of the cluster and goes upstream; A ${address.text}${address.assumed ? ', assumed' : ''}, the load balancer of the proxy.`,
    assumed: true,
  });
}

function resolved(world: World, walk: Walk, host: string, resolution: Resolution, lookup: Branch | undefined): readonly Walk[] {
  const common = lookupStep(walk, lookup, host);
  const named = walk.sender.kind === 'pod' ? namedBy(walk.sender.pod, host) : [];
  switch (resolution.kind) {
    case 'service': {
      const { service, lookup: found } = resolution;
      if (!serviceFamilies(world.index, service).includes(world.plan.family)) return [wrongFamily(world, walk, host, service, common, named)];
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
        expert: `${triedAs(found)}: ${address.text.includes(':') ? 'AAAA' : 'A'} ${address.text}${address.assumed ? ', assumed' : ''}, asked of ${endText({ address: world.plan.dns.text, port: 53 })}/UDP.`,
        assumed: address.assumed,
      });
      const target = { name: service.metadata.name, namespace: placed(world, world.index.namespaceOf(service)), service, address };
      return [{ ...hop, destination: { kind: 'service', target } }];
    }
    case 'api-server': {
      const target = apiServerTarget(world);
      const to = target.address?.text ?? '';
      const hop = step(walk, {
        ...common,
        verdict: 'resolved',
        after: withName(withDestination(walk.packet, to, walk.packet.destination.port), resolution.lookup.fullName),
        lookup: resolution.lookup,
        because: named,
        plain: `${host} is the Service in front of the API server, which every cluster has. Cluster DNS answers with its address, ${to}.`,
        expert: `${triedAs(resolution.lookup)}: A ${to}, the first address of the Service range.`,
        assumed: world.plan.apiAddress.assumed,
      });
      return [{ ...hop, destination: { kind: 'service', target } }];
    }
    case 'pod-of-service':
      return onePod(walk, host, resolution, common, named);
    case 'pod-address': {
      const to = formatAddress(resolution.address);
      const hop = step(walk, {
        ...common,
        verdict: 'resolved',
        after: withName(withDestination(walk.packet, to, walk.packet.destination.port), resolution.lookup.fullName),
        lookup: resolution.lookup,
        because: named,
        plain: `${host} spells an address: cluster DNS answers with ${to}, and does not look whether a pod has it.`,
        expert: `${triedAs(resolution.lookup)}: A ${to}, made from the name itself (CoreDNS, “pods insecure”, as kubeadm sets it up; outside of the DNS specification).`,
        assumed: true,
      });
      return [{ ...hop, destination: destinationAt(world, resolution.address, to) }];
    }
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
      if (resolution.near && walk.sender.kind === 'pod') remedyForName(world, resolution.near, placed(world, walk.sender.pod.podSet.namespace));
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

function wrongFamily(world: World, walk: Walk, host: string, service: Resource<'Service'>, common: CommonStep, named: readonly Evidence[]): Walk {
  const { family } = world.plan;
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      ...common,
      verdict: 'rejected',
      because: [...named, evidence(service, service.spec.ipFamilies.length > 0 ? ['spec', 'ipFamilies'] : ['spec'], 'missing', `no IPv${family}`)],
      plain: `${host} exists, but it has no IPv${family} address: the Service ${service.metadata.name} is of the other family only.`,
      expert: `No ${family === 6 ? 'AAAA' : 'A'} record for ${host} (NODATA): ipFamilies of ${service.metadata.name} has no IPv${family}.`,
    },
  );
  return stop(hop, 'no-route');
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
        expert: `DNS to ${endText({ address: world.plan.dns.text, port: 53 })}/UDP is ${lookup.outcome}${policy ? ': a pod that policy isolates needs UDP and TCP 53 to the DNS pods' : ', where its pod is placed here'}.`,
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

/** The node's name server knows the names of the internet and none of the cluster. */
function nodeResolver(world: World, walk: Walk, host: string, namespace: string, who: string, because: readonly Evidence[], pod?: PodPlace): readonly Walk[] {
  const resolution = resolveHost(world, host, namespace);
  if (resolution.kind === 'outside' && resolution.aliases.length === 0) return resolved(world, walk, host, { ...resolution, because }, undefined);
  if (pod?.podSet.template.hostNetwork && pod.podSet.template.dnsPolicy === undefined) {
    const { template, resource } = pod.podSet;
    const at = sourceAt(resource, [...template.path, 'spec']);
    world.notes.remedy({ what: `Let ${who} ask cluster DNS.`, helps: true, edits: [{ at, insert: 'dnsPolicy: ClusterFirstWithHostNet' }] });
  }
  const own = known(pod?.podSet.template.dnsPolicy) === 'None';
  return [
    stop(
      step(
        { ...walk, destination: { kind: 'nowhere' } },
        {
          ...lookupStep(walk, undefined),
          device: own ? 'name servers of dnsConfig' : 'name server of the node',
          verdict: 'rejected',
          because,
          plain: own
            ? `${who} asks the name servers of its dnsConfig, and none of them is the cluster’s. They do not know ${host}.`
            : `${who} asks the node’s own name server, not the cluster’s. That one does not know ${host}.`,
          expert: pod
            ? `The pod’s resolv.conf is not the cluster’s (dnsPolicy): ${host} is NXDOMAIN there.${own ? ' Add the address of the cluster’s DNS Service to dnsConfig.nameservers.' : ' ClusterFirstWithHostNet is what hostNetwork pods need.'}`
            : `The node’s resolv.conf does not name the cluster’s DNS: ${host} is NXDOMAIN there.`,
        },
      ),
      'name-not-found',
    ),
  ];
}

/** Names that lead to pods themselves: a headless Service, and one pod of it. */
import type { Evidence } from '../../protocol/trace';
import { backendsOf, type Readiness } from '../backends';
import type { Resolution } from '../hostNames';
import { remedyForNobody } from '../serviceRemedies';
import { plural, podName } from '../words';
import { type Destination, step, stop, unsure, type Walk, withDestination } from '../walk';
import { evidence, type World } from '../world';
import { destinationAt } from '../writtenEndpoints';
import { type CommonStep, triedAs, withName } from './lookupStep';

export function headless(
  world: World,
  walk: Walk,
  host: string,
  resolution: Extract<Resolution, { kind: 'service' }>,
  common: CommonStep,
  named: readonly Evidence[],
): readonly Walk[] {
  const { service } = resolution;
  const self = walk.sender.kind === 'pod' ? walk.sender.pod : undefined;
  const backends = backendsOf(world, service, { path: ['spec', 'ports'], port: world.port }, world.protocol, walk.node, self, true);
  const declares = evidence(service, ['spec', 'clusterIP'], 'declares', 'headless: names lead to the pods themselves');
  if (backends.none) {
    const absent = backends.none.state === 'absent';
    if (absent) remedyForNobody(world, walk, service, undefined);
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
  const left = backends.readiness && backends.readiness.ready < backends.readiness.all && !backends.readiness.published ? notReady(backends.readiness) : '';
  const what = backends.groups.length === 0 ? 'endpoint' : 'pod';
  const record = world.plan.family === 6 ? 'AAAA record' : 'A record';
  const say = (address: string, because: readonly Evidence[], assumed: boolean): Walk =>
    step(backends.uncertain ? unsure(walk) : walk, {
      ...common,
      verdict: 'resolved',
      after: withName(withDestination(walk.packet, address, walk.packet.destination.port), resolution.lookup.fullName),
      lookup: resolution.lookup,
      because: [...named, ...resolution.because, declares, ...because],
      plain: `${host} is a headless Service: DNS answers with ${backends.total === 1 ? `the address of its one ${what}, ${address}` : `the addresses of its ${backends.total} ${what}s, and the program takes one, here ${address}`}. Nothing is translated on the way.${left}`,
      expert: `${triedAs(resolution.lookup)}: ${plural(backends.total, record)}, one for each ready endpoint; no virtual address, so the port stays the client’s (${world.port}) and targetPort does nothing.`,
      assumed,
    });
  const several = backends.groups.length + backends.addresses.length > 1;
  const goOn = (hop: Walk, destination: Destination, share: number, label: string): Walk => ({
    ...hop,
    destination,
    via: { name: service.metadata.name, namespace: '', service, address: undefined },
    share: hop.share * share,
    label: several ? [hop.label, label].filter((text) => text !== '').join(', ') : hop.label,
  });
  return [
    ...backends.groups.map((group) =>
      goOn(
        say(group.pod.address.text, group.because, group.pod.address.assumed),
        { kind: 'pod', pod: group.pod, self: group.self },
        group.count / backends.total,
        `${podName(group.pod)} on ${group.pod.node.name}`,
      ),
    ),
    ...backends.addresses
      .slice(0, 8)
      .map((endpoint, position, shown) =>
        goOn(
          say(endpoint.text, endpoint.because, false),
          destinationAt(world, endpoint.address, endpoint.text),
          (position === shown.length - 1 ? 1 + backends.addresses.length - shown.length : 1) / backends.total,
          endpoint.text,
        ),
      ),
  ];
}

function notReady({ all, ready }: Readiness): string {
  return ` ${all - ready} of ${all} are not ready, and DNS leaves them out.`;
}

export function onePod(
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

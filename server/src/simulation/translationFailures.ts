/** A Service's address that leads to no pod: no such port, nobody behind it, or nobody on the node. */
import { known } from '../base/opaque';
import type { ServicePort } from '../model/resources';
import type { Backends } from './backends';
import { remedyForLocal, remedyForNobody, remedyForPort } from './serviceRemedies';
import { translationPlace } from './translationPlace';
import { otherPort } from './translationWords';
import { endText } from './words';
import { type ServiceTarget, step, stop, type Walk } from './walk';
import { evidence, type World } from './world';

export function portMissing(world: World, walk: Walk, target: ServiceTarget): Walk {
  const { service } = target;
  const open =
    service?.spec.ports.some((port) => known(port.port) === undefined || (port.protocol !== undefined && known(port.protocol) === undefined)) ?? false;
  const because = service ? [evidence(service, ['spec', 'ports'], 'missing', `no port ${world.port}/${world.protocol}`)] : [];
  if (open) world.notes.unknown(`whether ${target.name} has port ${world.port}: a placeholder stands among its ports`, because);
  const offered = (service?.spec.ports ?? [])
    .slice(0, 8)
    .map((port) => `${known(port.port) ?? '?'}/${known(port.protocol) ?? 'TCP'}`)
    .join(', ');
  const fate = otherPort[world.proxyMode];
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      ...translationPlace(world, walk, false),
      verdict: open ? 'unknown' : fate.verdict,
      because,
      plain: `The Service ${target.name} has no port ${world.port} (${world.protocol})${offered === '' ? '' : `; it offers ${offered}`}. ${open ? 'Or it has, under a placeholder.' : fate.plain}`,
      expert: `No entry for ${endText(walk.packet.destination)}/${world.protocol}: ${fate.expert}.`,
    },
  );
  if (!open && service) remedyForPort(world, service);
  return stop(hop, open ? 'unknown' : 'port-not-on-service');
}

export function nobody(world: World, walk: Walk, target: ServiceTarget, entry: ServicePort, none: NonNullable<Backends['none']>): Walk {
  const absent = none.state === 'absent';
  const because = [...none.because, ...(target.service ? [evidence(target.service, entry.path, 'translates', `${portWords(entry)} of ${target.name}`)] : [])];
  if (absent && target.service && walk.outcome === undefined) remedyForNobody(world, walk, target.service, entry);
  if (!absent) world.notes.unknown(`which pods stand behind the Service ${target.name}: ${none.reason}`, none.because);
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      ...translationPlace(world, walk),
      verdict: absent ? 'rejected' : 'unknown',
      because,
      plain: absent
        ? `No pod stands behind ${portWords(entry)} of the Service ${target.name}: ${none.reason}. The node refuses the connection.`
        : `These files show no pod behind the Service ${target.name}: ${none.reason}.`,
      expert: absent
        ? `No endpoints: ${none.reason}. ${world.proxyMode === 'iptables' ? 'filter KUBE-SERVICES: REJECT' : 'reject'}, the client sees “connection refused”.`
        : `Endpoints cannot be worked out: ${none.reason}.`,
    },
  );
  return stop(hop, absent ? 'refused-no-endpoints' : 'unknown');
}

export function nobodyHere(world: World, walk: Walk, target: ServiceTarget, outside: boolean): Walk {
  const field = outside ? 'externalTrafficPolicy' : 'internalTrafficPolicy';
  const node = walk.node?.name ?? 'this node';
  const because = target.service ? [evidence(target.service, ['spec', field], 'denies', `${field}: Local`)] : [];
  world.notes.warn(`Where the pods run is assumed; with a pod of ${target.name} on ${node} the connection would work.`);
  remedyForLocal(world, target.service, target.name, field);
  const health = outside && target.service ? known(target.service.spec.healthCheckNodePort) : undefined;
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      ...translationPlace(world, walk),
      verdict: 'dropped',
      because,
      plain: `The Service ${target.name} only uses pods of the same node, and none runs on ${node}. The packet is dropped.`,
      expert: `${field} Local and no local endpoint on ${node}: DROP${outside ? `; a load balancer that asks the health check node port${health === undefined ? '' : ` ${health}`} gets 503 and skips this node` : ''}.`,
      assumed: true,
    },
  );
  return stop(hop, 'dropped-no-local-endpoint');
}

/** Nothing knows an address of the other family for a Service that has one family only. */
export function wrongFamily(world: World, walk: Walk, target: ServiceTarget): Walk {
  const { family } = world.plan;
  const because = target.service
    ? [evidence(target.service, target.service.spec.ipFamilies.length > 0 ? ['spec', 'ipFamilies'] : ['spec'], 'missing', `no IPv${family}`)]
    : [];
  const hop = step(
    { ...walk, destination: { kind: 'nowhere' } },
    {
      ...translationPlace(world, walk),
      verdict: 'dropped',
      because,
      plain: `The Service ${target.name} has no IPv${family} address, so no node knows where this packet belongs.`,
      expert: `ipFamilies of ${target.name} has no IPv${family}: there is no cluster IP of that family and no rule for one.`,
    },
  );
  return stop(hop, 'no-route');
}

export function portWords(entry: ServicePort): string {
  const port = known(entry.port);
  return port === undefined ? 'a port' : `port ${port}`;
}

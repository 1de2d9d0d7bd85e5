/** Which pods a proxy may choose from when some are not ready: a hop only where that makes a difference. */
import type { Backends } from '../backends';
import { translationPlace } from '../translationPlace';
import { plural } from '../words';
import { type ServiceTarget, step, type Walk } from '../walk';
import type { World } from '../world';

/** https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions, KEP-1669 for pods that terminate */
export function readinessStep(world: World, walk: Walk, target: ServiceTarget, { readiness, groups, addresses }: Backends): Walk {
  if (!readiness) return walk;
  const { all, ready, terminating, published, because } = readiness;
  const place = translationPlace(world, walk);
  const what = groups.length === 0 && addresses.length > 0 ? 'endpoint' : 'pod';
  const waiting = all - ready - terminating;
  const left = [waiting > 0 ? `${waiting} not ready` : '', terminating > 0 ? `${terminating} terminating` : ''].filter((text) => text !== '').join(', ');
  const fallback = !published && ready === 0 && terminating > 0;
  const plain = published
    ? `${target.name} also sends to pods that are not ready: it says publishNotReadyAddresses.`
    : fallback
      ? `No ${what} behind ${target.name} is ready. Those that are being stopped still answer, so they are used as a last resort.`
      : ready === 0
        ? `None of the ${plural(all, what)} behind ${target.name} is ready, so none is used.`
        : `Of the ${plural(all, what)} behind ${target.name} only ${ready} ${ready === 1 ? 'is' : 'are'} ready; the others are left out.`;
  return step(walk, {
    kind: 'readiness',
    station: `${place.station}/readiness`,
    at: place.at,
    device: 'EndpointSlice',
    verdict: 'forwarded',
    because,
    endpoints: { ready, of: all },
    plain,
    expert: `EndpointSlice conditions of ${target.name}: ${ready} ready${left === '' ? '' : `, ${left}`}${published ? '; publishNotReadyAddresses makes all of them ready' : fallback ? '; serving and terminating endpoints are used, because no ready one is left (ProxyTerminatingEndpoints)' : ''}.`,
  });
}

/** The container port that a Service port leads to in a pod. */
import { known } from '../base/opaque';
import { concurrentContainers } from '../model/pod';
import type { ServicePort } from '../model/resources';
import type { TransportProtocol } from '../protocol/trace';
import type { PodSet } from './clusterIndex';

export type TargetPort =
  { readonly state: 'found'; readonly port: number } | { readonly state: 'missing'; readonly name: string } | { readonly state: 'unknown' };

/**
 * The container port that a Service port leads to in one pod: a number as it is, a name by name and protocol in containers,
 * then sidecars, ordinary init containers never (FindPort in pkg/api/v1/pod).
 */
export function targetPortIn(podSet: PodSet, entry: ServicePort, protocol: TransportProtocol): TargetPort {
  const target = entry.targetPort;
  if (target === undefined || target === 0 || target === '') {
    const own = known(entry.port);
    return own === undefined ? { state: 'unknown' } : { state: 'found', port: own };
  }
  if (typeof target === 'object') return { state: 'unknown' };
  if (typeof target === 'number') return { state: 'found', port: target };
  let open = false;
  for (const container of concurrentContainers(podSet.template)) {
    for (const port of container.ports) {
      const opaque = typeof port.name === 'object' || typeof port.protocol === 'object';
      if (opaque) open = true;
      if (opaque || port.name !== target || (port.protocol ?? 'TCP') !== protocol) continue;
      const number = known(port.containerPort);
      return number === undefined ? { state: 'unknown' } : { state: 'found', port: number };
    }
  }
  return open ? { state: 'unknown' } : { state: 'missing', name: target };
}

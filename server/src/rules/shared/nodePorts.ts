/** Node ports of Services: which are asked for, which are free. */
import { known } from '../../base/opaque';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { Fix } from '../../model/finding';
import type { Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';

/** What the API server takes when it is told nothing. */
export const defaultNodePorts = { first: 30000, last: 32767 };

export interface AskedNodePort {
  readonly path: Path;
  readonly number: number;
  readonly protocol: string;
}

/** True for the types that have node ports, and where no type is written: whoever names a node port means one. */
export function hasNodePorts(service: Resource<'Service'>): boolean {
  const type = service.spec.type === undefined ? 'NodePort' : known(service.spec.type);
  return type === 'NodePort' || type === 'LoadBalancer';
}

/** Explicit node ports, `healthCheckNodePort` among them, which is TCP. */
export function askedNodePorts(service: Resource<'Service'>): AskedNodePort[] {
  if (!hasNodePorts(service)) return [];
  const asked = service.spec.ports.flatMap((port) => {
    const number = known(port.nodePort);
    const protocol = port.protocol === undefined ? 'TCP' : known(port.protocol);
    return number && protocol !== undefined ? [{ path: [...port.path, 'nodePort'], number, protocol }] : [];
  });
  const health = known(service.spec.healthCheckNodePort);
  return health ? [...asked, { path: ['spec', 'healthCheckNodePort'], number: health, protocol: 'TCP' }] : asked;
}

export function autoAssignNodePortFix(service: Resource<'Service'>, asked: AskedNodePort): Fix {
  return { title: 'Remove the node port, so that Kubernetes assigns one', preferred: true, edits: [{ kind: 'remove', resource: service, path: asked.path }] };
}

/** The next number from `from` on, round the range, that no Service asks for with the same protocol. */
export function freeNodePortFix(service: Resource<'Service'>, asked: AskedNodePort, from: number, index: ClusterIndex): Fix | undefined {
  const { first, last } = index.ranges.nodePorts ?? defaultNodePorts;
  const size = last - first + 1;
  const start = from < first || from > last ? 0 : from - first;
  for (let step = 0; step < size; step++) {
    const number = first + ((start + step) % size);
    if (number === asked.number || index.claims('nodePort', `${number}/${asked.protocol}`).length > 0) continue;
    return { title: `Use node port ${number}`, edits: [{ kind: 'replace', resource: service, path: asked.path, value: number }] };
  }
  return undefined;
}

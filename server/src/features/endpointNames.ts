/** How resources are called in a trace and in the topology: one spelling for every feature. */
import type { ContextIndex } from '../cluster/createClusterIndex';
import { isPodHolder, type Kind, type Resource } from '../model/resources';

/** The endpoint of a resource as `packetpath trace` takes it; null when it can neither send nor receive. */
export function endpointOf(resource: Resource, index: ContextIndex, container?: string): string | null {
  const { name } = resource.metadata;
  if (name === '') return null;
  const namespace = index.namespaceOf(resource) ?? 'default';
  if (isPodHolder(resource)) return `${resource.type.toLowerCase()}/${namespace}/${name}${container === undefined ? '' : `/${container}`}`;
  if (addressed.has(resource.type)) return `${resource.type.toLowerCase()}/${namespace}/${name}`;
  return resource.type === 'Node' ? `node/${name}` : null;
}

/** What has no pods of its own and leads to some. */
const addressed: ReadonlySet<Kind> = new Set<Kind>(['Service', 'Ingress', 'Gateway', 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute']);

/** "Deployment web · shop" */
export function labelOf(resource: Resource): string {
  const { namespace, name } = resource.metadata;
  return `${resource.kind} ${name}${namespace === undefined ? '' : ` · ${namespace}`}`;
}

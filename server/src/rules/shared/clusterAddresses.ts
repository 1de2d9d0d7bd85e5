/** Addresses that Services ask for in the cluster's Service range. */
import { formatAddress, parseAddress, type Address } from '../../base/addresses';
import { known } from '../../base/opaque';
import type { Fix } from '../../model/finding';
import type { Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';

export interface AskedAddress {
  readonly path: Path;
  /** Canonical. */
  readonly text: string;
  readonly address: Address;
}

/** The explicit addresses of a Service, each once; none for headless Services and ExternalName. */
export function askedAddresses(service: Resource<'Service'>): AskedAddress[] {
  const { type, clusterIP, clusterIPs } = service.spec;
  if (known(type) === 'ExternalName') return [];
  const written = [
    { value: clusterIP, path: ['spec', 'clusterIP'] as Path },
    ...clusterIPs.map((value, index) => ({ value, path: ['spec', 'clusterIPs', index] as Path })),
  ];
  const asked = new Map<string, AskedAddress>();
  for (const { value, path } of written) {
    const address = parseAddress(known(value) ?? '');
    if (!address) continue;
    const text = formatAddress(address);
    if (!asked.has(text)) asked.set(text, { path, text, address });
  }
  return [...asked.values()];
}

/** `clusterIP` and `clusterIPs` say the same, so they go together. */
export function autoAssignFix(service: Resource<'Service'>): Fix {
  const edits: Fix['edits'][number][] = [];
  if (service.spec.clusterIP !== undefined) edits.push({ kind: 'remove', resource: service, path: ['spec', 'clusterIP'] });
  if (service.spec.clusterIPs.length > 0) edits.push({ kind: 'remove', resource: service, path: ['spec', 'clusterIPs'] });
  return { title: 'Remove the address, so that Kubernetes assigns one', preferred: true, edits };
}

/** flannel's own configuration: `net-conf.json` in the ConfigMap `kube-flannel-cfg`. */
import { type Cidr, parseCidr } from '../base/addresses';
import { known } from '../base/opaque';
import type { Resource } from '../model/resources';

export interface FlannelConfig {
  readonly resource: Resource<'ConfigMap'>;
  readonly ranges: readonly { readonly cidr: Cidr; readonly text: string }[];
  /** `vxlan`, `host-gw`, … in lower case. */
  readonly backend: string;
}

/** The name under which flannel's manifests and chart create it. */
export function isFlannelConfig(resource: Resource): resource is Resource<'ConfigMap'> {
  return resource.type === 'ConfigMap' && resource.metadata.name === 'kube-flannel-cfg';
}

const mostText = 20_000;

/** Undefined for text that is no JSON. https://github.com/flannel-io/flannel/blob/master/Documentation/configuration.md */
export function readFlannelConfig(resource: Resource<'ConfigMap'>): FlannelConfig | undefined {
  const text = known(resource.spec.data.get('net-conf.json'));
  if (text === undefined || text.length > mostText) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const ranges = ['Network', 'IPv6Network'].flatMap((key) => {
    const written = textAt(value, key);
    const cidr = parseCidr(written);
    return cidr ? [{ cidr, text: written }] : [];
  });
  const backend = typeof value === 'object' && value !== null && Object.hasOwn(value, 'Backend') ? (value as { readonly Backend: unknown }).Backend : undefined;
  const type = textAt(backend, 'Type').toLowerCase();
  return { resource, ranges, backend: type === '' ? 'udp' : type };
}

function textAt(value: unknown, key: string): string {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return '';
  const own = (value as Readonly<Record<string, unknown>>)[key];
  return typeof own === 'string' ? own : '';
}

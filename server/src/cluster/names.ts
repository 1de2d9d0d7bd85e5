/** Host names of the cluster's DNS, as a pod with `ClusterFirst` writes them. */

/** A name of the cluster zone taken apart. `tried`: which entry of the search list (from 1) makes it whole. */
export interface ServiceName {
  readonly service: string;
  readonly namespace: string | undefined;
  /** The label before the Service, in `web-0.web`. */
  readonly pod?: string;
  readonly fullName: string;
  readonly tried: number;
}

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/i;

/**
 * The readings of a host name as a Service's, in the order of the search list: `name`, `name.ns`, `name.ns.svc`,
 * `name.ns.svc.zone`, each also with the name of a pod before it. Comparison ignores case.
 * https://github.com/kubernetes/dns/blob/master/docs/specification.md
 */
export function readingsOf(host: string, from: string | undefined, zone: string): readonly ServiceName[] {
  const absolute = host.endsWith('.');
  const text = (absolute ? host.slice(0, -1) : host).toLowerCase();
  if (text === '' || text.length > 253) return [];
  const labels = text.split('.');
  if (!labels.every((part) => label.test(part))) return [];
  const zoneLabels = zone.toLowerCase().split('.');
  const inNamespace = from ?? 'default';
  const searches: (readonly string[])[] = absolute ? [[]] : [[inNamespace, 'svc', ...zoneLabels], ['svc', ...zoneLabels], zoneLabels, []];
  const readings: ServiceName[] = [];
  searches.forEach((suffix, index) => {
    const reading = readFull([...labels, ...suffix], zoneLabels);
    if (!reading) return;
    const written = index === 0 && !absolute ? { ...reading, namespace: from } : reading;
    readings.push({ ...written, tried: index + 1 });
  });
  return readings;
}

function readFull(labels: readonly string[], zone: readonly string[]): Omit<ServiceName, 'tried'> | undefined {
  const own = labels.length - zone.length;
  if (own < 3 || own > 4 || zone.some((part, index) => labels[own + index] !== part) || labels[own - 1] !== 'svc') return undefined;
  const namespace = labels[own - 2];
  const service = labels[own - 3];
  const pod = own === 4 ? labels[0] : undefined;
  if (namespace === undefined || service === undefined) return undefined;
  return { service, namespace, fullName: labels.join('.'), ...(pod === undefined ? {} : { pod }) };
}

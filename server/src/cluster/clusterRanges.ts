/** The cluster's address ranges as manifests and settings give them. */
import { known } from '../base/opaque';
import { parseCidr } from '../base/addresses';
import type { ClusterSettings } from '../model/context';
import type { RangeText, Resource } from '../model/resources';
import type { ClusterRanges, RangeFact } from './clusterIndex';
import { readFlannelConfig } from './flannelConfig';

/** `resources` are those of the kinds that `rangeKinds` names, and flannel's ConfigMap, in file order. What does not parse is left to the rules of the document. */
export function clusterRangesOf(resources: readonly Resource[], settings: ClusterSettings | undefined): ClusterRanges {
  const pod: RangeFact[] = [];
  const service: RangeFact[] = [];
  const plugin: RangeFact[] = [];
  let flannelBackend: string | undefined;
  let nodePorts: { readonly first: number; readonly last: number } | undefined = portRange(settings?.nodePortRange);
  for (const resource of resources) {
    switch (resource.type) {
      case 'KubeadmClusterConfiguration':
      case 'KindCluster': {
        const origin = resource.type === 'KindCluster' ? 'kind' : 'kubeadm';
        pod.push(...facts(resource, resource.spec.podSubnets, origin));
        service.push(...facts(resource, resource.spec.serviceSubnets, origin));
        nodePorts ??= portRange(known(resource.spec.extraArgs.get('service-node-port-range')?.value));
        break;
      }
      case 'ServiceCIDR':
        service.push(...facts(resource, resource.spec.cidrs, 'servicecidr'));
        break;
      case 'Node':
        pod.push(
          ...facts(
            resource,
            resource.spec.podCIDRs.flatMap(({ path, cidr }) => (typeof cidr === 'string' ? [{ path, text: cidr }] : [])),
            'node',
          ),
        );
        break;
      case 'IPPool': {
        const text = known(resource.spec.cidr);
        if (text !== undefined && !resource.spec.disabled) plugin.push(...facts(resource, [{ path: ['spec', 'cidr'], text }], 'ippool'));
        break;
      }
      case 'ConfigMap': {
        const config = readFlannelConfig(resource);
        flannelBackend ??= config?.backend;
        for (const { cidr, text } of config?.ranges ?? []) plugin.push({ cidr, text, resource, path: ['data', 'net-conf.json'], origin: 'flannel' });
        break;
      }
      default:
    }
  }
  for (const text of settings?.podCidr ?? []) pod.push(...setting(text));
  for (const text of settings?.serviceCidr ?? []) service.push(...setting(text));
  return {
    pod,
    service,
    ...(plugin.length > 0 ? { plugin } : {}),
    ...(flannelBackend === undefined ? {} : { flannelBackend }),
    ...(nodePorts ? { nodePorts } : {}),
  };
}

export const rangeKinds = ['KubeadmClusterConfiguration', 'KindCluster', 'ServiceCIDR', 'Node', 'IPPool'] as const;

function facts(resource: Resource, texts: readonly RangeText[], origin: RangeFact['origin']): RangeFact[] {
  return texts.flatMap(({ path, text, span }) => {
    const cidr = parseCidr(text);
    return cidr ? [{ cidr, text, resource, path, origin, ...(span ? { span } : {}) }] : [];
  });
}

function setting(text: string): RangeFact[] {
  const cidr = parseCidr(text);
  return cidr ? [{ cidr, text, origin: 'setting' }] : [];
}

function portRange(text: string | undefined): { readonly first: number; readonly last: number } | undefined {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text ?? '');
  if (!match) return undefined;
  const [first, last] = [Number(match[1]), Number(match[2])];
  return first <= last && last <= 65535 ? { first, last } : undefined;
}

/** What says something of the cluster itself: Namespace, Node, ServiceCIDR, kubeadm and kind configuration. */
import { isOpaque, known, type Value } from '../base/opaque';
import type { ClusterConfigurationSpec, NamespaceSpec, NodeSpec, RangeText, ServiceCidrSpec } from '../model/resources';
import type { Path } from '../protocol/source';
import type { Fields } from './fields';
import { optional } from './podTemplate';

export function decodeNamespace(root: Fields): NamespaceSpec {
  return { labels: root.fields('metadata').labels('labels') };
}

/** `podCIDRs`, or the single `podCIDR` where the list is missing. */
export function decodeNode(root: Fields): NodeSpec {
  const spec = root.fields('spec');
  const many = spec.strings('podCIDRs').map((cidr, index) => ({ path: [...spec.path, 'podCIDRs', index], cidr }));
  const single = spec.string('podCIDR');
  return {
    podCIDRs: many.length > 0 ? many : single === undefined ? [] : [{ path: [...spec.path, 'podCIDR'], cidr: single }],
    addresses: root
      .fields('status')
      .list('addresses')
      .map((item) => ({ path: item.path, ...optional('type', item.string('type')), ...optional('address', item.string('address')) })),
  };
}

export function decodeServiceCidr(root: Fields): ServiceCidrSpec {
  const spec = root.fields('spec');
  return { cidrs: spec.strings('cidrs').flatMap((cidr, index) => ranges([...spec.path, 'cidrs', index], cidr)) };
}

/** kubeadm's ClusterConfiguration and InitConfiguration (`kubeadm.k8s.io/*`). */
export function decodeKubeadm(root: Fields): ClusterConfigurationSpec {
  const networking = root.fields('networking');
  const endpoint = root.fields('localAPIEndpoint');
  const nodeIp = extraArgs(root.fields('nodeRegistration'), 'kubeletExtraArgs').get('node-ip');
  const advertise = endpoint.string('advertiseAddress');
  const extra = new Map([...extraArgs(root.fields('apiServer'), 'extraArgs'), ...extraArgs(root.fields('controllerManager'), 'extraArgs')]);
  return {
    podSubnets: ranges([...networking.path, 'podSubnet'], networking.string('podSubnet')),
    serviceSubnets: ranges([...networking.path, 'serviceSubnet'], networking.string('serviceSubnet')),
    ...optional('dnsDomain', networking.string('dnsDomain')),
    extraArgs: extra,
    ...optional('advertiseAddress', advertise === undefined ? nodeIp : { path: [...endpoint.path, 'advertiseAddress'], value: advertise }),
    disableDefaultCni: false,
  };
}

/** kind's Cluster (`kind.x-k8s.io/*`). */
export function decodeKind(root: Fields): ClusterConfigurationSpec {
  const networking = root.fields('networking');
  return {
    podSubnets: ranges([...networking.path, 'podSubnet'], networking.string('podSubnet')),
    serviceSubnets: ranges([...networking.path, 'serviceSubnet'], networking.string('serviceSubnet')),
    extraArgs: new Map(),
    disableDefaultCni: networking.boolean('disableDefaultCNI'),
    ...optional('kubeProxyMode', networking.string('kubeProxyMode')),
    ...optional('ipFamily', networking.string('ipFamily')),
  };
}

/** A comma list of ranges, each with its place in the scalar. */
function ranges(path: Path, value: Value<string> | undefined): RangeText[] {
  if (value === undefined || isOpaque(value)) return [];
  if (!value.includes(',')) return [{ path, text: value.trim() }];
  const result: RangeText[] = [];
  let start = 0;
  for (const part of value.split(',')) {
    const text = part.trim();
    const first = start + part.indexOf(text);
    if (text !== '') result.push({ path, text, span: { start: first, end: first + text.length } });
    start += part.length + 1;
  }
  return result;
}

/** A map in v1beta3 and before, a list of `{name, value}` from v1beta4 on. */
function extraArgs(fields: Fields, key: string): Map<string, { readonly value: Value<string>; readonly path: Path }> {
  const result = new Map<string, { readonly value: Value<string>; readonly path: Path }>();
  if (Array.isArray(fields.raw(key))) {
    for (const item of fields.list(key)) {
      const name = known(item.string('name'));
      const value = item.string('value');
      if (name !== undefined && value !== undefined) result.set(name, { value, path: [...item.path, 'value'] });
    }
    return result;
  }
  const map = fields.fields(key);
  for (const name of Object.keys(map.value)) {
    const value = map.string(name);
    if (value !== undefined) result.set(name, { value, path: [...map.path, name] });
  }
  return result;
}

/** Service. */
import { known } from '../base/opaque';
import type { ServiceSpec } from '../model/resources';
import { type Fields, isPlainObject } from './fields';
import { knownStrings, optional } from './podTemplate';

export function decodeService(root: Fields): ServiceSpec {
  const spec = root.fields('spec');
  const written = spec.raw('selector');
  const nested = isPlainObject(written) && Object.values(written).some((value) => typeof value === 'object' && value !== null && isPlainObject(value));
  const { entries, open } = spec.map('selector');
  return {
    ...optional('type', spec.string('type')),
    ...(written === undefined || written === null ? {} : { selector: entries }),
    selectorOpen: open || nested,
    ...optional('clusterIP', spec.string('clusterIP')),
    clusterIPs: spec.strings('clusterIPs'),
    ports: spec.list('ports').map((fields) => ({
      path: fields.path,
      ...optional('name', fields.string('name')),
      ...optional('port', fields.integer('port')),
      ...optional('protocol', fields.string('protocol')),
      ...optional('targetPort', fields.numberOrName('targetPort')),
      ...optional('nodePort', fields.integer('nodePort')),
      ...optional('appProtocol', fields.string('appProtocol')),
    })),
    ...optional('externalName', spec.string('externalName')),
    externalIPs: spec.strings('externalIPs'),
    ...optional('externalTrafficPolicy', spec.string('externalTrafficPolicy')),
    ...optional('internalTrafficPolicy', spec.string('internalTrafficPolicy')),
    ...optional('trafficDistribution', spec.string('trafficDistribution')),
    ...optional('sessionAffinity', spec.string('sessionAffinity')),
    loadBalancerSourceRanges: spec.strings('loadBalancerSourceRanges'),
    ...optional('loadBalancerIP', spec.string('loadBalancerIP')),
    allocateLoadBalancerNodePorts: spec.boolean('allocateLoadBalancerNodePorts', true),
    ...optional('healthCheckNodePort', spec.integer('healthCheckNodePort')),
    publishNotReadyAddresses: spec.boolean('publishNotReadyAddresses'),
    ipFamilies: spec.strings('ipFamilies'),
    ...optional('ipFamilyPolicy', spec.string('ipFamilyPolicy')),
    externalAddresses: root
      .fields('status', 'loadBalancer')
      .list('ingress')
      .flatMap((item) => knownStrings([known(item.string('ip')) ?? known(item.string('hostname'))])),
  };
}

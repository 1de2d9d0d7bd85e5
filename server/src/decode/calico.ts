/** Calico's IPPool, as its manifests and its API server write it. */
import type { IpPoolSpec } from '../model/resources';
import type { Fields } from './fields';
import { optional } from './podTemplate';

export function decodeIpPool(root: Fields): IpPoolSpec {
  const spec = root.fields('spec');
  return {
    ...optional('cidr', spec.string('cidr')),
    ...optional('ipipMode', spec.string('ipipMode')),
    ...optional('vxlanMode', spec.string('vxlanMode')),
    natOutgoing: spec.boolean('natOutgoing'),
    ...optional('blockSize', spec.integer('blockSize')),
    disabled: spec.boolean('disabled'),
  };
}

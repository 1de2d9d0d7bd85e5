/** Pod. */
import { known } from '../base/opaque';
import type { PodSpec } from '../model/resources';
import type { Fields } from './fields';
import { decodePodTemplate, knownStrings, optional } from './podTemplate';

export function decodePod(root: Fields): PodSpec {
  const status = root.fields('status');
  const owner = root
    .fields('metadata')
    .list('ownerReferences')
    .find((reference) => reference.boolean('controller'));
  const kind = owner && known(owner.string('kind'));
  const name = owner && known(owner.string('name'));
  return {
    template: decodePodTemplate(root),
    podIPs: [...new Set(knownStrings([status.string('podIP'), ...status.list('podIPs').map((item) => item.string('ip'))]))],
    ...optional('phase', known(status.string('phase'))),
    ...optional('owner', kind !== undefined && name !== undefined ? { kind, name } : undefined),
  };
}

/** Any other kind: known by name, and by the pods that it may make. */
import type { OtherSpec } from '../model/resources';
import type { Path } from '../protocol/source';
import type { Fields } from './fields';
import { decodePodTemplate } from './podTemplate';

/** `templatePath` is where the configuration says that the pod template stands; else `spec.template`. */
export function decodeOther(root: Fields, templatePath: Path = ['spec', 'template']): OtherSpec {
  const holder = root.fields(...templatePath.map(String));
  return Array.isArray(holder.fields('spec').raw('containers')) ? { template: decodePodTemplate(holder) } : {};
}

/** Paths of an Ingress with what decides how they are judged. */
import { known } from '../../base/opaque';
import type { IngressPath, Resource } from '../../model/resources';

export interface JudgedPath {
  readonly item: IngressPath;
  readonly text: string;
  readonly pathType: 'Exact' | 'Prefix' | 'ImplementationSpecific';
}

/** Those whose text and type are known; a path that is not written is empty. The versions before v1 judge paths in another way. */
export function judgedPaths(ingress: Resource<'Ingress'>): readonly JudgedPath[] {
  if (ingress.partial || ingress.apiVersion !== 'networking.k8s.io/v1') return [];
  return ingress.spec.rules.flatMap((rule) =>
    rule.paths.flatMap((item) => {
      const pathType = known(item.pathType);
      const text = item.urlPath === undefined ? '' : known(item.urlPath);
      if (text === undefined || (pathType !== 'Exact' && pathType !== 'Prefix' && pathType !== 'ImplementationSpecific')) return [];
      return [{ item, text, pathType }];
    }),
  );
}

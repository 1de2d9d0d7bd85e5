/** Backends of an Ingress that name a Service, each with where its name and port stand. */
import { known } from '../../base/opaque';
import { valueAt, type IngressBackend, type Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';

export interface ServiceBackend {
  readonly backend: IngressBackend;
  readonly name: string;
  readonly namePath: Path;
  /** `serviceName` and `servicePort` of the schema before networking.k8s.io/v1. */
  readonly isOld: boolean;
}

export function allBackends(ingress: Resource<'Ingress'>): readonly IngressBackend[] {
  const { defaultBackend, rules } = ingress.spec;
  return [defaultBackend, ...rules.flatMap((rule) => rule.paths.map((path) => path.backend))].filter((backend) => backend !== undefined);
}

/**
 * Backends whose name is known. Not among them: what the AWS Load Balancer Controller reads from an annotation, where the "Service" is the name of an
 * action and the port is called `use-annotation`
 * (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#actions).
 */
export function serviceBackends(ingress: Resource<'Ingress'>): readonly ServiceBackend[] {
  return allBackends(ingress).flatMap((backend) => {
    const name = known(backend.service);
    if (name === undefined || name === '' || backend.resource || known(backend.portName) === 'use-annotation') return [];
    if (ingress.metadata.annotations.has(`alb.ingress.kubernetes.io/actions.${name}`)) return [];
    const isOld = valueAt(ingress, [...backend.path, 'serviceName']) !== undefined;
    return [{ backend, name, namePath: [...backend.path, ...(isOld ? ['serviceName'] : ['service', 'name'])], isOld }];
  });
}
